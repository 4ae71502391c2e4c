"""A workbook from a stranger: bounded, without entities, and never more than a sentence of harm."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.catalogue import sheets
from node.catalogue.sheet_parts import MAX_ROW, UnreadableError
from node.catalogue.sheets import cell_name, read_grids
from node.catalogue.workbook import template, write_workbook
from node.catalogue.workbook_reading import NOWHERE, read_workbook
from tests.support.catalogue import LICENCE
from tests.support.sheets import part, part_of, repacked

GOOD = write_workbook([LICENCE])
ITEMS = part_of("事项")
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


def with_sheet(body: bytes) -> bytes:
    return repacked(GOOD, {ITEMS: HEAD + body + TAIL})


def with_entity(declared: bytes) -> bytes:
    sheet = part(GOOD, ITEMS)
    return repacked(GOOD, {ITEMS: b"<!DOCTYPE worksheet [" + declared + b"]>" + sheet})


def bomb() -> bytes:
    return repacked(GOOD, {ITEMS: bytes(sheets.MAX_INFLATED_BYTES)})


def lying_bomb() -> bytes:
    """Declare a small size in both directories of the zip for a part that inflates to much."""
    size, lie = 32 << 20, 1_000
    content = repacked(GOOD, {ITEMS: bytes(size)})
    return content.replace(size.to_bytes(4, "little"), lie.to_bytes(4, "little"))


def locked() -> bytes:
    """Flag every part as encrypted."""
    content = bytearray(GOOD)
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 1)
    return bytes(content)


def many_parts() -> bytes:
    return repacked(GOOD, {f"x{number}.xml": b"" for number in range(sheets.MAX_PARTS)})


LAUGHS = b'<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;">'
OUTSIDE = b'<!ENTITY x SYSTEM "file:///etc/passwd">'

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "not an XLSX workbook"),
    "text": ("事项编码,事项名称".encode, "not an XLSX workbook"),
    "an old .xls": (lambda: sheets.OLE_FILE + bytes(512), "an old .xls or behind a password"),
    "another zip": (lambda: repacked(GOOD, {"xl/workbook.xml": None}), "not an XLSX workbook"),
    "too large a file": (lambda: bytes(sheets.MAX_FILE_BYTES + 1), "larger than"),
    "a bomb": (bomb, "would inflate to more than"),
    "a bomb that lies": (lying_bomb, "workbook"),
    "many parts": (many_parts, "would inflate to more than"),
    "behind a password": (locked, "behind a password"),
    "a billion laughs": (lambda: with_entity(LAUGHS), "declares XML entities"),
    "an outer entity": (lambda: with_entity(OUTSIDE), "declares XML entities"),
    "half": (lambda: GOOD[: len(GOOD) // 2], "not an XLSX workbook"),
    "broken XML": (lambda: with_sheet(b"<row><c></row>"), "damaged"),
    "no links": (lambda: repacked(GOOD, {"xl/_rels/workbook.xml.rels": None}), "damaged"),
    "a sheet without a link": (
        lambda: repacked(GOOD, {"xl/workbook.xml": b'<workbook><sheet name="x"/></workbook>'}),
        "damaged",
    ),
    "no sheet": (lambda: repacked(GOOD, {ITEMS: None}), "damaged"),
    "a text of no table": (
        lambda: with_sheet(b'<row r="1"><c r="A1" t="s"><v>9</v></c></row>'), "damaged",
    ),
    "a number of letters": (
        lambda: with_sheet(b'<row r="1"><c r="A1"><v>x</v></c></row>'), "damaged",
    ),
    "a row far away": (lambda: with_sheet(b'<row r="99999999"/>'), "there is no row"),
    "a column far away": (
        lambda: with_sheet(b'<row r="1"><c r="ZZZ1"><v>1</v></c></row>'), "there is no cell",
    ),
    "a cell of another row": (
        lambda: with_sheet(b'<row r="1"><c r="A2"><v>1</v></c></row>'), "there is no cell",
    ),
    "merged nonsense": (
        lambda: with_sheet(b'<mergeCell ref="A:A"/>'), "there are no cells A:A",
    ),
    "a deep nest": (lambda: with_sheet(b"<row>" * 100 + b"</row>" * 100), "deep"),
    "a million cells": (
        lambda: with_sheet(
            b'<row r="1">' + b"<c><v>1</v></c>" * 16_000 + b"</row>"
            + b"".join(b"<row>" + b"<c><v>1</v></c>" * 16_000 + b"</row>" for _ in range(63))
        ),
        "more than 1000000 cells",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_one_sentence(name: str) -> None:
    make, said = HOSTILE[name]
    read = read_workbook(make())
    (fault,) = read.faults
    assert (read.items, fault.place) == ((), NOWHERE)
    zh, en = fault.sentence.split(" · ", 1)
    assert zh
    assert said in en


def test_a_million_empty_rows_are_no_rows() -> None:
    rows = b"".join(b'<row r="%d"/>' % number for number in range(1, MAX_ROW + 1))
    grid = next(grid for grid in read_grids(with_sheet(rows)) if grid.title == "事项")
    assert grid.rows == {}


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_by_nothing_but_our_own_error(content: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_grids(content)


@settings(deadline=None, max_examples=100)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_changed_byte_is_refused_by_nothing_but_our_own_error(at: int, byte: int) -> None:
    content = bytearray(GOOD)
    content[at] = byte
    read_workbook(bytes(content))


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 4_000), st.integers(1, 200), st.binary(max_size=8))
def test_changed_xml_is_refused_by_nothing_but_our_own_error(
    at: int, length: int, instead: bytes
) -> None:
    sheet = part(GOOD, ITEMS)
    read_workbook(repacked(GOOD, {ITEMS: sheet[:at] + instead + sheet[at + length :]}))


def test_runs_of_a_text_are_joined_and_its_reading_is_left_out() -> None:
    cell = (
        b'<row r="1"><c r="A1" t="inlineStr"><is><r><t>\xe4\xba\x8b</t></r><r><t>x</t></r>'
        b"<rPh><t>shi</t></rPh></is></c></row>"
    )
    grid = next(grid for grid in read_grids(with_sheet(cell)) if grid.title == "事项")
    assert grid.rows == {1: {1: "事x"}}


@pytest.mark.parametrize(
    ("row", "column", "name"), [(5, 6, "F5"), (1, 26, "Z1"), (2, 27, "AA2"), (1, 703, "AAA1")]
)
def test_a_cell_is_named_as_the_sheet_names_it(row: int, column: int, name: str) -> None:
    assert cell_name(row, column) == name


def test_the_template_is_far_from_every_limit() -> None:
    with zipfile.ZipFile(BytesIO(template())) as archive:
        sizes = [part.file_size for part in archive.infolist()]
    assert len(sizes) * 10 < sheets.MAX_PARTS
    assert sum(sizes) * 100 < sheets.MAX_INFLATED_BYTES
