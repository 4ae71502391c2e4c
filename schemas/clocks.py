"""时限: the clocks of a case, when each ends, and why.

Days are local days (北京时间), `yyyy-mm-dd`.
"""

from enum import StrEnum

import msgspec

from schemas.calendar import Reckoned
from schemas.ids import CaseNumber
from schemas.items import Limit


class ClockKind(StrEnum):
    """Which limit a clock counts."""

    PROMISED = "promised"  # 承诺办结时限
    STATUTORY = "statutory"  # 法定办结时限
    ACCEPTANCE = "acceptance"  # 受理期限: five working days from receipt (行政许可法 §32)
    DELIVERY = "delivery"  # 送达期限: ten working days from the decision (§44)
    CHECK = "check"  # 核查期限, of a case decided on a commitment
    STAGE = "stage"  # 环节时限: of the stage at which the case stands


class ClockState(StrEnum):
    """What a clock does. Whether its day has passed is no state: that needs no event."""

    WAITING = "waiting"  # 未起算: what starts it has not happened, or has no date yet
    RUNNING = "running"  # 计时中
    PAUSED = "paused"  # 暂停
    ENDED = "ended"  # 已结束: decided, refused or withdrawn


class Light(StrEnum):
    """灯: how near the end of a limit is, as lists show it. It is stored nowhere."""

    GREEN = "green"  # 时间充裕
    YELLOW = "yellow"  # 即将到期: the last fifth of the limit, or as the rulebook says
    RED = "red"  # 超期
    STILL = "still"  # 暂停计时
    UNSURE = "unsure"  # its day has passed, but rests on a calendar that is not published
    MISSING = "missing"  # 日历缺失: rests on a year that has begun and is not published


class DueChange(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier due day, and what took its place when the calendar changed."""

    was: str
    was_provisional: bool
    due: str
    provisional: bool
    at: int
    """When this node reckoned anew: milliseconds UTC."""


class CaseClock(msgspec.Struct, frozen=True, kw_only=True):
    """One clock of a case, as this node knows it today."""

    clock: ClockKind
    limit: Limit
    """The limit, and the event that starts it."""
    state: ClockState
    start: str | None = None
    """The day that sets it running, itself not counted; none while that has no date."""
    due: str | None = None
    """The last day; none before the start and during a pause."""
    due_at: int | None = None
    """The end of that day: milliseconds UTC."""
    provisional: bool = False
    """The State Council's arrangement of a year in between is not known: subject to it."""
    lacking_years: tuple[int, ...] = ()
    """Those years."""
    calendar_missing: bool = False
    """Provisional although such a year has begun: to be called neither in time nor late."""
    remaining: int | None = None
    """Workdays left behind today (behind the day it ended) up to the due day; negative: over."""
    overdue: bool = False
    """The due day is over, by days that are announced."""
    paused_since: str | None = None
    ended: str | None = None
    steps: tuple[Reckoned, ...] = ()
    """Why it ends that day, a sentence per step."""
    changes: tuple[DueChange, ...] = ()
    """Earlier due days, the oldest first."""
    stage: str = ""
    """Name of the stage, of a stage's clock."""
    deemed: str = ""
    """What time itself brought about: `accepted` (视为受理), `granted` (视为准予), or nothing."""


class CaseClocks(msgspec.Struct, frozen=True, kw_only=True):
    """The clocks of a case; none while its item is not known here."""

    number: CaseNumber
    today: str
    clocks: tuple[CaseClock, ...]
