from pathlib import Path

import pytest

from federation import links
from federation.errors import FederationError, NotAdmittedError
from federation.joincode import Invitation, parse_invitation
from node.clock import to_ms
from node.database import Tx
from node.runtime import commands, joining
from node.runtime.opening import open_node
from schemas import control as c
from tests.support.nodes import (
    COUNTY,
    NEW_TOWN,
    NEW_VILLAGE,
    TOWN,
    VILLAGE,
    Net,
    make_network,
    until,
)
from tests.support.windows import HOMESTEAD, take, work_until_closed


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "ADMITTED_SECONDS", 1.0)
    monkeypatch.setattr(joining, "JOIN_SECONDS", 1.5)


async def test_a_village_joins_through_its_town_and_works(three: Net) -> None:
    settings = await three.join(NEW_VILLAGE, await three.invite(NEW_VILLAGE))
    assert settings.root == (await three.status(COUNTY)).root
    await three.start(NEW_VILLAGE)
    await until(lambda: _has_items(three))
    taken = await take(three[NEW_VILLAGE], HOMESTEAD)
    await three.stop(VILLAGE)
    await work_until_closed(three, taken.number)


async def _has_items(net: Net) -> bool:
    return await net.read(NEW_VILLAGE, _held) > 0


def _held(tx: Tx) -> int:
    return int(tx.execute("SELECT coalesce(max(number), 0) FROM release_held").fetchone()[0])


async def test_a_lost_answer_is_no_disaster_the_same_keys_get_the_same_answer(
    three: Net,
) -> None:
    line = await three.invite(NEW_TOWN)
    first = await three.join(NEW_TOWN, line)
    events = (await three.status(COUNTY)).events
    again = await three.join(NEW_TOWN, line)  # as if the first answer had not come
    assert again == first
    assert (await three.status(COUNTY)).events == events
    await three.start(NEW_TOWN)
    await three.quiet(COUNTY, NEW_TOWN)
    await until(lambda: _recovered(three))


async def _recovered(net: Net) -> bool:
    return not (await net.status(NEW_TOWN)).recovering


async def test_a_used_code_lets_no_other_machine_in(three: Net, tmp_path: Path) -> None:
    line = await three.invite(NEW_TOWN)
    await three.join(NEW_TOWN, line)
    keys = await three.read(COUNTY, _keys)
    with pytest.raises(FederationError):
        await three.join(NEW_TOWN, line, tmp_path / "thief")
    assert await three.read(COUNTY, _keys) == keys
    await three.start(NEW_TOWN)
    await three.quiet(COUNTY, NEW_TOWN)


def _keys(tx: Tx) -> list[str]:
    rows = tx.execute("SELECT key FROM node_keys WHERE node = ? ORDER BY key", (NEW_TOWN,))
    return [key for (key,) in rows]


async def test_a_wrong_code_is_not_admitted(three: Net) -> None:
    line = parse_invitation(await three.invite(NEW_TOWN))
    other = parse_invitation(await three.invite(NEW_VILLAGE))
    wrong = Invitation(line.url, line.region, line.parent, line.child, other.code)
    with pytest.raises(NotAdmittedError):
        await joining.join(three.home(NEW_TOWN), wrong, joining.Wanted())
    assert await three.read(COUNTY, _keys) == []


async def test_an_invitation_replaces_the_one_before(three: Net) -> None:
    first = await three.invite(NEW_TOWN)
    second = await three.invite(NEW_TOWN)
    with pytest.raises(NotAdmittedError):
        await three.join(NEW_TOWN, first)
    assert (await three.join(NEW_TOWN, second)).node == NEW_TOWN


async def test_an_expired_code_is_not_admitted(three: Net) -> None:
    line = await three.invite(NEW_TOWN)
    await commands.clock(three[COUNTY], c.MoveClock(offset_seconds=25 * 3600))
    await three.net(COUNTY).admit()
    with pytest.raises(NotAdmittedError):
        await three.join(NEW_TOWN, line)
    assert await three.read(COUNTY, _keys) == []


async def test_a_county_is_a_root_until_it_has_a_city(tmp_path: Path) -> None:
    net = Net(tmp_path)
    await make_network(tmp_path, (COUNTY, TOWN))
    async with open_node(net.home(TOWN)) as node:
        link = await node.works.read(lambda tx: links.load(tx, COUNTY))
        assert link is not None
        assert link.epoch
        assert to_ms(node.clock.now()) - link.last_contact < 60_000
