"""Which earlier paper may stand for one that is asked for now."""

from datetime import date

import pytest
from msgspec.structs import replace

from node.materials import model
from schemas.case_terms import MaterialGiven, Trust
from schemas.cases import CaseState
from schemas.ids import PartDigest
from schemas.items import MaterialNeed
from schemas.reasons import Reason
from tests.support.shared_papers import FORM, ID, PHOTO, TRADE

SCANNED = MaterialGiven(code="id", parts=(PartDigest("a" * 64),), trust=Trust.B)


@pytest.mark.parametrize(
    ("asked", "before"),
    [
        ("身份证", "申请人身份证"),
        ("居民身份证（复印件）", "身份证"),
        ("房屋租赁合同", "房屋租赁合同 复印件"),
        ("户口本", "户口簿"),
        ("营业执照（副本）", "营业执照"),
        ("ＡＢＣ证", "ABC证"),
    ],
)
def test_two_guides_may_mean_one_paper_by_other_names(asked: str, before: str) -> None:
    one, other = MaterialNeed(code="a", name=asked), MaterialNeed(code="b", name=before)
    assert model.is_same_paper(one, other)
    assert model.is_same_paper(other, one)


@pytest.mark.parametrize(
    ("asked", "before"),
    [
        ("身份证", "法定代表人身份证"),
        ("身份证（法定代表人）", "身份证"),
        ("夫妻双方身份证", "身份证"),
        ("营业执照", "卫生许可证"),
    ],
)
def test_papers_of_other_people_or_bodies_are_other_papers(asked: str, before: str) -> None:
    one, other = MaterialNeed(code="a", name=asked), MaterialNeed(code="b", name=before)
    assert not model.is_same_paper(one, other)


def test_two_issuers_make_two_papers_and_one_that_is_not_named_does_not() -> None:
    assert not model.is_same_paper(ID, replace(ID, issuer="公安局出入境"))
    assert model.is_same_paper(ID, replace(ID, issuer=""))


def test_his_own_word_and_what_is_wanted_on_paper_are_not_shared() -> None:
    assert [model.is_shareable(one) for one in (FORM, PHOTO, ID, TRADE)] == [
        False, False, True, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "paper",
    [
        replace(SCANNED, trust=Trust.C),
        replace(SCANNED, trust=None),
        replace(SCANNED, shared=True),
        replace(SCANNED, parts=(), originals=1),
    ],
    ids=["unverified", "from before", "itself taken over", "not scanned"],
)
def test_what_was_not_verified_with_a_scan_is_no_source(paper: MaterialGiven) -> None:
    assert model.level_of(ID, paper) is None


def test_a_level_that_no_window_can_give_is_not_believed() -> None:
    assert model.level_of(ID, SCANNED) is Trust.B
    assert model.level_of(ID, replace(SCANNED, trust=Trust.A)) is Trust.B
    assert model.level_of(FORM, SCANNED) is None


@pytest.mark.parametrize(
    ("state", "reason", "bad"),
    [
        (CaseState.CLOSED, None, False),
        (CaseState.CLOSED, Reason.CONDITIONS_NOT_MET, False),
        (CaseState.CLOSED, Reason.FALSE_STATEMENT, True),
        (CaseState.VOIDED, None, True),
        (CaseState.REVOKED, Reason.UNLAWFUL_DECISION, True),
    ],
)
def test_papers_of_a_case_that_ended_in_falsehood_are_not_relied_on(
    state: CaseState, reason: str | None, *, bad: bool
) -> None:
    assert model.is_discredited(state, reason) is bad


@pytest.mark.parametrize(
    ("verified", "today", "fresh"),
    [
        (date(2025, 11, 26), date(2026, 11, 26), True),
        (date(2025, 11, 25), date(2026, 11, 26), False),
        (date(2026, 11, 27), date(2026, 11, 26), False),  # by a clock that runs ahead
        (date(2024, 2, 29), date(2025, 2, 28), True),
        (date(2024, 2, 29), date(2025, 3, 1), False),
    ],
)
def test_a_verification_counts_until_the_corresponding_day(
    verified: date, today: date, *, fresh: bool
) -> None:
    assert model.is_fresh(verified, today, 12) is fresh


def test_a_day_that_another_node_made_up_is_not_relied_on() -> None:
    assert not model.is_fresh(date(9999, 12, 30), date(2026, 1, 1), 12)
