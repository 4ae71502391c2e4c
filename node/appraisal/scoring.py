"""评分: what a score sheet makes of counts. Pure.

Points are reckoned exactly and rounded once for each line, so that what a page shows adds up. A
line without a figure (nobody rated, nothing is measured there) counts for nothing: its weight is
spread over the others, in proportion. Whoever had too few cases has a score and no rank.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from schemas.appraisal import Grain, Measure
from schemas.reports import Honour, Score, ScoreLine, Sheet, SheetCount, SheetLine

FULL: Final = 10_000  # hundredths of a point: a hundred points
SCALE: Final = 10_000  # of figures, which sheets and scores keep as ten-thousandths
VOLUME: Final = "volume"
"""Of how many cases, beside the busiest: no indicator, for it compares.

Without a case there is no figure: nobody is scored for having nothing to do."""
ATTENDANCE: Final = "attendance"
"""出勤: nothing measures it yet, so it never has a figure."""
BESIDE: Final = frozenset({VOLUME, ATTENDANCE})
NO_MARKS: Final[Mapping[str, int]] = MappingProxyType({})
BLEMISHES: Final = (Measure.RED, Measure.BAD, Measure.COMPLAINTS_TRUE, Measure.POINTS)
"""Whoever has one of these is not put forward for an award."""

Counts = Mapping[Measure, int]


@dataclass(frozen=True, slots=True)
class Value:
    """What an indicator makes of counts."""

    share: Fraction
    of: int
    """Its denominator: of how many."""


ValueOf = Callable[[str, Counts], Value | None]
"""Gives the figure of an indicator by its id; `None` where there is nothing to measure."""


def reckon(
    sheet: Sheet,
    counts: Mapping[str, Counts],
    value_of: ValueOf,
    marks: Mapping[str, int] = NO_MARKS,
) -> tuple[Score, ...]:
    """Score every subject, the best first; `marks` are those of departments, of a hundred."""
    busiest = max((one.get(sheet.population, 0) for one in counts.values()), default=0)

    def figure(line: SheetLine, own: Counts) -> Value | None:
        if line.indicator == ATTENDANCE:
            return None
        if line.indicator != VOLUME:
            return value_of(line.indicator, own)
        cases = own.get(sheet.population, 0)
        return Value(Fraction(cases, busiest), busiest) if cases else None

    scores = [
        _score(sheet, subject, own, [figure(line, own) for line in sheet.lines], marks)
        for subject, own in counts.items()
    ]
    return _ranked(scores, sheet.least)


def _score(
    sheet: Sheet,
    subject: str,
    own: Counts,
    figures: Sequence[Value | None],
    marks: Mapping[str, int],
) -> Score:
    lines = _lines(sheet.lines, figures)
    deducted = sum(_times(one, own) for one in sheet.deductions)
    bonus = min(sum(_times(one, own) for one in sheet.bonuses), sheet.most_bonus)
    centre = None
    if any(one.value is not None for one in lines):
        sum_of = sum(one.points for one in lines)
        centre = min(max(sum_of - deducted + bonus, 0), FULL + sheet.most_bonus)
    mark = marks.get(subject) if sheet.department_weight else None
    department = None if mark is None else mark * 100
    return Score(
        grain=sheet.grain, subject=subject, population=own.get(sheet.population, 0), lines=lines,
        deducted=deducted, bonus=bonus, centre=centre, department=department,
        total=_total(centre, department, sheet.department_weight),
    )  # fmt: skip


def _lines(lines: Sequence[SheetLine], figures: Sequence[Value | None]) -> tuple[ScoreLine, ...]:
    weights = spread(
        [0 if figure is None else line.weight for line, figure in zip(lines, figures, strict=True)]
    )
    return tuple(
        ScoreLine(indicator=line.indicator, weight=0)
        if figure is None
        else ScoreLine(
            indicator=line.indicator,
            weight=weight,
            value=_rounded(figure.share * SCALE),
            of=figure.of,
            points=_rounded(weight * earned(line, figure.share)),
        )
        for line, figure, weight in zip(lines, figures, weights, strict=True)
    )


def spread(weights: Sequence[int]) -> tuple[int, ...]:
    """Spread a hundred points over what has a weight, in hundredths that add up exactly."""
    whole = sum(weights)
    if not whole:
        return tuple(0 for _ in weights)
    exact = [Fraction(FULL * weight, whole) for weight in weights]
    floors = [int(one) for one in exact]
    left = FULL - sum(floors)
    neediest = sorted(range(len(exact)), key=lambda at: (floors[at] - exact[at], at))
    for at in neediest[:left]:
        floors[at] += 1
    return tuple(floors)


def earned(line: SheetLine, share: Fraction) -> Fraction:
    """Tell which part of a line's points a figure earns: 0 at `zero`, 1 at `full`."""
    zero, full = Fraction(line.zero, SCALE), Fraction(line.full, SCALE)
    return min(max((share - zero) / (full - zero), Fraction(0)), Fraction(1))


def _times(one: SheetCount, own: Counts) -> int:
    return min(own.get(one.measure, 0) * one.each, one.most)


def _total(centre: int | None, department: int | None, weight: int) -> int | None:
    if centre is None or department is None:
        return centre
    return _rounded(Fraction(centre * (100 - weight) + department * weight, 100))


def _rounded(exact: Fraction) -> int:
    """Round to the nearest whole number, half up, as people do."""
    return int((exact + Fraction(1, 2)) // 1)


def _ranked(scores: Iterable[Score], least: int) -> tuple[Score, ...]:
    """Put the best first; equals share a rank, and the ranks behind them are left out."""
    ranking: list[Score] = []
    others: list[Score] = []
    for one in scores:
        has_rank = one.total is not None and one.population >= max(least, 1)
        (ranking if has_rank else others).append(one)
    ranking.sort(key=lambda one: (-(one.total or 0), one.subject))
    ranked: list[Score] = []
    for _, equals in groupby(ranking, key=lambda one: one.total):
        rank = len(ranked) + 1
        ranked += [replace(one, rank=rank) for one in equals]
    others.sort(key=lambda one: (-one.population, one.subject))
    return (*ranked, *others)


def put_forward(
    sheets: Iterable[Sheet], scores: Sequence[Score], counts: Mapping[Grain, Mapping[str, Counts]]
) -> tuple[Honour, ...]:
    """Name whom scores and counts put forward for awards, by all sheets."""
    return tuple(
        honour
        for sheet in sheets
        for honour in honours(
            sheet, [one for one in scores if one.grain is sheet.grain], counts[sheet.grain]
        )
    )


def honours(
    sheet: Sheet, scores: Iterable[Score], counts: Mapping[str, Counts]
) -> tuple[Honour, ...]:
    """Name whom the figures put forward: the first ranks without a blemish; equals all together."""
    clean = [
        one
        for one in scores
        if one.rank and not any(counts.get(one.subject, {}).get(bad, 0) for bad in BLEMISHES)
    ]
    chosen = clean[: sheet.honours]
    while chosen and len(chosen) < len(clean) and clean[len(chosen)].total == chosen[-1].total:
        chosen.append(clean[len(chosen)])
    return tuple(
        Honour(grain=sheet.grain, subject=one.subject, total=one.total or 0) for one in chosen
    )
