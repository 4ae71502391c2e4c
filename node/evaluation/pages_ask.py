"""投诉、咨询、办不成事: the pages on which anybody asks, complains, and finds the answer.

No sign-in, no script. Counted at the public door like applications.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_200_OK, HTTP_404_NOT_FOUND, HTTP_429_TOO_MANY_REQUESTS

from federation.partstore import PartStore
from node.database import Tx
from node.errors import BadInputError, LockedOutError, NotFoundError
from node.evaluation import redress_home as home
from node.evaluation import redress_wording as wording
from node.evaluation import redress_writing as writing
from node.evaluation.pages_redress_new import KINDS, TakenPage
from node.evaluation.redress_public import BODY_BYTES, TRACK_BYTES
from node.evaluation.redress_reading import normal
from node.public.door import PublicDoor
from node.staff import actions as staff
from node.web.chrome import Choice, Told
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, words_for
from node.web.security import Asked, require_same_site
from node.web.wording import Words
from node.work import Works
from schemas.ids import DepartmentId
from schemas.redress import RedressKind
from schemas.redress_desk import PublicRedress, RedressSent, RedressTold


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPage:
    """What somebody has to say."""

    kinds: tuple[Choice, ...]
    departments: tuple[Choice, ...]
    key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage:
    """Where it stands, and the answer."""

    number: str = ""
    told: Told | None = None
    found: RedressTold | None = None
    kind: str = ""
    standing: str = ""


@get("/ask")
async def show_form(
    request: Asked, works: NamedDependency[Works], pages: NamedDependency[Pages]
) -> Response[str]:
    """Show the form."""
    typed = {
        name: request.query_params.get(name, "")[: writing.MOST_NAME]
        for name in ("redress", "case")
    }
    page = await works.read(_ask_page, words_for(request), typed, {}, writing.new_key())
    return await pages.show(request, None, "ask.html", page)


def _ask_page(
    tx: Tx, words: Words, typed: Mapping[str, str], errors: Mapping[str, str], key: str
) -> AskPage:
    return AskPage(
        kinds=tuple(
            Choice(one, words.say(f"redress_kind.{one}"), words.say(f"ask_hint.{one}"))
            for one in KINDS
        ),
        departments=tuple(
            Choice(one.id, words.pick(one.name, one.name_en)) for one in staff.departments(tx)
        ),
        key=key,
        typed=typed,
        errors=errors,
    )


@post("/ask", status_code=HTTP_200_OK, request_max_body_size=BODY_BYTES)
async def send(
    request: Asked,
    works: NamedDependency[Works],
    pages: NamedDependency[Pages],
    door: NamedDependency[PublicDoor],
    part_store: NamedDependency[PartStore],
) -> Response[str]:
    """Take it, and show number and code, this once."""
    require_same_site(request)
    door.let_in_to_write(request)
    typed, words = await forms(request), words_for(request)
    try:
        kind, sent = _sent(typed)
        once = writing.once_for(typed.text("key"), sent)
        answer = await home.take(works, part_store, kind, sent, once)
    except BadInputError as error:
        first = {name: values[0] for name, values in typed.values.items()}
        errors = wording.faults(words, error.fields)
        page = await works.read(_ask_page, words, first, errors, typed.text("key"))
        return await pages.show(request, None, "ask.html", page, status=UNFIT)
    taken = msgspec.json.decode(answer.body, type=RedressSent)
    shown = TakenPage(
        number=taken.number,
        code=taken.code,
        due=taken.verify_by,
        back="/ask/answer",
        back_words=words.say("ask.look_up"),
    )
    return await pages.show(request, None, "redress_taken.html", shown)


def _sent(typed: Typed) -> tuple[RedressKind, PublicRedress]:
    """Read the form. Raises `BadInputError`."""
    kind = typed.text("redress")
    if kind not in KINDS:
        text = {} if typed.text("text") else {"text": "missing"}
        raise BadInputError({"redress": "missing", **text})
    sent = PublicRedress(
        text=typed.text("text").replace("\r\n", "\n"),
        title=typed.text("title"),
        name=typed.text("name"),
        phone=typed.text("phone"),
        case=typed.text("case"),
        department=DepartmentId(typed.text("department")) or None,
        unresolved=kind == RedressKind.UNRESOLVED,
    )
    return RedressKind(kind), sent


# ---- the answer


@get("/ask/answer")
async def show_search(request: Asked, pages: NamedDependency[Pages]) -> Response[str]:
    """Ask for number and code."""
    number = request.query_params.get("number", "")[: writing.MOST_NAME]
    return await pages.show(request, None, "ask_answer.html", AnswerPage(number=number))


@post("/ask/answer", status_code=HTTP_200_OK, request_max_body_size=TRACK_BYTES)
async def show_answer(
    request: Asked,
    works: NamedDependency[Works],
    pages: NamedDependency[Pages],
    door: NamedDependency[PublicDoor],
    part_store: NamedDependency[PartStore],
) -> Response[str]:
    """Show where it stands and the answer; after ten wrong codes a number is shut for an hour."""
    door.let_in_to_track(request)
    typed, words = await forms(request), words_for(request)
    number, code = typed.text("number"), typed.text("code")
    try:
        with door.guesses.one(normal(number)):
            found = await works.read(home.told, part_store, number, code)
    except NotFoundError:
        told = Told("stop", words.say("ask.not_found"), words.say("ask.not_found_text"))
        return await _refused(request, pages, number, told, HTTP_404_NOT_FOUND)
    except LockedOutError as error:
        minutes = -(-error.retry_after_seconds // 60)
        told = Told("stop", words.say("ask.shut"), words.say("ask.shut_text", minutes=minutes))
        return await _refused(request, pages, number, told, HTTP_429_TOO_MANY_REQUESTS)
    page = AnswerPage(
        number=found.number,
        found=found,
        kind=words.say(f"redress_kind.{found.redress}"),
        standing=words.pick(found.said.zh, found.said.en),
    )
    return await pages.show(request, None, "ask_answer.html", page)


async def _refused(
    request: Asked, pages: Pages, number: str, told: Told, status: int
) -> Response[str]:
    page = AnswerPage(number=number[: writing.MOST_NAME], told=told)
    return await pages.show(request, None, "ask_answer.html", page, status=status)


router: Final = router_of(show_form, send, show_search, show_answer)
