"""Asks and answers: only the entitled get a part, and nobody between reads it."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation import parcel, partpost, partstore, partwants
from federation.directory import TxKeys
from federation.errors import (
    BadSignatureError,
    MalformedError,
    NotForUsError,
    ParkedError,
    RejectedError,
    TooLargeError,
    WrongKeyError,
)
from federation.identity import create_identity, load_identity
from federation.parts import CHUNK_BYTES, MAX_CHUNKS
from federation.partwants import CHUNKS_PER_ASK
from schemas.ids import KeyId, NodeId, PartDigest, StreamName
from schemas.links import Frame
from schemas.parts import Ask
from tests.support.parts import (
    CASE,
    CONTENT,
    COUNTY,
    NOW,
    TOWN,
    VILLAGE,
    Place,
    Places,
    ask_of,
    everything,
    read_chunk,
    three_places,
)


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    with three_places(tmp_path) as made:
        yield made


def test_an_ask_repeated_gets_the_same_bytes(places: Places) -> None:
    village, _, county = places
    ask = ask_of(county, village.own(CONTENT), chunk=4)
    first, again = village.answer(ask), village.answer(ask)
    assert first == again
    assert len(first) == CHUNKS_PER_ASK


def test_a_node_that_is_not_entitled_gets_nothing(places: Places) -> None:
    village, town, county = places
    digest = village.own(CONTENT)
    before = everything(village)
    assert village.answer(town.sign(Ask(1, TOWN, VILLAGE, CASE, digest, 0))) == []
    elsewhere = StreamName(f"case/{VILLAGE}/bbbbbbbbbbbbbbbb")
    assert village.answer(county.sign(Ask(1, COUNTY, VILLAGE, elsewhere, digest, 0))) == []
    assert village.desk.refused == 2
    assert everything(village) == before


@pytest.mark.parametrize("what", ["absent", "erased", "past its end", "suspended", "restored"])
def test_what_cannot_be_served_is_refused_silently(places: Places, what: str) -> None:
    village, _, county = places
    digest = village.own(b"x")
    chunk = 0
    match what:
        case "absent":
            digest = PartDigest("ab" * 32)
        case "erased":
            partstore.erase(village.tx, CASE, digest, NOW)
        case "past its end":
            chunk = 1
        case "restored":
            village.tx.execute("INSERT INTO local_facts VALUES ('recovering', '1')")
        case _:
            village.tx.execute("UPDATE node_records SET state = 'suspended'")
    before = everything(village)
    assert village.answer(ask_of(county, digest, chunk)) == []
    assert village.desk.refused == 1
    assert everything(village) == before


def test_a_revoked_key_asks_for_nothing(places: Places) -> None:
    village, _, county = places
    digest = village.own(b"x")
    village.tx.execute(
        "INSERT INTO revocations VALUES (x'00', ?, ?, '6103', '', 1)",
        (COUNTY, county.identity.key_id),
    )
    before = everything(village)
    with pytest.raises(WrongKeyError):
        village.answer(ask_of(county, digest, 0))
    assert everything(village) == before


def test_a_forged_sender_is_refused(places: Places, tmp_path: Path) -> None:
    village, town, county = places
    digest = village.own(CONTENT)
    forged = town.sign(Ask(1, COUNTY, VILLAGE, CASE, digest, 0))
    with pytest.raises(ParkedError):  # the town's key is none of the county's
        village.answer(forged)
    frame = parcel.read_frame(forged)
    claimed = Frame(1, frame.purpose, county.identity.key_id, frame.body, frame.signature)
    with pytest.raises(BadSignatureError):
        village.answer(msgspec.msgpack.encode(claimed))
    stranger = create_identity(tmp_path / "stranger", COUNTY)
    with pytest.raises(ParkedError):
        village.answer(partpost.sign_ask(stranger, Ask(1, COUNTY, VILLAGE, CASE, digest, 0)))
    assert village.desk.refused == 0
    assert not village.tx.execute("SELECT 1 FROM part_served").fetchall()


def test_a_chunk_from_a_node_that_was_not_asked_changes_nothing(
    places: Places,
) -> None:
    village, town, county = places
    digest = village.own(CONTENT)
    partwants.want(county.tx, CASE, [digest], VILLAGE, NOW)
    before = everything(county)
    chunk = read_chunk(village.answer(ask_of(county, digest))[0])
    by_town = msgspec.structs.replace(chunk, sender=TOWN)
    assert not county.take(partpost.sign_chunk(town.identity, by_town))
    with pytest.raises(ParkedError):
        county.take(partpost.sign_chunk(town.identity, chunk))
    other = msgspec.structs.replace(chunk, stream=StreamName(f"case/{VILLAGE}/bbbbbbbbbbbbbbbb"))
    assert not county.take(partpost.sign_chunk(village.identity, other))
    assert everything(county) == before


def test_a_relay_forwards_what_it_cannot_read(places: Places) -> None:
    village, town, county = places
    name = "李四".encode()
    digest = village.own(name * 100)
    ask = ask_of(county, digest)
    (answer,) = village.answer(ask)
    assert partpost.addressee(parcel.read_frame(ask)) == (COUNTY, VILLAGE)
    assert partpost.addressee(parcel.read_frame(answer)) == (VILLAGE, COUNTY)
    assert name not in answer
    with pytest.raises(MalformedError):
        town.take(answer)
    chunk = read_chunk(answer)
    seen = partwants.Gathered(CASE, digest, chunk.sealed_key, (chunk.ciphertext,))
    with pytest.raises(NotForUsError):
        partwants.open_gathered(town.identity, seen)
    assert partwants.open_gathered(county.identity, seen).content == name * 100


def test_a_key_sealed_for_one_stream_or_part_opens_for_no_other(
    places: Places,
) -> None:
    village, _, county = places
    digest = village.own(b"x")
    chunk = read_chunk(village.answer(ask_of(county, digest))[0])
    for stream, other in (
        (StreamName(f"case/{VILLAGE}/bbbbbbbbbbbbbbbb"), digest),
        (CASE, PartDigest("ab" * 32)),
    ):
        moved = partwants.Gathered(stream, other, chunk.sealed_key, (chunk.ciphertext,))
        with pytest.raises(NotForUsError):
            partwants.open_gathered(county.identity, moved)


def test_a_rebuilt_recipient_is_sealed_to_with_its_new_key(places: Places, tmp_path: Path) -> None:
    village, _, county = places
    digest = village.own(b"x")
    village.answer(ask_of(county, digest))
    rebuilt = create_identity(tmp_path / "rebuilt", COUNTY)
    village.tx.execute("UPDATE node_keys SET state = 'ended' WHERE node = ?", (COUNTY,))
    village.add_key(rebuilt)
    ask = partpost.sign_ask(rebuilt, Ask(1, COUNTY, VILLAGE, CASE, digest, 0))
    chunk = read_chunk(village.answer(ask)[0])
    found = partwants.Gathered(CASE, digest, chunk.sealed_key, (chunk.ciphertext,))
    assert partwants.open_gathered(rebuilt, found).content == b"x"
    assert load_identity(tmp_path / "rebuilt", COUNTY).public == rebuilt.public


def test_an_answer_overtaken_by_an_erasure_is_not_sent(
    places: Places,
) -> None:
    village, _, county = places
    digest = village.own(b"x")
    proven = partpost.open_ask(
        parcel.read_frame(ask_of(county, digest)), VILLAGE, TxKeys(village.tx)
    )
    grant = village.desk.grant(village.tx, proven)
    assert grant is not None
    answer = village.desk.seal(grant)
    partstore.erase(village.tx, CASE, digest, NOW)
    assert not village.desk.remember(village.tx, grant, answer)
    assert not village.tx.execute("SELECT 1 FROM part_served").fetchall()


def test_two_answers_made_at_once_leave_one_key(places: Places) -> None:
    village, _, county = places
    frame = parcel.read_frame(ask_of(county, village.own(b"x")))
    proven = partpost.open_ask(frame, VILLAGE, TxKeys(village.tx))
    first, second = (village.desk.grant(village.tx, proven) for _ in range(2))
    assert first is not None
    assert second is not None
    assert village.desk.remember(village.tx, first, village.desk.seal(first))
    assert not village.desk.remember(village.tx, second, village.desk.seal(second))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"chunk": -1}, MalformedError),
        ({"chunk": 11}, MalformedError),
        ({"chunks": MAX_CHUNKS + 1}, TooLargeError),
        ({"sealed_key": b"short"}, MalformedError),
        ({"ciphertext": b""}, MalformedError),
        ({"ciphertext": b"x" * 100}, MalformedError),
        ({"ciphertext": b"x" * (CHUNK_BYTES + 17)}, TooLargeError),
        ({"ciphertext": b"x" * (2 * CHUNK_BYTES)}, TooLargeError),
        ({"digest": "AB" * 32}, MalformedError),
        ({"stream": "case/610328/UPPER"}, MalformedError),
        ({"to": "610328100"}, MalformedError),
        ({"sender": "x"}, MalformedError),
        ({"version": 2}, MalformedError),
    ],
    ids=str,
)
def test_a_chunk_of_impossible_form_is_refused_even_when_signed(
    places: Places, change: dict[str, object], error: type[RejectedError]
) -> None:
    village, _, county = places
    digest = village.own(CONTENT)
    partwants.want(county.tx, CASE, [digest], VILLAGE, NOW)
    before = everything(county)
    chunk = read_chunk(village.answer(ask_of(county, digest))[0])
    bad = msgspec.structs.replace(chunk, **change)
    with pytest.raises(error):
        county.take(partpost.sign_chunk(village.identity, bad))
    assert everything(county) == before


@pytest.mark.parametrize("chunk", [-1, MAX_CHUNKS])
def test_an_ask_for_an_impossible_chunk_is_refused(places: Places, chunk: int) -> None:
    village, _, county = places
    with pytest.raises(MalformedError):
        village.answer(ask_of(county, village.own(b"x"), chunk))


def test_an_ask_is_no_chunk_and_a_hello_neither(places: Places) -> None:
    village, _, county = places
    ask = parcel.read_frame(ask_of(county, village.own(b"x")))
    keys = TxKeys(village.tx)
    with pytest.raises(MalformedError):
        partpost.open_chunk(ask, VILLAGE, keys)
    hello = Frame(1, "hello", ask.key, ask.body, county.identity.sign("hello", ask.body))
    with pytest.raises(MalformedError):
        partpost.addressee(hello)
    with pytest.raises(MalformedError):
        partpost.open_ask(hello, VILLAGE, keys)
    renamed = Frame(1, "ask", hello.key, hello.body, hello.signature)
    with pytest.raises(BadSignatureError):
        partpost.open_ask(renamed, VILLAGE, keys)


class NoKeys:
    """A directory that knows nobody."""

    def public(self, key: KeyId, node: NodeId) -> bytes | None:  # noqa: ARG002
        return None

    def speaking(self, key: KeyId, node: NodeId) -> bytes | None:  # noqa: ARG002
        return None

    def owned(self, key: KeyId) -> bool:  # noqa: ARG002
        return False

    def recovery(self, node: NodeId) -> bytes | None:  # noqa: ARG002
        return None


@given(body=st.binary(max_size=200), purpose=st.sampled_from(["ask", "part", "x"]))
def test_reading_anything_raises_a_rejection_alone(body: bytes, purpose: str) -> None:
    frame = Frame(1, purpose, KeyId("0" * 16), body, b"")
    for reader in (partpost.open_ask, partpost.open_chunk):
        with pytest.raises((RejectedError, ParkedError)):
            reader(frame, VILLAGE, NoKeys())


def test_naming_a_part_in_a_case_of_ones_own_opens_nothing(
    tmp_path: Path,
) -> None:
    def entitled(_tx: object, _stream: StreamName, _digest: PartDigest, _asker: NodeId) -> bool:
        return True  # as for a town that wrote the digest it had seen into a case of its own

    village = Place.make(tmp_path / "village", VILLAGE, entitled)
    county = Place.make(tmp_path / "county", COUNTY)
    village.enrol(county.identity)
    digest = village.own(b"x")
    own = StreamName(f"case/{COUNTY}/bbbbbbbbbbbbbbbb")
    assert village.answer(county.sign(Ask(1, COUNTY, VILLAGE, own, digest, 0))) == []
    assert village.answer(ask_of(county, digest))
    village.tx.close()
    county.tx.close()
