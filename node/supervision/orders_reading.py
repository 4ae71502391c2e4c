"""What people may read of orders: who oversees, who answers for it, who is named in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec

from federation import partstore, recovery, streams
from federation.partstore import PartStore
from federation.streams import Stored, Verdict
from node.calendar import actions as calendar
from node.database import Tx
from node.errors import NotAllowedError, NotFoundError
from node.staff import actions as staff
from node.supervision import orders_kind as kind
from node.supervision import orders_model as model
from node.supervision import orders_people as people
from node.supervision import orders_store as store
from node.supervision import orders_table
from node.work import Actor
from schemas.accounted import Accounted, AccountedList
from schemas.events import Event
from schemas.ids import DepartmentId, NodeId, PartDigest, StreamName
from schemas.orders import (
    Consequence,
    OrderDetail,
    OrderEvent,
    OrderList,
    OrderState,
    OrderTexts,
    OrderView,
)
from schemas.staff import OVERSEERS

MOST_CLOSED: Final = 30  # a page of what is over, with its list below 60 KB
MOST_OPEN: Final = 500  # of what is open; a county has some dozens
AWAITED: Final = tuple(orders_table.AWAITED)
_ANSWERS_FOR: Final = "json_extract(accountability, '$.staff')"


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, at which node, on which day."""

    me: NodeId
    actor: Actor
    today: date


# ---- for other capabilities


def view(tx: Tx, stream: StreamName) -> OrderView | None:
    """Give an order by its stream, whoever asks."""
    return store.load(tx, stream)


def of_finding(tx: Tx, finding: str) -> OrderView | None:
    """Give the order about what was found, if there is one."""
    return store.of_finding(tx, finding)


def of_case(tx: Tx, case: StreamName) -> tuple[OrderView, ...]:
    """Give the orders about a case, oldest first."""
    return store.of_case(tx, case)


def open_for(tx: Tx, me: NodeId, department: DepartmentId | None) -> tuple[OrderView, ...]:
    """Give what a department of `me`, or its hall, has still to answer, the most urgent first."""
    unit, named = asked_of(tx, department)
    return store.find(tx, f"subject = ? AND state IN (?, ?, ?) AND {unit}", me, *AWAITED, *named)


def issued_between(tx: Tx, first_ms: int, last_ms: int) -> tuple[OrderView, ...]:
    """Give the orders that were issued from one instant up to another, oldest first."""
    return store.find(
        tx,
        "issued_at >= ? AND issued_at < ?",
        first_ms,
        last_ms,
        order="issued_at, stream",
        most=1 << 31,
    )


# ---- who is asked


def as_asked(tx: Tx, me: NodeId, orders: Iterable[OrderView]) -> tuple[OrderView, ...]:
    """Give orders as they are asked here: where a department is not ours, the hall answers."""
    listed = {one.id for one in staff.departments(tx)}
    return tuple(
        msgspec.structs.replace(one, department=None)
        if one.subject == me and one.department not in listed
        else one
        for one in orders
    )


def asked_of(tx: Tx, department: DepartmentId | None) -> tuple[str, tuple[object, ...]]:
    """Say in SQL that a department of this node is asked, or (`None`) its hall; as `as_asked`."""
    if department is not None:
        return "department = ?", (department,)
    listed = tuple(one.id for one in staff.departments(tx))
    marks = ", ".join("?" * len(listed))
    return f"(department IS NULL OR department NOT IN ({marks}))", listed


# ---- one order


def find(tx: Tx, asking: Asking, name: str) -> OrderView:
    """Find an order by its address or number. Raises `NotFoundError`, also if he may not see it."""
    for order in as_asked(tx, asking.me, store.named(tx, name)):
        if people.sees(order, asking.me, asking.actor):
            return order
    raise NotFoundError(f"order {name}")


def detail(tx: Tx, parts: PartStore, asking: Asking, name: str) -> OrderDetail:
    """Give an order with its texts and what he may do with it. Raises as `find`."""
    order = find(tx, asking, name)
    return OrderDetail(
        order=order,
        texts=texts(tx, parts, order),
        acts=people.offered(order, asking.me, asking.actor, asking.today),
        told=model.escalation(order, asking.today, calendar.calendar_of(tx, asking.me)),
    )


def texts(tx: Tx, parts: PartStore, order: OrderView) -> OrderTexts:
    """Read the papers of an order, as far as they are here. Slow as a few files."""

    def read(digest: PartDigest | None) -> str | None:
        return said(tx, parts, order.stream, digest)

    return OrderTexts(
        asked=read(order.note),
        reply=read(order.reply_note),
        back=read(order.back_note),
        judged=read(order.judge_note),
        appeal=read(order.appeal_note),
        decided=read(order.decide_note),
    )


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of an order that counts, and what it says."""

    event: Event
    fact: OrderEvent


def happened(tx: Tx, stream: StreamName) -> tuple[Happened, ...]:
    """Tell the whole life of an order, event by event."""
    kept = streams.load(tx, stream)
    found = () if kept is None else streams.events(tx, kept)
    told = ((one.event, kind.read_fact(one.event)) for one in found if _counts(one))
    return tuple(Happened(event, fact) for event, fact in told if fact is not None)


def _counts(stored: Stored) -> bool:
    return stored.verdict is Verdict.EFFECTIVE


def said(tx: Tx, parts: PartStore, stream: StreamName, digest: PartDigest | None) -> str | None:
    """Read one text of an order; `None` if it is not here."""
    if digest is None or not partstore.is_kept_for(tx, stream, digest):
        return None
    if recovery.is_recovering(tx):  # what a backup holds may have been destroyed since
        return None
    return parts.read(tx, digest).content.decode("utf-8", "replace")


# ---- lists


def require_reader(actor: Actor) -> None:
    """Go on only if his post has to do with orders. Raises `NotAllowedError`."""
    if not actor.roles & people.READERS:
        raise NotAllowedError("orders are for who oversees and who answers")


def still_open(tx: Tx, asking: Asking) -> tuple[OrderView, ...]:
    """List what is not closed and he may see, by the day of the reply."""
    where, values = _in_sight(tx, asking)
    found = store.find(tx, f"state <> 'closed' AND {where}", *values, most=MOST_OPEN)
    return as_asked(tx, asking.me, found)


def closed(tx: Tx, asking: Asking, before: str = "") -> tuple[tuple[OrderView, ...], str]:
    """List what is closed and he may see, latest first, and where the next page begins."""
    where, values = _in_sight(tx, asking)
    at, _, stream = before.partition(".")
    if at.isdecimal() and len(at) < 16:  # noqa: PLR2004  # what SQLite still takes for a number
        where += " AND (closed_at, id) < (?, ?)"
        values = (*values, int(at), stream)
    found = store.find(
        tx,
        f"closed_at IS NOT NULL AND {where}",
        *values,
        order="closed_at DESC, id DESC",
        most=MOST_CLOSED + 1,
    )
    shown = as_asked(tx, asking.me, found[:MOST_CLOSED])
    last = shown[-1] if len(found) > MOST_CLOSED else None
    return shown, "" if last is None else f"{last.closed_at}.{model.end_of(last.stream)}"


def _in_sight(tx: Tx, asking: Asking) -> tuple[str, tuple[object, ...]]:
    """Say in SQL what he may see; `people.sees` says the same of one order."""
    actor = asking.actor
    if actor.roles & OVERSEERS:
        return "1", ()
    asked = ["staff = ?", f"{_ANSWERS_FOR} = ?"]
    values: list[object] = [actor.staff, actor.staff]
    at_section = actor.department is not None
    posts = people.SECTION | people.SECTION_HEADS if at_section else people.HALL | people.HALL_HEADS
    if actor.roles & posts:
        unit, named = asked_of(tx, actor.department)
        asked.append(unit)
        values += named
    return f"subject = ? AND ({' OR '.join(asked)})", (asking.me, *values)


def waits_for(order: OrderView, asking: Asking) -> bool:
    """Say whether it is his turn: a step that somebody waits for, not merely one that is open."""
    offered = people.offered(order, asking.me, asking.actor, asking.today)
    return order.state is not OrderState.JUDGED and bool(offered)


def overview(tx: Tx) -> OrderList:
    """List the facts of all that is open and of what was closed last: for the operator."""
    still = store.find(tx, "state <> 'closed'", most=MOST_OPEN)
    over = store.find(
        tx, "closed_at IS NOT NULL", order="closed_at DESC, id DESC", most=MOST_CLOSED
    )
    return OrderList(orders=(*still, *over))


def named(tx: Tx, name: str) -> OrderView | None:
    """Find an order by its address or number, whoever asks."""
    return next(iter(store.named(tx, name)), None)


# ---- accountability


def accounted(tx: Tx, asking: Asking, month: str) -> AccountedList:
    """List who answers for what was upheld, of a month `yyyy-mm` or of all time, latest first.

    It counts in the month in which it was decided for good. Raises `NotAllowedError`.
    """
    if not asking.actor.roles & OVERSEERS:
        raise NotAllowedError("the record of accountability is for who oversees")
    return AccountedList(month=month, accounted=_accounted(tx, "1", month))


def accounted_of(tx: Tx, me: NodeId, actor: Actor) -> tuple[Accounted, ...]:
    """List what he himself answers for."""
    return _accounted(tx, f"{_ANSWERS_FOR} = ? AND subject = ?", "", actor.staff, me)


def _accounted(tx: Tx, where: str, month: str, *values: object) -> tuple[Accounted, ...]:
    in_month = "strftime('%Y-%m', closed_at / 1000 + 28800, 'unixepoch') = ?"  # days of China
    found = store.find(
        tx,
        f"accountability IS NOT NULL AND closed_at IS NOT NULL AND {where}"
        + (f" AND {in_month}" if month else ""),
        *values,
        *((month,) if month else ()),
        order="closed_at DESC, stream",
        most=5000,
    )
    return tuple(
        Accounted(
            order=one.stream,
            number=one.number,
            at=one.closed_at or 0,
            accountability=one.accountability,
            rule=one.rule,
            case_number=one.case_number,
        )
        for one in found
        if one.accountability is not None and one.accountability.consequence is not Consequence.NONE
    )
