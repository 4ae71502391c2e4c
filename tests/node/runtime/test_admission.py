"""Who may use the broker: nobody takes another's place there."""

from pathlib import Path

from federation import enrolment
from federation.broker_config import admissible
from federation.enrolment import ask_of
from federation.identity import Identity, create_identity
from node.clock import to_ms
from node.runtime import admission
from node.work import SYSTEM, Work
from schemas.ids import NodeId
from schemas.nodes import NodeInvited, NodeNames
from tests.support.casework import COUNTY, TOWN, VILLAGE
from tests.support.homes import FAR, Homes, homes

NEXT_TOWN = NodeId("610328102")
EVIL = NodeId("610328100001")  # sorts before every town behind its own


async def _enrol(world: Homes, above: NodeId, child: Identity, nats: str | None = None) -> None:
    def unit(work: Work) -> None:
        invited = NodeInvited(
            names=NodeNames(zh="x", en="x"), temporary_user=nats or "U", expires_at=FAR
        )
        enrolment.invite(work.ledger, work.tx, child.node, invited, work.hand)
        if nats is None:
            enrolment.enrol(work.ledger, work.tx, ask_of(child), work.hand)

    await world.nodes[above].works.run(SYSTEM, unit)
    await world.carry_all()


async def test_a_code_that_borrows_anothers_key_shuts_out_itself_alone(tmp_path: Path) -> None:
    (tmp_path / "homes").mkdir()
    async with homes(tmp_path / "homes") as world:
        town = create_identity(tmp_path / "town", NEXT_TOWN)
        await _enrol(world, COUNTY, town)
        evil = create_identity(tmp_path / "evil", EVIL)
        await _enrol(world, TOWN, evil, nats=town.public.nats)
        county = world.nodes[COUNTY]
        now = to_ms(county.clock.now())
        users = await county.works.read(admission.users, COUNTY, now)
        admitted = admissible(users, county.identity.public.nats)
        mine = [user for user in admitted if user.nkey == town.public.nats]
        assert [(user.node, user.temporary_for) for user in mine] == [(NEXT_TOWN, None)]
        assert {user.node for user in admitted} >= {TOWN, VILLAGE, NEXT_TOWN}
