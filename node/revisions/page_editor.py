"""What the pages of the item editor show: the sections with their state, the fields of one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from node.catalogue import labels, situations
from node.catalogue.columns import Column, Kind, sheet_of
from node.catalogue.process_drawing import Drawing
from node.catalogue.words import Words as Both
from node.revisions import entries, sections
from node.revisions.entries import Slot, Texts
from node.revisions.page_choices import choices, with_current
from node.revisions.page_marks import in_a_row, spoken
from node.revisions.sections import SECTIONS, Section
from node.web.chrome import Choice, Mark, Told
from node.web.wording import Words
from schemas.items import Item
from schemas.revisions import RevisionLine
from schemas.staff import Department

MOST_OPEN: Final = 32  # fields of rows on one page; longer lists open one row at a time
TALLEST: Final = 12  # lines of a box: a screen holds no more beside the rest
_PROSE: Final = frozenset(
    {
        "basis.wording", "materials.hint", "materials.standard", "risks.risk", "risks.measure",
        "faqs.answer", "quota", "fees.reduction",
    }
)  # fmt: skip
"""Texts that are whole sentences: their boxes are tall."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field. `shape`: line, prose, number, date, select, checks or fixed."""

    name: str
    label: str
    shape: str
    values: tuple[str, ...]
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    error: str = ""
    warning: str = ""

    @property
    def rows(self) -> int:
        """How tall the box of a long text is."""
        return min(max(3, self.values[0].count("\n") + 2), TALLEST)


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of a list; a closed one only names itself."""

    number: int
    title: str
    open: bool
    fields: tuple[FieldView, ...]
    first: bool
    last: bool
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class ListView:
    """A list of rows."""

    field: str
    label: str
    rows: tuple[RowView, ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    empty: str


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A section in the list of sections."""

    key: str
    title: str
    here: bool
    mark: Mark
    errors: int
    """How many things are to be corrected in it."""


@dataclass(frozen=True, slots=True)
class Where:
    """The line of a revision that is edited."""

    end: str
    line: int
    name: str
    title: str
    """Of the revision."""

    @property
    def href(self) -> str:
        """The page of the line."""
        return f"/revisions/{self.end}/lines/{self.line}"


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong, and the field to go to."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class SectionPage:
    """One section of the editor."""

    where: Where
    section: SectionLine
    sections: tuple[SectionLine, ...]
    fields: tuple[FieldView, ...]
    lists: tuple[ListView, ...]
    summary: tuple[Wrong, ...]
    seen: int
    next: str
    told: Told | None = None
    picture: Drawing | None = None
    """The process as it would be drawn."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a section's page is made of."""

    line: RevisionLine
    item: Item
    departments: tuple[Department, ...]
    texts: Texts
    """What the form shows: what was typed, else what the item holds."""
    unread: Mapping[str, Both]
    """What could not be read, by field."""
    row: int = -1
    """The row to open, of a long list."""
    picture: Drawing | None = None


def section_lines(words: Words, line: RevisionLine, here: str = "") -> tuple[SectionLine, ...]:
    """List the sections, each with its state."""
    errors, warnings = sections.tally(line.errors), sections.tally(line.warnings)
    return tuple(
        SectionLine(
            one.key,
            words.say(f"editor.{one.key}"),
            one.key == here,
            _state(words, errors[one.key], warnings[one.key]),
            errors[one.key],
        )
        for one in SECTIONS
    )


def _state(words: Words, errors: int, warnings: int) -> Mark:
    if errors:
        return Mark("red", words.say("revision.to_correct", count=errors))
    if warnings:
        return Mark("yellow", words.say("revision.to_look_at", count=warnings))
    return Mark("green", words.say("revision.sound"))


def draw_section(
    words: Words, where: Where, section: Section, of: Shown, told: Told | None
) -> SectionPage:
    """Make the page of one section."""
    placed = _placed(words, section, of)
    lines = section_lines(words, of.line, section.key)
    here = next(one for one in lines if one.here)
    if of.unread:
        here = replace(here, mark=_state(words, len(placed.errors), 0), errors=len(placed.errors))
    slots = entries.slots_of(section, of.item)
    after = sections.following(section)
    lists = tuple(_list(words, field, slots, of, placed) for field in section.lists)
    return SectionPage(
        where=where,
        section=here,
        sections=lines,
        fields=tuple(_field(words, slot, of, placed) for slot in slots if slot.row < 0),
        lists=lists,
        summary=tuple(
            Wrong(_way_to(name, lists), in_a_row(words, said))
            for name, said in placed.errors.items()
        ),
        seen=of.line.edited,
        next="" if after is None else words.say(f"editor.{after.key}"),
        told=told,
        picture=of.picture,
    )


def _way_to(name: str, lists: tuple[ListView, ...]) -> str:
    """Lead to a field, opening its row if that is closed."""
    for one in lists:
        for row in one.rows:
            if not row.open and name.startswith(f"{one.field}[{row.number}]."):
                return f"?row={row.number}#{name}"
    return f"#{name}"


# ---- where a sentence stands


@dataclass(frozen=True, slots=True)
class _Placed:
    """Sentences by the field or list at which they stand."""

    errors: dict[str, list[str]]
    warnings: dict[str, list[str]]


def _placed(words: Words, section: Section, of: Shown) -> _Placed:
    names = [slot.name for slot in entries.slots_of(section, of.item)]
    known = (*section.lists, *names)
    placed = _Placed({}, {})
    for into, found in ((placed.errors, of.line.errors), (placed.warnings, of.line.warnings)):
        for path, said in found.items():
            if sections.section_of(path) is section:
                place = _place(situations.flat_path(of.item.situations, path), known)
                into.setdefault(place, []).append(spoken(words, said))
    for name, both in of.unread.items():
        placed.errors[name] = [words.pick(*both)]
    return placed


def _place(path: str, known: Iterable[str]) -> str:
    """Find the field that a path means: itself, its first part, or what holds it."""
    names = tuple(known)
    while path:
        if path in names:
            return path
        inside = next((one for one in names if one.startswith(f"{path}.")), "")
        if inside:
            return inside
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return names[0]


# ---- fields


def _field(words: Words, slot: Slot, of: Shown, placed: _Placed) -> FieldView:
    path = labels.plain(slot.name)
    offered = choices(words, path, slot.column, of.item, of.departments)
    values = of.texts.get(slot.name, ("",))
    fixed = path == "code" and bool(of.line.change.base)
    return FieldView(
        name=slot.name,
        label=_label(words, path),
        shape="fixed" if fixed else _shape(path, slot.column, offered, values),
        values=values,
        choices=with_current(offered, values),
        hint=_hint(words, path, slot.column),
        error=in_a_row(words, placed.errors.get(slot.name, ())),
        warning=in_a_row(words, placed.warnings.get(slot.name, ())),
    )


def _label(words: Words, path: str) -> str:
    """Name a field as a form asks for it, which here and there is not what a sheet is headed."""
    own = f"field_label.{path.replace('.', '_')}"
    return words.say(own) if words.has(own) else _capital(words.pick(*labels.label(path)))


def _capital(text: str) -> str:
    """Begin with a capital: headings of sheets do not."""
    return text[:1].upper() + text[1:]


def _shape(path: str, column: Column, offered: tuple[Choice, ...], values: tuple[str, ...]) -> str:
    if column.kind is Kind.CHOICES or column.path in entries.CHECKED:
        return "checks"
    if offered:
        return "select"
    if column.kind in entries.LISTS or path in _PROSE or "\n" in values[0]:
        return "prose"
    return {Kind.WHOLE: "number", Kind.MONEY: "number", Kind.DATE: "date"}.get(column.kind, "line")


def _hint(words: Words, path: str, column: Column) -> str:
    own = f"field_hint.{path.replace('.', '_')}"
    if words.has(own):
        return words.say(own)
    if column.kind is Kind.DATE:
        return words.say("field_hint.date")
    is_lines = column.kind in entries.LISTS and column.path not in entries.CHECKED
    return words.say("field_hint.lines") if is_lines else ""


# ---- lists


def _list(
    words: Words, field: str, slots: tuple[Slot, ...], of: Shown, placed: _Placed
) -> ListView:
    count = len(situations.rows_of(of.item, field))
    is_long = count * len(sheet_of(field).columns) > MOST_OPEN
    wrong = _row_errors(field, count, placed)
    first_wrong = next((row for row in range(count) if wrong[row]), 0)
    chosen = of.row if 0 <= of.row < count else first_wrong
    return ListView(
        field=field,
        label=_capital(words.pick(*labels.label(field))),
        rows=tuple(
            RowView(
                number=row,
                title=_title(words, field, row, of),
                open=not is_long or row == chosen or _is_unread(field, row, of),
                fields=tuple(
                    _field(words, slot, of, placed)
                    for slot in slots
                    if slot.name.startswith(f"{field}[{row}].") and entries.is_asked(slot, of.item)
                ),
                first=row == 0,
                last=row == count - 1,
                mark=_state(words, wrong[row], 0) if wrong[row] else None,
            )
            for row in range(count)
        ),
        errors=tuple(placed.errors.get(field, ())),
        warnings=tuple(placed.warnings.get(field, ())),
        empty=words.say(f"editor.none_{field}"),
    )


def _row_errors(field: str, count: int, placed: _Placed) -> list[int]:
    return [
        sum(name.startswith(f"{field}[{row}].") for name in placed.errors) for row in range(count)
    ]


def _is_unread(field: str, row: int, of: Shown) -> bool:
    return any(name.startswith(f"{field}[{row}].") for name in of.unread)


def _title(words: Words, field: str, row: int, of: Shown) -> str:
    known = situations.rows_of(of.item, field)[row]
    assert isinstance(known, msgspec.Struct)  # noqa: S101  # rows of every list are
    named = words.pick(*labels.row_name(known)).strip()
    return f"{row + 1}. {named}" if named else words.say("editor.row", number=row + 1)
