"""What the XML within an XLSX file says: its sheets, texts, styles and cells, one listener each.

A document type or an entity ends the reading. `node.catalogue.sheets` opens the file itself.
"""

import math
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Never
from xml.parsers import expat

from typing_extensions import override

from node.catalogue.cells import Cell, Unusable
from node.catalogue.words import Words

MAX_CELLS: Final = 1_000_000  # not empty; 1,500 full items have some 400,000
MAX_ROW: Final = 1 << 20  # what spreadsheet programs allow
MAX_COLUMN: Final = 1 << 14
MAX_DEPTH: Final = 64  # of elements; a sheet's cells are six deep
MERGE_WEIGHT: Final = 500  # in cells: undoing one looks through all the others
EPOCH: Final = date(1899, 12, 30)  # day 0 of the 1900 system, with its 29 February 1900
EPOCH_1904: Final = date(1904, 1, 1)

_CELL_NAME: Final = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.ASCII)
_RANGE: Final = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})(?::([A-Z]{1,3})([1-9]\d{0,6}))?", re.ASCII)
_ESCAPED_FORMAT: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_DATE_FORMATS: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))


class UnreadableError(ValueError):
    """The file is no workbook that we read; `words` say why, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} · {en}")
        self.words: Words = (zh, en)


class Listener:
    """Takes the elements of one XML part, by their local names."""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""

    def end(self, name: str, text: str) -> None:
        """Take its end, with the characters since the last start."""


def parse(part: bytes, listener: Listener) -> None:
    """Hand the elements of `part` to `listener`. Entities and document types are refused."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    texts: list[str] = []
    depth = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise UnreadableError("工作簿结构异常", f"nested more than {MAX_DEPTH} deep")
        texts.clear()
        listener.begin(name.rpartition(" ")[2], attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        listener.end(name.rpartition(" ")[2], "".join(texts))
        texts.clear()

    def refuse(*_: object) -> Never:
        raise UnreadableError("工作簿含有实体声明, 不予读取", "declares XML entities")

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = texts.append
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.Parse(part, True)  # noqa: FBT003  # that was all of it


class Weight(Listener):
    """Any part: the cells that it stands for."""

    def __init__(self) -> None:
        self.total = 0

    @override
    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("c", "row"):
            self.total += 1
        elif name in ("mergeCell", "hyperlink", "comment"):
            self.total += _area(attributes.get("ref", ""))
            self.total += MERGE_WEIGHT if name == "mergeCell" else 0


def _area(cells: str) -> int:
    """Count the cells of a range such as `A2:A5`. Raises `UnreadableError`."""
    hit = _RANGE.fullmatch(cells)
    if hit is None:
        raise UnreadableError("单元格编号异常", f"there are no cells {cells[:20]}")
    left, top, right, bottom = hit.groups()
    width = abs(_column(right or left) - _column(left)) + 1
    return width * (abs(int(bottom or top) - int(top)) + 1)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class Book(Listener):
    """`workbook.xml`: the titles of the sheets and their links, and where dates begin."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.from_1904 = False

    @override
    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            links = [value for key, value in attributes.items() if key.endswith(" id")]
            self.sheets.append((attributes["name"], links[0]))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")


class Links(Listener):
    """`workbook.xml.rels`: kind and place of each part, by its link."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[str, str]] = {}

    @override
    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = attributes["Target"]
            place = target[1:] if target.startswith("/") else f"xl/{target}"
            self.found[attributes["Id"]] = (attributes["Type"].rpartition("/")[2], place)


class Texts(Listener):
    """`sharedStrings.xml`: the texts that cells point to. Readings of characters are left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._text = _Runs()

    @override
    def begin(self, name: str, attributes: dict[str, str]) -> None:
        del attributes
        if name == "si":
            self._text = _Runs()
        self._text.begin(name)

    @override
    def end(self, name: str, text: str) -> None:
        self._text.end(name, text)
        if name == "si":
            self.found.append(self._text.whole)


class _Runs:
    """A text in runs (`t` elements), without its phonetic ones."""

    def __init__(self) -> None:
        self.whole = ""
        self._phonetic = False

    def begin(self, name: str) -> None:
        self._phonetic |= name == "rPh"

    def end(self, name: str, text: str) -> None:
        if name == "t" and not self._phonetic:
            self.whole += text
        elif name == "rPh":
            self._phonetic = False


class Styles(Listener):
    """`styles.xml`: which of the cell styles show a number as a date."""

    def __init__(self) -> None:
        self.dates: set[str] = set()
        self._formats: set[int] = set(_DATE_FORMATS)
        self._in_cells = False
        self._count = 0

    @override
    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            shown = _ESCAPED_FORMAT.sub("", attributes["formatCode"]).lower()
            if any(letter in shown for letter in "ymdhs") and "general" not in shown:
                self._formats.add(int(attributes["numFmtId"]))
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            if int(attributes.get("numFmtId", "0")) in self._formats:
                self.dates.add(str(self._count))
            self._count += 1

    @override
    def end(self, name: str, text: str) -> None:
        del text
        if name == "cellXfs":
            self._in_cells = False


@dataclass(frozen=True, slots=True)
class Values:
    """What is needed to know a cell's value beyond the cell."""

    texts: list[str]
    dates: set[str]
    epoch: date

    def number(self, raw: str, style: str) -> Cell:
        """Say what a number means in a cell of that style: itself, or the date it counts to."""
        number = float(raw)
        if not math.isfinite(number):
            return Unusable.ERROR
        if style in self.dates:
            try:
                return self.epoch + timedelta(days=int(number))
            except (OverflowError, ValueError):
                return Unusable.BAD_DATE
        return int(number) if number.is_integer() else number


@dataclass(slots=True)
class Cells(Listener):
    """One worksheet."""

    values: Values
    left: int
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    _row: int = 0
    _column: int = 0
    _kind: str = "n"
    _style: str = ""
    _raw: str = ""
    _formula: bool = False
    _text: _Runs = field(default_factory=_Runs)

    @override
    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._place(attributes.get("r"))
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            self._raw, self._formula = "", False
        elif name == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), 0
            if not 1 <= self._row <= MAX_ROW:
                raise UnreadableError("行号异常", f"there is no row {self._row}")
        elif name == "is":
            self._text = _Runs()
        elif name == "mergeCell":
            _area(attributes["ref"])
            self.merged.append(attributes["ref"])
        else:
            self._text.begin(name)

    @override
    def end(self, name: str, text: str) -> None:
        if name == "v":
            self._raw = text
        elif name == "f":
            self._formula = True
        elif name == "is":
            self._raw = self._text.whole
        elif name == "c":
            self._keep()
        else:
            self._text.end(name, text)

    def _place(self, name: str | None) -> None:
        if name is None:
            self._column += 1
            return
        hit = _CELL_NAME.fullmatch(name)
        if hit is None or int(hit.group(2)) != self._row:
            raise UnreadableError("单元格编号异常", f"there is no cell {name[:20]}")
        self._column = _column(hit.group(1))
        if self._column > MAX_COLUMN:
            raise UnreadableError("列号异常", f"there is no cell {name[:20]}")

    def _keep(self) -> None:
        cell = self._value()
        if cell is None:
            return
        self.left -= 1
        if self.left < 0:
            raise UnreadableError("单元格太多", f"more than {MAX_CELLS} cells")
        self.rows.setdefault(self._row, {})[self._column] = cell

    def _value(self) -> Cell | None:
        found: Cell | None = self._raw
        if not self._raw:
            found = Unusable.FORMULA if self._formula else None
        elif self._kind == "s":
            found = self.values.texts[int(self._raw)]
        elif self._kind == "b":
            found = self._raw in ("1", "true")
        elif self._kind == "e":
            found = Unusable.ERROR
        elif self._kind == "d":
            found = date.fromisoformat(self._raw[:10])
        elif self._kind == "n":
            found = self.values.number(self._raw, self._style)
        return found
