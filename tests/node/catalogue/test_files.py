"""A mistake in an item file is one sentence that names the file, the item and the field."""

from pathlib import Path

import pytest

from node.catalogue.files import FileFaultsError, check_items, load_departments, load_items
from tests.support.catalogue import WJJ

GOOD = """
[[items]]
code = "wjj-01"
name = "公共场所卫生许可"
aliases = ["卫生证"]
type_code = "01"
case_kind = "promised"
department = "wjj"
department_name = "卫生健康局"
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
        ("amount = 5", 'amount = "five"', "$.promised.amount"),
        ('"decide"', '"ponder"', "$.process[1].kind"),
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


def test_an_item_without_a_name_is_counted(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, GOOD.replace("name = ", "title = ", 1))
    assert "item 1" in fault


def test_a_code_given_twice_is_a_fault(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, GOOD + GOOD)
    assert "wjj-01" in fault


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
