"""Parts at rest: durable before they count, unreadable once erased, never lost to a crash."""

import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation import partstore
from federation.errors import DamagedStoreError, NoPartError
from federation.parts import CHUNK_BYTES, PlainPart, salted
from federation.partstore import PartStore, erase, find, has, keep, kept_of
from schemas.ids import PartDigest
from tests.support.parts import CASE, NOW, VILLAGE, Place, altered


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Place]:
    place = Place.make(tmp_path / "village", VILLAGE)
    yield place
    place.tx.close()


def files(place: Place) -> list[Path]:
    return sorted(path for path in place.store.folder.rglob("*") if path.is_file())


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=2000), media=st.sampled_from(["text/plain", "image/png"]))
def test_a_kept_part_reads_back(village: Place, content: bytes, media: str) -> None:
    digest = village.own(content, media)
    part = village.store.read(village.tx, digest)
    assert (part.media, part.content) == (media, content)


def test_a_large_part_reads_back_piece_by_piece(village: Place) -> None:
    content = b"".join(bytes([n]) * CHUNK_BYTES for n in range(5))
    kept = find(village.tx, village.own(content))
    pieces = [village.store.read_chunk(kept, number) for number in range(kept.chunks)]
    assert b"".join(pieces).endswith(content)
    with pytest.raises(DamagedStoreError):
        village.store.read_chunk(kept, kept.chunks)


def test_nothing_readable_lies_on_the_disk(village: Place, tmp_path: Path) -> None:
    village.own("李四 610328198001010011".encode() * 50)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert "李四".encode() not in path.read_bytes()
    (file,) = files(village)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(village.store.folder.stat().st_mode) == 0o700


def test_killed_between_prepare_and_keep_only_an_orphan_is_left_and_swept(village: Place) -> None:
    kept = village.own(b"kept")
    prepared = village.store.prepare(salted("text/plain", b"never kept"))
    assert not has(village.tx, prepared.digest)
    assert len(files(village)) == 2
    assert village.store.sweep(village.tx) == 0  # this process may still keep it

    restarted = PartStore(village.store.folder, village.identity)
    assert restarted.sweep(village.tx) == 1
    assert len(files(village)) == 1
    assert restarted.read(village.tx, kept).content == b"kept"
    assert restarted.sweep(village.tx) == 0


def test_a_transaction_that_fails_keeps_nothing(village: Place) -> None:
    prepared = village.store.prepare(salted("text/plain", b"x"))
    village.tx.execute("BEGIN")
    keep(village.tx, prepared, CASE)
    village.tx.execute("ROLLBACK")
    assert not has(village.tx, prepared.digest)
    with pytest.raises(NoPartError):
        village.store.read(village.tx, prepared.digest)


def test_preparing_the_same_part_again_never_harms_the_kept_one(village: Place) -> None:
    part = salted("text/plain", b"x")
    first = village.store.prepare(part)
    assert keep(village.tx, first, CASE)
    assert not keep(village.tx, village.store.prepare(part), CASE)
    assert village.store.read(village.tx, first.digest) == part


def test_the_parts_of_a_stream_are_listed_in_order(village: Place) -> None:
    digests = tuple(village.own(bytes([n])) for n in range(4))
    loose = village.store.prepare(salted("text/plain", b"draft"))
    assert keep(village.tx, loose)
    assert kept_of(village.tx, CASE) == digests


def test_an_erased_part_is_gone_for_good(village: Place, tmp_path: Path) -> None:
    other = village.own(b"other")
    part = salted("text/plain", b"erase me")
    prepared = village.store.prepare(part)
    keep(village.tx, prepared, CASE)
    village.tx.execute("PRAGMA secure_delete = OFF")  # some builds of SQLite have it on
    file = erase(village.tx, CASE, prepared.digest, NOW)
    assert file == prepared.file
    village.store.remove(file)
    assert not has(village.tx, prepared.digest)
    with pytest.raises(NoPartError):
        village.store.read(village.tx, prepared.digest)
    village.tx.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert prepared.wrapped not in (tmp_path / "village" / "node.db").read_bytes()
    assert not keep(village.tx, village.store.prepare(part), CASE)
    assert erase(village.tx, CASE, prepared.digest, NOW) is None
    assert village.store.read(village.tx, other).content == b"other"


def test_an_erasure_killed_before_the_file_went_is_finished_by_the_sweep(village: Place) -> None:
    digest = village.own(b"erase me")
    assert erase(village.tx, CASE, digest, NOW)
    restarted = PartStore(village.store.folder, village.identity)
    assert restarted.sweep(village.tx) == 1
    assert not files(village)


def test_erasing_what_never_came_keeps_it_from_coming(village: Place) -> None:
    digest = PartDigest("ab" * 32)
    assert erase(village.tx, CASE, digest, NOW) is None
    assert partstore.is_erased(village.tx, CASE, digest)


@pytest.mark.parametrize("attack", ["altered", "truncated", "swapped", "missing", "other key"])
def test_a_damaged_file_is_told_apart_from_a_missing_part(village: Place, attack: str) -> None:
    digest = village.own(b"a" * (2 * CHUNK_BYTES))
    (file,) = files(village)
    stored = file.read_bytes()
    step = CHUNK_BYTES + 16
    match attack:
        case "altered":
            file.write_bytes(altered(stored))
        case "truncated":
            file.write_bytes(stored[: 2 * step])
        case "swapped":
            file.write_bytes(stored[step : 2 * step] + stored[:step] + stored[2 * step :])
        case "missing":
            file.unlink()
        case _:
            village.tx.execute("UPDATE part_keys SET wrapped = zeroblob(60)")
    with pytest.raises(DamagedStoreError):
        village.store.read(village.tx, digest)


def test_a_full_disk_leaves_nothing_behind(village: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        village.store.prepare(salted("text/plain", b"x"))
    assert not files(village)


def test_many_threads_prepare_while_the_sweep_runs(village: Place) -> None:
    done: list[PlainPart] = []

    def upload() -> None:
        for _ in range(20):
            part = salted("text/plain", b"x")
            village.store.prepare(part)
            done.append(part)

    threads = [threading.Thread(target=upload) for _ in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert village.store.sweep(village.tx) == 0
    assert len(files(village)) == len(done) == 60
