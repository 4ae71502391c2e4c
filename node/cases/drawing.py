"""Draws `docs/states.md` out of the very table that is in force: `python -m node.cases.drawing`."""

import sys
from collections.abc import Iterator
from typing import Final

from node.cases.guards import GUARDS
from node.cases.transitions import (
    HOME_IS_DECIDER,
    HOME_IS_HOLDER,
    HOME_IS_STAGE,
    TABLE,
    Next,
    Row,
)
from schemas.cases import Action, CaseState
from schemas.staff import Role

_HEAD: Final = """\
# States of a case (办件状态)

Drawn from `node/cases/transitions.py` by `python -m node.cases.drawing > docs/states.md`; a test
says so when it is out of date.

A step needs the case to be held by the node that acts. *Stage* is the kind of stage, of the item's
process, that must be next; *who* says whose turn it is; *holder after* has the case next. A step
without roles is nobody's: time itself or the applicant brings it about, and the system writes it.
*As before* is the state in which the correction or the special procedure began. Steps marked * ask
for more than state and stage: see below the table.
"""


def states_page() -> str:
    """The whole page."""
    return f"{_HEAD}\n{diagram()}\n\n{table()}\n\n{conditions()}\n\n{homes()}\n"


def diagram() -> str:
    """The states and the steps between them, in Mermaid, without those that only end a case."""
    lines = ["```mermaid", "stateDiagram-v2"]
    for row in TABLE:
        if row.action not in _LEFT_OUT:
            before = "[*]" if row.state is None else row.state.value
            lines += [f"    {before} --> {state}: {row.action.value}" for state in _next_of(row)]
    lines += [f"    {state.value} --> [*]" for state in (CaseState.CLOSED, *sorted(HOME_IS_HOLDER))]
    return "\n".join((*dict.fromkeys(lines), "```"))


_LEFT_OUT: Final = frozenset({Action.SEND_ON, Action.WITHDRAW, Action.TERMINATE, Action.VOID})


def _next_of(row: Row) -> tuple[str, ...]:
    """Name the states to which a row may lead."""
    if row.next is None:
        return ()
    if not isinstance(row.next, Next):
        return (row.next.value,)
    began = (one.state for one in TABLE if one.next is row.state and one.state is not None)
    return tuple(dict.fromkeys(state.value for state in began))


def table() -> str:
    """Every row, in the table's order."""
    head = ("state", "action", "stage", "roles", "who", "next state", "clocks", "holder after")
    return "\n".join(
        (_line(head), _line("---" for _ in head), *(_line(_cells(row)) for row in TABLE))
    )


def conditions() -> str:
    """What must be true of a case beside its state and stage, step by step."""
    return "\n".join(
        (
            "What a step marked * asks for as well:",
            "",
            *(f"- {action.value}: {guard.says}" for action, guard in GUARDS.items()),
        )
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
    yield f"{row.action.value} *" if row.action in GUARDS else row.action.value
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
    if state in HOME_IS_HOLDER:
        return "whoever holds it"
    if state is CaseState.DECIDED:
        return "the node that makes the licence, if one is still to be made; else the origin"
    return "the node that decided, or the origin" if state in HOME_IS_DECIDER else "the origin"


if __name__ == "__main__":
    sys.stdout.write(states_page())
