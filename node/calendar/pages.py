"""The pages of the calendar: a year at a glance, for everyone; publishing it, for the publisher."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.calendar import actions, page_year, wording
from node.calendar.files import dates_in
from node.calendar.model import Year
from node.calendar.page_year import CalendarPage, Typed
from node.calendar.rules import YEARS, Fault
from node.clock import local_day
from node.database import Tx
from node.errors import NotAllowedError, NotFoundError
from node.network import actions as network
from node.network.actions import Places
from node.web.chrome import Told
from node.web.pages_base import UNFIT, Pages, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.calendar import TableKind, YearTable, YearView
from schemas.ids import NodeId
from schemas.levels import Capability
from schemas.nodes import NodeNames


@dataclass(frozen=True, slots=True)
class _Looked:
    """What one reading of the tables finds."""

    year: Year
    view: YearView
    lacking: YearView | None
    names: Mapping[NodeId, NodeNames]


@get("/calendar")
async def this_year(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str]:
    """Show the running year."""
    return await _show(request, desk, pages, _today(pages).year)


@get("/calendar/{year:int}")
async def one_year(
    request: Asked,
    year: FromPath[int],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Show a year, and after a change say that it was done."""
    words = words_for(request)
    told: tuple[Told, ...] = ()
    if done in ("published", "withdrawn"):
        told = (Told("done", words.say(f"calendar.{done}", year=year)),)
    return await _show(request, desk, pages, year, told=told)


@post("/calendar", status_code=HTTP_200_OK)
async def publish(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str] | Redirect:
    """Put a table in force; what is wrong is said beside its field, and nothing is lost."""
    form = await forms(request)
    table = YearTable(
        year=_number(form.text("year")),
        kind=_kind(form.text("kind")),
        document=form.text("document"),
        rest=dates_in(form.text("rest")),
        work=dates_in(form.text("work")),
    )
    if not actions.may_publish(pages.profile, desk.actor):
        raise NotAllowedError("only a publisher publishes the calendar")
    faults = await desk.read(actions.faults_of, desk.works.ledger.me, table, _today(pages))
    if not faults:
        await desk.run(actions.publish, table)
        return see(f"/calendar/{table.year}?done=published")
    typed = Typed(
        form.text("year"),
        form.text("document"),
        form.text("rest"),
        form.text("work"),
        _errors(words_for(request), faults),
    )
    year = table.year if table.year in YEARS else _today(pages).year
    return await _show(request, desk, pages, year, typed={table.kind: typed})


@post("/calendar/{year:int}/withdraw")
async def withdraw(request: Asked, year: FromPath[int], desk: NamedDependency[Desk]) -> Redirect:
    """Take back a table that this node published."""
    kind = _kind((await forms(request)).text("kind"))
    await desk.run(actions.withdraw, year, kind)
    return see(f"/calendar/{year}?done=withdrawn")


async def _show(
    request: Asked,
    desk: Desk,
    pages: Pages,
    year: int,
    *,
    told: tuple[Told, ...] = (),
    typed: Mapping[TableKind, Typed] | None = None,
) -> Response[str]:
    words, today, me = words_for(request), _today(pages), desk.works.ledger.me
    looked = await desk.read(_look, me, year, today)
    may_publish = actions.may_publish(pages.profile, desk.actor)
    page: CalendarPage = page_year.draw_year(
        words,
        looked.year,
        looked.view,
        places=Places(looked.names, words),
        me=me,
        today=today,
        told=(*told, *_warnings(words, looked, _way_out(pages, may_publish=may_publish))),
        may_publish=may_publish,
        typed=typed or {},
    )
    status = UNFIT if typed else HTTP_200_OK
    return await pages.show(request, desk, "calendar.html", page, status=status)


def _look(tx: Tx, me: NodeId, number: int, today: date) -> _Looked:
    view = actions.year_view(tx, me, number, today)
    year = actions.calendar_of(tx, me).year(number)
    return _Looked(year, view, actions.lacking(tx, me, today), network.place_names(tx))


def _way_out(pages: Pages, *, may_publish: bool) -> str:
    """Name the sentence that says who publishes what is lacking, to whoever asks."""
    if may_publish:
        return "do_publish"
    here = Capability.PUBLISH_ITEMS in pages.profile.capabilities
    return "ask_here" if here else "ask_publish"


def _warnings(words: Words, looked: _Looked, way_out: str) -> tuple[Told, ...]:
    """Say that the days of the year shown are not final, or which other lacks its arrangement."""
    told = []
    lacking = looked.lacking
    is_of_this = lacking is not None and lacking.year == looked.view.year
    if lacking is not None and (is_of_this or not looked.view.provisional):
        what = "missing" if lacking.missing else "unpublished"
        told.append(
            Told(
                "stop" if lacking.missing else "mind",
                words.say(f"calendar.{what}", year=lacking.year),
                words.say(f"calendar.{way_out}"),
            )
        )
    elif looked.view.provisional:
        told.append(Told("mind", words.say("calendar.provisional", year=looked.view.year)))
    return tuple(told)


def _errors(words: Words, faults: Sequence[Fault]) -> Mapping[str, str]:
    """Gather the sentences under the field of the form that each fault is in."""
    said: dict[str, str] = {}
    for fault in faults:
        name = fault.field.partition("[")[0]
        sentence = words.pick(*wording.both(fault))
        said[name] = (
            words.pick("；", "; ").join((said[name], sentence)) if name in said else sentence
        )
    return said


def _today(pages: Pages) -> date:
    return local_day(pages.clock.now())


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) == len("2027") else 0


def _kind(text: str) -> TableKind:
    if text not in tuple(TableKind):
        raise NotFoundError(f"table {text}")
    return TableKind(text)


router: Final = router_of(this_year, one_year, publish, withdraw)
