"""What a person sees and types in the fields of an item's section, and the item made of it.

Fields are named by their path in the item (`materials[2].copies`). A field that a form does not
bring, or brings as it was shown, keeps its value exactly. What cannot be read is told by field, and
then nothing is made. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from node.catalogue import cells, situations
from node.catalogue.cells import FEN_A_YUAN, CellError
from node.catalogue.columns import Column, Kind, sheet_of
from node.catalogue.situations import SituationRow
from node.catalogue.words import Words
from node.revisions.sections import Section
from schemas.item_terms import CaseKind, StageKind
from schemas.items import Item

Texts = Mapping[str, tuple[str, ...]]
"""The texts of a form, by field."""
Plain = dict[str, object]
"""A Struct as names and plain values."""

YES: Final = "yes"
NO: Final = "no"
MOST_ROWS: Final = 200  # of one list: the longest guide in use has some forty papers
EMPTY: Final[Words] = ("请填写这一项", "Please fill this in")
LISTS: Final = frozenset((Kind.LINES, Kind.SHORT_LIST))
CHECKED: Final = frozenset(("topics", "joint", "answers.materials"))
"""Columns of short lists whose texts are chosen and not typed."""


class Do(StrEnum):
    """What a button of a section does besides keeping what was typed."""

    STAY = "stay"
    ON = "on"  # to the next section
    ADD = "add"
    DROP = "drop"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Press:
    """The button that was pressed: `drop:materials:2`."""

    do: Do = Do.STAY
    field: str = ""
    row: int = -1


@dataclass(frozen=True, slots=True)
class Slot:
    """One field of a section's form."""

    name: str
    column: Column
    row: int = -1
    """The row of a list; -1 for a field of the item itself."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a form says."""

    item: Item | None
    """`None` if something could not be read."""
    faults: Mapping[str, Words]


def press_of(text: str) -> Press:
    """Read which button was pressed; one that nobody knows only keeps."""
    do, _, rest = text.partition(":")
    field, _, row = rest.partition(":")
    if do not in tuple(Do):
        return Press()
    number = int(row) if row.isdecimal() and len(row) <= len(str(MOST_ROWS)) else -1
    return Press(Do(do), field, number)


def slots_of(section: Section, item: Item) -> tuple[Slot, ...]:
    """List the fields of a section for this item: its own, then each row of each list."""
    own = [Slot(column.path, column) for column in section.columns]
    rows = [
        Slot(f"{field}[{row}].{column.path}", column, row)
        for field in section.lists
        for row in range(len(situations.rows_of(item, field)))
        for column in sheet_of(field).columns
    ]
    return (*own, *rows)


def is_asked(slot: Slot, item: Item) -> bool:
    """Say whether a row's form asks for a field: who takes part, of nothing but a review."""
    if slot.column.path != "joint":
        return True
    stage = item.process[slot.row]
    return stage.kind is StageKind.REVIEW or bool(stage.joint)


def shown(section: Section, item: Item) -> dict[str, tuple[str, ...]]:
    """Write what each field of a section holds, as its form shows it."""
    tree = _tree(item)
    return {slot.name: _text(slot.column, _at(tree, slot.name)) for slot in slots_of(section, item)}


def read(section: Section, item: Item, typed: Texts, press: Press) -> Read:
    """Make the item that a form says, with the button's change to its lists."""
    tree, before = _tree(item), shown(section, item)
    faults: dict[str, Words] = {}
    for slot in slots_of(section, item):
        given = typed.get(slot.name)
        dropped = press.do is Do.DROP and slot.name.startswith(f"{press.field}[{press.row}].")
        if given is None or dropped or _same(given, before[slot.name]):
            continue
        try:
            _put(tree, slot.name, _value(slot.column, given))
        except CellError as error:
            faults[slot.name] = error.words
    faults |= _close_parts(section, tree, typed)
    if faults:
        return Read(None, faults)
    if press.field in section.lists:
        _move(tree, press)
    return Read(_grown(tree), {})


def new_item(code: str, name: str) -> Item:
    """Begin an item of which nothing but its code and name is known."""
    tree = _blank(sheet_of("").columns)
    tree |= {"code": code, "name": name, "case_kind": CaseKind.PROMISED.value, "type_code": "01"}
    tree |= {"basis": (), "materials": (), "process": (), "tiers": (), "statutory": None}
    return msgspec.convert(tree, Item)


# ---- lists


def _move(tree: Plain, press: Press) -> None:
    """Add, drop or move a row. A row that is not there is left alone."""
    rows = tree[press.field]
    assert isinstance(rows, list)  # noqa: S101  # lists of a section are lists of the item
    row, last = press.row, len(rows) - 1
    match press.do:
        case Do.ADD if len(rows) < MOST_ROWS:
            rows.append(_blank(sheet_of(press.field).columns))
            if press.field == situations.FIELD and last >= 0:
                rows[-1]["text"] = rows[-2]["text"]  # one more answer to the same question
        case Do.DROP if 0 <= row <= last:
            del rows[row]
        case Do.UP if 1 <= row <= last:
            rows[row - 1], rows[row] = rows[row], rows[row - 1]
        case Do.DOWN if 0 <= row < last:
            rows[row + 1], rows[row] = rows[row], rows[row + 1]
        case _:
            pass


def _blank(columns: Iterable[Column]) -> Plain:
    """Make a row of which nothing is known."""
    tree: Plain = {}
    for column in columns:
        if not column.part:
            _put(tree, column.path, _unsaid(column))
    return tree


def _unsaid(column: Column) -> object:
    """What a field holds before anybody has said anything."""
    if column.blank is not msgspec.NODEFAULT:
        return msgspec.to_builtins(column.blank)
    if column.choices is not None:
        return next(iter(column.choices)).value
    return 0 if column.kind in (Kind.WHOLE, Kind.MONEY) else ""


# ---- values


def _text(column: Column, value: object) -> tuple[str, ...]:
    match value:
        case None:
            return ("",)
        case bool():
            return (YES if value else NO,)
        case int() if column.kind is Kind.MONEY:
            return (f"{value // FEN_A_YUAN}.{value % FEN_A_YUAN:02}",)
        case list() if column.kind in LISTS and column.path not in CHECKED:
            return ("\n".join(map(str, value)),)
        case list():
            return tuple(map(str, value))
        case _:
            return (str(value),)


def _value(column: Column, given: tuple[str, ...]) -> object:
    """Read what was typed into a field. Raises `CellError`."""
    text = next(iter(given), "").replace("\r\n", "\n").replace("\r", "\n")
    match column.kind:
        case Kind.LINES | Kind.SHORT_LIST:
            lines = "\n".join(given).replace("\r", "\n").split("\n")
            return list(dict.fromkeys(line.strip() for line in lines if line.strip()))
        case Kind.CHOICES:
            chosen = (cells.read(column, one) for one in given if one)
            return [str(one) for found in chosen if isinstance(found, tuple) for one in found]
        case Kind.YES_NO:
            return text == YES
        case Kind.TEXT | Kind.TYPE:
            return text or (None if column.blank is None else "")
        case _:
            return _strict(column, text)


def _strict(column: Column, text: str) -> object:
    found = cells.read(column, text)
    if found is not None:
        return found.value if isinstance(found, StrEnum) else found
    if column.part and column.needed:
        return None
    if column.blank is msgspec.NODEFAULT and column.kind is not Kind.DATE:
        raise CellError(EMPTY)
    return _unsaid(column)


def _close_parts(section: Section, tree: Plain, typed: Texts) -> dict[str, Words]:
    """Leave out a part of which nothing was said; say what is missing in one half said."""
    faults: dict[str, Words] = {}
    for column in section.columns:
        part = tree.get(column.part) if column.part else None
        if not column.needed or not isinstance(part, dict):
            continue
        name = column.path.rpartition(".")[2]
        if part.get(name) is None and not part.get("note"):
            tree[column.part] = None
        elif part.get(name) is None and not (typed.get(column.path) or ("",))[0]:
            faults[column.path] = EMPTY
    return faults


def _same(given: tuple[str, ...], before: tuple[str, ...]) -> bool:
    return _folded(given) == _folded(before)


def _folded(texts: tuple[str, ...]) -> list[str]:
    """Give texts as a browser sends them back: other line ends, no stray spaces, no empty ones."""
    lines = (text.replace("\r\n", "\n").strip() for text in texts)
    return [text for text in lines if text]


# ---- paths


def _tree(item: Item) -> Plain:
    """Give an item as values that may be changed; lists are lists, situations a row an answer."""
    fields: Plain = msgspec.to_builtins(item)
    fields[situations.FIELD] = msgspec.to_builtins(situations.flat(item.situations))
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()
    }


def _grown(tree: Plain) -> Item:
    """Make the item of such values."""
    rows = msgspec.convert(tree[situations.FIELD], tuple[SituationRow, ...])
    asked = msgspec.to_builtins(situations.grouped(rows))
    return msgspec.convert({**tree, situations.FIELD: asked}, Item)


def _steps(path: str) -> Iterator[str | int]:
    for part in path.split("."):
        name, _, row = part.rstrip("]").partition("[")
        yield name
        if row:
            yield int(row)


def _at(tree: Plain, path: str) -> object:
    found: object = tree
    for step in _steps(path):
        if isinstance(found, dict) and isinstance(step, str):
            found = found.get(step)
        elif isinstance(found, list) and isinstance(step, int):
            found = found[step]
        else:
            return None
    return list(found) if isinstance(found, tuple) else found


def _put(tree: Plain, path: str, value: object) -> None:
    """Write a value at a path, making the parts on the way that are not there."""
    *way, last = _steps(path)
    found: object = tree
    for step in way:
        if isinstance(found, list) and isinstance(step, int):
            found = found[step]
        elif isinstance(found, dict):
            if found.get(step) is None:
                found[step] = {}
            found = found[step]
    assert isinstance(found, dict)  # noqa: S101  # every path ends in a field of a Struct
    found[last] = value
