"""Who may use the broker: nobody takes another's place there."""

import logging
from pathlib import Path

from federation import enrolment, streams
from federation.broker_config import admissible
from federation.enrolment import ask_of
from federation.identity import Identity, create_identity
from node.clock import to_ms
from node.runtime import admission, node_commands
from node.runtime.running import Lines
from node.runtime.station import Station
from node.work import SYSTEM, Actor, Work
from schemas import control as c
from schemas.ids import NodeId, StaffId, node_stream
from schemas.nodes import NodeInvited, NodeNames
from schemas.staff import Role
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


async def test_what_an_operator_does_to_a_node_carries_his_own_name(tmp_path: Path) -> None:
    async with homes(tmp_path) as world:
        county = world.nodes[COUNTY]
        keeper = Actor(StaffId("keeper"), frozenset({Role.OPERATOR}))
        asked = c.GovernNode(node=TOWN, reason="key_lost")
        await node_commands.suspend(Station(county, actor=keeper), asked)
        stream = await county.works.read(lambda tx: streams.load(tx, node_stream(TOWN)))
        assert stream is not None
        last = await county.works.read(lambda tx: streams.event_by_hash(tx, stream.head))
        assert last is not None
        assert (last.event.kind, last.event.actor) == ("node.suspended", "keeper")


def test_a_line_of_the_log_is_one_line_whatever_a_peer_says() -> None:
    record = logging.makeLogRecord(
        {"msg": "mail.dropped", "levelname": "WARNING", "why": "x\n2026 INFO signed.in \x1b[2J"}
    )
    line = Lines().format(record)
    assert "\n" not in line
    assert "\x1b" not in line
    assert "张" in Lines().format(logging.makeLogRecord({"msg": "张"}))
