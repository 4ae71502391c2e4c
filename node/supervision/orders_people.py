"""Which people act for a node on an order: the local half of the table in `orders_table`. Pure.

Other nodes see which node wrote an event and a random staff id; that it was the right person is the
matter of the node that wrote.
"""

from datetime import date
from typing import Final

from node.supervision.orders_table import TABLE, Row, Who, row_of
from node.work import Actor
from schemas.ids import NodeId
from schemas.orders import OrderAct, OrderView
from schemas.staff import OVERSEERS, Role

SECTION: Final = frozenset({Role.HANDLER})
SECTION_HEADS: Final = frozenset({Role.REPRESENTATIVE, Role.APPROVER, Role.REVIEWER})
HALL: Final = frozenset({Role.OFFICER})
HALL_HEADS: Final = frozenset({Role.DIRECTOR, Role.APPROVER})
ANSWERERS: Final = SECTION | SECTION_HEADS | HALL | HALL_HEADS
"""Whoever may have to answer: of a department, or of a place where no department is asked."""
READERS: Final = ANSWERERS | OVERSEERS | {Role.CLERK}
"""Who may look: a clerk at what names him."""


def answers(order: OrderView, me: NodeId, actor: Actor) -> bool:
    """Say whether he answers for who is asked: his department, or the hall if none is named."""
    return order.subject == me and bool(actor.roles & posts_for(order, actor))


def heads(order: OrderView, actor: Actor) -> bool:
    """Say whether he is a head of who is asked, rather than one of its hands."""
    return bool(actor.roles & posts_for(order, actor) & (SECTION_HEADS | HALL_HEADS))


def posts_for(order: OrderView, actor: Actor) -> frozenset[Role]:
    """Name the posts that answer for who is asked, as far as they can be his."""
    if order.department is not None:
        return SECTION | SECTION_HEADS if order.department == actor.department else frozenset()
    return HALL | HALL_HEADS if actor.department is None else frozenset({Role.DIRECTOR})


def supervises(order: OrderView, me: NodeId, actor: Actor) -> bool:
    """Say whether he sends back, judges and decides: a supervisor of the node that issued it."""
    return order.issuer == me and Role.SUPERVISOR in actor.roles


def sees(order: OrderView, me: NodeId, actor: Actor) -> bool:
    """Say whether he may look at it: he oversees, answers for it, or is the one it names."""
    return (
        bool(actor.roles & OVERSEERS)
        or answers(order, me, actor)
        or (order.subject == me and names(order, actor))
    )


def names(order: OrderView, actor: Actor) -> bool:
    """Say whether he is the one whose doing it is about, or who answers for it."""
    account = order.accountability
    return actor.staff in (order.staff, None if account is None else account.staff)


def takes_part(order: OrderView, me: NodeId, actor: Actor, row: Row) -> bool:
    """Say whether a step is his: of those who are asked, a head accepts a verdict for all.

    Whom it names may appeal himself, whatever his post.
    """
    if row.who is not Who.SUBJECT:
        return row.who is Who.ISSUER and supervises(order, me, actor)
    if row.act is OrderAct.APPEAL and order.subject == me and names(order, actor):
        return True
    return answers(order, me, actor) and (row.act is not OrderAct.CLOSE or heads(order, actor))


def offered(order: OrderView, me: NodeId, actor: Actor, today: date) -> tuple[OrderAct, ...]:
    """Name what he may do with it now, in the order of the table."""
    return tuple(
        row.act
        for row in TABLE
        if row.state is order.state
        and takes_part(order, me, actor, row)
        and row_of(order, row.act, me, actor.staff, today) is row
    )
