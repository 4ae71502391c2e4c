"""The page on which a window writes down a complaint or a question that somebody brings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_200_OK

from node.cases.counter import Counter
from node.cases.page_looker import Looker
from node.database import Tx
from node.errors import BadInputError, NotAllowedError
from node.evaluation import redress_actions as actions
from node.evaluation import redress_posts as posts
from node.evaluation import redress_wording as wording
from node.evaluation import redress_writing as writing
from node.network.actions import Places, place_names
from node.staff import page_people
from node.web import idempotency
from node.web.chrome import Choice
from node.web.pages_base import UNFIT, Pages, Typed, forms, words_for
from node.web.security import Asked, Desk
from node.work import Work
from schemas.ids import DepartmentId, NodeId, StaffId, line_of
from schemas.redress import RedressKind, RedressPart
from schemas.redress_desk import NewRedress, RedressTaken

KINDS: Final = (RedressKind.COMPLAINT, RedressKind.CONSULTATION, RedressKind.UNRESOLVED)
SOURCES: Final = tuple(sorted(actions.SPOKEN, key=["window", "phone", "letter"].index))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPage:
    """登记投诉、咨询."""

    kinds: tuple[Choice, ...]
    sources: tuple[Choice, ...]
    places: tuple[Choice, ...]
    departments: tuple[Choice, ...]
    people: tuple[Choice, ...]
    key: str
    """Makes it one matter, however often the button is pressed."""
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenPage:
    """What whoever asks is given."""

    number: str
    code: str
    due: str
    back: str
    """Where the page leads on."""
    back_words: str


def _require_taker(desk: Desk) -> None:
    if not desk.actor.roles & posts.TAKERS:
        raise NotAllowedError("complaints and questions are taken by windows and the hall")


@get("/redress/new")
async def show_new(
    request: Asked, counter: NamedDependency[Counter], pages: NamedDependency[Pages]
) -> Response[str]:
    """Show the form."""
    _require_taker(counter.desk)
    looker = counter.looker(words_for(request))
    typed = {"case": request.query_params.get("case", "")[: writing.MOST_NAME]}
    page = await counter.desk.read(new_page, looker, typed, {}, writing.new_key())
    return await pages.show(request, counter.desk, "redress_new.html", page)


def new_page(
    tx: Tx, looker: Looker, typed: Mapping[str, str], errors: Mapping[str, str], key: str
) -> NewPage:
    """Make the form."""
    words = looker.words
    places, names = Places(place_names(tx), words), page_people.names(tx, words)
    return NewPage(
        kinds=tuple(Choice(one, words.say(f"redress_kind.{one}")) for one in KINDS),
        sources=tuple(Choice(one, words.say(f"redress_source.{one}")) for one in SOURCES),
        places=tuple(Choice(one, places(one)) for one in line_of(looker.me)),
        departments=(*names.department_choices(), *_elsewhere(tx, looker.me, places)),
        people=names.people_choices(),
        key=key,
        typed=typed,
        errors=errors,
    )


def _elsewhere(tx: Tx, me: NodeId, places: Places) -> Iterator[Choice]:
    """Offer the departments of the places above, each under its place."""
    own = actions.departments_of(tx, me, me)
    for place in line_of(me):
        known = actions.departments_of(tx, me, place) if place != me else {}
        for one, name in known.items():
            if one not in own:
                yield Choice(one, f"{places(place)} · {name}")


@post("/redress", status_code=HTTP_200_OK)
async def take(
    request: Asked, counter: NamedDependency[Counter], pages: NamedDependency[Pages]
) -> Response[str]:
    """Take it, and show number and code, this once."""
    desk, typed = counter.desk, await forms(request)
    _require_taker(desk)
    looker = counter.looker(words_for(request))
    try:
        form, part = _form(typed)
        taken = await _taken(counter, form, part, typed.text("key"))
    except BadInputError as error:
        first = {name: values[0] for name, values in typed.values.items()}
        errors = wording.faults(looker.words, error.fields)
        page = await desk.read(new_page, looker, first, errors, typed.text("key"))
        return await pages.show(request, desk, "redress_new.html", page, status=UNFIT)
    shown = TakenPage(
        number=taken.number,
        code=taken.code,
        due=taken.verify_by,
        back="/redress",
        back_words=looker.words.say("redress.back"),
    )
    return await pages.show(request, desk, "redress_taken.html", shown)


async def _taken(counter: Counter, form: NewRedress, part: RedressPart, key: str) -> RedressTaken:
    once = writing.once_for(key, form, part)
    async with writing.ready(counter.preparing.store, part) as text:

        def taking(work: Work) -> idempotency.Answer:
            return idempotency.run_once(
                work, once, 201, lambda inner: actions.take(inner, form, text)
            )

        answer = await counter.desk.run(taking)
    return msgspec.json.decode(answer.body, type=RedressTaken)


def _form(typed: Typed) -> tuple[NewRedress, RedressPart]:
    """Read the form. Raises `BadInputError` with all that is wrong with it."""
    faults: dict[str, str] = {}
    kind, source = typed.text("redress"), typed.text("source")
    if kind not in KINDS:
        faults["redress"] = "missing"
    if source not in SOURCES:
        faults["source"] = "missing"
    try:
        part = writing.part_of(
            typed.text("title"), typed.text("text"), typed.text("name"), typed.text("phone")
        )
    except BadInputError as error:
        raise BadInputError({**faults, **error.fields}) from None
    if faults:
        raise BadInputError(faults)
    form = msgspec.convert(
        {
            "redress": kind, "source": source, "text": part.text, "case": typed.text("case"),
            "subject": NodeId(typed.text("subject")) or None,
            "department": DepartmentId(typed.text("department")) or None,
            "staff": StaffId(typed.text("staff")) or None,
            "window": typed.text("window")[: writing.MOST_NAME],
        },
        type=NewRedress,
    )  # fmt: skip
    return form, part
