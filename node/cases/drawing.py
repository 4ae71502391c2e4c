"""Draws `docs/states.md` out of the very table that is in force: `python -m node.cases.drawing`."""

import sys
from collections.abc import Iterator
from typing import Final

from node.cases.transitions import HOME_IS_DECIDER, HOME_IS_STAGE, TABLE, Row
from schemas.cases import Action, CaseState
from schemas.staff import Role

_HEAD: Final = """\
# States of a case (办件状态)

Drawn from `node/cases/transitions.py` by `python -m node.cases.drawing > docs/states.md`; a test
says so when it is out of date.

A step needs the case to be held by the node that acts. *Stage* is the kind of stage, of the item's
process, that must be next; *who* says whose turn it is; *holder after* has the case next.
"""


def states_page() -> str:
    """The whole page."""
    return f"{_HEAD}\n{diagram()}\n\n{table()}\n\n{homes()}\n"


def diagram() -> str:
    """The states and the steps between them, in Mermaid, without sending on and withdrawing."""
    lines = ["```mermaid", "stateDiagram-v2"]
    for row in TABLE:
        if row.action not in (Action.SEND_ON, Action.WITHDRAW) and row.next is not None:
            before = "[*]" if row.state is None else row.state.value
            lines.append(f"    {before} --> {row.next.value}: {row.action.value}")
    lines.append(f"    {CaseState.CLOSED.value} --> [*]")
    return "\n".join((*dict.fromkeys(lines), "```"))


def table() -> str:
    """Every row, in the table's order."""
    head = ("state", "action", "stage", "roles", "who", "next state", "clocks", "holder after")
    return "\n".join(
        (_line(head), _line("---" for _ in head), *(_line(_cells(row)) for row in TABLE))
    )


def homes() -> str:
    """Where a case belongs in each state: whoever else holds it may send it on."""
    return "\n".join(
        (
            "Where a case belongs, whoever holds it:",
            "",
            *(f"- {state.value}: {_home(state)}" for state in CaseState),
        )
    )


def _cells(row: Row) -> Iterator[str]:
    yield "–" if row.state is None else row.state.value
    yield row.action.value
    yield "any" if row.stage is None else row.stage.value
    yield ", ".join(role.value for role in Role if role in row.roles)
    yield row.whose.value
    yield "same" if row.next is None else row.next.value
    yield row.clock.value
    yield row.holder.value


def _line(cells: Iterator[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _home(state: CaseState) -> str:
    if state in HOME_IS_STAGE:
        return "the node of the next stage"
    return "the node that decided, or the origin" if state in HOME_IS_DECIDER else "the origin"


if __name__ == "__main__":
    sys.stdout.write(states_page())
