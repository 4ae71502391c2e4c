"""What a supervision order (督办) is, who may do what with it, and what its events do to it. Pure.

Around the table in `orders_table`. Everything is judged from the order's own events, so every
replica agrees.
"""

from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, assert_never

import msgspec

from levels.profiles import profile_of
from node.calendar.model import Calendar
from node.cases import guards
from node.clock import from_ms, local_day
from node.supervision.orders_table import ACTS, AWAITED, TOLD, node_of, row_of
from schemas.events import Event
from schemas.ids import (
    BadNameError,
    NodeId,
    PartDigest,
    StreamName,
    level_of,
    line_of,
    parse_node_id,
)
from schemas.levels import Capability
from schemas.orders import (
    Accountability,
    Escalation,
    OrderAcknowledged,
    OrderAppealDecided,
    OrderAppealed,
    OrderArrived,
    OrderClosed,
    OrderEvent,
    OrderIssued,
    OrderJudged,
    OrderKind,
    OrderReplied,
    OrderSentBack,
    OrderState,
    OrderVerdict,
    OrderView,
)
from schemas.supervision import FindingLevel

S = OrderState
Further = (
    OrderArrived
    | OrderAcknowledged
    | OrderReplied
    | OrderSentBack
    | OrderJudged
    | OrderAppealed
    | OrderAppealDecided
    | OrderClosed
)
"""What an order's events say after the first."""

REPLY_WORKDAYS: Final = MappingProxyType(
    {
        OrderKind.WARNING: 3,  # a word is enough, and the case itself may still be saved
        OrderKind.ORDER: 5,  # what a department is given to find the cause and mend it
        OrderKind.ADVICE: 10,  # a way of working is changed by a meeting, not by one person
    }
)
"""Working days for the reply, where the supervisor names no other day."""
AGAIN_WORKDAYS: Final = 3  # for a reply sent back: the matter is known by then
APPEAL_WORKDAYS: Final = 5  # as long as the objection against a month's result is open
HEAD_WORKDAYS: Final = 1  # with so many left, the section head is told: he can still act himself
MOST_WORKDAYS: Final = 60  # beyond the longest limit of a case an order would outlive its matter
LONGEST_BREAK: Final = timedelta(days=21)
"""By so much more than before may the same working days take from another day on: long holidays."""
MOST_POINTS: Final = 100  # of a hundred
MOST_FINDINGS: Final = 100  # in one order: more is a report, and its page stays below 60 KB


# ---- who may supervise whom


def oversees(node: NodeId) -> bool:
    """Say whether `node` is of a tier that supervises, and so can be asked itself."""
    return Capability.OVERSEE in profile_of(level_of(node)).capabilities


def is_place(text: str) -> bool:
    """Say whether a text names a place at all."""
    try:
        parse_node_id(text)
    except BadNameError:
        return False
    return True


def subject_for(node: NodeId, me: NodeId) -> NodeId | None:
    """Name who answers to `me` for what `node` did: itself, or the next above it that oversees.

    None if that is neither `me` nor below it.
    """
    found = next((one for one in line_of(node) if oversees(one)), None)
    return found if found is not None and found.startswith(me) else None


# ---- what may follow what


def is_sound(before: OrderView | None, event: Event, fact: OrderEvent) -> bool:
    """Say whether an event may follow what the order's stream said before.

    1. it is begun by a node that supervises, about itself or one below it that answers for itself,
       and with a day that can be read; 2. the table has this step for whoever wrote it, on that
       day; 3. it passes to whom the table says; 4. the days it sets can be read, and are given anew
       only to what came late; 5. nobody is held to account outside the place that was asked, nor
       for what was not upheld.
    """
    if isinstance(fact, OrderIssued):
        return before is None and _begins(event, fact)  # 1
    if before is None:
        return False
    row = row_of(before, ACTS[type(fact)], event.node, event.actor, _day(event))  # 2
    if row is None or event.holder != node_of(before, row.holder):  # 3
        return False
    return _has_days(before, event, fact) and _is_fair(before, fact)  # 4, 5


def _begins(event: Event, fact: OrderIssued) -> bool:
    below = fact.subject.startswith(event.node) and oversees(fact.subject)
    return below and event.holder == fact.subject and guards.read_day(fact.reply_by) is not None


def _day(event: Event) -> date:
    return local_day(from_ms(event.at))


def _has_days(before: OrderView, event: Event, fact: OrderEvent) -> bool:
    match fact:
        case OrderArrived():
            return not fact.by or _is_later(before, event, fact.by)
        case OrderSentBack():
            return guards.read_day(fact.reply_by) is not None
        case OrderJudged():
            return guards.read_day(fact.appeal_by) is not None
        case _:
            return True


def _is_later(before: OrderView, event: Event, by: str) -> bool:
    """Say whether a day may be given anew: it came later than it was said, and is as far ahead."""
    stated, new = guards.read_day(stated_day(before)), guards.read_day(by)
    said, came = local_day(from_ms(before.said_at)), _day(event)
    if stated is None or new is None or came <= said:
        return False
    return stated < new <= came + (stated - said) + LONGEST_BREAK


def stated_day(order: OrderView) -> str:
    """Give the last day that runs: for an appeal once it is judged, for the reply before."""
    return order.appeal_by if order.state is S.JUDGED else order.reply_by


def _is_fair(before: OrderView, fact: OrderEvent) -> bool:
    if not isinstance(fact, OrderJudged | OrderAppealDecided) or fact.accountability is None:
        return True
    found = fact.accountability
    inside = found.node.startswith(before.subject) and 0 <= found.points <= MOST_POINTS
    return inside and fact.verdict is OrderVerdict.UPHELD


# ---- what events do


def begin(event: Event, fact: OrderIssued) -> OrderView:
    """Give the order that a first event issues."""
    return OrderView(
        stream=event.stream, number=fact.number, order=fact.order, state=S.ISSUED,
        holder=event.holder, seq=event.seq, issuer=event.node, issued_by=event.actor,
        issued_at=event.at, subject=fact.subject, department=fact.department, staff=fact.staff,
        case=fact.case, case_number=fact.case_number, findings=fact.findings, rule=fact.rule,
        level=fact.level, yellow=fact.yellow,
        caused_at=fact.caused_at, reply_by=fact.reply_by, note=fact.note,
        said_at=event.at, delivered=fact.subject == event.node,
    )  # fmt: skip


def apply(order: OrderView, event: Event, fact: Further) -> OrderView:
    """Give the order as it is after a sound event that is not its first."""
    before = _heard(order, event, fact)
    match fact:
        case OrderArrived():
            return _arrived(before, fact)
        case OrderAcknowledged():
            return msgspec.structs.replace(
                before, state=S.ACKNOWLEDGED, acknowledged_at=event.at, acknowledged_by=event.actor
            )
        case OrderReplied():
            return _replied(before, event, fact)
        case OrderSentBack():
            return msgspec.structs.replace(
                before, state=S.SENT_BACK, sent_back=order.sent_back + 1, reply_by=fact.reply_by,
                back_note=fact.note,
            )  # fmt: skip
        case OrderJudged():
            return _judged(before, event, fact)
        case OrderAppealed():
            return msgspec.structs.replace(
                before, state=S.APPEALED, appealed_at=event.at, appealed_by=event.actor,
                appeal_ground=fact.ground, appeal_note=fact.note,
            )  # fmt: skip
        case OrderAppealDecided() | OrderClosed():
            return _ended(before, event, fact)
        case _:
            assert_never(fact)


def _heard(order: OrderView, event: Event, fact: Further) -> OrderView:
    """Note who has it now, who had a hand in it, and who has heard of what was said last."""
    moved = msgspec.structs.replace(order, holder=event.holder, seq=event.seq)
    match fact:
        case OrderSentBack() | OrderJudged():
            here = order.issuer == order.subject
            return msgspec.structs.replace(moved, said_at=event.at, delivered=here)
        case OrderAcknowledged() | OrderReplied() | OrderAppealed():
            hands = tuple(dict.fromkeys((*order.hands, event.actor)))
            return msgspec.structs.replace(moved, hands=hands, delivered=True)
        case OrderArrived() | OrderClosed():
            return msgspec.structs.replace(moved, delivered=True)
        case OrderAppealDecided():
            return moved
        case _:
            assert_never(fact)


def _arrived(order: OrderView, fact: OrderArrived) -> OrderView:
    if not fact.by:
        return order
    if order.state is S.JUDGED:
        return msgspec.structs.replace(order, appeal_by=fact.by)
    return msgspec.structs.replace(order, reply_by=fact.by)


def _replied(order: OrderView, event: Event, fact: OrderReplied) -> OrderView:
    late = str(_day(event)) > order.reply_by  # taken all the same, and marked for good
    return msgspec.structs.replace(
        order, state=S.REPLIED, replied_at=event.at, replied_by=event.actor, cause=fact.cause,
        correction=fact.correction, reply_note=fact.note, replied_late=order.replied_late or late,
        late_after=order.late_after or (order.reply_by if late else ""),
    )  # fmt: skip


def _judged(order: OrderView, event: Event, fact: OrderJudged) -> OrderView:
    unanswered = order.state in AWAITED
    return msgspec.structs.replace(
        order, state=S.JUDGED, verdict=fact.verdict, ground=fact.ground,
        judged_at=event.at, judged_by=event.actor, appeal_by=fact.appeal_by,
        accountability=fact.accountability, judge_note=fact.note,
        late_after=order.late_after or (order.reply_by if unanswered else ""),
    )  # fmt: skip


def _ended(order: OrderView, event: Event, fact: OrderAppealDecided | OrderClosed) -> OrderView:
    closed = msgspec.structs.replace(order, state=S.CLOSED, closed_at=event.at)
    if isinstance(fact, OrderClosed):
        return closed
    return msgspec.structs.replace(
        closed, verdict=fact.verdict, ground=fact.ground, accountability=fact.accountability,
        judged_first=order.verdict, decided_at=event.at, decided_by=event.actor,
        decide_note=fact.note,
    )  # fmt: skip


def part_named(fact: OrderEvent) -> tuple[PartDigest, ...]:
    """Name the part that an event speaks of, if it does."""
    if isinstance(fact, OrderArrived | OrderAcknowledged | OrderClosed) or fact.note is None:
        return ()
    return (fact.note,)


def parts_of(order: OrderView) -> tuple[PartDigest, ...]:
    """Name the parts of an order as it stands."""
    some = (
        order.note, order.reply_note, order.back_note, order.judge_note, order.appeal_note,
        order.decide_note,
    )  # fmt: skip
    return tuple(one for one in some if one is not None)


def takes_part(order: OrderView, node: NodeId) -> bool:
    """Say whether `node` asked or was asked: these two alone may have its texts."""
    return node in (order.issuer, order.subject)


# ---- what follows from where it stands


def is_overdue(order: OrderView, today: date) -> bool:
    """Say whether the reply is waited for and its last day has passed since it arrived."""
    return order.delivered and order.state in AWAITED and str(today) > order.reply_by


def is_under_way(order: OrderView) -> bool:
    """Say whether what the issuer said last is not known to have arrived."""
    return order.state in TOLD and not order.delivered


def escalation(order: OrderView, today: date, calendar: Calendar) -> tuple[Escalation, ...]:
    """Say who is told by now: the handler, then the section head, then the leader (§5.5).

    Nobody once it is answered.
    """
    if order.state not in AWAITED:
        return ()
    told = [Escalation.HANDLER]
    pressing = order.reply_by <= str(head_from(today, calendar))
    if pressing or order.level is FindingLevel.RED:
        told.append(Escalation.HEAD)
    if is_overdue(order, today):
        told.append(Escalation.LEADER)
    return tuple(told)


def head_from(today: date, calendar: Calendar) -> date:
    """Give the day: what is to be answered by then, the section head is told of today."""
    return calendar.after(today, HEAD_WORKDAYS)


def account_of(order: OrderView) -> Accountability | None:
    """Give who answers for it, once that stands: nobody can appeal any more, or has appealed."""
    return order.accountability if order.state is S.CLOSED else None


def end_of(stream: StreamName) -> str:
    """Give the random end of an order's name: its address."""
    return stream.rsplit("/", 1)[1]
