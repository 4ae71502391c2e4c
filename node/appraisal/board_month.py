"""本月 on the board of supervision: what this month came to so far. The board lies below."""

from collections.abc import Mapping
from typing import Final

from node.appraisal import indicators, periods, reading
from node.appraisal.indicators import BY_ID
from node.database import Tx
from node.supervision.board_lines import Watcher
from node.supervision.page_board import Month
from node.web.chrome import Fact
from node.web.wording import Words
from schemas.appraisal import Figure, Grain, Measure, PeriodKind, Unit

ON_TIME: Final = "on_time_rate"
SHOWN: Final = ("received", "accepted", "finished", ON_TIME, "rating_share", "satisfaction")
"""Indicators of the card, as far as they say anything this month."""


def month_of(tx: Tx, watcher: Watcher) -> Month:
    """Tell this month's figures of this place, and how much its departments did in time."""
    period = periods.period_of(PeriodKind.MONTH, watcher.today)
    here = reading.tallies(tx, period, Grain.PLACE, [watcher.me])[watcher.me]
    bodies = reading.tallies(tx, period, Grain.BODY)
    own = {name: counts for name, counts in bodies.items() if name.startswith(f"{watcher.me}/")}
    return Month(
        facts=tuple(_facts(watcher, here)) if any(here.values()) else (),
        on_time={
            name: said for name, counts in own.items() if (said := _on_time(watcher.words, counts))
        },
    )


def _facts(watcher: Watcher, counts: Mapping[Measure, int]) -> list[Fact]:
    made = ((one, indicators.figure(one, counts)) for one in map(BY_ID.__getitem__, SHOWN))
    return [
        Fact(watcher.words.pick(*one.name), _said(watcher.words, figure))
        for one, figure in made
        if figure is not None
    ]


def _on_time(words: Words, counts: Mapping[Measure, int]) -> str:
    figure = indicators.figure(BY_ID[ON_TIME], counts)
    return "" if figure is None else _said(words, figure)


def _said(words: Words, figure: Figure) -> str:
    """Write a figure; of a rate of so few that it says little, the counts beside it."""
    if figure.unit is not Unit.PERCENT:
        return f"{figure.value:g}"
    rate = f"{figure.value:g}%"
    if not figure.small:
        return rate
    return words.say("lights.few", rate=rate, part=figure.numerator, whole=figure.denominator)
