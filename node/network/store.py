"""Reads what the federation keeps of links and outboxes, for people. Writes nothing."""

from dataclasses import dataclass
from typing import Final

from node.database import Tx
from schemas.ids import EventHash, KeyId, NodeId, StreamName, node_stream
from schemas.network import FailedEvent, ParkedFact

MOST_COUNTED: Final = 10_000  # beyond, the number says nothing more and counting costs
MOST_LISTED: Final = 20  # cases named on the home page as not sent yet
MOST_FINDINGS: Final = 50
MOST_FAILED: Final = 100  # on one page; whoever has more has one cause for all of them
MOST_PARKED: Final = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case whose event waits for a neighbour."""

    stream: StreamName
    peer: NodeId


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the network that a person should see."""

    kind: str
    subject: str
    detail: str
    at: int


def unsent(tx: Tx) -> int:
    """Count the events that wait for a neighbour's receipt, up to 10,000."""
    row = tx.execute(
        "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE event IS NOT NULL LIMIT ?)",
        (MOST_COUNTED,),
    ).fetchone()
    return int(row[0])


def last_contact(tx: Tx) -> int | None:
    """When any neighbour was last heard: milliseconds UTC; `None` if none ever was."""
    row = tx.execute("SELECT max(last_contact) FROM links").fetchone()
    return int(row[0]) if row[0] else None


def waiting_cases(tx: Tx) -> tuple[Waiting, ...]:
    """Name the cases that wait to be sent on, longest waiting first; the first 20."""
    rows = tx.execute(
        "SELECT s.name, l.peer FROM outbox o JOIN events e ON e.arrival = o.event"
        " JOIN streams s ON s.id = e.stream JOIN links l ON l.id = o.link"
        " WHERE s.kind = 'case' GROUP BY s.id, l.id ORDER BY min(o.id) LIMIT ?",
        (MOST_LISTED,),
    )
    return tuple(Waiting(StreamName(name), NodeId(peer)) for name, peer in rows)


def unsent_to(tx: Tx, stream: StreamName) -> tuple[NodeId, ...]:
    """Name the neighbours that have not acknowledged all that this stream owes them."""
    rows = tx.execute(
        "SELECT DISTINCT l.peer FROM streams s JOIN events e ON e.stream = s.id"
        " JOIN outbox o ON o.event = e.arrival JOIN links l ON l.id = o.link WHERE s.name = ?",
        (stream,),
    )
    return tuple(NodeId(peer) for (peer,) in rows)


def refused(tx: Tx, peer: NodeId) -> int:
    """Count what this neighbour refused and nobody has settled."""
    row = tx.execute(
        "SELECT count(*) FROM refusals WHERE by_node = ? AND settled = 0", (peer,)
    ).fetchone()
    return int(row[0])


def refused_in_all(tx: Tx) -> int:
    """Count what neighbours refused and nobody has settled, up to 10,000."""
    row = tx.execute(
        "SELECT count(*) FROM (SELECT 1 FROM refusals WHERE settled = 0 LIMIT ?)", (MOST_COUNTED,)
    ).fetchone()
    return int(row[0])


def findings(tx: Tx) -> tuple[Finding, ...]:
    """List the network's findings, latest first."""
    rows = tx.execute(
        "SELECT kind, subject, detail, at FROM network_findings ORDER BY id DESC LIMIT ?",
        (MOST_FINDINGS,),
    )
    return tuple(Finding(*row) for row in rows)


def failed(tx: Tx) -> tuple[FailedEvent, ...]:
    """List what was refused and not sent again, latest first; the first 100."""
    rows = tx.execute(
        "SELECT r.event, s.name, r.author, r.by_node, r.reason, r.at FROM refusals r"
        " LEFT JOIN events e ON e.hash = r.event LEFT JOIN streams s ON s.id = e.stream"
        " WHERE r.settled = 0 ORDER BY r.at DESC LIMIT ?",
        (MOST_FAILED,),
    )
    return tuple(
        FailedEvent(
            event=EventHash(event.hex()), stream=StreamName(stream) if stream else None,
            author=NodeId(author), by=NodeId(by), reason=reason, at=at,
        )
        for event, stream, author, by, reason, at in rows
    )  # fmt: skip


def parked(tx: Tx) -> tuple[ParkedFact, ...]:
    """List what waits for something missing, longest waiting first; the first 20."""
    rows = tx.execute(
        "SELECT stream, wants, peer, received_at FROM parked ORDER BY received_at LIMIT ?",
        (MOST_PARKED,),
    )
    return tuple(
        ParkedFact(stream=StreamName(stream), wants=wants, peer=peer, since=since)
        for stream, wants, peer, since in rows
    )


def holds(tx: Tx, node: NodeId) -> int:
    """Count the cases that a node holds, up to 10,000."""
    row = tx.execute(
        "SELECT count(*) FROM (SELECT 1 FROM streams WHERE holder = ? AND kind = 'case' LIMIT ?)",
        (node, MOST_COUNTED),
    ).fetchone()
    return int(row[0])


def key_since(tx: Tx, node: NodeId, key: KeyId) -> int:
    """When this node learned of a key: milliseconds UTC; 0 if its record does not give it."""
    row = tx.execute(
        "SELECT sealing FROM node_keys WHERE node = ? AND key = ?", (node, key)
    ).fetchone()
    if row is None:
        return 0
    heard = tx.execute(
        "SELECT min(e.received_at) FROM events e JOIN streams s ON s.id = e.stream"
        " WHERE s.name = ? AND instr(e.payload, ?)",
        (node_stream(node), row[0].encode()),
    ).fetchone()
    return int(heard[0] or 0)
