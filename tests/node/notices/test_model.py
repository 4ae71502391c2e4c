"""Which event calls for what, and how it is numbered."""

import pytest

from node.cases.facts import Fact
from node.notices import filling, model
from schemas.case_law import CaseDeemedAccepted, CaseDeemedGranted, CaseSignedIn
from schemas.cases import CaseAccepted
from schemas.item_terms import FeeDue
from schemas.notices import NoticeKind
from tests.support.catalogue import LICENCE
from tests.support.notices import (
    ACCEPTED,
    AT,
    CORRECTION,
    DENIED,
    FACTS,
    FEE,
    GRANTED,
    ITEM,
    LAW,
    RECEIVED,
    SUSPENDED,
    ground_of,
)

N = NoticeKind


@pytest.mark.parametrize(
    ("fact", "kinds"),
    [
        (RECEIVED, {N.RECEIPT: False}),
        (CORRECTION, {N.CORRECTION: True}),
        (ACCEPTED, {N.ACCEPTANCE: True}),
        (
            CaseAccepted(accepted_at=AT, pending=("id",), commitment=True),
            {N.ACCEPTANCE: True, N.PENDING: False, N.COMMITMENT: False},
        ),
        (CaseDeemedAccepted(accepted_at=AT, caused_at=AT), {N.ACCEPTANCE: True}),
        (SUSPENDED, {N.SPECIAL: True, N.HEARING: True}),
        (GRANTED, {N.GRANT: True, N.PAYMENT: False}),
        (DENIED, {N.DENIAL: True}),
        (CaseSignedIn(), {}),
        (None, {}),
    ],
)
def test_an_event_calls_for_its_notices(fact: Fact | None, kinds: dict[NoticeKind, bool]) -> None:
    calls = model.calls_of(fact, ITEM)
    assert {call.notice: call.required for call in calls} == kinds
    assert all("行政许可法" in call.law for call in calls if call.required)


def test_every_kind_is_called_for_by_its_event_and_every_row_is_reached() -> None:
    for kind, fact in FACTS.items():
        assert kind in {call.notice for call in model.calls_of(fact, ITEM)}, kind
    assert {row.call.notice for row in model.CALLS} == set(NoticeKind)


def test_a_fee_is_asked_for_only_where_and_when_the_item_says() -> None:
    assert N.PAYMENT not in {call.notice for call in model.calls_of(GRANTED, LICENCE)}
    assert N.PAYMENT not in {call.notice for call in model.calls_of(GRANTED, None)}
    assert N.PAYMENT not in {call.notice for call in model.calls_of(DENIED, ITEM)}
    assert model.fees_due(ITEM, FeeDue.BEFORE_ISSUE) == (FEE,)
    silent = CaseDeemedGranted(caused_at=AT, ground=LAW)  # what time grants is paid for as well
    assert N.PAYMENT in {call.notice for call in model.calls_of(silent, ITEM)}
    paid = filling.facts_of(ground_of(N.PAYMENT, silent)).words["fee"]
    assert paid == "人民币 80.00 元"
    assert not model.fees_due(ITEM, FeeDue.BEFORE_ACCEPTANCE)


@pytest.mark.parametrize(
    ("life", "serial", "number"),
    [
        ("A", 1, "千行审受〔2026〕第0001号"),
        ("A", 12345, "千行审受〔2026〕第12345号"),
        ("B", 1, "千行审受〔2026〕第B0001号"),
        ("ZA", 7, "千行审受〔2026〕第ZA0007号"),
    ],
)
def test_a_number_says_word_series_year_and_serial(life: str, serial: int, number: str) -> None:
    assert model.number("千行审", N.ACCEPTANCE, 2026, life, serial) == number


def test_no_two_kinds_share_a_series() -> None:
    assert model.SERIES.keys() == set(NoticeKind)
    assert len(set(model.SERIES.values())) == len(model.SERIES)


@pytest.mark.parametrize(
    ("place", "word"),
    [
        ("千阳县", "千阳县政"),
        ("千阳县政务服务中心", "千阳县政"),
        ("东关村 (社区)", "东关村社区政"),
        ("长" * 40, "长" * 15 + "政"),
        ("", "政"),
    ],
)
def test_a_node_without_a_word_of_its_own_has_one_of_its_name(place: str, word: str) -> None:
    assert model.default_word(place) == word


def test_a_code_is_read_as_people_type_it() -> None:
    assert model.normal_code(" ABCD efgh-ijkl MNOP ") == "abcdefghijklmnop"
    assert model.is_code("abcdefghijklmnop")
    assert not model.is_code("abcdefghijklmno1")
    assert not model.is_code("../../etc/passwd")
    assert model.spaced_code("abcdefghijklmnop") == "abcd efgh ijkl mnop"
