"""What may go wrong with keys and standing: revoked, suspended, lost, rotated, fought over."""

import msgspec
import pytest

from federation import directory, enrolment, links, streams
from federation.directory import snapshot
from federation.encoding import b64
from federation.enrolment import change_over_of, rotation_of
from federation.errors import SuspendedError, WrongKeyError
from federation.identity import Identity, create_identity
from federation.parcel import encode_parcel, make_frame, read_frame, read_parcel
from federation.streams import Stored, Verdict
from schemas.events import HolderAdopted
from schemas.ids import NodeId, StreamName, node_stream
from schemas.nodes import NodeRotated
from schemas.reasons import Reason
from tests.support.forging import unchanged
from tests.support.places import NEIGHBOURS, T2, V2, Acted, C, K, Place, T, V, transaction
from tests.support.world import World, begun, row

ADOPT = HolderAdopted(reason="other")


def append(world: World, me: NodeId, name: StreamName, holder: NodeId) -> Stored:
    place = world.places[me]
    with transaction(place):
        return place.ledger.append(place.tx, name, Acted(nonce=7), holder=holder, hand=world.hand())


def revoke(world: World, me: NodeId, node: NodeId) -> tuple[StreamName, ...]:
    place = world.places[me]
    with transaction(place):
        return enrolment.revoke(place.ledger, place.tx, node, Reason.KEY_STOLEN, world.hand())


def test_what_was_known_before_a_revocation_goes_on_counting(world: World) -> None:
    name = begun(world)
    append(world, V, name, V)
    world.settle()
    assert name in revoke(world, T, V)
    world.settle()
    for node in (C, K, T):
        stream = row(world.places[node], name)
        assert (stream.head_seq, stream.holder, stream.waiting) == (2, V, False)


def test_what_turns_up_beside_the_reclaim_of_a_revocation_loses_to_it(
    world: World,
) -> None:
    name = begun(world)
    late = append(world, V, name, T)  # signed, but not sent before the theft was noticed
    town = world.places[T]
    revoke(world, T, V)
    head = row(town, name).head
    raw = next(
        raw for raw in streams.envelopes(world.places[V].tx, row(world.places[V], name))
        if late.event.key.encode() in raw and b'"seq":1' in raw
    )  # fmt: skip
    with unchanged(town.tx, but=("events", "streams", "outbox")), transaction(town):
        town.ledger.receive(town.tx, raw, peer="", now=world.now)
    assert row(town, name).head == head  # the reclaim stands; the late event is its losing branch
    assert not row(town, name).waiting
    lost = streams.event_by_hash(town.tx, bytes.fromhex(late.hash))
    assert lost is not None
    assert lost.verdict is Verdict.PENDING


def test_a_stream_that_only_a_revoked_key_wrote_counts_once_an_ancestor_adopts_it(
    world: World,
) -> None:
    world.begin(V)  # nobody else knows it
    (stream,) = world.streams(world.places[V])
    append(world, V, stream.name, T)
    town = world.places[T]
    revoke(world, T, V)
    for raw in streams.envelopes(world.places[V].tx, stream):
        with transaction(town):
            town.ledger.receive(town.tx, raw, peer="", now=world.now)
    assert (row(town, stream.name).head_seq, row(town, stream.name).waiting) == (-1, True)
    world.settle()
    assert row(world.places[C], stream.name).waiting  # it is relayed, so that all can see it wait
    world.adopt_all()
    assert {row(world.places[n], stream.name).head_seq for n in (C, K, T)} == {2}
    assert {row(world.places[n], stream.name).holder for n in (C, K, T)} == {T}


def test_a_revoked_node_neither_writes_nor_speaks(world: World) -> None:
    name = begun(world)
    village, town = world.places[V], world.places[T]
    append(world, V, name, V)
    link = links.load(village.tx, T)
    assert link is not None
    packed = village.link.next_parcel(village.tx, link, links.start(link), room=1 << 20)
    assert packed is not None
    revoke(world, T, V)
    frame = read_frame(make_frame(village.identity, "parcel", encode_parcel(packed[0])))
    with unchanged(town.tx), pytest.raises(WrongKeyError):
        read_parcel(frame, V, snapshot(town.tx), root=town.ledger.root)
    record = list(streams.envelopes(town.tx, row(town, node_stream(V))))
    world.take_proof(village, town.ledger.root, [bytes(raw) for raw in record])
    with unchanged(village.tx), pytest.raises(SuspendedError):
        append(world, V, name, T)


def test_a_parcel_checked_before_the_revocation_is_not_taken_after_it(world: World) -> None:
    name = begun(world)
    village, town = world.places[V], world.places[T]
    append(world, V, name, V)
    link = links.load(village.tx, T)
    assert link is not None
    packed = village.link.next_parcel(village.tx, link, links.start(link), room=1 << 20)
    assert packed is not None
    frame = read_frame(make_frame(village.identity, "parcel", encode_parcel(packed[0])))
    read = read_parcel(frame, V, snapshot(town.tx), root=town.ledger.root)
    revoke(world, T, V)
    with unchanged(town.tx), transaction(town):
        assert not town.link.take_parcel(town.tx, read, now=world.now).receipt


def test_a_revoked_parent_does_not_take_its_children_with_it(world: World) -> None:
    names = [begun(world, V), begun(world, V2)]
    world.revoke(K, T)  # and enrols it again with fresh keys
    world.settle()
    for node in (V, V2):
        assert directory.is_good(world.places[K].tx, node, world.places[node].identity.key_id)
    append(world, V, names[0], T)
    world.settle()
    world.act(T, names[0], V)
    world.settle()
    assert row(world.places[V], names[0]).holder == V
    assert not world.check()


def test_a_child_enrolled_unseen_by_the_revoker_is_adopted_with_its_record(world: World) -> None:
    town, new = world.places[T], NodeId("610328100203")
    stranger = create_identity(world.folder / "new", new)
    with transaction(town):
        world.take_in(town, new, stranger)  # under the town's key, which is then revoked
    world.revoke(K, T)
    world.settle()
    county = world.places[K]
    assert row(county, node_stream(new)).waiting
    assert not directory.is_good(county.tx, new, stranger.key_id)
    with transaction(town):
        town.ledger.append(
            town.tx,
            node_stream(new),
            HolderAdopted(reason="other"),
            holder=T,
            hand=world.hand(),
            adopting=True,
        )
    world.settle()
    assert not row(county, node_stream(new)).waiting
    assert directory.is_good(county.tx, new, stranger.key_id)


def test_a_place_that_is_readmitted_learns_who_wrote_what_it_missed(world: World) -> None:
    name = begun(world)
    revoke(world, K, T2)
    append(world, V, name, T2)
    world.settle()
    missed = world.places[T2]
    assert streams.load(missed.tx, name) is None
    world.adopt_all()  # the county enrols it again, with fresh keys
    assert row(missed, name).holder == T2
    assert not missed.tx.execute("SELECT 1 FROM parked").fetchone()
    assert not world.check()


def test_a_key_whose_record_waits_speaks_as_soon_as_the_cure_comes_with_a_hello(
    world: World,
) -> None:
    """The cure lies behind the fault in the same log: only a hello, which brings proof, ends it."""
    name = begun(world)
    town, village = world.places[T], world.places[V]
    world.revoke(C, K)  # the revocation first; in the same Work, what lets the town's record stand
    for _ in range(9):
        for a, b in ((C, K), (K, C), (K, T), (T, K)):
            world.deliver(a, b, loss=False)
    with pytest.raises(WrongKeyError):
        one_by_one(world, T, V)
    assert not directory.is_good(village.tx, T, town.identity.key_id)
    world.settle()
    assert directory.is_good(village.tx, T, town.identity.key_id)
    world.act(V, name, T)
    world.settle()
    assert row(town, name).holder == T
    assert not world.check()


def one_by_one(world: World, sender: NodeId, to: NodeId) -> None:
    """Carry what is owed, one entry in a parcel, and each receipt."""
    a, b = world.places[sender], world.places[to]
    while True:
        link = links.load(a.tx, to)
        assert link is not None
        packed = a.link.next_parcel(a.tx, link, links.start(link), room=1)
        if packed is None:
            return
        frame = read_frame(make_frame(a.identity, "parcel", encode_parcel(packed[0])))
        read = read_parcel(frame, sender, snapshot(b.tx), root=b.ledger.root)
        with transaction(b):
            b.link.take_parcel(b.tx, read, now=world.now)
        back = links.load(b.tx, sender)
        assert back is not None
        with transaction(a):
            a.link.take_receipt(a.tx, b.link.receipt(back), now=world.now)


def test_a_revocation_counts_on_whatever_branch_it_stands(world: World) -> None:
    old = world.places[V].identity.key_id
    world.revoke(T, V)  # the town revokes while the county, unaware, does the same
    world.places[V].next_identity = None
    world.revoke(K, V)
    world.settle()
    for node in (C, K, T):
        assert directory.is_revoked(world.places[node].tx, V, old)
    world.adopt_all()
    states = {tuple(directory.keys_of(world.places[n].tx, V)) for n in (C, K, T, V)}
    assert len(states) == 1
    assert not world.check()


def test_a_suspended_neighbour_neither_sends_nor_is_sent_to_but_its_events_stand(
    world: World,
) -> None:
    name = begun(world)
    town, village = world.places[T], world.places[V]
    append(world, V, name, V)
    with transaction(town):
        enrolment.suspend(town.ledger, town.tx, V, Reason.OTHER, world.hand())
    with unchanged(town.tx):
        world.deliver(V, T, loss=False)
    with unchanged(village.tx):
        world.deliver(T, V, loss=False)
    assert [one.verdict for one in streams.events(town.tx, row(town, name))] == [Verdict.EFFECTIVE]
    with transaction(town):
        enrolment.resume(town.ledger, town.tx, V, Reason.OTHER, world.hand())
    world.settle()
    assert row(town, name).head_seq == 1
    assert not world.check()


def staged(world: World, node: NodeId) -> Identity:
    return create_identity(world.folder / f"staged{node}", node)


def rotate(world: World, node: NodeId, data: NodeRotated) -> None:
    town = world.places[T]
    with transaction(town):
        enrolment.rotate(town.ledger, town.tx, node, data, world.hand())
    world.settle()


def findings(place: Place) -> list[str]:
    rows = place.tx.execute("SELECT kind FROM network_findings").fetchall()
    return [kind for (kind,) in rows]


def test_a_countersigned_rotation_adds_a_key_and_changing_over_ends_the_old_one(
    world: World,
) -> None:
    name = begun(world)
    village, town, new = world.places[V], world.places[T], staged(world, V)
    old = village.identity
    rotate(world, V, rotation_of(old, new))
    assert [one.state for one in directory.keys_of(town.tx, V)] == ["current", "added"]
    append(world, V, name, V)  # still with the old key, 30 days offline
    village.identity = village.ledger.identity = new
    append(world, V, name, V)
    with transaction(town):
        over = change_over_of(new, old.key_id)
        enrolment.changed_over(town.ledger, town.tx, V, over, world.hand())
    world.settle()
    for node in (C, K, T, V):
        place = world.places[node]
        assert [one.state for one in directory.keys_of(place.tx, V)] == ["current", "ended"]
        assert row(place, name).head_seq == 2
        assert "key_without_old" not in findings(place)
    assert not world.check()


def test_a_key_without_the_old_ones_signature_is_a_finding_everywhere(world: World) -> None:
    new = staged(world, V)
    asked = rotation_of(world.places[V].identity, new)
    rotate(world, V, msgspec.structs.replace(asked, countersignature=""))
    for node in (C, K, T, V):
        assert "key_without_old" in findings(world.places[node])
        assert directory.is_good(world.places[node].tx, V, new.key_id)


def test_a_key_that_its_owner_did_not_ask_for_is_inert(world: World) -> None:
    asked = rotation_of(world.places[V].identity, staged(world, V))
    before = directory.keys_of(world.places[K].tx, V)
    rotate(world, V, msgspec.structs.replace(asked, request=b64(bytes(64))))
    assert directory.keys_of(world.places[K].tx, V) == before
    assert directory.keys_of(world.places[V].tx, V) == before


def test_a_change_over_signed_by_another_is_inert(world: World) -> None:
    village, town, new = world.places[V], world.places[T], staged(world, V)
    rotate(world, V, rotation_of(village.identity, new))
    false = msgspec.structs.replace(
        change_over_of(new, village.identity.key_id), signature=b64(bytes(64))
    )
    with transaction(town):
        enrolment.changed_over(town.ledger, town.tx, V, false, world.hand())
    world.settle()
    for node in NEIGHBOURS[T]:
        keys = directory.keys_of(world.places[node].tx, V)
        assert "ended" not in [one.state for one in keys]
