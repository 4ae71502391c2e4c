"""The table of bad ratings, complaints and questions: random lives, hostile events, clocks."""

from datetime import date, datetime, time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.calendar.model import Calendar, year_of
from node.clock import CHINA, to_ms
from node.evaluation import redress_kind as kind
from node.evaluation import redress_limits as limits
from node.evaluation import redress_model as model
from node.evaluation import redress_posts as posts
from node.evaluation.redress_model import ACCUSED, STEPS, Known
from node.evaluation.redress_posts import Official
from schemas.calendar import YearSource
from schemas.evaluation import Grade
from schemas.events import Event
from schemas.ids import NO_HASH, DepartmentId, KeyId, NodeId, PartDigest, StaffId, StreamName
from schemas.redress import (
    Complexity,
    RedressAct,
    RedressAnswered,
    RedressAppealDecided,
    RedressAppealed,
    RedressCalledBack,
    RedressClosed,
    RedressEvent,
    RedressExtended,
    RedressFinding,
    RedressKind,
    RedressOpened,
    RedressSource,
    RedressState,
    RedressVerified,
)
from schemas.staff import Role

CITY, COUNTY = NodeId("6103"), NodeId("610328")
TOWN, VILLAGE = NodeId("610328100"), NodeId("610328100201")
STREAM = StreamName(f"redress/{VILLAGE}/aaaaaaaaaaaaaaaa")
PART = PartDigest("a" * 64)
WJJ = DepartmentId("wjj")
KEY = KeyId("0" * 16)


def at(day: str) -> int:
    return to_ms(datetime.combine(date.fromisoformat(day), time(10), CHINA))


MONDAY = at("2026-11-02")
OPENED = RedressOpened(
    number="诉〔2026〕1号", redress=RedressKind.COMPLAINT, source=RedressSource.WINDOW,
    subject=COUNTY, department=WJJ, opened_at=MONDAY, verify_by="2026-11-16", text=PART,
)  # fmt: skip
RATED = msgspec.structs.replace(
    OPENED, redress=RedressKind.BAD_RATING, source=RedressSource.EVALUATION, text=None,
    evaluation=StreamName(f"note/{VILLAGE}/aaaaaaaaaaaaaaaa"), grade=Grade.DISSATISFIED,
)  # fmt: skip
FACTS: dict[RedressAct, RedressEvent] = {
    RedressAct.VERIFY: RedressVerified(
        finding=RedressFinding.TRUE, complexity=Complexity.SIMPLE, answer_by="2026-11-16"
    ),
    RedressAct.EXTEND: RedressExtended(answer_by="2026-11-20", reason="inquiry"),
    RedressAct.ANSWER: RedressAnswered(answer=PART),
    RedressAct.CALL_BACK: RedressCalledBack(reached=True),
    RedressAct.APPEAL: RedressAppealed(ground="mistaken", note=PART),
    RedressAct.DECIDE_APPEAL: RedressAppealDecided(set_aside=False, due="2026-11-18", note=PART),
    RedressAct.CLOSE: RedressClosed(),
}


def event(fact: RedressEvent, node: NodeId, holder: NodeId, **changes: object) -> Event:
    usual = Event(
        stream=STREAM, seq=1, prev=NO_HASH, kind=str(fact.__struct_config__.tag), at=MONDAY,
        node=node, key=KEY, actor=StaffId("somebody"), holder=holder,
        data=msgspec.Raw(msgspec.json.encode(fact)),
    )  # fmt: skip
    return msgspec.structs.replace(usual, **changes)


def begun(fact: RedressOpened = OPENED) -> Known:
    first = event(fact, VILLAGE, fact.subject)
    assert model.is_sound(None, first, fact)
    return model.begin(first, fact)


def due_event(known: Known, act: RedressAct) -> Event:
    """The event that the right node would write, by a hand of its own for each act."""
    author = known.judge if act is RedressAct.DECIDE_APPEAL else known.view.subject
    holder = known.judge if act is RedressAct.APPEAL else known.view.subject
    return event(FACTS[act], author, holder, actor=StaffId(act))


def done(known: Known, *acts: RedressAct) -> Known:
    for act in acts:
        found = due_event(known, act)
        assert model.is_sound(known, found, FACTS[act]), (known.view.state, act)
        known = model.apply(known, found, FACTS[act])
    return known


@given(
    st.sampled_from([OPENED, RATED, msgspec.structs.replace(OPENED, department=None)]),
    st.lists(st.sampled_from(list(RedressAct)), max_size=14),
)
def test_whatever_is_tried_only_the_table_moves_it_and_it_ends_once(
    first: RedressOpened, tried: list[RedressAct]
) -> None:
    known = begun(first)
    extended = appealed = 0
    for act in tried:
        found, before = due_event(known, act), known.view
        step = STEPS.get((before.state, act))
        if not model.is_sound(known, found, FACTS[act]):
            assert not model.is_open(known, act) or act is RedressAct.EXTEND
            continue
        assert step is not None
        assert before.redress in step.of
        known = model.apply(known, found, FACTS[act])
        extended += act is RedressAct.EXTEND
        appealed += act is RedressAct.APPEAL
        back = act is RedressAct.DECIDE_APPEAL
        assert known.view.state is (known.stood if back else step.after)
        holds = known.judge if known.view.state is RedressState.APPEALED else known.view.subject
        assert known.view.holder == holds
        assert (known.view.closed_at is not None) == (known.view.state is RedressState.CLOSED)
    assert max(extended, appealed) <= 1
    if known.view.state is RedressState.CLOSED:
        assert not [act for act in RedressAct if model.is_open(known, act)], "over is over"


@given(st.sampled_from([OPENED, RATED]), st.lists(st.sampled_from(list(RedressAct)), max_size=8))
def test_every_matter_can_still_end(first: RedressOpened, tried: list[RedressAct]) -> None:
    known = begun(first)
    for act in tried:
        found = due_event(known, act)
        if model.is_sound(known, found, FACTS[act]):
            known = model.apply(known, found, FACTS[act])
    way = {
        RedressState.OPENED: RedressAct.VERIFY, RedressState.VERIFIED: RedressAct.ANSWER,
        RedressState.APPEALED: RedressAct.DECIDE_APPEAL, RedressState.ANSWERED: RedressAct.CLOSE,
    }  # fmt: skip
    for _ in range(5):
        if known.view.state is RedressState.CLOSED:
            return
        known = done(known, way[known.view.state])
    raise AssertionError(known.view.state)


HOSTILE: dict[str, tuple[tuple[RedressAct, ...], RedressEvent, dict[str, object]]] = {
    "answered by the village that took it": (
        (RedressAct.VERIFY,), FACTS[RedressAct.ANSWER], {"node": VILLAGE},
    ),
    "answered by another department's town": (
        (RedressAct.VERIFY,), FACTS[RedressAct.ANSWER], {"node": TOWN},
    ),
    "answered before it is verified": ((), FACTS[RedressAct.ANSWER], {}),
    "passed to somebody who need not answer": (
        (), FACTS[RedressAct.VERIFY], {"holder": TOWN},
    ),
    "an appeal decided by nobody's judge": (
        (RedressAct.APPEAL,), FACTS[RedressAct.DECIDE_APPEAL], {"node": CITY},
    ),
    "an appeal on no ground": ((), RedressAppealed(ground="because"), {}),
    "an appeal after the answer": (
        (RedressAct.VERIFY, RedressAct.ANSWER), FACTS[RedressAct.APPEAL], {},
    ),
    "called back by who answered": (
        (RedressAct.VERIFY, RedressAct.ANSWER), FACTS[RedressAct.CALL_BACK], {"actor": "answer"},
    ),
    "called back by whom it is about": (
        (RedressAct.VERIFY, RedressAct.ANSWER), FACTS[RedressAct.CALL_BACK], {"actor": "accused"},
    ),
    "a grade of somebody not reached": (
        (RedressAct.VERIFY, RedressAct.ANSWER),
        RedressCalledBack(reached=False, grade=Grade.SATISFIED), {},
    ),
    "extended when its day has passed": (
        (RedressAct.VERIFY,), FACTS[RedressAct.EXTEND], {"at": at("2026-11-17")},
    ),
    "extended to an earlier day": (
        (RedressAct.VERIFY,), RedressExtended(answer_by="2026-11-05", reason="inquiry"), {},
    ),
    "extended to no day": (
        (RedressAct.VERIFY,), RedressExtended(answer_by="someday", reason="inquiry"), {},
    ),
    "verified until no day": (
        (), RedressVerified(
            finding=RedressFinding.TRUE, complexity=Complexity.SIMPLE, answer_by="9999-99-99"
        ), {},
    ),
    "closed though he waits to be called": (
        (RedressAct.VERIFY, RedressAct.ANSWER), FACTS[RedressAct.CLOSE], {},
    ),
    "opened once more": ((), OPENED, {"node": VILLAGE}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_may_not_be_is_inert(name: str) -> None:
    acts, fact, changes = HOSTILE[name]
    accused = msgspec.structs.replace(OPENED, named=True, staff=StaffId("accused"))
    known = done(begun(accused), *acts)
    judged = (act for act in model.ACT_OF.items() if act[0] is type(fact))
    act = next((act for _, act in judged), RedressAct.VERIFY)
    usual = due_event(known, act)
    data = msgspec.Raw(msgspec.json.encode(fact))
    found = msgspec.structs.replace(usual, data=data, **changes)
    assert not model.is_sound(known, found, fact)


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": VILLAGE},
        {"verify_by": "soon"},
        {"number": ""},
        {"number": "诉" * 50},
        {"redress": RedressKind.BAD_RATING},
        {"source": RedressSource.EVALUATION},
        {"evaluation": RATED.evaluation},
    ],
    ids=str,
)
def test_what_begins_badly_is_inert(changes: dict[str, object]) -> None:
    fact = msgspec.structs.replace(OPENED, **changes)
    assert not model.is_sound(None, event(fact, VILLAGE, fact.subject), fact)


def test_it_is_begun_held_by_who_answers() -> None:
    assert not model.is_sound(None, event(OPENED, VILLAGE, VILLAGE), OPENED)
    assert model.is_sound(None, event(RATED, VILLAGE, COUNTY), RATED)
    assert not model.is_sound(None, event(RATED, TOWN, COUNTY), RATED), "of its own rating alone"
    good = msgspec.structs.replace(RATED, grade=Grade.SATISFIED)
    assert not model.is_sound(None, event(good, VILLAGE, COUNTY), good)


@pytest.mark.parametrize("data", [b"{}", b'{"text": 5}', b'{"number": "x", "subject": "12"}'])
def test_what_cannot_be_read_is_left_to_newer_versions(data: bytes) -> None:
    strange = event(OPENED, VILLAGE, COUNTY, data=msgspec.Raw(data))
    assert kind.read_fact(strange) is None
    unread = kind.read_fact(event(OPENED, VILLAGE, COUNTY, kind="redress.sung"))
    assert unread is None


def test_a_part_must_have_the_form_of_one() -> None:
    bent = msgspec.structs.replace(OPENED, text=PartDigest("../../etc"))
    assert kind.read_fact(event(bent, VILLAGE, COUNTY)) is None


# ---- who may


def test_a_village_is_answered_for_by_its_town_and_a_town_is_judged_above() -> None:
    assert [model.answering(one) for one in (VILLAGE, TOWN, COUNTY, CITY)] == [
        TOWN, TOWN, COUNTY, CITY,
    ]  # fmt: skip
    assert model.judge_of(COUNTY, WJJ) == COUNTY
    assert model.judge_of(COUNTY, None) == CITY
    assert model.judge_of(TOWN, None) == COUNTY
    assert model.judge_of(CITY, None) == CITY


@given(st.sampled_from(list(Role)), st.sampled_from([OPENED, RATED]))
def test_nobody_answers_or_judges_what_is_about_himself(role: Role, first: RedressOpened) -> None:
    accused = begun(msgspec.structs.replace(first, staff=StaffId("x")))
    himself = Official(StaffId("x"), frozenset({role}), WJJ)
    for known in (accused, done(accused, RedressAct.APPEAL)):
        assert posts.open_acts(known, COUNTY, himself) == ()
        assert not posts.may_see(known, COUNTY, himself)


def test_leaders_look_and_do_nothing() -> None:
    leader = Official(StaffId("fan"), frozenset({Role.LEADER}))
    for acts in ((), (RedressAct.APPEAL,), (RedressAct.VERIFY, RedressAct.ANSWER)):
        known = done(begun(), *acts)
        assert posts.may_see(known, COUNTY, leader)
        assert posts.open_acts(known, COUNTY, leader) == ()


# ---- days

WEEKDAYS = Calendar(
    lambda number: year_of(number, YearSource.PACKAGE, lambda day: day.isoweekday() <= 5)
)


def ruled(first_rule_year: int, *, holidays: tuple[date, ...] = ()) -> Calendar:
    """Weekdays are worked; from a year on that is only a rule."""

    def find(number: int) -> object:
        source = YearSource.RULE if number >= first_rule_year else YearSource.PACKAGE
        return year_of(number, source, lambda day: day.isoweekday() <= 5 and day not in holidays)

    return Calendar(find)  # type: ignore[arg-type]


def test_the_tenth_day_is_included() -> None:
    last = limits.verify_by(RedressKind.COMPLAINT, date(2026, 11, 2), WEEKDAYS)
    assert last == date(2026, 11, 16)
    view = limits.reckoned(begun().view, WEEKDAYS)
    assert not limits.is_late(view, date(2026, 11, 16))
    assert limits.is_late(view, date(2026, 11, 17))


def test_nobody_is_late_by_a_calendar_that_is_not_published() -> None:
    opened = msgspec.structs.replace(OPENED, opened_at=at("2026-12-28"), verify_by="2027-01-11")
    known = begun(opened)
    view = msgspec.structs.replace(known.view, opened_at=at("2026-12-28"))
    unsure = limits.reckoned(view, ruled(2027))
    assert unsure.unsure
    assert not limits.is_late(unsure, date(2027, 6, 1))
    holidays = (date(2027, 1, 1), date(2027, 1, 4))
    sure = limits.reckoned(view, ruled(2030, holidays=holidays))
    assert sure.due == "2027-01-13", "a holiday declared since moves the day to a later one"
    assert not limits.is_late(sure, date(2027, 1, 13))
    assert limits.is_late(sure, date(2027, 1, 14))


def test_an_appeal_gives_back_the_days_that_were_left_and_one_at_least() -> None:
    monday, friday = date(2026, 11, 2), date(2026, 11, 6)
    assert limits.given_back("2026-11-04", monday, friday, WEEKDAYS) == "2026-11-10"
    assert limits.given_back("2026-11-02", monday, friday, WEEKDAYS) == "2026-11-09"
    assert limits.given_back("2026-10-30", monday, friday, WEEKDAYS) == "2026-10-30"


def test_every_kind_has_its_limit_and_every_accusation_can_be_appealed_against() -> None:
    assert set(limits.LIMITS) == set(RedressKind)
    assert STEPS[RedressState.OPENED, RedressAct.APPEAL].of == ACCUSED
    rating = limits.LIMITS[RedressKind.BAD_RATING]
    assert (rating.verify, rating.simple, rating.complex) == (1, 5, 15)
