from pathlib import Path

import pytest

from federation import links, overdue, refusals
from federation.links import LinkRow
from node.database import Tx
from node.runtime import commands, node_commands
from schemas import control as c
from schemas.ids import Level, NodeId
from schemas.links import RefusalEntry
from tests.support.nodes import COUNTY, TOWN, VILLAGE, Net, node_at, until
from tests.support.windows import HOMESTEAD, see, take, work_until_closed


async def link(net: Net, node: NodeId, peer: NodeId) -> LinkRow:
    found = await net.read(node, lambda tx: links.load(tx, peer))
    assert found is not None
    return found


async def test_what_is_parked_for_a_day_is_a_finding_and_asks_for_a_survey(three: Net) -> None:
    before = (await link(three, COUNTY, TOWN)).epoch
    wants = f"event:{'a' * 64}"

    def park(tx: Tx) -> None:
        tx.execute(
            "INSERT INTO parked VALUES (?, ?, ?, ?, ?, ?)",
            (b"h" * 32, wants, f"case/{VILLAGE}/aaaaaaaaaaaaaaaa", TOWN, 1, b"raw"),
        )

    await three[COUNTY].node.database.write(park)
    three.net(COUNTY).changed.set()

    async def surveyed() -> bool:
        found = await link(three, COUNTY, TOWN)
        return found.epoch not in (b"", before) and found.answered

    await until(surveyed)
    assert (await three.status(COUNTY)).findings == 1
    assert (await three.status(COUNTY)).parked == 1  # never dropped
    after = (await link(three, COUNTY, TOWN)).epoch
    assert not await three.read(COUNTY, lambda tx: overdue.is_any(tx, now=1 << 50))
    taken = await take(three[VILLAGE], HOMESTEAD)
    await work_until_closed(three, taken.number)
    assert (await link(three, COUNTY, TOWN)).epoch == after  # asked once, not for ever


async def test_a_refused_event_is_shown_and_sent_again_by_a_person(three: Net) -> None:
    taken = await take(three[VILLAGE], HOMESTEAD)
    await three.quiet()
    event = await three.read(
        VILLAGE,
        lambda tx: tx.execute("SELECT hash FROM events ORDER BY arrival DESC LIMIT 1").fetchone(),
    )
    entry = RefusalEntry(event[0], "wrong_seq", VILLAGE)

    def refuse(tx: Tx) -> None:
        refusals.remember(tx, VILLAGE, entry, teller=TOWN, now=1)

    await three[VILLAGE].node.database.write(refuse)
    shown = [one for one in (await three.status(VILLAGE)).links if one.peer == TOWN]
    assert [one.refused for one in shown] == [1]
    done = await node_commands.resend(three[VILLAGE], c.ResendEvent(event=event[0].hex()))
    assert done.queued
    await three.quiet(TOWN, VILLAGE)
    assert [one.refused for one in (await three.status(VILLAGE)).links] == [0]
    assert await see(three[TOWN], taken.number) is not None
    assert not (await node_commands.resend(three[VILLAGE], c.ResendEvent(event="0" * 64))).queued


@pytest.mark.parametrize("level", list(Level))
async def test_one_tier_alone_serves_its_people(
    level: Level, template: Path, tmp_path: Path
) -> None:
    async with node_at(level, template, tmp_path / "net") as served:
        assert served.url.startswith("http://127.0.0.1:")
        assert served.logins
        state = await commands.status(served.station, c.Nothing())
        assert state.level == level.value
