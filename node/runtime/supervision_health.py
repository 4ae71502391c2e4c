"""Whether the rules of supervision keep up, and whether one of them fails."""

from collections.abc import Iterator
from typing import Final

from levels.profiles import profile_of
from node.database import Tx
from schemas.doctor import Finding, Standing
from schemas.ids import NodeId, level_of
from schemas.levels import Capability

MANY_BEHIND: Final = 20_000
"""Events: a quarter of a minute's work; a node that runs is never so far behind for long."""


def rules(tx: Tx, me: NodeId) -> Iterator[Finding]:
    """Look at the follower that runs the rules; a village has none."""
    if Capability.OVERSEE not in profile_of(level_of(me)).capabilities:
        return
    from node.supervision import actions  # noqa: PLC0415  # a village does without

    faults, behind = actions.standing(tx)
    yield Finding(
        check="rules", standing=Standing.WARNING if faults else Standing.OK,
        zh=f"监察规则在 {faults} 处出错" if faults else "监察规则运行正常",
        en=f"rules failed at {faults} cases or days; the others were kept"
        if faults else "no rule of supervision fails",
        way_out="zhengwu supervision rules shows where; switch the rule off until it is mended"
        if faults else "",
    )  # fmt: skip
    late = behind > MANY_BEHIND
    yield Finding(
        check="supervision", standing=Standing.WARNING if late else Standing.OK,
        zh=f"监察落后 {behind} 条记录", en=f"supervision is {behind} events behind",
        way_out="let the node run: it catches up by itself" if late else "",
    )  # fmt: skip
