"""The workbook comes back with its wrong cells marked, commented and listed."""

import pytest

from node.catalogue import workbook_marks
from node.catalogue.columns import RESULTS
from node.catalogue.workbook import write_workbook
from node.catalogue.workbook_marks import DOUBTFUL_FILL, WRONG_FILL, error_report
from node.catalogue.workbook_reading import CellFault, Place, read_workbook
from tests.support.catalogue import ENROLMENT, LICENCE
from tests.support.sheets import changed, opened, part, part_of, repacked, saved

GOOD = write_workbook([LICENCE, ENROLMENT])
WRONG = changed(GOOD, {"事项!F2": "随办件", "申请材料!G3": "=1+1", "申请材料!Z1": "备注"})
WARNING = CellFault(Place("事项", "V3", "咨询方式"), "请再看看 · look again", is_warning=True)


def test_wrong_cells_are_filled_and_commented_and_the_rest_is_as_sent() -> None:
    faults = (*read_workbook(WRONG).faults, WARNING)
    book = opened(error_report(WRONG, faults))
    marked = {
        (sheet.title, cell.coordinate): (cell, cell.comment.text)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment is not None
    }
    assert marked.keys() == {
        ("事项", "F2"), ("申请材料", "G3"), ("申请材料", "Z1"), ("事项", "V3")
    }  # fmt: skip
    assert marked["事项", "F2"][0].fill.start_color.rgb.endswith(WRONG_FILL)
    assert marked["事项", "V3"][0].fill.start_color.rgb.endswith(DOUBTFUL_FILL)
    assert "“随办件”不在可选项中" in marked["事项", "F2"][1]
    assert (marked["事项", "F2"][0].value, marked["申请材料", "G3"][0].value) == ("随办件", "=1+1")


def test_the_faults_are_listed_on_a_sheet_before_the_others() -> None:
    faults = (*read_workbook(WRONG).faults, WARNING)
    book = opened(error_report(WRONG, faults))
    assert book.sheetnames[0] == RESULTS
    assert book.active is book[RESULTS]
    rows = list(book[RESULTS].iter_rows(min_row=2, values_only=True))
    assert [row[:4] for row in rows] == [
        ("错误 error", fault.place.sheet, fault.place.cell, fault.place.column or None)
        for fault in faults[:-1]
    ] + [("提醒 warning", "事项", "V3", "咨询方式")]
    assert [row[5] for row in rows] == [fault.sentence for fault in faults]
    assert book[RESULTS]["C2"].hyperlink.location == f"'{rows[0][1]}'!{rows[0][2]}"


def test_once_put_right_the_report_itself_can_be_read() -> None:
    report = error_report(WRONG, read_workbook(WRONG).faults)
    right = changed(report, {"事项!F2": "承诺件", "申请材料!G3": 1, "申请材料!Z1": None})
    read = read_workbook(right)
    assert (read.items, read.faults) == ((LICENCE, ENROLMENT), ())
    again = opened(error_report(right, ()))
    assert again.sheetnames.count(RESULTS) == 1
    assert again[RESULTS].max_row == 1


def test_a_wrong_cell_within_merged_ones_is_marked_too() -> None:
    book = opened(GOOD)
    book["申请材料"].merge_cells("A2:A3")
    fault = CellFault(Place("申请材料", "A3", "事项编码"), "x · x")
    report = opened(error_report(saved(book), (fault,)))
    assert report["申请材料"]["A3"].comment.text == "x · x"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"x" * 100])
def test_a_file_that_is_no_workbook_gives_the_list_alone(content: bytes) -> None:
    faults = read_workbook(content).faults
    book = opened(error_report(content, faults))
    assert book.sheetnames == [RESULTS]
    assert book[RESULTS]["F2"].value == faults[0].sentence


def test_a_quoted_formula_or_odd_character_is_only_shown() -> None:
    fault = CellFault(Place(), "=1+1\x0b · x")
    book = opened(error_report(GOOD, (fault,)))
    assert book[RESULTS]["F2"].data_type == "s"
    assert book[RESULTS]["F2"].value == "=1+1\N{REPLACEMENT CHARACTER} · x"


@pytest.mark.parametrize(
    "part",
    [
        b'<!DOCTYPE x [<!ENTITY a "haha">]><coreProperties>&a;</coreProperties>',
        b"<coreProperties>",
        bytes(workbook_marks.MAX_MARKED_BYTES),
    ],
)
def test_what_is_not_safe_to_open_is_not_opened(part: bytes) -> None:
    content = repacked(WRONG, {"docProps/core.xml": part})
    faults = read_workbook(content).faults
    assert len(faults) == 3, "its cells could be read"
    assert opened(error_report(content, faults)).sheetnames == [RESULTS]


@pytest.mark.parametrize(
    "tail",
    [
        b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>',
    ],
)
def test_a_range_without_end_is_not_opened(tail: bytes) -> None:
    sheet = part(WRONG, part_of("常见问题")).replace(b"</sheetData>", b"</sheetData>" + tail)
    content = repacked(WRONG, {part_of("常见问题"): sheet})
    assert opened(error_report(content, read_workbook(content).faults)).sheetnames == [RESULTS]


def test_comments_without_end_are_not_opened() -> None:
    noted = error_report(WRONG, read_workbook(WRONG).faults)
    name = "xl/comments/comment1.xml"
    comments = part(noted, name).replace(b'ref="F2"', b'ref="A1:XFD1048576"')
    assert opened(error_report(repacked(noted, {name: comments}), ())).sheetnames == [RESULTS]


def test_a_sheet_of_empty_cells_is_not_opened() -> None:
    cells = b"<c/>" * 10_000
    rows = b"".join(b"<row>" + cells + b"</row>" for _ in range(51))
    sheet = part(GOOD, part_of("常见问题"))
    many = sheet.replace(b"</sheetData>", rows + b"</sheetData>")
    content = repacked(GOOD, {part_of("常见问题"): many})
    assert read_workbook(content).faults == ()
    assert opened(error_report(content, ())).sheetnames == [RESULTS]
