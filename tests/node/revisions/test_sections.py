"""Every field of an item can be edited: it is on one page, is typed, kept and shown again."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from node.catalogue import situations
from node.catalogue.columns import Kind, sheet_of
from node.revisions import entries, sections
from node.revisions.entries import Do, Press, Texts
from node.revisions.sections import MADE, SECTIONS, Section
from schemas.ids import NodeId
from schemas.item_terms import (
    ApplicantKind,
    BodyKind,
    CaseKind,
    Channel,
    FeeDue,
    HandlingSystem,
    LimitStart,
    LimitUnit,
    PowerSource,
    ResultKind,
    ServiceObject,
    SpecialKind,
)
from schemas.items import Answer, Batch, Faq, Fee, Item, Limit, Question, SpecialProcedure
from tests.support.catalogue import LICENCE, SITUATIONS

FULL = replace(
    LICENCE,
    case_kind=CaseKind.PROMISED,
    applicants=(ApplicantKind.NATURAL, ApplicantKind.LEGAL),
    promised=Limit(amount=3, unit=LimitUnit.DAY, start=LimitStart.RECEIVED, note="可延长"),
    statutory=Limit(amount=1, unit=LimitUnit.MONTH, start=LimitStart.ACCEPTED, note="法定"),
    decided_by=NodeId("6103"),
    body_kind=BodyKind.AUTHORISED,
    body_code="11610328016005183K",
    entrusted_to="市卫健委",
    power_source=PowerSource.HANDED_DOWN,
    supervisor="卫生监督所",
    partners=("市场监管局", "公安局"),
    service_objects=(ServiceObject.PERSON, ServiceObject.OTHER),
    channels=(Channel.WINDOW, Channel.COURIER),
    topics=("准营准办", "医疗卫生"),
    visits=0,
    in_person=True,
    quota="每年 3 家",
    exclusions=("变更法人", "补证"),
    fees=(
        Fee(name="证照费", standard="每件 80 元", fen=8005, law="收费条例", article="第二条",
            due=FeeDue.BEFORE_DECISION, reduction="低保户免"),
        Fee(name="检测费", standard="按次", law="收费条例"),
    ),
    special=(
        SpecialProcedure(kind=SpecialKind.HEARING, name="听证", law="许可法", article="第四十六条",
                         limit=Limit(amount=20, unit=LimitUnit.DAY), mandatory=True,
                         stops_statutory=False, stops_promised=False),
    ),
    batches=(Batch(opens="2026-03-01", closes="2026-03-31"),),
    commitment_check=Limit(amount=30, start=LimitStart.DECIDED),
    renewal=True,
    situations=SITUATIONS,
    commitment=True,
    result_kind=ResultKind.APPROVAL,
    result_sample="样本一",
    result_term="四年",
    couriered=True,
    address="一楼大厅\n二楼 3 号窗口",
    system=HandlingSystem.VERTICAL,
    faqs=(Faq(question="多久?", answer="三天\n最多"),),
    follows="wjj-00",
    predecessors=("wjj-08", "wjj-09"),
)  # fmt: skip


def _kept(section: Section, item: Item, typed: Texts) -> Item:
    found = entries.read(section, item, typed, Press())
    assert not found.faults
    assert found.item is not None
    return found.item


def _rewritten(item: Item) -> Item:
    """Begin anew and type every field of `item`, page by page."""
    made = entries.new_item("x", "y")
    for section in SECTIONS:
        for field in section.lists:
            for _ in situations.rows_of(item, field):
                added = entries.read(section, made, {}, Press(Do.ADD, field)).item
                assert added is not None
                made = added
        made = _kept(section, made, entries.shown(section, item))
    return made


def test_every_field_of_an_item_is_on_exactly_one_page() -> None:
    pages = [field for one in SECTIONS for field in (*one.fields, *one.lists)]
    assert sorted(pages) == sorted(set(Item.__struct_fields__) - MADE)


def test_the_full_item_differs_from_an_empty_one_in_every_field() -> None:
    blank = entries.new_item("x", "y")
    same = {name for name in Item.__struct_fields__ if getattr(blank, name) == getattr(FULL, name)}
    assert same <= MADE | {"case_kind", "type_code"}


def test_what_is_typed_into_every_field_is_kept_word_for_word() -> None:
    assert _rewritten(FULL) == replace(FULL, initials=())


@pytest.mark.parametrize("section", SECTIONS, ids=lambda one: one.key)
def test_a_form_sent_back_as_it_was_shown_changes_nothing(section: Section) -> None:
    odd = replace(FULL, conditions=("一  二 ", "三\n四"), name=" 名称 ")
    typed = {
        name: tuple(text.replace("\n", "\r\n").strip() for text in texts)
        for name, texts in entries.shown(section, odd).items()
    }
    assert _kept(section, odd, typed) == odd


@pytest.mark.parametrize("section", SECTIONS, ids=lambda one: one.key)
def test_a_form_that_lacks_a_field_leaves_it_as_it_was(section: Section) -> None:
    assert _kept(section, FULL, {}) == FULL


def _garbage() -> Iterator[tuple[Section, str, str]]:
    wrong = {Kind.WHOLE: "很多", Kind.MONEY: "八十块", Kind.DATE: "三月", Kind.CHOICE: "乱写"}
    for section in SECTIONS:
        for slot in entries.slots_of(section, FULL):
            if slot.column.kind in wrong:
                yield section, slot.name, wrong[slot.column.kind]


@pytest.mark.parametrize(
    ("section", "name", "text"), [pytest.param(*row, id=row[1]) for row in _garbage()]
)
def test_what_cannot_be_read_is_named_at_its_field_and_nothing_is_made(
    section: Section, name: str, text: str
) -> None:
    found = entries.read(section, FULL, {name: (text,)}, Press())
    assert found.item is None
    assert set(found.faults) == {name}
    assert all(found.faults[name])


def test_a_limit_that_the_law_does_not_set_is_left_empty_as_a_whole() -> None:
    section = sections.section_of("statutory")
    emptied = {"statutory.amount": ("",), "statutory.note": ("",)}
    assert _kept(section, FULL, emptied).statutory is None
    half = entries.read(section, FULL, {"statutory.amount": ("",)}, Press())
    assert set(half.faults) == {"statutory.amount"}, "its note still says something"
    none = replace(FULL, statutory=None)
    assert _kept(section, none, {"statutory.amount": ("20",)}).statutory == Limit(amount=20)


def test_rows_are_added_moved_and_removed() -> None:
    section = sections.section_of("process")
    first, second, *rest = FULL.process

    def pressed(do: Do, row: int = -1) -> Item:
        item = entries.read(section, FULL, {}, Press(do, "process", row)).item
        assert item is not None
        return item

    assert pressed(Do.DOWN, 0).process == (second, first, *rest)
    assert pressed(Do.UP, 1).process == (second, first, *rest)
    assert pressed(Do.DROP, 1).process == (first, *rest)
    assert len(pressed(Do.ADD).process) == len(FULL.process) + 1
    for do, row in ((Do.UP, 0), (Do.DOWN, len(FULL.process) - 1), (Do.DROP, 99), (Do.UP, -5)):
        assert pressed(do, row) == FULL


def test_each_answer_has_a_row_and_a_new_one_answers_the_question_above_it() -> None:
    section = sections.section_of("situations")
    first, second = FULL.situations

    def pressed(do: Do, row: int = -1) -> tuple[Question, ...]:
        item = entries.read(section, FULL, {}, Press(do, "situations", row)).item
        assert item is not None
        return item.situations

    assert pressed(Do.DROP, 3) == (first, replace(second, answers=second.answers[:1]))
    assert pressed(Do.DROP, 0) == (replace(first, answers=first.answers[1:]), second)
    blank = Answer(code="", text="")
    assert pressed(Do.ADD) == (first, replace(second, answers=(*second.answers, blank)))
    typed = {"situations[1].answers.materials": ("", "form", "id")}
    kept = entries.read(section, FULL, typed, Press()).item
    assert kept is not None
    assert kept.situations[0].answers[1].materials == ("form", "id")


def test_a_row_is_removed_even_if_what_stands_in_it_cannot_be_read() -> None:
    section = sections.section_of("fees")
    typed = {"fees[0].fen": ("八十",), "fees[1].name": ("检验费",)}
    item = entries.read(section, FULL, typed, Press(Do.DROP, "fees", 0)).item
    assert item is not None
    assert [fee.name for fee in item.fees] == ["检验费"]


def test_a_list_takes_no_more_rows_than_a_person_can_oversee() -> None:
    section = sections.section_of("faqs")
    many = replace(FULL, faqs=FULL.faqs * entries.MOST_ROWS)
    assert entries.read(section, many, {}, Press(Do.ADD, "faqs")).item == many


@pytest.mark.parametrize(
    ("sent", "press"),
    [
        ("drop:materials:2", Press(Do.DROP, "materials", 2)),
        ("on", Press(Do.ON)),
        ("", Press()),
        ("destroy:materials:1", Press()),
        ("up:materials:9999999999999", Press(Do.UP, "materials", -1)),
        ("up:materials:x", Press(Do.UP, "materials", -1)),
    ],
)
def test_a_button_says_what_it_does(sent: str, press: Press) -> None:
    assert entries.press_of(sent) == press


def test_the_columns_of_a_section_are_those_of_the_workbook() -> None:
    typed = {slot.column for one in SECTIONS for slot in entries.slots_of(one, FULL)}
    sheets = [sheet_of(field) for one in SECTIONS for field in one.lists]
    known = {column for sheet in sheets for column in sheet.columns} | set(sheet_of("").columns)
    assert {column.path for column in known - typed} == MADE


def test_faults_are_counted_in_the_section_where_they_are_mended() -> None:
    counts = sections.tally(["materials[2].copies", "promised", "name", "unheard_of"])
    assert {key: count for key, count in counts.items() if count} == {
        "basic": 2, "materials": 1, "limits": 1,
    }  # fmt: skip
