"""The pages of supervision orders: lists, one order with its forms, a new one, who answers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_403_FORBIDDEN, HTTP_409_CONFLICT

from federation.partstore import PreparedPart
from node.audit import actions as audit
from node.cases.counter import Counter
from node.cases.page_looker import Looker
from node.errors import BadInputError, NotAllowedError, NotFoundError, OrderNotOpenError
from node.supervision import orders_actions as actions
from node.supervision import orders_api, page_order, page_orders
from node.supervision import orders_model as model
from node.supervision import page_order_forms as forms
from node.supervision.page_orders import AccountPage, NewPage
from node.web import tables_out
from node.web.chrome import Told, day
from node.web.pages_base import UNFIT, Pages, Typed, router_of, see, words_for
from node.web.pages_base import forms as forms_of
from node.web.security import Asked
from node.work import Work
from schemas.audit import Act
from schemas.orders import OrderAct, OrderView

Perform = Callable[[Work, str, PreparedPart | None], OrderView]


def _looker(request: Asked, counter: Counter) -> Looker:
    return counter.looker(words_for(request))


# ---- the list


@get("/supervision/orders")
async def show_orders(
    request: Asked,
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    before: FromQuery[str] = "",
) -> Response[str]:
    """List what waits for whoever asks, what is under way, and what is over."""
    looker = _looker(request, counter)
    page = await counter.desk.read(page_orders.orders_page, looker, before)
    return await pages.show(request, counter.desk, "orders.html", page)


# ---- a new one


@get("/supervision/orders/new")
async def show_new(
    request: Asked,
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    case: FromQuery[str] = "",
) -> Response[str]:
    """Show the form of a new order: about findings, about a case, or about a place."""
    looker = _looker(request, counter)
    found = tuple(request.query_params.getall("finding", []))
    page, status = await _new(counter, looker, found, case)
    return await pages.show(request, counter.desk, "order_new.html", page, status=status)


async def _new(
    counter: Counter, looker: Looker, found: tuple[str, ...], case: str
) -> tuple[NewPage, int]:
    """Make the form; where the findings cannot be one order, say so and ask for none of them."""
    try:
        page = await counter.desk.read(page_orders.new_page, looker, found, case)
    except BadInputError as error:
        page = await counter.desk.read(page_orders.new_page, looker, (), "")
        why = next(iter(forms.faults(looker.words, error.fields).values()))
        return replace(page, told=Told("stop", why)), UNFIT
    return page, HTTP_200_OK


@post("/supervision/orders", status_code=HTTP_200_OK)
async def issue(
    request: Asked, counter: NamedDependency[Counter], pages: NamedDependency[Pages]
) -> Response[str] | Redirect:
    """Issue an order."""
    looker, typed = _looker(request, counter), await forms_of(request)
    try:
        form = forms.read_issue(typed)
        async with counter.preparing.text("text", form.text) as text:
            order = await counter.desk.run(actions.issue, form, text)
    except BadInputError as error:
        page, _ = await _new(counter, looker, typed.texts("finding"), typed.text("case"))
        wrong = forms.faults(looker.words, error.fields)
        again = replace(page, form=replace(page.form, values=typed.values, errors=wrong))
        return await pages.show(request, counter.desk, "order_new.html", again, status=UNFIT)
    return see(f"/supervision/orders/{model.end_of(order.stream)}?done={OrderAct.ISSUE}")


# ---- one


@get("/supervision/orders/{order:str}")
async def show_order(
    request: Asked,
    order: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Show an order: what is asked, how it went, and what may be done with it now."""
    looker = _looker(request, counter)
    page = await counter.desk.read(page_order.order_page, looker, order)
    told = page_order.done(looker.words, page, request.query_params.get("done", ""))
    return await pages.show(request, counter.desk, "order.html", replace(page, told=told))


READ: Final[dict[str, tuple[Callable[[Typed], Any], Callable[..., OrderView]]]] = {
    OrderAct.REPLY: (forms.read_reply, actions.reply),
    OrderAct.SEND_BACK: (forms.read_back, actions.send_back),
    OrderAct.JUDGE: (forms.read_verdict, actions.judge),
    OrderAct.APPEAL: (forms.read_appeal, actions.appeal),
    OrderAct.DECIDE_APPEAL: (forms.read_verdict, actions.decide_appeal),
}
"""How a form with a text is read, and what it does."""
PLAIN: Final[dict[str, Callable[[Work, str], OrderView]]] = {
    OrderAct.ACKNOWLEDGE: actions.acknowledge,
    OrderAct.CLOSE: actions.close,
}


@post("/supervision/orders/{order:str}/{act:str}", status_code=HTTP_200_OK)
async def act_on(
    request: Asked,
    order: FromPath[str],
    act: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Do one step with an order; what is wrong is said at the form, with all that was typed."""
    typed, looker = await forms_of(request), _looker(request, counter)
    try:
        await _act(counter, order, act, typed)
    except BadInputError as error:
        page = await counter.desk.read(page_order.order_page, looker, order)
        again = page.again(act, typed.values, forms.faults(looker.words, error.fields))
        return await pages.show(request, counter.desk, "order.html", again, status=UNFIT)
    except OrderNotOpenError:
        return await _moved(request, counter, pages, order, HTTP_409_CONFLICT)
    except NotAllowedError:
        return await _moved(request, counter, pages, order, HTTP_403_FORBIDDEN)
    return see(f"/supervision/orders/{order}?done={act}")


async def _act(counter: Counter, name: str, act: str, typed: Typed) -> None:
    if act in PLAIN:
        await counter.desk.run(PLAIN[act], name)
        return
    if act not in READ:
        raise NotFoundError(f"act {act}")
    read, do = READ[act]
    form = read(typed)
    async with counter.preparing.text("text", form.text) as text:
        await counter.desk.run(do, name, form, text)


async def _moved(
    request: Asked, counter: Counter, pages: Pages, order: str, status: int
) -> Response[str]:
    """Somebody was first, or somebody else must do it: show the fresh state."""
    looker = _looker(request, counter)
    page = await counter.desk.read(page_order.order_page, looker, order)
    word = "moved" if status == HTTP_409_CONFLICT else "not_yours"
    told = Told("stop", looker.words.say(f"order.{word}"), looker.words.say(f"order.{word}_text"))
    fresh = replace(page, told=told)
    return await pages.show(request, counter.desk, "order.html", fresh, status=status)


# ---- accountability


@get("/supervision/accountability")
async def show_accounted(
    request: Asked,
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    month: FromQuery[str] = "",
) -> Response[str]:
    """Show who answers for what was upheld, of a month or of all."""
    looker = _looker(request, counter)
    page = await counter.desk.read(page_orders.account_page, looker, orders_api.month_of(month))
    return await pages.show(request, counter.desk, "accounted.html", page)


@post("/supervision/accountability/export", status_code=HTTP_200_OK)
async def export_accounted(request: Asked, counter: NamedDependency[Counter]) -> Response[bytes]:
    """Give the record as a file; that it left is written down."""
    looker, typed = _looker(request, counter), await forms_of(request)
    month = orders_api.month_of(typed.text("month"))
    page = await counter.desk.run(_exported, looker, month)
    words = looker.words
    head = (words.say(f"accounted.{one}") for one in page_orders.ACCOUNT_HEADS)
    table = tables_out.as_csv(head, map(page_orders.account_cells, page.rows))
    name = f"accountability-{looker.me}-{month or day(counter.desk.works.now_ms)}.csv"
    return tables_out.attached(name, table)


def _exported(work: Work, looker: Looker, month: str) -> AccountPage:
    page = page_orders.account_page(work.tx, looker, month)
    audit.note(work, Act.EXPORTED, "accountability", {"rows": str(len(page.rows))})
    return page


router: Final = router_of(
    show_orders, show_new, issue, show_order, act_on, show_accounted, export_accounted
)
