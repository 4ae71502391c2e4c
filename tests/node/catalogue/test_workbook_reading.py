"""Each wrong cell of a workbook is named with a sentence, all at once, and nothing is guessed."""

from datetime import date, datetime

import pytest
from msgspec.structs import replace

from node.catalogue.workbook import template, write_workbook
from node.catalogue.workbook_reading import MAX_FAULTS, TOO_MANY, Place, Read, read_workbook
from schemas.items import Batch, Fee
from tests.support.catalogue import ENROLMENT, LICENCE, SITUATIONS
from tests.support.sheets import changed, opened, part, part_of, repacked, saved

FULL = replace(
    LICENCE,
    batches=(Batch(opens="2026-03-01", closes="2026-03-31"),),
    fees=(Fee(name="工本费", standard="每本 8 元", fen=800, law="某法"),),
    situations=SITUATIONS,
)
MORNING = datetime.fromisoformat("2026-03-09T08:00")
GOOD = write_workbook([FULL, ENROLMENT])


def read(**cells: object) -> Read:
    return read_workbook(
        changed(GOOD, {name.replace("_", "!"): one for name, one in cells.items()})
    )


def test_the_unchanged_workbook_has_no_fault() -> None:
    assert read_workbook(GOOD).items == (FULL, ENROLMENT)


@pytest.mark.parametrize(
    ("cell", "value", "column", "said"),
    [
        ("事项_B2", None, "事项名称", "must be filled"),
        ("事项_B2", "  ", "事项名称", "must be filled"),
        ("事项_F2", "随办件", "办件类型", "“随办件”不在可选项中：即办件、承诺件"),
        ("事项_I2", "自然人；外星人", "申请人类型", "“外星人”不在可选项中"),
        ("事项_K2", "五", "承诺时限", "“五”不是整数"),
        ("事项_K2", 1.5, "承诺时限", "is not a whole number"),
        ("事项_K2", True, "承诺时限", "is not a whole number"),
        ("事项_K2", date(2026, 1, 5), "承诺时限", "is not a whole number"),
        ("事项_K2", 10**9, "承诺时限", "too large"),
        ("事项_K2", "=1+1", "承诺时限", "the formula has no value"),
        ("事项_K2", "#REF!", "承诺时限", "a formula's error"),
        ("事项_O2", None, "法定时限", "must be filled"),
        ("事项_A2", 12441500196720244, "事项编码", "format the cell as text"),
        ("事项_B2", MORNING, "事项名称", "format the cell as text"),
        ("申请材料_D2", "可有可无", "必要", "是 或 否"),
        ("申请材料_G3", "两份", "份数", "“两份”不是整数"),
        ("办理环节_D4", "省", "层级", "不在可选项中"),
        ("收费_D2", "免费", "金额 (元)", "“免费”不是金额"),
        ("收费_D2", 8.005, "金额 (元)", "is not an amount of yuan"),
        ("收费_D2", "1e30", "金额 (元)", "too large"),
        ("批次_B2", "2026-02-30", "开始日期", "“2026-02-30”不是日期"),
        ("批次_B2", "春天", "开始日期", "is not a date"),
        ("批次_B2", 46082, "开始日期", "is not a date"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named(cell: str, value: object, column: str, said: str) -> None:
    found = read(**{cell: value})
    (fault,) = found.faults
    sheet, _, name = cell.partition("_")
    assert fault.place == Place(sheet, name, column)
    assert said in fault.sentence
    zh, en = fault.sentence.split(" · ")
    assert zh
    assert en
    assert found.items == (ENROLMENT,), "the item with the wrong cell is left out, no other"


@pytest.mark.parametrize(
    ("cell", "value", "path", "meant"),
    [
        ("事项_K2", " 15 ", "promised.amount", 15),
        ("事项_K2", "１５", "promised.amount", 15),
        ("事项_K2", 15.0, "promised.amount", 15),
        ("事项_E2", 1, "type_code", "01"),
        ("事项_E2", "行政许可", "type_code", "01"),
        ("事项_E2", "20", "type_code", "20"),
        ("事项_E2", "99", "type_code", "99"),
        ("事项_F2", "Instant", "case_kind", "instant"),
        ("事项_F2", "instant", "case_kind", "instant"),
        ("事项_D2", "甲;乙；丙\n丁", "aliases", ("甲", "乙", "丙", "丁")),
        ("事项_D2", 110, "aliases", ("110",)),
        ("事项_J2", "甲；乙\n丙", "conditions", ("甲；乙", "丙")),
        ("事项_I2", "自然人、法人和其他组织", "applicants", ("natural", "legal")),
        ("事项_I2", None, "applicants", ("natural",)),
        ("事项_I2", "无", "applicants", ()),
        ("事项_V2", 9174241234, "contact", "9174241234"),
        ("事项_B2", " 卫生许可 ", "name", "卫生许可"),
        ("事项_AJ2", "√", "in_person", True),
        ("事项_AJ2", True, "in_person", True),
        ("事项_AJ2", "×", "in_person", False),
        ("事项_AJ2", 0, "in_person", False),
        ("事项_AJ2", "Ｙ", "in_person", True),
    ],
)  # fmt: skip
def test_what_is_plainly_meant_is_read_so(
    cell: str, value: object, path: str, meant: object
) -> None:
    found = read(**{cell: value})
    assert found.faults == ()
    value = found.items[0]
    for name in path.split("."):
        value = getattr(value, name)
    assert value == meant


@pytest.mark.parametrize(
    "typed",
    [
        date(2026, 3, 9),
        datetime.fromisoformat("2026-03-09T08:00"),
        "2026/3/9",
        "2026年3月9日",
        "2026．3．9",
    ],
)
def test_a_date_is_read_however_it_is_typed(typed: object) -> None:
    assert read(批次_B2=typed).items[0].batches[0].opens == "2026-03-09"


@pytest.mark.parametrize(("typed", "fen"), [(8.29, 829), ("8.2元", 820), ("1,000", 100_000)])
def test_an_amount_is_read_to_the_fen(typed: object, fen: int) -> None:
    assert read(收费_D2=typed).items[0].fees[0].fen == fen


def test_dates_count_from_1904_where_the_workbook_says_so() -> None:
    book = opened(GOOD)
    book.epoch = datetime.fromisoformat("1904-01-01")
    book["批次"]["B2"] = date(2026, 3, 9)
    assert read_workbook(saved(book)).items[0].batches[0].opens == "2026-03-09"


def test_a_date_that_does_not_exist_is_named() -> None:
    book = opened(GOOD)
    book["批次"]["B2"] = 10**9
    book["批次"]["B2"].number_format = "yyyy-mm-dd"
    (fault,) = read_workbook(saved(book)).faults
    assert fault.place == Place("批次", "B2", "开始日期")
    assert "there is no such date" in fault.sentence


def test_all_faults_come_at_once() -> None:
    found = read(事项_F2="x", 事项_F3="y", 申请材料_G2="z", 收费_D2="?", 办理环节_D7="?")
    assert [(fault.place.sheet, fault.place.cell) for fault in found.faults] == [
        ("事项", "F2"), ("事项", "F3"), ("申请材料", "G2"), ("办理环节", "D7"), ("收费", "D2"),
    ]  # fmt: skip
    assert found.items == ()


def test_a_row_of_no_item_and_a_code_given_twice_are_named() -> None:
    found = read(申请材料_A2="wjj-99", 事项_A3="wjj-01")
    told = {(fault.place.sheet, fault.place.cell): fault.sentence for fault in found.faults}
    assert "事项编码“wjj-99”不在“事项”表中" in told["申请材料", "A2"]
    assert "事项编码“ybj-01”不在“事项”表中" in told["申请材料", "A4"]
    assert "事项编码“wjj-01”与第 2 行重复" in told["事项", "A3"]


def test_a_missing_sheet_is_named_and_not_taken_for_an_empty_one() -> None:
    book = opened(GOOD)
    del book["常见问题"]
    (fault,) = read_workbook(saved(book)).faults
    assert fault.place == Place("常见问题")
    assert "the sheet is missing" in fault.sentence


def test_a_strange_sheet_is_named_unless_it_is_empty() -> None:
    book = opened(GOOD)
    book.create_sheet("Sheet1")
    assert read_workbook(saved(book)).faults == ()
    book.create_sheet("申请材料 (2)")["A1"] = "x"
    (fault,) = read_workbook(saved(book)).faults
    assert fault.place == Place("申请材料 (2)")


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ("申请材料_B1", "材料代号", "没有“材料代号”这一列"),
        ("申请材料_B1", None, "缺少“材料编号”这一列"),
        ("申请材料_B1", "材料名称", "标题“材料名称”重复"),
        ("申请材料_Z1", "备注", "没有“备注”这一列"),
        ("申请材料_Z3", "随手写的", "这一列没有标题"),
    ],
)
def test_the_headings_must_be_ours(cell: str, value: object, said: str) -> None:
    assert any(said in fault.sentence for fault in read(**{cell: value}).faults)


def test_columns_may_change_places() -> None:
    book = opened(GOOD)
    page = book["收件层级"]
    for row in page.iter_rows(min_row=1, max_row=page.max_row):
        row[1].value, row[2].value = row[2].value, row[1].value
    found = read_workbook(saved(book))
    assert (found.items, found.faults) == ((FULL, ENROLMENT), ())
    assert found.place("wjj-01", "tiers[1].mode") == Place("收件层级", "B3", "办理方式")


def test_merged_cells_are_named() -> None:
    book = opened(GOOD)
    book["申请材料"].merge_cells("A2:A3")
    told = [fault.sentence for fault in read_workbook(saved(book)).faults]
    assert any("A2:A3 是合并单元格" in sentence for sentence in told)


def test_a_formula_gives_its_last_value() -> None:
    book = opened(GOOD)
    book["事项"]["K2"] = "=1+2"
    content = saved(book)
    (fault,) = read_workbook(content).faults
    assert "公式没有计算结果" in fault.sentence
    name = part_of("事项")
    computed = part(content, name).replace(b"<f>1+2</f><v />", b"<f>1+2</f><v>3</v>")
    assert read_workbook(repacked(content, {name: computed})).items[0].promised.amount == 3


def test_empty_rows_and_sheets_in_between_mean_nothing() -> None:
    book = opened(GOOD)
    book["申请材料"].insert_rows(3, amount=500)
    book["申请材料"]["B100000"] = "  "
    assert read_workbook(saved(book)).items == (FULL, ENROLMENT)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("promised", Place("事项", "K2", "承诺时限")),
        ("statutory", Place("事项", "O2", "法定时限")),
        ("aliases", Place("事项", "D2", "别名")),
        ("predecessors[1]", Place("事项", "AY2", "原事项编码")),
        ("materials[1].copies", Place("申请材料", "G3", "份数")),
        ("process[0].department", Place("办理环节", "E2", "责任部门编号")),
        ("process", Place("办理环节", "B2", "环节名称")),
        ("tiers[2]", Place("收件层级", "B4", "层级")),
        ("basis[0].article", Place("设定依据", "C2", "条款")),
        ("situations[1].answers[1].materials", Place("办理情形", "E5", "所需材料编号")),
        ("situations[1].text", Place("办理情形", "B4", "情形问题")),
        ("situations", Place("办理情形", "B2", "情形问题")),
        ("commitment_check.start", Place("事项", "AP2", "事后核查起算")),
        ("special", Place("事项", "A2", "事项编码")),
    ],
)
def test_a_field_of_an_item_is_found_again_at_its_cell(path: str, place: Place) -> None:
    assert read_workbook(GOOD).place("wjj-01", path) == place


def test_a_template_with_headings_alone_holds_nothing() -> None:
    found = read_workbook(template())
    assert (found.items, found.faults) == ((), ())


def test_a_list_of_faults_has_an_end() -> None:
    rows = {f"申请材料!D{row}": "?" for row in range(5, MAX_FAULTS + 100)}
    found = read_workbook(changed(GOOD, rows))
    assert len(found.faults) == MAX_FAULTS + 1
    assert found.faults[-1].sentence == TOO_MANY
