"""发布: the publisher chooses approved revisions and puts them in force together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.database import Tx
from node.errors import BadInputError, NotAllowedError
from node.revisions import actions, reading
from node.revisions.page_marks import change_words, end_of, fault, name_of
from node.revisions.visits import Visit
from node.web.chrome import Fact
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see
from node.web.security import Asked, Desk
from schemas.revisions import MakeRelease, RevisionAct, RevisionBrief
from schemas.staff import Role

MOST_NAMED: Final = 12  # items named for one way of changing


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """A revision that may be released now, and what it will change."""

    stream: str
    end: str
    title: str
    document: str
    changes: tuple[Fact, ...]
    chosen: bool


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """制作发布."""

    rows: tuple[ReadyRow, ...]
    title: str
    effective_from: str
    today: str
    errors: Mapping[str, str]


@get("/releases/new")
async def ask_release(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str]:
    """Offer the revisions whose public notice is over."""
    visit = Visit(request, desk, pages)
    _require_publisher(visit)
    page = await visit.read(_draw, Typed({}), {})
    return await visit.show("release_new.html", page)


@post("/releases/new", status_code=HTTP_200_OK)
async def make_release(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str] | Redirect:
    """Put what was chosen in force together; all of it or nothing."""
    visit, typed = Visit(request, desk, pages), await forms(request)
    _require_publisher(visit)
    names = [
        await desk.read(reading.stream_named, one, desk.actor)
        for one in dict.fromkeys(typed.texts("revisions"))
    ]
    form = MakeRelease(
        title=typed.text("title"),
        revisions=tuple(names),
        effective_from=typed.text("effective_from"),
    )
    try:
        done = await desk.run(actions.release, form)
    except BadInputError as error:
        faults = {field: _said(visit, field, one) for field, one in error.fields.items()}
        page = await visit.read(_draw, typed, faults)
        return await visit.show("release_new.html", page, UNFIT)
    return see(f"/releases/{visit.me}/{done.release}" if done.release else "/releases")


def _said(visit: Visit, field: str, said: str) -> str:
    if field == "revisions":
        return visit.words.say("release.none_chosen")
    code, dot, _ = field.partition(".")
    sentence = fault(visit.words, said)
    return f"{code}: {sentence}" if dot else sentence


def _draw(tx: Tx, visit: Visit, typed: Typed, errors: Mapping[str, str]) -> ReleasePage:
    ready = [
        brief
        for brief, acts in reading.waiting(tx, visit.me, visit.desk.actor, visit.today)
        if RevisionAct.RELEASE in acts
    ]
    asked = visit.asked("revision")
    chosen = (
        typed.texts("revisions") if typed.values else tuple(end_of(one.stream) for one in ready)
    )
    if asked and not typed.values:
        chosen = (asked,)
    return ReleasePage(
        rows=tuple(_row(tx, visit, one, chosen) for one in ready),
        title=typed.text("title") or visit.words.say("release.title_of", day=visit.today),
        effective_from=typed.text("effective_from"),
        today=visit.today,
        errors=errors,
    )


def _row(tx: Tx, visit: Visit, brief: RevisionBrief, chosen: tuple[str, ...]) -> ReadyRow:
    """Name what a revision changes, by the way in which it does."""
    named: dict[str, list[str]] = {}
    for change in reading.changes(tx, brief.stream):
        name = name_of(tx, visit.me, visit.words, change)
        named.setdefault(change_words(visit.words, change), []).append(name)
    return ReadyRow(
        stream=brief.stream,
        end=end_of(brief.stream),
        title=brief.title,
        document=brief.document,
        changes=tuple(
            Fact(
                visit.words.say("release.count", what=what, count=len(names)),
                visit.words.joined(names[:MOST_NAMED]) + ("…" if len(names) > MOST_NAMED else ""),
            )
            for what, names in named.items()
        ),
        chosen=end_of(brief.stream) in chosen,
    )


def _require_publisher(visit: Visit) -> None:
    if Role.PUBLISHER not in visit.desk.actor.roles:
        raise NotAllowedError("releasing is not part of this post")


router: Final = router_of(ask_release, make_release)
