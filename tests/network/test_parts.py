from federation import streams
from node.database import Tx
from schemas.ids import NodeId, StreamName
from tests.support.nodes import CITY, COUNTY, FOUR_TIERS, TOWN, VILLAGE, Net, until
from tests.support.windows import see, take, work_until_closed


def held(tx: Tx, stream: StreamName) -> int:
    row = tx.execute("SELECT count(*) FROM part_keys WHERE stream = ?", (stream,)).fetchone()
    return int(row[0])


def said_received(tx: Tx, stream: StreamName) -> set[str]:
    found = streams.load(tx, stream)
    notes = streams.notes_about(tx, found) if found else []
    return {
        event.event.node
        for note in notes
        for event in streams.events(tx, note)
        if event.event.kind == "note.parts_received"
    }


async def parts_at(net: Net, node: NodeId, stream: StreamName) -> int:
    return await net.read(node, lambda tx: held(tx, stream))


async def test_facts_come_first_and_papers_when_their_owner_is_back(homes: Net) -> None:
    await homes.start(*FOUR_TIERS)
    await homes.quiet()
    await homes.stop(TOWN)
    taken = await take(homes[VILLAGE], scan=True)
    await homes.sent(VILLAGE, TOWN)  # its parcel lies in the town's mailbox
    await homes.stop(VILLAGE)
    await homes.start(TOWN)

    async def at_county() -> bool:
        return await see(homes[COUNTY], taken.number) is not None

    await until(at_county)
    assert await parts_at(homes, COUNTY, taken.stream) == 0
    assert (await homes.status(COUNTY)).parts_wanted == 2  # the applicant and a scan
    await homes.start(VILLAGE)

    async def arrived() -> bool:
        return await parts_at(homes, COUNTY, taken.stream) == 2

    await until(arrived)
    assert await parts_at(homes, TOWN, taken.stream) == 0  # it passed them on, and may not look

    async def told() -> bool:
        return await homes.read(VILLAGE, lambda tx: said_received(tx, taken.stream)) == {COUNTY}

    await until(told)


async def test_a_city_that_only_watches_never_gets_a_paper(homes: Net) -> None:
    await homes.start(*FOUR_TIERS)
    taken = await take(homes[VILLAGE], scan=True)
    await work_until_closed(homes, taken.number)
    assert await parts_at(homes, COUNTY, taken.stream) >= 2
    assert await parts_at(homes, CITY, taken.stream) == 0
    assert (await homes.status(CITY)).parts_wanted == 0
