"""The API of supervision orders: `/api/v1/supervision/orders` and below; accountability.

An order is named by the random end of its stream, or by its number.
"""

from collections.abc import Callable
from typing import Concatenate, Final, ParamSpec

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from node.cases import guards
from node.cases.counter import Counter
from node.clock import local_day
from node.database import Tx
from node.errors import BadInputError
from node.supervision import orders_actions as actions
from node.supervision import orders_reading as reading
from node.supervision.orders_reading import Asking
from node.web import idempotency
from node.web.lean import Router
from node.web.security import Asked, Desk
from node.work import Work
from schemas.accounted import AccountedList
from schemas.orders import (
    AppealOrder,
    IssueOrder,
    JudgeOrder,
    OrderDetail,
    OrderList,
    OrderView,
    ReplyOrder,
    SendBackOrder,
)

P = ParamSpec("P")


def asking_at(desk: Desk) -> Asking:
    """Who sits at a desk, on which day."""
    return Asking(desk.works.ledger.me, desk.actor, local_day(desk.works.clock.now()))


def month_of(text: str) -> str:
    """Read a month `yyyy-mm`, or nothing for all months. Raises `BadInputError`."""
    if text and guards.read_day(f"{text}-01") is None:
        raise BadInputError({"month": "unreadable"})
    return text


@get("/supervision/orders", summary="督办: what is open by its day, then what is closed")
async def list_orders(counter: NamedDependency[Counter], before: FromQuery[str] = "") -> OrderList:
    """List the orders that the caller may see; with `before`, more of what is closed."""
    return await counter.desk.read(_listed, asking_at(counter.desk), before)


def _listed(tx: Tx, asking: Asking, before: str) -> OrderList:
    reading.require_reader(asking.actor)
    shown = () if before else reading.still_open(tx, asking)
    closed, older = reading.closed(tx, asking, before)
    return OrderList(orders=(*shown, *closed), older=older)


@get("/supervision/orders/{order:str}", summary="One order, with what its papers say")
async def show_order(order: FromPath[str], counter: NamedDependency[Counter]) -> OrderDetail:
    """Show an order, what the caller may do with it, and who is told of it by now."""
    desk = counter.desk
    return await desk.read(reading.detail, counter.preparing.store, asking_at(desk), order)


@get("/supervision/accountability", summary="超时问责: who answers for what, and how")
async def list_accounted(
    counter: NamedDependency[Counter], month: FromQuery[str] = ""
) -> AccountedList:
    """List who answers for what was upheld, in a month `yyyy-mm` or ever."""
    return await counter.desk.read(reading.accounted, asking_at(counter.desk), month_of(month))


@post("/supervision/orders", status_code=201, summary="发出")
async def issue(
    request: Asked, counter: NamedDependency[Counter], data: JSONBody[IssueOrder]
) -> Response[bytes]:
    """Issue an order about findings, a case or a place."""
    once = await idempotency.once_of(request)
    async with counter.preparing.text("text", data.text) as text:
        return await idempotency.run(counter.desk, once, 201, actions.issue, data, text)


@post("/supervision/orders/{order:str}/acknowledge", status_code=200, summary="签收")
async def acknowledge(
    order: FromPath[str], request: Asked, counter: NamedDependency[Counter]
) -> Response[bytes]:
    """Sign for an order: somebody looks into it."""
    return await _plain(counter, request, actions.acknowledge, order)


@post("/supervision/orders/{order:str}/close", status_code=200, summary="办结")
async def close(
    order: FromPath[str], request: Asked, counter: NamedDependency[Counter]
) -> Response[bytes]:
    """Accept the verdict before the days for an appeal are over."""
    return await _plain(counter, request, actions.close, order)


@post("/supervision/orders/{order:str}/reply", status_code=200, summary="回复")
async def reply(
    order: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[ReplyOrder],
) -> Response[bytes]:
    """Give cause and correction; after the day it is taken and marked late."""
    once = await idempotency.once_of(request)
    async with counter.preparing.text("text", data.text) as text:
        return await idempotency.run(counter.desk, once, 200, actions.reply, order, data, text)


@post("/supervision/orders/{order:str}/send_back", status_code=200, summary="退回重报")
async def send_back(
    order: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[SendBackOrder],
) -> Response[bytes]:
    """Send a reply back that does not answer what was asked."""
    once = await idempotency.once_of(request)
    async with counter.preparing.text("text", data.text) as text:
        return await idempotency.run(counter.desk, once, 200, actions.send_back, order, data, text)


@post("/supervision/orders/{order:str}/judge", status_code=200, summary="认定")
async def judge(
    order: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[JudgeOrder],
) -> Response[bytes]:
    """Judge a reply, or what was not answered in time."""
    once = await idempotency.once_of(request)
    async with counter.preparing.text("text", data.text) as text:
        return await idempotency.run(counter.desk, once, 200, actions.judge, order, data, text)


@post("/supervision/orders/{order:str}/appeal", status_code=200, summary="申诉")
async def appeal(
    order: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[AppealOrder],
) -> Response[bytes]:
    """Appeal against a verdict, until its day."""
    once = await idempotency.once_of(request)
    async with counter.preparing.text("text", data.text) as text:
        return await idempotency.run(counter.desk, once, 200, actions.appeal, order, data, text)


@post("/supervision/orders/{order:str}/decide_appeal", status_code=200, summary="申诉决定")
async def decide_appeal(
    order: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[JudgeOrder],
) -> Response[bytes]:
    """Decide an appeal, as another supervisor than judged first; final."""
    once = await idempotency.once_of(request)
    async with counter.preparing.text("text", data.text) as text:
        return await idempotency.run(
            counter.desk, once, 200, actions.decide_appeal, order, data, text
        )


async def _plain(
    counter: Counter,
    request: Asked,
    act: Callable[Concatenate[Work, P], OrderView],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Response[bytes]:
    once = await idempotency.once_of(request)
    return await idempotency.run(counter.desk, once, 200, act, *args, **kwargs)


router: Final = Router(
    "/",
    route_handlers=[
        list_orders, show_order, list_accounted, issue, acknowledge, close, reply, send_back,
        judge, appeal, decide_appeal,
    ],
)  # fmt: skip
