"""Drop everything derived and fold it again from the stored events, with their stored verdicts.

Signatures were checked when the events came, and are not checked again: that is `verify`'s. What is
no projection stays: events, links, accounts, papers, serials, drafts, answers.
"""

import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from federation import partstore, streams
from federation.authority import Authority
from federation.errors import DamagedStoreError, NoPartError
from federation.fold import attempt
from federation.kinds import Kind, UnknownKind
from federation.partstore import PartStore
from federation.records import NodeKind
from federation.streams import Stored, Verdict
from node.applicants import actions as applicants
from node.applicants.actions import Register
from node.database import Tx
from node.runtime.derived import DERIVED, GROUND
from node.runtime.fresh_fold import write_authority
from node.runtime.opening import Node, kinds_of, open_node
from schemas.events import Event
from schemas.ids import EventHash, NodeId, PartDigest, StreamName, stream_creator
from schemas.verification import Rebuilt

_EVENTS: Final = (
    "SELECT e.payload, e.hash, e.verdict, e.arrival, e.received_at, e.peer, s.kind FROM events e"
    " JOIN streams s ON s.id = e.stream WHERE"
)
log = logging.getLogger(__name__)
_decoder: Final = msgspec.json.Decoder(Event)


async def rebuild_home(home: Path) -> Rebuilt:
    """Rebuild the stopped node in `home`; its links begin anew (protocol §4.5).

    Raises `HomeInUseError`, `SettingsError`, `KeysError`.
    """
    async with open_node(home) as node:
        return await node.database.write(lambda tx: _rebuild_node(tx, node))


def _rebuild_node(tx: Tx, node: Node) -> Rebuilt:
    events = rebuild(tx, kinds_of(node.me))
    kept, unreadable = rebuild_applicants(tx, node.parts, node.register)
    node.link.renew_all(tx)
    return Rebuilt(
        node=node.me, events=events, tables=len(DERIVED), applicants=kept,
        unreadable_parts=unreadable,
    )  # fmt: skip


def rebuild(tx: Tx, kinds: Mapping[str, Kind]) -> int:
    """Fold every derived table again, in the caller's transaction; tell how many events count.

    In order of arrival: records first, then the kinds that others wait for or are reckoned by, then
    the rest. So each event finds what it was judged by.
    """
    granted = tx.execute("SELECT event FROM wishes WHERE granted = 1").fetchall()
    for one in DERIVED:
        tx.execute(f"DELETE FROM {one.table}")  # noqa: S608  # a name of ours
    first = {name for name, kind in kinds.items() if kind.unlocks or name in GROUND}
    rules: dict[str, Kind] = {**kinds, "node": NodeKind()}
    done = _fold(tx, rules, {"node"})
    write_authority(tx, _authority(tx))
    done += _fold(tx, rules, first)
    done += _fold(tx, rules, {"node", *first}, others=True)
    tx.executemany("UPDATE wishes SET granted = 1 WHERE event = ?", granted)
    return done


def _fold(tx: Tx, rules: Mapping[str, Kind], names: set[str], *, others: bool = False) -> int:
    """Fold the counting events of these kinds of streams, or of all `others`."""
    unknown, done = UnknownKind(), 0
    marks = ", ".join("?" * len(names))
    rows = tx.execute(
        f"{_EVENTS} e.verdict <> 0 AND s.kind {'NOT ' if others else ''}IN ({marks})"
        " ORDER BY e.arrival",
        sorted(names),
    )
    for payload, digest, verdict, arrival, received_at, peer, kind in rows:
        event = _decoder.decode(payload)
        named = EventHash(digest.hex())
        stored = Stored(event, named, Verdict(verdict), arrival, received_at, peer)
        fold = partial(rules.get(kind, unknown).project, tx, event.stream, stored)
        error = attempt(tx, fold)
        if error is not None:  # as when it came: what rules fail at stops no other stream
            log.error("kind.failed", exc_info=error, extra={"stream": event.stream})
        done += 1
    return done


def _authority(tx: Tx) -> Authority:
    """Weigh all keys again, from the root down."""
    authority = Authority(EventHash(""))
    names = tx.execute(
        "SELECT name FROM streams WHERE kind = 'node' ORDER BY length(name), name"
    ).fetchall()
    for (name,) in names:
        stream = streams.load(tx, StreamName(name))
        events = () if stream is None else streams.events(tx, stream)
        for stored in events:
            authority.note(stored.event, stored.hash)
        counting = {one.hash for one in events if one.verdict is not Verdict.PENDING}
        authority.weigh(NodeId(stream_creator(StreamName(name))), lambda c=counting: c)  # type: ignore[misc]
    return authority


class _Applied(msgspec.Struct, frozen=True):
    """Who applies, as the first event of a case names him, at a window or through the network."""

    applicant: PartDigest


def rebuild_applicants(tx: Tx, parts: PartStore, register: Register) -> tuple[int, int]:
    """Read again who applies, from the papers that are here; tell how many, and how many failed.

    What a damaged paper said is kept as it was.
    """
    kept = unreadable = 0
    rows = tx.execute(f"{_EVENTS} e.kind IN ('case.received', 'case.applied') ORDER BY e.arrival")
    for payload, *_ in rows:
        event = _decoder.decode(payload)
        try:
            digest = msgspec.json.decode(event.data, type=_Applied).applicant
        except msgspec.DecodeError:
            continue  # a newer version's, and not judged
        try:
            kept += _rebuild_applicant(tx, event.stream, digest, parts, register)
        except NoPartError:
            applicants.forget(tx, event.stream, digest)
        except DamagedStoreError:
            unreadable += 1
    return kept, unreadable


def _rebuild_applicant(
    tx: Tx, stream: StreamName, digest: PartDigest, parts: PartStore, register: Register
) -> int:
    if partstore.is_erased(tx, stream, digest):
        raise NoPartError(f"part {digest} was erased")
    part = parts.read(tx, digest)
    person = applicants.decode_person(part.content)
    if part.media != applicants.MEDIA or person is None:
        return 0
    applicants.keep(tx, stream, register.seal(digest, person))
    return 1
