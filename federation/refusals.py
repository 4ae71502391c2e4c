"""Refused events: remembered, told to the author hop by hop, sent again when a person says so.

A refusal stops nothing: the link goes on behind it (protocol §4.3).
"""

import sqlite3

from federation import links
from federation.parcel import encode_entry
from schemas.ids import NodeId, next_hop
from schemas.links import RefusalEntry


def remember(
    tx: sqlite3.Connection, me: NodeId, entry: RefusalEntry, *, teller: NodeId, now: int
) -> None:
    """Keep what `teller` said was refused, and pass it on towards the author.

    At the author it is shown to a person, again if it was refused again.
    """
    tx.execute(
        "INSERT INTO refusals VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (event, by_node) DO UPDATE SET"
        " reason = excluded.reason, at = excluded.at, settled = 0",
        (entry.event, entry.author, teller, entry.reason, now),
    )
    if entry.author == me:
        return
    onward = links.load(tx, next_hop(me, entry.author))
    if onward is not None and onward.peer != teller:
        links.queue(tx, onward.id, encode_entry(entry), now=now)


def resend(tx: sqlite3.Connection, event_hash: bytes, *, now: int) -> bool:
    """Send a refused event again, the same envelope under a new number; false if none was."""
    rows = tx.execute(
        "SELECT by_node FROM refusals WHERE event = ? AND settled = 0", (event_hash,)
    ).fetchall()
    again = False
    for (peer,) in rows:
        link = links.load(tx, NodeId(peer))
        if link is not None:
            again = links.queue_event(tx, link.id, event_hash, now=now) or again
    tx.execute("UPDATE refusals SET settled = 1 WHERE event = ?", (event_hash,))
    return again
