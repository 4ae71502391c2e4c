"""办公时间: hours of work as rules count them. Pure.

Hours are whole hours of the local day (北京时间), parameters of the rules that count them.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final

from node.calendar.model import ONE_DAY, Calendar, due_instant
from node.cases.clocks import day_of
from node.clock import CHINA, from_ms, local_day, to_ms
from node.supervision.model import Parameter, Values

PARAMETERS: Final[Mapping[str, Parameter]] = MappingProxyType(
    {
        "opens_hour": Parameter(usual=8, most=23),
        "noon_from_hour": Parameter(usual=12, most=24),
        "noon_to_hour": Parameter(usual=14, most=24),
        "closes_hour": Parameter(usual=18, least=1, most=24),
    }
)
"""8:00 to 12:00 and 14:00 to 18:00, as windows of the county are open."""
_HOUR: Final = timedelta(hours=1)
_MIDNIGHT: Final = 24


def after(instant: int, hours: int, calendar: Calendar, values: Values) -> int:
    """Give the instant by which so many hours of work have passed; milliseconds UTC.

    Where the parameters leave no hour of work in a day, that many whole workdays. An instant
    outside of what anyone reckons, as other nodes may claim it, is given back.
    """
    opening = tuple(_opening(values))
    begun, left = from_ms(instant), _HOUR * hours
    day = day_of(instant)
    if day != local_day(begun):
        return instant
    if not opening:
        return to_ms(due_instant(calendar.after(day, max(hours, 1))))
    while True:
        day = calendar.next_workday(day)
        for first, last in opening:
            start, end = max(_at(day, first), begun), _at(day, last)
            if end - start >= left:
                return to_ms(start + left)
            left -= max(end - start, timedelta())
        day += ONE_DAY


def is_open(instant: int, calendar: Calendar, values: Values) -> bool:
    """Say whether offices are open at that instant."""
    moment = from_ms(instant)
    day = day_of(instant)
    if not calendar.is_workday(day):
        return False
    return any(_at(day, first) <= moment < _at(day, last) for first, last in _opening(values))


def _opening(values: Values) -> Iterator[tuple[int, int]]:
    """Give the stretches of a day in which work is done; none that ends before it begins."""
    opens, closes = values["opens_hour"], values["closes_hour"]
    noon, until = values["noon_from_hour"], values["noon_to_hour"]
    if noon >= until:  # open over noon
        noon = until = max(opens, min(noon, closes))
    for first, last in ((opens, min(noon, closes)), (max(until, opens), closes)):
        if first < last:
            yield first, last


def _at(day: date, hour: int) -> datetime:
    if hour == _MIDNIGHT:
        return due_instant(day)
    return datetime.combine(day, time(hour), CHINA)
