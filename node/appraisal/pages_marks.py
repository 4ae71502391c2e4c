"""两条线: the page on which who answers for a department marks its people for a period."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.appraisal import bulletin, reports_actions, reports_looking, reports_reading
from node.appraisal.page_reports import Reader
from node.appraisal.reports_api import reader_at
from node.database import Tx
from node.errors import BadInputError, NotAllowedError
from node.staff import actions as staff
from node.web.chrome import Told
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see
from node.web.security import Asked, Desk
from node.work import Work
from schemas.appraisal import Period
from schemas.ids import StaffId
from schemas.reports import MarkPerson
from schemas.staff import StaffAccount

MOST_DIGITS: Final = 3  # of a hundred


@dataclass(frozen=True, slots=True)
class Marked:
    """One of the department's people."""

    field: str
    name: str
    points: str


@dataclass(frozen=True, slots=True)
class MarksPage:
    """The department's people, and what was given to each so far."""

    period: str
    is_over: bool
    """The report is issued."""
    people: tuple[Marked, ...]
    told: Told | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


@get("/reports/{kind:str}/{date:str}/marks")
async def show_marks(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    kind: FromPath[str],
    date: FromPath[str],
) -> Response[str]:
    """Show the department's people."""
    reader, period = reader_at(request, desk), reports_looking.period_of(kind, date)
    told = None
    if request.query_params.get("done"):
        told = Told("done", reader.words.say("reports.done_marked"))
    page = await desk.read(_page, reader, period, Typed({}), told)
    return await pages.show(request, desk, "report_marks.html", page)


@post("/reports/{kind:str}/{date:str}/marks", status_code=HTTP_200_OK)
async def keep_marks(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    kind: FromPath[str],
    date: FromPath[str],
) -> Response[str] | Redirect:
    """Keep all marks that were typed, or none."""
    reader, period = reader_at(request, desk), reports_looking.period_of(kind, date)
    typed = await forms(request)
    try:
        await desk.run(_mark, reader, period, typed)
    except BadInputError as error:
        page = await desk.read(_page, reader, period, typed, None, error.fields)
        return await pages.show(request, desk, "report_marks.html", page, status=UNFIT)
    return see(f"/reports/{period.kind}/{period.key}/marks?done=1")


def _mark(work: Work, reader: Reader, period: Period, typed: Typed) -> None:
    faults = {}
    for one in _people(work.tx, reader):
        said = typed.text(_field(one.id))
        if not said:
            continue
        if not (said.isascii() and said.isdecimal() and len(said) <= MOST_DIGITS):
            faults[_field(one.id)] = "beyond"
            continue
        try:
            reports_actions.mark(work, period, MarkPerson(staff=one.id, points=int(said)))
        except BadInputError as error:
            faults[_field(one.id)] = error.fields["points"]
    if faults:
        raise BadInputError(faults)


def _people(tx: Tx, reader: Reader) -> tuple[StaffAccount, ...]:
    """List the department's people but himself. Raises `NotAllowedError`."""
    actor = reader.asking.actor
    if not reader.answers or actor.department is None:
        raise NotAllowedError("who answers for a department marks its people")
    return tuple(
        one
        for one in staff.listing(tx).staff
        if one.department == actor.department and one.active and one.id != actor.staff
    )


def _field(person: StaffId) -> str:
    return f"points-{person}"


def _page(
    tx: Tx,
    reader: Reader,
    period: Period,
    typed: Typed,
    told: Told | None = None,
    faults: Mapping[str, str] | None = None,
) -> MarksPage:
    words, given = reader.words, reports_reading.marks(tx, period)
    people = tuple(
        Marked(
            _field(one.id),
            one.name,
            typed.text(_field(one.id)) or str(given.get(one.id, "")),
        )
        for one in _people(tx, reader)
    )
    return MarksPage(
        period=bulletin.period_words(words, period),
        is_over=reports_reading.row_of(tx, reader.me, period) is not None,
        people=people,
        told=told,
        errors={
            name: words.say(f"reports.fault_{fault}") for name, fault in (faults or {}).items()
        },
    )


router: Final = router_of(show_marks, keep_marks)
