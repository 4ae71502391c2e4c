"""A city judges the cases of its counties by facts alone, and finds what they find."""

from datetime import datetime, timedelta
from pathlib import Path

from node.calendar import actions as calendar
from node.cases import actions as cases
from node.clock import CHINA, Clock
from node.database import Tx
from node.following.actions import Following
from node.runtime.recounting import Recounter
from node.supervision import actions
from node.supervision.follower import Supervision
from node.supervision.kind import RulebookKind
from node.work import SYSTEM, Actor, Works
from schemas.cases_api import AcceptCase
from schemas.ids import NodeId, StaffId
from schemas.staff import Role
from schemas.supervision import FindingLevel, FindingState, Rulebook, RuleId, RuleSetting
from tests.support.calendar import IN_2027
from tests.support.casework import COUNTY, ZHANG, Casework, Office, casework, open_office

CITY = NodeId("6103")
CHEN = Actor(StaffId("chen"), frozenset({Role.SUPERVISOR}), name="陈")
BOOK = Rulebook(settings=(RuleSetting(rule=RuleId.P6, on=False),))


def _rows(tx: Tx) -> list[tuple[object, ...]]:
    return tx.execute(
        "SELECT id, subject, rule, class, level, state, at, node, department, staff, about, number,"
        " item, item_name, said FROM findings WHERE subject LIKE 'case/%' ORDER BY id"
    ).fetchall()


def _go_to(works: Works, day: str) -> None:
    at = datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=CHINA)
    works.clock.offset = at - Clock(timedelta(0)).wall()


async def _carry(made: Casework, city: Office, kind: str) -> None:
    """Hand the county's streams of a kind to the city."""
    for stream in await made.county.node.streams(kind):
        for raw in await made.county.node.envelopes(stream):
            await city.node.receive(raw, COUNTY)


async def _findings(office: Office) -> list[tuple[object, ...]]:
    works = office.node.works
    await Following(works, [Supervision(office.node.me)]).catch_up()
    return await works.read(_rows)


async def test_a_city_finds_what_its_county_finds_and_learns_no_name(tmp_path: Path) -> None:
    async with casework(tmp_path) as made, open_office(tmp_path, CITY) as city:
        offices = (*made.offices, city)
        await city.node.knows(*(one.node for one in made.offices))
        for one in offices:
            _go_to(one.node.works, "2026-03-02")
        await made.county.node.works.run(CHEN, actions.set_book, BOOK, "试行")
        for last in ("receive", "forward", "accept", "close"):
            await made.licence_until(last)
        for kind in ("item", "release", "rulebook", "case"):
            await _carry(made, city, kind)
        for one in offices:
            _go_to(one.node.works, "2026-05-12")
        of_county, of_city = await _findings(made.county), await _findings(city)
        assert of_county == of_city
        assert {row[2] for row in of_county} > {RuleId.T1}
        assert RuleId.P6 not in {row[2] for row in of_county}
        assert FindingLevel.RED in {row[4] for row in of_county}
        told = await city.node.works.read(lambda tx: "\n".join(tx.iterdump()))
        for secret in (ZHANG.name, ZHANG.id_number, ZHANG.phone):
            assert secret not in told


async def test_what_comes_late_takes_a_finding_back(tmp_path: Path) -> None:
    """The line was cut: the city thinks that nobody accepted, until the acceptance comes."""
    async with casework(tmp_path) as made, open_office(tmp_path, CITY) as city:
        await city.node.knows(*(one.node for one in made.offices))
        for one in (*made.offices, city):
            _go_to(one.node.works, "2026-03-02")
        view = await made.licence_until("forward")
        for kind in ("item", "release", "case"):
            await _carry(made, city, kind)
        for one in made.offices:
            _go_to(one.node.works, "2026-03-03")
        clerk = Actor(StaffId("clerk"), frozenset({Role.CLERK}))
        await made.county.node.works.run(clerk, cases.accept, view.number, AcceptCase())
        for one in (made.county, city):
            _go_to(one.node.works, "2026-03-12")
        states = {(row[2], row[5]) for row in await _findings(city)}
        assert (RuleId.T1, FindingState.OPEN) in states
        await _carry(made, city, "case")
        found = await _findings(city)
        assert (RuleId.T1, FindingState.WITHDRAWN) in {(row[2], row[5]) for row in found}
        of_county = await _findings(made.county)
        assert [row for row in found if row[5] != FindingState.WITHDRAWN] == of_county


async def test_a_book_goes_to_the_town_and_not_to_the_village(tmp_path: Path) -> None:
    async with casework(tmp_path) as made:
        county = made.county.node
        await county.works.run(CHEN, actions.set_book, BOOK, "试行")
        (stream,) = await county.streams("rulebook")
        kind = RulebookKind()

        def concerned(tx: Tx) -> list[bool]:
            parties = frozenset({COUNTY})
            neighbours = (CITY, NodeId("610328100"), NodeId("610328100201"), NodeId("610329"))
            return [kind.concerns(tx, stream, parties, one) for one in neighbours]

        assert await county.works.read(concerned) == [True, True, False, False]
        for raw in await county.envelopes(stream):
            await made.town.node.receive(raw, COUNTY)
        works = made.town.node.works
        term = await works.read(actions.book_at, made.town.node.me, works.now_ms * 2)
        assert term.book == BOOK


async def test_nobody_is_late_by_a_calendar_that_is_not_published(tmp_path: Path) -> None:
    async with casework(tmp_path) as made:
        county = made.county
        works = county.node.works
        for one in made.offices:
            _go_to(one.node.works, "2026-12-30")
        view = await made.licence_until("dispatch")
        for one in made.offices:
            _go_to(one.node.works, "2027-02-25")
        late = {RuleId.T3, RuleId.T4}
        assert not late & {row[2] for row in await _findings(county)}
        await works.run(SYSTEM, calendar.publish, IN_2027)
        await Recounter(works).catch_up()
        found = {row[2]: row for row in await _findings(county)}
        assert late <= set(found)
        assert found[RuleId.T3][10] == view.stream
