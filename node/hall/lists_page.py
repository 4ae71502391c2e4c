"""What the pages of a list show. Pure values and their making."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from node.applicants import model as applicants
from node.hall import lists
from node.hall.lists import Common, Entry, Faults
from node.hall.lists_actions import OpenList
from node.web.chrome import Choice, Told
from node.web.wording import Words
from schemas.ids import CaseNumber
from schemas.items import Item, MaterialNeed

MOST_WRONG = 20  # rows to put right at once: a page stays light, whatever was pasted
BLANKS = 3  # empty rows that wait to be filled; Enter brings the next ones


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item that may be taken for many at once."""

    code: str
    name: str
    department: str


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list that was begun before."""

    item: str
    at_ms: int
    rows: int
    taken: int
    href: str


@dataclass(frozen=True, slots=True)
class ChoosePage:
    """选事项."""

    items: tuple[ItemLine, ...]
    lists: tuple[ListLine, ...]
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a row."""

    name: str
    id: str
    label: str
    value: str
    why: str
    mode: str
    limit: int


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row to be typed: blank, wrong, or being changed."""

    row: str
    """Its number; of a blank one `new` and a number."""
    shown: int
    """The number that stands before it."""
    cells: tuple[Cell, ...]
    wrong: bool
    focus: bool


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A sound row, masked."""

    row: int
    name: str
    id_number: str
    relation: str


@dataclass(frozen=True, slots=True)
class TakenLine:
    """A row that became a case."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """一份名单."""

    id: str
    item: str
    department: str
    common: Common
    papers: tuple[Choice, ...]
    ticked: tuple[str, ...]
    rows: tuple[RowLine, ...]
    ready: tuple[PersonLine, ...]
    taken: tuple[TakenLine, ...]
    most: int
    hidden: int
    """How many more rows are wrong than are shown."""
    room: int
    """How many persons more the list has room for."""
    pasted: str = ""
    told: Told | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


def paper_choices(words: Words, item: Item) -> tuple[Choice, ...]:
    """List the papers that each person hands in, to be ticked once for all."""
    return tuple(Choice(need.code, need.name, _form(words, need)) for need in lists.papers(item))


def _form(words: Words, need: MaterialNeed) -> str:
    return words.say(f"paper.{need.form}")


def row_lines(
    words: Words, opened: OpenList, faults: Faults, editing: Collection[int]
) -> tuple[RowLine, ...]:
    """Show the rows that still want typing: those that are wrong or opened, then blank ones."""
    order = {line.row: shown for shown, line in enumerate(opened.lines, 1)}
    failed = {line.row: line.fault for line in opened.lines if line.fault}
    found = [
        _row(words, str(row), order[row], entry, _why(words, faults.get(row, {}), failed.get(row)))
        for row, entry in opened.open.items()
        if row in faults or row in failed or row in editing
    ]
    found = found[:MOST_WRONG]
    room = lists.MOST_ROWS - len(opened.lines)
    last = len(opened.lines)
    found += [
        _row(words, f"new{n}", last + n, Entry(), {}) for n in range(1, min(BLANKS, room) + 1)
    ]
    first = next((line for line in found if line.row in {str(row) for row in editing}), None)
    first = first or next((line for line in found if line.row.startswith("new")), None)
    return tuple(_focused(line) if line is first else line for line in found)


def _focused(line: RowLine) -> RowLine:
    return RowLine(line.row, line.shown, line.cells, line.wrong, focus=True)


def _why(words: Words, faults: Mapping[str, str], failed: str | None) -> dict[str, str]:
    said = {name: fault_words(words, name, fault) for name, fault in faults.items()}
    if failed and not said:
        said["name"] = fault_words(words, "name", failed)
    return said


def fault_words(words: Words, name: str, fault: str) -> str:
    """Say what is wrong with a field of a row."""
    for key in (f"lists.{name}_{fault}", f"lists.fault_{fault}", f"id.{fault}", f"fault.{fault}"):
        if words.has(key):
            return words.say(key)
    return words.say("lists.not_taken")


_MODES = {"phone": "tel"}
_LIMITS = {"name": 60, "id_number": 24, "phone": 20, "relation": 20}


def _row(words: Words, row: str, shown: int, entry: Entry, why: Mapping[str, str]) -> RowLine:
    cells = tuple(
        Cell(
            name=f"{name}-{row}",
            id=f"{name}-{row}",
            label=words.say(f"lists.{name}"),
            value=getattr(entry, name),
            why=why.get(name, ""),
            mode=_MODES.get(name, ""),
            limit=_LIMITS[name],
        )
        for name in lists.COLUMNS
    )
    return RowLine(row, shown, cells, wrong=bool(why), focus=False)


def errors_of(rows: tuple[RowLine, ...], words: Words) -> dict[str, str]:
    """List what is wrong, each with its row, for the head of the page."""
    return {
        cell.id: words.say("lists.at_row", n=line.shown, why=cell.why)
        for line in rows
        for cell in line.cells
        if cell.why
    }


def ready_lines(
    opened: OpenList, faults: Faults, editing: Collection[int]
) -> tuple[PersonLine, ...]:
    """Show the sound rows, masked."""
    failed = {line.row for line in opened.lines if line.fault}
    found = []
    for row, entry in opened.open.items():
        if row in faults or row in failed or row in editing:
            continue
        person = lists.person_of(entry, opened.common)
        found.append(
            PersonLine(
                row,
                applicants.masked_name(person.name),
                applicants.masked_id(person.id_number),
                person.relation,
            )
        )
    return tuple(found)


def taken_lines(opened: OpenList, names: Mapping[CaseNumber, str]) -> tuple[TakenLine, ...]:
    """List the cases that rows became."""
    return tuple(TakenLine(number, names.get(number, "")) for number in opened.numbers)
