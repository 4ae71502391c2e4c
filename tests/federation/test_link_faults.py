"""What may go wrong on a link: lost, late, repeated and impossible messages, restores, refusals."""

import msgspec
import pytest

from federation import links, refusals, streams
from federation.directory import snapshot
from federation.errors import BadSignatureError, FederationError, MalformedError, RecoveringError
from federation.links import LinkRow, Position
from federation.parcel import (
    ReadParcel,
    decode_hello,
    decode_receipt,
    encode_body,
    encode_entry,
    encode_parcel,
    encode_receipt,
    make_frame,
    read_frame,
    read_parcel,
)
from schemas.ids import NodeId, StreamName
from schemas.links import Frame, Receipt, RefusalEntry, SurveyEntry
from tests.support.forging import contents, unchanged
from tests.support.places import V2, Acted, C, K, Place, T, V, transaction
from tests.support.world import World


def link_of(place: Place, peer: NodeId) -> LinkRow:
    found = links.load(place.tx, peer)
    assert found is not None
    return found


def parcels(world: World, sender: NodeId, to: NodeId, *, each: int) -> list[ReadParcel]:
    """Read what `sender` owes `to`, in parcels of about `each` bytes."""
    a, b = world.places[sender], world.places[to]
    link, made = link_of(a, to), []
    after: Position = links.start(link)
    while (packed := a.link.next_parcel(a.tx, link, after, room=each)) is not None:
        parcel, after = packed
        frame = read_frame(make_frame(a.identity, "parcel", encode_parcel(parcel)))
        made.append(read_parcel(frame, sender, snapshot(b.tx), root=b.ledger.root))
    return made


def take(world: World, to: NodeId, read: ReadParcel) -> bool:
    place = world.places[to]
    with transaction(place):
        return place.link.take_parcel(place.tx, read, now=world.now).receipt


def begun(world: World, count: int) -> list[StreamName]:
    for _ in range(count):
        world.begin(V)
    return [one.name for one in world.streams(world.places[V])]


def known(world: World, node: NodeId) -> set[StreamName]:
    return {one.name for one in world.streams(world.places[node])}


def test_a_repeated_parcel_is_answered_and_changes_nothing_else(world: World) -> None:
    begun(world, 3)
    (read,) = parcels(world, V, T, each=1 << 20)
    assert take(world, T, read)
    before = link_of(world.places[T], V).taken
    with unchanged(world.places[T].tx, but=("links",)):
        assert take(world, T, read)
    assert link_of(world.places[T], V).taken == before


def test_of_an_overlapping_parcel_only_the_new_part_is_taken(world: World) -> None:
    names = begun(world, 2)
    (first,) = parcels(world, V, T, each=1 << 20)
    names = begun(world, 2)
    (both,) = parcels(world, V, T, each=1 << 20)
    assert take(world, T, first)
    stored = contents(world.places[T].tx)["events"]
    assert take(world, T, both)
    assert known(world, T) == set(names)
    assert contents(world.places[T].tx)["events"][: len(stored)] == stored
    assert link_of(world.places[T], V).taken == link_of(world.places[V], T).settled + 4


def test_a_gap_is_answered_by_the_receipt_and_nothing_is_stored(world: World) -> None:
    names = begun(world, 4)
    run = parcels(world, V, T, each=1)
    assert len(run) == 4
    with unchanged(world.places[T].tx, but=("links",)):
        assert take(world, T, run[2])
    assert all(take(world, T, read) for read in run)
    assert known(world, T) == set(names)


def test_a_parcel_of_another_epoch_is_answered_by_a_hello(world: World) -> None:
    names = begun(world, 1)
    (old,) = parcels(world, V, T, each=1 << 20)
    town = world.places[T]
    with transaction(town):
        town.link.renew(town.tx, link_of(town, V))
    with unchanged(town.tx), transaction(town):
        answer = town.link.take_parcel(town.tx, old, now=world.now)
    assert answer.hello is not None
    assert not answer.receipt
    world.settle()
    assert known(world, T) == set(names)


def hello_of(world: World, sender: NodeId, to: NodeId) -> Frame:
    place = world.places[sender]
    link = link_of(place, to)
    hello = place.link.hello(place.tx, link, link.peer_nonce)
    return read_frame(make_frame(place.identity, "hello", encode_body(hello)))


def test_an_old_hello_begins_no_epoch(world: World) -> None:
    village, town = world.places[V], world.places[T]
    old = hello_of(world, V, T)
    with transaction(village):
        village.link.renew_all(village.tx)
    world.settle()
    epoch = link_of(town, V).epoch
    with unchanged(town.tx, but=("links",)), transaction(town):
        town.link.take_hello(town.tx, old, decode_hello(old.body), now=world.now)
    assert link_of(town, V).epoch == epoch
    world.settle()
    assert link_of(village, T).epoch == epoch


def test_a_hello_signed_by_another_node_is_dropped(world: World) -> None:
    town, stranger = world.places[T], world.places[V2]
    true = hello_of(world, V, T)
    forged = read_frame(make_frame(stranger.identity, "hello", true.body))
    with unchanged(town.tx), transaction(town):
        answer = town.link.take_hello(town.tx, forged, decode_hello(forged.body), now=world.now)
    assert answer.hello is None


def test_a_bad_record_in_a_hello_does_not_drown_the_good_ones(world: World) -> None:
    village, town = world.places[V], world.places[T]
    with transaction(village):
        village.link.renew_all(village.tx)
    link = link_of(village, T)
    honest = village.link.hello(village.tx, link, link.peer_nonce)
    body = encode_body(msgspec.structs.replace(honest, proof=(b"junk", *honest.proof)))
    frame = read_frame(make_frame(village.identity, "hello", body))
    with transaction(town):
        town.link.take_hello(town.tx, frame, decode_hello(body), now=world.now)
    assert link_of(town, V).peer_nonce == link.nonce


def test_mail_is_believed_by_its_signature_never_by_its_subject(world: World) -> None:
    begun(world, 1)
    village, town = world.places[V], world.places[T]
    packed = village.link.next_parcel(
        village.tx, link_of(village, T), links.start(link_of(village, T)), room=1 << 20
    )
    assert packed is not None
    body = encode_parcel(packed[0])
    with unchanged(town.tx):
        frame = read_frame(make_frame(village.identity, "parcel", body))
        with pytest.raises(FederationError):  # the subject says V2, the key is V's
            read_parcel(frame, V2, snapshot(town.tx), root=town.ledger.root)
        frame = read_frame(make_frame(world.places[V2].identity, "parcel", body))
        with pytest.raises(BadSignatureError):  # V2 sends on what V wrote
            read_parcel(frame, V2, snapshot(town.tx), root=town.ledger.root)


def test_a_receipt_that_cannot_be_begins_a_new_epoch_and_loses_nothing(world: World) -> None:
    village = world.places[V]
    names = begun(world, 2)
    link = link_of(village, T)
    for upto, head in ((link.settled + 1, bytes(32)), (link.settled + 99, link.settled_head)):
        world.settle()
        link = link_of(village, T)
        begun(world, 1)
        impossible = Receipt(1, T, V, link.epoch, link.seen_serial + 1, upto, head, ())
        with transaction(village):
            answer = village.link.take_receipt(village.tx, impossible, now=world.now)
        assert answer.hello is not None
        assert not link_of(village, T).epoch
    names = begun(world, 0)
    world.settle()
    assert link_of(village, T).epoch == link_of(world.places[T], V).epoch
    assert known(world, T) == set(names)
    assert not world.check()


def test_a_survey_completes_what_a_disk_lost(world: World) -> None:
    names = begun(world, 3)
    town = world.places[T]
    world.deliver(V, T, loss=False)
    with transaction(town):
        town.tx.execute("DELETE FROM outbox")  # what the county was owed is forgotten
        town.link.renew_all(town.tx)
    world.settle()
    assert known(world, K) == known(world, C) == set(names)
    assert not world.check()


def test_a_restored_node_waits_for_its_neighbours_and_gets_back_what_it_lacks(
    world: World,
) -> None:
    (name,) = begun(world, 1)
    world.settle()
    world.back_up(V)
    world.act(V, name, V)
    world.settle()
    head = streams.load(world.places[T].tx, name)
    epoch = link_of(world.places[T], V).epoch
    world.restore(V)
    village = world.places[V]
    with unchanged(village.tx), pytest.raises(RecoveringError), transaction(village):
        village.ledger.append(village.tx, name, Acted(nonce=1), holder=T, hand=world.hand())
    world.settle()
    assert link_of(world.places[T], V).epoch not in (epoch, b"")
    assert all(link.answered for link in links.load_all(village.tx))
    world.act(V, name, T)  # every neighbour has answered: it may write again
    world.settle()
    now = streams.load(world.places[T].tx, name)
    assert head is not None
    assert now is not None
    assert now.head_seq == head.head_seq + 1
    assert not now.forked
    assert not world.check()


def test_a_refusal_travels_to_the_author_and_a_person_sends_again(world: World) -> None:
    (name,) = begun(world, 1)
    world.deliver(V, T, loss=False)
    town, village, county = world.places[T], world.places[V], world.places[K]
    head = streams.load(town.tx, name)
    assert head is not None
    link = link_of(town, K)
    ours = town.tx.execute(
        "SELECT count(*) FROM outbox o JOIN events e ON e.arrival = o.event WHERE o.link = ?"
        " AND o.id <= (SELECT id FROM outbox WHERE event = (SELECT arrival FROM events WHERE"
        " hash = ?) AND link = o.link)",
        (link.id, head.head),
    ).fetchone()[0]
    (read,) = parcels(world, T, K, each=1 << 20)
    receipt = Receipt(  # the county says it holds all but refuses one: a county of another version
        1, K, T, link.epoch, link.seen_serial + 1, link.settled + len(read.entries),
        read.heads[-1], ((link.settled + ours, "malformed"),),
    )  # fmt: skip
    with transaction(town):
        town.link.take_receipt(town.tx, receipt, now=world.now)
    world.deliver(T, V, loss=False)
    told = village.tx.execute("SELECT event, by_node, reason, settled FROM refusals").fetchall()
    assert told == [(head.head, T, "malformed", 0)]
    assert name not in known(world, K)
    with transaction(county):  # the county has taken all else
        county.tx.execute(
            "UPDATE links SET taken = ?, taken_head = ?, serial = ? WHERE peer = ?",
            (receipt.upto, receipt.head, receipt.serial, T),
        )
    with transaction(village):
        assert village.link.resend(village.tx, head.head, now=world.now)
    world.deliver(V, T, loss=False)
    world.deliver(T, K, loss=False)
    assert name in known(world, K)
    assert village.tx.execute("SELECT settled FROM refusals").fetchall() == [(1,)]


def test_a_refusal_on_its_way_survives_a_new_epoch(world: World) -> None:
    (name,) = begun(world, 1)
    world.settle()
    town, village = world.places[T], world.places[V]
    head = streams.load(town.tx, name)
    assert head is not None
    with transaction(town):
        entry = RefusalEntry(head.head, "malformed", V)
        refusals.remember(town.tx, T, entry, teller=K, now=world.now)
        town.link.renew_all(town.tx)
    world.settle()
    assert village.tx.execute("SELECT by_node, reason FROM refusals").fetchall() == [
        (T, "malformed")
    ]


@pytest.mark.parametrize(
    "entry",
    [
        RefusalEntry(bytes(32), "malformed", NodeId("9999")),
        RefusalEntry(bytes(32), "malformed", NodeId("nobody")),
        RefusalEntry(bytes(3), "malformed", V),
    ],
    ids=["of a foreign author", "of no author", "of no event"],
)
def test_a_refusal_that_leads_nowhere_is_refused_itself(world: World, entry: RefusalEntry) -> None:
    town, city = world.places[K], world.places[C]
    with transaction(town):
        links.queue(town.tx, link_of(town, C).id, encode_entry(entry), now=world.now)
    (read,) = parcels(world, K, C, each=1 << 20)
    with unchanged(city.tx, but=("links",)):
        assert take(world, C, read)
    assert [reason for _, reason, _ in link_of(city, K).refused] == ["malformed"]


@pytest.mark.parametrize("number", [-1, 1 << 53, (1 << 64) - 1])
def test_a_number_that_no_log_has_is_refused(number: int) -> None:
    honest = Receipt(1, T, V, bytes(32), 1, 1, bytes(32), ((1, "malformed"),))
    assert decode_receipt(encode_receipt(honest)) == honest
    for false in (
        msgspec.structs.replace(honest, serial=number),
        msgspec.structs.replace(honest, upto=number),
        msgspec.structs.replace(honest, refused=((number, "malformed"),)),
    ):
        with pytest.raises(MalformedError):
            decode_receipt(encode_receipt(false))


def test_one_link_that_is_torn_down_leaves_the_others_alone(world: World) -> None:
    town = world.places[T]
    others = {peer: link_of(town, peer).epoch for peer in (K, V2)}
    with transaction(town):
        town.link.renew(town.tx, link_of(town, V))
    names = begun(world, 2)
    world.settle()
    assert {peer: link_of(town, peer).epoch for peer in others} == others
    assert all(known(world, n) == set(names) for n in (C, K, T))


def test_a_survey_said_again_and_again_is_answered_once(world: World) -> None:
    begun(world, 3)
    world.settle()
    place = world.places[T]
    link = link_of(place, V)
    with unchanged(place.tx), transaction(place):
        for _ in range(100):
            place.link._survey.take(  # noqa: SLF001  # as a parcel of an evil village brings it
                place.tx, link, SurveyEntry(last=True, streams=()), now=world.now
            )
