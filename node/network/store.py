"""Reads what the federation keeps of links and outboxes, for people. Writes nothing."""

from dataclasses import dataclass
from typing import Final

from node.database import Tx
from schemas.ids import NodeId, StreamName

MOST_COUNTED: Final = 10_000  # beyond, the number says nothing more and counting costs
MOST_LISTED: Final = 20  # cases named on the home page as not sent yet
MOST_FINDINGS: Final = 50


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


def refused(tx: Tx, peer: NodeId) -> int:
    """Count what this neighbour refused and nobody has settled."""
    row = tx.execute(
        "SELECT count(*) FROM refusals WHERE by_node = ? AND settled = 0", (peer,)
    ).fetchone()
    return int(row[0])


def findings(tx: Tx) -> tuple[Finding, ...]:
    """List the network's findings, latest first."""
    rows = tx.execute(
        "SELECT kind, subject, detail, at FROM network_findings ORDER BY id DESC LIMIT ?",
        (MOST_FINDINGS,),
    )
    return tuple(Finding(*row) for row in rows)
