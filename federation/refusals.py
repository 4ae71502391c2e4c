"""Refused events: remembered, told to the author hop by hop, sent again when a person says so.

A refusal stops nothing: the link goes on behind it (protocol §4.3).
"""

import sqlite3
from typing import Final

from federation import links
from federation.errors import MalformedError
from federation.parcel import encode_entry
from schemas.ids import BadNameError, NodeId, next_hop, parse_node_id
from schemas.links import RefusalEntry

HASH_BYTES: Final = 32


def remember(
    tx: sqlite3.Connection, me: NodeId, entry: RefusalEntry, *, teller: NodeId, now: int
) -> None:
    """Keep what `teller` said was refused, and pass it on towards the author.

    At the author it is shown to a person, again if it was refused again. Raises `MalformedError` if
    the entry names no event or no author that we know a way to.
    """
    onward = _onward(me, entry)
    tx.execute(
        "INSERT INTO refusals VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (event, by_node) DO UPDATE SET"
        " reason = excluded.reason, at = excluded.at, settled = 0",
        (entry.event, entry.author, teller, entry.reason, now),
    )
    link = links.load(tx, onward) if onward is not None and onward != teller else None
    if link is not None:
        links.queue(tx, link.id, encode_entry(entry), now=now)


def _onward(me: NodeId, entry: RefusalEntry) -> NodeId | None:
    try:
        author = parse_node_id(entry.author)
        onward = None if author == me else next_hop(me, author)
    except BadNameError as error:
        raise MalformedError(str(error)) from None
    if len(entry.event) != HASH_BYTES:
        raise MalformedError("a refusal names no event")
    return onward


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
