"""Reads how often integrity risks were shown to clerks, with the names that the items give them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from node.calendar.model import ONE_DAY
from node.cases import guards, reading, risks
from node.cases.risks import Showing, Shown
from node.catalogue import actions as catalogue
from node.clock import CHINA, to_ms
from node.database import Tx
from node.errors import BadInputError, NotFoundError
from schemas.ids import NodeId, StaffId, StreamName
from schemas.items import Item, Risk
from schemas.risks import RiskCount, RiskShowing, RiskShowings

MOST_SHOWN: Final = 50  # showings on a page
USUAL: Final = timedelta(days=29)  # with today: a month or so
MOST_DAYS: Final = timedelta(days=366)  # a year: counted at once
MOST_DIGITS: Final = 18  # of a serial: within SQLite's own integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which showings somebody asks for; what is empty does not narrow."""

    since: str = ""
    until: str = ""
    item: str = ""
    staff: str = ""
    after: str = ""


def told(tx: Tx, me: NodeId, asked: Question, today: date) -> RiskShowings:
    """Answer a question; without days, for the last month. Raises `BadInputError`."""
    first, last = _days(asked, today)
    if asked.after and not (asked.after.isascii() and asked.after.isdecimal()):
        raise BadInputError({"after": "unknown"})
    span = risks.Span(
        first_ms=_begin(first),
        end_ms=_begin(last + ONE_DAY),
        item=_item(tx, me, asked.item) if asked.item else None,
        staff=StaffId(asked.staff) if asked.staff else None,
        before=int(asked.after[:MOST_DIGITS]) if asked.after else None,
    )
    found = risks.showings(tx, span, MOST_SHOWN + 1)
    known = _Known(tx)
    return RiskShowings(
        since=str(first),
        until=str(last),
        counts=tuple(known.count(one) for one in risks.counts(tx, span)),
        showings=tuple(known.showing(one) for one in found[:MOST_SHOWN]),
        older=str(found[MOST_SHOWN - 1].serial) if len(found) > MOST_SHOWN else None,
    )


def _days(asked: Question, today: date) -> tuple[date, date]:
    wrong = {
        name: "no_day"
        for name, text in (("since", asked.since), ("until", asked.until))
        if text and guards.read_day(text) is None
    }
    if wrong:
        raise BadInputError(wrong)
    last = guards.read_day(asked.until) or today
    first = guards.read_day(asked.since) or last - USUAL
    if not timedelta() <= last - first <= MOST_DAYS:
        raise BadInputError({"since": "day_out_of_range"})
    return first, last


def _begin(day: date) -> int:
    return to_ms(datetime.combine(day, time(), CHINA))


def _item(tx: Tx, me: NodeId, code: str) -> StreamName:
    try:
        return catalogue.last_guide(tx, me, code).stream
    except NotFoundError:
        raise BadInputError({"item": "unknown"}) from None


class _Known:
    """The items that showings name, each version read once."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._items: dict[tuple[StreamName, int], tuple[Item | None, Mapping[str, Risk]]] = {}

    def _of(self, stream: StreamName, version: int) -> tuple[Item | None, Mapping[str, Risk]]:
        key = (stream, version)
        if key not in self._items:
            item = catalogue.item_at(self._tx, stream, version)
            named = {} if item is None else {risks.digest(one): one for one in item.risks}
            self._items[key] = (item, named)
        return self._items[key]

    def showing(self, one: Showing) -> RiskShowing:
        item, named = self._of(one.item, one.version)
        risk, case = named.get(one.risk), reading.of_stream(self._tx, one.stream)
        return RiskShowing(
            case=one.stream,
            number=None if case is None else case.number,
            seq=one.seq,
            item="" if item is None else item.code,
            stage=one.stage,
            risk="" if risk is None else risk.risk,
            grade=None if risk is None else risk.grade,
            staff=one.staff,
            at=one.at_ms,
        )

    def count(self, one: Shown) -> RiskCount:
        item, named = self._of(one.item, one.version)
        risk = named.get(one.risk)
        return RiskCount(
            item="" if item is None else item.code,
            item_name="" if item is None else item.name,
            item_name_en="" if item is None else item.name_en,
            stage=one.stage,
            risk="" if risk is None else risk.risk,
            measure="" if risk is None else risk.measure,
            grade=None if risk is None else risk.grade,
            times=one.times,
            people=one.people,
        )
