"""What can be done with the calendar: publish and withdraw tables of days, and reckon by them.

Reading functions take the transaction alone; a Work's `tx` will do as well as a reader's snapshot.
A place reckons by its own line: what its county or city published, never another county's.
"""

from datetime import date
from typing import Final

from node.calendar import model, rules, store, wording
from node.calendar.model import Calendar
from node.calendar.sources import calendar_from, program_mark
from node.clock import local_day
from node.database import Tx
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.releases import actions as releases
from node.releases.model import DEEPEST
from node.work import SYSTEM, Actor, Work
from schemas.calendar import (
    CalendarPublished,
    CalendarWithdrawn,
    DueAnswer,
    PublishedTable,
    TableKind,
    YearDay,
    YearSource,
    YearTable,
    YearView,
)
from schemas.ids import NodeId, StreamName
from schemas.items import Limit
from schemas.levels import Capability, Profile
from schemas.releases import ReleaseEntry
from schemas.staff import Role

WARNED_FROM: Final = 11  # the month in which the State Council announces the next year, as a rule


def publish(work: Work, table: YearTable) -> YearView:
    """Put a table in force here and below, as a release; give the year as it is then.

    It replaces this node's former table of that year and kind; the same one again is left alone.
    Raises `NotAllowedError`, `BadInputError` with a sentence per field, `CannotAppendError`.
    """
    _require_publisher(work)
    today = _today(work)
    faults = faults_of(work.tx, work.me, table, today)
    if faults:
        raise BadInputError(wording.by_field(faults))
    former = _own(work.tx, work.me, table.year, table.kind)
    if former is None or former.table != table:
        _write(work, CalendarPublished(table=table), table)
    return year_view(work.tx, work.me, table.year, today)


def withdraw(work: Work, year: int, kind: TableKind) -> YearView:
    """Let this node's table of that year and kind count no longer; give the year as it is then.

    Raises `NotAllowedError`, `NotFoundError`, `CannotAppendError`.
    """
    _require_publisher(work)
    own = _own(work.tx, work.me, year, kind)
    if own is None:
        raise NotFoundError(f"calendar {year} {kind.value}")
    _write(work, CalendarWithdrawn(year=year, table=kind), own.table)
    return year_view(work.tx, work.me, year, _today(work))


def faults_of(tx: Tx, at: NodeId, table: YearTable, today: date) -> tuple[rules.Fault, ...]:
    """List what keeps `table` from being published at `at`; `wording` has the sentences."""
    tables = store.tables(tx, at)
    if table.kind is TableKind.OVERRIDE:
        tables = tuple(
            one
            for one in tables
            if (one.publisher, one.table.year, one.table.kind) != (at, table.year, table.kind)
        )
    return rules.faults_at(table, calendar_from(tables), today)


def calendar_of(tx: Tx, at: NodeId) -> Calendar:
    """Give the working days of the place `at`, by all that this node knows."""
    return calendar_from(store.tables(tx, at))


def mark(tx: Tx) -> str:
    """Give a text that changes when the days known here may have: what was reckoned is then old."""
    return f"{store.digest(tx)}-{program_mark()}"


def due(tx: Tx, at: NodeId, start: date, limit: Limit) -> DueAnswer:
    """Answer when a limit ends at `at`, with a sentence per step. Raises `BadInputError`."""
    if start.year not in rules.YEARS:
        raise BadInputError({"start": wording.YEAR_BEYOND.format(*wording.YEARS_SAID)})
    if not 0 <= limit.amount <= model.MOST:
        raise BadInputError({"amount": wording.AMOUNT_BEYOND.format(model.MOST)})
    reckoning = model.reckon(start, limit, calendar_of(tx, at))
    return DueAnswer(
        start=str(start),
        due=str(reckoning.due),
        provisional=reckoning.provisional,
        steps=wording.sentences(reckoning.steps),
    )


def year_view(tx: Tx, at: NodeId, number: int, today: date) -> YearView:
    """Show a year as `at` reckons it. Raises `NotFoundError` for one that nobody reckons by."""
    if number not in rules.YEARS:
        raise NotFoundError(f"calendar {number}")
    tables = store.tables(tx, at)
    year = calendar_from(tables).year(number)
    worked = frozenset(year.workdays)
    begins = date(number, 1, 1)
    warns = year.provisional and date(number - 1, WARNED_FROM, 1) <= today < begins
    return YearView(
        year=number,
        source=year.source,
        provisional=year.provisional,
        missing=year.provisional and today >= begins,
        workdays=len(year.workdays),
        days=tuple(
            YearDay(
                day=str(day),
                is_workday=day.toordinal() in worked,
                source=YearSource.OVERRIDE if day in year.overridden else year.source,
            )
            for day in model.days_of(number)
            if (day.toordinal() in worked) is not model.is_weekday(day) or day in year.overridden
        ),
        tables=tuple(one for one in tables if one.table.year == number),
        warning_days=(begins - today).days if warns else None,
    )


def lacking(tx: Tx, at: NodeId, today: date) -> YearView | None:
    """Show the year whose arrangement should be known by now and is not; `None` if all is well.

    The running year first; from 1 November on also the next.
    """
    for number in (today.year, today.year + 1):
        if number in rules.YEARS:
            view = year_view(tx, at, number, today)
            if view.missing or view.warning_days is not None:
                return view
    return None


def may_publish(profile: Profile, actor: Actor) -> bool:
    """Say whether `actor` may publish tables at a node of this profile."""
    posts = {Role.PUBLISHER, Role.OPERATOR} & actor.roles
    here = Capability.PUBLISH_ITEMS in profile.capabilities
    return here and (bool(posts) or actor.staff == SYSTEM.staff)


def _require_publisher(work: Work) -> None:
    work.require(Capability.PUBLISH_ITEMS)
    if not may_publish(work.profile, work.actor):
        raise NotAllowedError("only a publisher publishes the calendar")


def _today(work: Work) -> date:
    return local_day(work.now)


def _own(tx: Tx, me: NodeId, year: int, kind: TableKind) -> PublishedTable | None:
    found = (one for one in store.tables(tx, me) if one.publisher == me)
    return next((one for one in found if (one.table.year, one.table.kind) == (year, kind)), None)


def _write(work: Work, fact: CalendarPublished | CalendarWithdrawn, table: YearTable) -> None:
    stream = store.stream_of(work.tx, work.me)
    if stream is None:
        stored = work.begin("calendar", fact, holder=work.me)
    else:
        stored = work.append(stream, fact, holder=work.me)
    entry = ReleaseEntry(stream=StreamName(stored.event.stream), head=stored.hash, reach=DEEPEST)
    releases.publish(work, [entry], title=wording.title_of(fact, table), document=table.document)
