"""What an upheld objection moves, and how that stands while the counts of now change. Pure.

A settled figure stays as it was settled. Whatever it is part of follows: a decision that was not
late was in time, and the place has one late decision less. What changes beside it is taken over by
corrections as ever.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from msgspec.structs import replace

from node.appraisal import reports_model
from schemas.appraisal import Grain, Measure, Tally
from schemas.ids import NodeId, StreamName, line_of
from schemas.reports import Adjustment, Correction, ObjectionGround, Report, ReportObjected

M = Measure
Moves = Mapping[Measure, tuple[Measure, int]]
"""Beside a measure: which other one moves with it (1), or against it (-1)."""

OBJECTED_TO: Final = (
    M.ACCEPTED, M.FINISHED, M.ON_TIME, M.LATE, M.STATUTORY_LATE, M.CORRECTED, M.STEPS_LATE,
    M.RATED, M.SATISFIED, M.BAD, M.BAD_MENDED, M.COMPLAINTS_TRUE, M.YELLOW, M.RED, M.ORDERS_LATE,
    M.POINTS,
)  # fmt: skip
"""What decides on points, and so may be in question."""
_OTHERWISE: Final[Moves] = MappingProxyType(
    {
        M.LATE: (M.ON_TIME, -1),
        M.ON_TIME: (M.LATE, -1),
        M.BAD: (M.RATED, 1),  # a bad rating that does not stand is none
        M.SATISFIED: (M.BAD, -1),
    }
)
"""It was otherwise than counted."""
_ELSEWHERE: Final[Moves] = MappingProxyType(
    {
        M.LATE: (M.FINISHED, 1),
        M.ON_TIME: (M.FINISHED, 1),
        M.BAD: (M.RATED, 1),
        M.SATISFIED: (M.RATED, 1),
    }
)
"""It was another department's: the case is not theirs at all, and the place has it all the same."""


class Settled(NamedTuple):
    """A figure that an objection settled."""

    said: ReportObjected
    after: int


def adjustments(me: NodeId, figures: Iterable[Tally], settled: Settled) -> tuple[Adjustment, ...]:
    """Tell what settling a figure of a report of `me` moves: the figure itself first.

    A figure may come out below 0 here: what was said then cannot be.
    """
    counts = reports_model.counts_in(figures)
    said, after = settled
    own = counts[said.grain].get(said.subject, {})
    by = after - own.get(said.measure, 0)
    if not by:
        return ()
    moved = tuple(_moved(said, by))
    found = [_adjustment(said.grain, said.subject, own, one) for one in moved]
    for place in _places(me, said):
        if place in counts[Grain.PLACE]:
            there = counts[Grain.PLACE][place]
            found += [_adjustment(Grain.PLACE, place, there, one) for one in moved]
    return tuple(found)


def _moved(said: ReportObjected, by: int) -> Iterator[tuple[Measure, int]]:
    yield said.measure, by
    moves = _ELSEWHERE if said.ground is ObjectionGround.NOT_OURS else _OTHERWISE
    if said.measure in moves:
        other, sign = moves[said.measure]
        yield other, sign * by


def _places(me: NodeId, said: ReportObjected) -> Iterator[NodeId]:
    """Name whose sums a department's figure is part of; of whom a person's is, nobody knows."""
    if said.grain is Grain.BODY and said.ground is not ObjectionGround.NOT_OURS:
        node = NodeId(said.subject.split("/", 1)[0])
        yield from (one for one in line_of(node) if one.startswith(me))


def _adjustment(
    grain: Grain, subject: str, counts: Mapping[Measure, int], moved: tuple[Measure, int]
) -> Adjustment:
    measure, by = moved
    before = counts.get(measure, 0)
    return Adjustment(
        grain=grain, subject=subject, measure=measure, before=before, after=before + by
    )


def is_beyond(settled: Settled, found: Sequence[Adjustment]) -> bool:
    """Say whether somebody would have had less than nothing of something."""
    whose = (settled.said.grain, settled.said.subject)
    return any(one.after < 0 for one in found if (one.grain, one.subject) == whose)


def at_least_none(found: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    """Let no sum fall below 0, and leave out what moves nothing."""
    bounded = (replace(one, after=max(one.after, 0)) for one in found)
    return tuple(one for one in bounded if one.before != one.after)


def settled_in(report: Report) -> tuple[Settled, ...]:
    """List what objections settled in a report, one after the other."""
    said = {one.note: one.said for one in report.objections}
    found = (_settled_by(one, said) for one in report.corrections)
    return tuple(one for one in found if one is not None)


def _settled_by(
    correction: Correction, objections: Mapping[StreamName, ReportObjected]
) -> Settled | None:
    said = None if correction.objection is None else objections.get(correction.objection)
    if said is None:
        return None
    whole = (said.grain, said.subject, said.measure)
    after = (
        one.after
        for one in correction.adjustments
        if (one.grain, one.subject, one.measure) == whole
    )
    return next((Settled(said, one) for one in after), None)


def with_settled(report: Report, now: tuple[Tally, ...]) -> tuple[Tally, ...]:
    """Give the counts of now as they are once all that was settled in a report stands in them."""
    for one in settled_in(report):
        moved = at_least_none(adjustments(report.node, now, one))
        now = reports_model.adjusted(now, moved)
    return now
