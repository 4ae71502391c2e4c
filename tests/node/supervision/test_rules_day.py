"""Q2, D1, D2, A1 and O1: what a whole day tells that no single case does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from msgspec.structs import replace as changed

from node.supervision.model import DayBook, Decided, Looked, Manned, Rated, Received, Values
from node.supervision.rules import by_id
from schemas.cases import Action
from schemas.evaluation import EvaluationChannel, Grade
from schemas.ids import NodeId, StaffId, StreamName
from schemas.item_terms import CaseKind
from schemas.supervision import RuleId
from tests.support.casework import COUNTY, VILLAGE
from tests.support.catalogue import LICENCE, WJJ
from tests.support.laws import RICH, at_county
from tests.support.lives import PLAIN, PUBLISHED, Life, ms, short

A = Action
LI, WANG = StaffId("li"), StaffId("wang")
BOOK = DayBook(node=COUNTY, day=date(2026, 3, 3), calendar=lambda _: PUBLISHED)
Made = Callable[[], DayBook]


def case(number: int) -> StreamName:
    return StreamName(f"case/{COUNTY}/{number:016x}")


def found(rule: str, book: DayBook, values: Values | None = None) -> tuple[tuple[str, ...], ...]:
    one = by_id(RuleId(rule))
    assert one.of_day is not None
    return short(tuple(one.of_day(book, {**one.usual, **(values or {})})))


# ---- ratings


def rated(number: int, when: str, **changes: object) -> Rated:
    usual = Rated(
        note=StreamName(f"note/{COUNTY}/{number:016x}"), case=case(number), staff=LI, window="A1",
        department=WJJ, channel=EvaluationChannel.TABLET, grade=Grade.VERY_SATISFIED, at=ms(when),
        device="cafe0001", of_staff=False,
    )  # fmt: skip
    return replace(usual, **changes)  # type: ignore[arg-type]


def ratings(many: int, every_seconds: int, **changes: object) -> tuple[Rated, ...]:
    """So many ratings, the first at ten."""
    return tuple(
        rated(number, "03-03 10:00", at=ms("03-03 10:00") + number * every_seconds * 1000,
              **changes)
        for number in range(many)
    )  # fmt: skip


def book_of(*rated: Rated) -> DayBook:
    return replace(BOOK, rated=rated)


BY_OTHERS = {"staff": None}
# fmt: off
RATED: tuple[tuple[str, Made, tuple[tuple[str, str, str], ...]], ...] = (
    ("five best ratings from one device in a minute", lambda: book_of(
        *ratings(5, 15, **BY_OTHERS)), (("yellow", "03-03 10:01", "device:cafe0001"),)),
    ("four in that time", lambda: book_of(*ratings(5, 16, **BY_OTHERS)), ()),
    ("ten, told once", lambda: book_of(*ratings(10, 15, **BY_OTHERS)),
     (("yellow", "03-03 10:01", "device:cafe0001"),)),
    ("from as many devices", lambda: book_of(
        *(replace(one, device=f"cafe{n}") for n, one in enumerate(ratings(5, 15, **BY_OTHERS)))),
     ()),
    ("devices that nothing tells apart", lambda: book_of(
        *ratings(5, 15, **BY_OTHERS, device="")), ()),
    ("not the best", lambda: book_of(*ratings(5, 15, **BY_OTHERS, grade=Grade.SATISFIED)), ()),
    ("typed in after phone calls", lambda: book_of(
        *ratings(5, 1, channel=EvaluationChannel.PHONE, of_staff=True)), ()),
    ("from a device of staff", lambda: book_of(rated(1, "03-03 09:00", of_staff=True)),
     (("yellow", "03-03 09:00", f"staff:note/{COUNTY}/{1:016x}"),)),
    ("all of somebody's day within a minute", lambda: book_of(
        *(replace(one, device=f"cafe{n}") for n, one in enumerate(ratings(5, 15)))),
     (("yellow", "03-03 24:00", "burst:li"),)),
    ("but for one in the afternoon", lambda: book_of(
        *(replace(one, device=f"cafe{n}") for n, one in enumerate(ratings(5, 15))),
        rated(9, "03-03 15:00", device="cafe9")), ()),
)
# fmt: on


@pytest.mark.parametrize(
    ("made", "hits"), [(made, hits) for _, made, hits in RATED], ids=[one[0] for one in RATED]
)
def test_ratings_that_staff_may_have_given_are_found(
    made: Made, hits: tuple[tuple[str, str, str], ...]
) -> None:
    assert found("Q2", made()) == hits


# ---- queues and agents


def decided(passed: int) -> DayBook:
    one = Decided(
        case=case(1), item="wjj-01", staff=LI, department=WJJ, at=ms("03-03 11:00"), passed=passed
    )
    return replace(BOOK, decided=(one,))


def received(number: int, **changes: object) -> Received:
    at = ms("03-03 09:00") + number * 60_000
    usual = Received(
        case=case(number), item="wjj-01", staff=LI, received_at=at, entered_at=at, ended_at=None,
        agent="",
    )  # fmt: skip
    return replace(usual, **changes)  # type: ignore[arg-type]


def brought(*agents: str) -> DayBook:
    cases = (received(number, agent=agent) for number, agent in enumerate(agents))
    return replace(BOOK, received=tuple(cases))


def test_a_case_that_went_before_others_is_found() -> None:
    assert found("D1", decided(3)) == (("yellow", "03-03 11:00", f"passed:{case(1)}"),)
    assert found("D1", decided(2)) == ()
    assert found("D1", decided(2), {"passed_cases": 2})


def test_an_agent_who_brings_too_many_cases_to_one_clerk_is_found() -> None:
    assert found("D1", brought(*["a"] * 6)) == (("yellow", "03-03 09:05", "agent:li:a"),)
    assert found("D1", brought(*["a"] * 5)) == ()
    assert found("D1", brought(*["a"] * 4, *["b"] * 4)) == ()
    assert found("D1", brought(*[""] * 9)) == ()
    shared = brought(*["a"] * 6)
    half = tuple(
        replace(one, staff=WANG) if number % 2 else one
        for number, one in enumerate(shared.received)
    )
    assert found("D1", replace(shared, received=half)) == ()


# ---- people's data


def looked(*cases: int, own: bool = False) -> DayBook:
    looks = (
        Looked(case=case(one), staff=LI, at=ms("03-03 09:00") + number * 60_000, own=own)
        for number, one in enumerate(cases)
    )
    return replace(BOOK, looked=tuple(looks))


def test_looking_at_people_whose_cases_are_not_ones_own_is_found() -> None:
    assert found("D2", looked(1, 2, 3, 4, 5)) == (("red", "03-03 09:04", "looked:li"),)
    assert found("D2", looked(1, 1, 2, 3, 4, 4)) == ()
    assert found("D2", looked(1, 2, 3, 4, 5, own=True)) == ()
    rule = by_id(RuleId.D2)
    assert rule.of_day is not None
    (hit,) = rule.of_day(looked(1, 2, 3, 4, 5, 5, 6), rule.usual)
    assert (hit.staff, hit.values) == ("li", ("6", "2026-03-03"))


# ---- windows


POST = Manned(
    post="受理岗", window="A1", department=WJJ, a=LI, b=WANG, served=False,
    noted_at=ms("03-03 08:30"),
)  # fmt: skip


def test_a_window_without_a_and_b_is_found_on_workdays() -> None:
    assert found("A1", replace(BOOK, posts=(POST,))) == (("yellow", "03-03 08:30", "post:受理岗"),)
    assert found("A1", replace(BOOK, posts=(replace(POST, served=True),))) == ()
    sunday = replace(BOOK, posts=(POST,), day=date(2026, 3, 1))
    assert found("A1", sunday) == ()
    known_before = replace(POST, noted_at=ms("02-20 08:30"))
    assert found("A1", replace(BOOK, posts=(known_before,))) == (
        ("yellow", "03-02 24:00", "post:受理岗"),
    )
    unsure = replace(BOOK, posts=(POST,), day=date(2027, 3, 3))
    assert found("A1", unsure) == ()


# ---- the calendar


def test_a_year_that_begins_without_its_calendar_is_its_publishers_matter() -> None:
    new_year = replace(BOOK, day=date(2027, 1, 1), year_known=False)
    assert found("K1", new_year) == (("red", "12-31 24:00", "calendar:2027"),)
    assert found("K1", replace(new_year, node=NodeId("610328100"))) == ()
    assert found("K1", replace(new_year, year_known=True)) == ()


# ---- outside of the platform


def entered(many: int, **changes: object) -> DayBook:
    """So many cases of the day before, typed in and finished on this day."""
    cases = (
        received(
            number, **{"received_at": ms("03-02 09:00"), "ended_at": ms("03-03 16:00"), **changes}
        )
        for number in range(many)
    )
    return replace(BOOK, received=tuple(cases))


def test_many_cases_typed_in_and_finished_on_one_day_are_found() -> None:
    assert found("O1", entered(5)) == (("yellow", "03-03 16:00", "bulk:li"),)
    assert found("O1", entered(4)) == ()
    assert found("O1", entered(5, ended_at=ms("03-04 16:00"))) == ()
    assert found("O1", entered(5, ended_at=None)) == ()
    assert found("O1", entered(5, received_at=ms("03-03 08:30"))) == ()


def lived(minutes: int, item: object = PLAIN) -> Life:
    life = Life(item=item).receive().do(A.ACCEPT, "03-02 10:00:01")  # type: ignore[arg-type]
    return life.path(f"03-02 10:{minutes:02}", A.DISPATCH, A.REVIEW, A.DECIDE)


def from_village(decided: str) -> Life:
    """Received at eleven by a village whose clock is an hour fast."""
    life = Life(item=LICENCE, origin=VILLAGE).receive("03-02 11:00").do(A.FORWARD, "03-02 11:01")
    life.path("03-02 10:30", A.ACCEPT, A.DISPATCH, A.REVIEW)
    return life.do(A.DECIDE, decided)


def test_a_village_whose_clock_is_fast_makes_no_decision_look_hasty() -> None:
    assert from_village("03-02 10:55").found("O1") == ()
    assert from_village("03-02 10:31").found("O1") == (("yellow", "03-02 11:01", "5"),)


@pytest.mark.parametrize(
    ("life", "hits"),
    [
        (lived(1), (("yellow", "03-02 10:01", "4"),)),
        (lived(3), ()),
        (lived(1, changed(PLAIN, case_kind=CaseKind.INSTANT)), ()),
        (
            Life(item=at_county(RICH))
            .receive()
            .do(A.ACCEPT, "03-02 10:01", commitment=True)
            .do(A.DECIDE, "03-02 10:02"),
            (),
        ),
    ],
    ids=["within two minutes", "a little later", "done at one visit", "on a promise"],
)
def test_a_promised_case_that_took_only_minutes_is_found(
    life: Life, hits: tuple[tuple[str, str, str], ...]
) -> None:
    assert life.found("O1") == hits
