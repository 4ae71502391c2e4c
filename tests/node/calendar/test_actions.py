"""Publishing tables of days at a county, held by its village: real ledgers and databases."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace
from typing_extensions import override

from federation import streams
from federation.kinds import Kind
from federation.streams import Stored
from node.calendar import actions, files
from node.calendar.kind import CalendarKind
from node.database import Tx
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.releases import actions as releases
from node.releases.kind import ReleaseKind
from node.runtime.rebuilding import rebuild
from node.work import SYSTEM, Actor
from schemas.calendar import (
    CalendarPublished,
    CalendarWithdrawn,
    TableKind,
    YearSource,
    YearTable,
    YearView,
)
from schemas.ids import NodeId, StaffId, StreamName
from schemas.items import Limit
from schemas.staff import Role
from tests.support.calendar import IN_2027, OVERRIDE_2027
from tests.support.house import ROOT
from tests.support.network import Member, member

CITY, COUNTY, ELSEWHERE = NodeId("6103"), NodeId("610328"), NodeId("610323")
TOWN, VILLAGE = NodeId("610328100"), NodeId("610328100201")
PUBLISHER = Actor(StaffId("publisher"), frozenset((Role.PUBLISHER,)))
CLERK = Actor(StaffId("clerk"), frozenset((Role.CLERK,)))
IN_2026 = files.load_table(ROOT / "deploy/qianyang/calendar-2026.toml")
EFFECTIVE, INERT, UNJUDGED = 1, 2, 3
LATER = date(2026, 12, 1)


def kinds(me: NodeId) -> dict[str, Kind]:
    return {"calendar": CalendarKind(me), "release": ReleaseKind(me)}


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Member]:
    async with member(tmp_path / "county", COUNTY, kinds(COUNTY)) as node:
        yield node


@pytest.fixture
async def city(tmp_path: Path, county: Member) -> AsyncIterator[Member]:
    async with member(tmp_path / "city", CITY, kinds(CITY)) as node:
        await county.knows(node)
        yield node


@pytest.fixture
async def village(tmp_path: Path, county: Member) -> AsyncIterator[Member]:
    async with member(tmp_path / "village", VILLAGE, kinds(VILLAGE)) as node:
        await node.knows(county)
        yield node


async def publish(node: Member, table: YearTable, actor: Actor = PUBLISHER) -> YearView:
    return await node.works.run(actor, actions.publish, table)


async def view(node: Member, number: int, at: NodeId | None = None) -> YearView:
    return await node.works.read(actions.year_view, at or node.me, number, LATER)


async def mark(node: Member) -> str:
    return await node.works.read(actions.mark)


async def works_on(node: Member, day: str, at: NodeId | None = None) -> bool:
    calendar = await node.works.read(actions.calendar_of, at or node.me)
    return calendar.is_workday(date.fromisoformat(day))


async def carry(sender: Member, to: Member) -> StreamName:
    (stream,) = await sender.streams("calendar")
    for raw in await sender.envelopes(stream):
        await to.receive(raw, sender.me)
    return stream


async def due(node: Member) -> tuple[str, bool]:
    answer = await node.works.read(actions.due, node.me, date(2026, 12, 10), Limit(amount=20))
    return answer.due, answer.provisional


async def test_a_published_year_ends_what_was_provisional(county: Member) -> None:
    assert (await view(county, 2027)).source is YearSource.RULE
    before = await mark(county)
    assert await due(county) == ("2027-01-08", True)
    published = await publish(county, IN_2027)
    assert (published.source, published.provisional) == (YearSource.COUNCIL, False)
    assert [one.publisher for one in published.tables] == [COUNTY]
    assert await due(county) == ("2027-01-07", False)
    assert await mark(county) != before


async def test_the_sample_table_says_what_the_package_says(county: Member) -> None:
    packaged = await view(county, 2026)
    announced = await publish(county, IN_2026)
    assert (packaged.source, announced.source) == (YearSource.PACKAGE, YearSource.COUNCIL)
    assert packaged.workdays == announced.workdays == 248
    told = [(one.day, one.is_workday) for one in packaged.days]
    assert told == [(one.day, one.is_workday) for one in announced.days]


async def test_a_publisher_keeps_one_stream_and_a_new_table_replaces_the_old(
    county: Member,
) -> None:
    await publish(county, IN_2027)
    later = replace(IN_2027, document="国办发明电〔2027〕1号", work=IN_2027.work[1:])
    marked = await mark(county)
    changed = await publish(county, later)
    assert await mark(county) != marked
    assert [one.table for one in changed.tables] == [later]
    assert len(await county.streams("calendar")) == 1
    assert not await works_on(county, IN_2027.work[0])


async def test_the_same_again_writes_nothing(county: Member) -> None:
    await publish(county, IN_2027)
    (stream,) = await county.streams("calendar")
    before = await mark(county)
    await publish(county, IN_2027)
    assert len(await county.envelopes(stream)) == 1
    assert await mark(county) == before
    assert len((await county.works.read(releases.listing, COUNTY)).releases) == 1


async def test_what_is_published_is_a_release(county: Member) -> None:
    await publish(county, IN_2027)
    await publish(county, OVERRIDE_2027)
    listing = await county.works.read(releases.listing, COUNTY)
    assert {one.title for one in listing.releases} == {
        "2027年工作日历",
        "2027年工作日历本地调整",
    }
    assert listing.held[0].total == 1


async def test_a_village_reckons_by_what_its_county_published(
    county: Member, village: Member
) -> None:
    await publish(county, IN_2027)
    await publish(county, OVERRIDE_2027)
    stream = await carry(county, village)
    assert await village.verdicts(stream) == [EFFECTIVE, EFFECTIVE]
    assert await view(village, 2027) == await view(county, 2027)
    assert await mark(village) == await mark(county)
    assert await due(village) == await due(county)


async def test_a_neighbour_county_does_not_follow(county: Member) -> None:
    await publish(county, IN_2027)
    assert (await view(county, 2027, ELSEWHERE)).source is YearSource.RULE
    assert (await view(county, 2027, TOWN)).source is YearSource.COUNCIL


async def test_the_nearest_publisher_wins_and_overrides_win_over_all(
    county: Member, city: Member
) -> None:
    plain = replace(IN_2027, work=IN_2027.work[1:])
    await publish(city, plain)
    await publish(city, replace(OVERRIDE_2027, rest=("2027-03-03", "2027-03-04"), work=()))
    await carry(city, county)
    assert not await works_on(county, IN_2027.work[0])
    assert not await works_on(county, "2027-03-04")
    back = replace(OVERRIDE_2027, rest=(), work=("2027-03-04",))
    await publish(county, back)
    assert await works_on(county, "2027-03-04")
    assert not await works_on(county, "2027-03-03")
    await publish(county, IN_2027)
    assert await works_on(county, IN_2027.work[0])
    assert {one.source for one in (await view(county, 2027)).days if one.day == "2027-03-04"} == {
        YearSource.OVERRIDE
    }


async def test_an_override_is_compared_with_the_days_without_its_former_self(
    county: Member,
) -> None:
    await publish(county, IN_2027)
    await publish(county, OVERRIDE_2027)
    wider = replace(OVERRIDE_2027, rest=(*OVERRIDE_2027.rest, "2027-03-04"))
    assert [one.table for one in (await publish(county, wider)).tables] == [wider, IN_2027]


async def test_withdrawing_brings_back_what_was_before(county: Member) -> None:
    before, marked = await view(county, 2027), await mark(county)
    await publish(county, IN_2027)
    await publish(county, OVERRIDE_2027)
    await county.works.run(PUBLISHER, actions.withdraw, 2027, TableKind.COUNCIL)
    left = await view(county, 2027)
    assert (left.source, left.provisional) == (YearSource.RULE, True)
    assert [one.table for one in left.tables] == [OVERRIDE_2027]
    await county.works.run(PUBLISHER, actions.withdraw, 2027, TableKind.OVERRIDE)
    assert (await view(county, 2027), await mark(county)) == (before, marked)
    with pytest.raises(NotFoundError):
        await county.works.run(PUBLISHER, actions.withdraw, 2027, TableKind.COUNCIL)


async def test_a_table_may_reach_back_into_december(county: Member) -> None:
    assert await works_on(county, "2026-12-31")
    await publish(county, replace(IN_2027, rest=("2026-12-31", *IN_2027.rest)))
    assert not await works_on(county, "2026-12-31")
    assert (await view(county, 2026)).source is YearSource.PACKAGE


async def test_a_fault_keeps_the_old_table_in_force(county: Member) -> None:
    await publish(county, IN_2027)
    before = await mark(county)
    hole = tuple(day for day in IN_2027.rest if day != "2027-10-02")
    with pytest.raises(BadInputError) as caught:
        await publish(county, replace(IN_2027, rest=hole))
    assert set(caught.value.fields) == {"rest", f"rest[{hole.index('2027-10-03')}]"}
    assert "2027-10-02" in caught.value.fields["rest"]
    assert await mark(county) == before


@pytest.mark.parametrize("actor", [CLERK, Actor(StaffId("x"))])
async def test_only_a_publisher_publishes(county: Member, actor: Actor) -> None:
    with pytest.raises(NotAllowedError):
        await publish(county, IN_2027, actor)
    with pytest.raises(NotAllowedError):
        await county.works.run(actor, actions.withdraw, 2027, TableKind.COUNCIL)
    assert await county.streams("calendar") == []


async def test_a_village_publishes_nothing(village: Member) -> None:
    with pytest.raises(NotAllowedError):
        await publish(village, IN_2027)


@pytest.mark.parametrize(
    "fact",
    [
        CalendarPublished(table=replace(IN_2027, rest=(*IN_2027.rest, "2027-02-30"))),
        CalendarPublished(table=replace(IN_2027, work=IN_2027.rest)),
        CalendarPublished(table=replace(IN_2027, year=10**6)),
        CalendarWithdrawn(year=-(10**9), table=TableKind.COUNCIL),
    ],
)
async def test_an_unsound_table_is_inert_wherever_it_comes(
    county: Member, village: Member, fact: CalendarPublished | CalendarWithdrawn
) -> None:
    await publish(county, IN_2027)
    before = await mark(county)
    (stream,) = await county.streams("calendar")
    await county.works.run(SYSTEM, lambda work: work.append(stream, fact, holder=COUNTY))
    await carry(county, village)
    assert await village.verdicts(stream) == [EFFECTIVE, INERT]
    assert await mark(village) == await mark(county) == before


async def test_a_village_cannot_write_a_calendar(county: Member, village: Member) -> None:
    await county.knows(village)
    fact = CalendarPublished(table=IN_2027)
    await village.works.run(SYSTEM, lambda work: work.begin("calendar", fact, holder=VILLAGE))
    stream = await carry(village, county)
    assert await county.verdicts(stream) == [INERT]
    assert (await view(county, 2027, VILLAGE)).source is YearSource.RULE


async def test_a_county_cannot_write_its_citys_calendar(county: Member, city: Member) -> None:
    await city.knows(county)
    fact = CalendarPublished(table=IN_2027)
    stored = await city.works.run(SYSTEM, lambda work: work.begin("calendar", fact, holder=COUNTY))
    await carry(city, county)
    withdrawn = CalendarWithdrawn(year=2027, table=TableKind.COUNCIL)
    stream = stored.event.stream
    await county.works.run(SYSTEM, lambda work: work.append(stream, withdrawn, holder=COUNTY))
    assert await county.verdicts(stream) == [EFFECTIVE, INERT]
    assert (await view(county, 2027)).source is YearSource.COUNCIL


async def test_folding_anew_gives_the_same_rows(county: Member) -> None:
    await publish(county, IN_2027)
    await publish(county, OVERRIDE_2027)
    await publish(county, replace(IN_2027, document="国办发明电〔2026〕9号"))
    (stream,) = await county.streams("calendar")
    before = await rows(county)
    ledger = county.works.ledger

    def refold(tx: Tx) -> None:
        found = streams.load(tx, stream)
        assert found is not None
        ledger.refold(tx, found)

    await county.works.database.write(refold)
    assert await rows(county) == before
    assert len(before) == 2


async def rows(node: Member) -> list[tuple[object, ...]]:
    return await node.works.read(
        lambda tx: tx.execute("SELECT * FROM calendar_tables ORDER BY 1, 2, 3").fetchall()
    )


class Heard(CalendarKind):
    """Notes in `heard` which kind of stream is folded."""

    def __init__(self, name: str, heard: list[str]) -> None:
        super().__init__(COUNTY)
        self._name, self._heard = name, heard

    @override
    def project(self, tx: Tx, stream: StreamName, stored: Stored) -> None:
        self._heard.append(self._name)
        super().project(tx, stream, stored)


async def test_a_rebuilt_node_has_the_same_tables_and_folds_them_before_the_rest(
    county: Member,
) -> None:
    for table in (IN_2027, OVERRIDE_2027, IN_2026):
        await publish(county, table)
    before, heard = await rows(county), list[str]()
    listening: dict[str, Kind] = {name: Heard(name, heard) for name in ("calendar", "release")}
    await county.works.database.write(lambda tx: rebuild(tx, listening))
    assert await rows(county) == before
    assert heard[:4] == ["calendar", "calendar", "calendar", "release"]


async def test_a_calendar_goes_to_all_below_its_publisher_and_to_its_line(
    county: Member,
) -> None:
    await publish(county, IN_2027)
    (stream,) = await county.streams("calendar")
    nodes = (CITY, COUNTY, TOWN, VILLAGE, ELSEWHERE, NodeId("610323100"))

    def concerned(tx: Tx) -> list[NodeId]:
        kind, parties = CalendarKind(COUNTY), frozenset({COUNTY})
        return [one for one in nodes if kind.concerns(tx, stream, parties, one)]

    assert await county.works.read(concerned) == [CITY, COUNTY, TOWN, VILLAGE]


@pytest.mark.parametrize(
    ("today", "number", "missing", "days"),
    [
        ("2026-10-31", None, False, None),
        ("2026-11-01", 2027, False, 61),
        ("2026-12-31", 2027, False, 1),
        ("2027-01-01", 2027, True, None),
    ],
)
async def test_a_missing_year_is_told_from_november_on(
    county: Member, today: str, number: int | None, *, missing: bool, days: int | None
) -> None:
    found = await county.works.read(actions.lacking, COUNTY, date.fromisoformat(today))
    told = None if found is None else (found.year, found.missing, found.warning_days)
    assert told == (None if number is None else (number, missing, days))


@pytest.mark.parametrize(
    ("start", "amount", "field"),
    [("1995-01-01", 1, "start"), ("2026-01-01", -1, "amount"), ("2026-01-01", 4000, "amount")],
)
async def test_a_question_beyond_all_years_is_refused(
    county: Member, start: str, amount: int, field: str
) -> None:
    limit = Limit(amount=amount)
    with pytest.raises(BadInputError) as caught:
        await county.works.read(actions.due, COUNTY, date.fromisoformat(start), limit)
    assert set(caught.value.fields) == {field}
