"""T1 to T9: which limits pass, when, and whose doing it is."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from node.supervision.model import Hit
from schemas.cases import Action
from schemas.ids import DepartmentId
from schemas.item_terms import LimitStart, StageKind
from schemas.items import Batch, Limit
from tests.support.casework import COUNTY, TOWN, VILLAGE, ZRZY
from tests.support.catalogue import LICENCE, WJJ
from tests.support.lives import PLAIN, Life, asked, ms, told

A = Action
Lived = Callable[[], Life]
INSTANT = replace(
    PLAIN, promised=Limit(amount=0), statutory=None, type_code="20",
    process=tuple(replace(stage, workdays=0) for stage in PLAIN.process),
)  # fmt: skip
SAME_DAYS = replace(PLAIN, promised=Limit(amount=2), statutory=Limit(amount=2))

MADE = replace(
    PLAIN,
    process=(*PLAIN.process, replace(PLAIN.process[-1], kind=StageKind.ISSUE, workdays=1)),
)  # fmt: skip
BATCHED = replace(
    PLAIN, promised=Limit(amount=20, start=LimitStart.BATCH_CLOSED), statutory=None,
    batches=(Batch(opens="2026-03-01", closes="2026-03-13"),),
)  # fmt: skip


def accepted(item: object = PLAIN) -> Life:
    life = Life() if item is PLAIN else Life(item=item)  # type: ignore[arg-type]
    return life.receive().do(A.ACCEPT, "03-02 11:00")


def dispatched() -> Life:
    return accepted().do(A.DISPATCH, "03-02 11:30")


def decided(day: str = "03-04 10:00") -> Life:
    return dispatched().do(A.REVIEW, "03-03 10:00").do(A.DECIDE, day)


def granted(reviewed: str = "03-03 10:00", decided: str = "03-03 10:10") -> Life:
    """Its licence is still to be made, within a workday of the decision."""
    life = Life(item=MADE).receive().path("03-02 10:10", A.ACCEPT, A.DISPATCH)
    return life.do(A.REVIEW, reviewed).do(A.DECIDE, decided)


def in_batch() -> Life:
    return Life(item=BATCHED).receive().path("03-02 10:10", A.ACCEPT, A.DISPATCH)


def suspended(started: str = "03-03 10:00") -> Life:
    return dispatched().do(A.SUSPEND, started, limit=Limit(amount=3))


def at_village() -> Life:
    return Life(item=LICENCE, origin=VILLAGE).receive()


# fmt: off
FOUND: tuple[tuple[str, str, Lived, tuple[tuple[str, str, str], ...]], ...] = (
    ("T1", "nobody says anything", lambda: Life().receive(),
     (("red", "03-09 24:00", "acceptance:2026-03-09"),)),
    ("T1", "accepted on the sixth workday", lambda: Life().receive().do(A.ACCEPT, "03-10 09:00"),
     (("red", "03-09 24:00", "acceptance:2026-03-09"),)),
    ("T1", "accepted late on the fifth", lambda: Life().receive().do(A.ACCEPT, "03-09 23:59"),
     ()),
    ("T1", "told what is missing in time",
     lambda: Life().receive().do(A.REQUEST_CORRECTION, "03-09 10:00"), ()),
    ("T1", "refused in time", lambda: Life().receive().do(A.REFUSE, "03-09 10:00"), ()),
    ("T1", "not looked at again after the papers came",
     lambda: Life().receive().do(A.REQUEST_CORRECTION, "03-09 10:00").do(A.CORRECT, "03-11 10:00"),
     (("red", "03-18 24:00", "acceptance:2026-03-18"),)),
    ("T1", "over a holiday", lambda: Life().receive("04-27 10:00"),
     (("red", "05-07 24:00", "acceptance:2026-05-07"),)),

    ("T2", "a fifth of five workdays is left", accepted,
     (("yellow", "03-05 24:00", "promised:2026-03-09"),)),
    ("T2", "decided the day before", decided, ()),
    ("T2", "at the desk at two in the afternoon", lambda: accepted(INSTANT),
     (("yellow", "03-02 14:00", "promised:2026-03-02"),)),
    ("T2", "begun in the afternoon", lambda: Life(item=INSTANT).receive("03-02 15:00").do(
        A.ACCEPT, "03-02 15:10"), ()),
    ("T2", "goes on within its last part",
     lambda: dispatched().do(A.SUSPEND, "03-09 09:00").do(A.RESUME, "03-10 15:00"),
     (("yellow", "03-05 24:00", "promised:2026-03-09"),
      ("yellow", "03-10 15:00", "promised:2026-03-10"))),
    ("T2", "stands still", suspended, ()),

    ("T3", "nobody decides", accepted, (("red", "03-09 24:00", "promised:2026-03-09"),)),
    ("T3", "decided on the last day", lambda: decided("03-09 23:59"), ()),
    ("T3", "decided a minute later", lambda: decided("03-10 00:01"),
     (("red", "03-09 24:00", "promised:2026-03-09"),)),
    ("T3", "stands still", suspended, ()),
    ("T3", "held up for four workdays",
     lambda: accepted().path("03-02 12:00", A.DISPATCH).do(A.SUSPEND, "03-06 10:00")
     .do(A.RESUME, "03-12 10:00"), (("red", "03-13 24:00", "promised:2026-03-13"),)),
    ("T3", "extended in time", lambda: dispatched().do(A.EXTEND, "03-09 10:00"),
     (("red", "03-23 24:00", "promised:2026-03-23"),)),
    ("T3", "extended too late", lambda: dispatched().do(A.EXTEND, "03-10 10:00"),
     (("red", "03-09 24:00", "promised:2026-03-09"),
      ("red", "03-23 24:00", "promised:2026-03-23"))),
    ("T3", "withdrawn", lambda: accepted().do(A.WITHDRAW, "03-09 10:00"), ()),
    ("T3", "dated back: not before anybody knew",
     lambda: Life().receive().do(A.ACCEPT, "03-20 10:00", accepted_at=ms("02-02 10:00")),
     (("red", "03-20 10:00", "promised:2026-02-09"),)),
    ("T3", "over New Year, whose calendar is not published",
     lambda: Life().receive("12-28 10:00").do(A.ACCEPT, "12-28 11:00"), ()),

    ("T4", "nobody decides", accepted, (("red", "03-30 24:00", "statutory:2026-03-30"),)),
    ("T4", "decided on the last day", lambda: decided("03-30 10:00"), ()),
    ("T4", "no statutory limit", lambda: accepted(INSTANT), ()),

    ("T5", "lies at the review while five days are promised", dispatched,
     (("yellow", "03-04 24:00", "stage:2:2026-03-04"),)),
    ("T5", "lies at acceptance", lambda: Life().receive(),
     (("yellow", "03-03 24:00", "stage:0:2026-03-03"),)),
    ("T5", "reviewed on the last day", lambda: decided().do(A.NOTIFY, "03-05 10:00"), ()),
    ("T5", "two stages late", lambda: dispatched().do(A.REVIEW, "03-05 10:00"),
     (("yellow", "03-04 24:00", "stage:2:2026-03-04"),)),
    ("T5", "the whole limit ends that day", lambda: accepted(SAME_DAYS).do(
        A.DISPATCH, "03-02 12:00"), ()),
    ("T5", "stands still", suspended, ()),
    ("T5", "the licence is not made on its day", granted,
     (("yellow", "03-04 24:00", "stage:4:2026-03-04"),)),
    ("T5", "the licence is made on its day", lambda: granted().do(A.CERTIFY, "03-04 17:00"), ()),
    ("T5", "the licence is not made when the promise, which was kept, would have ended",
     lambda: granted("03-04 10:00", "03-06 10:00"),
     (("yellow", "03-09 24:00", "stage:4:2026-03-09"),)),
    ("T5", "reviewed while the batch is open", lambda: in_batch().do(A.REVIEW, "03-12 10:00"),
     (("yellow", "03-17 24:00", "stage:3:2026-03-17"),)),
    ("T5", "the batch has closed", in_batch,
     (("yellow", "03-17 24:00", "stage:2:2026-03-17"),)),

    ("T6", "nobody hands it over", decided,
     (("red", "03-18 24:00", "delivery:2026-03-18"),)),
    ("T6", "told to fetch it", lambda: decided().do(A.NOTIFY, "03-18 10:00"), ()),
    ("T6", "handed over a day late", lambda: decided().do(A.DELIVER, "03-19 10:00"),
     (("red", "03-18 24:00", "delivery:2026-03-18"),)),

    ("T7", "not dispatched", accepted, (("yellow", "03-03 11:00", "dispatch:1"),)),
    ("T7", "not signed in", dispatched, (("yellow", "03-03 11:30", "sign_in:2"),)),
    ("T7", "signed in", lambda: dispatched().do(A.SIGN_IN, "03-03 11:29"), ()),
    ("T7", "reviewed at once", lambda: dispatched().do(A.REVIEW, "03-03 11:00"), ()),
    ("T7", "given to another desk", lambda: dispatched().do(A.REDISPATCH, "03-03 09:00"),
     (("yellow", "03-04 09:00", "sign_in:3"),)),
    ("T7", "dispatched on Friday afternoon", lambda: Life().receive("03-06 16:00").do(
        A.ACCEPT, "03-06 16:00"), (("yellow", "03-09 16:00", "dispatch:1"),)),

    ("T8", "the hearing goes on and on", suspended,
     (("yellow", "03-06 24:00", "3"), ("red", "03-13 24:00", "3:red"))),
    ("T8", "ends in its second week", lambda: suspended().do(A.RESUME, "03-10 10:00"),
     (("yellow", "03-06 24:00", "3"),)),
    ("T8", "ends in time", lambda: suspended().do(A.RESUME, "03-06 10:00"), ()),
    ("T8", "papers come meanwhile, and it goes on",
     lambda: suspended().do(A.SUPPLY, "03-05 10:00"),
     (("yellow", "03-06 24:00", "3"), ("red", "03-13 24:00", "3:red"))),

    ("T9", "the town does not send it up", at_village,
     (("red", "03-04 24:00", "stage:0:2026-03-04"),)),
    ("T9", "sent up on the last day", lambda: at_village().do(A.FORWARD, "03-04 17:00"), ()),
    ("T9", "what a county decides by itself", Life().receive, ()),
)
# fmt: on


@pytest.mark.parametrize(
    ("rule", "lived", "found"),
    [(rule, lived, found) for rule, _, lived, found in FOUND],
    ids=[f"{rule}: {name}" for rule, name, _, _ in FOUND],
)
def test_a_limit_that_passes_is_found_and_dated_by_its_end(
    rule: str, lived: Lived, found: tuple[tuple[str, str, str], ...]
) -> None:
    assert lived().found(rule) == found


def only(hits: tuple[Hit, ...]) -> Hit:
    (hit,) = hits
    return hit


def test_a_procedure_is_grave_by_no_day_of_a_year_whose_calendar_is_not_published() -> None:
    """Late on the second last day of a year that is published; gravely so in the next one."""
    unsure = Life().receive("2026-12-14 10:00").do(A.ACCEPT, "2026-12-14 10:01")
    unsure.do(A.DISPATCH, "2026-12-14 10:02")
    unsure.do(A.SUSPEND, "2026-12-21 10:00", limit=Limit(amount=7))
    assert unsure.found("T8") == (("yellow", "12-30 24:00", "3"),)
    sure = Life().receive("2025-12-15 10:00").do(A.ACCEPT, "2025-12-15 10:01")
    sure.do(A.DISPATCH, "2025-12-15 10:02")
    sure.do(A.SUSPEND, "2025-12-19 10:00", limit=Limit(amount=7))
    assert sure.found("T8") == (("yellow", "12-30 24:00", "3"), ("red", "01-07 24:00", "3:red"))


def test_who_has_the_case_at_that_moment_is_named() -> None:
    waiting = only(Life().receive().hits("T1"))
    assert (waiting.node, waiting.department, waiting.staff) == (COUNTY, None, None)
    lying = only(dispatched().hits("T3"))
    assert (lying.node, lying.department, lying.staff) == (COUNTY, WJJ, None)
    taken = only(dispatched().do(A.SIGN_IN, "03-03 09:00", by="li").hits("T3"))
    assert (taken.node, taken.department, taken.staff) == (COUNTY, WJJ, "li")
    moved = only(dispatched().do(A.REDISPATCH, "03-03 09:00").hits("T3"))
    assert moved.department == ZRZY
    assert only(at_village().hits("T9")).node == TOWN


def test_who_gets_a_case_when_its_limit_is_over_is_not_the_one_who_let_it_pass() -> None:
    """视为受理 counts from receipt: five workdays are over as the department gets the case."""
    straight = tuple(one for one in PLAIN.process if one.kind is not StageKind.DISPATCH)
    item = replace(PLAIN, process=straight)
    life = Life(item=item).receive().do(A.DEEM_ACCEPTED, "03-10 00:01")
    assert life.view.department == WJJ
    hit = only(life.hits("T3"))
    assert (told(hit.at), hit.mark) == ("03-10 00:01", "promised:2026-03-09")
    assert (hit.node, hit.department, hit.staff) == (COUNTY, None, None)
    silent = only(life.hits("T1"))
    assert (silent.node, silent.department, silent.staff) == (COUNTY, None, None)

    longer = Life(item=replace(item, promised=Limit(amount=6)))
    lying = only(longer.receive().do(A.DEEM_ACCEPTED, "03-10 00:01").hits("T3"))
    assert (told(lying.at), lying.department) == ("03-10 24:00", WJJ)

    back_dated = Life(item=item).receive()
    back_dated.do(A.ACCEPT, "03-20 10:00", accepted_at=ms("02-02 10:00"))
    assert only(back_dated.hits("T3")).department is None


def test_a_department_is_named_of_its_own_node_alone() -> None:
    life = dispatched()
    strange = replace(life.view, department=DepartmentId("wjj"), department_at=TOWN)
    life.happenings[-1] = replace(life.happenings[-1], after=strange)
    assert only(life.hits("T3")).department is None


def test_an_item_may_be_warned_of_earlier() -> None:
    dossier = accepted().dossier(yellow_workdays=3)

    assert told(only(asked("T2", dossier)).at) == "03-03 24:00"


UNSURE: tuple[tuple[str, tuple[Action, ...]], ...] = (
    ("T1", ()),
    ("T2", (A.ACCEPT,)),
    ("T3", (A.ACCEPT,)),
    ("T4", (A.ACCEPT,)),
    ("T5", (A.ACCEPT, A.DISPATCH)),
    ("T6", (A.ACCEPT, A.DISPATCH, A.REVIEW, A.DECIDE)),
    ("T7", (A.ACCEPT, A.DISPATCH)),
    ("T8", (A.ACCEPT, A.DISPATCH, A.SUSPEND)),
    ("P2", (A.ACCEPT, A.DISPATCH, A.SUSPEND)),
    ("P4", (A.ACCEPT, A.DISPATCH, A.EXTEND)),
    ("C1", (A.REFUSE,)),
)


@pytest.mark.parametrize(("rule", "steps"), UNSURE, ids=[rule for rule, _ in UNSURE])
def test_nobody_is_late_by_a_day_of_a_year_whose_calendar_is_not_published(
    rule: str, steps: tuple[Action, ...]
) -> None:
    """The same steps a year earlier, when the days were published, are found late."""
    unsure = Life().receive("2026-12-31 10:00")
    sure = Life().receive("2025-12-31 10:00")
    for number, step in enumerate(steps):
        unsure.do(step, f"2026-12-31 10:00:{number + 1:02}")
        sure.do(step, f"2025-12-31 10:00:{number + 1:02}")
    assert not unsure.hits(rule)
    assert sure.hits(rule)
