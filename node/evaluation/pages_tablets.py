"""The pages of tablets: set them up, invite people to them, and what a tablet itself shows."""

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Stream
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_403_FORBIDDEN,
    HTTP_404_NOT_FOUND,
    HTTP_409_CONFLICT,
)
from markupsafe import Markup

from node.database import Tx
from node.errors import AlreadyDoneError, BadInputError, NotAllowedError, NotFoundError
from node.evaluation import model, page_rate, reading, tablet_store, tablets
from node.evaluation.address import RatingAddress, square
from node.evaluation.api import BODY_BYTES
from node.evaluation.booth import AtTablet, Booth
from node.evaluation.page_rate import RateForm
from node.staff import posting
from node.web.chrome import Choice, Told
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from node.work import Actor

LIVE: Final = "text/event-stream"
IDLE_SECONDS: Final = 15  # where no script runs, somebody who was invited waits no longer
THANKS_SECONDS: Final = 8  # time to read it


# ---- for the staff


@dataclass(frozen=True, slots=True)
class TabletRow:
    """One tablet."""

    id: str
    name: str
    window: str
    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TabletsPage:
    """评价器: those in use, and who may do what with them."""

    rows: tuple[TabletRow, ...]
    may_set: bool
    may_invite: bool
    windows: tuple[Choice, ...]
    told: Told | None = None
    made: str = ""
    """The address of a new one, this once."""
    qr: Markup | None = None
    errors: dict[str, str]
    typed: Typed


@get("/tablets")
async def show_tablets(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    invited: FromQuery[str] = "",
    ended: FromQuery[str] = "",
) -> Response[str]:
    """List the tablets of this place."""
    words = words_for(request)
    page = await desk.read(_tablets, desk.actor, words)
    if ended:
        told = Told("done", words.say("tablets.ended"), words.say("tablets.ended_text"))
        page = replace(page, told=told)
    if name := next((one.name for one in page.rows if one.id == invited), ""):
        page = replace(page, told=invited_words(words, name))
    return await pages.show(request, desk, "tablets.html", page)


def invited_words(words: Words, name: str) -> Told:
    """Say that somebody was invited."""
    said = words.say("tablets.invited", name=name)
    return Told("done", said, words.say("tablets.invited_text"))


def _tablets(tx: Tx, actor: Actor, words: Words) -> TabletsPage:
    may_set, may_invite = bool(actor.roles & model.SETTERS), bool(actor.roles & model.INVITERS)
    if not (may_set or may_invite):
        raise NotAllowedError("tablets are for who serves people, and who sets them up")
    windows = [Choice(one.id, f"{one.id} {one.name}") for one in posting.windows(tx)]
    return TabletsPage(
        rows=tuple(
            TabletRow(one.id, one.name, one.window, one.made_at)
            for one in tablets.offered(tx, actor.staff)
        ),
        may_set=may_set,
        may_invite=may_invite,
        windows=(Choice("", words.say("tablets.no_window")), *windows),
        errors={},
        typed=Typed({}),
    )


@post("/tablets", status_code=HTTP_200_OK)
async def make_tablet(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    rating_address: NamedDependency[RatingAddress],
) -> Response[str]:
    """Set a tablet up, and show its address this once."""
    words, typed = words_for(request), await forms(request)
    try:
        made = await desk.run(tablets.make, typed.text("name"), typed.text("window"))
    except BadInputError as error:
        said = {field: words.say(f"fault.{code}") for field, code in error.fields.items()}
        page = replace(await desk.read(_tablets, desk.actor, words), errors=said, typed=typed)
        return await pages.show(request, desk, "tablets.html", page, status=UNFIT)
    address = rating_address.tablet(made.secret, str(request.base_url))
    told = Told("done", words.say("tablets.made"), words.say("tablets.made_text"))
    page = await desk.read(_tablets, desk.actor, words)
    page = replace(page, told=told, made=address, qr=square(address))
    return await pages.show(request, desk, "tablets.html", page)


@post("/tablets/{tablet:str}/end", status_code=HTTP_200_OK)
async def end_tablet(
    tablet: FromPath[str], desk: NamedDependency[Desk], booth: NamedDependency[Booth]
) -> Redirect:
    """Take a tablet out of use; what it shows is gone at once."""
    booth.tell(await desk.run(tablets.end, tablet))
    return see("/tablets?ended=1")


@post("/tablets/{tablet:str}/invite", status_code=HTTP_200_OK)
async def invite_visit(
    tablet: FromPath[str], desk: NamedDependency[Desk], booth: NamedDependency[Booth]
) -> Redirect:
    """Invite whoever stands there to evaluate this visit."""
    await invite_to(desk, booth, tablet)
    return see(f"/tablets?invited={quote(tablet)}")


async def invite_to(desk: Desk, booth: Booth, tablet: str, number: str = "") -> None:
    """Invite somebody, and let the tablet show it."""
    invitation = await desk.run(tablets.invite, tablet, number)
    found = await desk.read(tablet_store.tablet, invitation.tablet)
    if found is not None:
        booth.tell(found)


# ---- what the tablet shows


@dataclass(frozen=True, slots=True, kw_only=True)
class TabletPage:
    """What stands before the applicant."""

    secret: str
    name: str = ""
    item: str = ""
    form: RateForm | None = None
    told: Told | None = None
    refresh: int = 0
    """After how many seconds it is drawn anew by itself; 0: not."""
    live: str = ""
    """What tells it that something else is to be shown."""


@get("/tablet/{secret:str}")
async def show_tablet(
    request: Asked,
    secret: FromPath[str],
    booth: NamedDependency[Booth],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Show the invitation that waits, thanks, or nothing in particular."""
    words = words_for(request)
    try:
        shown = await booth.at(request, secret)
    except NotFoundError:
        return await _off(request, pages, words)
    if await booth.staff_of(request) is not None:
        return await _staff(request, pages, words, secret)
    if done and shown.invitation is None:
        text = words.say("rate.done_bad" if done == "bad" else "rate.done_text")
        told = Told("done", words.say("rate.done"), text)
        page = replace(_idle(shown, secret), told=told, refresh=THANKS_SECONDS)
        return await _show(request, pages, page)
    case = shown.case
    item = "" if case is None else await booth.works.read(reading.item_words, words, case)
    page = _page(words, shown, secret, item or words.say("rate.visit"), booth.works.now_ms)
    return await _show(request, pages, page)


def _idle(shown: AtTablet, secret: str) -> TabletPage:
    seen = "" if shown.invitation is None else shown.invitation.id
    live = f"/tablet/{quote(secret)}/live?seen={seen}"
    return TabletPage(secret=secret, name=shown.tablet.name, live=live, refresh=IDLE_SECONDS)


def _page(words: Words, shown: AtTablet, secret: str, item: str, now_ms: int) -> TabletPage:
    page, invitation = _idle(shown, secret), shown.invitation
    if invitation is None:
        return page
    hidden = (("invitation", invitation.id),)
    return replace(
        page,
        item=item,
        form=page_rate.form_of(words, f"/tablet/{quote(secret)}", hidden),
        refresh=max(1, (invitation.until - now_ms) // 1000 + 1),
    )


@post("/tablet/{secret:str}", status_code=HTTP_200_OK, request_max_body_size=BODY_BYTES)
async def rate(
    request: Asked,
    secret: FromPath[str],
    booth: NamedDependency[Booth],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Take what was tapped, or say why not."""
    words, typed = words_for(request), await forms(request)
    form, invitation = page_rate.form_from(typed), typed.text("invitation")
    try:
        view = await booth.at_tablet(request, secret, invitation, form)
    except NotFoundError:
        return await _off(request, pages, words)
    except NotAllowedError:
        return await _staff(request, pages, words, secret)
    except AlreadyDoneError:
        return await _over(request, pages, secret, "already")
    except BadInputError as error:
        if error.fields.keys() & {"invitation", "number"}:
            return await _over(request, pages, secret, "expired")
        hidden = (("invitation", invitation),)
        drawn = page_rate.form_of(
            words, f"/tablet/{quote(secret)}", hidden, typed=typed, errors=error.fields
        )
        page = TabletPage(secret=secret, form=drawn)
        return await _show(request, pages, page, UNFIT)
    return see(f"/tablet/{quote(secret)}?done={'bad' if model.is_bad(view.grade) else 'well'}")


async def _show(
    request: Asked, pages: Pages, page: TabletPage, status: int = HTTP_200_OK
) -> Response[str]:
    """Show a page that is drawn anew by itself: a browser without script does that too."""
    answer = await pages.show(request, None, "tablet.html", page, status=status)
    if page.refresh:
        answer.headers["Refresh"] = f"{page.refresh}; url=/tablet/{quote(page.secret)}"
    return answer


async def _off(request: Asked, pages: Pages, words: Words) -> Response[str]:
    told = Told("mind", words.say("tablet.off"), words.say("tablet.off_text"))
    page = TabletPage(secret="", told=told)
    return await _show(request, pages, page, HTTP_404_NOT_FOUND)


async def _staff(request: Asked, pages: Pages, words: Words, secret: str) -> Response[str]:
    told = Told("stop", words.say("rate.staff"), words.say("rate.staff_text"))
    page = TabletPage(secret=secret, told=told)
    return await _show(request, pages, page, HTTP_403_FORBIDDEN)


async def _over(request: Asked, pages: Pages, secret: str, key: str) -> Response[str]:
    words = words_for(request)
    told = Told("mind", words.say(f"rate.{key}"), words.say(f"rate.{key}_text"))
    page = TabletPage(secret=secret, told=told, refresh=THANKS_SECONDS)
    return await _show(request, pages, page, HTTP_409_CONFLICT)


@get("/tablet/{secret:str}/live")
async def follow_tablet(
    request: Asked,
    secret: FromPath[str],
    booth: NamedDependency[Booth],
    seen: FromQuery[str] = "",
) -> Stream:
    """Tell a tablet that it shows what is no longer so."""
    shown = await booth.at(request, secret)

    async def is_stale() -> bool:
        try:
            now = await booth.at(request, secret)
        except NotFoundError:
            return True
        return ("" if now.invitation is None else now.invitation.id) != seen

    lines = booth.live.watch(tablets.topic(shown.tablet), is_stale=is_stale)
    return Stream(lines, media_type=LIVE, headers={"X-Accel-Buffering": "no"})


router: Final = router_of(
    show_tablets, make_tablet, end_tablet, invite_visit, show_tablet, rate, follow_tablet
)
