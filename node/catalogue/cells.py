"""What one cell of a catalogue's workbook says: a field's value from a cell, and a cell from it.

People type `15 `, `１５`, `√` or a date; each is read as what it plainly means, and what has no
plain meaning is a `CellError` with a sentence. Texts come back exactly as they were written.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from node.catalogue.columns import Column, Kind, Value
from node.catalogue.labels import NO, NOTHING, YES
from node.catalogue.words import CHOICES, TYPES, Words


class Unusable(StrEnum):
    """Why a cell that is not empty holds nothing to read."""

    FORMULA = "formula"  # never computed, so there is no value
    ERROR = "error"  # #REF!, #N/A …
    BAD_DATE = "bad_date"


Cell: TypeAlias = str | int | float | bool | date | Unusable
"""A cell that is not empty, as the sheet holds it."""


@dataclass(frozen=True, slots=True)
class CellError(Exception):
    """A cell does not say what its column needs."""

    words: Words


MAX_TEXT: Final = 32_767  # characters that a cell may hold; spreadsheet programs cut the rest off
MAX_DIGITS: Final = 9  # no count, limit or fee of an item is larger
EXACT_DIGITS: Final = 15  # spreadsheets keep numbers as doubles: longer codes have lost digits
FEN_A_YUAN: Final = 100
LIST_BREAK: Final = "；"

_YES: Final = frozenset(("是", "√", "✓", "✔", "对", "有", "y", "yes", "true", "1"))
_NO: Final = frozenset(("否", "×", "✗", "✘", "不", "无", "n", "no", "x", "false", "0"))
_WHOLE: Final = re.compile(r"[+-]?\d+", re.ASCII)
_DATE: Final = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?", re.ASCII)
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
# What XML cannot hold or readers change, and what looks like an escape (ECMA-376, ST_Xstring).
_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)|^\\s+|\\s+$"
)
_SPLITS: Final = MappingProxyType(
    {
        Kind.LINES: re.compile(r"[\r\n]+"),
        Kind.SHORT_LIST: re.compile(r"[;；\r\n]+"),
        Kind.CHOICES: re.compile(r"[;；,，、\r\n]+"),
    }
)

_UNUSABLE: Final[Mapping[Unusable, Words]] = MappingProxyType(
    {
        Unusable.FORMULA: (
            "公式没有计算结果，请填写数值或文字",
            "the formula has no value: fill in the value itself",
        ),
        Unusable.ERROR: (
            "单元格是公式错误，请填写数值或文字",
            "the cell holds a formula's error: fill in the value itself",
        ),
        Unusable.BAD_DATE: ("日期不存在", "there is no such date"),
    }
)


def read(column: Column, cell: Cell) -> Value | None:
    """Say what `cell` means in `column`; `None` if it is blank. Raises `CellError`."""
    if isinstance(cell, Unusable):
        raise CellError(_UNUSABLE[cell])
    if isinstance(cell, str) and not cell.strip():
        return None
    return _READERS[column.kind](column, cell)


def write(column: Column, value: object) -> str | int | float | None:
    """Give what the cell of `column` holds for `value`; `None` leaves it empty."""
    match value:
        case None | "":
            return None
        case ():
            return NOTHING[0] if column.filled else None
        case bool():
            return YES[0] if value else NO[0]
        case int():
            return value / FEN_A_YUAN if column.kind is Kind.MONEY else value
        case tuple():
            between = LIST_BREAK if column.kind is not Kind.LINES else "\n"
            return between.join(str(_text(column, one, in_list=True)) for one in value)
        case _:
            return _text(column, value)


def options(column: Column) -> tuple[str, ...]:
    """List the words that the column's cells may hold, if they are a closed set."""
    if column.kind is Kind.YES_NO:
        return (YES[0], NO[0])
    if column.kind is Kind.TYPE:
        return tuple(f"{code} {zh}" for code, (zh, _) in TYPES.items())
    if column.choices is not None:
        return tuple(zh for zh, _ in CHOICES[column.choices].values())
    return ()


def _text(column: Column, value: object, *, in_list: bool = False) -> str:
    if isinstance(value, StrEnum):
        return CHOICES[type(value)][value][0]
    text = str(value)
    if column.kind is Kind.TYPE and text in TYPES:
        return f"{text} {TYPES[text][0]}"
    escaped = _UNSAFE.sub(_escaped, text)
    if in_list:
        breaks = "[\n]" if column.kind is Kind.LINES else "[;；\n]"
        escaped = re.sub(breaks, _escaped, escaped)
    return escaped


def _escaped(hit: re.Match[str]) -> str:
    return "".join(f"_x{ord(one):04X}_" for one in hit.group())


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda hit: chr(int(hit.group(1), 16)), text)


def _plain(cell: Cell) -> str:
    """Give a typed word without what keyboards add: full-width forms, blanks around it."""
    return unicodedata.normalize("NFKC", _shown(cell)).strip()


def _shown(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _read_text(column: Column, cell: Cell) -> str:
    del column
    match cell:
        case str():
            return _unescaped(cell.strip())
        case bool() | date():
            raise CellError(
                (
                    "应为文字，请把单元格格式设为文本后重填",
                    "a text is needed: format the cell as text",
                )
            )
        case _:
            if len(_shown(cell).lstrip("-")) > EXACT_DIGITS:
                raise CellError(
                    (
                        "数字太长，表格已丢失末尾几位；请把单元格格式设为文本后重填",
                        "the number has lost its last digits: format the cell as text",
                    )
                )
            return _shown(cell)


def _read_whole(column: Column, cell: Cell) -> int:
    del column
    typed = _plain(cell)
    if isinstance(cell, bool | date) or not _WHOLE.fullmatch(typed):
        raise CellError((f"“{typed}”不是整数", f"{typed!r} is not a whole number"))
    if len(typed.lstrip("+-")) > MAX_DIGITS:
        raise CellError((f"数字“{typed[:20]}”太大", f"the number {typed[:20]} is too large"))
    return int(typed)


def _read_money(column: Column, cell: Cell) -> int:
    del column
    typed = _plain(cell).removesuffix("元").replace(",", "").strip()
    try:
        fen = Decimal(typed) * FEN_A_YUAN
    except InvalidOperation:
        fen = Decimal("NaN")
    if isinstance(cell, bool | date) or not fen.is_finite() or fen != fen.to_integral_value():
        raise CellError(
            (f"“{typed}”不是金额，应为元，最多两位小数", f"{typed!r} is not an amount of yuan")
        )
    if abs(fen) >= Decimal(10) ** (MAX_DIGITS + 2):
        raise CellError((f"金额“{typed[:20]}”太大", f"the amount {typed[:20]} is too large"))
    return int(fen)


def _read_yes_no(column: Column, cell: Cell) -> bool:
    del column
    typed = _plain(cell).casefold()
    if typed not in _YES | _NO:
        raise CellError((f"“{typed}”应为 是 或 否", f"{typed!r} must be 是 (yes) or 否 (no)"))
    return typed in _YES


def _read_choice(column: Column, cell: Cell) -> StrEnum:
    assert column.choices is not None  # noqa: S101  # of this kind by construction
    typed = _plain(cell)
    for member, said in CHOICES[column.choices].items():
        if typed.casefold() in (member, *(_plain(word).casefold() for word in said)):
            return column.choices(member)
    may = "、".join(options(column))
    raise CellError((f"“{typed}”不在可选项中：{may}", f"{typed!r} is none of the choices: {may}"))


def _read_choices(column: Column, cell: Cell) -> tuple[str, ...]:
    return tuple(_read_choice(column, one) for one in _split(column, cell))


def _read_list(column: Column, cell: Cell) -> tuple[str, ...]:
    return tuple(_unescaped(one) for one in _split(column, cell))


def _split(column: Column, cell: Cell) -> list[str]:
    if isinstance(cell, str):
        if column.filled and cell.strip() in NOTHING:
            return []
        parts = _SPLITS[column.kind].split(cell)
    else:
        parts = [_read_text(column, cell)]
    return [part.strip() for part in parts if part.strip()]


def _read_date(column: Column, cell: Cell) -> str:
    del column
    if isinstance(cell, date):
        return cell.isoformat()
    typed = _plain(cell)
    hit = _DATE.fullmatch(typed)
    try:
        return date(*(int(part) for part in hit.groups())).isoformat() if hit else _no_date(typed)
    except ValueError:
        return _no_date(typed)


def _no_date(typed: str) -> str:
    raise CellError(
        (f"“{typed}”不是日期，应如 2026-03-01", f"{typed!r} is not a date such as 2026-03-01")
    )


def _read_type(column: Column, cell: Cell) -> str:
    typed = _read_text(column, cell)
    plain = _plain(cell)
    if not isinstance(cell, str) and plain.isdigit():
        return plain.zfill(len("01"))  # typed as a number, 01 became 1
    for code, (zh, _) in TYPES.items():
        if plain in (code, zh, f"{code} {zh}", f"{code}{zh}"):
            return code
    return typed


_READERS: Final[Mapping[Kind, Callable[[Column, Cell], Value]]] = MappingProxyType(
    {
        Kind.TEXT: _read_text,
        Kind.WHOLE: _read_whole,
        Kind.MONEY: _read_money,
        Kind.YES_NO: _read_yes_no,
        Kind.CHOICE: _read_choice,
        Kind.CHOICES: _read_choices,
        Kind.SHORT_LIST: _read_list,
        Kind.LINES: _read_list,
        Kind.DATE: _read_date,
        Kind.TYPE: _read_type,
    }
)
