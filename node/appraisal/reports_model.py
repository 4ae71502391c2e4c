"""What a report is made of and how its figures may change: by corrections alone. Pure.

Also who may do what with reports, and when nobody may object any more.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from types import MappingProxyType
from typing import Final, TypeVar

import msgspec
from msgspec.structs import replace

from node.appraisal import periods, scoring
from node.appraisal.scoring import ValueOf
from node.clock import from_ms, local_day
from schemas.appraisal import Grain, Measure, Period, PeriodKind, Tally
from schemas.ids import NodeId, StaffId, parent_of
from schemas.reports import Adjustment, Objection, Report, ReportState, Score, Sheet
from schemas.staff import Role

ISSUERS: Final = frozenset({Role.SUPERVISOR, Role.DIRECTOR})
OBJECTORS: Final = frozenset({Role.REPRESENTATIVE, Role.APPROVER})
"""Who answers for a department, or where there are none for the whole node."""
WATCHERS: Final = ISSUERS | {Role.LEADER}
"""Who sees the figures of persons, and those of periods that are not over."""
OBJECTION_WORKDAYS: Final[Mapping[PeriodKind, int]] = MappingProxyType(
    {
        PeriodKind.QUARTER: 5,  # a week to look one's cases up
        PeriodKind.YEAR: 7,  # it goes into the year's target appraisal: a week and a weekend more
    }
)
"""Days and months are published at once: they list, and do not decide."""
MOST_PERIODS_DUE: Final = 3  # of each kind: older ones nobody has missed
MOST_TEXT: Final = 12_000  # characters of a 通报: three pages, and with its event below 64 KiB
MOST_COUNT: Final = 999_999_999  # of anything over a year
MOST_REASON: Final = 300  # a few words
CHUNK_BYTES: Final = 40_000  # of figures in one event: the envelope may have 65,536 with all else
GRAINS: Final = (Grain.PLACE, Grain.BODY, Grain.WINDOW, Grain.STAFF, Grain.HOUR)
"""What a report lists."""
TIERS_LISTED: Final = 2  # below the publisher: a county's towns and villages, a city's towns

T = TypeVar("T", bound=msgspec.Struct)
Counts = dict[Grain, dict[str, dict[Measure, int]]]


def is_listed(me: NodeId, grain: Grain, subject: str) -> bool:
    """Say whether a report of `me` lists a subject: what is its own, or lies not too far below."""
    node = NodeId(subject.split("/", 1)[0])
    if not node.startswith(me):
        return False
    match grain:
        case Grain.PLACE:
            return _tiers_below(me, node) <= TIERS_LISTED
        case Grain.BODY:
            return _tiers_below(me, node) <= 1
        case _:
            return node == me


def _tiers_below(above: NodeId, node: NodeId) -> int:
    tiers = 0
    up: NodeId | None = node
    while up is not None and up != above:
        tiers, up = tiers + 1, parent_of(up)
    return tiers


def until_day(period: Period, today: date) -> tuple[date, bool]:
    """Give the last day that can be counted, and whether the period is over."""
    last = periods.bounds(period)[1]
    return min(last, today), last < today


def has_begun(period: Period, today: date) -> bool:
    """Say whether there can be anything to count."""
    return periods.bounds(period)[0] <= today


def periods_due(today: date, kinds: Sequence[PeriodKind]) -> Iterator[Period]:
    """Name the latest periods that are over, latest first, of each kind."""
    for kind in kinds:
        period = periods.period_of(kind, today)
        for _ in range(MOST_PERIODS_DUE):
            period = periods.before(period)
            yield period


def latest_over(today: date, kinds: Sequence[PeriodKind]) -> tuple[Period, ...]:
    """Name the period of each kind that was over last."""
    return tuple(periods.before(periods.period_of(kind, today)) for kind in kinds)


# ---- figures


def tallies_of(counts: Counts) -> tuple[Tally, ...]:
    """List counts as a report does, in a stable order; what is 0 is left out."""
    return tuple(
        Tally(grain=grain, subject=subject, counts={m: n for m, n in own.items() if n})
        for grain in GRAINS
        for subject, own in sorted(counts.get(grain, {}).items())
    )


def counts_in(figures: Iterable[Tally]) -> Counts:
    """Give the counts that a report lists."""
    found: Counts = {grain: {} for grain in GRAINS}
    for one in figures:
        found.setdefault(one.grain, {})[one.subject] = dict(one.counts)
    return found


def adjusted(figures: Iterable[Tally], adjustments: Iterable[Adjustment]) -> tuple[Tally, ...]:
    """Give the figures as they stand with corrections, made one after the other."""
    counts = counts_in(figures)
    for one in adjustments:
        counts.setdefault(one.grain, {}).setdefault(one.subject, {})[one.measure] = one.after
    return tallies_of(counts)


def differences(before: Iterable[Tally], now: Iterable[Tally]) -> tuple[Adjustment, ...]:
    """Tell every number that is another now."""
    old, new = counts_in(before), counts_in(now)
    found = []
    for grain in GRAINS:
        for subject in sorted(old[grain].keys() | new[grain].keys()):
            was, is_now = old[grain].get(subject, {}), new[grain].get(subject, {})
            found += [
                Adjustment(
                    grain=grain, subject=subject, measure=measure,
                    before=was.get(measure, 0), after=is_now.get(measure, 0),
                )
                for measure in Measure
                if was.get(measure, 0) != is_now.get(measure, 0)
            ]  # fmt: skip
    return tuple(found)


def scores_of(
    sheets: Iterable[Sheet],
    figures: Iterable[Tally],
    value_of: ValueOf,
    marks: Mapping[str, int] = scoring.NO_MARKS,
) -> tuple[Score, ...]:
    """Score all that the sheets score; `marks` by subject."""
    counts = counts_in(figures)
    return tuple(
        score
        for sheet in sheets
        for score in scoring.reckon(sheet, counts[sheet.grain], value_of, marks)
    )


def rescored(report: Report, figures: Iterable[Tally], value_of: ValueOf) -> tuple[Score, ...]:
    """Tell the scores that are others by corrected figures; marks of departments stay."""
    marks = {
        one.subject: one.department // 100 for one in report.scores if one.department is not None
    }
    fresh = scores_of(report.sheets, figures, value_of, marks)
    before = {(one.grain, one.subject): one for one in report.scores}
    return tuple(one for one in fresh if before.get((one.grain, one.subject)) != one)


def with_scores(scores: Iterable[Score], changed: Iterable[Score]) -> tuple[Score, ...]:
    """Put changed scores in the place of those before, and all in order."""
    latest = {(one.grain, one.subject): one for one in (*scores, *changed)}
    by_grain = sorted(latest.values(), key=lambda one: GRAINS.index(one.grain))
    return tuple(
        score
        for _, some in groupby(by_grain, key=lambda one: one.grain)
        for score in sorted(some, key=_in_order)
    )


def _in_order(score: Score) -> tuple[int, int, str]:
    return (score.rank or 1 << 30, -score.population, score.subject)


def pieces(things: Sequence[T], most: int = CHUNK_BYTES) -> Iterator[tuple[T, ...]]:
    """Cut a list so that each piece fits into one event."""
    piece: list[T] = []
    size = 0
    for one in things:
        length = len(msgspec.json.encode(one))
        if piece and size + length > most:
            yield tuple(piece)
            piece, size = [], 0
        piece.append(one)
        size += length + 1
    if piece:
        yield tuple(piece)


# ---- objections


def last_day_to_object(
    kind: PeriodKind, issued: date, after: Callable[[date, int], date]
) -> date | None:
    """Give the last day of the objection period; `None` where there is none."""
    workdays = OBJECTION_WORKDAYS.get(kind)
    return None if workdays is None else after(issued, workdays)


def is_late(objection: Objection, until: str) -> bool:
    """Say whether an objection came when nobody could object any more."""
    return str(local_day(from_ms(objection.at))) > until


def may_be_objected_to(report: Report, today: date) -> bool:
    """Say whether one may still object."""
    row = report.row
    in_objection = row is not None and row.state is ReportState.IN_OBJECTION
    return in_objection and row is not None and str(today) <= row.objections_until


def waits(objection: Objection) -> bool:
    """Say whether an objection came in time and is not decided; published or not, it waits."""
    return objection.upheld is None and not objection.late


def undecided(report: Report) -> tuple[Objection, ...]:
    """List the objections that came in time and wait."""
    return tuple(one for one in report.objections if waits(one))


def tells_of_people(report: Report) -> bool:
    """Say whether there are figures of persons in it: its events hold them all."""
    return any(one.grain is Grain.STAFF for one in report.figures)


def for_eyes(report: Report, staff: StaffId, *, sees_people: bool) -> Report:
    """Leave out the figures of persons, but his own, for who has nothing to do with them."""
    if sees_people:
        return report
    own = f"{report.node}/{staff}"

    def shown(grain: Grain, subject: str) -> bool:
        return grain is not Grain.STAFF or subject == own

    return replace(
        report,
        figures=tuple(one for one in report.figures if shown(one.grain, one.subject)),
        scores=tuple(one for one in report.scores if shown(one.grain, one.subject)),
        honours=tuple(one for one in report.honours if shown(one.grain, one.subject)),
        objections=tuple(
            one for one in report.objections if shown(one.said.grain, one.said.subject)
        ),
        corrections=tuple(
            replace(
                one,
                adjustments=tuple(a for a in one.adjustments if shown(a.grain, a.subject)),
            )
            for one in report.corrections
        ),
        differences=tuple(one for one in report.differences if shown(one.grain, one.subject)),
    )
