"""日公开 as a page: for whoever is signed in, and for everybody."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import structs

from node.applicants.actions import Register
from node.appraisal import asking, day_reading, page_reports, periods, reports_reading
from node.appraisal.asking import Asking
from node.appraisal.indicators import BY_ID
from node.appraisal.reports_api import reader_at
from node.clock import from_ms, local_day
from node.errors import BadInputError, NotFoundError
from node.public.door import PublicDoor
from node.web.chrome import Fact, Told, quoted
from node.web.pages_base import Pages, router_of, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from node.work import Works
from schemas.appraisal import DayContent, DayLine, Grain, LicenceLine, Measure, PeriodKind

ONE_DAY: Final = timedelta(days=1)
OK: Final = 200
NOT_THERE: Final = 404
LEADING: Final = (Measure.RECEIVED, Measure.ACCEPTED, Measure.FINISHED)
"""Numbers of the page that lead to their cases."""
SHOWN: Final = ("received", "accepted", "finished", "in_process", "overdue")
"""The indicators that a day shows."""


@dataclass(frozen=True, slots=True)
class Row:
    """One department or place."""

    name: str
    received: int
    accepted: int
    finished: int
    in_process: int
    overdue: int
    href: str = ""
    """Leads behind its numbers; the measure is still to be named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPage:
    """One day."""

    title: str
    lead: str = ""
    told: Told | None = None
    total: Row | None = None
    bodies: tuple[Row, ...] = ()
    places: tuple[Row, ...] = ()
    licences: tuple[LicenceLine, ...] = ()
    more: str = ""
    report: str = ""
    """Where the report of this day is, or is issued; empty if it is neither for him."""
    said: str = ""
    """What that is."""
    how: tuple[Fact, ...] = ()
    """怎么算的, of each number."""
    before: str
    after: str = ""


async def show_day(
    request: Asked, desk: Desk, pages: Pages, register: Register, date: str
) -> Response[str]:
    """Show what a day brought, as it is counted now; and where its report is."""
    reader = reader_at(request, desk)
    page, status = await _page(request, desk.works, date, register, reader.asking)
    if status == OK:
        period = periods.parse(PeriodKind.DAY, date)
        row = await desk.read(reports_reading.row_of, reader.me, period)
        if row is not None or reader.issues:
            of = page_reports.query_of(reader.me, reader.me, period)
            key = "daily.as_signed" if row else "daily.not_signed"
            page = replace(
                page, report=page_reports.address(period) + of, said=reader.words.say(key)
            )
    return await pages.show(request, desk, "reports_day.html", page, status=status)


@get("/open")
async def show_yesterday(
    request: Asked,
    works: NamedDependency[Works],
    door: NamedDependency[PublicDoor],
    pages: NamedDependency[Pages],
    register: NamedDependency[Register],
) -> Response[str]:
    """Show everybody what yesterday brought."""
    door.let_in_to_track(request)
    page, status = await _page(request, works, "", register)
    return await pages.show(request, None, "open_day.html", page, status=status)


@get("/open/{date:str}")
async def show_open_day(  # what a page for everybody is made with
    date: FromPath[str],
    request: Asked,
    works: NamedDependency[Works],
    door: NamedDependency[PublicDoor],
    pages: NamedDependency[Pages],
    register: NamedDependency[Register],
) -> Response[str]:
    """Show everybody what a day brought."""
    door.let_in_to_track(request)
    page, status = await _page(request, works, date, register)
    return await pages.show(request, None, "open_day.html", page, status=status)


async def _page(
    request: Asked, works: Works, asked: str, register: Register, who: Asking | None = None
) -> tuple[DayPage, int]:
    """Make the page of a day, or the one that says why there is none; and its status."""
    words, today = words_for(request), local_day(from_ms(works.now_ms))
    yesterday = str(today - ONE_DAY)
    try:
        day = asking.read_day(asked) if asked else today - ONE_DAY
    except BadInputError:
        told = Told("stop", words.say("daily.bad_day"), words.say("daily.bad_day_text"))
        return DayPage(title=words.say("daily.title"), told=told, before=yesterday), NOT_THERE
    try:
        asking.require_over(day, today)
    except NotFoundError:
        title = words.say("daily.not_over", day=day)
        told = Told("mind", title, words.say("daily.not_over_text"))
        return DayPage(title=words.say("daily.title"), told=told, before=yesterday), NOT_THERE
    me = works.ledger.me
    content = await works.read(day_reading.day_content, me, day, words, register)
    return page_of(content, words, day, today, who), OK


def page_of(
    content: DayContent, words: Words, day: date, today: date, who: Asking | None = None
) -> DayPage:
    """Make the page of what a day brought, with ways behind the numbers as far as he may go."""
    shown = len(content.licences)
    hidden = content.licences_in_all > shown
    weekday = words.say(f"weekday.{day.weekday()}")
    return DayPage(
        title=words.say("daily.of_day", day=day),
        lead=words.say("daily.lead", weekday=weekday),
        total=_row(content, content.total, Grain.PLACE, who),
        bodies=tuple(_row(content, one, Grain.BODY, who) for one in content.bodies),
        places=_places(content, words, who),
        licences=content.licences,
        more=words.say("daily.more_licences", n=content.licences_in_all, shown=shown)
        if hidden
        else "",
        how=tuple(
            Fact(words.pick(*BY_ID[one].name), words.pick(*BY_ID[one].says)) for one in SHOWN
        ),
        before=str(day - ONE_DAY),
        after=str(day + ONE_DAY) if day + ONE_DAY < today else "",
    )


def _places(content: DayContent, words: Words, who: Asking | None) -> tuple[Row, ...]:
    """List the places below, and what our own windows took: together they are the whole."""
    if not content.places:
        return ()
    below = content.places
    own = structs.replace(
        content.total,
        name=words.say("daily.own_windows"),
        received=content.total.received - sum(one.received for one in below),
        accepted=content.total.accepted - sum(one.accepted for one in below),
        finished=content.total.finished - sum(one.finished for one in below),
        in_process=content.total.in_process - sum(one.in_process for one in below),
        overdue=content.total.overdue - sum(one.overdue for one in below),
    )
    rows = tuple(_row(content, one, Grain.PLACE, who) for one in below)
    return (_row(content, own, None, None), *rows)


def _row(content: DayContent, line: DayLine, grain: Grain | None, who: Asking | None) -> Row:
    href = ""
    if grain and who and all(who.may_open(grain, line.subject, one) for one in LEADING):
        subject = quoted(line.subject)
        href = f"/reports/drill?period={content.day}&grain={grain}&subject={subject}"
    return Row(
        line.name, line.received, line.accepted, line.finished, line.in_process, line.overdue, href
    )


router: Final = router_of(show_yesterday, show_open_day)
