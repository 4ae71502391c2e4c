"""What an intake asks for follows from the guide and the situation, and nothing goes beyond it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from node.cases import intake, requirements
from node.cases.caseview import CaseView
from node.cases.lawview import LawView
from node.errors import BadInputError, MaterialsMissingError
from schemas.case_terms import MaterialGiven
from schemas.cases import CaseState
from schemas.cases_api import AcceptCase
from schemas.ids import CaseNumber, NodeId, PartDigest, StreamName
from schemas.items import Answer, Item, Question
from tests.support.catalogue import LICENCE
from tests.support.shared_papers import BATHS

WHERE = Question(
    text="水从哪里来？",
    answers=(Answer(code="mains", text="自来水"), Answer(code="well", text="自备井",
                                                      materials=("water",))),
)  # fmt: skip
TWO: Item = replace(BATHS, situations=(*BATHS.situations, WHERE))
COUNTY = NodeId("610328")


def _faults(error: pytest.ExceptionInfo[BadInputError]) -> dict[str, str]:
    return dict(error.value.fields)


@pytest.mark.parametrize(
    ("situation", "fault"),
    [
        (("person", "mains"), {}),
        (("trader", "well"), {}),
        (("person",), {"situation": "missing"}),
        ((), {"situation": "missing"}),
        (("person", "trader", "well"), {"situation": "unknown"}),
        (("person", "well", "ghost"), {"situation": "unknown"}),
    ],
)
def test_each_question_has_one_answer(situation: tuple[str, ...], fault: dict[str, str]) -> None:
    assert intake.faults_in_situation(TWO, situation) == fault


def test_an_item_that_asks_nothing_takes_no_answers() -> None:
    assert intake.faults_in_situation(LICENCE, ()) == {}
    assert intake.faults_in_situation(LICENCE, ("person",)) == {"situation": "unknown"}


@given(st.sets(st.sampled_from(["person", "trader", "mains", "well", "ghost"])))
def test_a_paper_is_asked_for_always_or_with_its_answer(situation: set[str]) -> None:
    asked = intake.asked_for(TWO, situation)
    assert {"form", "id", "premises", "photo"} <= asked
    assert ("trade" in asked) is ("trader" in situation)
    assert ("water" in asked) is ("well" in situation)
    assert intake.required_at_receipt(TWO, situation) <= asked
    assert "water" not in intake.required_at_receipt(TWO, situation), "it may follow"


def test_what_goes_beyond_the_guide_is_neither_taken_nor_demanded() -> None:
    papers = [MaterialGiven(code=code, originals=1) for code in ("trade", "ghost", "form")]
    with pytest.raises(BadInputError) as taken:
        intake.require_given(TWO, ("person", "mains"), papers, frozenset())
    assert _faults(taken) == {"materials.trade": "not_asked", "materials.ghost": "unknown"}
    with pytest.raises(BadInputError) as demanded:
        intake.require_named(TWO, ("person", "mains"), ("form", "trade", "water"))
    assert _faults(demanded) == {"materials.trade": "not_asked", "materials.water": "not_asked"}
    with pytest.raises(BadInputError) as nothing:
        intake.require_named(TWO, ("person", "mains"), ())
    assert _faults(nothing) == {"materials": "missing"}


def test_all_that_is_missing_is_told_at_once() -> None:
    required = intake.required_at_receipt(TWO, ("trader", "well"))
    with pytest.raises(MaterialsMissingError) as error:
        intake.require_given(TWO, ("trader", "well"), [MaterialGiven(code="id")], required)
    assert [code for code, _ in error.value.missing] == ["form", "id", "premises", "trade"]


@pytest.mark.parametrize(
    ("situation", "code", "fault"),
    [
        (("person", "mains"), "water", "not_asked"),
        (("person", "well"), "form", "not_deferrable"),
        (("person", "well"), "ghost", "unknown"),
    ],
)
def test_only_a_paper_that_is_asked_for_and_may_follow_is_left_pending(
    situation: tuple[str, ...], code: str, fault: str
) -> None:
    view = CaseView(
        stream=StreamName("case/610328/a"), number=CaseNumber("n"), item=StreamName("item/x"),
        item_version=1, origin=COUNTY, place=COUNTY, stages=(), state=CaseState.RECEIVED,
        holder=COUNTY, seq=1, received_at=0, since=0, law=LawView(situation=situation),
    )  # fmt: skip
    form = AcceptCase(pending=(code,), promise=PartDigest("a" * 64))
    brought = {need.code for need in TWO.materials} - {"water"}
    day = date(2026, 11, 26)
    with pytest.raises(BadInputError) as error:
        requirements.pending_day(form, TWO, view, brought, today=day, due=day)
    assert _faults(error)[f"pending.{code}"] == fault
