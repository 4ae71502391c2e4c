"""What a store holds besides streams: papers, links, and what waits; each checked by itself."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from federation import links
from federation.envelope import read_envelope
from federation.errors import DamagedStoreError, RejectedError
from federation.links import LinkRow
from federation.partstore import KeptPart, PartStore
from node.database import open_plain
from schemas.ids import EventHash, NodeId, PartDigest, StreamName, parent_of
from schemas.verification import Fault, Flaw, ParkedEvent

Tx = sqlite3.Connection

PARKED_SHOWN: Final = 100
_HASH_BYTES: Final = 32


def parts(tx: Tx, store: PartStore, path: Path) -> Iterator[Fault | None]:
    """Open every part: its file is there, it opens under its key, and its digest is right.

    One step a part, `None` if nothing is wrong with it. `path` is the store's: a part that was
    erased since the snapshot `tx` was taken is gone rightly.
    """
    rows = tx.execute(
        "SELECT k.digest, k.file, k.wrapped, k.chunks, k.stream, e.digest IS NOT NULL"
        " FROM part_keys k LEFT JOIN part_erasures e"
        " ON e.digest = k.digest AND e.stream = k.stream ORDER BY k.id"
    )
    for digest, file, wrapped, chunks, stream, erased in rows:
        kept = KeptPart(PartDigest(digest.hex()), file, wrapped, chunks)
        where = f"part {kept.digest[:12]}…" + (f" of {stream}" if stream else "")
        text = "was erased, yet its key is still here" if erased else _part_fault(store, kept)
        if text is None or not _is_kept_still(path, digest, file):
            yield None
            continue
        yield Fault(flaw=Flaw.PART, sentence=f"{where} {text}", stream=stream, hash=kept.digest)


def _is_kept_still(path: Path, digest: bytes, file: str) -> bool:
    with closing(open_plain(path, read_only=True)) as now:
        row = now.execute("SELECT 1 FROM part_keys WHERE digest = ? AND file = ?", (digest, file))
        return row.fetchone() is not None


def _part_fault(store: PartStore, kept: KeptPart) -> str | None:
    try:
        store.load(kept)
    except DamagedStoreError as error:
        return f"cannot be read: {error}"
    return None


def parked(tx: Tx) -> tuple[int, tuple[ParkedEvent, ...], list[Fault]]:
    """Count what waits, show the longest waiting, and name what is damaged."""
    count = int(tx.execute("SELECT count(*) FROM parked").fetchone()[0])
    shown: list[ParkedEvent] = []
    faults: list[Fault] = []
    rows = tx.execute(
        "SELECT hash, wants, stream, peer, received_at, raw FROM parked ORDER BY received_at, hash"
    )
    for digest, wants, stream, peer, received_at, raw in rows:
        named = EventHash(digest.hex())
        if not _is_whole(raw, named):
            sentence = f"the parked event {named[:12]}… of {stream} is not the one it is named by"
            fault = Fault(flaw=Flaw.PAYLOAD, sentence=sentence, stream=stream, hash=named)
            faults.append(fault)
        if len(shown) < PARKED_SHOWN:
            one = ParkedEvent(
                stream=StreamName(stream), hash=named, wants=wants, peer=peer,
                received_at=received_at,
            )  # fmt: skip
            shown.append(one)
    return count, tuple(shown), faults


def _is_whole(raw: bytes, named: EventHash) -> bool:
    try:
        return read_envelope(raw).hash == named
    except RejectedError:
        return False


def lines(tx: Tx, me: NodeId, *, events_lost: bool) -> tuple[int, list[Fault]]:
    """Check the numbers of every link: an impossible one would begin a new epoch.

    With `events_lost`, that the outbox leads to some of them is no news.
    """
    faults: list[Fault] = []
    try:
        found = links.load_all(tx)
    except msgspec.DecodeError:
        sentence = "a link's list of refusals cannot be read"
        return 0, [Fault(flaw=Flaw.LINK, sentence=sentence)]
    faults += [
        Fault(flaw=Flaw.LINK, sentence=f"the link to {link.peer} {text}")
        for link in found
        for text in _link_faults(link, me)
    ]
    lost = tx.execute(
        "SELECT count(*) FROM outbox o LEFT JOIN events e ON e.arrival = o.event"
        " LEFT JOIN links l ON l.id = o.link WHERE l.id IS NULL"
        " OR (o.entry IS NULL) = (o.event IS NULL)"
        " OR (o.entry IS NULL AND e.arrival IS NULL AND NOT ?)",
        (events_lost,),
    ).fetchone()[0]
    if lost:
        sentence = f"the outbox holds {lost} rows that lead to no link or no event"
        faults.append(Fault(flaw=Flaw.LINK, sentence=sentence))
    return len(found), faults


def _link_faults(link: LinkRow, me: NodeId) -> Iterator[str]:
    if min(link.settled, link.taken, link.serial, link.seen_serial) < 0:
        yield "has a negative number"
    if len(link.nonce) != links.NONCE_BYTES or len(link.retired) % links.NONCE_BYTES:
        yield "has a nonce of impossible size"
    if not link.epoch:
        return
    child_first = parent_of(me) == link.peer
    both = link.nonce + link.peer_nonce if child_first else link.peer_nonce + link.nonce
    if hashlib.sha256(both).digest() != link.epoch:
        yield "has an epoch that its nonces do not give"
    for what, number, head in (
        ("settled", link.settled, link.settled_head),
        ("taken", link.taken, link.taken_head),
    ):
        if len(head) != _HASH_BYTES or (number == 0) != (head == link.epoch):
            yield f"has a head that cannot belong to {what} entry {number}"
