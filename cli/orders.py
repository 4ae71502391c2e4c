"""Supervision orders, for whoever has the machine: facts alone, no texts and no names."""

from typing import Annotated

import typer

from cli.show import HERE, Home, Json, ask, emit, say
from node.supervision import orders_model as model
from node.web.wording import WORDS, Language
from schemas import control as c
from schemas.orders import AskOrder, OrderList, OrderView

ZH = WORDS[Language.ZH]
Order = Annotated[str, typer.Argument(help="文号或编号 · the order's number or address。")]


def listing(home: Home = HERE, as_json: Json = False) -> None:
    """列出督办: 未办结的按期限, 再列最近办结的 · list supervision orders。"""
    found = ask(home, "supervision.orders", c.Nothing(), OrderList)
    if as_json:
        emit(found)
        return
    say(f"{len(found.orders)} 件督办 · orders")
    for one in found.orders:
        say(f"  {_line(one)}")


def show(order: Order, home: Home = HERE, as_json: Json = False) -> None:
    """看一件督办 · show one supervision order。"""
    found = ask(home, "supervision.order", AskOrder(order=order), OrderView)
    if as_json:
        emit(found)
        return
    say(_line(found))
    if found.case_number:
        say(f"  办件 · case {found.case_number}")
    if found.cause and found.correction:
        cause = ZH.say(f"order_cause.{found.cause}")
        correction = ZH.say(f"order_correction.{found.correction}")
        late = "  逾期 · late" if found.replied_late else ""
        say(f"  回复 · reply: {cause}, {correction}{late}")
    if found.verdict and found.ground:
        verdict = ZH.say(f"order_verdict.{found.verdict}")
        ground = ZH.say(f"order_ground.{found.ground}")
        say(f"  认定 · verdict: {verdict} ({ground})")


def _line(one: OrderView) -> str:
    kind, state = ZH.say(f"order_kind.{one.order}"), ZH.say(f"order_state.{one.state}")
    if model.is_under_way(one):
        state = ZH.say("order.under_way", state=state)
    whom = one.subject if one.department is None else f"{one.subject}/{one.department}"
    end = one.stream.rsplit("/", 1)[1]
    return f"{one.reply_by}  {state}  {kind} {one.number}  {one.issuer} → {whom}  {end}"
