"""The root's offline recovery key: what it can do, and what nobody else can (protocol §3.4)."""

from dataclasses import replace
from itertools import pairwise

import msgspec
import pytest

from federation import directory, enrolment, proof, roots, streams
from federation.encoding import b64
from federation.envelope import Draft, seal
from federation.errors import BadStreamNameError, WrongKeyError
from federation.identity import Identity, create_identity
from federation.ledger import Outcome
from federation.proof import verify_proof
from federation.roots import RecoveryKey, read_recovery_key
from schemas.events import Event
from schemas.ids import EventHash, NodeId, StaffId, StreamName, node_stream
from schemas.nodes import ROOT_REPLACED, NodeRotated, RootReplaced
from tests.support.forging import Forgery, unchanged
from tests.support.places import ALL, Acted, C, K, T, V, transaction
from tests.support.stranger import verify as verify_as_a_stranger
from tests.support.world import World, begun, row


def travel(world: World, name: StreamName, *way: NodeId) -> None:
    """Hand a case over from each node to the next."""
    for one, to in pairwise(way):
        world.act(one, name, to)
        world.settle()


def test_the_recovery_key_gives_the_root_new_keys_everywhere(world: World) -> None:
    name, old = begun(world), world.places[C].identity
    fresh = world.replace_root()
    world.settle()
    for node in ALL:
        tx = world.places[node].tx
        record = directory.record(tx, C)
        assert record is not None
        assert record.key == fresh.key_id
        assert [(one.key, one.state) for one in directory.keys_of(tx, C)] == [
            (fresh.key_id, "current"), (old.key_id, "ended"),
        ]  # fmt: skip
        assert directory.is_good(tx, C, old.key_id)  # what it signed stays valid
    travel(world, name, V, T, K, C, V)
    assert row(world.places[V], name).holder == V
    assert not world.check()


def test_a_stolen_root_key_counts_no_longer_and_the_network_goes_on(world: World) -> None:
    name, thief = begun(world), world.places[C].identity
    travel(world, name, V, T, K, C, V)
    world.replace_root(stolen=True)
    world.settle()
    for node in ALL:
        tx = world.places[node].tx
        assert not directory.is_good(tx, C, thief.key_id)
        assert directory.is_good(tx, K, world.places[K].identity.key_id)
        if node in (C, K, T, V):
            assert directory.is_good(tx, V, world.places[V].identity.key_id)
        assert not any(one.waiting for one in world.streams(world.places[node], "case", "node"))
    assert row(world.places[V], name).holder == V
    late = Forgery(StreamName(f"case/{C}/aaaaaaaaaaaaaaaa"), K)
    county = world.places[K]
    with transaction(county):
        county.ledger.receive(county.tx, late.signed(thief), peer="", now=0)
    assert row(county, late.stream).waiting  # signed after the theft: a person looks at it
    assert row(county, late.stream).holder == ""
    world.act(V, name, T)
    world.settle()
    assert row(world.places[T], name).holder == T


def test_whoever_has_the_stolen_key_cannot_give_the_root_another(world: World) -> None:
    city, county = world.places[C], world.places[K]
    thief, his = city.identity, create_identity(world.folder / "his", C)
    record = row(city, node_stream(C))
    at = replace(draft(record), kind="node.rotated")
    claim = NodeRotated(keys=his.public, request="", old_key=None, countersignature="")
    theirs = seal(thief, at, claim)
    with transaction(county):  # before anybody noticed
        county.ledger.receive(county.tx, theirs.raw, peer="", now=world.now)
    assert directory.is_good(county.tx, C, his.key_id)
    fresh = world.replace_root(stolen=True)
    world.settle()
    again = seal(thief, replace(draft(row(county, record.name)), kind="node.rotated"), claim)
    with transaction(county):  # and after
        county.ledger.receive(county.tx, again.raw, peer="", now=world.now)
    for node in (K, T, V):
        tx = world.places[node].tx
        assert not directory.is_good(tx, C, his.key_id)
        assert directory.is_good(tx, C, fresh.key_id)
    record_now = directory.record(county.tx, C)
    assert record_now is not None
    assert record_now.key == fresh.key_id


def draft(stream: streams.Stream, kind: str = ROOT_REPLACED, holder: NodeId = C) -> Draft:
    prev = EventHash(stream.head.hex())
    return Draft(stream.name, stream.head_seq + 1, prev, kind, StaffId("x"), holder, 1)


def sealed(signer: Identity | RecoveryKey, at: Draft, data: msgspec.Struct) -> bytes:
    return seal(signer, at, data).raw


def test_it_stands_above_every_branch_of_the_roots_record(world: World) -> None:
    """The county knows a longer branch than the rebuilt root, which knows the first event alone."""
    city, county = world.places[C], world.places[K]
    name = node_stream(C)
    first = row(city, name)
    key = read_recovery_key(C, world.recovery)
    fresh = create_identity(world.folder / "fresh", C)
    beside = sealed(key, draft(first), RootReplaced(keys=fresh.public))
    staged = create_identity(world.folder / "staged", C)
    with transaction(city):
        asked = enrolment.rotation_of(city.identity, staged)
        enrolment.rotate(city.ledger, city.tx, C, asked, world.hand())
        over = enrolment.change_over_of(staged, city.identity.key_id)
        enrolment.changed_over(city.ledger, city.tx, C, over, world.hand())
    city.identity = city.ledger.identity = staged
    world.settle()
    with transaction(county):
        assert county.ledger.receive(county.tx, beside, peer="", now=0) is Outcome.STORED
    stream = row(county, name)
    assert (stream.head_seq, stream.forked, stream.dispute) == (1, True, False)
    record = directory.record(county.tx, C)
    assert record is not None
    assert record.key == fresh.key_id
    assert not directory.is_good(county.tx, C, staged.key_id)  # stated on the losing branch alone


@pytest.mark.parametrize("who", ["the root", "another recovery key", "the county"])
def test_nobody_but_the_recovery_key_replaces_a_root(world: World, who: str) -> None:
    county = world.places[K]
    fresh = create_identity(world.folder / "fresh", C)
    signers: dict[str, Identity | RecoveryKey] = {
        "the root": world.places[C].identity,
        "another recovery key": read_recovery_key(C, b64(bytes(32))),
        "the county": world.places[K].identity,
    }
    raw = sealed(signers[who], draft(row(county, node_stream(C))), RootReplaced(keys=fresh.public))
    wrong = BadStreamNameError if who == "the county" else WrongKeyError
    with unchanged(county.tx), pytest.raises(wrong), transaction(county):
        county.ledger.receive(county.tx, raw, peer="", now=0)


def test_the_recovery_key_signs_nothing_else(world: World) -> None:
    county, key = world.places[K], read_recovery_key(C, world.recovery)
    at = draft(row(county, node_stream(C)), "case.acted")
    with unchanged(county.tx, but=("parked",)), transaction(county):
        found = county.ledger.receive(county.tx, sealed(key, at, Acted(nonce=1)), peer="", now=0)
    assert found is Outcome.PARKED
    fresh = create_identity(world.folder / "fresh", C)
    at = draft(row(county, node_stream(K)), holder=C)
    with unchanged(county.tx, but=("parked",)), pytest.raises(BadStreamNameError):
        county.ledger.receive(
            county.tx, sealed(key, at, RootReplaced(keys=fresh.public)), peer="", now=0
        )


def test_a_root_that_named_no_recovery_key_cannot_be_replaced(world: World) -> None:
    event = msgspec.json.decode(
        Forgery(node_stream(C), C, kind="node.enrolled", data=b'{"kind":"node.enrolled"}').payload(
            world.places[C].identity
        ),
        type=Event,
    )
    assert roots.named_by(event) == b""
    assert roots.recovery_key(world.places[V].tx, K) == b""  # begun by the city
    assert roots.recovery_key(world.places[V].tx, NodeId("610399")) is None


def test_a_root_that_lost_everything_is_rebuilt_from_a_neighbours_records(world: World) -> None:
    name = begun(world)
    world.act(V, name, T)
    world.settle()
    county, key = world.places[K], read_recovery_key(C, world.recovery)
    made = proof.gather(county.tx, county.ledger.root, name)
    assert made is not None
    city = world.rebuild(C, made.nodes)
    wrong = read_recovery_key(C, b64(bytes(32)))
    with pytest.raises(WrongKeyError), transaction(city):
        enrolment.replace_root(city.ledger, city.tx, wrong, city.identity, world.hand())
    with transaction(city):
        enrolment.replace_root(city.ledger, city.tx, key, city.identity, world.hand())
        city.link.follow_directory(city.tx)
        city.link.renew_all(city.tx)
    city.ledger.recovering = True
    world.settle()
    assert row(city, name).holder == T
    assert {row(world.places[n], node_stream(C)).head for n in ALL} == {
        row(city, node_stream(C)).head
    }
    city.ledger.recovering = False
    travel(world, name, T, C, V)
    assert row(world.places[V], name).holder == V
    assert not world.check()


@pytest.mark.parametrize("stolen", [False, True])
def test_a_proof_file_of_a_replaced_root_is_clean_to_us_and_to_a_stranger(
    world: World,
    stolen: bool,  # noqa: FBT001
) -> None:
    name = begun(world)
    travel(world, name, V, T, K, C, V)
    world.replace_root(stolen=stolen)
    world.settle()
    world.act(V, name, T)
    world.settle()
    town = world.places[T]
    made = proof.gather(town.tx, town.ledger.root, name)
    assert made is not None
    raw = msgspec.json.encode(made)
    found = verify_proof(raw, town.ledger.root)
    assert found.clean, [one.sentence for one in found.faults]
    assert found.proof is not None
    assert (found.proof.holder, found.proof.counting) == (T, found.proof.events)
    theirs = verify_as_a_stranger(msgspec.json.decode(raw), town.ledger.root)
    assert (theirs.head, theirs.counting) == (found.proof.head, found.proof.counting)
