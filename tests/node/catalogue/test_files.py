"""A mistake in an item file is one sentence that names the file, the item and the field."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from node.catalogue.files import (
    FileFaultsError,
    check_items,
    dump_json,
    dump_toml,
    dump_workbook,
    error_report,
    examine,
    examine_workbook,
    load_departments,
    load_items,
)
from node.catalogue.workbook_reading import Place
from schemas.items import Item
from tests.support.catalogue import ENROLMENT, LICENCE, WJJ
from tests.support.house import ROOT
from tests.support.shapes import any_item
from tests.support.sheets import changed, opened

GOOD = """
[[items]]
code = "wjj-01"
name = "公共场所卫生许可"
aliases = ["卫生证"]
type_code = "01"
case_kind = "promised"
department = "wjj"
department_name = "卫生健康局"
responsible = "行政审批股负责人"
basis = [{ law = "公共场所卫生管理条例", article = "第四条" }]
promised = { amount = 5 }
statutory = { amount = 20 }
materials = [{ code = "id", name = "身份证" }]
process = [
  { name = "受理", kind = "accept", level = "county" },
  { name = "决定", kind = "decide", level = "county", department = "wjj", workdays = 2 },
]
tiers = [{ level = "county", mode = "direct" }]
"""


def faults(tmp_path: Path, toml: str) -> tuple[str, ...]:
    path = tmp_path / "items.toml"
    path.write_text(toml, encoding="utf-8")
    with pytest.raises(FileFaultsError) as caught:
        check_items(path, departments=[WJJ])
    return caught.value.faults


def test_a_good_file_loads(tmp_path: Path) -> None:
    path = tmp_path / "items.toml"
    path.write_text(GOOD, encoding="utf-8")
    (item,) = check_items(path, departments=[WJJ])
    assert (item.code, item.promised.amount, item.process[1].department) == ("wjj-01", 5, "wjj")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('type_code = "01"', 'typecode = "01"', "type_code"),
        ("amount = 5", 'amount = "five"', "promised.amount"),
        ('"decide"', '"ponder"', "process[1].kind"),
        ('mode = "direct"', 'mode = "direct", how = "well"', "tiers[0].how"),
        ("workdays = 2", "workday = 2", "process[1].workday"),
        ('code = "wjj-01"', 'code = "wjj-01"\ncolour = "red"', "colour"),
        ("amount = 5", "amount = 50", "promised"),
        ('"第四条"', '"4"', "basis[0].article"),
        ('department = "wjj", w', 'department = "abc", w', "process[1].department"),
    ],
)
def test_a_bad_field_is_named_with_its_item_and_file(
    tmp_path: Path, old: str, new: str, field: str
) -> None:
    assert old in GOOD
    found = faults(tmp_path, GOOD.replace(old, new))
    assert any(
        fault.startswith("items.toml: 公共场所卫生许可") and field in fault for fault in found
    )


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    twice = GOOD.replace("amount = 5", 'amount = "x"') + GOOD.replace("01", "02").replace(
        '"direct"', '"sideways"'
    )
    assert len(faults(tmp_path, twice)) == 2


def test_what_is_left_out_is_named(tmp_path: Path) -> None:
    said = faults(tmp_path, GOOD.replace(', article = "第四条"', ""))
    assert said == ("items.toml: 公共场所卫生许可: basis[0].article: 没有填写 · is missing",)


def test_an_item_without_a_name_is_counted(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, GOOD.replace("name = ", "title = ", 1))
    assert "item 1" in fault


def test_a_code_given_twice_is_a_fault_of_both(tmp_path: Path) -> None:
    found = faults(tmp_path, GOOD + GOOD)
    assert len(found) == 2
    assert all("事项编码“wjj-01”" in fault for fault in found)
    with pytest.raises(FileFaultsError, match="is also that of"):
        load_items(tmp_path / "items.toml")


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[[items]", "not valid TOML"),
        ("", "has no [[items]]"),
        ("items = 3", "has no [[items]]"),
        (GOOD + "\n[extra]\nx = 1\n", "extra"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, toml: str, said: str) -> None:
    (fault,) = faults(tmp_path, toml)
    assert said in fault


def test_a_missing_file_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(FileFaultsError, match="cannot be read: No such file"):
        load_items(tmp_path / "none.toml")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "items.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileFaultsError, match="not valid TOML"):
        load_items(tmp_path / "items.toml")


def test_departments_load_and_an_id_stands_once(tmp_path: Path) -> None:
    path = tmp_path / "departments.toml"
    one = '[[departments]]\nid = "wjj"\nname = "卫生健康局"\n'
    path.write_text(one, encoding="utf-8")
    assert [department.id for department in load_departments(path)] == [WJJ]
    path.write_text(one + one, encoding="utf-8")
    with pytest.raises(FileFaultsError, match="twice"):
        load_departments(path)
    path.write_text(one + "chief = 1\n", encoding="utf-8")
    with pytest.raises(FileFaultsError, match="chief"):
        load_departments(path)


SAMPLE = ROOT / "deploy/qianyang/items.toml"
WRITERS = {".toml": dump_toml, ".json": dump_json, ".xlsx": dump_workbook}
TEXTS = {".toml": dump_toml, ".json": dump_json}


@pytest.mark.parametrize("suffix", WRITERS)
def test_the_sample_county_comes_back_the_same(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"items{suffix.upper() if suffix == '.json' else suffix}"
    items = load_items(SAMPLE)
    path.write_bytes(WRITERS[suffix](items))
    assert load_items(path) == items


@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(item=any_item())
@pytest.mark.parametrize("suffix", TEXTS)
def test_any_item_comes_back_the_same_as_text(tmp_path: Path, suffix: str, item: Item) -> None:
    if suffix == ".json" and not _is_small(item):
        return
    path = tmp_path / f"items{suffix}"
    path.write_bytes(TEXTS[suffix]([item]))
    assert load_items(path) == (item,)


def _is_small(item: Item) -> bool:
    """Say whether every number fits what JSON readers agree on."""
    limits = (item.promised, item.statutory, item.commitment_check)
    numbers = [item.visits, *(limit.amount for limit in limits if limit is not None)]
    numbers += [material.copies for material in item.materials]
    numbers += [stage.workdays for stage in item.process]
    numbers += [fee.fen or 0 for fee in item.fees]
    numbers += [special.limit.amount for special in item.special]
    return max(map(abs, numbers)) < 1 << 53


def test_toml_leaves_out_what_goes_without_saying() -> None:
    text = dump_toml([LICENCE]).decode()
    assert "couriered" not in text
    assert "unit" not in text
    assert "公共场所卫生许可" in text


def test_a_folder_holds_the_items_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_bytes(dump_toml([LICENCE]))
    (tmp_path / "a.toml").write_bytes(dump_toml([ENROLMENT]))
    assert load_items(tmp_path) == (ENROLMENT, LICENCE)
    (tmp_path / "c.toml").write_bytes(dump_toml([LICENCE]))
    with pytest.raises(FileFaultsError, match="is also that of"):
        load_items(tmp_path)
    (tmp_path / "none").mkdir()
    with pytest.raises(FileFaultsError, match="has no TOML file"):
        load_items(tmp_path / "none")


@pytest.mark.parametrize(
    ("json", "said"),
    [
        ('{"items": [], "items": []}', "names a key twice"),
        ('{"items": [{"code": "a", "code": "b"}]}', "names a key twice"),
        ('{"items": [], "extra": 1}', "extra: 没有这个字段"),
        ('{"items": [{"visits": 1.5}]}', "not a whole number"),
        ('{"items": 3}', "has no [[items]]"),
        ("[]", "not valid JSON"),
        ("{", "not valid JSON"),
        ("[" * 100_000, "nested more than"),
        ("", "not valid JSON"),
    ],
)
def test_json_is_read_strictly(tmp_path: Path, json: str, said: str) -> None:
    path = tmp_path / "items.json"
    path.write_text(json, encoding="utf-8")
    with pytest.raises(FileFaultsError) as caught:
        load_items(path)
    (fault,) = caught.value.faults
    assert said in fault


def test_an_unknown_field_is_a_fault_in_json_too(tmp_path: Path) -> None:
    path = tmp_path / "items.json"
    path.write_bytes(dump_json([LICENCE]).replace(b'"copies"', b'"copy"', 1))
    with pytest.raises(FileFaultsError, match=r"materials\[0\]\.copy: 没有这个字段"):
        load_items(path)


def test_toml_nested_beyond_reason_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "items.toml"
    path.write_text("items = " + "[" * 100_000, encoding="utf-8")
    with pytest.raises(FileFaultsError, match="not valid TOML"):
        load_items(path)


def test_what_the_rules_say_is_told_at_the_cell(tmp_path: Path) -> None:
    path = tmp_path / "items.xlsx"
    late = replace(LICENCE, promised=replace(LICENCE.promised, amount=50))
    path.write_bytes(changed(dump_workbook([late, ENROLMENT]), {"申请材料!G3": 0}))
    examined = examine(path, departments=[WJJ])
    content = path.read_bytes()
    assert examine_workbook(content, file=path.name, departments=[WJJ]) == examined
    assert {fault.place for fault in examined.errors} == {
        Place("事项", "K2", "承诺时限"), Place("申请材料", "G3", "份数"),
    }  # fmt: skip
    for fault in examined.errors:
        assert fault.item == "公共场所卫生许可 (wjj-01)"
        assert fault.line.startswith(f"items.xlsx: {fault.place.sheet}!{fault.place.cell}: ")
    marked = opened(error_report(path.read_bytes(), examined.faults))
    assert "超过法定时限" in marked["事项"]["K2"].comment.text
    assert "份数至少为 1" in marked["申请材料"]["G3"].comment.text


def test_warnings_stop_nothing_and_come_after_the_errors(tmp_path: Path) -> None:
    path = tmp_path / "items.toml"
    path.write_bytes(dump_toml([replace(LICENCE, follows="wjj-99")]))
    examined = examine(path, departments=[WJJ])
    assert [fault.field for fault in examined.warnings] == ["follows"]
    assert (examined.errors, check_items(path, departments=[WJJ])) == ((), examined.items)
    path.write_bytes(dump_toml([replace(LICENCE, follows="wjj-99", responsible="")]))
    examined = examine(path)
    assert [fault.field for fault in examined.faults] == ["responsible", "follows"]
    with pytest.raises(FileFaultsError) as caught:
        check_items(path)
    assert len(caught.value.faults) == 1


def test_a_workbook_with_one_wrong_cell_gives_no_items_at_all(tmp_path: Path) -> None:
    path = tmp_path / "items.xlsx"
    path.write_bytes(changed(dump_workbook([LICENCE, ENROLMENT]), {"事项!F2": "x"}))
    for read in (load_items, check_items):
        with pytest.raises(
            FileFaultsError, match=r"items\.xlsx: 事项!F2: wjj-01: 办件类型: “x”不在可选项中"
        ):
            read(path)


def test_what_no_cell_can_hold_is_not_written() -> None:
    with pytest.raises(FileFaultsError, match="export as TOML or JSON"):
        dump_workbook([replace(LICENCE, aliases=("",))])


def test_a_workbook_that_is_missing_or_none_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(FileFaultsError, match="cannot be read: No such file"):
        load_items(tmp_path / "none.xlsx")
    (tmp_path / "text.xlsx").write_text("x")
    with pytest.raises(FileFaultsError, match=r"text\.xlsx: 不是 XLSX 工作簿"):
        load_items(tmp_path / "text.xlsx")


def test_a_node_at_rest_does_not_hold_the_spreadsheet_library() -> None:
    asked = (
        "import sys, cli.commands, node.app, node.catalogue.files; print('openpyxl' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "False"
