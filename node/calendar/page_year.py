"""A year at a glance, as its page draws it: twelve grids of days, and the breaks in words. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from node.calendar.model import ONE_DAY, Span, Year, days_of, is_weekday
from node.calendar.rules import YEARS
from node.calendar.sources import statutory_days
from node.network.actions import Places
from node.web.chrome import Mark, Told
from node.web.wording import Words
from schemas.calendar import TableKind, YearSource, YearView
from schemas.ids import NodeId

MONTHS: Final = range(1, 13)
DAYS_A_WEEK: Final = 7

SOURCE_TONES: Final[Mapping[YearSource, str]] = {
    YearSource.OVERRIDE: "brand",
    YearSource.COUNCIL: "green",
    YearSource.PACKAGE: "brand",
    YearSource.RULE: "yellow",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a grid, or the room before the first. `tone`: work, weekend, off, made."""

    day: int = 0
    tone: str = ""
    word: str = ""
    """What a day says that is not what its weekday says."""
    changed: bool = False
    """Decided by the place itself."""
    today: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """One month: weeks of seven cells, from Monday."""

    name: str
    workdays: int
    weeks: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class TableRow:
    """A table in force."""

    kind: TableKind
    title: str
    publisher: str
    document: str
    published_ms: int
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a form: of a whole year, or of an override."""

    year: str = ""
    document: str = ""
    rest: str = ""
    work: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """日历."""

    year: int
    before: str
    after: str
    workdays: int
    provisional: bool
    mark: Mark
    months: tuple[Month, ...]
    weekdays: tuple[str, ...]
    breaks: tuple[str, ...]
    made_up: tuple[str, ...]
    tables: tuple[TableRow, ...]
    told: tuple[Told, ...]
    may_publish: bool
    council: Typed
    override: Typed


def draw_year(  # noqa: PLR0913  # the parts of one page, each named where it is called
    words: Words,
    year: Year,
    view: YearView,
    *,
    places: Places,
    me: NodeId,
    today: date,
    told: tuple[Told, ...],
    may_publish: bool,
    typed: Mapping[TableKind, Typed],
) -> CalendarPage:
    """Draw a year as `view` tells it."""
    rests = _rests(year)
    return CalendarPage(
        year=year.number,
        before=_beside(year.number - 1),
        after=_beside(year.number + 1),
        workdays=view.workdays,
        provisional=view.provisional,
        mark=Mark(SOURCE_TONES[view.source], words.say(f"calendar.source_{view.source}")),
        months=tuple(_month(words, year, rests, month, today) for month in MONTHS),
        weekdays=tuple(words.say(f"calendar.head_{n}") for n in range(DAYS_A_WEEK)),
        breaks=tuple(_break(words, span) for span in rests),
        made_up=tuple(_named(words, day) for day in year.made_up),
        tables=tuple(_rows(words, view, places, me=me, may_publish=may_publish)),
        told=told,
        may_publish=may_publish,
        council=typed.get(TableKind.COUNCIL) or _form(view, TableKind.COUNCIL, me),
        override=typed.get(TableKind.OVERRIDE) or _form(view, TableKind.OVERRIDE, me),
    )


def _beside(number: int) -> str:
    return f"/calendar/{number}" if number in YEARS else ""


def _rests(year: Year) -> tuple[Span, ...]:
    """List the breaks; by the rule also statutory days that fall on a weekend by themselves."""
    if not year.provisional:
        return year.breaks
    rests = list(year.breaks)
    worked = frozenset(year.workdays)
    for day in sorted(statutory_days(year.number)):
        if day.toordinal() in worked or _is_within(day, rests):
            continue
        if rests and rests[-1][1] == day - ONE_DAY and rests[-1] not in year.breaks:
            rests[-1] = (rests[-1][0], day)
        else:
            rests.append((day, day))
    return tuple(sorted(rests))


def _is_within(day: date, spans: Iterable[Span]) -> bool:
    return any(first <= day <= last for first, last in spans)


def _month(words: Words, year: Year, rests: tuple[Span, ...], month: int, today: date) -> Month:
    worked = frozenset(year.workdays)
    days = [day for day in days_of(year.number) if day.month == month]
    cells = [Cell()] * days[0].weekday()
    cells += (
        _cell(words, day, _tone(day, rests, is_worked=day.toordinal() in worked), year, today)
        for day in days
    )
    cells += [Cell()] * (-len(cells) % DAYS_A_WEEK)
    return Month(
        name=words.say(f"calendar.month_{month}"),
        workdays=sum(day.toordinal() in worked for day in days),
        weeks=tuple(
            tuple(cells[at : at + DAYS_A_WEEK]) for at in range(0, len(cells), DAYS_A_WEEK)
        ),
    )


def _tone(day: date, rests: tuple[Span, ...], *, is_worked: bool) -> str:
    if is_worked:
        return "work" if is_weekday(day) else "made"
    return "off" if _is_within(day, rests) else "weekend"


def _cell(words: Words, day: date, tone: str, year: Year, today: date) -> Cell:
    word = words.say(f"calendar.{tone}_word") if tone in ("off", "made") else ""
    return Cell(
        day=day.day, tone=tone, word=word, changed=day in year.overridden, today=day == today
    )


def _break(words: Words, span: Span) -> str:
    first, last = span
    length = (last - first) // ONE_DAY + 1
    if length == 1:
        return words.say("calendar.one_off", day=_named(words, first))
    return words.say(
        "calendar.break", first=_named(words, first), last=_named(words, last), days=length
    )


def _named(words: Words, day: date) -> str:
    return words.say(
        "calendar.day",
        month=words.say(f"calendar.month_{day.month}"),
        day=day.day,
        weekday=words.say(f"weekday.{day.weekday()}"),
    )


def _rows(
    words: Words, view: YearView, places: Places, *, me: NodeId, may_publish: bool
) -> Iterator[TableRow]:
    for one in view.tables:
        yield TableRow(
            kind=one.table.kind,
            title=words.say(f"calendar.table_{one.table.kind}"),
            publisher=places(one.publisher),
            document=one.table.document,
            published_ms=one.published_at,
            may_withdraw=may_publish and one.publisher == me,
        )


def _form(view: YearView, kind: TableKind, me: NodeId) -> Typed:
    """Fill a form with this node's own table, to be changed; else with the year alone."""
    for one in view.tables:
        if (one.publisher, one.table.kind) == (me, kind):
            table = one.table
            rest, work = "\n".join(table.rest), "\n".join(table.work)
            return Typed(str(view.year), table.document, rest, work)
    return Typed(str(view.year))
