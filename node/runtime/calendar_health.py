"""Whether the days that limits are reckoned by are announced, as far as they should be by now."""

from datetime import datetime

from node.calendar import actions
from node.clock import local_day
from node.database import Tx
from schemas.doctor import Finding, Standing
from schemas.ids import NodeId


def days(tx: Tx, me: NodeId, now: datetime) -> Finding:
    """Look at this year's arrangement, and from 1 November at the next year's."""
    lacking = actions.lacking(tx, me, local_day(now))
    if lacking is None:
        return Finding(
            check="calendar", standing=Standing.OK, zh="工作日历齐全",
            en="the days off are known as far as they are announced",
        )  # fmt: skip
    year = lacking.year
    days_left = f"距 {year} 年还有 {lacking.warning_days} 天"
    when = f"{year} 年已经开始" if lacking.missing else days_left
    return Finding(
        check="calendar",
        standing=Standing.FAULT if lacking.missing else Standing.WARNING,
        zh=f"{when}，放假安排尚未发布，期限暂按放假办法推算",
        en=f"the days off of {lacking.year} are not published: dates in it are provisional",
        way_out="once the State Council has announced them: zhengwu calendar publish FILE at the"
        " county or city",
    )
