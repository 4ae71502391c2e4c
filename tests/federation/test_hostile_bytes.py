"""Bytes that nobody honest sends: each is refused by its own family of errors, whatever it is."""

import zlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation import links, strict_json
from federation.directory import KeySnapshot, snapshot
from federation.encoding import unb64
from federation.envelope import MAX_ENVELOPE_BYTES, pack, read_envelope
from federation.errors import BadStreamNameError, MalformedError, RejectedError, TooLargeError
from federation.identity import Identity, create_identity
from federation.parcel import (
    decode_hello,
    decode_receipt,
    encode_parcel,
    make_frame,
    read_frame,
    read_parcel,
)
from schemas.ids import NO_HASH, StreamName
from schemas.links import Parcel
from tests.support.forging import Forgery, unchanged
from tests.support.places import T, V, transaction
from tests.support.world import World

CASE = StreamName(f"case/{V}/aaaaaaaaaaaaaaaa")


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return create_identity(tmp_path_factory.mktemp("village") / "keys", V)


@pytest.fixture(scope="module")
def keys(village: Identity) -> KeySnapshot:
    row = [(village.key_id, V, unb64(village.public.signing))]
    return KeySnapshot(row, row)


@given(st.binary())
def test_no_bytes_make_the_envelope_reader_fail_otherwise(raw: bytes) -> None:
    try:
        read_envelope(raw)
        read_envelope(pack(raw, raw))
    except RejectedError:
        return


def test_how_deep_json_may_be_is_our_rule_and_no_parsers() -> None:
    for deep in (1, strict_json.MAX_DEPTH):
        strict_json.check(b"[" * deep + b"]" * deep)
    for deep in (strict_json.MAX_DEPTH + 1, 900, 100_000):
        with pytest.raises(MalformedError):
            strict_json.check(b'{"a":' * deep + b"1" + b"}" * deep)
    strict_json.check(b'["' + b"[{" * 1000 + b'\\"[["]')  # text is not structure


@given(st.binary())
def test_no_bytes_make_the_frame_reader_fail_otherwise(raw: bytes) -> None:
    for read in (read_frame, decode_hello, decode_receipt):
        try:
            read(raw)
        except RejectedError:
            continue


def test_text_that_is_no_utf8_is_malformed_and_no_other_error() -> None:
    no_text = msgspec.msgpack.encode("ab").replace(b"ab", b"\xff\xfe")
    for read in (read_envelope, read_frame, decode_hello, decode_receipt):
        for raw in (no_text, b"\x92\x01" + no_text, b"\x96\x01" + 5 * no_text):
            with pytest.raises(RejectedError):
                read(raw)


@given(st.binary(), st.lists(st.binary(), max_size=4))
def test_no_signed_bytes_make_the_parcel_reader_fail_otherwise(
    village: Identity, keys: KeySnapshot, body: bytes, entries: list[bytes]
) -> None:
    raws = tuple(msgspec.Raw(entry or b"\xc0") for entry in entries)
    packed = Parcel(1, V, T, b"e" * 32, 1, b"h" * 32, 0, raws)
    for attempt in (body, zlib.compress(body), encode_parcel(packed)):
        try:
            read_parcel(read_frame(make_frame(village, "parcel", attempt)), V, keys, root=NO_HASH)
        except RejectedError:
            continue


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"nonce":1', '"nonce":1,"nonce":2'),
        ('"nonce":1', '"nonce":1.0'),
        ('"nonce":1', '"nonce":1e3'),
        ('"nonce":1', '"nonce":NaN'),
        ('"nonce":1', f'"nonce":{1 << 53}'),
        ('"nonce":1', f'"nonce":{"9" * 5000}'),
        ('"nonce":1', f'"nonce":{"[" * 5000}{"]" * 5000}'),
        ('"seq":0', '"seq":-1'),
        ('"seq":0', '"seq":"0"'),
        (NO_HASH, "A" * 64),
        (NO_HASH, "0" * 63),
        ('"kind":"case.acted",', ""),
    ],
    ids=[
        "a key twice", "a float", "an exponent", "not a number", "two to the 53rd", "5,000 digits",
        "5,000 lists deep", "a negative seq", "a seq in quotes", "an upper-case hash",
        "a short hash", "no kind",
    ],
)  # fmt: skip
def test_json_that_two_readers_could_read_differently_is_refused(
    village: Identity, old: str, new: str
) -> None:
    honest = Forgery(CASE, V).payload(village)
    read_envelope(pack(honest, bytes(64)))
    altered = honest.replace(old.encode(), new.encode(), 1)
    assert altered != honest
    with pytest.raises(MalformedError):
        read_envelope(pack(altered, village.sign("event", altered)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (CASE, f"case/{V}"),
        (CASE, f"case/{V}/AAAAAAAAAAAAAAAA"),
        (CASE, f"node/{V}/aaaaaaaaaaaaaaaa"),
        (CASE, "case/61/aaaaaaaaaaaaaaaa"),
        (f'"holder":"{V}"', '"holder":"61032810"'),
        (f'"node":"{V}"', '"node":"６１０３"'),
    ],
)
def test_a_name_that_is_none_is_refused(village: Identity, old: str, new: str) -> None:
    altered = Forgery(CASE, V).payload(village).replace(old.encode(), new.encode(), 1)
    with pytest.raises(BadStreamNameError):
        read_envelope(pack(altered, village.sign("event", altered)))


def test_an_envelope_of_more_than_64_kib_is_refused(village: Identity) -> None:
    data = msgspec.json.encode({"kind": "case.acted", "text": "x" * MAX_ENVELOPE_BYTES})
    with pytest.raises(TooLargeError):
        read_envelope(Forgery(CASE, V, data=data).signed(village))


def test_a_parcel_that_inflates_without_end_is_refused_before_it_does(
    village: Identity, keys: KeySnapshot
) -> None:
    bomb = zlib.compress(bytes(64 << 20), 9)
    frame = read_frame(make_frame(village, "parcel", bomb))
    with pytest.raises(TooLargeError):
        read_parcel(frame, V, keys, root=NO_HASH)
    with pytest.raises(TooLargeError):
        decode_receipt(bomb)


def test_a_parcel_with_too_many_entries_is_refused(village: Identity, keys: KeySnapshot) -> None:
    many = Parcel(1, V, T, b"e" * 32, 1, b"h" * 32, 0, (msgspec.Raw(b"\xc0"),) * 129)
    with pytest.raises(MalformedError):
        read_parcel(
            read_frame(make_frame(village, "parcel", encode_parcel(many))), V, keys, root=NO_HASH
        )


def test_a_bad_entry_is_refused_by_its_number_and_the_link_goes_on(world: World) -> None:
    village, town = world.places[V], world.places[T]
    for _ in range(2):
        world.begin(V)
    link = links.load(village.tx, T)
    assert link is not None
    packed = village.link.next_parcel(village.tx, link, links.start(link), room=1 << 20)
    assert packed is not None
    first, second = packed[0].entries
    data = msgspec.json.encode({"kind": "case.acted", "text": "x" * MAX_ENVELOPE_BYTES})
    big = Forgery(CASE, V, data=data).signed(village.identity)
    parcel = msgspec.structs.replace(
        packed[0], entries=(first, msgspec.Raw(big), msgspec.Raw(b"\x93\x09\xc0\xc0"), second)
    )
    frame = read_frame(make_frame(village.identity, "parcel", encode_parcel(parcel)))
    read = read_parcel(frame, V, snapshot(town.tx), root=town.ledger.root)
    with unchanged(town.tx, but=("streams", "events", "outbox", "links")), transaction(town):
        assert town.link.take_parcel(town.tx, read, now=world.now).receipt
    after = links.load(town.tx, V)
    assert after is not None
    receipt = town.link.receipt(after)
    start = link.settled
    assert receipt.upto == start + 4
    assert receipt.refused == ((start + 2, "too_large"), (start + 3, "malformed"))
    assert len(world.streams(town)) == 2


def test_a_text_that_is_too_long_for_an_event_is_refused_at_its_author(world: World) -> None:
    class Long(msgspec.Struct, frozen=True, tag="case.acted", tag_field="kind"):
        nonce: int
        text: str

    place = world.places[V]
    with unchanged(place.tx), pytest.raises(TooLargeError), transaction(place):
        place.ledger.begin(
            place.tx, "case", Long(1, "x" * MAX_ENVELOPE_BYTES), holder=V, hand=world.hand()
        )
    assert not world.streams(place)
