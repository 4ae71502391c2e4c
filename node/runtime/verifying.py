"""Verify a node's whole store, believing nothing but the root's fingerprint.

Every event of every stream is checked from its bytes (`federation.verifying`); then everything that
the store concludes from them is compared with a fresh conclusion: the index of events, the row of
each stream, every verdict, every derived table. Streaming: one stream in memory at a time, and the
records. Works on a stopped node and beside a running one, on one read snapshot.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from federation.envelope import Opened, pack
from federation.errors import DamagedStoreError
from federation.identity import load_identity
from federation.kinds import Kind, UnknownKind
from federation.partstore import PartStore
from federation.streams import NO_HASH_BYTES, Verdict
from federation.verifying import Checked, Found, Verifier
from node.database import Tx, open_plain
from node.runtime import holdings
from node.runtime.derived import DERIVED, GROUND, differing
from node.runtime.fresh_fold import Arrived, FreshFold, Judged, fresh_fold
from node.runtime.opening import DATABASE, KEYS, PARTS, kinds_of
from node.settings import load_settings
from schemas.ids import EventHash, NodeId, StreamName
from schemas.verification import Fault, Flaw, ParkedEvent, Verification

MAX_FAULTS: Final = 1000  # listed; a store with more is put back from a backup, not mended
_WORDS: Final = {
    Verdict.PENDING: "not counting",
    Verdict.EFFECTIVE: "effective",
    Verdict.INERT: "inert",
    Verdict.UNJUDGED: "not judged",
}
_ROW: Final = (
    "id, name, kind, head, head_seq, holder, tip, tip_seq, parties, forked, dispute, unjudged,"
    " (SELECT a.name FROM streams a WHERE a.id = s.about)"
)


@dataclass(frozen=True, slots=True)
class _Index:
    """What the row of an event says beside the payload."""

    found: Found
    arrived: Arrived
    verdict: int
    columns: tuple[str, str, str, str, str]
    """prev, node, key, kind, holder."""


def verify_home(home: Path, *, root: EventHash | None = None) -> Verification:
    """Verify the node in `home`, running or not, against `root` (else the one of its settings).

    Raises `SettingsError`, `KeysError`, `OSError`, and `DamagedStoreError` for a file that is no
    store any more.
    """
    settings = load_settings(home)
    if not (home / DATABASE).is_file():
        raise FileNotFoundError(f"{home / DATABASE} does not exist")
    parts = PartStore(home / PARTS, load_identity(home / KEYS, settings.node))
    try:
        return _verify(home, settings.node, root or EventHash(settings.root), parts)
    except sqlite3.DatabaseError as error:
        raise DamagedStoreError(f"{home / DATABASE} is damaged: {error}") from error


def _verify(home: Path, me: NodeId, root: EventHash, parts: PartStore) -> Verification:
    with (
        fresh_fold(kinds_of(me)) as fresh,
        closing(open_plain(home / DATABASE, read_only=True)) as tx,
    ):
        tx.execute("ATTACH ? AS fresh", (str(fresh.path),))
        tx.execute("BEGIN")
        check = StoreCheck(tx, fresh, root)
        check.streams()
        check.rest(me, parts, home / DATABASE)
        return check.result()


class StoreCheck:
    """One check of one store. `tx` is a snapshot of it, with the fresh fold attached as `fresh`."""

    def __init__(self, tx: Tx, fresh: FreshFold, root: EventHash) -> None:
        self._tx = tx
        self._fresh = fresh
        self._root = root
        self._verifier = Verifier(root)
        self._faults: list[Fault] = []
        self._more = 0
        self._unsound: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._parked: tuple[ParkedEvent, ...] = ()

    def streams(self) -> None:
        """Check every stream, then what was folded from them."""
        names = self._tx.execute("SELECT id, name FROM streams WHERE kind = 'node'").fetchall()
        records = {
            StreamName(name): {row.found.hash: row for row in self._events(stream_id)}
            for stream_id, name in names
        }
        found = {name: [row.found for row in rows.values()] for name, rows in records.items()}
        checked = self._verifier.take_records(found)
        for fault in self._verifier.faults:
            self._note(fault)
        for one in checked:
            self._take(one, records[one.name].values())
        self._counts["nodes"] += len(checked)
        self._fresh.write_authority(self._verifier.authority)
        for stream_id, name in self._others():
            rows = list(self._events(stream_id))
            self._take(self._verifier.check(name, [row.found for row in rows]), rows)
        self._orphans()
        self._compare()

    def rest(self, me: NodeId, parts: PartStore, path: Path) -> None:
        """Check parts, links and what is parked; `path` is the store's."""
        for part_fault in holdings.parts(self._tx, parts, path):
            self._counts["parts"] += 1
            if part_fault is not None:
                self._note(part_fault)
        count, faults = holdings.lines(self._tx, me, events_lost=bool(self._faults))
        self._counts["links"] += count
        waiting, self._parked, more = holdings.parked(self._tx)
        self._counts["parked"] += waiting
        for fault in (*faults, *more):
            self._note(fault)

    def result(self) -> Verification:
        """Give what was found."""
        counts = self._counts
        return Verification(
            root=self._root,
            clean=not self._faults and not counts["unproven"],
            nodes=counts["nodes"],
            streams=counts["streams"],
            events=counts["events"],
            unproven=counts["unproven"],
            waiting=counts["waiting"],
            disputes=counts["disputes"],
            parts=counts["parts"],
            links=counts["links"],
            parked=counts["parked"],
            parked_events=self._parked,
            faults=tuple(self._faults),
            more_faults=self._more,
        )

    # --- streams

    def _others(self) -> Iterator[tuple[int, StreamName]]:
        """Name every other stream: first those that others wait for, last those about others."""
        kinds = self._fresh.kinds.items()
        first = [name for name, kind in kinds if kind.unlocks or name in GROUND]
        marks = ", ".join("?" * len(first))
        yield from self._tx.execute(
            f"SELECT id, name FROM streams WHERE kind <> 'node'"  # noqa: S608
            f" ORDER BY kind NOT IN ({marks}), about IS NOT NULL, id",
            first,
        )

    def _events(self, stream_id: int) -> Iterator[_Index]:
        rows = self._tx.execute(
            "SELECT seq, hash, payload, signature, arrival, received_at, peer, verdict, prev, node,"
            " key, kind, holder FROM events WHERE stream = ? ORDER BY seq, arrival",
            (stream_id,),
        )
        for seq, digest, payload, signature, arrival, at, peer, verdict, prev, *columns in rows:
            named = EventHash(digest.hex())
            found = Found(pack(payload, signature), payload, named, seq)
            yield _Index(found, Arrived(arrival, at, peer), verdict, (prev.hex(), *columns))

    def _take(self, checked: Checked, rows: Iterable[_Index]) -> None:
        index = {row.found.hash: row for row in rows}
        self._counts["streams"] += 1
        self._counts["events"] += len(index)
        self._counts["unproven"] += checked.unproven
        for fault in checked.faults:
            self._note(fault)
        if checked.choice is None:
            self._unsound.add(checked.name)
            return
        self._counts["waiting"] += len(checked.events) - len(checked.counting)
        self._counts["disputes"] += int(checked.choice.dispute)
        arrived = {name: row.arrived for name, row in index.items() if name is not None}
        judged = self._fresh.fold(checked, arrived)
        for named, opened in checked.events.items():
            self._compare_event(opened, index[named], judged)
        self._compare_row(checked, judged)

    def _compare_event(self, opened: Opened, row: _Index, judged: Judged) -> None:
        event = opened.event
        said = (event.prev, event.node, event.key, event.kind, event.holder)
        where = f"event {event.seq} of {event.stream} ({opened.hash[:12]}…)"
        if said != row.columns or event.seq != row.found.seq:
            self._stream_fault(Flaw.ROW, f"{where} is indexed otherwise than it reads", opened)
        verdict = judged.verdicts.get(opened.hash, Verdict.PENDING)
        if verdict != row.verdict:
            stored = _WORDS.get(row.verdict, str(row.verdict))  # type: ignore[call-overload]
            text = f"{where} is stored as {stored}, but by its stream it is {_WORDS[verdict]}"
            self._stream_fault(Flaw.VERDICT, text, opened)

    def _stream_fault(self, flaw: Flaw, sentence: str, opened: Opened) -> None:
        event = opened.event
        self._note(
            Fault(
                flaw=flaw, sentence=sentence, stream=event.stream, seq=event.seq, hash=opened.hash
            )
        )

    def _compare_row(self, checked: Checked, judged: Judged) -> None:
        row = self._tx.execute(
            f"SELECT {_ROW} FROM streams s WHERE name = ?",  # noqa: S608
            (checked.name,),
        ).fetchone()
        sentence = _row_fault(checked, judged, row, self._fresh.kinds)
        if sentence:
            self._unsound.add(checked.name)  # what was folded by a wrong row is wrong with it
            self._note(Fault(flaw=Flaw.ROW, sentence=sentence, stream=checked.name))

    def _orphans(self) -> None:
        lost = self._tx.execute(
            "SELECT count(*) FROM events WHERE stream NOT IN (SELECT id FROM streams)"
        ).fetchone()[0]
        if lost:
            self._note(Fault(flaw=Flaw.ROW, sentence=f"{lost} events are of no stream"))

    def _compare(self) -> None:
        """Compare each derived table with its fresh fold, but for streams that are unsound."""
        self._fresh.commit()
        for one in DERIVED:
            if not one.stream and self._unsound:
                continue
            for stream in differing(self._tx, one, "fresh"):
                if stream in self._unsound:
                    continue
                what = f"the rows of {stream}" if stream else "the sums"
                sentence = f"{what} in table {one.table} are not what the events say"
                self._note(Fault(flaw=Flaw.PROJECTION, sentence=sentence, stream=stream))

    def _note(self, fault: Fault) -> None:
        if len(self._faults) < MAX_FAULTS:
            self._faults.append(fault)
        else:
            self._more += 1


def _row_fault(
    checked: Checked, judged: Judged, row: tuple[object, ...], kinds: Mapping[str, Kind]
) -> str:
    """Say in one sentence what the row of a stream has wrong; empty if nothing."""
    pairs = {
        what: (stored, proven) for what, stored, proven in _row_of(checked, judged, row, kinds)
    }
    tip = pairs["tip"][0]
    if isinstance(tip, bytes) and tip != NO_HASH_BYTES and tip.hex() not in checked.events:
        number = pairs["tip_seq"][0]
        return f"event {number} of {checked.name} ({_shown(tip)}), its last by its row, is not here"
    wrong = [
        f"{what} {_shown(stored)} where its events say {_shown(proven)}"
        for what, (stored, proven) in pairs.items()
        if stored != proven
    ]
    return f"the row of {checked.name} says {'; '.join(wrong)}" if wrong else ""


def _row_of(
    checked: Checked, judged: Judged, row: tuple[object, ...], kinds: Mapping[str, Kind]
) -> Iterator[tuple[str, object, object]]:
    """Pair what the row of a stream says with what its events prove."""
    (_, name, kind, head, head_seq, holder, tip, tip_seq, parties, forked, dispute, unjudged,
     about) = row  # fmt: skip
    path, counting = checked.path, checked.counting
    last = counting[-1] if counting else None
    events = [opened.event for opened in checked.events.values()]
    yield "kind", kind, str(name).split("/")[0]
    yield "head", head, bytes.fromhex(last.hash) if last else NO_HASH_BYTES
    yield "head_seq", head_seq, last.event.seq if last else -1
    yield "holder", holder, last.event.holder if last else ""
    yield "tip", tip, bytes.fromhex(path[-1].hash) if path else NO_HASH_BYTES
    yield "tip_seq", tip_seq, path[-1].event.seq if path else -1
    everyone = {event.node for event in events} | {event.holder for event in events}
    yield "parties", parties, " ".join(sorted(everyone))
    yield "forked", bool(forked), checked.choice.forked if checked.choice else False
    yield "dispute", bool(dispute), checked.choice.dispute if checked.choice else False
    yield "unjudged", bool(unjudged), judged.unjudged
    subjects = [kinds.get(str(kind), UnknownKind()).about(e) for e in events if e.seq == 0]
    yield "about", about, about if about in subjects else next(iter(subjects), None)


def _shown(value: object) -> str:
    return f"{value.hex()[:12]}…" if isinstance(value, bytes) else repr(value)
