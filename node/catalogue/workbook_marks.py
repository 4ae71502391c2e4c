"""The workbook that somebody sent, given back with every wrong cell marked and explained.

Like `node.catalogue.workbook`, this brings openpyxl: import it where it is used.
"""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from typing import Final
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from node.catalogue.columns import RESULTS, SHEETS
from node.catalogue.sheets import weight
from node.catalogue.workbook_reading import CellFault, Place

WRONG_FILL: Final = "FFC7CE"
DOUBTFUL_FILL: Final = "FFEB9C"
AUTHOR: Final = "zhengwu"
MAX_COMMENT: Final = 1_000  # characters: what is longer fits no screen, and stands on 校验结果
WIDTHS: Final = {"A": 10, "B": 16, "C": 10, "D": 20, "E": 30, "F": 90}
HEADINGS: Final = (
    "程度 kind", "工作表 sheet", "单元格 cell", "列 column", "事项 item", "问题 what is wrong",
)  # fmt: skip
ERROR: Final = "错误 error"
WARNING: Final = "提醒 warning"
MAX_LISTED: Final = 10_000  # faults: nobody reads further, he mends and checks again
MAX_MARKED_CELLS: Final = 500_000  # openpyxl takes 20 µs and 300 bytes for each, even if empty
MAX_MARKED_BYTES: Final = 32 << 20  # of XML; 1,500 full items are some 15 MB
_OURS: Final = frozenset(sheet.title for sheet in SHEETS)
# What openpyxl raises on a workbook that it cannot take apart, though its cells could be read.
_CANNOT_OPEN: Final = (
    AttributeError, BadZipFile, EOFError, LookupError, OSError, RuntimeError, SyntaxError,
    TypeError, ValueError,
)  # fmt: skip


def error_report(content: bytes, faults: Sequence[CellFault]) -> bytes:
    """Mark the cells of `faults` in the workbook, and list them all on a sheet before the others.

    A workbook that cannot be opened, or is too large to, gives a report with that sheet alone.
    """
    book = _opened(content)
    by_place: dict[Place, list[CellFault]] = defaultdict(list)
    for fault in faults:
        by_place[fault.place].append(fault)
    for sheet in book.worksheets:
        if sheet.title in _OURS:  # merged cells are wrong there, and only the first takes a mark
            for merged in tuple(sheet.merged_cells.ranges):
                sheet.unmerge_cells(str(merged))
    for place, found in by_place.items():
        if place.cell and place.sheet in book.sheetnames:
            _mark(book[place.sheet], place.cell, found)
    _list(book, faults)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _opened(content: bytes) -> Workbook:
    book: Workbook | None = None
    with suppress(*_CANNOT_OPEN):
        book = load_workbook(BytesIO(content)) if _can_be_marked(content) else None
    if book is None:
        book = Workbook()
        book.remove(book.worksheets[0])
    if RESULTS in book.sheetnames:  # of an earlier check
        book.remove(book[RESULTS])
    return book


def _can_be_marked(content: bytes) -> bool:
    """Say whether the workbook is safe to hand to a library. Raises `UnreadableError`."""
    cells = weight(content)
    with ZipFile(BytesIO(content)) as archive:
        declared = sum(part.file_size for part in archive.infolist())
    return cells <= MAX_MARKED_CELLS and declared <= MAX_MARKED_BYTES


def _mark(sheet: Worksheet, name: str, found: Sequence[CellFault]) -> None:
    cell = sheet[name]
    doubtful = all(fault.is_warning for fault in found)
    cell.fill = PatternFill("solid", start_color=DOUBTFUL_FILL if doubtful else WRONG_FILL)
    said = "\n".join(_printable(fault.sentence) for fault in found)
    cell.comment = Comment(said[:MAX_COMMENT], AUTHOR, width=360, height=120)


def _list(book: Workbook, faults: Sequence[CellFault]) -> None:
    sheet = book.create_sheet(RESULTS, 0)
    book.active = sheet
    sheet.freeze_panes = "A2"
    for letter, width in WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    sheet.append(HEADINGS)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row, fault in enumerate(faults[:MAX_LISTED], start=2):
        place = fault.place
        kind = WARNING if fault.is_warning else ERROR
        said = (kind, place.sheet, place.cell, place.column, fault.item, fault.sentence)
        for number, text in enumerate(said, start=1):
            cell = sheet.cell(row, number, _printable(text))
            cell.data_type = "s"  # a quoted `=1+1` is no formula here either
        if place.cell and place.sheet in book.sheetnames:
            where = f"'{place.sheet}'!{place.cell}"
            sheet.cell(row, 3).hyperlink = Hyperlink(ref=f"C{row}", location=where)


def _printable(text: str) -> str:
    """Show a quoted character that no cell can hold as one that it can."""
    return ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text)
