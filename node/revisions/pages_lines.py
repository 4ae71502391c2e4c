"""Putting items into a revision, looking at one line of it, taking one out."""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_409_CONFLICT

from node.catalogue import actions as catalogue
from node.catalogue import initials
from node.database import Tx
from node.errors import AlreadyDoneError, BadInputError, NotFoundError
from node.revisions import actions, api, drafting, entries, page_add, page_line, reading
from node.revisions.drafting import Base, UnfitError, Wish
from node.revisions.page_marks import end_of, fault, in_a_row
from node.revisions.visits import Visit, seen_in
from node.staff import actions as staff
from node.web.chrome import Told
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see
from node.web.security import Asked, Desk
from schemas.ids import NodeId, StreamName
from schemas.item_terms import EndReason
from schemas.revisions import ItemChange, PutChange
from schemas.staff import Department

MOST_CODES: Final = 20  # items that one is split into
LONGEST_CODE: Final = 64  # characters: national codes have 33
_DONE: Final = (("saved", "revision.kept"), ("rebased", "line.rebased"))
"""What the page of a line may say was just done."""


@get("/revisions/{revision:str}/add")
async def ask_add(
    request: Asked,
    revision: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Offer the items that may be changed, and a new one."""
    visit = Visit(request, desk, pages)
    page = await visit.read(page_add.draw_add, revision, Typed({}), {})
    return await visit.show("revision_add.html", page)


@post("/revisions/{revision:str}/lines", status_code=HTTP_200_OK)
async def add_lines(
    request: Asked,
    revision: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Put a new item, or what is wished for those that were chosen, into the draft."""
    visit, typed = Visit(request, desk, pages), await forms(request)
    stream = await api.named(desk, revision)
    try:
        changes = await visit.read(_wished, stream, typed)
        ready = await asyncio.to_thread(_with_initials, changes)
        numbers = await desk.run(actions.add, stream, ready)
    except UnfitError as error:
        faults = {error.field: visit.words.pick(*error.words)}
    except BadInputError as error:
        faults = {name: fault(visit.words, said) for name, said in error.fields.items()}
    else:
        end = end_of(stream)
        one = len(numbers) == 1 and changes[0].item is not None
        return see(f"/revisions/{end}/lines/{numbers[0]}" if one else f"/revisions/{end}")
    page = await visit.read(page_add.draw_add, revision, typed, faults)
    return await visit.show("revision_add.html", page, UNFIT)


def _wished(tx: Tx, visit: Visit, stream: StreamName, typed: Typed) -> tuple[ItemChange, ...]:
    if typed.text("wish") == "new":
        own = reading.revision(tx, stream, visit.desk.actor).department
        departments = {one.id: one for one in staff.departments(tx)}
        return (_new(typed, None if own is None else departments.get(own)),)
    if typed.text("wish") not in tuple(Wish):
        raise BadInputError({"wish": "missing"})
    if not typed.texts("items"):
        raise BadInputError({"items": "none_chosen"})
    bases = [_base(tx, visit.me, code) for code in dict.fromkeys(typed.texts("items"))]
    codes = tuple(dict.fromkeys(typed.text("codes").replace("，", " ").replace(",", " ").split()))
    return drafting.changes_for(Wish(typed.text("wish")), bases, codes[:MOST_CODES])


def _with_initials(changes: Sequence[ItemChange]) -> list[ItemChange]:
    """Give the items that have none the initials of their names. Slow: for a thread."""
    lacking = [one.item for one in changes if one.item is not None and not one.item.initials]
    made = dict(zip(map(id, lacking), initials.filled(lacking), strict=True)) if lacking else {}
    return [msgspec.structs.replace(one, item=made.get(id(one.item), one.item)) for one in changes]


def _new(typed: Typed, own: Department | None) -> ItemChange:
    """Begin a new item, of the department that drafts. Raises `BadInputError`."""
    code, name = typed.text("code"), typed.text("name")
    faults = {field: "missing" for field, text in (("code", code), ("name", name)) if not text}
    if len(code) > LONGEST_CODE:
        faults["code"] = "too_long"
    if faults:
        raise BadInputError(faults)
    item = entries.new_item(code, name)
    if own is not None:
        item = msgspec.structs.replace(item, department=own.id, department_name=own.name)
    return ItemChange(code=code, item=item)


def _base(tx: Tx, me: NodeId, code: str) -> Base:
    item = catalogue.last_text(tx, me, code)
    version, _ = catalogue.version_of(tx, me, code)
    if item is None:
        raise NotFoundError(f"item {code}")
    return Base(item, version)


@get("/revisions/{revision:str}/lines/{line:int}")
async def show_line(
    request: Asked,
    revision: FromPath[str],
    line: FromPath[int],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Show what a line changes and, to whoever edits it, its sections."""
    visit = Visit(request, desk, pages)
    done = next((word for name, word in _DONE if visit.asked(name)), "")
    told = Told("done", visit.words.say(done)) if done else None
    page = await visit.read(page_line.draw_line, revision, line, told)
    return await visit.show("revision_line.html", page)


@post("/revisions/{revision:str}/lines/{line:int}", status_code=HTTP_200_OK)
async def keep_line(
    request: Asked,
    revision: FromPath[str],
    line: FromPath[int],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Keep the reason of a line, and how an item ends."""
    visit, typed = Visit(request, desk, pages), await forms(request)
    stream = await api.named(desk, revision)
    _, before = await desk.read(reading.line, visit.me, stream, line, desk.actor)
    change = msgspec.structs.replace(before.change, note=typed.text("note"))
    if typed.text("ends") in tuple(EndReason):
        change = msgspec.structs.replace(
            change,
            ends=EndReason(typed.text("ends")),
            successors=tuple(dict.fromkeys(typed.text("successors").split()))[:MOST_CODES],
        )
    form = PutChange(change=change, line=line, seen=seen_in(typed))
    try:
        await desk.run(actions.put, stream, form)
    except AlreadyDoneError:
        words = visit.words
        told = Told("stop", words.say("revision.edited"), words.say("revision.edited_text"))
        page = await visit.read(page_line.draw_line, revision, line, told, change)
        return await visit.show("revision_line.html", page, HTTP_409_CONFLICT)
    except BadInputError as error:
        told = Told(
            "stop",
            in_a_row(visit.words, (fault(visit.words, one) for one in error.fields.values())),
        )
        page = await visit.read(page_line.draw_line, revision, line, told, change)
        return await visit.show("revision_line.html", page, UNFIT)
    return see(f"/revisions/{end_of(stream)}/lines/{line}?saved=1")


@post("/revisions/{revision:str}/lines/{line:int}/rebase")
async def rebase_line(
    revision: FromPath[str], line: FromPath[int], desk: NamedDependency[Desk]
) -> Redirect:
    """Go on from the version that the catalogue has by now."""
    stream = await api.named(desk, revision)
    await desk.run(actions.rebase, stream, line)
    return see(f"/revisions/{end_of(stream)}/lines/{line}?rebased=1")


@post("/revisions/{revision:str}/lines/{line:int}/drop")
async def drop_line(
    request: Asked, revision: FromPath[str], line: FromPath[int], desk: NamedDependency[Desk]
) -> Redirect:
    """Take a line out of the draft."""
    typed = await forms(request)
    stream = await api.named(desk, revision)
    await desk.run(actions.drop_line, stream, line, seen=seen_in(typed))
    return see(f"/revisions/{end_of(stream)}")


router: Final = router_of(ask_add, add_lines, show_line, keep_line, rebase_line, drop_line)
