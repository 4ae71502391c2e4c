"""Reads the cells of an XLSX file that a stranger may have made: bounded, without any entity.

A workbook is a zip of XML. Nothing is inflated before its size is known and nothing beyond what was
declared; a document type or an entity ends the reading; formulas give their last value or none.
What cannot be read at all is an `UnreadableError` with a sentence for the person who sent it.
"""

import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from xml.parsers import expat

from node.catalogue.cells import Cell
from node.catalogue.sheet_parts import (
    EPOCH,
    EPOCH_1904,
    MAX_CELLS,
    Book,
    Cells,
    Links,
    Styles,
    Texts,
    UnreadableError,
    Values,
    Weight,
    parse,
)

MAX_FILE_BYTES: Final = 8 << 20  # 1,500 full items are about 1 MB
MAX_INFLATED_BYTES: Final = 64 << 20  # and some 28 MB of XML
MAX_PARTS: Final = 1_000  # files within the zip; ours has about 20
OLE_FILE: Final = b"\xd0\xcf\x11\xe0"  # an old .xls, or a workbook behind a password

XML: Final = (".xml", ".rels")

_WORKBOOK: Final = "xl/workbook.xml"
_UNSUPPORTED: Final = 0x61  # flags of a zip entry: encrypted, patched


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one sheet that are not empty, by row and column, both from 1."""

    title: str
    rows: dict[int, dict[int, Cell]]
    merged: tuple[str, ...]
    """Ranges of merged cells, such as `A2:A5`."""


def read_grids(content: bytes) -> tuple[Grid, ...]:
    """Read every sheet of the workbook. Raises `UnreadableError`."""
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableError("文件过大", f"larger than {MAX_FILE_BYTES} bytes")
    if content.startswith(OLE_FILE):
        raise UnreadableError(
            "是旧版 .xls 或加了密码的文件, 请不加密码另存为 .xlsx",
            "an old .xls or behind a password: save it as .xlsx without one",
        )
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _Workbook(_parts(archive)).grids()
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise _no_workbook() from error
    except (expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError("工作簿已损坏", f"the workbook is damaged: {error}") from error


def cell_name(row: int, column: int) -> str:
    """Name a cell: row 5 and column 6 are `F5`."""
    letters = ""
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row}"


def weight(content: bytes) -> int:
    """Count the cells that a library makes of a workbook: empty, merged, linked, commented too.

    One line of XML may merge ten milliards of cells; whoever takes the file apart should know it.
    Raises `UnreadableError`.
    """
    read_grids(content)
    found = Weight()
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name, part in _parts(archive, every=True).items():
            try:
                parse(part, found)
            except (expat.ExpatError, UnreadableError) as error:
                if name.endswith(XML):  # else it was no XML in the first place
                    raise UnreadableError("工作簿已损坏", f"{name} is damaged") from error
    return found.total


def _no_workbook() -> UnreadableError:
    return UnreadableError("不是 XLSX 工作簿", "not an XLSX workbook")


def _parts(archive: zipfile.ZipFile, *, every: bool = False) -> dict[str, bytes]:
    """Inflate the parts that are XML, or every part, in all no more than the limit."""
    found = archive.infolist()
    declared = sum(part.file_size for part in found)
    if len(found) > MAX_PARTS or declared > MAX_INFLATED_BYTES:
        raise UnreadableError(
            "展开后过大, 不是普通的工作簿", f"would inflate to more than {MAX_INFLATED_BYTES} bytes"
        )
    parts: dict[str, bytes] = {}
    for part in found:
        if part.flag_bits & _UNSUPPORTED:
            raise UnreadableError("文件加了密码", "behind a password")
        if every or part.filename.endswith(XML):
            with archive.open(part) as source:
                parts[part.filename] = source.read(part.file_size + 1)
    return parts


class _Workbook:
    """The parts of one workbook, read once each."""

    def __init__(self, parts: dict[str, bytes]) -> None:
        self._parts = parts
        self._left = MAX_CELLS

    def grids(self) -> tuple[Grid, ...]:
        if _WORKBOOK not in self._parts:
            raise _no_workbook()
        book = Book()
        parse(self._parts[_WORKBOOK], book)
        links = Links()
        parse(self._parts["xl/_rels/workbook.xml.rels"], links)
        texts = Texts()
        styles = Styles()
        for kind, target in links.found.values():
            if kind == "sharedStrings":
                parse(self._parts[target], texts)
            elif kind == "styles":
                parse(self._parts[target], styles)
        epoch = EPOCH_1904 if book.from_1904 else EPOCH
        return tuple(
            self._grid(title, links.found[link][1], Values(texts.found, styles.dates, epoch))
            for title, link in book.sheets
            if links.found[link][0] == "worksheet"
        )

    def _grid(self, title: str, target: str, values: Values) -> Grid:
        sheet = Cells(values, self._left)
        parse(self._parts[target], sheet)
        self._left = sheet.left
        return Grid(title, sheet.rows, tuple(sheet.merged))
