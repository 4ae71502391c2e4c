"""Reads a workbook of the catalogue: the items, and every cell that says something wrong.

All faults come at once, each at its cell. An item one of whose cells is wrong is left out of the
items; what the rules say of the others is told at their cells too, by `Read.place`.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Final

import msgspec

from node.catalogue import cells, situations
from node.catalogue.cells import Cell, CellError
from node.catalogue.columns import CODE, OURS, SHEETS, Column, Sheet, Value, has_sheet, sheet_of
from node.catalogue.labels import plain
from node.catalogue.sheet_parts import UnreadableError
from node.catalogue.sheets import Grid, cell_name, read_grids
from node.catalogue.words import Words
from schemas.items import Item

HEADING_ROW: Final = 1
_FIELD: Final = re.compile(r"(\w+)(?:\[(\d+)\])?(?:\.(.+))?")


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of the workbook; of the sheet, or of the file as a whole, where fields are empty."""

    sheet: str = ""
    cell: str = ""
    """Such as `F5`."""
    column: str = ""
    """The column's title."""

    @property
    def row(self) -> int:
        """The number of the cell's row; 0 if it names none."""
        return int(self.cell.lstrip(ascii_uppercase) or 0)


NOWHERE: Final = Place()
MAX_FAULTS: Final = 10_000  # nobody reads further; a file of a million wrong cells is no list
TOO_MANY: Final = (
    f"错误超过 {MAX_FAULTS} 处，未全部列出 · more than {MAX_FAULTS} faults, not all listed"
)


@dataclass(frozen=True, slots=True)
class CellFault:
    """One thing wrong at one place."""

    place: Place
    sentence: str
    """In both languages."""
    is_warning: bool = False
    item: str = ""
    """Of which item, where that is known."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a workbook says."""

    items: tuple[Item, ...]
    """Those whose cells could all be read, in the order of their rows."""
    faults: tuple[CellFault, ...]
    """Every cell that could not."""
    _rows: Mapping[tuple[str, str], tuple[int, ...]]
    """The rows of an item (by code) on a sheet (by field)."""
    _columns: Mapping[str, Mapping[str, int]]
    """Where each column stands, by sheet and path."""

    def place(self, code: str, path: str) -> Place:
        """Find the cell of a field of an item: `materials[2].copies` of `wjj-01`."""
        hit = _FIELD.fullmatch(self._in_rows(code, path))
        whole, number, rest = hit.groups() if hit else (path, None, None)
        rows = self._rows.get((code, whole), ()) if has_sheet(whole) else ()
        if not rows:
            field_path = CODE if has_sheet(whole) else plain(path)
            return self._cell(sheet_of(""), field_path, self._rows[code, ""][0])
        row = rows[int(number)] if number and int(number) < len(rows) else rows[0]
        return self._cell(sheet_of(whole), plain(rest or ""), row)

    def _in_rows(self, code: str, path: str) -> str:
        """Give a path as the rows of the sheets have it, where one of the item's own differs."""
        if not path.startswith(f"{situations.FIELD}["):
            return path
        asked = (one.situations for one in self.items if one.code == code)
        return situations.flat_path(next(asked, ()), path)

    def codes(self) -> Mapping[tuple[str, int], str]:
        """Say whose the rows are: the item's code by sheet title and row."""
        return {
            (sheet_of(field).title, row): code
            for (code, field), rows in self._rows.items()
            for row in rows
        }

    def _cell(self, sheet: Sheet, path: str, row: int) -> Place:
        """Take the column of `path`, or the first of its parts, or the first of all."""
        found = [
            one for one in sheet.columns if f"{one.path}.".startswith(f"{path}." if path else "")
        ]
        column = found[0] if found else sheet.columns[0]
        number = self._columns[sheet.field].get(column.path, 1)
        return Place(sheet.title, cell_name(row, number), column.label[0])


def read_workbook(content: bytes) -> Read:
    """Read the items of a workbook. A file that is none is one fault without a place."""
    try:
        grids = read_grids(content)
    except UnreadableError as error:
        return Read((), (CellFault(NOWHERE, str(error)),), {}, {})
    return _Reading({grid.title: grid for grid in grids}).read()


@dataclass(slots=True)
class _Line:
    """One row of a sheet."""

    row: int
    values: dict[str, Value] = field(default_factory=dict)
    sound: bool = True

    @property
    def code(self) -> str:
        return str(self.values.get("", ""))

    def nested(self) -> dict[str, object]:
        """Give the values as the fields of a Struct, parts within parts."""
        found: dict[str, object] = {}
        for path, value in self.values.items():
            whole, dot, part = path.partition(".")
            if dot:
                inside = found.setdefault(whole, {})
                assert isinstance(inside, dict)  # noqa: S101  # a part is no column itself
                inside[part] = value
            elif path:
                found[path] = value
        return found


class _Reading:
    """One reading of one workbook."""

    def __init__(self, grids: Mapping[str, Grid]) -> None:
        self._grids = grids
        self._faults: list[CellFault] = []
        self._columns: dict[str, dict[str, int]] = {}
        self._rows: dict[tuple[str, str], tuple[int, ...]] = {}
        self._codeless = False
        """An item's code cannot be read, so rows of no item may well be its own."""

    def read(self) -> Read:
        self._look_for_strange_sheets()
        lines = {sheet.field: self._lines(sheet) for sheet in SHEETS}
        items = self._items(lines.pop(""))
        parts = {code: dict[str, list[_Line]]() for code in items}
        for name, found in lines.items():
            for line in found:
                if line.code in items:
                    parts[line.code].setdefault(name, []).append(line)
                elif line.code and not self._codeless:
                    self._fault_at(
                        sheet_of(name), line.row, 1, (
                            f"事项编码“{line.code}”不在“事项”表中",
                            f"no item has the code {line.code!r}",
                        ),
                    )  # fmt: skip
        made = tuple(self._made(items[code], parts[code]) for code in items)
        whole = tuple(item for item in made if item is not None)
        return Read(whole, tuple(self._faults), self._rows, self._columns)

    def _items(self, lines: list[_Line]) -> dict[str, _Line]:
        found: dict[str, _Line] = {}
        for line in lines:
            code = line.values.get(CODE)
            if not isinstance(code, str):
                self._codeless = True
                continue
            if code in found:
                number = self._columns[""].get(CODE, 1)
                said = (
                    f"事项编码“{code}”与第 {found[code].row} 行重复",
                    f"code {code!r} is also that of row {found[code].row}",
                )
                self._fault_at(sheet_of(""), line.row, number, said)
            else:
                found[code] = line
                self._rows[code, ""] = (line.row,)
        return found

    def _made(self, line: _Line, parts: Mapping[str, list[_Line]]) -> Item | None:
        """Put an item together; `None` if one of its cells is wrong."""
        code = str(line.values[CODE])
        for name, rows in parts.items():
            self._rows[code, name] = tuple(row.row for row in rows)
        if not line.sound or not all(row.sound for rows in parts.values() for row in rows):
            return None
        fields = line.nested()
        for name in (sheet.field for sheet in SHEETS if sheet.field):
            fields[name] = tuple(row.nested() for row in parts.get(name, ()))
        rows = msgspec.convert(fields[situations.FIELD], tuple[situations.SituationRow, ...])
        fields[situations.FIELD] = msgspec.to_builtins(situations.grouped(rows))
        return msgspec.convert(fields, Item)

    def _look_for_strange_sheets(self) -> None:
        ours = OURS | {sheet.title for sheet in SHEETS}
        for title, grid in self._grids.items():
            if title not in ours and grid.rows:
                self._fault(
                    Place(title),
                    ("没有这个工作表，请删除或改名", "there is no such sheet in a catalogue"),
                )

    def _lines(self, sheet: Sheet) -> list[_Line]:
        grid = self._grids.get(sheet.title)
        self._columns[sheet.field] = {}
        if grid is None:
            self._fault(
                Place(sheet.title),
                (
                    "缺少这个工作表；没有内容也请保留标题行",
                    "the sheet is missing: keep it even if empty",
                ),
            )
            return []
        for merged in grid.merged:
            self._fault(
                Place(sheet.title, merged.partition(":")[0]),
                (
                    f"{merged} 是合并单元格，请取消合并并逐行填写",
                    f"{merged} are merged: split them",
                ),
            )
        columns = dict(self._headings(sheet, grid))
        self._columns[sheet.field] = {column.path: number for number, column in columns.items()}
        self._look_beside(sheet, grid)
        lines = (
            self._line(sheet, row, grid.rows[row], columns)
            for row in sorted(grid.rows)
            if row > HEADING_ROW
        )
        return [line for line in lines if line is not None]

    def _headings(self, sheet: Sheet, grid: Grid) -> Iterator[tuple[int, Column]]:
        """Match the heading row to the columns, by their Chinese titles in any order."""
        missing = {_title(column.label[0]): column for column in sheet.headings}
        known = set(missing)
        for number, cell in sorted(grid.rows.get(HEADING_ROW, {}).items()):
            title = _title(cell)
            if title in missing:
                yield number, missing.pop(title)
            elif title in known:
                said = (f"标题“{title}”重复", f"the heading {title!r} stands twice")
                self._fault_at(sheet, HEADING_ROW, number, said)
            elif title:
                said = (f"没有“{title}”这一列", f"there is no column {title!r}")
                self._fault_at(sheet, HEADING_ROW, number, said)
        for column in missing.values():
            zh, en = column.label
            said = (f"缺少“{zh}”这一列", f"the column {en!r} is missing")
            self._fault(Place(sheet.title, cell_name(HEADING_ROW, 1), zh), said)

    def _look_beside(self, sheet: Sheet, grid: Grid) -> None:
        """Name the first cell of each column that has no heading at all."""
        seen = set(grid.rows.get(HEADING_ROW, {}))
        for row in sorted(grid.rows):
            for number in sorted(grid.rows[row].keys() - seen):
                seen.add(number)
                said = ("这一列没有标题", "the column has no heading")
                self._fault_at(sheet, row, number, said)

    def _line(
        self, sheet: Sheet, row: int, found: Mapping[int, Cell], columns: Mapping[int, Column]
    ) -> _Line | None:
        line = _Line(row)
        for number, column in columns.items():
            if number not in found:
                continue
            try:
                value = cells.read(column, found[number])
            except CellError as error:
                line.sound = False
                self._fault_at(sheet, row, number, error.words, column.label[0])
                continue
            if value is not None:
                line.values[column.path] = value
        if line.sound and not line.values:
            return None
        self._look_for_gaps(sheet, line, found, columns)
        return line

    def _look_for_gaps(
        self, sheet: Sheet, line: _Line, found: Mapping[int, Cell], columns: Mapping[int, Column]
    ) -> None:
        """Name the empty cells that must be filled."""
        places = {column.path: number for number, column in columns.items()}
        for column in sheet.headings:
            number = places.get(column.path)
            empty = column.path not in line.values and _is_blank(found.get(number or 0))
            begun = not column.part or any(
                path.startswith(f"{column.part}.") for path in line.values
            )
            if column.needed and empty and begun:
                line.sound = False
                if number is not None:  # a missing column is told once, at the heading
                    said = ("必须填写", "must be filled")
                    self._fault_at(sheet, line.row, number, said, column.label[0])

    def _fault_at(self, sheet: Sheet, row: int, number: int, said: Words, column: str = "") -> None:
        self._fault(Place(sheet.title, cell_name(row, number), column), said)

    def _fault(self, place: Place, said: Words) -> None:
        if len(self._faults) < MAX_FAULTS:
            self._faults.append(CellFault(place, f"{said[0]} · {said[1]}"))
        elif len(self._faults) == MAX_FAULTS:
            self._faults.append(CellFault(NOWHERE, TOO_MANY))


def _is_blank(cell: Cell | None) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _title(cell: Cell) -> str:
    """Give the Chinese title of a heading, whose English stands on the next line."""
    first, _, _ = str(cell).strip().partition("\n")
    return unicodedata.normalize("NFKC", first).strip().rstrip("*").strip()
