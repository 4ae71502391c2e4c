"""How far a paper may be relied on: one rule, and no window claims more than it allows."""

import pytest
from msgspec.structs import replace

from node.cases import trust
from schemas.case_terms import MaterialGiven, Trust
from schemas.ids import PartDigest
from schemas.item_terms import MaterialSource
from schemas.items import MaterialNeed
from tests.support.shared_papers import FORM, ID, PREMISES, WATER

SCAN, OTHER = PartDigest("a" * 64), PartDigest("b" * 64)
ORIGINAL = MaterialGiven(code="x", originals=1)
COPY = MaterialGiven(code="x", copies=1)
UPLOAD = MaterialGiven(code="x", parts=(SCAN,))


@pytest.mark.parametrize(
    ("need", "given", "level"),
    [
        (FORM, ORIGINAL, Trust.D),
        (FORM, UPLOAD, Trust.D),
        (ID, ORIGINAL, Trust.B),
        (ID, COPY, Trust.C),
        (ID, UPLOAD, Trust.C),
        (PREMISES, ORIGINAL, Trust.B),
        (PREMISES, UPLOAD, Trust.C),
        (WATER, UPLOAD, Trust.D),
        (WATER, ORIGINAL, Trust.B),
    ],
    ids=lambda one: getattr(one, "name", getattr(one, "value", None)),
)
def test_a_paper_of_which_nothing_is_said_has_the_level_of_the_rule(
    need: MaterialNeed, given: MaterialGiven, level: Trust
) -> None:
    done = trust.settled(need, given, {}, at_window=True)
    assert done is not None
    assert (done.trust, done.shared) == (level, False)


@pytest.mark.parametrize("given", [COPY, UPLOAD], ids=["copy", "upload"])
def test_a_window_that_compared_a_copy_with_the_original_says_so(given: MaterialGiven) -> None:
    done = trust.settled(ID, replace(given, trust=Trust.B), {}, at_window=True)
    assert done is not None
    assert done.trust is Trust.B


@pytest.mark.parametrize(
    ("need", "claimed", "at_window"),
    [
        (ID, Trust.A, True),
        (FORM, Trust.B, True),
        (FORM, Trust.C, True),
        (ID, Trust.B, False),
        (WATER, Trust.C, False),
    ],
)
def test_nobody_claims_more_than_the_rule_allows(
    need: MaterialNeed, claimed: Trust, *, at_window: bool
) -> None:
    claim = replace(ORIGINAL, parts=(SCAN,), trust=claimed)
    assert trust.settled(need, claim, {}, at_window=at_window) is None


def test_less_may_always_be_said() -> None:
    done = trust.settled(ID, replace(ORIGINAL, trust=Trust.C), {}, at_window=True)
    assert done is not None
    assert done.trust is Trust.C


def test_a_paper_taken_over_keeps_the_lowest_level_of_its_scans() -> None:
    given = MaterialGiven(code="id", parts=(SCAN, OTHER))
    done = trust.settled(ID, given, {SCAN: Trust.A, OTHER: Trust.B}, at_window=True)
    assert done is not None
    assert (done.trust, done.shared) == (Trust.B, True)


def test_a_scan_added_to_a_paper_taken_over_makes_it_a_new_one() -> None:
    given = MaterialGiven(code="id", parts=(SCAN, OTHER))
    done = trust.settled(ID, given, {SCAN: Trust.B}, at_window=True)
    assert done is not None
    assert (done.trust, done.shared) == (Trust.C, False)


def test_sharing_cannot_be_claimed() -> None:
    assert trust.settled(ID, replace(UPLOAD, shared=True), {}, at_window=True) is None


def test_what_was_not_brought_has_no_level() -> None:
    done = trust.settled(ID, MaterialGiven(code="id", trust=Trust.A, shared=True), {},
                         at_window=True)  # fmt: skip
    assert done == MaterialGiven(code="id")


@pytest.mark.parametrize(
    ("name", "his_own"),
    [
        ("公共场所卫生许可申请表", True),
        ("农村宅基地使用承诺书", True),
        ("个人声明（原件）", True),
        ("授权委托书", True),
        ("村民委员会书面意见", False),
        ("公司章程", False),
        ("房屋租赁合同", False),
    ],
)
def test_his_own_word_is_known_by_its_name(name: str, *, his_own: bool) -> None:
    assert trust.is_self_made(MaterialNeed(code="x", name=name)) is his_own


def test_what_an_authority_issues_is_never_his_own_word() -> None:
    need = MaterialNeed(code="x", name="房屋登记表", source=MaterialSource.GOVERNMENT, blank="网上")
    assert not trust.is_self_made(need)
