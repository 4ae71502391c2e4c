"""The table of an order's life: who does which step, when, and what then. Pure.

Judged from the order's own events alone, so every replica agrees; which people of a place may act
for it is the place's own matter (`node.supervision.orders_people`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from node.work import SYSTEM
from schemas.ids import NodeId, StaffId
from schemas.orders import (
    OrderAcknowledged,
    OrderAct,
    OrderAppealDecided,
    OrderAppealed,
    OrderArrived,
    OrderClosed,
    OrderIssued,
    OrderJudged,
    OrderReplied,
    OrderSentBack,
    OrderState,
    OrderView,
)

S = OrderState
A = OrderAct


class Who(StrEnum):
    """Whose turn a step is."""

    ISSUER = "issuer"
    """A supervisor of the node that issued it."""
    SUBJECT = "subject"
    """Whoever answers for the department or place that is asked."""
    SYSTEM = "system"
    """The node that is asked, by itself: time, or the line, has brought it about."""


class When(StrEnum):
    """On which days a step is open."""

    ALWAYS = "always"
    UNDELIVERED = "undelivered"
    """What the issuer said last is not known to have arrived yet."""
    UNANSWERED = "reply_overdue"
    """It has arrived, and the last day for the reply has passed."""
    APPEALABLE = "until_appeal_by"
    UNAPPEALED = "after_appeal_by"
    """The verdict has arrived, and the last day for an appeal has passed."""


class Part(StrEnum):
    """What somebody may have to do with an order, so that he does not judge it."""

    HAND = "hand"
    """He signed, replied or appealed for who is asked, now or before."""
    NAMED = "named"
    """It is about his own doing."""
    ACCOUNTED = "accounted"
    """The verdict holds him to account."""
    JUDGE = "judge"
    """He judged first."""


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
    apart: tuple[Part, ...] = ()
    """Nobody does this who has one of these parts in it."""


OTHERS: Final = (Part.HAND, Part.NAMED)
LAST: Final = (*OTHERS, Part.ACCOUNTED, Part.JUDGE)
# fmt: off
TABLE: Final = (
    Row(None,           A.ISSUE,         Who.ISSUER,  S.ISSUED,       Who.SUBJECT),
    Row(S.ISSUED,       A.ARRIVE,        Who.SYSTEM,  S.ISSUED,       Who.SUBJECT,
        When.UNDELIVERED),
    Row(S.ISSUED,       A.ACKNOWLEDGE,   Who.SUBJECT, S.ACKNOWLEDGED, Who.SUBJECT),
    Row(S.ISSUED,       A.JUDGE,         Who.ISSUER,  S.JUDGED,       Who.SUBJECT, When.UNANSWERED,
        OTHERS),
    Row(S.ACKNOWLEDGED, A.REPLY,         Who.SUBJECT, S.REPLIED,      Who.ISSUER),
    Row(S.ACKNOWLEDGED, A.JUDGE,         Who.ISSUER,  S.JUDGED,       Who.SUBJECT, When.UNANSWERED,
        OTHERS),
    Row(S.REPLIED,      A.SEND_BACK,     Who.ISSUER,  S.SENT_BACK,    Who.SUBJECT, apart=OTHERS),
    Row(S.REPLIED,      A.JUDGE,         Who.ISSUER,  S.JUDGED,       Who.SUBJECT, apart=OTHERS),
    Row(S.SENT_BACK,    A.ARRIVE,        Who.SYSTEM,  S.SENT_BACK,    Who.SUBJECT,
        When.UNDELIVERED),
    Row(S.SENT_BACK,    A.REPLY,         Who.SUBJECT, S.REPLIED,      Who.ISSUER),
    Row(S.SENT_BACK,    A.JUDGE,         Who.ISSUER,  S.JUDGED,       Who.SUBJECT, When.UNANSWERED,
        OTHERS),
    Row(S.JUDGED,       A.ARRIVE,        Who.SYSTEM,  S.JUDGED,       Who.SUBJECT,
        When.UNDELIVERED),
    Row(S.JUDGED,       A.APPEAL,        Who.SUBJECT, S.APPEALED,     Who.ISSUER,  When.APPEALABLE),
    Row(S.JUDGED,       A.CLOSE,         Who.SUBJECT, S.CLOSED,       Who.SUBJECT),
    Row(S.JUDGED,       A.CLOSE,         Who.SYSTEM,  S.CLOSED,       Who.SUBJECT, When.UNAPPEALED),
    Row(S.APPEALED,     A.DECIDE_APPEAL, Who.ISSUER,  S.CLOSED,       Who.ISSUER,  apart=LAST),
)
# fmt: on
ACTS: Final = MappingProxyType(
    {
        OrderIssued: A.ISSUE,
        OrderArrived: A.ARRIVE,
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
TOLD: Final = frozenset({S.ISSUED, S.SENT_BACK, S.JUDGED})
"""States in which the issuer spoke last, and who is asked holds it."""


def row_of(
    order: OrderView, act: OrderAct, node: NodeId, staff: StaffId, today: date
) -> Row | None:
    """Find the step of the table that somebody at `node` may take on that day."""
    for row in TABLE:
        fits = (row.state, row.act) == (order.state, act) and node_of(order, row.who) == node
        by_system = (row.who is Who.SYSTEM) == (staff == SYSTEM.staff)
        apart = not any(staff in people_in(order, part) for part in row.apart)
        if fits and by_system and apart and _ON[row.when](order, today):
            return row
    return None


def node_of(order: OrderView, who: Who) -> NodeId:
    """Name the node of a side."""
    return order.issuer if who is Who.ISSUER else order.subject


def people_in(order: OrderView, part: Part) -> tuple[StaffId | None, ...]:
    """Name who has such a part in an order."""
    return _IN[part](order)


_IN: Final[MappingProxyType[Part, Callable[[OrderView], tuple[StaffId | None, ...]]]] = (
    MappingProxyType(
        {
            Part.HAND: lambda order: order.hands,
            Part.NAMED: lambda order: (order.staff,),
            Part.ACCOUNTED: lambda order: (
                None if order.accountability is None else order.accountability.staff,
            ),
            Part.JUDGE: lambda order: (order.judged_by,),
        }
    )
)
_ON: Final[MappingProxyType[When, Callable[[OrderView, date], bool]]] = MappingProxyType(
    {
        When.ALWAYS: lambda _order, _today: True,
        When.UNDELIVERED: lambda order, _today: not order.delivered,
        When.UNANSWERED: lambda order, today: order.delivered and str(today) > order.reply_by,
        When.APPEALABLE: lambda order, today: str(today) <= order.appeal_by,
        When.UNAPPEALED: lambda order, today: order.delivered and str(today) > order.appeal_by,
    }
)
