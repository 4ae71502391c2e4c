"""代办台账: the page of what is done for others, its table for a spreadsheet, and its API."""

from dataclasses import dataclass
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.status_codes import HTTP_200_OK

from node.audit import actions as audit
from node.cases import agency_ledger, page_case
from node.cases.agency_ledger import Asking
from node.cases.counter import Counter
from node.network.actions import Places, place_names
from node.web import tables_out
from node.web.chrome import Mark, clock_time, day
from node.web.lean import Router
from node.web.pages_base import Pages, router_of, words_for
from node.web.security import Asked
from node.web.wording import Words
from node.work import Work
from schemas.audit import Act
from schemas.lists import AgencyErrand, AgencyLedger

MOST_EXPORTED: Final = 5_000  # a county's year of errands; a file that a spreadsheet opens at once
COLUMNS: Final = (
    "number", "item", "who", "kind", "whom", "origin", "begun", "ended", "length", "state",
    "authority",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ErrandLine:
    """One errand."""

    number: str
    item: str
    agent: str
    kind: str
    applicant: str
    origin: str
    begun: str
    ended: str
    length: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """代办台账."""

    lines: tuple[ErrandLine, ...]
    older: str


def asking_at(counter: Counter) -> Asking:
    """Who sits at a counter, as far as the record cares."""
    desk = counter.desk
    return Asking(counter.reader, desk.actor.roles, counter.preparing.register, desk.works.now_ms)


@get("/agency")
async def show_ledger(
    request: Asked,
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    after: FromQuery[str | None] = None,
) -> Response[str]:
    """Show who acts for whom, latest first."""
    words, desk = words_for(request), counter.desk
    found = await desk.read(agency_ledger.ledger, asking_at(counter), after=after)
    places = Places(await desk.read(place_names), words)
    page = LedgerPage(
        lines=tuple(_line(words, places, one) for one in found.errands),
        older=f"/agency?after={found.next}" if found.next else "",
    )
    return await pages.show(request, desk, "agency.html", page)


def _line(words: Words, places: Places, one: AgencyErrand) -> ErrandLine:
    return ErrandLine(
        number=one.number,
        item=one.item_name or words.say("list.item_unknown"),
        agent=one.agent or words.say("list.sealed"),
        kind=_kind(words, one),
        applicant=one.applicant or words.say("list.sealed"),
        origin=places(one.origin),
        begun=day(one.begun_at),
        ended=day(one.ended_at) if one.ended_at else words.say("ledger.under_way"),
        length=words.say("ledger.days", n=one.days) if one.days else words.say("ledger.same_day"),
        mark=page_case.mark_of(words, one.state, one.outcome),
    )


def _kind(words: Words, one: AgencyErrand) -> str:
    key = f"agency.{one.kind}"
    return words.say(key if words.has(key) else "agency.other")


@post("/agency/export", status_code=HTTP_200_OK)
async def export_ledger(request: Asked, counter: NamedDependency[Counter]) -> Response[bytes]:
    """Give the record as a file, names masked; that it left is written down."""
    words, desk = words_for(request), counter.desk
    found = await desk.run(_exported, asking_at(counter))
    places = Places(await desk.read(place_names), words)
    name = f"agency-{desk.works.ledger.me}-{day(desk.works.now_ms)}.csv"
    head = (words.say(_HEADS.get(one, f"ledger.{one}")) for one in COLUMNS)
    rows = (_cells(words, places, one) for one in found.errands)
    return tables_out.attached(name, tables_out.as_csv(head, rows))


def _exported(work: Work, asking: Asking) -> AgencyLedger:
    found = agency_ledger.ledger(work.tx, asking, most=MOST_EXPORTED)
    audit.note(work, Act.EXPORTED, "agency", {"rows": str(len(found.errands))})
    return found


def _cells(words: Words, places: Places, errand: AgencyErrand) -> tuple[str, ...]:
    line = _line(words, places, errand)
    ended = "" if errand.ended_at is None else _instant(errand.ended_at)
    authority = words.say("ledger.yes" if errand.has_authority else "ledger.no")
    return (
        line.number, line.item, line.agent, line.kind, line.applicant, line.origin,
        _instant(errand.begun_at), ended, str(errand.days), line.mark.words, authority,
    )  # fmt: skip


_HEADS: Final = {"item": "list.item", "kind": "agency.title", "origin": "fact.origin"}


def _instant(at_ms: int) -> str:
    return f"{day(at_ms)} {clock_time(at_ms)}"


@get("/agency", summary="代办台账: who acts for whom, latest first, names masked")
async def list_errands(
    counter: NamedDependency[Counter], after: FromQuery[str | None] = None
) -> AgencyLedger:
    """List the cases in which somebody acts for the applicant, fifty at a time."""
    return await counter.desk.read(agency_ledger.ledger, asking_at(counter), after=after)


router: Final = router_of(show_ledger, export_ledger)
api: Final = Router("/", route_handlers=[list_errands])
