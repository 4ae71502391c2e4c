"""The catalogue as a workbook (XLSX): the items of a county, or the empty template to fill in.

`node.catalogue.workbook_reading` reads it back; the columns are those of `node.catalogue.columns`.
Import this module where a workbook is made, as `node.catalogue.files` does: openpyxl comes with it,
and a village's node never needs that in memory.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import zip_longest
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from node.catalogue import cells, situations
from node.catalogue.columns import CODE_COLUMN, GUIDE, OPTIONS, SHEETS, Column, Kind, Sheet
from node.catalogue.labels import FIELDS, YES
from node.catalogue.sheet_parts import MAX_ROW
from node.catalogue.sheets import cell_name
from node.catalogue.words import Words
from schemas.items import Item
from schemas.topics import CORPORATE_TOPICS, PERSONAL_TOPICS

WIDTHS: Final = {
    Kind.TEXT: 24, Kind.WHOLE: 12, Kind.MONEY: 14, Kind.YES_NO: 10, Kind.CHOICE: 18,
    Kind.CHOICES: 22, Kind.SHORT_LIST: 28, Kind.LINES: 48, Kind.DATE: 14, Kind.TYPE: 16,
}  # fmt: skip
"""In characters, as spreadsheets count them."""
NEEDED_FILL: Final = "FFF2CC"  # headings of columns that must be filled
HEADING_FILL: Final = "DDEBF7"
FORMULA_LIKE: Final = ("=", "+", "-", "@")  # spreadsheet programs compute what begins so
TEXT, NUMBER, HEADING, NEEDED = "zw_text", "zw_number", "zw_heading", "zw_needed"
"""Named styles of the workbook."""
CHOOSE: Final = "请从列表中选择 · choose from the list"
AS_TEXT: Final = "@"  # the cell format that keeps 01 and 1-2 as they are typed
ADVICE: Final[tuple[Words, ...]] = (
    (
        "每个事项在“事项”表占一行; 其他表每行属于一个事项, 第一列填它的事项编码。",
        "One row per item on 事项; each row of another sheet begins with the code of its item.",
    ),
    (
        "黄色标题的列必须填写; 其余列不填即用默认值。",
        "Columns with a yellow heading must be filled.",
    ),
    (
        "不要改工作表名称和标题行, 不要合并单元格, 不要用公式; 列的次序可以调换。",
        "Keep names of sheets and headings, merge no cells, use no formulas; columns may be moved.",
    ),
    (
        "“办理情形”表每个答案一行, 同一问题的各行相连, 都写问题; 没有答案提到的材料一律要交。",
        "On 办理情形 each answer has a row, those of a question together, each with its text.",
    ),
    (
        "导入前用 zhengwu items check 检查: 有一处错误, 全部都不导入。",
        "Check with zhengwu items check: one error, and nothing is imported.",
    ),
)
HOW: Final[dict[Kind, Words]] = {
    Kind.TEXT: ("文字", "text"),
    Kind.WHOLE: ("整数", "whole number"),
    Kind.MONEY: ("金额, 元, 最多两位小数", "yuan, at most two decimals"),
    Kind.YES_NO: ("是 或 否", "是 (yes) or 否 (no)"),
    Kind.CHOICE: ("选一项", "one of"),
    Kind.CHOICES: ("选一项或几项, 用分号隔开", "one or more of, separated by ；"),
    Kind.SHORT_LIST: ("可填几个, 用分号隔开", "several, separated by ；"),
    Kind.LINES: ("每行一条 (Alt+Enter 换行)", "one a line (Alt+Enter)"),
    Kind.DATE: ("日期, 如 2026-03-01", "a date such as 2026-03-01"),
    Kind.TYPE: ("选一项", "one of"),
}


class UnwritableError(ValueError):
    """An item holds what no cell can hold; the sentence names item and field."""


def write_workbook(items: Sequence[Item]) -> bytes:
    """Write the catalogue. Raises `UnwritableError` rather than change what an item says."""
    rows = {sheet: list(_rows(sheet, items)) for sheet in SHEETS}
    if max(len(found) for found in rows.values()) >= MAX_ROW:
        raise UnwritableError("事项太多, 一个工作表放不下 · more rows than a sheet can hold")
    return _workbook(rows)


def template() -> bytes:
    """Write the empty workbook, with its instructions and lists to choose from."""
    return _workbook({sheet: [] for sheet in SHEETS})


_Row = list[str | int | float | None]


def _rows(sheet: Sheet, items: Sequence[Item]) -> Iterator[_Row]:
    for item in items:
        if not sheet.field:
            yield [_cell(item, column, item) for column in sheet.columns]
        else:
            for row in _rows_in(item, sheet.field):
                code = _cell(item, CODE_COLUMN, item.code)
                yield [code, *(_cell(item, column, row) for column in sheet.columns)]


def _rows_in(item: Item, field: str) -> tuple[object, ...]:
    """Give the rows of a list, once it is sure that reading them gives the same list again."""
    if field == situations.FIELD:
        rows = situations.flat(item.situations)
        if situations.grouped(rows) != item.situations:
            raise _unwritable(item, FIELDS[field][0], field)
    return situations.rows_of(item, field)


def _unwritable(item: Item, label: str, path: str) -> UnwritableError:
    return UnwritableError(
        f"{item.name} ({item.code}): {label}: 表格写不下这个值, 请导出为 TOML 或 JSON"
        f" · no cell can hold {path or 'code'}: export as TOML or JSON"
    )


def _cell(item: Item, column: Column, row: object) -> str | int | float | None:
    """Give the cell of `column`, once it is sure that reading it gives the same again."""
    value = _value_at(row, column.path)
    written = cells.write(column, value)
    if not _is_faithful(column, written, value):
        raise _unwritable(item, column.label[0], column.path)
    return written


def _value_at(row: object, path: str) -> object:
    """Give the value of a field; `None` also if the part that it belongs to is absent."""
    for name in path.split(".") if path else ():
        row = None if row is None else getattr(row, name)
    return row


def _is_faithful(column: Column, written: str | float | None, value: object) -> bool:
    if written is None:
        return value == column.blank or (value is None and bool(column.part))
    if isinstance(written, str) and len(written) > cells.MAX_TEXT:
        return False
    try:
        return cells.read(column, written) == value
    except cells.CellError:
        return False


def _workbook(rows: Mapping[Sheet, Sequence[_Row]]) -> bytes:
    book = Workbook(write_only=True)
    for style in _styles():
        book.add_named_style(style)
    _write_guide(book)
    choices = _choices()
    for sheet, found in rows.items():
        _write_sheet(book, sheet, found, choices)
    _write_options(book, choices)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _styles() -> Iterator[NamedStyle]:
    wrapped = Alignment(wrap_text=True, vertical="top")
    yield NamedStyle(TEXT, number_format=AS_TEXT, alignment=wrapped)
    yield NamedStyle(NUMBER, alignment=Alignment(vertical="top"))
    for name, colour in ((HEADING, HEADING_FILL), (NEEDED, NEEDED_FILL)):
        fill = PatternFill("solid", start_color=colour)
        yield NamedStyle(name, font=Font(bold=True), fill=fill, alignment=wrapped)


class _Page:
    """A sheet that is written row by row."""

    def __init__(self, book: Workbook, title: str, widths: Sequence[int], frozen: str = "") -> None:
        self._sheet = book.create_sheet(title)
        self._sheet.freeze_panes = frozen or None
        for number, width in enumerate(widths, start=1):
            dimension = self._sheet.column_dimensions[_letters(number)]
            dimension.width = width
            dimension.number_format = AS_TEXT

    def offer(self, number: int, words: str) -> None:
        """Let the cells of a column be chosen from `words`, a range of cells."""
        letters = _letters(number)
        listed = DataValidation(
            type="list", formula1=words, allow_blank=True, sqref=f"{letters}2:{letters}{MAX_ROW}",
            showErrorMessage=True, errorStyle="warning", error=CHOOSE,
        )  # fmt: skip
        self._sheet.data_validations.append(listed)

    def write(self, values: Iterable[str | float | None], *styles: str) -> None:
        """Write the next row, in the style for all of it or one for each."""
        paired = zip_longest(values, styles, fillvalue=styles[0] if len(styles) == 1 else "")
        self._sheet.append([self._cell(value, style) for value, style in paired])

    def _cell(self, value: str | float | None, style: str) -> Cell | None:
        """Make a cell in which a text is a text: `=1+1` is nothing to compute."""
        if value is None:
            return None  # the column's own format serves the empty ones
        cell = WriteOnlyCell(self._sheet, value)
        if isinstance(value, str):
            cell.data_type = "s"
            cell.style = style or TEXT
            cell.quotePrefix = value.startswith(FORMULA_LIKE)
        else:
            cell.style = style or NUMBER
        return cell


def _write_sheet(
    book: Workbook, sheet: Sheet, rows: Sequence[_Row], choices: Mapping[str, tuple[str, ...]]
) -> None:
    widths = tuple(WIDTHS[column.kind] for column in sheet.headings)
    page = _Page(book, sheet.title, widths, frozen="B2" if sheet.field else "C2")
    for number, column in enumerate(sheet.headings, start=1):
        if column.kind in (Kind.YES_NO, Kind.CHOICE, Kind.TYPE):
            page.offer(number, _range_of(column, choices))
    page.write(
        ["\n".join(column.label) for column in sheet.headings],
        *(NEEDED if _must_be_filled(column) else HEADING for column in sheet.headings),
    )
    for row in rows:
        page.write(row)


def _write_guide(book: Workbook) -> None:
    page = _Page(book, GUIDE, (16, 22, 28, 10, 60))
    for zh, en in ADVICE:
        page.write([zh])
        page.write([en])
    page.write([])
    page.write(
        ("工作表 sheet", "列 column", "English", "必填 needed", "填法 how to fill it"), HEADING
    )
    for sheet in SHEETS:
        for column in sheet.headings:
            (zh, en), how = column.label, HOW[column.kind]
            may = "、".join(cells.options(column))
            said = f"{how[0]} · {how[1]}{f': {may}' if may else ''}"
            page.write([sheet.title, zh, en, YES[0] if _must_be_filled(column) else "", said])


def _write_options(book: Workbook, choices: Mapping[str, tuple[str, ...]]) -> None:
    listed = {**choices, "主题分类 (自然人)": PERSONAL_TOPICS, "主题分类 (法人)": CORPORATE_TOPICS}
    page = _Page(book, OPTIONS, (18,) * len(listed))
    page.write(listed, HEADING)
    for row in zip_longest(*listed.values(), fillvalue=""):
        page.write(row)


def _choices() -> dict[str, tuple[str, ...]]:
    """List each closed set of words once, under the heading of the first column that has it."""
    found: dict[str, tuple[str, ...]] = {}
    for column in (column for sheet in SHEETS for column in sheet.columns):
        words = cells.options(column)
        if words and words not in found.values():
            found[column.label[0]] = words
    return found


def _range_of(column: Column, choices: Mapping[str, tuple[str, ...]]) -> str:
    words = cells.options(column)
    letters = _letters(list(choices.values()).index(words) + 1)
    return f"'{OPTIONS}'!${letters}$2:${letters}${len(words) + 1}"


def _must_be_filled(column: Column) -> bool:
    return column.needed and not column.part


def _letters(number: int) -> str:
    return cell_name(1, number).removesuffix("1")
