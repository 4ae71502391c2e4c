"""The one module that reads the system clock.

Everything else is handed an instant. A home made for training or tests may live at an offset;
people's sessions and other guards live in `wall` time, so moving a training clock signs nobody out.
"""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

CHINA: Final = timezone(timedelta(hours=8), "CST")
"""北京时间: the one civil time of the trade; no summer time since 1991."""


class Clock:
    """Tells the time of this node."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset
        """How far this node lives from the system's time; only training and test homes have one."""

    def now(self) -> datetime:
        """Tell the node's time, in UTC: what events, limits and lights are reckoned by."""
        return datetime.now(UTC) + self.offset

    def wall(self) -> datetime:
        """Tell the system's time, in UTC, whatever the offset: what sessions are reckoned by."""
        return datetime.now(UTC)


def to_ms(instant: datetime) -> int:
    """Reckon an aware instant in milliseconds UTC, rounded down, as tables and events keep it."""
    return (instant - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """Read milliseconds UTC as an aware instant; one beyond the calendar as its first or last day.

    Other nodes claim instants: whatever they write can be shown.
    """
    return _EPOCH + min(max(milliseconds, _FIRST), _LAST) * _MILLISECOND


def local_day(instant: datetime) -> date:
    """Tell the day in China at an aware instant."""
    return instant.astimezone(CHINA).date()


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_FIRST: Final = to_ms(datetime(1, 1, 2, tzinfo=UTC))  # a day's room for local time
_LAST: Final = to_ms(datetime(9999, 12, 30, tzinfo=UTC))
