"""What an event gets wrong by itself has no effect at any replica, whoever signed it."""

import dataclasses

import msgspec
import pytest
from msgspec.structs import replace

from node.cases import faults, guards, rulings
from node.cases.caseview import CaseView
from node.cases.facts import Fault, predates_law
from node.cases.kind import read_fact
from node.cases.rulings import Effect
from schemas.case_law import (
    CaseDeemedAccepted,
    CaseDeemedGranted,
    CaseExtended,
    CaseOpinionGiven,
    CaseRedispatched,
    CaseReopened,
    CaseResumed,
    CaseReturned,
    CaseRevoked,
    CaseSentBack,
    CaseSuspended,
    CaseTakenOver,
    CaseTerminated,
    CaseVoided,
)
from schemas.case_terms import Ground
from schemas.cases import (
    Action,
    CaseCorrectionRequested,
    CaseDecided,
    CaseEvent,
    CaseRefused,
    CaseWithdrawn,
    Outcome,
)
from schemas.events import Event
from schemas.ids import EventHash, KeyId, StaffId
from schemas.item_terms import SpecialKind
from schemas.items import Limit
from tests.support.laws import RICH, SPJ, ZRZY
from tests.support.steps import (
    CASE,
    COUNTY,
    GROUND,
    NOON,
    PART,
    REMEDIES,
    VILLAGE,
    applied,
    begun,
    fact_of,
    next_step,
    replaced,
    walk,
)

A, F = Action, Fault
DAY = 86_400_000
BLANK = Ground(law="行政许可法", article=" ")
RECEIVED = walk(begun(), A.FORWARD)
JOINT = walk(begun(RICH, expires_on="2026-12-31"), A.FORWARD, A.ACCEPT, A.DISPATCH)
TO_DECIDE = walk(JOINT, A.GIVE_OPINION, A.GIVE_OPINION, A.REVIEW)
CLOSED = walk(TO_DECIDE, A.DECIDE, A.CERTIFY, A.DELIVER, A.CLOSE)
CORRECTED = walk(RECEIVED, A.REQUEST_CORRECTION, A.CORRECT)
LAPSES = guards.lapses_at(JOINT) or 0

REFUSED = fact_of(A.REFUSE, RECEIVED)
DENIED = CaseDecided(
    outcome=Outcome.DENIED, decided_at=1, reason="conditions_not_met", ground=GROUND,
    remedies=REMEDIES,
)  # fmt: skip
SUSPENDED, EXTENDED = fact_of(A.SUSPEND, JOINT), fact_of(A.EXTEND, JOINT)
REVOKED = fact_of(A.REVOKE, CLOSED)
ASKED = CaseCorrectionRequested(reason="materials_missing", materials=("form",))
SOUND = (
    (RECEIVED, REFUSED), (TO_DECIDE, DENIED), (JOINT, SUSPENDED), (JOINT, EXTENDED),
    (CLOSED, REVOKED), (RECEIVED, ASKED),
)  # fmt: skip

assert isinstance(REFUSED, CaseRefused)
assert isinstance(SUSPENDED, CaseSuspended)
assert isinstance(EXTENDED, CaseExtended)
assert isinstance(REVOKED, CaseRevoked)

TABLE: tuple[tuple[CaseView, CaseEvent, Fault], ...] = (
    (RECEIVED, replace(REFUSED, reason=""), F.NO_REASON),
    (RECEIVED, replace(REFUSED, competent=""), F.NO_REASON),
    (RECEIVED, replace(REFUSED, ground=None), F.NO_GROUND),
    (RECEIVED, replace(REFUSED, ground=BLANK), F.NO_GROUND),
    (RECEIVED, replace(REFUSED, remedies=None), F.NO_REMEDIES),
    (TO_DECIDE, replace(DENIED, reason=None), F.NO_REASON),
    (TO_DECIDE, replace(DENIED, ground=None), F.NO_GROUND),
    (TO_DECIDE, replace(DENIED, remedies=None), F.NO_REMEDIES),
    (TO_DECIDE, replace(DENIED, outcome=Outcome.TERMINATED), F.WRONG_OUTCOME),
    (JOINT, replace(SUSPENDED, ground=BLANK), F.NO_GROUND),
    (JOINT, replace(SUSPENDED, limit=Limit(amount=0)), F.NO_LIMIT),
    (walk(JOINT, A.SUSPEND), CaseResumed(ended_at=1, result="lost"), F.NO_REASON),
    (JOINT, replace(EXTENDED, reason=""), F.NO_REASON),
    (JOINT, replace(EXTENDED, ground=BLANK), F.NO_GROUND),
    (JOINT, replace(EXTENDED, amount=0), F.NO_LIMIT),
    (JOINT, replace(EXTENDED, amount=16), F.NO_LIMIT),
    (walk(JOINT, A.EXTEND), EXTENDED, F.NOT_OPEN),
    (JOINT, CaseOpinionGiven(department=SPJ, agrees=True), F.NOT_ITS_DEPARTMENT),
    (CLOSED, replace(REVOKED, reason=""), F.NO_REASON),
    (CLOSED, replace(REVOKED, ground=BLANK), F.NO_GROUND),
    (CLOSED, CaseReopened(reason="", reopened_at=1, document="1"), F.NO_REASON),
    (CLOSED, CaseVoided(reason=""), F.NO_REASON),
    (RECEIVED, CaseTerminated(reason=""), F.NO_REASON),
    (RECEIVED, CaseWithdrawn(reason=""), F.NO_REASON),
    (JOINT, CaseSentBack(reason=""), F.NO_REASON),
    (JOINT, CaseRedispatched(department=ZRZY, reason=""), F.NO_REASON),
    (walk(JOINT, A.SIGN_IN), CaseTakenOver(reason=""), F.NO_REASON),
    (walk(RECEIVED, A.REQUEST_CORRECTION), CaseReturned(reason=""), F.NO_REASON),
    (CORRECTED, ASKED, F.SECOND_NOTICE),
    (CORRECTED, fact_of(A.DEEM_ACCEPTED, RECEIVED), F.NOT_OPEN),
    (walk(RECEIVED, A.TERMINATE, A.CLOSE), fact_of(A.REOPEN, CLOSED), F.NOT_OPEN),
    (walk(RECEIVED, A.WITHDRAW, A.CLOSE), REVOKED, F.NOT_OPEN),
    (CLOSED, fact_of(A.CHECK, CLOSED), F.NOT_OPEN),
)  # fmt: skip


def judged(view: CaseView, fact: CaseEvent, **changes: object) -> rulings.Ruling:
    return rulings.judge(view, next_step(view, fact, **changes), None)


@pytest.mark.parametrize(
    ("view", "fact", "fault"), TABLE,
    ids=[f"{type(fact).__name__}-{fault.value}-{at}" for at, (_, fact, fault) in enumerate(TABLE)],
)  # fmt: skip
def test_what_says_too_little_or_the_wrong_thing_has_no_effect(
    view: CaseView, fact: CaseEvent, fault: Fault
) -> None:
    ruling = judged(view, fact)
    assert (ruling.effect, ruling.fault) == (Effect.INERT, fault)


@pytest.mark.parametrize(("view", "fact"), SOUND, ids=lambda one: type(one).__name__)
def test_the_sound_event_beside_each_faulty_one_has_effect(view: CaseView, fact: CaseEvent) -> None:
    assert judged(view, fact) == rulings.EFFECTIVE


@pytest.mark.parametrize(
    ("fact", "at", "is_sound"),
    [
        (CaseDeemedAccepted(accepted_at=NOON, caused_at=NOON + 5 * DAY), NOON + 5 * DAY, True),
        (CaseDeemedAccepted(accepted_at=NOON, caused_at=NOON + 5 * DAY), NOON + 5 * DAY - 1, False),
        (CaseDeemedAccepted(accepted_at=NOON, caused_at=NOON + 5 * DAY - 1), NOON + 9 * DAY, False),
        (CaseDeemedAccepted(accepted_at=NOON + 1, caused_at=NOON + 5 * DAY), NOON + 9 * DAY, False),
    ],
    ids=["when it is up", "signed too early", "before five days", "another receipt"],
)
def test_silence_accepts_nothing_before_its_time(
    fact: CaseDeemedAccepted, at: int, *, is_sound: bool
) -> None:
    for view in (applied(), RECEIVED):
        ruling = judged(view, fact, at=at)
        assert ruling.fault is (None if is_sound else Fault.WRONG_INSTANT)


@pytest.mark.parametrize(
    ("caused_at", "at", "fault"),
    [
        (LAPSES, LAPSES, None),
        (LAPSES, LAPSES - 1, F.WRONG_INSTANT),
        (LAPSES - DAY, LAPSES, F.WRONG_INSTANT),
        (LAPSES + DAY, LAPSES + 2 * DAY, F.WRONG_INSTANT),
    ],
)
def test_silence_renews_a_licence_at_the_end_of_its_last_day_alone(
    caused_at: int, at: int, fault: Fault | None
) -> None:
    fact = CaseDeemedGranted(caused_at=caused_at, ground=GROUND)
    assert judged(JOINT, fact, at=at).fault is fault
    assert judged(JOINT, replace(fact, ground=BLANK), at=at).fault is F.NO_GROUND


@pytest.mark.parametrize(
    "expires_on",
    ["", "soon", "20261231", "2026-W53-4", "9999-12-31", "0001-01-01", "2026-11-20"],
    ids=["no renewal", "word", "no dashes", "week", "beyond", "before", "ended before receipt"],
)
def test_what_names_no_last_day_ahead_is_never_renewed_by_silence(expires_on: str) -> None:
    view = replace(JOINT, law=replace(JOINT.law, expires_on=expires_on))
    assert guards.lapses_at(view) is None
    fact = CaseDeemedGranted(caused_at=LAPSES, ground=GROUND)
    assert judged(view, fact, at=LAPSES).fault is F.NOT_OPEN


def test_papers_go_back_only_when_the_day_that_was_given_is_over() -> None:
    asked = walk(RECEIVED, A.REQUEST_CORRECTION)
    assert asked.law.correct_by == "2026-12-01"
    last = 1_796_140_799_999  # the last millisecond of 1 December in China
    for at, fault in ((last, F.WRONG_INSTANT), (last + 1, None)):
        assert judged(asked, fact_of(A.RETURN, asked), at=at).fault is fault
    openly = replace(asked, law=replace(asked.law, correct_by=""))
    assert judged(openly, fact_of(A.RETURN, asked), at=NOON + 2).fault is None


def test_only_the_holder_gives_back_what_is_pending() -> None:
    assert judged(JOINT, fact_of(A.RETURN, JOINT)).fault is F.NOT_OPEN
    waiting = replace(JOINT, law=replace(JOINT.law, pending=("map",), pending_by="2026-11-30"))
    after = next_step(waiting, fact_of(A.RETURN, waiting))
    assert rulings.judge(waiting, after, None).fault is None
    assert rulings.judge(waiting, replaced(after, node=VILLAGE), None).fault is F.NOT_ITS_STEP


def test_an_event_of_a_program_before_this_law_still_reads() -> None:
    old = {
        "case.received": b'{"kind":"case.received","number":"610328-20261123-A0001","item":"i",'
        b'"item_version":1,"place":"610328","received_at":1,"applicant":"%s","materials":[]}'
        % PART.encode(),
        "case.accepted": b'{"kind":"case.accepted","accepted_at":1}',
        "case.correction_requested": b'{"kind":"case.correction_requested","reason":"other",'
        b'"materials":["form"],"note":null}',
        "case.decided": b'{"kind":"case.decided","outcome":"granted","decided_at":1}',
        "case.delivered": b'{"kind":"case.delivered","delivered_at":1,"to":"agent"}',
        "case.refused": b'{"kind":"case.refused","reason":"other","note":null}',
    }
    for kind, said in old.items():
        event = replace(EVENT, kind=kind, data=msgspec.Raw(said))
        assert read_fact(event) is not None, kind
        asks_more = kind in ("case.refused", "case.decided", "case.correction_requested")
        assert predates_law(event) is asks_more, kind
    step = next_step(RECEIVED, ASKED)
    assert rulings.apply(RECEIVED, step, Effect.EFFECTIVE).law.correct_by == ""


def test_the_eight_procedures_of_the_law_are_named() -> None:
    assert len(faults.STATUTORY_PROCEDURES) == 8
    practice = {SpecialKind.SITE_SURVEY, SpecialKind.PUBLIC_DISPLAY, SpecialKind.CONSULTATION}
    assert not practice & faults.STATUTORY_PROCEDURES


@pytest.mark.parametrize(
    ("view", "fact"),
    [
        (RECEIVED, CaseRefused(reason="not_our_competence")),
        (TO_DECIDE, CaseDecided(outcome=Outcome.DENIED, decided_at=1, reason="other")),
        (CORRECTED, ASKED),
    ],
    ids=["refused", "denied", "asked again"],
)
def test_what_was_sound_when_it_was_signed_stays_so(view: CaseView, fact: CaseEvent) -> None:
    step = next_step(view, fact)
    assert rulings.judge(view, step, None).effect is Effect.INERT
    old = dataclasses.replace(step, is_old=True)
    assert rulings.judge(view, old, None) == rulings.EFFECTIVE
    assert isinstance(fact, CaseRefused | CaseDecided | CaseCorrectionRequested)
    unsaid = dataclasses.replace(old, data=replace(fact, reason=""))
    assert rulings.judge(view, unsaid, None).fault is F.NO_REASON
    said = msgspec.json.encode(fact)  # by this program
    assert not predates_law(replace(EVENT, kind=fact.__struct_config__.tag, data=msgspec.Raw(said)))


EVENT = Event(
    stream=CASE, seq=1, prev=EventHash(""), node=COUNTY, key=KeyId("k"), holder=COUNTY,
    actor=StaffId("a"), at=1, kind="", data=msgspec.Raw(b"{}"),
)  # fmt: skip
