"""Days of an order between two places, which run from when it has arrived; who had a part."""

from datetime import date, timedelta

import msgspec

from node.supervision import orders_days as days
from node.supervision import orders_model as model
from node.work import SYSTEM
from schemas.ids import StaffId
from schemas.orders import (
    OrderArrived,
    OrderClosed,
)
from tests.support.orderlife import (
    CALENDAR,
    COUNTY,
    FACTS,
    ISSUED,
    MONDAY,
    TOWN,
    A,
    S,
    event,
    order_at,
    step,
)

NEVER = date(2027, 6, 1)


def test_who_ever_had_a_hand_in_it_or_answers_for_it_judges_nothing_of_it() -> None:
    order = order_at(S.ISSUED)
    for act, actor in ((A.ACKNOWLEDGE, "a"), (A.REPLY, "b"), (A.SEND_BACK, ""), (A.REPLY, "c")):
        order = step(order, act, actor=actor)
    assert order.hands == ("a", "b", "c"), "a second reply hides nobody"
    verdict = FACTS[A.JUDGE]
    for actor, counts in (("a", False), ("b", False), ("c", False), ("chen", True)):
        said = event(verdict, COUNTY, TOWN, actor=actor)
        assert model.is_sound(order, said, verdict) is counts, actor
    order = step(step(order, A.JUDGE), A.APPEAL, actor="d")
    decision = FACTS[A.DECIDE_APPEAL]
    for actor, counts in (
        *((one, False) for one in ("a", "b", "c", "d", "lu", "chen")), ("wen", True),
    ):  # fmt: skip
        said = event(decision, COUNTY, COUNTY, actor=actor)
        assert model.is_sound(order, said, decision) is counts, actor


def test_what_never_arrived_is_not_judged_unanswered_nor_closed_by_the_system() -> None:
    for state, act, node, actor in (
        (S.ISSUED, A.JUDGE, COUNTY, "chen"),
        (S.SENT_BACK, A.JUDGE, COUNTY, "chen"),
        (S.JUDGED, A.CLOSE, TOWN, "system"),
    ):
        order, fact = order_at(state), FACTS[act]
        said = event(fact, node, TOWN, day=NEVER, actor=actor)
        assert not order.delivered
        assert not model.is_sound(order, said, fact), state
        assert not model.is_overdue(order, NEVER)
        assert model.is_sound(step(order, A.ARRIVE), said, fact), state
    own = msgspec.structs.replace(ISSUED, subject=COUNTY)
    assert model.begin(event(own, COUNTY, COUNTY), own).delivered, "a department here has it"


def test_what_came_late_has_its_days_anew_from_the_day_it_came() -> None:
    late = date(2026, 12, 14)
    for order, said in ((order_at(S.ISSUED), "reply_by"), (order_at(S.JUDGED), "appeal_by")):
        new = days.given_anew(order, late, CALENDAR)
        stated = date.fromisoformat(model.stated_day(order))
        assert CALENDAR.count(late, date.fromisoformat(new)) == CALENDAR.count(MONDAY, stated)
        fact = OrderArrived(by=new)
        came = event(fact, TOWN, TOWN, day=late, actor=SYSTEM.staff)
        assert model.is_sound(order, came, fact)
        there = model.apply(order, came, fact)
        assert (getattr(there, said), there.delivered) == (new, True)
        assert not model.is_sound(there, came, fact), "it arrives once"
        assert days.given_anew(order, MONDAY, CALENDAR) == "", "in time: the day stands"
        for wrong in ("soon", str(stated), "2027-12-31"):
            fact = OrderArrived(by=wrong)
            came = event(fact, TOWN, TOWN, day=late, actor=SYSTEM.staff)
            assert not model.is_sound(order, came, fact), wrong
        fact = OrderArrived(by=new)
        for on, actor in ((MONDAY, SYSTEM.staff), (late, StaffId("zhao"))):
            came = event(fact, TOWN, TOWN, day=on, actor=actor)
            assert not model.is_sound(order, came, fact), "by the system, and only if it came late"


def test_the_first_day_that_went_by_without_a_reply_is_remembered() -> None:
    order = step(order_at(S.ACKNOWLEDGED), A.REPLY, date(2026, 12, 1))
    assert order.late_after == "2026-11-30"
    assert step(step(order, A.SEND_BACK), A.REPLY, NEVER).late_after == "2026-11-30"
    unanswered = step(order_at(S.ACKNOWLEDGED), A.JUDGE, NEVER)
    assert (unanswered.late_after, unanswered.replied_late) == ("2026-11-30", False)
    assert order_at(S.JUDGED).late_after == ""


def test_a_late_reply_is_taken_and_stays_late_however_it_goes_on() -> None:
    order = order_at(S.ACKNOWLEDGED)
    assert not step(order, A.REPLY, date(2026, 11, 30)).replied_late
    late = step(order, A.REPLY, date(2026, 12, 1))
    assert late.replied_late
    again = step(step(late, A.SEND_BACK), A.REPLY)
    assert (again.replied_late, again.sent_back, again.reply_by) == (True, 1, "2026-12-03")


def test_what_was_not_answered_in_time_may_be_judged_and_not_before() -> None:
    fact = FACTS[A.JUDGE]
    for order in (step(order_at(S.ISSUED), A.ARRIVE), order_at(S.ACKNOWLEDGED)):
        last = date.fromisoformat(order.reply_by)
        assert not model.is_sound(order, event(fact, COUNTY, TOWN, day=last, actor="chen"), fact)
        after = event(fact, COUNTY, TOWN, day=last + timedelta(days=1), actor="chen")
        assert model.is_sound(order, after, fact)


def test_an_appeal_counts_on_its_last_day_and_not_after() -> None:
    order, fact = order_at(S.JUDGED), FACTS[A.APPEAL]
    last = date.fromisoformat(order.appeal_by)
    assert model.is_sound(order, event(fact, TOWN, COUNTY, day=last), fact)
    assert not model.is_sound(order, event(fact, TOWN, COUNTY, day=last + timedelta(1)), fact)


def test_the_system_closes_only_what_nobody_may_appeal_against_any_more() -> None:
    order, fact = step(order_at(S.JUDGED), A.ARRIVE), OrderClosed()
    last = date.fromisoformat(order.appeal_by)
    by = {"actor": SYSTEM.staff}
    assert not model.is_sound(order, event(fact, TOWN, TOWN, day=last, **by), fact)
    assert model.is_sound(order, event(fact, TOWN, TOWN, day=last + timedelta(1), **by), fact)
    assert model.is_sound(order, event(fact, TOWN, TOWN, day=last), fact), "people may before"
