"""Draws the life of an order for `docs/orders.md`, out of the very table that is in force."""

from typing import Final

from node.supervision.orders_table import TABLE, Part, When
from schemas.orders import OrderState

_WHEN: Final = {
    When.ALWAYS: "",
    When.UNDELIVERED: "once what was said has arrived there",
    When.UNANSWERED: "once it has arrived, after the last day for the reply",
    When.APPEALABLE: "until the last day for an appeal",
    When.UNAPPEALED: "once it has arrived, after the last day for an appeal",
}
_APART: Final = {
    Part.HAND: "signed, replied or appealed",
    Part.NAMED: "is it about",
    Part.ACCOUNTED: "is held to account",
    Part.JUDGE: "judged",
}


def diagram() -> str:
    """Draw the states and the steps between them."""
    steps = [
        f"    {'[*]' if row.state is None else row.state.value} --> {row.next.value}: "
        f"{row.act.value}"
        for row in TABLE
    ]
    ends = f"    {OrderState.CLOSED.value} --> [*]"
    return "\n".join(("```mermaid", "stateDiagram-v2", *dict.fromkeys(steps), ends, "```"))


def table() -> str:
    """Every row, in the table's order."""
    head = ("state", "act", "who", "next state", "holder after", "when", "not by who")
    lines = [head, ("---",) * len(head)]
    lines += [
        (
            "–" if row.state is None else row.state.value,
            row.act.value,
            row.who.value,
            row.next.value,
            row.holder.value,
            _WHEN[row.when],
            ", ".join(_APART[part] for part in row.apart),
        )
        for row in TABLE
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
