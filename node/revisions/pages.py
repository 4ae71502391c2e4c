"""The desk of revisions, one revision, and each step of its life."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.database import Tx
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.revisions import actions, api, model, page_desk, page_revision
from node.revisions.page_add import draw_begin
from node.revisions.page_desk import DeskPage
from node.revisions.page_marks import end_of, fault
from node.revisions.page_notice import draw_notice
from node.revisions.page_revision import RevisionPage, Sent
from node.revisions.visits import Visit, seen_in
from node.web.chrome import Told
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see
from node.web.security import Asked, Desk
from schemas.ids import DepartmentId, StreamName
from schemas.revisions import (
    ApproveRevision,
    BeginRevision,
    Office,
    ReviewRevision,
    RevisionAct,
    SendBackRevision,
)
from schemas.staff import Role

DONE: Final = frozenset({"submit", "review", "approve", "send_back", "withdraw", "imported"})
"""What a page may say was just done."""


@get("/revisions")
async def show_desk(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str]:
    """Show what waits for whoever asks, first."""
    visit = Visit(request, desk, pages)
    require_sight(visit)
    page: DeskPage = await visit.read(page_desk.draw_desk)
    return await visit.show("revisions.html", page)


@get("/revisions/new")
async def ask_begin(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str]:
    """Ask for the title of a new revision."""
    visit = Visit(request, desk, pages)
    require_editor(visit)
    return await visit.show("revision_new.html", await visit.read(draw_begin, Typed({}), {}))


@post("/revisions", status_code=HTTP_200_OK)
async def begin(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str] | Redirect:
    """Begin to draft, then go on to choose items."""
    visit, typed = Visit(request, desk, pages), await forms(request)
    own = desk.actor.department
    chosen = own or (DepartmentId(typed.text("department")) if typed.text("department") else None)
    try:
        form = BeginRevision(title=typed.text("title"), department=chosen)
        stream = await desk.run(actions.begin, form)
    except BadInputError as error:
        page = await visit.read(draw_begin, typed, _faults(visit, error))
        return await visit.show("revision_new.html", page, UNFIT)
    return see(f"/revisions/{end_of(stream)}/add")


@get("/revisions/{revision:str}")
async def show_revision(
    request: Asked,
    revision: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Show a revision, and after a step say that it was taken."""
    visit = Visit(request, desk, pages)
    done = visit.asked("done")
    told = Told("done", visit.words.say(f"revision.done_{done}")) if done in DONE else None
    page = await visit.read(_draw, revision, Sent(), told)
    return await visit.show("revision.html", page)


def _draw(
    tx: Tx, visit: Visit, revision: str, sent: Sent, told: Told | None = None
) -> RevisionPage:
    return page_revision.draw_revision(tx, visit, revision, sent, told)


@get("/revisions/{revision:str}/notice")
async def show_notice(
    request: Asked,
    revision: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Show the text of the public notice, to print and to hang up."""
    visit = Visit(request, desk, pages)
    return await visit.show("revision_notice.html", await visit.read(draw_notice, revision))


@post("/revisions/{revision:str}/{act:str}", status_code=HTTP_200_OK)
async def take_step(
    request: Asked,
    revision: FromPath[str],
    act: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Take a step; a form that lacks something is shown again with all that was typed."""
    visit, typed = Visit(request, desk, pages), await forms(request)
    stream = await api.named(desk, revision)
    perform = _STEPS.get(act)
    if perform is None:
        raise NotFoundError(f"step {act}")
    try:
        await perform(desk, stream, typed)
    except BadInputError as error:
        way = f"{act}_back" if typed.text("passes") == "no" else act
        sent = Sent(way, typed, _faults(visit, error))
        return await visit.show("revision.html", await visit.read(_draw, revision, sent), UNFIT)
    return see(f"/revisions/{end_of(stream)}?done={act}")


# ---- steps


async def _submit(desk: Desk, stream: StreamName, typed: Typed) -> None:
    await desk.run(actions.submit, stream, seen=seen_in(typed))


async def _review(desk: Desk, stream: StreamName, typed: Typed) -> None:
    office = typed.text("office")
    if office not in tuple(Office):
        raise BadInputError({"office": "missing"})
    passes, opinion = typed.text("passes") == "yes", _opinion(typed)
    if not opinion:
        raise BadInputError({"opinion": "no_opinion"})
    form = ReviewRevision(
        office=Office(office), passes=passes, opinion=opinion, seen=seen_in(typed)
    )
    await desk.run(actions.review, stream, form)


async def _approve(desk: Desk, stream: StreamName, typed: Typed) -> None:
    document, days = typed.text("document"), _days(typed.text("notice_workdays"))
    faults = {} if document else {"document": "missing"}
    if len(document) > model.LONGEST_DOCUMENT:
        faults["document"] = "long_document"
    if days is None:
        faults["notice_workdays"] = "bad_days"
    if days is None or faults:
        raise BadInputError(faults)
    form = ApproveRevision(document=document, notice_workdays=days, seen=seen_in(typed))
    await desk.run(actions.approve, stream, form)


def _days(text: str) -> int | None:
    """Read a number of days of public notice; `None` if it is none that a notice may have."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(model.MOST_NOTICE))
    return int(text) if is_number and int(text) <= model.MOST_NOTICE else None


async def _send_back(desk: Desk, stream: StreamName, typed: Typed) -> None:
    form = SendBackRevision(opinion=_opinion(typed), seen=seen_in(typed))
    await desk.run(actions.send_back, stream, form)


async def _withdraw(desk: Desk, stream: StreamName, typed: Typed) -> None:
    await desk.run(actions.withdraw, stream, seen=seen_in(typed))


Perform = Callable[[Desk, StreamName, Typed], Awaitable[None]]
_STEPS: Final[Mapping[str, Perform]] = MappingProxyType(
    {
        RevisionAct.SUBMIT: _submit,
        RevisionAct.REVIEW: _review,
        RevisionAct.APPROVE: _approve,
        RevisionAct.SEND_BACK: _send_back,
        RevisionAct.WITHDRAW: _withdraw,
    }
)


def _opinion(typed: Typed) -> str:
    """Join the phrase that was chosen and what was written."""
    said = (typed.text("phrase"), typed.text("opinion"))
    return "\n".join(one for one in said if one)


def _faults(visit: Visit, error: BadInputError) -> dict[str, str]:
    return {field: fault(visit.words, said) for field, said in error.fields.items()}


def require_sight(visit: Visit) -> None:
    """Refuse whoever has no part in the catalogue. Raises `NotAllowedError`."""
    if not visit.desk.actor.roles & model.WORKERS:
        raise NotAllowedError("revisions are not part of this post")


def require_editor(visit: Visit) -> None:
    """Refuse whoever does not draft. Raises `NotAllowedError`."""
    if Role.EDITOR not in visit.desk.actor.roles:
        raise NotAllowedError("drafting items is not part of this post")


router: Final = router_of(show_desk, ask_begin, begin, show_revision, show_notice, take_step)
