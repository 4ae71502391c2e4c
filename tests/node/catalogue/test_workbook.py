"""A catalogue goes into a workbook and comes back the same; the template can be filled in."""

from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace
from openpyxl import Workbook, load_workbook

from node.catalogue.columns import GUIDE, ITEMS, OPTIONS, SHEETS, Kind
from node.catalogue.files import load_items
from node.catalogue.sheets import cell_name, read_grids
from node.catalogue.workbook import UnwritableError, template, write_workbook
from node.catalogue.workbook_reading import read_workbook
from schemas.ids import NodeId
from schemas.item_terms import Channel
from schemas.items import Batch, Faq, Fee, Item, Limit, MaterialNeed
from tests.support.catalogue import ENROLMENT, LICENCE
from tests.support.house import ROOT
from tests.support.shapes import any_item
from tests.support.sheets import catalogues, changed

SAMPLE = load_items(ROOT / "deploy/qianyang/items.toml")


def read_back(*items: Item) -> tuple[Item, ...]:
    read = read_workbook(write_workbook(items))
    assert read.faults == ()
    return read.items


def test_every_field_of_an_item_has_its_column() -> None:
    assert _leaves(Item) == {
        f"{sheet.field}.{column.path}".lstrip(".") for sheet in SHEETS for column in sheet.columns
    }


def _leaves(struct: type[msgspec.Struct], prefix: str = "") -> set[str]:
    """Name what a Struct holds in the end, through lists and parts, by its annotations."""
    found: set[str] = set()
    for field in msgspec.structs.fields(struct):
        inner = [kind for kind in _named_types(field.type) if issubclass(kind, msgspec.Struct)]
        path = f"{prefix}{field.name}"
        found |= {one for kind in inner for one in _leaves(kind, f"{path}.")} or {path}
    return found


def _named_types(kind: object) -> list[type]:
    inside = [one for part in getattr(kind, "__args__", ()) for one in _named_types(part)]
    return [kind] if isinstance(kind, type) and not inside else inside


def test_titles_on_a_sheet_and_words_of_a_choice_are_told_apart() -> None:
    for sheet in SHEETS:
        titles = [column.label[0] for column in sheet.headings]
        assert len(set(titles)) == len(titles), sheet.title


def test_the_sample_county_comes_back_the_same() -> None:
    assert read_back(*SAMPLE) == SAMPLE
    assert read_back(LICENCE, ENROLMENT) == (LICENCE, ENROLMENT)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(catalogues())
def test_any_items_that_cells_can_hold_come_back_the_same(items: list[Item]) -> None:
    assert read_back(*items) == tuple(items)


@settings(deadline=None, max_examples=60)
@given(any_item())
def test_what_no_cell_can_hold_is_refused_and_never_changed(item: Item) -> None:
    try:
        content = write_workbook([item])
    except UnwritableError:
        return
    assert read_workbook(content).items == (item,)


@pytest.mark.parametrize(
    ("item", "field"),
    [
        (replace(LICENCE, result="x" * 32_768), "结果名称"),
        (replace(LICENCE, decided_by=NodeId("")), "决定节点"),
        (replace(LICENCE, aliases=("",)), "别名"),
        (replace(LICENCE, visits=10**12), "到现场次数"),
        (replace(LICENCE, batches=(Batch(opens="春天", closes="2026-03-31"),)), "开始日期"),
    ],
)
def test_a_refusal_names_item_and_field(item: Item, field: str) -> None:
    with pytest.raises(UnwritableError, match=rf"公共场所卫生许可 \(wjj-01\): {field}"):
        write_workbook([item])


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    item = replace(
        LICENCE,
        result='=HYPERLINK("x")',
        hours="+1",
        quota="-1",
        contact="@SUM(1)",
        materials=(MaterialNeed(code="=1", name="#N/A"),),
    )
    content = write_workbook([item])
    book = load_workbook(BytesIO(content))
    texts = {
        cell.value: (cell.data_type, cell.quotePrefix)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
    }
    for text in ('=HYPERLINK("x")', "+1", "-1", "@SUM(1)", "=1"):
        assert texts[text] == ("s", True), text
    assert texts["#N/A"][0] == "s"
    assert read_back(item) == (item,)


def test_a_list_keeps_its_breaks_apart_from_those_in_its_texts() -> None:
    item = replace(
        LICENCE,
        aliases=("甲；乙", "丙"),
        conditions=("第一行\n第二行", "甲；乙"),
        channels=(),
        faqs=(Faq(question="多久\r\n办结?", answer=" 当场 "),),
        fees=(Fee(name="工本费", standard="每本 8.29 元", fen=829, law="某法"),),
        promised=Limit(amount=5, note="_x000A_"),
    )
    assert read_back(item) == (item,)


def test_the_template_is_empty_and_can_be_filled_in() -> None:
    blank = read_workbook(template())
    assert (blank.items, blank.faults) == ((), ())
    filled = changed(
        template(),
        {
            "事项!A2": "x-1", "事项!B2": "某事项", "事项!E2": "公共服务", "事项!F2": "即办件",
            "事项!G2": "wjj", "事项!H2": "卫生健康局", "事项!K2": 0, "申请材料!A2": "x-1",
            "申请材料!B2": "id", "申请材料!C2": "身份证", "收件层级!A2": "x-1",
            "收件层级!B2": "县", "收件层级!C2": "直接办理",
        },
    )  # fmt: skip
    read = read_workbook(filled)
    assert read.faults == ()
    (item,) = read.items
    assert (item.code, item.type_code, item.promised.amount) == ("x-1", "20", 0)
    assert (item.channels, item.materials[0].required) == ((Channel.WINDOW,), True)


def test_the_template_explains_itself() -> None:
    book = load_workbook(BytesIO(template()))
    assert book.sheetnames == [GUIDE, *(sheet.title for sheet in SHEETS), OPTIONS]
    explained = {(row[0], row[1]) for row in book[GUIDE].iter_rows(values_only=True)}
    for sheet in SHEETS:
        page = book[sheet.title]
        assert page.freeze_panes == ("C2" if sheet.title == ITEMS else "B2")
        for number, column in enumerate(sheet.headings, start=1):
            assert (sheet.title, column.label[0]) in explained
            letters = cell_name(1, number).removesuffix("1")
            assert page.column_dimensions[letters].number_format == "@"


def test_every_word_that_the_template_offers_is_understood() -> None:
    book = load_workbook(BytesIO(template()))
    filled: dict[str, object] = {}
    for sheet in SHEETS:
        offers = book[sheet.title].data_validations.dataValidation
        closed = [one for one in sheet.columns if one.kind in (Kind.CHOICE, Kind.YES_NO, Kind.TYPE)]
        assert len(offers) == len(closed)
        for offer in offers:
            letters = str(offer.sqref).partition("2:")[0]
            for row, word in enumerate(_offered(book, offer.formula1), start=2):
                filled[f"{sheet.title}!{letters}{row}"] = word
    assert "直接办理" in filled.values()
    read = read_workbook(changed(template(), filled))
    wrong = {f"{fault.place.sheet}!{fault.place.cell}" for fault in read.faults}
    assert not wrong & filled.keys()


def _offered(book: Workbook, formula: str | None) -> list[str]:
    sheet, _, cells = (formula or "").replace("'", "").replace("$", "").partition("!")
    words = [str(row[0].value) for row in book[sheet][cells]]
    assert len(words) > 1
    assert "None" not in words
    return words


def test_our_reader_and_the_library_see_the_same_cells(tmp_path: Path) -> None:
    content = write_workbook(SAMPLE)
    (tmp_path / "x.xlsx").write_bytes(content)
    theirs = load_workbook(tmp_path / "x.xlsx")
    for grid in read_grids(content):
        page = theirs[grid.title]
        cells = {
            (cell.row, cell.column): cell.value
            for row in page.iter_rows()
            for cell in row
            if cell.value is not None
        }
        ours = {
            (row, number): one for row, found in grid.rows.items() for number, one in found.items()
        }
        assert ours == cells
