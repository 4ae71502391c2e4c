"""Two versions of an item are compared by what people know their rows by, not by position."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from node.catalogue.differences import Change, ChangeKind, compare, compare_catalogues
from node.catalogue.words import Words
from schemas.ids import DepartmentId, Level
from schemas.item_terms import LimitUnit, Mode
from schemas.items import Basis, Fee, Item, Limit, MaterialNeed, Tier
from tests.support.catalogue import ACCEPT, CHECK, DECIDE, DISPATCH, ENROLMENT, LICENCE, REVIEW
from tests.support.shapes import any_item

NONE = ("无", "none")
FORM, ID = LICENCE.materials
ASSISTING = Tier(level=Level.VILLAGE, mode=Mode.ASSIST)
PLAN = MaterialNeed(code="plan", name="平面图", copies=2)


def one(old: Item, new: Item) -> Change:
    (change,) = compare(old, new)
    return change


def test_the_same_item_has_no_changes() -> None:
    assert compare(LICENCE, replace(LICENCE)) == ()


@pytest.mark.parametrize(
    ("new", "kind", "path", "label", "old_words", "new_words"),
    [
        (
            replace(LICENCE, promised=Limit(amount=3)), ChangeKind.CHANGED, "promised",
            ("承诺时限", "promised limit"),
            ("5 个工作日 (自受理之日起)", "5 working days, from acceptance"),
            ("3 个工作日 (自受理之日起)", "3 working days, from acceptance"),
        ),
        (
            replace(LICENCE, statutory=None), ChangeKind.REMOVED, "statutory",
            ("法定时限", "statutory limit"),
            ("20 个工作日 (自受理之日起)", "20 working days, from acceptance"), NONE,
        ),
        (
            replace(LICENCE, quota="每村一处"), ChangeKind.ADDED, "quota", ("数量限制", "quota"),
            NONE, ("每村一处", "每村一处"),
        ),
        (
            replace(LICENCE, couriered=True), ChangeKind.CHANGED, "couriered",
            ("结果可快递", "result by courier"), ("否", "no"), ("是", "yes"),
        ),
        (
            replace(LICENCE, type_code="07"), ChangeKind.CHANGED, "type_code", ("事项类型", "type"),
            ("行政许可", "administrative licence"), ("行政确认", "confirmation"),
        ),
        (
            replace(LICENCE, aliases=LICENCE.aliases[1:]), ChangeKind.REMOVED, "aliases[卫生证]",
            ("别名", "aliases"), ("卫生证", "卫生证"), NONE,
        ),
        (
            replace(LICENCE, materials=(FORM, PLAN, ID)), ChangeKind.ADDED, "materials[plan]",
            ("申请材料“平面图”", "materials “平面图”"), NONE,
            (
                "材料编号 plan；材料名称 平面图；份数 2",
                "material code plan; material 平面图; copies 2",
            ),
        ),
        (
            replace(LICENCE, materials=(replace(FORM, copies=3), ID)), ChangeKind.CHANGED,
            "materials[form].copies", ("申请材料“申请表” · 份数", "materials “申请表” · copies"),
            ("1", "1"), ("3", "3"),
        ),
        (
            replace(LICENCE, materials=(ID, FORM)), ChangeKind.MOVED, "materials[id]",
            ("申请材料“身份证”", "materials “身份证”"), ("第 2 项", "no. 2"), ("第 1 项", "no. 1"),
        ),
        (
            replace(LICENCE, process=(CHECK, ACCEPT, DISPATCH, DECIDE)), ChangeKind.REMOVED,
            "process[审查]", ("办理环节“审查”", "process “审查”"),
            (
                "环节名称 审查；环节类型 审查；层级 县；责任部门编号 wjj；环节时限 (工作日) 2",
                "stage 审查; kind of stage review; tier county; department id wjj; working days 2",
            ),
            NONE,
        ),
        (
            replace(LICENCE, tiers=(ASSISTING, *LICENCE.tiers[1:])),
            ChangeKind.CHANGED, "tiers[village].mode",
            ("收件层级“村” · 办理方式", "tiers “village” · takes part by"),
            ("代办", "agency service"), ("协办", "assists"),
        ),
        (
            replace(LICENCE, fees=(Fee(name="工本费", standard="每本 8 元", fen=800, law="某法"),)),
            ChangeKind.ADDED, "fees[工本费]", ("收费“工本费”", "fees “工本费”"), NONE,
            (
                "收费项目 工本费；收费标准 每本 8 元；金额 (元) 8.00 元；收费依据 某法",
                "fee 工本费; standard 每本 8 元; amount (yuan) 8.00 yuan; law 某法",
            ),
        ),
    ],
)  # fmt: skip
def test_one_change_is_told_as_one(
    new: Item, kind: ChangeKind, path: str, label: Words, old_words: Words, new_words: Words
) -> None:
    assert one(LICENCE, new) == Change(kind, path, label, old_words, new_words)


def test_a_limit_says_its_unit_and_the_end_of_zero_days() -> None:
    change = one(LICENCE, replace(LICENCE, promised=Limit(amount=0)))
    assert change.new == ("当场办结", "on the spot")
    month = Limit(amount=1, unit=LimitUnit.MONTH, note="可延长")
    change = one(LICENCE, replace(LICENCE, statutory=month))
    assert change.new == ("1 个月 (自受理之日起) 可延长", "1 month, from acceptance 可延长")


def test_a_basis_is_known_by_law_and_article() -> None:
    other = Basis(law="公共场所卫生管理条例", article="第八条")
    found = compare(LICENCE, replace(LICENCE, basis=(other,)))
    assert [(change.kind, change.path) for change in found] == [
        (ChangeKind.REMOVED, "basis[公共场所卫生管理条例 第四条]"),
        (ChangeKind.ADDED, "basis[公共场所卫生管理条例 第八条]"),
    ]


def test_the_same_row_twice_is_one_row_more() -> None:
    change = one(LICENCE, replace(LICENCE, materials=(FORM, ID, ID)))
    assert (change.kind, change.path) == (ChangeKind.ADDED, "materials[id #2]")


def test_only_what_left_its_place_has_moved() -> None:
    moved = replace(LICENCE, process=(DECIDE, CHECK, ACCEPT, DISPATCH, REVIEW))
    assert one(LICENCE, moved).path == "process[决定]"


def test_a_new_item_shows_all_it_says_and_a_lost_one_all_it_said() -> None:
    added, removed = compare(None, ENROLMENT), compare(ENROLMENT, None)
    assert {change.kind for change in added} == {ChangeKind.ADDED}
    assert {change.kind for change in removed} == {ChangeKind.REMOVED}
    assert [change.path for change in added] == [change.path for change in removed]
    assert all(change.old == NONE != change.new for change in added)
    assert "name" in [change.path for change in added]
    assert "quota" not in [change.path for change in added], "it says nothing there"
    assert compare(None, None) == ()


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(any_item(), any_item())
def test_items_that_differ_have_a_change_and_its_mirror(old: Item, new: Item) -> None:
    there, back = compare(old, new), compare(new, old)
    assert (there == ()) == (back == ())
    assert there or _said(old) == _said(new)
    mirror = {ChangeKind.ADDED: ChangeKind.REMOVED, ChangeKind.REMOVED: ChangeKind.ADDED}
    still = [change for change in there if change.kind is not ChangeKind.MOVED]
    assert sorted(
        (mirror.get(change.kind, change.kind), change.path) for change in still
    ) == sorted(
        (change.kind, change.path) for change in back if change.kind is not ChangeKind.MOVED
    )
    for change in there:
        assert all((*change.label, *change.old, *change.new))


def _said(item: Item) -> bytes:
    """Give all that an item says; `None` and an empty text say the same."""
    return msgspec.json.encode(item).replace(b"null", b'""')


def test_nothing_said_in_two_ways_is_no_change() -> None:
    old = replace(LICENCE, process=(ACCEPT, replace(DECIDE, department=None)))
    new = replace(LICENCE, process=(ACCEPT, replace(DECIDE, department=DepartmentId(""))))
    assert compare(old, new) == compare(new, old) == ()


def test_catalogues_are_compared_by_code() -> None:
    other, gone = replace(LICENCE, code="wjj-02"), replace(LICENCE, code="wjj-03")
    found = compare_catalogues(
        [LICENCE, ENROLMENT, gone], [ENROLMENT, other, replace(LICENCE, quota="一处")]
    )
    assert (found.added, found.removed, found.unchanged) == ((other,), (gone,), ("ybj-01",))
    (changed,) = found.changed
    assert (changed.code, changed.name, len(changed.changes)) == ("wjj-01", LICENCE.name, 1)


def test_initials_that_a_program_made_are_no_difference() -> None:
    made = replace(LICENCE, initials=("ggcswsxk",))
    assert compare(LICENCE, made) == ()
    found = compare_catalogues((LICENCE,), (made,))
    assert (found.changed, found.unchanged) == ((), (LICENCE.code,))
