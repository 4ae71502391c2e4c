"""A case that goes up the line: each node counts what it sees, for its places and bodies."""

from datetime import date
from pathlib import Path

from node.appraisal import reading, recounting
from node.appraisal.day_reading import day_content
from node.appraisal.follower import Appraisal
from node.appraisal.pages_day import page_of
from node.catalogue import actions as catalogue
from node.catalogue.actions import Step, Terms
from node.database import Tx
from node.following.actions import Following
from node.web.wording import WORDS, Language
from schemas.appraisal import Grain, Measure, Period, PeriodKind
from schemas.cases import Action
from schemas.ids import NodeId
from schemas.item_terms import EndReason
from tests.support.bureau import bureau
from tests.support.casework import COUNTY, OPERATOR, TOWN, VILLAGE, Casework, Office
from tests.support.counting import Counts
from tests.support.laws import HEARD
from tests.support.redress import go_to

M = Measure
BODY = f"{COUNTY}/wjj"
EVER: tuple[Period, ...] = tuple(
    Period(kind=PeriodKind.YEAR, key=str(year)) for year in range(2026, 2031)
)


async def counted(office: Office, grain: Grain) -> dict[str, dict[Measure, int]]:
    """All that an office has counted, in whichever year it runs."""
    me = office.node.me
    await Following(office.node.works, [Appraisal(me)]).catch_up()

    def read(tx: Tx) -> dict[str, dict[Measure, int]]:
        found: dict[str, dict[Measure, int]] = {}
        for period in EVER:
            for name, counts in reading.tallies(tx, period, grain).items():
                mine = found.setdefault(name, {})
                for measure, n in counts.items():
                    mine[measure] = mine.get(measure, 0) + n
        return found

    return await office.node.works.read(read)


async def is_right(office: Office, me: NodeId) -> None:
    works = office.node.works
    found = await works.read(recounting.recount, me, works.now_ms)
    assert found.is_right, found


async def test_every_place_on_the_line_counts_it_up_to_whoever_looks(
    all_three: Casework,
) -> None:
    await all_three.licence_until("close")
    county = await counted(all_three.county, Grain.PLACE)
    assert set(county) == {VILLAGE, TOWN, COUNTY}
    assert county[VILLAGE] == county[TOWN] == county[COUNTY]
    assert county[COUNTY][M.FINISHED] == county[COUNTY][M.FORWARDED] == 1
    assert county[COUNTY][M.STEPS] == 5
    assert set(await counted(all_three.town, Grain.PLACE)) == {VILLAGE, TOWN}
    for office in (all_three.county, all_three.town):
        await is_right(office, office.node.me)


async def test_bodies_answer_for_their_steps_and_people_are_known_at_home_alone(
    all_three: Casework,
) -> None:
    await all_three.licence_until("close")
    bodies = await counted(all_three.county, Grain.BODY)
    assert bodies[f"{COUNTY}/wjj"][M.RECEIVED] == 1
    assert bodies[f"{COUNTY}/wjj"][M.FINISHED] == 1
    assert bodies[TOWN] == {M.FORWARDED: 1, M.FORWARDED_ON_TIME: 1, M.STEPS: 1}
    people = await counted(all_three.county, Grain.STAFF)
    assert set(people) == {f"{COUNTY}/{one}" for one in ("clerk", "handler", "approver")}
    assert people[f"{COUNTY}/handler"][M.FINISHED] == 1
    assert set(await counted(all_three.town, Grain.STAFF)) == {f"{TOWN}/officer"}


async def test_what_arrives_late_is_counted_on_the_days_it_happened(
    all_three: Casework,
) -> None:
    """The line was down: the county learns in April what a village took in March."""
    go_to(all_three, "2026-03-31", 23)
    view = await all_three.village.receive()
    go_to(all_three, "2026-04-20")
    assert not await counted(all_three.county, Grain.PLACE)
    await all_three.carry(view.stream)
    await counted(all_three.county, Grain.PLACE)
    works = all_three.county.node.works
    for key, n in (("2026-03", 1), ("2026-04", 0)):
        month = Period(kind=PeriodKind.MONTH, key=key)
        found = await works.read(reading.tallies, month, Grain.PLACE, [VILLAGE])
        assert found[VILLAGE].get(M.RECEIVED, 0) == n
    await is_right(all_three.county, COUNTY)


async def test_a_county_makes_public_what_its_towns_took_and_itself_granted(
    all_three: Casework,
) -> None:
    go_to(all_three, "2026-03-03")
    view = await all_three.licence_until("decide")
    await counted(all_three.county, Grain.PLACE)
    works, register = all_three.county.node.works, all_three.county.register
    words = WORDS[Language.ZH]
    day = await works.read(day_content, COUNTY, date(2026, 3, 3), words, register)
    towns = {one.subject: one for one in day.places}
    assert (towns[TOWN].received, towns[TOWN].finished) == (1, 1)
    assert {one.subject: one.accepted for one in day.bodies} == {BODY: 1, f"{COUNTY}/zrzy": 0}
    (licence,) = day.licences
    assert (licence.number, licence.applicant) == (view.number, "")  # his papers have not come
    page = page_of(day, words, date(2026, 3, 3), date(2026, 3, 4))
    assert [one.received for one in page.places] == [0, *(one.received for one in day.places)]
    at_town = all_three.town.node.works
    await counted(all_three.town, Grain.PLACE)
    below = await at_town.read(day_content, TOWN, date(2026, 3, 3), words)
    assert below.total.received == 1
    assert not below.licences  # the county granted it


async def test_an_item_that_ends_in_mid_month_keeps_its_numbers(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        view = await county.path(await county.receive(), Action.ACCEPT, Action.DISPATCH)
        county.go_to("2026-03-15")
        ended = Step(code="wjj-02", ends=EndReason.ABOLISHED)
        await counts.works.run(OPERATOR, catalogue.release, (ended,), Terms())
        county.go_to("2026-03-20")
        await county.path(view, Action.GIVE_OPINION, Action.REVIEW, Action.DECIDE)
        found = await counts.of("2026-03", Grain.ITEM, "wjj-02")
        assert (found[M.RECEIVED], found[M.FINISHED], found[M.LATE]) == (1, 1, 1)
        assert await counts.drilled("2026-03", M.FINISHED, Grain.ITEM, "wjj-02") == {view.number: 1}
        await counts.is_right()
