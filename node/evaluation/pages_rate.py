"""The pages on which anybody evaluates his case: `/rate`. No sign-in, no script."""

from dataclasses import dataclass
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_403_FORBIDDEN,
    HTTP_404_NOT_FOUND,
    HTTP_409_CONFLICT,
)

from node.errors import AlreadyDoneError, BadInputError, NotAllowedError, NotFoundError
from node.evaluation import actions, model, page_rate, reading
from node.evaluation.api import BODY_BYTES
from node.evaluation.booth import Booth
from node.evaluation.page_rate import BY_LINK, RateForm
from node.web.chrome import Told
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see, words_for
from node.web.security import Asked
from node.web.wording import Words
from schemas.evaluation import EvaluationChannel

HOME_SECONDS: Final = 15  # time to read the thanks
FORM_SECONDS: Final = 180  # time to write a few sentences; then the next one stands there
SHOWN: Final = 64  # characters of a number or code that are shown again


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePage:
    """Evaluate a case: by number and code, then by grade; or why that is not possible."""

    told: Told | None = None
    number: str = ""
    code: str = ""
    via: str = ""
    """How he came, as the address says it."""
    item: str = ""
    form: RateForm | None = None
    """`None`: ask for number and code first."""
    over: bool = False
    """Nothing can be evaluated now: `told` says why."""
    home: str = ""
    """Where a kiosk goes back to by itself."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody brings."""

    number: str
    code: str
    via: str

    @property
    def channel(self) -> EvaluationChannel:
        """How he came; an address with number and code was scanned, unless it says otherwise."""
        return BY_LINK.get(self.via, EvaluationChannel.WEB)

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """What the form carries along."""
        return (("n", self.number), ("c", self.code), ("v", self.via))


@get("/rate")
async def ask(
    request: Asked,
    booth: NamedDependency[Booth],
    pages: NamedDependency[Pages],
    n: FromQuery[str] = "",
    c: FromQuery[str] = "",
    v: FromQuery[str] = "",
) -> Response[str]:
    """Ask for number and code; with both, for the evaluation."""
    words = words_for(request)
    number, code = n.strip(), c.strip()
    shown = Shown(number[:SHOWN], code[:SHOWN], v if v in BY_LINK else _via(number, code, v))
    if await booth.staff_of(request) is not None:
        page = _over(words, shown, "staff")
        return await _show(request, pages, page, HTTP_403_FORBIDDEN)
    if not (number or code):
        return await _show(request, pages, RatePage(via=shown.via))
    try:
        view = await booth.find(request, number, code)
        await booth.works.read(actions.require_ratable, view)
        item = await booth.works.read(reading.item_words, words, view)
    except (NotFoundError, AlreadyDoneError, BadInputError) as error:
        return await _refused(request, pages, shown, error)
    form = page_rate.form_of(words, "/rate", shown.hidden)
    return await _show(request, pages, _page(shown, item, form))


def _via(number: str, code: str, via: str) -> str:
    """Say how he came whose address says nothing: typed by himself, or off the receipt."""
    return "qr" if number and code and not via else ""


@post("/rate", status_code=HTTP_200_OK, request_max_body_size=BODY_BYTES)
async def give(
    request: Asked, booth: NamedDependency[Booth], pages: NamedDependency[Pages]
) -> Response[str] | Redirect:
    """Take the evaluation, or say what is wrong; nothing is lost of what was typed."""
    typed = await forms(request)
    via = typed.text("v")
    shown = Shown(typed.text("n")[:SHOWN], typed.text("c")[:SHOWN], via if via in BY_LINK else "")
    pair, form = (shown.number, shown.code), page_rate.form_from(typed)
    try:
        view = await booth.by_code(request, shown.channel, pair, form)
    except NotAllowedError:
        page = _over(words_for(request), shown, "staff")
        return await _show(request, pages, page, HTTP_403_FORBIDDEN)
    except BadInputError as error:
        if "number" in error.fields:
            return await _refused(request, pages, shown, error)
        return await _unfit(request, pages, (shown, typed), error)
    except (NotFoundError, AlreadyDoneError) as error:
        return await _refused(request, pages, shown, error)
    bad = "&bad=1" if model.is_bad(view.grade) else ""
    return see(f"/rate/done?v={shown.via}{bad}")


@get("/rate/done")
async def done(
    request: Asked,
    pages: NamedDependency[Pages],
    bad: FromQuery[str] = "",
    v: FromQuery[str] = "",
) -> Response[str]:
    """Thank."""
    words = words_for(request)
    text = words.say("rate.done_bad" if bad else "rate.done_text")
    told = Told("done", words.say("rate.done"), text)
    page = RatePage(told=told, over=True, via=v if v in BY_LINK else "", home=_home(v))
    return await _show(request, pages, page)


# ---- what several have in common


async def _show(
    request: Asked, pages: Pages, page: RatePage, status: int = HTTP_200_OK
) -> Response[str]:
    """Show a page; a kiosk goes back to its beginning by itself, for the next one who comes."""
    answer = await pages.show(request, None, "rate.html", page, status=status)
    if page.home:
        seconds = HOME_SECONDS if page.over else FORM_SECONDS
        answer.headers["Refresh"] = f"{seconds}; url={page.home}"
    return answer


async def _unfit(
    request: Asked, pages: Pages, sent: tuple[Shown, Typed], error: BadInputError
) -> Response[str]:
    shown, typed = sent
    words = words_for(request)
    form = page_rate.form_of(words, "/rate", shown.hidden, typed=typed, errors=error.fields)
    return await _show(request, pages, _page(shown, "", form), UNFIT)


async def _refused(
    request: Asked,
    pages: Pages,
    shown: Shown,
    error: NotFoundError | AlreadyDoneError | BadInputError,
) -> Response[str]:
    words = words_for(request)
    match error:
        case NotFoundError():
            told = Told("stop", words.say("rate.wrong"), words.say("rate.wrong_text"))
            via, home = shown.via, _home(shown.via)
            page = RatePage(told=told, number=shown.number, via=via, home=home)
            status = HTTP_404_NOT_FOUND
        case AlreadyDoneError():
            page, status = _over(words, shown, "already"), HTTP_409_CONFLICT
        case _:
            page, status = _over(words, shown, "early"), HTTP_409_CONFLICT
    return await _show(request, pages, page, status)


def _over(words: Words, shown: Shown, key: str) -> RatePage:
    tone = "stop" if key == "staff" else "mind"
    told = Told(tone, words.say(f"rate.{key}"), words.say(f"rate.{key}_text"))
    return RatePage(told=told, over=True, via=shown.via, home=_home(shown.via))


def _home(via: str) -> str:
    """Name where a kiosk begins; empty for whoever came on a device of his own."""
    return "/rate?v=kiosk" if via == "kiosk" else ""


def _page(shown: Shown, item: str, form: RateForm) -> RatePage:
    number, code, via = shown.number, shown.code, shown.via
    home = _home(via)
    return RatePage(number=number, code=code, via=via, item=item, form=form, home=home)


router: Final = router_of(ask, give, done)
