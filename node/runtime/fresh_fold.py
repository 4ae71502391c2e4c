"""A fresh fold: what a store's proven events say, in an empty scratch store of its own.

For `verify` alone. Events come proven and stream by stream: records, then the kinds that others
wait for, then the rest, notes last. Nothing of the store's own conclusions is looked at.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from federation.authority import Authority
from federation.envelope import Opened
from federation.fold import attempt
from federation.kinds import Kind, UnknownKind
from federation.records import NodeKind
from federation.streams import Stored, Verdict
from federation.verifying import Checked
from node.database import Tx, migrate, open_plain
from schemas.ids import EventHash, stream_kind


@dataclass(frozen=True, slots=True)
class Arrived:
    """What only the store knows of an event."""

    arrival: int
    received_at: int
    peer: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What the events of a stream do."""

    verdicts: Mapping[EventHash, Verdict]
    unjudged: bool


class FreshFold:
    """Folds stream after stream. Made by `fresh_fold`."""

    def __init__(self, tx: Tx, path: Path, kinds: Mapping[str, Kind]) -> None:
        self.path = path
        self.kinds: dict[str, Kind] = {**kinds, "node": NodeKind()}
        self._tx = tx
        self._unknown = UnknownKind()

    def kind(self, name: str) -> Kind:
        """Find the rules of a stream kind."""
        return self.kinds.get(name, self._unknown)

    def fold(self, checked: Checked, arrived: Mapping[EventHash, Arrived]) -> Judged:
        """Judge and fold the counting events of a sound stream."""
        kind = self.kind(stream_kind(checked.name))
        verdicts: dict[EventHash, Verdict] = {}
        unjudged = False
        for opened in checked.counting:
            judges = not unjudged or stream_kind(checked.name) == "node"
            verdict = self._step(kind, opened, arrived[opened.hash], judges=judges)
            unjudged = unjudged or verdict is Verdict.UNJUDGED
            verdicts[opened.hash] = verdict
        return Judged(verdicts, unjudged)

    def _step(self, kind: Kind, opened: Opened, arrived: Arrived, *, judges: bool) -> Verdict:
        """Fold one event; one at which the rules fail is not judged, as when it came."""
        verdict, name = Verdict.UNJUDGED, opened.event.stream

        def fold() -> None:
            nonlocal verdict
            if judges:
                verdict = kind.judge(self._tx, name, opened.event)
            kind.project(self._tx, name, _stored(opened, verdict, arrived))

        if attempt(self._tx, fold) is None:
            return verdict
        left = _stored(opened, Verdict.UNJUDGED, arrived)
        attempt(self._tx, lambda: kind.project(self._tx, name, left))
        return Verdict.UNJUDGED

    def write_authority(self, authority: Authority) -> None:
        """Write down whose keys are good."""
        write_authority(self._tx, authority)

    def commit(self) -> None:
        """Let other connections see it."""
        self._tx.execute("COMMIT")
        self._tx.execute("BEGIN")


def write_authority(tx: Tx, authority: Authority) -> None:
    """Write the tables of keys and revocations, which must be empty."""
    tx.executemany("INSERT INTO signers VALUES (?, ?, ?, ?, ?)", authority.signers())
    tx.executemany("INSERT INTO revocations VALUES (?, ?, ?, ?, ?, ?)", authority.revocations())


def _stored(opened: Opened, verdict: Verdict, arrived: Arrived) -> Stored:
    return Stored(
        opened.event, opened.hash, verdict, arrived.arrival, arrived.received_at, arrived.peer
    )


@contextmanager
def fresh_fold(kinds: Mapping[str, Kind]) -> Iterator[FreshFold]:
    """Open an empty scratch store, gone when the block ends."""
    with TemporaryDirectory(prefix="zhengwu-verify-") as folder:
        path = Path(folder) / "fresh.db"
        tx = open_plain(path, read_only=False)
        try:
            tx.execute("PRAGMA synchronous = OFF")  # nobody will ever miss it
            migrate(tx)
            tx.execute("BEGIN")
            yield FreshFold(tx, path, kinds)
        finally:
            tx.close()
