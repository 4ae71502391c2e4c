from contextlib import suppress

import pytest

from federation import directory
from federation.directory import KeyRow
from federation.errors import SuspendedError
from node.runtime import node_commands
from schemas import control as c
from schemas.cases import CaseState
from schemas.ids import CaseNumber, NodeId
from schemas.nodes import NodeState
from tests.support.nodes import CITY, COUNTY, FOUR_TIERS, TOWN, VILLAGE, Net, until
from tests.support.windows import HOMESTEAD, heads, see, step, take, work_until_closed


async def keys_at(net: Net, node: NodeId, subject: NodeId) -> list[KeyRow]:
    return await net.read(node, lambda tx: directory.keys_of(tx, subject))


async def cut_off(net: Net, node: NodeId) -> bool:
    post = net.net(node).upstream
    return post is not None and not post.connected


async def known_to_county(net: Net, number: str) -> bool:
    return await see(net[COUNTY], number) is not None


async def works_again(net: Net, numbers: list[CaseNumber]) -> bool:
    with suppress(SuspendedError):
        numbers.append((await take(net[VILLAGE], HOMESTEAD)).number)
        return True
    return False


async def test_a_suspended_village_is_cut_off_and_comes_back_with_what_it_took(three: Net) -> None:
    asked = c.GovernNode(node=VILLAGE, reason="other")
    assert (await node_commands.suspend(three[TOWN], asked)).state is NodeState.SUSPENDED
    await until(lambda: cut_off(three, VILLAGE))
    numbers: list[CaseNumber] = []
    with suppress(SuspendedError):  # it takes no more if it was told before the line was cut
        numbers.append((await take(three[VILLAGE], HOMESTEAD)).number)
    await three.quiet(COUNTY, TOWN)
    assert not [one for one in numbers if await known_to_county(three, one)]
    assert (await node_commands.resume(three[TOWN], asked)).state is NodeState.ENROLLED
    await until(lambda: works_again(three, numbers))
    await work_until_closed(three, *numbers)


async def test_a_revoked_village_is_cut_at_once_and_what_it_holds_is_taken_back(
    three: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("federation.post.LAST_PAUSE_SECONDS", 0.5)  # it knocks often
    taken = await take(three[VILLAGE], HOMESTEAD)

    async def back_at_the_village() -> bool:
        view = await step(three[TOWN], taken.number)
        held = await see(three[VILLAGE], taken.number)
        return view is None and held is not None and held.state is CaseState.DECIDED

    await until(back_at_the_village)
    asked = c.GovernNode(node=VILLAGE, reason="key_stolen")
    done = await node_commands.revoke(three[TOWN], asked)
    assert done.state is NodeState.REVOKED
    assert done.reclaimed == 1
    await until(lambda: cut_off(three, VILLAGE))
    late: list[CaseNumber] = []
    await works_again(three, late)  # unless it was told before the line was cut
    await three.quiet(COUNTY, TOWN)
    assert not [one for one in late if await known_to_county(three, one)]
    view = await see(three[COUNTY], taken.number)
    assert view is not None
    assert view.state is CaseState.DECIDED  # what was known before goes on counting

    async def is_told() -> bool:
        return (await three.status(VILLAGE)).turned_away

    await until(is_told)  # not a line that is down: the tier above refuses it


async def test_after_a_theft_the_place_joins_anew_with_another_machine(three: Net) -> None:
    first = await take(three[VILLAGE], HOMESTEAD)
    await until(lambda: known_to_county(three, first.number))
    asked = c.GovernNode(node=VILLAGE, reason="key_stolen")
    await node_commands.revoke(three[TOWN], asked)
    stolen = three.home(VILLAGE)
    await three.stop(VILLAGE)
    stolen.rename(three.root / "stolen")
    await three.join(VILLAGE, await three.invite(VILLAGE))
    await three.start(VILLAGE)

    assert await see(three[TOWN], first.number) is not None  # the town, its holder, adopted it
    assert not (await node_commands.waiting(three[TOWN], c.Nothing())).streams

    async def has_everything() -> bool:
        return await see(three[VILLAGE], first.number) is not None

    await until(has_everything)
    second = await take(three[VILLAGE], HOMESTEAD)
    assert second.number != first.number
    await work_until_closed(three, first.number, second.number)


async def test_a_village_changes_its_keys_while_it_works(three: Net) -> None:
    before = (await three.status(VILLAGE)).key
    first = await take(three[VILLAGE])
    fresh = (await node_commands.rotate(three[VILLAGE], c.Nothing())).key
    assert fresh != before
    await until(lambda: _changed_over(three, VILLAGE, fresh))
    assert (await three.status(VILLAGE)).key == fresh
    second = await take(three[VILLAGE], HOMESTEAD)
    await work_until_closed(three, first.number, second.number)
    await three.stop(VILLAGE)
    await three.start(VILLAGE)
    await three.quiet(TOWN, VILLAGE)


async def _changed_over(net: Net, node: NodeId, fresh: str, at: NodeId = COUNTY) -> bool:
    states: dict[str, str] = {one.key: one.state for one in await keys_at(net, at, node)}
    ended = [one for one in states if one != fresh]
    return states.get(fresh) == "current" and all(states[one] == "ended" for one in ended)


async def test_a_village_that_is_away_while_its_keys_change_loses_nothing(three: Net) -> None:
    await three.stop(COUNTY)
    first = await take(three[VILLAGE])
    fresh = (await node_commands.rotate(three[VILLAGE], c.Nothing())).key
    second = await take(three[VILLAGE])
    await three.stop(VILLAGE)
    await three.start(COUNTY, VILLAGE)
    await until(lambda: _changed_over(three, VILLAGE, fresh))
    third = await take(three[VILLAGE])
    await work_until_closed(three, first.number, second.number, third.number)


async def test_every_tier_changes_its_keys_and_the_network_goes_on(homes: Net) -> None:
    await homes.start(*FOUR_TIERS)
    await homes.quiet()
    for node, witness in ((TOWN, COUNTY), (COUNTY, CITY), (CITY, COUNTY)):
        fresh = (await node_commands.rotate(homes[node], c.Nothing())).key
        await until(lambda n=node, f=fresh, w=witness: _changed_over(homes, n, f, w))  # type: ignore[misc]
    taken = await take(homes[VILLAGE])
    await work_until_closed(homes, taken.number)
    assert len(await heads(homes, taken.stream)) == 1
