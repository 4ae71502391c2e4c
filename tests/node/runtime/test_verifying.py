"""A store is verified with nothing but the root's fingerprint; each damage is named once."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from node.database import open_plain
from node.runtime.opening import DATABASE, PARTS
from node.runtime.verifying import verify_home
from schemas.ids import EventHash
from schemas.verification import Flaw, Verification
from tests.support.casework import COUNTY, VILLAGE
from tests.support.homes import CITY, LINE, homes

Tx = sqlite3.Connection


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Homes in which a case has lived its whole life, and another is under way."""
    folder = tmp_path_factory.mktemp("homes")

    async def live() -> None:
        async with homes(folder) as world:
            for last in ("close", "accept"):
                view = await world.work.licence_until(last)
                await world.carry(view.stream)

    asyncio.run(live())
    return folder


@pytest.fixture
def copied(lived: Path, tmp_path: Path) -> Path:
    """The same, to be damaged."""
    return shutil.copytree(lived, tmp_path / "homes")


@contextmanager
def opened(home: Path) -> Iterator[Tx]:
    with closing(open_plain(home / DATABASE, read_only=False)) as tx:
        tx.execute("PRAGMA foreign_keys = OFF")
        yield tx


@pytest.mark.parametrize("place", LINE)
def test_an_honest_store_is_clean(lived: Path, place: str) -> None:
    found = verify_home(lived / place)
    assert found.clean, found.faults
    assert (found.nodes, found.streams, found.unproven, found.waiting) == (4, 9, 0, 0)
    assert found.parts == (2 if place == VILLAGE else 0)


def _flip(raw: bytes, at: int = -3) -> bytes:
    body = bytearray(raw)
    body[at] ^= 1
    return bytes(body)


def _event(tx: Tx, kind: str) -> tuple[int, bytes, bytes]:
    """Arrival, payload and signature of the first event of a kind."""
    row: tuple[int, bytes, bytes] = tx.execute(
        "SELECT arrival, payload, signature FROM events WHERE kind = ? ORDER BY arrival", (kind,)
    ).fetchone()
    return row


def _flip_payload(tx: Tx) -> None:
    arrival, payload, _ = _event(tx, "case.accepted")
    _set(tx, arrival, payload=_flip(payload))


def _flip_signature(tx: Tx) -> None:
    arrival, _, signature = _event(tx, "case.accepted")
    _set(tx, arrival, signature=_flip(signature))


def _flip_record(tx: Tx) -> None:
    arrival, payload, _ = _event(tx, "node.enrolled")
    _set(tx, arrival, payload=_flip(payload))


def _flip_village_record(tx: Tx) -> None:
    (arrival, signature) = tx.execute(
        "SELECT arrival, signature FROM events WHERE kind = 'node.invited'"
        " AND stream = (SELECT id FROM streams WHERE name = ?)",
        (f"node/{VILLAGE}",),
    ).fetchone()
    _set(tx, arrival, signature=_flip(signature))


def _delete(tx: Tx) -> None:
    tx.execute("DELETE FROM events WHERE arrival = ?", (_event(tx, "case.accepted")[0],))


def _delete_last(tx: Tx) -> None:
    tx.execute("DELETE FROM events WHERE arrival = ?", (_event(tx, "case.closed")[0],))


def _delete_root(tx: Tx) -> None:
    tx.execute(
        "DELETE FROM events WHERE stream = (SELECT id FROM streams WHERE name = ?)",
        (f"node/{CITY}",),
    )


def _change_verdict(tx: Tx) -> None:
    tx.execute("UPDATE events SET verdict = 2 WHERE arrival = ?", (_event(tx, "case.decided")[0],))


def _change_holder(tx: Tx) -> None:
    tx.execute("UPDATE streams SET holder = ? WHERE kind = 'case' AND head_seq > 5", (VILLAGE,))


def _change_index(tx: Tx) -> None:
    tx.execute("UPDATE events SET node = ? WHERE kind = 'case.decided'", (VILLAGE,))


def _change_case(tx: Tx) -> None:
    tx.execute("UPDATE cases SET outcome = 'denied' WHERE outcome = 'granted'")


def _change_key(tx: Tx) -> None:
    tx.execute("UPDATE signers SET good = 0 WHERE node = ?", (VILLAGE,))


def _change_counts(tx: Tx) -> None:
    tx.execute("UPDATE case_counts SET cases = cases + 1")


def _change_link(tx: Tx) -> None:
    tx.execute("UPDATE links SET settled = -1 WHERE peer = ?", (CITY,))


def _set(tx: Tx, arrival: int, **columns: bytes) -> None:
    for name, value in columns.items():
        tx.execute(f"UPDATE events SET {name} = ? WHERE arrival = ?", (value, arrival))  # noqa: S608


@pytest.mark.parametrize(
    ("damage", "flaw", "words"),
    [
        (_flip_payload, Flaw.PAYLOAD, "event 2 of case/"),
        (_flip_signature, Flaw.SIGNATURE, "does not cover its payload"),
        (_flip_record, Flaw.PAYLOAD, f"of node/{CITY}"),
        (_flip_village_record, Flaw.SIGNATURE, f"event 0 of node/{VILLAGE}"),
        (_delete, Flaw.CHAIN, "event 3 of case/"),
        (_delete_last, Flaw.ROW, "its last by its row, is not here"),
        (_delete_root, Flaw.ROOT, "nothing can be proven"),
        (_change_verdict, Flaw.VERDICT, "stored as inert, but by its stream it is effective"),
        (_change_holder, Flaw.ROW, f"holder '{VILLAGE}' where its events say '{COUNTY}'"),
        (_change_index, Flaw.ROW, "is indexed otherwise than it reads"),
        (_change_case, Flaw.PROJECTION, "in table cases"),
        (_change_key, Flaw.PROJECTION, f"the rows of node/{VILLAGE} in table signers"),
        (_change_counts, Flaw.PROJECTION, "the sums in table case_counts"),
        (_change_link, Flaw.LINK, f"the link to {CITY} has a negative number"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_one_damage_is_one_fault(
    copied: Path, damage: Callable[[Tx], None], flaw: Flaw, words: str
) -> None:
    home = copied / COUNTY
    with opened(home) as tx:
        damage(tx)
    found = verify_home(home)
    assert not found.clean
    assert [fault.flaw for fault in found.faults] == [flaw], [f.sentence for f in found.faults]
    assert words in found.faults[0].sentence


def test_swapped_payloads_are_two_damages(copied: Path) -> None:
    home = copied / COUNTY
    with opened(home) as tx:
        one, two = _event(tx, "case.accepted"), _event(tx, "case.decided")
        _set(tx, one[0], payload=two[1])
        _set(tx, two[0], payload=one[1])
    found = verify_home(home)
    assert [fault.flaw for fault in found.faults] == [Flaw.PAYLOAD] * 2
    assert [fault.seq for fault in found.faults] == [2, 5]


@pytest.mark.parametrize("how", ["altered", "cut", "missing"])
def test_a_damaged_part_is_named(copied: Path, how: str) -> None:
    home = copied / VILLAGE
    file = next((home / PARTS).glob("??/*"))
    if how == "missing":
        file.unlink()
    else:
        body = file.read_bytes()
        file.write_bytes(_flip(body) if how == "altered" else body[:-20])
    found = verify_home(home)
    assert [fault.flaw for fault in found.faults] == [Flaw.PART], found.faults
    assert found.faults[0].hash in file.name


def test_another_root_proves_nothing(lived: Path) -> None:
    found = verify_home(lived / COUNTY, root=EventHash("a" * 64))
    assert [fault.flaw for fault in found.faults] == [Flaw.ROOT]
    assert found.unproven == found.events


async def test_a_node_at_work_is_verified_beside_it(tmp_path: Path) -> None:
    async with homes(tmp_path) as world:
        checking = asyncio.create_task(_check_thrice(world.home(VILLAGE)))
        taken = 0
        while not checking.done():
            await world.work.village.receive()
            taken += 1
        seen = await checking
    assert all(found.clean for found in seen), seen
    assert taken > 3
    assert verify_home(tmp_path / VILLAGE).parts == taken


async def _check_thrice(home: Path) -> list[Verification]:
    return [await asyncio.to_thread(verify_home, home) for _ in range(3)]
