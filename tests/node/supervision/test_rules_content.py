"""C1 to C3, F1 and F2: what decisions lack, which papers were asked for, and what was charged."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from schemas.case_terms import MaterialGiven
from schemas.cases import Action, CaseDecided, CaseRefused, Outcome
from schemas.cases_api import CaseNote
from schemas.ids import StreamName
from schemas.item_terms import FeeDue
from schemas.notices import NoticeKind
from tests.support.bureau import REMEDIES
from tests.support.casework import COUNTY
from tests.support.laws import FEE, RICH, at_county
from tests.support.lives import PLAIN, WHOLE, Life, ms
from tests.support.steps import GROUND, next_step

A = Action
Lived = Callable[[], Life]
EXTRA = (*WHOLE, MaterialGiven(code="photo", originals=1))
FORM = WHOLE[:1]
ONE_PAPER = replace(PLAIN, materials=PLAIN.materials[:1])
FEE_ITEM = replace(PLAIN, fees=(FEE,))
OPEN_FEE_ITEM = replace(PLAIN, fees=(replace(FEE, fen=None),))
EARLY_FEE = replace(at_county(RICH), fees=(replace(FEE, due=FeeDue.BEFORE_DECISION),))
DENIAL = CaseDecided(
    outcome=Outcome.DENIED, decided_at=ms("03-04 10:00"), reason="other", ground=GROUND,
    remedies=REMEDIES,
)  # fmt: skip
REFUSAL = CaseRefused(reason="other", ground=GROUND, remedies=REMEDIES)


def received(*papers: MaterialGiven, item: object = PLAIN) -> Life:
    return Life(item=item).receive(materials=papers or WHOLE)  # type: ignore[arg-type]


def reviewed(item: object = PLAIN) -> Life:
    return received(item=item).path("03-02 11:00", A.ACCEPT, A.DISPATCH, A.REVIEW)


def granted(item: object = PLAIN) -> Life:
    return reviewed(item).do(A.DECIDE, "03-04 10:00")


def certified(item: object) -> Life:
    rich = (*WHOLE, MaterialGiven(code="map", originals=1))
    life = received(*rich, item=item).path("03-02 11:00", A.ACCEPT, A.DISPATCH)
    life = life.path("03-03 11:00", A.GIVE_OPINION, A.GIVE_OPINION, A.REVIEW, A.DECIDE)
    return life.do(A.CERTIFY, "03-04 10:00")


def denied(**said: object) -> Life:
    return reviewed().write(replace(DENIAL, **said), "03-04 10:00", "approver")


def refused(**said: object) -> Life:
    return received().write(replace(REFUSAL, **said), "03-03 10:00", "clerk")


def refused_by_an_old_program() -> Life:
    life = received()
    step = next_step(life.view, CaseRefused(reason="other"), at=ms("03-03 10:00"))
    old = {name: getattr(step, name) for name in step.__dataclass_fields__} | {"is_old": True}
    life.append(type(step)(**old))
    return life.issue(NoticeKind.REFUSAL, "03-03 11:00")


def accepted_as_pending() -> Life:
    return received(*FORM).do(A.ACCEPT, "03-02 11:00", pending=("id",), pending_by="2026-03-06")


def paid(fen: int, code: str = "6103", item: object = FEE_ITEM) -> Life:
    return reviewed(item).do(A.SETTLE_FEE, "03-03 10:00", fen=fen, payment_code=code)


def fee_without_ground() -> Life:
    """As a program would write it that knows of a fee which the item does not have."""
    life = paid(1000)
    life.item = PLAIN
    return life


def with_note(life: Life, when: str = "03-03 10:00") -> Life:
    life.notes.append(
        CaseNote(
            stream=StreamName(f"note/{COUNTY}/aaaaaaaaaaaaaaaa"), kind="note.materials_supplied",
            node=COUNTY, at=ms(when), materials=("id",),
        )
    )  # fmt: skip
    return life


# fmt: off
FOUND: tuple[tuple[str, str, Lived, tuple[tuple[str, str, str], ...]], ...] = (
    ("C1", "refused without a ground", lambda: refused(ground=None),
     (("red", "03-03 10:00", "1"),)),
    ("C1", "refused without a reason", lambda: refused(reason=""), (("red", "03-03 10:00", "1"),)),
    ("C1", "denied without remedies", lambda: denied(remedies=None),
     (("red", "03-04 10:00", "4"),)),
    ("C1", "denied, and nothing in writing", denied, (("red", "03-09 24:00", "4:notice"),)),
    ("C1", "refused, and nothing in writing", refused, (("red", "03-06 24:00", "1:notice"),)),
    ("C1", "denied in writing", lambda: denied().issue(NoticeKind.DENIAL, "03-09 10:00"), ()),
    ("C1", "refused in writing", lambda: refused().issue(NoticeKind.REFUSAL, "03-03 11:00"), ()),
    ("C1", "refused by a program that had no field for grounds", refused_by_an_old_program,
     (("yellow", "03-03 10:00", "1"),)),
    ("C1", "granted", granted, ()),

    ("C2", "a paper taken that the guide does not list", lambda: received(*EXTRA),
     (("yellow", "03-02 10:00", "0"),)),
    ("C2", "such a paper asked for",
     lambda: received().do(A.REQUEST_CORRECTION, "03-03 10:00", materials=("form", "photo")),
     (("yellow", "03-03 10:00", "1"),)),
    ("C2", "papers of the guide alone",
     lambda: received().do(A.REQUEST_CORRECTION, "03-03 10:00").do(
         A.CORRECT, "03-04 10:00", materials=FORM), ()),

    ("C3", "accepted without a paper", lambda: received(*FORM).do(A.ACCEPT, "03-02 11:00"),
     (("yellow", "03-02 11:00", "1"),)),
    ("C3", "the paper was named, not handed in",
     lambda: received(*FORM, MaterialGiven(code="id")).do(A.ACCEPT, "03-02 11:00"),
     (("yellow", "03-02 11:00", "1"),)),
    ("C3", "accepted as pending", accepted_as_pending, ()),
    ("C3", "it came with the correction", lambda: received(*FORM).do(
        A.REQUEST_CORRECTION, "03-03 10:00").do(A.CORRECT, "03-04 10:00", materials=WHOLE).do(
        A.ACCEPT, "03-04 11:00"), ()),
    ("C3", "granted while it was pending",
     lambda: accepted_as_pending().path("03-03 11:00", A.DISPATCH, A.REVIEW, A.DECIDE),
     (("yellow", "03-03 11:00", "4"),)),
    ("C3", "the window had it, and said so in a note",
     lambda: with_note(accepted_as_pending().path("03-03 11:00", A.DISPATCH, A.REVIEW, A.DECIDE)),
     ()),
    ("C3", "it was brought the day after the grant", lambda: with_note(
        accepted_as_pending().path("03-03 11:00", A.DISPATCH, A.REVIEW, A.DECIDE), "03-04 10:00"),
     (("yellow", "03-03 11:00", "4"),)),
    ("C3", "on a promise", lambda: received(*FORM, item=at_county(RICH)).do(
        A.ACCEPT, "03-02 11:00", commitment=True), ()),

    ("F1", "an item without fees", fee_without_ground, (("red", "03-03 10:00", "4"),)),
    ("F1", "a fen above the standard", lambda: paid(1001), (("red", "03-03 10:00", "4"),)),
    ("F1", "without its code", lambda: paid(1000, ""), (("red", "03-03 10:00", "4"),)),
    ("F1", "as it should be", lambda: paid(1000), ()),
    ("F1", "waived", lambda: paid(0, ""), ()),
    ("F1", "where the standard is no fixed amount", lambda: paid(99_999, item=OPEN_FEE_ITEM), ()),

    ("F2", "handed over unpaid", lambda: granted(FEE_ITEM).do(A.DELIVER, "03-05 10:00"),
     (("yellow", "03-05 10:00", "5"),)),
    ("F2", "denied, so nothing is due", lambda: Life(item=FEE_ITEM).receive().path(
        "03-02 11:00", A.ACCEPT, A.DISPATCH, A.REVIEW).write(DENIAL, "03-04 10:00", "x").do(
        A.DELIVER, "03-05 10:00"), ()),
    ("F2", "paid first", lambda: paid(1000).path("03-04 10:00", A.DECIDE, A.DELIVER), ()),
    ("F2", "the licence made before the fee that is due at the window",
     lambda: certified(at_county(RICH)), ()),
    ("F2", "the licence made before a fee that was due earlier", lambda: certified(EARLY_FEE),
     (("yellow", "03-04 10:00", "7"),)),
)
# fmt: on


@pytest.mark.parametrize(
    ("rule", "lived", "found"),
    [(rule, lived, found) for rule, _, lived, found in FOUND],
    ids=[f"{rule}: {name}" for rule, name, _, _ in FOUND],
)
def test_what_a_case_lacks_or_has_too_much_is_found(
    rule: str, lived: Lived, found: tuple[tuple[str, str, str], ...]
) -> None:
    assert lived().found(rule) == found


def test_the_papers_are_named_as_the_guide_names_them() -> None:
    (hit,) = received(*FORM).do(A.ACCEPT, "03-02 11:00").hits("C3")
    assert hit.values == ("=accepted", "身份证")
    (beyond,) = received(*EXTRA).hits("C2")
    assert beyond.values == ("=taken_beyond", "photo")
