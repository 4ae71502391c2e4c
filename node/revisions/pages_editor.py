"""The item editor: one section a page, kept with its faults, with or without script."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_409_CONFLICT

from node.catalogue import rules, situations
from node.catalogue.process_drawing import Drawing, draw_process
from node.catalogue.words import Words as Both
from node.database import Tx
from node.errors import AlreadyDoneError, BadInputError, NotFoundError
from node.network.actions import Places, place_names
from node.revisions import actions, api, entries, page_editor, reading, sections
from node.revisions.entries import Do, Press
from node.revisions.page_editor import Shown, Where
from node.revisions.page_marks import end_of, fault, in_a_row, name_of
from node.revisions.sections import Section
from node.revisions.visits import Visit, seen_in
from node.staff import actions as staff
from node.web.chrome import Told
from node.web.pages_base import UNFIT, Pages, forms, router_of, see
from node.web.security import Asked, Desk
from schemas.ids import StreamName
from schemas.items import Item
from schemas.revisions import PutChange, RevisionLine
from schemas.staff import Department


@dataclass(frozen=True, slots=True)
class OpenSection:
    """A line that this person may edit now, and one of its sections."""

    stream: StreamName
    where: Where
    section: Section
    line: RevisionLine
    item: Item
    departments: tuple[Department, ...]
    picture: Drawing | None

    def shown(
        self, texts: entries.Texts, unread: Mapping[str, Both] | None = None, row: int = -1
    ) -> Shown:
        """Give what its page is made of."""
        return Shown(self.line, self.item, self.departments, texts, unread or {}, row, self.picture)


@get("/revisions/{revision:str}/lines/{line:int}/{section:str}")
async def show_section(
    request: Asked,
    revision: FromPath[str],
    line: FromPath[int],
    section: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Show a section as it was last kept, with what is wrong in it."""
    visit = Visit(request, desk, pages)
    opened = await visit.read(_opened, revision, line, section)
    told = _kept(visit, opened) if visit.asked("saved") else None
    texts = entries.shown(opened.section, opened.item)
    return await _show(visit, opened, opened.shown(texts, row=visit.number("row", -1)), told)


@post("/revisions/{revision:str}/lines/{line:int}/{section:str}", status_code=HTTP_200_OK)
async def keep_section(
    request: Asked,
    revision: FromPath[str],
    line: FromPath[int],
    section: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Keep what was typed, sound or not; what cannot be read at all is shown again as typed."""
    visit, typed = Visit(request, desk, pages), await forms(request)
    words = visit.words
    opened = await visit.read(_opened, revision, line, section)
    press = entries.press_of(typed.text("do"))
    found = entries.read(opened.section, opened.item, typed.values, press)
    again = {**entries.shown(opened.section, opened.item), **typed.values}
    if found.item is None:
        told = Told("stop", words.say("revision.unread"), words.say("revision.unread_text"))
        of = opened.shown(again, found.faults, _row_at(found.faults))
        return await _show(visit, opened, of, told, UNFIT)
    try:
        await _keep(desk, opened, found.item, seen_in(typed))
    except AlreadyDoneError:
        told = Told("stop", words.say("revision.edited"), words.say("revision.edited_text"))
        return await _show(visit, opened, opened.shown(again), told, HTTP_409_CONFLICT)
    except BadInputError as error:
        told = Told("stop", in_a_row(words, (fault(words, one) for one in error.fields.values())))
        return await _show(visit, opened, opened.shown(again), told, UNFIT)
    return see(_onward(opened, press, found.item))


def _opened(tx: Tx, visit: Visit, reference: str, number: int, key: str) -> OpenSection:
    """Open a section of a line. Raises `NotFoundError`, `StepNotOpenError`."""
    section, actor = sections.find_section(key), visit.desk.actor
    stream = reading.stream_named(tx, reference, actor)
    revision, line = reading.line(tx, visit.me, stream, number, actor)
    item = line.change.item
    if section is None or item is None:
        raise NotFoundError("section to edit")
    reading.require_editable(visit.me, stream, revision, actor, visit.today)
    name = name_of(tx, visit.me, visit.words, line.change)
    where = Where(end_of(stream), number, name, revision.title)
    departments = staff.departments(tx)
    picture = _picture(tx, visit, item, departments) if "process" in section.lists else None
    return OpenSection(stream, where, section, line, item, departments, picture)


def _picture(
    tx: Tx, visit: Visit, item: Item, departments: tuple[Department, ...]
) -> Drawing | None:
    """Draw the process as far as it holds together."""
    if any(rules.process_flaws(item)):
        return None
    words = visit.words
    return draw_process(
        words,
        item,
        departments={one.id: words.pick(one.name, one.name_en) for one in departments},
        place_of=Places(place_names(tx), words),
    )


async def _keep(desk: Desk, opened: OpenSection, item: Item, seen: int | None) -> None:
    """Write the line, with the initials of its names if these have changed."""
    before = opened.line.change
    code = before.code if before.base else item.code
    change = msgspec.structs.replace(before, code=code, item=_with_name(opened, item))
    if _names(item) != _names(opened.item):
        change = await api.ready(change)
    form = PutChange(change=change, line=opened.line.line, seen=seen)
    await desk.run(actions.put, opened.stream, form)


def _with_name(opened: OpenSection, item: Item) -> Item:
    """Name the department that was chosen, unless its name was written by hand."""
    known = {one.id: one.name for one in opened.departments}
    chosen = item.department != opened.item.department
    written = item.department_name not in ("", opened.item.department_name)
    if item.department not in known or written or (item.department_name and not chosen):
        return item
    return msgspec.structs.replace(item, department_name=known[item.department])


def _names(item: Item) -> tuple[str, ...]:
    return (item.name, *item.aliases)


def _row_at(faults: Mapping[str, Both]) -> int:
    """Find the row to open: that of the first field which could not be read."""
    row = next(iter(faults), "").partition("[")[2].partition("]")[0]
    return int(row) if row else -1


def _onward(opened: OpenSection, press: Press, item: Item) -> str:
    """Say where to go when it is kept: the row that was touched, the next section, or here."""
    here = f"{opened.where.href}/{opened.section.key}"
    match press.do:
        case Do.ON:
            after = sections.following(opened.section)
            return opened.where.href if after is None else f"{opened.where.href}/{after.key}"
        case Do.ADD if press.field in opened.section.lists:
            row = len(situations.rows_of(item, press.field)) - 1
        case Do.UP:
            row = max(press.row - 1, 0)
        case Do.DOWN:
            row = press.row + 1
        case _:
            return f"{here}?saved=1"
    return f"{here}?row={row}#{press.field}[{row}]"


def _kept(visit: Visit, opened: OpenSection) -> Told:
    errors = len(opened.line.errors)
    if errors:
        return Told("mind", visit.words.say("revision.kept_with", count=errors))
    return Told("done", visit.words.say("revision.kept"))


async def _show(
    visit: Visit, opened: OpenSection, of: Shown, told: Told | None, status: int = HTTP_200_OK
) -> Response[str]:
    page = page_editor.draw_section(visit.words, opened.where, opened.section, of, told)
    return await visit.show("revision_section.html", page, status)


router: Final = router_of(show_section, keep_section)
