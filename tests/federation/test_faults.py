"""What may be wrong with events, on purpose or not: each is refused, parked or kept apart."""

from dataclasses import replace

import msgspec
import pytest

from federation import streams
from federation.errors import (
    BadSignatureError,
    BadStreamNameError,
    NotHolderError,
    RejectedError,
    WrongKeyError,
    WrongSeqError,
)
from federation.identity import create_identity
from federation.ledger import Outcome
from federation.streams import Verdict
from schemas.events import RECLAIMED
from schemas.ids import EventHash, NodeId, StreamName, node_stream
from tests.support.forging import Forgery, unchanged
from tests.support.places import T2, V2, C, K, Place, T, V, transaction
from tests.support.world import World, begun, row

NEW = NodeId("610328100203")


class Rhymed(msgspec.Struct, frozen=True, kw_only=True, tag="poem.rhymed", tag_field="kind"):
    """An event of a kind of stream that nobody here knows."""

    lines: int


class Teleported(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.teleported", tag_field="kind"
):
    """An event that only a newer version knows."""

    far: int


def receive(place: Place, raw: bytes, *, peer: str = "") -> Outcome:
    with transaction(place):
        return place.ledger.receive(place.tx, raw, peer=peer, now=0)


def verdicts(place: Place, name: StreamName) -> list[Verdict]:
    return [one.verdict for one in streams.events(place.tx, row(place, name))]


def following(world: World, name: StreamName, holder: NodeId = V, seq: int = 1) -> Forgery:
    """Forge an event that names the head as known at the town."""
    return Forgery(name, holder, seq=seq, prev=EventHash(row(world.places[T], name).head.hex()))


def test_a_tampered_payload_is_refused(world: World) -> None:
    name = begun(world)
    signed = following(world, name, holder=T).signed(world.places[V].identity)
    altered = signed.replace(b'"nonce":1', b'"nonce":2')
    with unchanged(world.places[T].tx), pytest.raises(BadSignatureError):
        receive(world.places[T], altered)


def test_an_event_under_the_key_of_another_node_is_refused(world: World) -> None:
    name = begun(world)
    lie = replace(following(world, name), node=V)
    with unchanged(world.places[T].tx), pytest.raises(WrongKeyError):
        receive(world.places[T], lie.signed(world.places[V2].identity))
    lie = replace(lie, key=world.places[V].identity.key_id)
    with unchanged(world.places[T].tx), pytest.raises(BadSignatureError):
        receive(world.places[T], lie.signed(world.places[V2].identity))


def test_who_does_not_hold_the_stream_cannot_append(world: World) -> None:
    name = begun(world)
    late = following(world, name)
    with unchanged(world.places[T].tx), pytest.raises(NotHolderError):
        receive(world.places[T], late.signed(world.places[V2].identity))
    cousin = replace(late, kind=RECLAIMED, data=b'{"reason":"other"}')
    with unchanged(world.places[K].tx), pytest.raises(NotHolderError):
        receive(world.places[K], cousin.signed(world.places[T2].identity))


def test_a_wrong_number_after_a_known_event_is_refused(world: World) -> None:
    name = begun(world)
    with unchanged(world.places[T].tx), pytest.raises(WrongSeqError):
        receive(world.places[T], following(world, name, seq=3).signed(world.places[V].identity))


@pytest.mark.parametrize("stream", [f"case/{V2}/aaaaaaaaaaaaaaaa", f"node/{V2}", f"node/{V}"])
def test_nobody_begins_a_stream_in_the_name_of_another(world: World, stream: str) -> None:
    forged = Forgery(StreamName(stream), T).signed(world.places[V].identity)
    with unchanged(world.places[T].tx), pytest.raises(BadStreamNameError):
        receive(world.places[T], forged)


def test_a_record_never_passes_to_a_place_that_is_not_above_its_subject(world: World) -> None:
    record = row(world.places[T], node_stream(V))
    lie = Forgery(
        record.name, V2, seq=record.head_seq + 1, prev=EventHash(record.head.hex()),
        kind=RECLAIMED, data=b'{"reason":"other"}',
    )  # fmt: skip
    with unchanged(world.places[T].tx), pytest.raises(NotHolderError):
        receive(world.places[T], lie.signed(world.places[K].identity))


def test_an_event_that_is_not_authorised_moves_custody_and_nothing_else(world: World) -> None:
    name = begun(world)
    world.act(V, name, T2, odd=True)  # the town T2 and the city are old: they do not allow it
    world.settle()
    assert verdicts(world.places[T2], name) == [Verdict.EFFECTIVE, Verdict.INERT]
    assert verdicts(world.places[K], name) == [Verdict.EFFECTIVE, Verdict.EFFECTIVE]
    assert {row(world.places[n], name).holder for n in (C, K, T, T2, V)} == {T2}
    world.act(T2, name, V)
    world.settle()
    assert row(world.places[V], name).holder == V
    assert not world.check()


def test_an_event_of_an_unknown_node_waits_until_its_record_comes(world: World) -> None:
    town, county = world.places[T], world.places[K]
    stranger = create_identity(world.folder / "stranger", NEW)
    early = Forgery(StreamName(f"case/{NEW}/aaaaaaaaaaaaaaaa"), NEW)
    with unchanged(county.tx, but=("parked",)):
        assert receive(county, early.signed(stranger), peer=T) is Outcome.PARKED
    assert streams.load(county.tx, early.stream) is None
    with transaction(town):
        world.take_in(town, NEW, stranger)
    world.settle()
    assert row(county, early.stream).holder == NEW
    assert row(world.places[C], early.stream).holder == NEW  # relayed only now
    assert not county.tx.execute("SELECT 1 FROM parked").fetchone()


def test_a_long_run_that_comes_backwards_is_judged_when_its_first_event_comes(world: World) -> None:
    village, town = world.places[V], world.places[T]
    name = StreamName(f"case/{V}/aaaaaaaaaaaaaaaa")
    run = [Forgery(name, V)]
    for number in range(1, 600):
        run.append(Forgery(name, V, seq=number, prev=run[-1].hash(village.identity)))
    for one in reversed(run[1:]):
        assert receive(town, one.signed(village.identity)) is Outcome.PARKED
    assert streams.load(town.tx, name) is None
    assert receive(town, run[0].signed(village.identity)) is Outcome.STORED
    assert row(town, name).head_seq == 599


def test_what_waited_and_is_refused_after_all_is_told_to_its_author(world: World) -> None:
    village, town = world.places[V], world.places[T]
    first = Forgery(StreamName(f"case/{V}/aaaaaaaaaaaaaaaa"), T)
    second = Forgery(first.stream, V, seq=1, prev=first.hash(village.identity))  # V gave it to T
    assert receive(town, second.signed(village.identity), peer=V) is Outcome.PARKED
    assert receive(town, first.signed(village.identity), peer=V) is Outcome.STORED
    assert row(town, first.stream).head_seq == 0
    world.settle()
    told = village.tx.execute("SELECT event, by_node, reason FROM refusals").fetchall()
    assert told == [(bytes.fromhex(second.hash(village.identity)), T, "not_holder")]


def test_a_kind_of_a_newer_version_is_kept_relayed_and_not_judged(world: World) -> None:
    name = begun(world)
    village = world.places[V]
    with transaction(village):
        village.ledger.append(village.tx, name, Teleported(far=1), holder=T, hand=world.hand())
    world.settle()
    world.act(T, name, T)
    world.settle()
    after = [Verdict.EFFECTIVE, Verdict.UNJUDGED, Verdict.UNJUDGED]
    assert all(verdicts(world.places[n], name) == after for n in (C, K, T, V))
    assert not world.check()


def test_a_stream_of_an_unknown_kind_is_kept_and_relayed_to_its_line(world: World) -> None:
    village = world.places[V]
    with transaction(village):
        stored = village.ledger.begin(
            village.tx, "poem", Rhymed(lines=4), holder=V, hand=world.hand()
        )
    world.settle()
    name = stored.event.stream
    assert all(verdicts(world.places[n], name) == [Verdict.UNJUDGED] for n in (C, K, T, V))
    assert streams.load(world.places[V2].tx, name) is None
    assert streams.load(world.places[T2].tx, name) is None


def test_the_branch_that_loses_to_a_reclaim_is_kept_and_relayed(world: World) -> None:
    name = begun(world)
    world.act(V, name, V)  # unseen by the town, which reclaims meanwhile
    unseen = row(world.places[V], name).head
    world.reclaim(T, name, T2)
    world.settle()
    for node in (C, K, T, T2, V):
        place = world.places[node]
        assert row(place, name).holder == T2
        lost = streams.event_by_hash(place.tx, unseen)
        assert lost is not None
        assert lost.verdict is Verdict.PENDING
    assert not world.check()


def test_of_two_reclaims_the_higher_author_wins_everywhere(world: World) -> None:
    name = begun(world)
    world.reclaim(T, name, T)
    world.reclaim(K, name, T2)
    world.settle()
    assert {row(world.places[n], name).holder for n in (C, K, T, T2, V)} == {T2}
    assert not row(world.places[K], name).dispute


def test_a_refused_event_stands_in_nobodys_way(world: World) -> None:
    name = begun(world)
    with pytest.raises(RejectedError):
        receive(world.places[T], following(world, name, seq=9).signed(world.places[V].identity))
    world.act(V, name, T)
    world.settle()
    assert row(world.places[T], name).holder == T
