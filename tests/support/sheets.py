"""Workbooks to read: items that cells can hold, single cells to change, and files of bad faith."""

import zipfile
from collections.abc import Mapping
from enum import Enum
from io import BytesIO
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from node.catalogue import situations
from node.catalogue.columns import SHEETS
from node.catalogue.words import TYPES
from schemas.items import Item

TEXTS = st.text(min_size=1, max_size=8) | st.sampled_from(
    (
        "=1+1",
        "+1",
        "-1",
        "@x",
        "'x",
        "#N/A",
        "_x000A_",
        " 前后空格 ",
        "甲；乙",
        "甲\n乙",
        "01",
        "无",
        "是",
    )
)
DAYS = st.dates().map(lambda day: day.isoformat())
NUMBERS = st.integers(-(10**8), 10**8)
ODD = {"type_code": st.sampled_from((*TYPES, "11", "x")), "opens": DAYS, "closes": DAYS}


def writable(struct: type[msgspec.Struct] = Item) -> st.SearchStrategy[Any]:
    """Build any `struct` whose texts are not empty: cells can hold all of it."""
    fields = msgspec.structs.fields(struct)
    return st.builds(struct, **{field.name: _values(field) for field in fields})


def catalogues() -> st.SearchStrategy[list[Item]]:
    """Build a few items, each with a code of its own."""
    items = writable().map(_with_whole_questions)
    return st.lists(items, max_size=3, unique_by=lambda item: item.code)


def _with_whole_questions(item: Item) -> Item:
    """Leave out questions that nobody can answer; join those that ask the same in a row."""
    answered = [one for one in item.situations if one.answers]
    return msgspec.structs.replace(item, situations=situations.grouped(situations.flat(answered)))


def _values(field: msgspec.structs.FieldInfo) -> st.SearchStrategy[Any]:
    if field.name in ODD:
        return ODD[field.name]
    found = _of_type(field.type)
    return found | st.just("") if field.default == "" else found


def _of_type(kind: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401  # a type, or a form of types
    if get_origin(kind) is tuple:
        return st.lists(_of_type(get_args(kind)[0]), max_size=3).map(tuple)
    if get_origin(kind) in {Union, UnionType}:
        return st.one_of(*(_of_type(one) for one in get_args(kind)))
    plain = getattr(kind, "__supertype__", kind)  # a NewType is the type below it
    if issubclass(plain, msgspec.Struct):
        return writable(plain)
    if issubclass(plain, Enum):
        return st.sampled_from(list(plain))
    return {str: TEXTS, int: NUMBERS}.get(plain, st.from_type(plain))


def changed(content: bytes, cells: Mapping[str, Any]) -> bytes:
    """Give the workbook with other values in some cells, named like `申请材料!F5`."""
    book = opened(content)
    for name, value in cells.items():
        sheet, _, cell = name.partition("!")
        book[sheet][cell] = value
    return saved(book)


def opened(content: bytes) -> Workbook:
    return load_workbook(BytesIO(content))


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(content: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """Give the workbook with other bytes in some of its zipped parts, or without them."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name), zipfile.ZIP_DEFLATED)
        for name, part in parts.items():
            if part is not None:
                new.writestr(name, part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def part(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return archive.read(name)


def part_of(sheet: str) -> str:
    """Name the zipped part of one of the sheets: the instructions are the first."""
    titles = [one.title for one in SHEETS]
    return f"xl/worksheets/sheet{titles.index(sheet) + 2}.xml"
