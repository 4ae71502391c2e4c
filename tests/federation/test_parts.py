"""A part as bytes: what its digest binds, and what an altered chunk does."""

import hashlib

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from federation import parts
from federation.errors import BadPartError, MalformedError, RejectedError, TooLargeError
from federation.parts import CHUNK_BYTES, PlainPart
from schemas.ids import NodeId, PartDigest, StreamName
from tests.support.parts import altered

KEY = b"k" * 32
SIZES = [0, 1, CHUNK_BYTES - 50, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 7]


def sealed(part: PlainPart) -> tuple[PartDigest, tuple[bytes, ...]]:
    whole = parts.encode(part)
    digest = parts.digest_of(whole)
    return digest, tuple(parts.encrypt(KEY, digest, whole))


@pytest.mark.parametrize("size", SIZES)
def test_a_part_of_any_size_comes_back_whole(size: int) -> None:
    part = parts.salted("image/jpeg", bytes(range(256)) * (size // 256) + b"x" * (size % 256))
    digest, chunks = sealed(part)
    assert len(chunks) == parts.count_chunks(len(parts.encode(part)))
    assert parts.assemble(KEY, digest, chunks) == part


@given(content=st.binary(max_size=500), media=st.sampled_from(["text/plain", "image/png"]))
def test_what_is_encoded_decodes_to_the_same(content: bytes, media: str) -> None:
    part = parts.salted(media, content)
    assert parts.decode(parts.encode(part)) == part


@given(st.binary(max_size=300))
def test_decoding_anything_raises_its_own_error_alone(whole: bytes) -> None:
    try:
        part = parts.decode(whole)
    except BadPartError:
        return
    assert parts.encode(part) == whole


@settings(max_examples=50)
@given(ciphertexts=st.lists(st.binary(max_size=100), max_size=4))
def test_assembling_anything_raises_a_rejection_alone(ciphertexts: list[bytes]) -> None:
    with pytest.raises(RejectedError):
        parts.assemble(KEY, PartDigest("0" * 64), tuple(ciphertexts))


def test_the_digest_is_of_the_salt_and_everything_after_it() -> None:
    part = PlainPart("text/plain", "同意".encode(), b"s" * 32)
    whole = b"s" * 32 + b"\x0a" + b"text/plain" + "同意".encode()
    assert parts.encode(part) == whole
    assert parts.digest_of(whole) == hashlib.sha256(whole).hexdigest()


def test_the_same_bytes_never_get_the_same_digest_twice() -> None:
    digests = {sealed(parts.salted("text/plain", b"Li Si"))[0] for _ in range(20)}
    assert len(digests) == 20


def test_the_media_type_is_bound_by_the_digest() -> None:
    scan = parts.salted("image/png", b"<script>")
    page = PlainPart("text/html", scan.content, scan.salt)
    assert sealed(scan)[0] != sealed(page)[0]


@pytest.mark.parametrize(
    "order",
    [(1, 0, 2, 3), (0, 1, 2), (1, 2, 3), (0, 1, 2, 3, 3), ()],
    ids=["swapped", "last one missing", "first one missing", "one twice", "none"],
)
def test_chunks_out_of_their_places_are_refused(order: tuple[int, ...]) -> None:
    digest, chunks = sealed(parts.salted("image/png", b"x" * (3 * CHUNK_BYTES)))
    with pytest.raises(BadPartError):
        parts.assemble(KEY, digest, tuple(chunks[number] for number in order))


@pytest.mark.parametrize("number", [0, 3], ids=["first", "last"])
def test_an_altered_or_truncated_chunk_is_refused(number: int) -> None:
    digest, chunks = sealed(parts.salted("image/png", b"x" * (3 * CHUNK_BYTES)))
    for bad in (altered(chunks[number]), chunks[number][:-1], b""):
        with pytest.raises(BadPartError):
            parts.assemble(KEY, digest, (*chunks[:number], bad, *chunks[number + 1 :]))


def test_chunks_of_another_part_under_the_same_key_are_refused() -> None:
    digest, _ = sealed(parts.salted("text/plain", b"one"))
    _, other = sealed(parts.salted("text/plain", b"two"))
    with pytest.raises(BadPartError):
        parts.assemble(KEY, digest, other)


def test_honest_chunks_under_a_lying_digest_are_refused() -> None:
    lie = PartDigest("ab" * 32)
    whole = parts.encode(parts.salted("text/plain", b"not what the event named"))
    with pytest.raises(BadPartError, match="digest"):
        parts.assemble(KEY, lie, tuple(parts.encrypt(KEY, lie, whole)))


def test_a_part_over_the_limit_is_refused_at_both_ends() -> None:
    content = bytes(parts.MAX_CONTENT_BYTES)
    assert parts.count_chunks(len(parts.encode(parts.salted("image/png", content)))) <= (
        parts.MAX_CHUNKS
    )
    with pytest.raises(TooLargeError):
        parts.salted("image/png", content + b"!")
    for oversize in (
        (b"c" * (CHUNK_BYTES + parts.TAG_BYTES + 1),),
        (b"",) * (parts.MAX_CHUNKS + 1),
    ):
        with pytest.raises(TooLargeError):
            parts.assemble(KEY, PartDigest("0" * 64), oversize)


@pytest.mark.parametrize("media", ["", "text", "text/plain; charset=utf-8", "Text/Plain", "a/b\n"])
def test_what_is_no_media_type_is_refused(media: str) -> None:
    with pytest.raises(MalformedError):
        parts.salted(media, b"")


def test_a_chunk_is_bound_to_its_part_its_number_and_their_count() -> None:
    digest, chunks = sealed(parts.salted("image/png", b"x" * CHUNK_BYTES))
    aad = bytes.fromhex(digest) + b"\0\0\0\1" + b"\0\0\0\2"
    plain = AESGCM(KEY).decrypt(b"\0" * 11 + b"\1", chunks[1], aad)
    assert plain == b"x" * (32 + 1 + len("image/png"))


def test_the_purpose_of_a_sealed_key_names_stream_part_and_recipient() -> None:
    stream = StreamName("case/610328/aaaaaaaaaaaaaaaa")
    info = parts.info_of(stream, PartDigest("ab" * 32), NodeId("6103"))
    assert info == b"zw/part-key/1\0case/610328/aaaaaaaaaaaaaaaa\0" + b"ab" * 32 + b"\x006103"
