from node.calendar import actions
from node.runtime import calendar_commands
from node.runtime.station import OPERATOR
from schemas import calendar as days
from schemas.calendar import YearSource, YearView
from schemas.ids import NodeId
from tests.support.calendar import IN_2027, OVERRIDE_2027
from tests.support.nodes import COUNTY, TOWN, VILLAGE, Net, until


async def year(net: Net, node: NodeId) -> YearView:
    asked = days.ShowYear(year=2027)
    return await calendar_commands.show(net[node].node.works, asked)


async def test_a_village_that_was_away_reckons_by_what_its_county_published(three: Net) -> None:
    assert (await year(three, VILLAGE)).source is YearSource.RULE
    await three.stop(VILLAGE)
    works = three[COUNTY].node.works
    for table in (IN_2027, OVERRIDE_2027):
        await calendar_commands.publish(works, OPERATOR, days.PublishTable(table=table))
    await three.start(VILLAGE)
    await until(lambda: follows(three))
    await three.quiet(COUNTY, TOWN, VILLAGE)
    for node in (TOWN, VILLAGE):
        assert await year(three, node) == await year(three, COUNTY)
        assert await three.read(node, actions.mark) == await three.read(COUNTY, actions.mark)


async def follows(net: Net) -> bool:
    return len((await year(net, VILLAGE)).tables) == 2
