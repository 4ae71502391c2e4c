"""日公开: what a place makes public of a day that is over: numbers, and the licences it granted.

Names of applicants are masked, and only where this node has them at all. What is counted later of
that day (a case that was voided, a call that was made late) changes what is told of it from then
on; what was issued as a report stays.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from node.applicants.actions import Register
from node.appraisal import periods, reading
from node.cases import reading as cases
from node.cases.caseview import CaseView
from node.catalogue import actions as catalogue
from node.database import Tx
from node.network import actions as network
from node.network.actions import Places
from node.staff import actions as staff
from node.web.wording import Words
from schemas.appraisal import DayContent, DayLine, Grain, LicenceLine, Measure, PeriodKind
from schemas.cases import Outcome
from schemas.ids import NodeId, StreamName, parent_of
from schemas.item_terms import LICENCE

MOST_LICENCES: Final = 150  # listed: a page below 60 KB; all of them are counted
MOST_READ: Final = 2_000  # decisions of one body on one day
_NOTHING: Final[Mapping[Measure, int]] = {}
M = Measure


def day_content(
    tx: Tx, me: NodeId, day: date, words: Words, register: Register | None = None
) -> DayContent:
    """Tell what this place makes public of a day; without a register: no applicant's name."""
    place = _Lines(tx, Grain.PLACE, day)
    body = _Lines(tx, Grain.BODY, day)
    names = Places(network.place_names(tx), words)
    below = sorted(one for one in names.names if parent_of(one) == me)
    own = [(f"{me}/{one.id}", words.pick(one.name, one.name_en)) for one in staff.departments(tx)]
    bodies = [body.line(subject, name) for subject, name in own]
    itself = body.line(me, names(me))
    if not own or _has_anything(itself):
        bodies.append(itself)
    total, places = place.line(me, names(me)), [place.line(one, names(one)) for one in below]
    licences = _licences(tx, (me, day), words, register)
    return DayContent(
        node=me,
        day=day.isoformat(),
        total=total,
        bodies=tuple(bodies),
        places=tuple(places),
        licences=tuple(licences[:MOST_LICENCES]),
        licences_in_all=len(licences),
    )


def _has_anything(line: DayLine) -> bool:
    counts = (line.received, line.accepted, line.finished, line.in_process, line.overdue)
    return any(counts)


class _Lines:
    """The numbers of all subjects of a grain on one day."""

    def __init__(self, tx: Tx, grain: Grain, day: date) -> None:
        period = periods.period_of(PeriodKind.DAY, day)
        self._counts = reading.tallies(tx, period, grain)
        self._stocks = reading.stocks(tx, day, grain)

    def line(self, subject: str, name: str) -> DayLine:
        """Tell of one subject."""
        counts = self._counts.get(subject, _NOTHING)
        stock = self._stocks.get(subject, _NOTHING)
        return DayLine(
            subject=subject,
            name=name,
            received=counts.get(M.RECEIVED, 0),
            accepted=counts.get(M.ACCEPTED, 0),
            finished=counts.get(M.FINISHED, 0),
            in_process=stock.get(M.ACCEPTED, 0) - stock.get(M.ENDED_ACCEPTED, 0),
            overdue=stock.get(M.OVERDUE, 0) - stock.get(M.OVERDUE_ENDED, 0),
        )


def _licences(
    tx: Tx, place: tuple[NodeId, date], words: Words, register: Register | None
) -> list[LicenceLine]:
    """List the licences that a node itself granted on a day, by number."""
    me, day = place
    period = periods.period_of(PeriodKind.DAY, day)
    decided = [
        entry.stream
        for subject in reading.tallies(tx, period, Grain.BODY)
        if subject.partition("/")[0] == me
        for entry in reading.drill(
            tx, period, (Grain.BODY, subject, M.FINISHED), most=MOST_READ
        ).entries
    ]
    lines = (_licence(tx, stream, words, register) for stream in decided)
    return sorted((one for one in lines if one is not None), key=lambda one: one.number)


def _licence(
    tx: Tx, stream: StreamName, words: Words, register: Register | None
) -> LicenceLine | None:
    view: CaseView | None = cases.of_stream(tx, stream)
    if view is None or view.outcome is not Outcome.GRANTED:
        return None
    item = catalogue.item_at(tx, view.item, view.item_version)
    if item is None or item.type_code != LICENCE:
        return None
    return LicenceLine(
        number=view.number,
        item_name=words.pick(item.name, item.name_en),
        applicant="" if register is None else register.masked_name(tx, stream),
        decided_by=view.decided_by,
    )
