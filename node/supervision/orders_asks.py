"""What orders ask of a person: the tiles of his day (the chain of §5.5).

The handler from the beginning; the section head once it presses; the leader once its day has
passed; and the supervisor for what came back.
"""

from datetime import date
from typing import Final

from node.calendar import actions as calendar
from node.cases.page_looker import Ask
from node.clock import from_ms, local_day
from node.database import Tx
from node.supervision import orders_model as model
from node.supervision import orders_people as people
from node.supervision import orders_reading as reading
from node.supervision import orders_store as store
from node.supervision.orders_reading import AWAITED
from node.web.chrome import Tile
from node.web.wording import Words
from node.work import Actor
from schemas.ids import NodeId
from schemas.orders import OrderAct, OrderState
from schemas.staff import Role
from schemas.supervision import FindingLevel

PAGE: Final = "/supervision/orders"
_AWAITED: Final = "state IN (?, ?, ?)"


def asks(tx: Tx, me: NodeId, actor: Actor, now: int) -> tuple[Ask, ...]:
    """Count what orders ask of somebody now."""
    today = local_day(from_ms(now))
    found: list[Ask] = []
    if Role.SUPERVISOR in actor.roles:
        found += _of_supervisor(tx, me, actor, today)
    if Role.LEADER in actor.roles:
        found.append(Ask(_late(tx, "1", today), "order_ask.leader", PAGE, "red"))
    if actor.roles & people.ANSWERERS:
        found += _of_answerer(tx, me, actor, today)
    return tuple(found)


def tiles(tx: Tx, me: NodeId, actor: Actor, words: Words, now: int) -> tuple[Tile, ...]:
    """Give the same as tiles of a board, for whoever begins his day there."""
    found = asks(tx, me, actor, now)
    return tuple(
        Tile(one.count, words.say(one.word), one.href, one.tone) for one in found if one.count
    )


def _of_supervisor(tx: Tx, me: NodeId, actor: Actor, today: date) -> tuple[Ask, ...]:
    came = store.find(
        tx, "issuer = ? AND state IN (?, ?)", me, OrderState.REPLIED, OrderState.APPEALED
    )
    his = [act for one in came for act in people.offered(one, me, actor, today)]
    return (
        Ask(his.count(OrderAct.JUDGE), "order_ask.judge", PAGE),
        Ask(his.count(OrderAct.DECIDE_APPEAL), "order_ask.appeals", PAGE),
        Ask(_late(tx, "issuer = ?", today, me), "order_ask.unanswered", PAGE, "red"),
    )


def _of_answerer(tx: Tx, me: NodeId, actor: Actor, today: date) -> tuple[Ask, ...]:
    """Count what his department, or the hall, has to answer; of a head only what presses."""
    at_section = actor.department is not None and Role.DIRECTOR not in actor.roles
    hands = people.SECTION if at_section else people.HALL | {Role.DIRECTOR}
    unit, named = reading.asked_of(tx, actor.department if at_section else None)
    where = f"subject = ? AND {_AWAITED} AND {unit}"
    values = (me, *AWAITED, *named)
    count = store.count(tx, where, *values)
    if not count:
        return ()
    if actor.roles & hands:
        return (Ask(count, "order_ask.answer", PAGE, _tone(tx, where, values, today)),)
    pressing = model.head_from(today, calendar.calendar_of(tx, me))
    urgent = store.count(
        tx, f"{where} AND (level = ? OR reply_by <= ?)", *values, FindingLevel.RED, str(pressing)
    )
    return (Ask(urgent, "order_ask.head", PAGE, "red"),)


def _tone(tx: Tx, where: str, values: tuple[object, ...], today: date) -> str:
    return "red" if store.count(tx, f"{where} AND reply_by < ?", *values, str(today)) else "yellow"


def _late(tx: Tx, where: str, today: date, *values: object) -> int:
    return store.count(
        tx, f"{where} AND {_AWAITED} AND delivered AND reply_by < ?", *values, *AWAITED, str(today)
    )
