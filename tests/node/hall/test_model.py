"""An intake asks for what its situation needs, and for nothing else."""

import msgspec
import pytest
from msgspec.structs import replace

from node.hall import model
from node.hall.model import Count, Draft, HeldScan, SharedPaper, Step
from schemas.case_terms import MaterialGiven, Trust
from schemas.ids import NodeId, PartDigest
from schemas.item_terms import MaterialForm
from schemas.parts import Person
from tests.support.catalogue import LICENCE
from tests.support.shared_papers import BATHS

COUNTY = NodeId("610328")
ZHANG = Person(kind="natural", name="张三", id_number="610328190001010013", phone="13812341234")
SCAN, OTHER = PartDigest("a" * 64), PartDigest("b" * 64)
EMPTY = Draft(item=BATHS.code, place=COUNTY)
PERSON = replace(EMPTY, situation=("person",), person=ZHANG)
SHARED = SharedPaper(
    code="id", digests=(SCAN, OTHER), trust=Trust.B, verified_at=1, number="n", item_name="x"
)
COUNTED = (Count(code="form", originals=1), Count(code="premises", copies=1, seen=True))


def test_the_matter_comes_first_where_the_item_asks_for_it() -> None:
    assert model.next_step(BATHS, EMPTY) is Step.SITUATION
    assert model.steps_of(BATHS)[0] is Step.SITUATION
    assert model.steps_of(LICENCE)[0] is Step.APPLICANT
    assert model.next_step(BATHS, replace(EMPTY, situation=("ghost",))) is Step.SITUATION


@pytest.mark.parametrize(
    ("situation", "codes"),
    [
        (("person",), ["form", "id", "premises", "water", "photo"]),
        (("trader",), ["form", "id", "premises", "trade", "water", "photo"]),
    ],
)
def test_only_the_papers_of_the_situation_are_asked(
    situation: tuple[str, ...], codes: list[str]
) -> None:
    draft = replace(EMPTY, situation=situation)
    assert [need.code for need in model.asked(BATHS, draft)] == codes


def test_what_may_follow_is_not_missing_and_is_told_of() -> None:
    assert [need.code for need in model.missing(BATHS, PERSON)] == ["form", "id", "premises"]
    assert [need.code for need in model.deferred(BATHS, PERSON)] == ["water"]
    full = replace(PERSON, counts=COUNTED, shared=(SHARED,))
    assert model.missing(BATHS, full) == ()
    assert model.next_step(BATHS, full) is Step.CHECK


def test_the_form_says_what_each_paper_is_and_what_it_was_compared_with() -> None:
    full = replace(PERSON, counts=COUNTED, shared=(SHARED,))
    form = model.form_of(BATHS, full, ZHANG, COUNTY)
    assert form.situation == ("person",)
    assert form.materials == (
        MaterialGiven(code="form", originals=1),
        MaterialGiven(code="id", parts=(SCAN, OTHER)),
        MaterialGiven(code="premises", copies=1, trust=Trust.B),
    )
    needs = {need.code: need for need in BATHS.materials}
    levels = {code: model.level_of(needs[code], full) for code in ("form", "id", "premises")}
    assert levels == {"form": Trust.D, "id": Trust.B, "premises": Trust.B}


def test_another_answer_lets_go_of_what_is_asked_no_more() -> None:
    scan = HeldScan(code="trade", digest=SCAN, name="x", bytes=1)
    trader = replace(PERSON, situation=("trader",), scans=(scan,), counts=(Count(code="trade"),))
    left = model.after_matter(BATHS, replace(trader, situation=("person",)))
    assert (left.scans, left.counts) == ((), ())
    assert model.after_matter(BATHS, trader) == trader


def test_all_papers_there_counts_one_of_each_form_that_is_required_and_uncounted() -> None:
    needs = tuple(
        replace(need, form=form)
        for need, form in zip(
            BATHS.materials, ("original", "copy", "both", *["copy"] * 9), strict=False
        )
    )
    item = replace(BATHS, materials=tuple(replace(n, form=MaterialForm(n.form)) for n in needs))
    counted = replace(PERSON, counts=(Count(code="form", originals=3), Count(code="id", seen=True)))
    full = model.all_there(item, counted)
    assert full.count("form") == Count(code="form", originals=3), "what was counted stays"
    assert full.count("id") == Count(code="id", originals=0, copies=1, seen=True)
    assert full.count("premises") == Count(code="premises", originals=1, copies=1)
    assert full.count("water") == Count(code="water"), "what may follow is not made up"
    assert model.missing(item, full) == ()


def test_a_renewal_needs_its_day_and_a_second_stage_its_first() -> None:
    renewal = replace(LICENCE, renewal=True)
    second = replace(LICENCE, follows="wjj-00")
    draft = Draft(item=LICENCE.code, place=COUNTY)
    assert model.faults_in_matter(renewal, draft) == {"expires_on": "missing"}
    late = replace(draft, expires_on="2026-02-30")
    assert model.faults_in_matter(renewal, late) == {"expires_on": "no_day"}
    assert not model.faults_in_matter(renewal, replace(draft, expires_on="2026-12-31"))
    assert model.faults_in_matter(second, draft) == {"follows": "no_first_stage"}
    form = model.form_of(second, replace(draft, follows="610328-1"), ZHANG, COUNTY)
    assert form.follows == "610328-1"


def test_a_draft_begun_by_an_older_version_is_read() -> None:
    old = {"item": "wjj-11", "place": "610328", "counts": [{"code": "id", "originals": 1}]}
    draft = msgspec.msgpack.decode(msgspec.msgpack.encode(old), type=Draft)
    assert draft.count("id").originals == 1
    assert not draft.situation
    assert not draft.shared
