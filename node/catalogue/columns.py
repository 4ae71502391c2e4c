"""The sheets of a catalogue's workbook and their columns, drawn from the fields of `Item`.

One sheet holds the items, one row each; every list of rows within an item has a sheet of its own,
whose first column repeats the item's code. What the types do not say stands in `SPECIAL`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

import msgspec
from msgspec import inspect

from node.catalogue.labels import FIELDS
from node.catalogue.situations import SituationRow
from node.catalogue.words import Words
from schemas.items import Item, Question

Value: TypeAlias = str | int | bool | StrEnum | tuple[str, ...]
"""What a column's cell means."""


class Kind(StrEnum):
    """How a cell of the column is written and read."""

    TEXT = "text"
    WHOLE = "whole"  # a whole number
    MONEY = "money"  # yuan in the sheet, fen in the item
    YES_NO = "yes_no"  # 是 or 否
    CHOICE = "choice"  # one member of an enumeration, by its Chinese word
    CHOICES = "choices"  # several of them
    SHORT_LIST = "short_list"  # texts separated by ； or line breaks
    LINES = "lines"  # whole sentences, one a line
    DATE = "date"
    TYPE = "type"  # 事项类型: 01 行政许可


SPECIAL: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "type_code": Kind.TYPE,
        "conditions": Kind.LINES,
        "exclusions": Kind.LINES,
        "fees.fen": Kind.MONEY,
        "batches.opens": Kind.DATE,
        "batches.closes": Kind.DATE,
    }
)
CODE: Final = "code"
ITEMS: Final = "事项"
GUIDE: Final = "填写说明"
OPTIONS: Final = "选项"
RESULTS: Final = "校验结果"
OURS: Final = frozenset((GUIDE, OPTIONS, RESULTS))
"""Sheets that hold no items and are not read."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field that it carries and how."""

    path: str
    """Within the sheet's rows: `copies`, `promised.amount`."""
    kind: Kind
    label: Words
    needed: bool
    """An empty cell is a fault; in a part that may be absent only if the part is there."""
    part: str = ""
    """The optional part that the field belongs to, such as `statutory`."""
    choices: type[StrEnum] | None = None
    blank: object = msgspec.NODEFAULT
    """What an empty cell means, unless the column is needed."""

    @property
    def filled(self) -> bool:
        """Say whether an empty cell means a list with something in it: an empty one needs a 无."""
        return isinstance(self.blank, tuple) and bool(self.blank)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: the rows of one list within items, or the items themselves."""

    field: str
    """`materials`; empty for the items."""
    title: str
    label: Words
    struct: type[msgspec.Struct]
    columns: tuple[Column, ...]
    """Those of the Struct; in a list's sheet the item's code stands before them."""

    @property
    def headings(self) -> tuple[Column, ...]:
        """All columns as they stand in the sheet, from A on."""
        return (CODE_COLUMN, *self.columns) if self.field else self.columns


CODE_COLUMN: Final = Column(path="", kind=Kind.TEXT, label=FIELDS[CODE], needed=True)


def _kind_of(kind: inspect.Type) -> tuple[Kind, type[StrEnum] | None]:
    match kind:
        case inspect.BoolType():
            return Kind.YES_NO, None
        case inspect.IntType():
            return Kind.WHOLE, None
        case inspect.EnumType(cls):
            if not issubclass(cls, StrEnum):
                raise TypeError(f"{cls} has no texts")
            return Kind.CHOICE, cls
        case inspect.VarTupleType(item_type=inner):
            several, choices = _kind_of(inner)
            return (Kind.CHOICES if several is Kind.CHOICE else Kind.SHORT_LIST), choices
        case inspect.StrType():
            return Kind.TEXT, None
        case _:
            raise TypeError(f"no cell can hold {kind}")


def _unwrapped(kind: inspect.Type) -> tuple[inspect.Type, bool]:
    """Give the type that is not `None`, and whether `None` was there too."""
    if not isinstance(kind, inspect.UnionType):
        return kind, False
    (inner,) = (one for one in kind.types if not isinstance(one, inspect.NoneType))
    return inner, True


def _columns(
    struct: inspect.StructType, *, scope: str = "", prefix: str = "", part: str = ""
) -> Iterator[Column]:
    for field in struct.fields:
        path, (kind, optional) = f"{prefix}{field.name}", _unwrapped(field.type)
        if isinstance(kind, inspect.StructType):
            inner = path if optional else part
            yield from _columns(kind, scope=scope, prefix=f"{path}.", part=inner)
        elif not _is_list(kind):
            chosen, choices = _kind_of(kind)
            yield Column(
                path=path,
                kind=SPECIAL.get(f"{scope}{path}", chosen),
                label=FIELDS[f"{scope}{path}"],
                needed=field.required,
                part=part,
                choices=choices,
                blank=field.default,
            )


def _is_list(kind: inspect.Type) -> bool:
    return isinstance(kind, inspect.VarTupleType) and isinstance(kind.item_type, inspect.StructType)


def _sheets() -> Iterator[Sheet]:
    info = _struct_info(inspect.type_info(Item))
    yield Sheet("", ITEMS, (ITEMS, "items"), Item, tuple(_columns(info)))
    for field in info.fields:
        if _is_list(field.type):
            assert isinstance(field.type, inspect.VarTupleType)  # noqa: S101  # _is_list said so
            rows = _rows_info(field.type.item_type)
            label = FIELDS[field.name]
            columns = tuple(_columns(rows, scope=f"{field.name}."))
            yield Sheet(field.name, label[0], label, rows.cls, columns)


def _rows_info(kind: inspect.Type) -> inspect.StructType:
    """Give what a row of a list's sheet holds: a question has a row for each of its answers."""
    rows = _struct_info(kind)
    return _struct_info(inspect.type_info(SituationRow)) if rows.cls is Question else rows


def _struct_info(kind: inspect.Type) -> inspect.StructType:
    if not isinstance(kind, inspect.StructType):
        raise TypeError(f"{kind} is not a Struct")
    return kind


SHEETS: Final = tuple(_sheets())
"""The items first, then their lists in the order of the fields."""
_BY_FIELD: Final = MappingProxyType({sheet.field: sheet for sheet in SHEETS})


def sheet_of(field: str) -> Sheet:
    """Give the sheet of a list within items; of the items for the empty name."""
    return _BY_FIELD[field]


def has_sheet(field: str) -> bool:
    """Say whether `field` is a list with a sheet of its own."""
    return field in _BY_FIELD
