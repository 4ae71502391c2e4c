"""What makes a table of days fit to publish. A fault names its field and the rule it breaks.

Pure. What would break a reckoning is told apart (`form_faults`): such a table is inert everywhere,
whoever signed it. The rest is the law's and may change, so only the publisher is held to it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Final

from node.calendar.model import ONE_DAY, Calendar, days_of, is_weekday
from node.calendar.sources import days_from, statutory_days
from schemas.calendar import TableKind, YearSource, YearTable

YEARS: Final = range(
    1996, 2100
)  # the five-day week began in May 1995; no limit reaches beyond 2099
DATE_FORM: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
LEAST_WORKDAYS: Final = 243  # 248–251 in 2017–2026: five either way leave room for one long break
MOST_WORKDAYS: Final = 255
LONGEST_DOCUMENT: Final = 120  # characters: 文号 with the name of the notice
LONGEST_GAP: Final = 2  # days between two breaks that are no days of work: a weekend left out
REACHES_BACK: Final = 24  # December: 元旦 breaks began on 12-29 at the earliest (2019, 调休上班)


class Rule(StrEnum):
    """Why a table may not be published."""

    BAD_YEAR = "bad_year"
    NO_DAYS = "no_days"
    MALFORMED = "malformed"
    OTHER_YEAR = "other_year"
    TWICE = "twice"
    IN_BOTH = "in_both"
    NO_WEEKEND = "no_weekend"
    HOLE = "hole"
    GAP = "gap"
    WORKDAYS = "workdays"
    NO_DOCUMENT = "no_document"
    LONG_DOCUMENT = "long_document"
    RESTS_ALREADY = "rests_already"
    WORKED_ALREADY = "worked_already"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a table."""

    field: str
    """`year`, `document`, `rest`, `rest[3]`, `work[1]`."""
    rule: Rule
    facts: tuple[str, ...] = ()
    """What the sentence says about it, in order."""


def faults_of(table: YearTable) -> tuple[Fault, ...]:
    """List what is wrong with a table by itself. What is malformed hides the rest."""
    faults = tuple(form_faults(table))
    if faults:
        return faults
    if len(table.document) > LONGEST_DOCUMENT:
        faults += (Fault("document", Rule.LONG_DOCUMENT, (str(LONGEST_DOCUMENT),)),)
    if table.kind is TableKind.OVERRIDE:
        return faults if table.document.strip() else (*faults, Fault("document", Rule.NO_DOCUMENT))
    return (*faults, *_make_up_faults(table), *_break_faults(table), *_sum_faults(table))


def faults_at(table: YearTable, before: Calendar, today: date) -> tuple[Fault, ...]:
    """List what is wrong with a table where `before` tells the days until now.

    A year that has begun was reckoned by already: whoever replaces it names the document. An
    override is compared with the days as they are without its former self.
    """
    faults = faults_of(table)
    if faults:
        return faults
    if table.kind is TableKind.OVERRIDE:
        return tuple(_idle_faults(table, before))
    begun = date(table.year, 1, 1) <= today
    announced = before.year(table.year).source is not YearSource.RULE
    unfounded = begun and announced and not table.document.strip()
    return (Fault("document", Rule.NO_DOCUMENT),) if unfounded else ()


def form_faults(table: YearTable) -> Iterator[Fault]:
    """List what would break a reckoning."""
    if table.year not in YEARS:
        yield Fault("year", Rule.BAD_YEAR, (str(table.year), str(YEARS[0]), str(YEARS[-1])))
        return
    if not (table.rest or (table.work and table.kind is TableKind.OVERRIDE)):
        yield Fault("rest", Rule.NO_DAYS)
    seen: dict[str, str] = {}
    for name, dates in (("rest", table.rest), ("work", table.work)):
        for number, text in enumerate(dates):
            field = f"{name}[{number}]"
            yield from _date_faults(table, field, text)
            if text in seen:
                both = seen[text] != name
                yield Fault(field, Rule.IN_BOTH if both else Rule.TWICE, (text,))
            seen[text] = name


def _date_faults(table: YearTable, field: str, text: str) -> Iterator[Fault]:
    try:
        day = date.fromisoformat(text) if DATE_FORM.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        yield Fault(field, Rule.MALFORMED, (text,))
    elif day.year != table.year and not _reaches_back(table, day):
        yield Fault(field, Rule.OTHER_YEAR, (text, str(table.year)))


def _reaches_back(table: YearTable, day: date) -> bool:
    """Say whether it belongs to a New Year's break that begins in the December before.

    The notice of 2019 gave 2018-12-30 off and had 12-29 worked. No notice reaches forward.
    """
    eve = day.year == table.year - 1 and day >= date(day.year, 12, REACHES_BACK)
    return table.kind is TableKind.COUNCIL and eve


def _make_up_faults(table: YearTable) -> Iterator[Fault]:
    for number, text in enumerate(table.work):
        if is_weekday(date.fromisoformat(text)):
            yield Fault(f"work[{number}]", Rule.NO_WEEKEND, (text,))


def _break_faults(table: YearTable) -> Iterator[Fault]:
    """A calendar with a hole: a statutory day that is not off, a day left out of a break."""
    rest, work = days_from(table.rest), days_from(table.work)
    for day in sorted(statutory_days(table.year) - rest):
        yield Fault("rest", Rule.HOLE, (str(day),))
    for before, after in pairwise(sorted(rest)):
        between = [before + ONE_DAY * n for n in range(1, (after - before).days)]
        short = len(between) == 1 or (
            len(between) == LONGEST_GAP and not any(map(is_weekday, between))
        )
        if short and not work.intersection(between):
            field = f"rest[{table.rest.index(str(after))}]"
            yield Fault(field, Rule.GAP, (str(before), str(after), str(between[0])))


def _sum_faults(table: YearTable) -> Iterator[Fault]:
    rest, work = days_from(table.rest), days_from(table.work)
    count = sum(day in work or (is_weekday(day) and day not in rest) for day in days_of(table.year))
    if not LEAST_WORKDAYS <= count <= MOST_WORKDAYS:
        facts = (str(count), str(LEAST_WORKDAYS), str(MOST_WORKDAYS))
        yield Fault("year", Rule.WORKDAYS, facts)


def _idle_faults(table: YearTable, before: Calendar) -> Iterator[Fault]:
    for number, text in enumerate(table.rest):
        if not before.is_workday(date.fromisoformat(text)):
            yield Fault(f"rest[{number}]", Rule.RESTS_ALREADY, (text,))
    for number, text in enumerate(table.work):
        if before.is_workday(date.fromisoformat(text)):
            yield Fault(f"work[{number}]", Rule.WORKED_ALREADY, (text,))
