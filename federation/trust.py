"""What a change of a node's record does elsewhere: which keys are known and good, what counts.

Keys and revocations are weighed from the root down, by what is known and never by the order of
arrival, so every replica ends with the same answer (protocol §2.3): a record is written by nodes
above its subject, so the standing of a key rests on shorter codes alone.
"""

import sqlite3
from collections.abc import Callable

from federation import directory, streams
from federation.records import stated_key, taken_keys
from federation.streams import Stored
from schemas.events import Event
from schemas.ids import KeyId, NodeId, node_stream, stream_creator
from schemas.nodes import ROOT_REPLACED


class Trust:
    """Follows the node records; `choose` is the fold's: choose a stream's path anew and fold."""

    def __init__(self, choose: Callable[[sqlite3.Connection, int], None]) -> None:
        self._choose = choose

    def settle(self, tx: sqlite3.Connection, stored: Stored) -> None:
        """Carry a new event of a node's record into every stream that it bears on."""
        event = stored.event
        _note_key(tx, event)
        _note_revocation(tx, stored)
        self.carry(tx, stream_creator(event.stream))

    def carry(self, tx: sqlite3.Connection, subject: NodeId) -> None:
        """Weigh the keys of `subject`, and carry what changed into the streams that they wrote."""
        todo = {subject}
        others = set[int]()
        while todo:
            node = min(todo, key=lambda one: (len(one), one))
            todo.discard(node)
            for stream_id in _weigh(tx, node):
                stream = streams.load_by_id(tx, stream_id)
                if stream.kind == "node":
                    self._choose(tx, stream_id)
                    todo.add(stream_creator(stream.name))
                else:
                    others.add(stream_id)
        for stream_id in sorted(others):
            self._choose(tx, stream_id)


def _note_key(tx: sqlite3.Connection, event: Event) -> None:
    """A key that a record states on any branch verifies what it signed."""
    stated = stated_key(event)
    if stated is None:
        return
    subject = stream_creator(event.stream)
    key, public = stated
    tx.execute(
        "INSERT INTO signers VALUES (?, ?, ?, ?, 0) ON CONFLICT (key, node) DO UPDATE SET"
        " own = max(own, excluded.own)",
        (key, subject, public, event.node == subject),
    )


def _note_revocation(tx: sqlite3.Connection, stored: Stored) -> None:
    """A revocation by an ancestor counts on whatever branch of the record it stands."""
    event = stored.event
    subject = stream_creator(event.stream)
    for key in taken_keys(event):
        tx.execute(
            "INSERT OR IGNORE INTO revocations VALUES (?, ?, ?, ?, ?, 0)",
            (bytes.fromhex(stored.hash), subject, key, event.node, event.key),
        )


def _weigh(tx: sqlite3.Connection, node: NodeId) -> list[int]:
    """Weigh the revocations and the keys of a node; number the streams on which that bears."""
    revoked = _weigh_revocations(tx, node)
    given = {row[0] for row in tx.execute("SELECT key FROM node_keys WHERE node = ?", (node,))}
    found = set[int]()
    rows = tx.execute("SELECT key, own, good FROM signers WHERE node = ?", (node,)).fetchall()
    own_word = not _is_replaced(tx, node)
    for key, own, was in rows:
        good = (bool(own and own_word) or key in given) and key not in revoked
        if good != bool(was):
            tx.execute("UPDATE signers SET good = ? WHERE key = ? AND node = ?", (good, key, node))
            found.update(streams.by_key(tx, node, key))
    return sorted(found)


def _is_replaced(tx: sqlite3.Connection, node: NodeId) -> bool:
    """Say whether a root's own word for its keys is no longer enough: only what counts gives any.

    Else whoever has a stolen key could state another one with it.
    """
    found = tx.execute(
        "SELECT 1 FROM events e JOIN streams s ON s.id = e.stream WHERE s.name = ? AND e.kind = ?",
        (node_stream(node), ROOT_REPLACED),
    )
    return found.fetchone() is not None


def _weigh_revocations(tx: sqlite3.Connection, node: NodeId) -> set[KeyId]:
    """A revocation holds if its author's key is good or a recovery key, or if it counts."""
    rows = tx.execute(
        "SELECT r.event, r.key, r.author, r.author_key, e.verdict, e.kind = ? FROM revocations r"
        " JOIN events e ON e.hash = r.event WHERE r.node = ?",
        (ROOT_REPLACED, node),
    ).fetchall()
    revoked = set[KeyId]()
    for event, key, author, author_key, verdict, replaces in rows:
        holds = replaces or verdict != streams.Verdict.PENDING
        holds = bool(holds) or directory.is_good(tx, author, author_key)
        tx.execute(
            "UPDATE revocations SET effective = ?1 WHERE event = ?2 AND key = ?3"
            " AND effective <> ?1",
            (holds, event, key),
        )
        if holds:
            revoked.add(key)
    return revoked
