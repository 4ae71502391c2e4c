"""What the page of a case shows of orders: those about it, and the way to issue one."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from node.cases.caseview import CaseView
from node.cases.page_looker import Looker
from node.database import Tx
from node.errors import BadInputError
from node.supervision import orders_matter as matters
from node.supervision import orders_model as model
from node.supervision import orders_people as people
from node.supervision import orders_reading as reading
from node.supervision.page_order_light import Names, mark_of
from node.web.chrome import Mark
from schemas.staff import Role


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order about a case."""

    kind: str
    number: str
    whom: str
    mark: Mark
    verdict: str
    href: str


@dataclass(frozen=True, slots=True)
class OrdersOnCase:
    """督办 on the page of a case."""

    lines: tuple[OrderLine, ...]
    go: str
    """Where a supervisor issues one; empty for anybody else."""


def of_case(tx: Tx, looker: Looker, view: CaseView, waiting: Sequence[str]) -> OrdersOnCase | None:
    """Read the orders about a case that he may see; `None` if there is nothing to show.

    `waiting` is what was found about it and nobody has done anything about yet.
    """
    words = looker.words
    about = reading.as_asked(tx, looker.me, reading.of_case(tx, view.stream))
    found = [one for one in about if people.sees(one, looker.me, looker.actor)]
    issues = Role.SUPERVISOR in looker.actor.roles
    if not found and not issues:
        return None
    names = Names.read(tx, looker) if found else None
    lines = tuple(
        OrderLine(
            kind=words.say(f"order_kind.{one.order}"),
            number=one.number,
            whom=names.subject(one),
            mark=mark_of(words, one, looker.today, names.calendar),
            verdict=words.say(f"order_verdict.{one.verdict}") if one.verdict else "",
            href=f"/supervision/orders/{model.end_of(one.stream)}",
        )
        for one in found
        if names is not None
    )
    return OrdersOnCase(lines, _go(tx, looker, view, waiting) if issues else "")


def _go(tx: Tx, looker: Looker, view: CaseView, waiting: Sequence[str]) -> str:
    """Say where an order is issued: about all that waits, if that is one unit's."""
    new = "/supervision/orders/new"
    if waiting:
        with suppress(BadInputError):
            matters.of_findings(tx, looker.me, waiting)
            return f"{new}?{'&'.join(f'finding={one}' for one in waiting)}"
    return f"{new}?case={view.number}"
