import asyncio
import shutil

import msgspec

from federation import directory, proof
from federation.identity import stage_rotation, staged_rotation
from federation.proof import verify_proof
from federation.roots import read_recovery_key
from node.database import Tx
from node.runtime import node_commands, replacing
from node.runtime.network import CERTIFICATES
from node.runtime.opening import KEYS, UPSTREAM_CA
from node.runtime.replacing import replace_root
from node.work import SYSTEM
from schemas import control as c
from schemas.ids import KeyId, NodeId
from schemas.proofs import ProofFile
from tests.support.nodes import CITY, COUNTY, FOUR_TIERS, PLAIN, RECOVERY, TOWN, VILLAGE, Net, until
from tests.support.windows import HOMESTEAD, see, take, work_until_closed


async def key_of_the_city(net: Net, node: NodeId) -> KeyId | None:
    found = await net.read(node, lambda tx: directory.record(tx, CITY))
    return found.key if found else None


async def proof_from(net: Net, node: NodeId, number: str) -> ProofFile:
    view = await see(net[node], number)
    assert view is not None
    root = net[node].node.ledger.root

    def gather(tx: Tx) -> ProofFile | None:
        return proof.gather(tx, root, view.stream)

    made = await net.read(node, gather)
    assert made is not None
    return made


async def test_a_running_city_whose_keys_were_stolen_goes_on_under_new_ones(homes: Net) -> None:
    await homes.start(*FOUR_TIERS)
    before = await take(homes[VILLAGE], HOMESTEAD)
    await work_until_closed(homes, before.number)
    city = homes[CITY]
    stolen = city.node.identity.key_id
    asked = c.ReplaceRoot(recovery_key=RECOVERY, stolen=True)
    done = await replace_root(city.node, city.network, asked)
    assert city.node.identity.key_id == done.key != stolen
    assert done.confirmed >= 1  # the county's record

    async def everybody_knows() -> bool:
        return {await key_of_the_city(homes, one) for one in FOUR_TIERS} == {done.key}

    await until(everybody_knows)
    after = await take(homes[VILLAGE], HOMESTEAD)
    await work_until_closed(homes, after.number)
    await homes.quiet()
    for node in FOUR_TIERS:
        assert not await homes.read(node, lambda tx: directory.is_good(tx, CITY, stolen))
        assert (await homes.status(node)).parked == 0
        assert (await node_commands.waiting(homes[node], c.Nothing())).streams == ()
    made = await proof_from(homes, TOWN, before.number)
    assert verify_proof(msgspec.json.encode(made), made.root).clean


async def test_two_who_follow_a_rotation_at_once_take_the_keys_once(homes: Net) -> None:
    await homes.start(CITY)
    city = homes[CITY]
    fresh = await asyncio.to_thread(stage_rotation, city.node.home / KEYS, CITY)
    recovery = read_recovery_key(CITY, RECOVERY)
    await city.node.works.run(SYSTEM, replacing._replace, recovery, fresh, stolen=False)
    network = city.network
    assert network is not None
    await asyncio.gather(*(network.follow_rotation() for _ in range(3)))
    assert city.node.identity.key_id == fresh.key_id
    assert staged_rotation(city.node.home / KEYS, CITY) is None


async def test_a_city_that_lost_everything_is_made_again_and_hears_all_it_knew(
    homes: Net,
) -> None:
    await homes.start(*FOUR_TIERS)
    taken = await take(homes[VILLAGE], HOMESTEAD)
    await work_until_closed(homes, taken.number)
    await homes.quiet()
    made = await proof_from(homes, COUNTY, taken.number)
    port = homes.net(CITY).broker
    assert port is not None
    await homes.stop(CITY, COUNTY)
    lost = homes.home(CITY)
    await asyncio.to_thread(lost.rename, homes.root / "burnt")

    settings = await replacing.rebuild_root(lost, [made], RECOVERY, PLAIN)
    assert settings.root == made.root
    again = await replacing.rebuild_root(lost, [made], RECOVERY, PLAIN)  # the answer was lost
    assert again == settings
    homes.settle_in(
        CITY,
        lambda one: msgspec.structs.replace(
            one, broker=msgspec.structs.replace(one.broker, port=port.port)
        ),
    )
    await homes.start(CITY)
    authority = lost / KEYS / CERTIFICATES / "authority.crt"
    shutil.copyfile(authority, homes.home(COUNTY) / KEYS / UPSTREAM_CA)
    await homes.start(COUNTY)
    await homes.quiet(CITY, COUNTY)

    async def is_itself_again() -> bool:
        return not (await homes.status(CITY)).recovering

    await until(is_itself_again)
    assert await see(homes[CITY], taken.number) is not None

    async def everybody_knows() -> bool:
        known = {await key_of_the_city(homes, one) for one in FOUR_TIERS}
        return known == {homes[CITY].node.identity.key_id}

    await until(everybody_knows)
