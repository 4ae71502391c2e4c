"""P1 to P7: steps left out or turned round, clocks stopped, dates put back."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.case_law import CaseSuspended
from schemas.case_terms import Ground, PaperReceipt
from schemas.cases import Action, CaseCorrectionRequested, CaseDecided, Outcome
from schemas.cases_api import CaseFinding
from schemas.clocks import ClockKind
from schemas.ids import NodeId
from schemas.item_terms import CaseKind, SpecialKind
from schemas.items import Limit
from schemas.notices import NoticeKind
from tests.support.bureau import REMEDIES
from tests.support.casework import COUNTY, VILLAGE
from tests.support.catalogue import LICENCE
from tests.support.laws import HEARD
from tests.support.lives import PLAIN, Life, ms

A = Action
Lived = Callable[[], Life]
SERVICE = replace(PLAIN, type_code="20")
SERVED = replace(SERVICE, case_kind=CaseKind.INSTANT)
GROUND = Ground(law="行政许可法", article="第四十五条")
BARE = CaseSuspended(
    procedure=SpecialKind.HEARING, name="听证", ground=Ground(law="", article=""),
    limit=Limit(amount=20), started_at=ms("03-03 10:00"), stops_statutory=True, stops_promised=True,
)  # fmt: skip


def dispatched(item: object = PLAIN) -> Life:
    return Life(item=item).receive().path("03-02 11:00", A.ACCEPT, A.DISPATCH)  # type: ignore[arg-type]


def reviewed() -> Life:
    return dispatched().do(A.REVIEW, "03-03 10:00")


def at_village(delivered: str) -> Life:
    """Taken and handed over at a village, decided at the county at ten on the fourth."""
    life = Life(item=LICENCE, origin=VILLAGE).receive().do(A.FORWARD, "03-02 10:30")
    life.path("03-02 11:00", A.ACCEPT, A.DISPATCH).do(A.REVIEW, "03-03 10:00")
    return life.do(A.DECIDE, "03-04 10:00").do(A.DELIVER, delivered)


def suspended(when: str = "03-03 10:00", **said: Any) -> Life:  # noqa: ANN401  # what an event says
    return dispatched().do(A.SUSPEND, when, **said)


def extended(when: str = "03-06 10:00", **said: Any) -> Life:  # noqa: ANN401  # what an event says
    return dispatched().do(A.EXTEND, when, **said)


def corrected() -> Life:
    return Life().receive().do(A.REQUEST_CORRECTION, "03-03 10:00").do(A.CORRECT, "03-04 10:00")


def asked_again(again: str = "new_circumstance") -> Life:
    return corrected().do(A.REQUEST_CORRECTION, "03-05 10:00", again=again)


def accepted_and_decided(accepter: str, decider: str, item: object = PLAIN) -> Life:
    life = Life(item=item).receive().do(A.ACCEPT, "03-02 11:00", by=accepter)  # type: ignore[arg-type]
    life = life.path("03-02 12:00", A.DISPATCH, A.REVIEW)
    return life.do(A.DECIDE, "03-03 10:00", by=decider)


def heard() -> Life:
    life = Life(item=HEARD).receive().path("03-02 11:00", A.ACCEPT, A.DISPATCH)
    return life.path("03-03 10:00", A.GIVE_OPINION, A.GIVE_OPINION, A.REVIEW)


ASKED = CaseCorrectionRequested(reason="materials_missing", materials=("form",))

# fmt: off
FOUND: tuple[tuple[str, str, Lived, tuple[tuple[str, str, str], ...]], ...] = (
    ("P1", "decided before it was accepted", lambda: Life().receive().do(A.DECIDE, "03-02 10:30"),
     (("red", "03-02 10:30", "1"),)),
    ("P1", "the review left out", lambda: dispatched().do(A.DECIDE, "03-03 10:00"),
     (("red", "03-03 10:00", "3"),)),
    ("P1", "by a node whose turn it is not",
     lambda: Life(item=LICENCE, origin=VILLAGE).receive().write(
         CaseDecided(outcome=Outcome.GRANTED, decided_at=1), "03-03 10:00", "x", node=COUNTY),
     (("red", "03-03 10:00", "1"),)),
    ("P1", "dated before its acceptance",
     lambda: reviewed().do(A.DECIDE, "03-04 10:00", decided_at=ms("03-01 10:00")),
     (("red", "03-04 10:00", "4"),)),
    ("P1", "handed over before it was decided, it says",
     lambda: reviewed().do(A.DECIDE, "03-04 10:00").do(
         A.DELIVER, "03-05 10:00", delivered_at=ms("03-03 10:00")),
     (("red", "03-05 10:00", "5"),)),
    ("P1", "at the county by a clock that was put right by ten minutes",
     lambda: reviewed().do(A.DECIDE, "03-04 10:00").do(
         A.DELIVER, "03-04 09:50", delivered_at=ms("03-04 09:50")), ()),
    ("P1", "at the county by an hour",
     lambda: reviewed().do(A.DECIDE, "03-04 10:00").do(
         A.DELIVER, "03-04 10:10", delivered_at=ms("03-04 09:00")),
     (("red", "03-04 10:10", "5"),)),
    ("P1", "by a village whose clock is six minutes slow", lambda: at_village("03-04 09:54"), ()),
    ("P1", "by a village, two days before it was decided", lambda: at_village("03-02 09:00"),
     (("red", "03-04 10:00", "6"),)),
    ("P1", "granted without a hearing that must be", lambda: heard().do(A.DECIDE, "03-04 10:00"),
     (("red", "03-04 10:00", "6"),)),
    ("P1", "denied without it", lambda: heard().write(
        CaseDecided(outcome=Outcome.DENIED, decided_at=ms("03-04 10:00"), reason="other",
                    ground=GROUND, remedies=REMEDIES), "03-04 10:00", "x"), ()),
    ("P1", "one step after the other",
     lambda: reviewed().path("03-04 10:00", A.DECIDE, A.NOTIFY, A.DELIVER, A.CLOSE), ()),
    ("P1", "a correction after acceptance is told by P3",
     lambda: dispatched().write(ASKED, "03-03 10:00", "x"), ()),

    ("P2", "nobody told the applicant in writing", suspended,
     (("red", "03-06 24:00", "3:notice"),)),
    ("P2", "told in time", lambda: suspended().issue(NoticeKind.SPECIAL, "03-06 17:00"), ()),
    ("P2", "told a day late", lambda: suspended().issue(NoticeKind.SPECIAL, "03-07 09:00"),
     (("red", "03-06 24:00", "3:notice"),)),
    ("P2", "told of another step", lambda: suspended().issue(NoticeKind.SPECIAL, "03-03 11:00", 2),
     (("red", "03-06 24:00", "3:notice"),)),
    ("P2", "over before it was to be told", lambda: suspended().do(A.RESUME, "03-06 10:00"), ()),
    ("P2", "no ground", lambda: dispatched().write(BARE, "03-03 10:00", "x"),
     (("red", "03-03 10:00", "3"),)),
    ("P2", "a procedure that stops nothing by law",
     lambda: suspended(procedure=SpecialKind.CONSULTATION).issue(NoticeKind.SPECIAL, "03-03 11:00"),
     (("red", "03-03 10:00", "3"),)),
    ("P2", "the same, where only the promise waits",
     lambda: suspended(procedure=SpecialKind.CONSULTATION, stops_statutory=False)
     .issue(NoticeKind.SPECIAL, "03-03 11:00"), ()),

    ("P3", "asked again", asked_again, (("yellow", "03-05 10:00", "3"),)),
    ("P3", "asked again without saying why", lambda: asked_again(""),
     (("yellow", "03-05 10:00", "3"),)),
    ("P3", "asked once", corrected, ()),
    ("P3", "asked after acceptance", lambda: dispatched().write(ASKED, "03-03 10:00", "x"),
     (("red", "03-03 10:00", "3"),)),

    ("P4", "after the last day", lambda: extended("03-31 10:00").issue(
        NoticeKind.EXTENSION, "03-31 11:00"), (("red", "03-31 10:00", "3"),)),
    ("P4", "in time, and told", lambda: extended().issue(NoticeKind.EXTENSION, "03-09 10:00"), ()),
    ("P4", "in time, and not told", extended, (("red", "03-11 24:00", "3:notice"),)),
    ("P4", "by nobody", lambda: extended(by="system").issue(NoticeKind.EXTENSION, "03-06 11:00"),
     (("red", "03-06 10:00", "3"),)),
    ("P4", "by more than ten days",
     lambda: extended(amount=15).issue(NoticeKind.EXTENSION, "03-06 11:00"),
     (("red", "03-06 10:00", "3"),)),
    ("P4", "a second time", lambda: extended().issue(NoticeKind.EXTENSION, "03-06 11:00").do(
        A.EXTEND, "03-09 10:00"), (("red", "03-09 10:00", "4"),)),

    ("P5", "the decision dated back",
     lambda: reviewed().do(A.DECIDE, "03-04 10:00", decided_at=ms("03-04 09:00")),
     (("yellow", "03-04 10:00", "4"),)),
    ("P5", "by less than half an hour",
     lambda: reviewed().do(A.DECIDE, "03-04 10:00", decided_at=ms("03-04 09:31")), ()),
    ("P5", "received two days before, it says",
     lambda: Life().receive(received_at=ms("02-28 10:00")), (("yellow", "03-02 10:00", "0"),)),
    ("P5", "the same, from a numbered paper form", lambda: Life().receive(
        received_at=ms("02-28 10:00"),
        paper=PaperReceipt(number="A-001", captured_at=ms("02-28 10:00"), why="no_power")), ()),
    ("P5", "a clock that is two hours fast all along", lambda: Life().receive(
        received_at=ms("03-02 08:00")).do(
            A.ACCEPT, "03-02 11:00", accepted_at=ms("03-02 09:00")).path("03-02 11:30", A.DISPATCH),
     ()),
    ("P5", "accepted as of the day on which the last paper came",
     lambda: corrected().do(A.ACCEPT, "03-06 10:00", accepted_at=ms("03-04 10:00")), ()),
    ("P5", "deemed accepted as of the receipt",
     lambda: Life().receive().do(A.DEEM_ACCEPTED, "03-10 00:01"), ()),

    ("P6", "one person accepts and decides", lambda: accepted_and_decided("li", "li"),
     (("red", "03-03 10:00", "4"),)),
    ("P6", "a service is no licence", lambda: accepted_and_decided("li", "li", SERVICE),
     (("yellow", "03-03 10:00", "4"),)),
    ("P6", "done at one visit", lambda: accepted_and_decided("li", "li", SERVED), ()),
    ("P6", "two people", lambda: accepted_and_decided("li", "wang"), ()),
    ("P6", "nobody accepted it: time did", lambda: accepted_and_decided("system", "system"), ()),

    ("P7", "twice", lambda: suspended().do(A.RESUME, "03-05 10:00").do(A.SUSPEND, "03-06 10:00"),
     (("yellow", "03-06 10:00", "5"),)),
    ("P7", "once", suspended, ()),
    ("P7", "on the last day", lambda: suspended("03-09 17:00"),
     (("yellow", "03-09 17:00", "3:due"),)),
)
# fmt: on


@pytest.mark.parametrize(
    ("rule", "lived", "found"),
    [(rule, lived, found) for rule, _, lived, found in FOUND],
    ids=[f"{rule}: {name}" for rule, name, _, _ in FOUND],
)
def test_a_step_that_is_not_as_it_should_be_is_found(
    rule: str, lived: Lived, found: tuple[tuple[str, str, str], ...]
) -> None:
    assert lived().found(rule) == found


def test_work_out_of_office_hours_is_looked_at_where_that_is_wanted() -> None:
    at_night = reviewed().do(A.DECIDE, "03-04 21:00")
    assert at_night.found("P5") == ()
    assert at_night.found("P5", {"office_hours": 1}) == (("yellow", "03-04 21:00", "4:hours"),)
    on_sunday = Life().receive().do(A.ACCEPT, "03-08 10:00")
    assert on_sunday.found("P5", {"office_hours": 1}) == (("yellow", "03-08 10:00", "1:hours"),)
    assert reviewed().do(A.DECIDE, "03-04 09:00").found("P5", {"office_hours": 1}) == ()


@pytest.mark.parametrize(("year", "is_found"), [(2025, True), (2026, False)])
def test_no_step_is_out_of_hours_or_on_a_last_day_that_is_not_certain(
    *, year: int, is_found: bool
) -> None:
    """Of the year behind 2026 nobody knows the days yet."""
    life = Life().receive(f"{year}-12-31 10:00").do(A.ACCEPT, f"{year}-12-31 10:01")
    life.do(A.DISPATCH, f"{year}-12-31 10:02")
    promised = life.happenings[-1].timer(ClockKind.PROMISED)
    assert promised is not None
    held_up, decided = deepcopy(life), life
    held_up.do(A.SUSPEND, f"{promised.due} 10:00")
    assert bool(held_up.found("P7")) is is_found
    decided.do(A.REVIEW, f"{year + 1}-01-02 10:00").do(A.DECIDE, f"{year + 1}-01-02 10:01")
    assert bool(decided.found("P5", {"office_hours": 1})) is is_found


def test_a_note_about_the_case_is_not_taken_for_an_event_of_it() -> None:
    """Both count from the first number on, and either may be without effect."""
    life = dispatched().write(BARE, "03-03 10:00", "x")
    noted = CaseFinding(
        seq=life.view.seq, event="", kind="note.withdrawal_asked", node=COUNTY, fault="not_open",
        at=ms("03-03 11:00"),
    )  # fmt: skip
    life.faults.append(noted)
    assert [hit.values for hit in life.hits("P2")] == [("听证", "=stop_without_ground")]
    assert life.found("P1") == ()


def test_who_did_it_is_named() -> None:
    (hit,) = accepted_and_decided("li", "li").hits("P6")
    assert (hit.node, hit.department, hit.staff) == (NodeId("610328"), "wjj", "li")
    (inert,) = Life().receive().do(A.DECIDE, "03-02 10:30", by="wang").hits("P1")
    assert (inert.node, inert.staff) == (COUNTY, "wang")
    (nobody,) = extended(by="system").issue(NoticeKind.EXTENSION, "03-06 11:00").hits("P4")
    assert nobody.staff is None
