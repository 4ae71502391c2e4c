"""Keys on disk: who may read them, what they open, and how they are rotated."""

import os
import stat
from pathlib import Path

import nkeys  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation import identity, keyfiles, nkey
from federation.dsse import PURPOSES, pae
from federation.encoding import b64, random_name, unb64
from federation.errors import (
    DamagedStoreError,
    KeysError,
    LooseKeysError,
    MalformedError,
    NotForUsError,
)
from federation.identity import (
    Identity,
    commit_rotation,
    create_identity,
    key_id_of,
    load_identity,
    seal_to,
    stage_rotation,
    staged_rotation,
    verify_with,
)
from schemas.ids import NodeId, StreamName, parse_stream

VILLAGE = NodeId("610328100201")
ALL = ("signing", "sealing", "nats", "data")


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "home" / "keys"


@pytest.fixture
def village(keys: Path) -> Identity:
    return create_identity(keys, VILLAGE)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_new_identity_is_four_files_that_only_the_owner_can_read(
    keys: Path, village: Identity
) -> None:
    assert sorted(bytes_of(keys)) == sorted(f"{name}.key" for name in ALL)
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys.iterdir()} == {0o600}
    assert [path.name for path in keys.parent.iterdir()] == ["keys"]
    assert village.key_id == key_id_of(unb64(village.public.signing))
    assert len(unb64(village.public.sealing)) == 1184 + 32


def test_a_loaded_identity_is_the_one_that_was_made(keys: Path, village: Identity) -> None:
    again = load_identity(keys, VILLAGE)
    assert (again.public, again.key_id, again.nats_seed) == (
        village.public,
        village.key_id,
        village.nats_seed,
    )
    assert again.open_sealed(seal_to(village.public.sealing, b"x", b"i"), b"i") == b"x"
    assert again.unwrap(village.wrap(b"secret", b"row 1"), b"row 1") == b"secret"


def test_keys_are_never_overwritten(keys: Path, village: Identity) -> None:
    before = bytes_of(keys)
    with pytest.raises(KeysError):
        create_identity(keys, village.node)
    with pytest.raises(KeysError):
        keyfiles.write_new(keys / "data.key", b"other")
    assert bytes_of(keys) == before


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_key_that_others_can_touch_is_refused(
    keys: Path, village: Identity, name: str, mode: int
) -> None:
    (keys / f"{name}.key").chmod(mode)
    with pytest.raises(LooseKeysError):
        load_identity(keys, village.node)


def test_a_folder_that_others_can_enter_is_refused(keys: Path, village: Identity) -> None:
    keys.chmod(0o710)
    with pytest.raises(LooseKeysError):
        load_identity(keys, village.node)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_key_of_another_user_is_refused(keys: Path, village: Identity) -> None:
    os.chown(keys / "data.key", 65534, -1)
    with pytest.raises(LooseKeysError):
        load_identity(keys, village.node)


@pytest.mark.parametrize("name", ALL)
def test_a_missing_spoilt_or_linked_key_is_a_clear_error(
    keys: Path, village: Identity, name: str
) -> None:
    path = keys / f"{name}.key"
    kept = path.rename(keys.parent / "elsewhere")
    with pytest.raises(KeysError):
        load_identity(keys, village.node)
    path.symlink_to(kept)
    with pytest.raises(KeysError):
        load_identity(keys, village.node)
    path.unlink()
    keyfiles.write_new(path, b"spoilt\n")
    with pytest.raises(KeysError):
        load_identity(keys, village.node)


def test_no_secret_shows_in_a_printed_identity(keys: Path, village: Identity) -> None:
    printed = repr(village)
    assert village.nats_seed.decode() not in printed
    for text in bytes_of(keys).values():
        assert text.decode().strip() not in printed


def test_a_signature_holds_for_its_purpose_body_and_key_alone(
    village: Identity, tmp_path: Path
) -> None:
    public = unb64(village.public.signing)
    other = unb64(create_identity(tmp_path / "other", NodeId("610328")).public.signing)
    signature = village.sign("ask", b"body")
    assert verify_with(public, "ask", b"body", signature)
    assert not verify_with(public, "part", b"body", signature)
    assert not verify_with(public, "ask", b"bodY", signature)
    assert not verify_with(other, "ask", b"body", signature)
    assert not verify_with(public[:-1], "ask", b"body", signature)
    assert not verify_with(public, "ask", b"body", signature[:-1])


def test_only_published_purposes_can_be_signed(village: Identity) -> None:
    assert {len(village.sign(purpose, b"")) for purpose in PURPOSES} == {64}
    with pytest.raises(MalformedError):
        village.sign("anything", b"")


def test_what_is_signed_is_the_encoding_that_dsse_publishes() -> None:
    assert pae("event", b"hello") == b"DSSEv1 10 zw/event/1 5 hello"
    assert pae("join", b"") == b"DSSEv1 9 zw/join/1 0 "


@settings(max_examples=30, deadline=None)  # each example syncs four files
@given(plaintext=st.binary(max_size=300), info=st.binary(max_size=100))
def test_what_is_sealed_opens_with_the_same_info_alone(
    tmp_path_factory: pytest.TempPathFactory, plaintext: bytes, info: bytes
) -> None:
    county = create_identity(tmp_path_factory.mktemp("county") / "keys", NodeId("610328"))
    sealed = seal_to(county.public.sealing, plaintext, info)
    assert county.open_sealed(sealed, info) == plaintext
    with pytest.raises(NotForUsError):
        county.open_sealed(sealed, info + b"!")
    with pytest.raises(NotForUsError):
        county.open_sealed(sealed[:-1], info)


def test_nobody_else_opens_what_is_sealed(village: Identity, tmp_path: Path) -> None:
    town = create_identity(tmp_path / "town", NodeId("610328100"))
    with pytest.raises(NotForUsError):
        town.open_sealed(seal_to(village.public.sealing, b"name", b""), b"")


@pytest.mark.parametrize("key", ["", "AA", "*", b64(b"\xff" * 1216), b64(bytes(1216))])
def test_sealing_to_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(MalformedError):
        seal_to(key, b"secret", b"")


def test_a_wrapped_secret_is_bound_to_its_place(village: Identity) -> None:
    blob = village.wrap(b"content key", b"part 1")
    for altered, aad in ((blob, b"part 2"), (blob[:-1], b"part 1"), (b"", b"part 1")):
        with pytest.raises(DamagedStoreError):
            village.unwrap(altered, aad)
    assert village.wrap(b"content key", b"part 1") != blob


def test_the_nats_keys_are_what_the_nats_library_reads(village: Identity) -> None:
    pair = nkeys.from_seed(village.nats_seed)
    assert pair.public_key.decode() == village.public.nats
    assert village.public.nats.startswith("U")
    with pytest.raises(MalformedError):
        nkey.public_of(village.nats_seed.decode().replace("SU", "SA"))


def test_a_rotation_replaces_three_keys_and_still_opens_what_was_sealed_before(
    keys: Path, village: Identity
) -> None:
    sealed = seal_to(village.public.sealing, b"old letter", b"")
    wrapped = village.wrap(b"row", b"")
    for number in (1, 2):
        before = load_identity(keys, VILLAGE)
        staged = stage_rotation(keys, VILLAGE)
        assert load_identity(keys, VILLAGE).public == before.public
        after = commit_rotation(keys, VILLAGE)
        assert after.public == staged.public
        assert after.public.signing != before.public.signing
        assert after.public.sealing != before.public.sealing
        assert after.public.nats != before.public.nats
        assert load_identity(keys, VILLAGE).open_sealed(sealed, b"") == b"old letter"
        assert after.unwrap(wrapped, b"") == b"row"
        assert (keys / f"signing.{number}.key").exists()
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys.iterdir()} == {0o600}


def test_staging_twice_gives_the_same_keys(keys: Path, village: Identity) -> None:
    assert staged_rotation(keys, VILLAGE) is None
    first = stage_rotation(keys, VILLAGE)
    assert stage_rotation(keys, VILLAGE).public == first.public
    found = staged_rotation(keys, VILLAGE)
    assert found is not None
    assert found.public == first.public != village.public


def test_without_a_staged_rotation_nothing_is_committed(keys: Path, village: Identity) -> None:
    before = bytes_of(keys)
    with pytest.raises(KeysError):
        commit_rotation(keys, village.node)
    assert bytes_of(keys) == before


@pytest.mark.parametrize("done", [1, 2])
def test_a_commit_killed_half_way_is_finished_by_the_next_load(
    keys: Path, village: Identity, done: int
) -> None:
    staged = stage_rotation(keys, VILLAGE)
    for name in identity.ROTATED[:done]:
        (keys / f"{name}.1.key").hardlink_to(keys / f"{name}.key")
        (keys / f"{name}.next.key").replace(keys / f"{name}.key")
    loaded = load_identity(keys, VILLAGE)
    assert loaded.public == staged.public
    sealed = seal_to(village.public.sealing, b"old letter", b"")
    assert loaded.open_sealed(sealed, b"") == b"old letter"
    assert not list(keys.glob("*.next.key"))


@given(st.binary(max_size=200))
def test_bytes_written_as_text_read_back(raw: bytes) -> None:
    assert unb64(b64(raw)) == raw


@pytest.mark.parametrize("text", ["A", "AA==", "AB", "A*", "A A", "政务", "+/"])
def test_only_one_text_means_given_bytes(text: str) -> None:
    with pytest.raises(MalformedError):
        unb64(text)


def test_a_random_name_ends_a_streams_name() -> None:
    names = {random_name() for _ in range(100)}
    assert len(names) == 100
    for name in names:
        parse_stream(StreamName(f"case/{VILLAGE}/{name}"))
