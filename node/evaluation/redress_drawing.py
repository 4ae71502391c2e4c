"""Draws the table of steps and the limits for `docs/redress.md`, out of what is in force."""

from collections.abc import Iterable
from typing import Final

from node.evaluation.redress_limits import LIMITS
from node.evaluation.redress_model import EVERY, STEPS, Part
from node.evaluation.redress_posts import (
    CALLERS,
    DESK_POSTS,
    HALL_HEADS,
    HALL_POSTS,
    HEAD_POSTS,
    JUDGES,
)
from schemas.redress import RedressAct, RedressState
from schemas.staff import Role

_WHO: Final = {
    Part.ANSWERER: (DESK_POSTS, HALL_POSTS),
    Part.HEAD: (HEAD_POSTS, HALL_HEADS),
    Part.CALLER: (CALLERS, CALLERS),
    Part.JUDGE: (JUDGES, JUDGES),
}


def diagram() -> str:
    """Draw the states and the steps between them."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {RedressState.OPENED}"]
    for (before, act), step in STEPS.items():
        lines.append(f"    {before} --> {step.after}: {act}")
        if act is RedressAct.DECIDE_APPEAL:
            lines += [f"    {before} --> {one}: {act}" for one in _back()]
    return "\n".join((*lines, f"    {RedressState.CLOSED} --> [*]", "```"))


def _back() -> tuple[RedressState, ...]:
    """Where a matter goes on whose appeal is not allowed: where it was appealed against."""
    return tuple(before for before, act in STEPS if act is RedressAct.APPEAL)


def steps_table() -> str:
    """Every row, in the table's order."""
    rows: list[tuple[str, ...]] = [
        ("state", "act", "state after", "kinds", "by", "in a department", "in a hall or town")
    ]
    for (before, act), step in STEPS.items():
        of = "all" if step.of == EVERY else ", ".join(sorted(step.of))
        desk, hall = map(_names, _WHO[step.by])
        back = f" or {' / '.join(_back())}" if act is RedressAct.DECIDE_APPEAL else ""
        rows.append((before, act, f"{step.after}{back}", of, step.by, desk, hall))
    return _table(rows)


def limits_table() -> str:
    """The limits, in working days."""
    rows: list[tuple[str, ...]] = [
        ("kind", "verify", "answer, simple", "answer, complex", "counted from", "handled under")
    ]
    for kind, one in LIMITS.items():
        start = "the day it came" if one.whole else "the day it was verified"
        days = tuple(map(str, (one.verify, one.simple, one.complex)))
        rows.append((kind, *days, start, one.basis or "–"))
    return _table(rows)


def _names(roles: Iterable[Role]) -> str:
    return ", ".join(one for one in Role if one in roles)


def _table(rows: list[tuple[str, ...]]) -> str:
    lines = [rows[0], ("---",) * len(rows[0]), *rows[1:]]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
