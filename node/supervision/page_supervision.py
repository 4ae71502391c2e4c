"""What supervision shows on other pages: the section on a case's page, and the count on a home.

`section` and `asks` are for pages that lie below this capability: whoever assembles the node hands
them over.
"""

from dataclasses import dataclass
from typing import Final

from node.cases.caseview import CaseView
from node.cases.page_looker import Ask, Looker
from node.database import Tx
from node.supervision import page_order_section, reading
from node.supervision.orders_matter import ORDERABLE
from node.supervision.page_order_section import OrdersOnCase
from node.supervision.reading import Sight
from node.web.chrome import Mark
from node.work import Actor
from schemas.ids import NodeId
from schemas.supervision import FindingLevel, FindingState

TONES: Final = {FindingLevel.YELLOW: "yellow", FindingLevel.RED: "red"}


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding on a case's page."""

    mark: Mark
    state: str
    says: str
    at_ms: int
    href: str
    """Empty if its page is not for him."""


@dataclass(frozen=True, slots=True)
class SupervisionSection:
    """监察 on the page of a case."""

    lines: tuple[FindingLine, ...]
    orders: OrdersOnCase | None = None
    """督办 about the case."""


def section(tx: Tx, looker: Looker, view: CaseView) -> SupervisionSection | None:
    """Read what was found about a case that he may see; `None` if nothing was."""
    words = looker.words
    found = [
        one
        for one in reading.of_case(tx, view.stream, words)
        if one.state is not FindingState.WITHDRAWN
    ]
    waiting = [one.id for one in found if one.state in ORDERABLE]
    orders = page_order_section.of_case(tx, looker, view, waiting)
    if not found and orders is None:
        return None
    sight = Sight(looker.me, looker.actor)
    lines = tuple(
        FindingLine(
            Mark(TONES[one.level], words.say(f"rule_name.{one.rule}")),
            words.say(f"finding_state.{one.state}"),
            one.says,
            one.at,
            f"/supervision/findings/{one.id}" if sight.reads(one) else "",
        )
        for one in found
    )
    return SupervisionSection(lines, orders)


def asks(tx: Tx, me: NodeId, actor: Actor, now: int) -> tuple[Ask, ...]:
    """Count what was found about his own work and waits for somebody."""
    del now
    if not actor.roles & reading.OWN:
        return ()
    count = reading.count_own(tx, me, actor)
    return (Ask(count, "findings.ask", "/supervision/findings", "yellow"),)
