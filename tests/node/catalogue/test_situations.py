"""Situations as rows, one answer each: nothing is lost on the way there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from node.catalogue import page_guide, situations
from node.catalogue.differences import ChangeKind, compare
from node.catalogue.page_guide import Names
from node.catalogue.situations import SituationRow
from node.catalogue.workbook import UnwritableError, write_workbook
from node.web.wording import WORDS, Language
from schemas.items import Answer, Question
from tests.support.catalogue import LICENCE, SITUATIONS

ROWS = st.builds(
    SituationRow,
    text=st.sampled_from(("", "一", "二")),
    answers=st.builds(
        Answer,
        code=st.sampled_from(("", "a")),
        text=st.sampled_from(("", "甲")),
        materials=st.sampled_from(((), ("id",))),
    ),
)


@given(st.lists(ROWS, max_size=6).map(tuple))
def test_rows_that_are_grouped_come_back_as_rows(rows: tuple[SituationRow, ...]) -> None:
    assert situations.flat(situations.grouped(rows)) == rows


def test_sound_questions_come_back_as_they_were() -> None:
    assert situations.grouped(situations.flat(SITUATIONS)) == SITUATIONS
    unanswered = (Question(text="谁?", answers=()),)
    assert situations.grouped(situations.flat(unanswered)) == unanswered


def test_a_flaw_is_led_to_the_row_of_its_answer() -> None:
    for path, row in {
        "situations[1].answers[1].code": "situations[3].answers.code",
        "situations[1].answers": "situations[2].answers",
        "situations[1].text": "situations[2].text",
        "situations[1]": "situations[2]",
        "situations": "situations",
        "materials[1].code": "materials[1].code",
    }.items():
        assert situations.flat_path(SITUATIONS, path) == row


def test_one_changed_answer_is_one_difference() -> None:
    before = replace(LICENCE, situations=SITUATIONS)
    question = SITUATIONS[0]
    other = replace(question.answers[1], materials=("id", "form"))
    after = replace(
        LICENCE, situations=(replace(question, answers=(question.answers[0], other)), SITUATIONS[1])
    )
    (change,) = compare(before, after)
    assert change.kind is ChangeKind.CHANGED
    assert change.path == "situations[谁来申请?].answers[agent].materials"
    assert change.label == (
        "办理情形 · 答案“代理人” · 所需材料编号",
        "situations · answers “代理人” · asks for materials",
    )
    assert (change.old[0], change.new[0]) == ("id", "id；form")


@pytest.mark.parametrize(
    "asked",
    [
        (Question(text="谁?", answers=()),),
        (SITUATIONS[0], replace(SITUATIONS[1], text=SITUATIONS[0].text)),
    ],
    ids=["no answers", "one question twice"],
)
def test_questions_that_no_sheet_can_tell_apart_are_refused(asked: tuple[Question, ...]) -> None:
    with pytest.raises(UnwritableError, match=r"办理情形|答案编号"):
        write_workbook([replace(LICENCE, situations=asked)])


def test_the_guide_asks_first_and_says_of_each_paper_when_it_is_needed() -> None:
    item = replace(LICENCE, situations=SITUATIONS)
    names = Names(departments={}, place_of=str, item_of=str)
    shown = {one.id: one for one in page_guide.sections(WORDS[Language.ZH], item, names)}
    assert list(shown).index("situations") < list(shown).index("materials")
    asked, papers = shown["situations"].table, shown["materials"].table
    assert asked is not None
    assert papers is not None
    assert [tuple(cell.text for cell in row) for row in asked.rows] == [
        ("谁来申请?", "本人", "不用另带材料"),
        ("", "代理人", "“身份证”"),
        ("场所是谁的?", "自有", "不用另带材料"),
        ("", "租用", "不用另带材料"),
    ]
    notes = {row[0].text: row[0].notes for row in papers.rows}
    assert "只在“代理人”时要交" in notes["身份证"]
    assert not any("只在" in note for note in notes["申请表"])
    plain = {one.id for one in page_guide.sections(WORDS[Language.ZH], LICENCE, names)}
    assert "situations" not in plain
