"""What a supervision order (督办) is, who may do what with it, and what its events do to it. Pure.

Around one table. Everything is judged from the order's own events, so every replica agrees; which
people of a place may act for it is the place's own matter (`node.supervision.orders_people`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, assert_never

import msgspec

from levels.profiles import profile_of
from node.calendar.model import Calendar
from node.cases import guards
from node.clock import from_ms, local_day
from node.work import SYSTEM
from schemas.events import Event
from schemas.ids import (
    BadNameError,
    NodeId,
    PartDigest,
    StaffId,
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
    OrderAct,
    OrderAppealDecided,
    OrderAppealed,
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
from schemas.supervision import FindingLevel, FindingState

S = OrderState
A = OrderAct
Further = (
    OrderAcknowledged
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
MOST_POINTS: Final = 100  # of a hundred
MOST_FINDINGS: Final = 100  # in one order: more is a report, and its page stays below 60 KB


class Who(StrEnum):
    """Whose turn a step is."""

    ISSUER = "issuer"
    """A supervisor of the node that issued it."""
    SUBJECT = "subject"
    """Whoever answers for the department or place that is asked."""
    SYSTEM = "system"
    """The node that is asked, by itself: time has brought it about."""


class When(StrEnum):
    """On which days a step is open."""

    ALWAYS = "always"
    UNANSWERED = "reply_overdue"
    """The last day for the reply has passed."""
    APPEALABLE = "until_appeal_by"
    UNAPPEALED = "after_appeal_by"


@dataclass(frozen=True, slots=True)
class Row:
    """One step of an order's life."""

    state: OrderState | None
    act: OrderAct
    who: Who
    next: OrderState
    holder: Who
    """Who holds it then: `ISSUER` or `SUBJECT`."""
    when: When = When.ALWAYS
    apart: tuple[str, ...] = ()
    """Nobody does this who did one of these before: fields of `OrderView`."""


# fmt: off
TABLE: Final = (
    Row(None,           A.ISSUE,         Who.ISSUER,  S.ISSUED,       Who.SUBJECT),
    Row(S.ISSUED,       A.ACKNOWLEDGE,   Who.SUBJECT, S.ACKNOWLEDGED, Who.SUBJECT),
    Row(S.ISSUED,       A.JUDGE,         Who.ISSUER,  S.JUDGED,       Who.SUBJECT, When.UNANSWERED),
    Row(S.ACKNOWLEDGED, A.REPLY,         Who.SUBJECT, S.REPLIED,      Who.ISSUER),
    Row(S.ACKNOWLEDGED, A.JUDGE,         Who.ISSUER,  S.JUDGED,       Who.SUBJECT, When.UNANSWERED,
        ("acknowledged_by",)),
    Row(S.REPLIED,      A.SEND_BACK,     Who.ISSUER,  S.SENT_BACK,    Who.SUBJECT,
        apart=("replied_by",)),
    Row(S.REPLIED,      A.JUDGE,         Who.ISSUER,  S.JUDGED,       Who.SUBJECT,
        apart=("replied_by",)),
    Row(S.SENT_BACK,    A.REPLY,         Who.SUBJECT, S.REPLIED,      Who.ISSUER),
    Row(S.SENT_BACK,    A.JUDGE,         Who.ISSUER,  S.JUDGED,       Who.SUBJECT, When.UNANSWERED,
        ("replied_by",)),
    Row(S.JUDGED,       A.APPEAL,        Who.SUBJECT, S.APPEALED,     Who.ISSUER,  When.APPEALABLE),
    Row(S.JUDGED,       A.CLOSE,         Who.SUBJECT, S.CLOSED,       Who.SUBJECT),
    Row(S.JUDGED,       A.CLOSE,         Who.SYSTEM,  S.CLOSED,       Who.SUBJECT, When.UNAPPEALED),
    Row(S.APPEALED,     A.DECIDE_APPEAL, Who.ISSUER,  S.CLOSED,       Who.ISSUER,
        apart=("judged_by", "replied_by", "appealed_by")),
)
# fmt: on
ACTS: Final = MappingProxyType(
    {
        OrderIssued: A.ISSUE,
        OrderAcknowledged: A.ACKNOWLEDGE,
        OrderReplied: A.REPLY,
        OrderSentBack: A.SEND_BACK,
        OrderJudged: A.JUDGE,
        OrderAppealed: A.APPEAL,
        OrderAppealDecided: A.DECIDE_APPEAL,
        OrderClosed: A.CLOSE,
    }
)
"""What each event does."""
AWAITED: Final = frozenset({S.ISSUED, S.ACKNOWLEDGED, S.SENT_BACK})
"""States in which a reply is waited for."""


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
       day; 3. it passes to whom the table says; 4. the days it sets can be read; 5. nobody is held
       to account outside the place that was asked, nor for what was not upheld.
    """
    if isinstance(fact, OrderIssued):
        return before is None and _begins(event, fact)  # 1
    if before is None:
        return False
    row = row_of(before, ACTS[type(fact)], event.node, event.actor, _day(event))  # 2
    if row is None or event.holder != _node(before, row.holder):  # 3
        return False
    return _has_days(fact) and _is_fair(before, fact)  # 4, 5


def _begins(event: Event, fact: OrderIssued) -> bool:
    below = fact.subject.startswith(event.node) and oversees(fact.subject)
    return below and event.holder == fact.subject and guards.read_day(fact.reply_by) is not None


def row_of(
    order: OrderView, act: OrderAct, node: NodeId, staff: StaffId, today: date
) -> Row | None:
    """Find the step of the table that somebody at `node` may take on that day."""
    for row in TABLE:
        fits = (row.state, row.act) == (order.state, act) and _node(order, row.who) == node
        by_system = (row.who is Who.SYSTEM) == (staff == SYSTEM.staff)
        apart = all(getattr(order, field) != staff for field in row.apart)
        if fits and by_system and apart and _ON[row.when](order, today):
            return row
    return None


def _node(order: OrderView, who: Who) -> NodeId:
    return order.issuer if who is Who.ISSUER else order.subject


_ON: Final[MappingProxyType[When, Callable[[OrderView, date], bool]]] = MappingProxyType(
    {
        When.ALWAYS: lambda _order, _today: True,
        When.UNANSWERED: lambda order, today: str(today) > order.reply_by,
        When.APPEALABLE: lambda order, today: str(today) <= order.appeal_by,
        When.UNAPPEALED: lambda order, today: str(today) > order.appeal_by,
    }
)


def _day(event: Event) -> date:
    return local_day(from_ms(event.at))


def _has_days(fact: OrderEvent) -> bool:
    match fact:
        case OrderSentBack():
            return guards.read_day(fact.reply_by) is not None
        case OrderJudged():
            return guards.read_day(fact.appeal_by) is not None
        case _:
            return True


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
        level=fact.level, caused_at=fact.caused_at, reply_by=fact.reply_by, note=fact.note,
    )  # fmt: skip


def apply(order: OrderView, event: Event, fact: Further) -> OrderView:
    """Give the order as it is after a sound event that is not its first."""
    before = msgspec.structs.replace(order, holder=event.holder, seq=event.seq)
    match fact:
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
            return msgspec.structs.replace(
                before, state=S.JUDGED, verdict=fact.verdict, ground=fact.ground,
                judged_at=event.at, judged_by=event.actor, appeal_by=fact.appeal_by,
                accountability=fact.accountability, judge_note=fact.note,
            )  # fmt: skip
        case OrderAppealed():
            return msgspec.structs.replace(
                before, state=S.APPEALED, appealed_at=event.at, appealed_by=event.actor,
                appeal_ground=fact.ground, appeal_note=fact.note,
            )  # fmt: skip
        case OrderAppealDecided():
            return _appeal_decided(before, event, fact)
        case OrderClosed():
            return msgspec.structs.replace(before, state=S.CLOSED, closed_at=event.at)
        case _:
            assert_never(fact)


def _replied(order: OrderView, event: Event, fact: OrderReplied) -> OrderView:
    late = str(_day(event)) > order.reply_by  # taken all the same, and marked for good
    return msgspec.structs.replace(
        order, state=S.REPLIED, replied_at=event.at, replied_by=event.actor, cause=fact.cause,
        correction=fact.correction, reply_note=fact.note, replied_late=order.replied_late or late,
    )  # fmt: skip


def _appeal_decided(order: OrderView, event: Event, fact: OrderAppealDecided) -> OrderView:
    return msgspec.structs.replace(
        order, state=S.CLOSED, verdict=fact.verdict, ground=fact.ground,
        accountability=fact.accountability, judged_first=order.verdict, decided_at=event.at,
        decided_by=event.actor, decide_note=fact.note, closed_at=event.at,
    )  # fmt: skip


def part_named(fact: OrderEvent) -> tuple[PartDigest, ...]:
    """Name the part that an event speaks of, if it does."""
    note = None if isinstance(fact, OrderAcknowledged | OrderClosed) else fact.note
    return () if note is None else (note,)


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


def finding_state(order: OrderView) -> FindingState:
    """Say what has become of what was found, as its order has it."""
    match order.verdict:
        case None:
            return FindingState.ORDERED
        case OrderVerdict.UPHELD:
            return FindingState.UPHELD
        case OrderVerdict.EXEMPT:
            return FindingState.EXEMPT
        case OrderVerdict.FALSE_ALARM:
            return FindingState.FALSE_ALARM
        case _:
            assert_never(order.verdict)


def is_overdue(order: OrderView, today: date) -> bool:
    """Say whether the reply is waited for and its last day has passed."""
    return order.state in AWAITED and str(today) > order.reply_by


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
