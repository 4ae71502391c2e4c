"""Which release this node holds whole: all that concerns it, at the heads that the release means.

Until a release is here whole the one before stays in force, so no window works with half of one.
What is held is never taken back: a branch in one stream takes no other out of force.
"""

import sqlite3
from collections.abc import Mapping

from node.releases import model, store
from schemas.ids import EventHash, NodeId, StreamName

Tx = sqlite3.Connection


def numbers(tx: Tx) -> Mapping[StreamName, int]:
    """Tell the newest release held whole, by the publisher's stream of releases."""
    return store.held_numbers(tx)


def look(tx: Tx, stream: StreamName, me: NodeId) -> None:
    """See anew which release of a publisher this node holds whole."""
    depth, held = model.depth_at(me), store.held_number(tx, stream)
    newest = number = store.latest(tx, stream)
    lacking = left = store.missing(tx, stream, newest, depth) if newest else 0
    while left and number > held:
        number -= 1
        left = store.missing(tx, stream, number, depth) if number > held else 0
    store.set_held(tx, stream, number, lacking)


def arrived(tx: Tx, event: EventHash, me: NodeId) -> None:
    """A stream has got a new event: it may be the last that a release waited for."""
    for stream in store.told(tx, event):
        look(tx, stream, me)


def catch_up(tx: Tx, me: NodeId) -> None:
    """See anew what is not held whole: what came on a branch is told by nobody."""
    for stream in store.incomplete(tx):
        look(tx, stream, me)


def is_behind(tx: Tx) -> bool:
    """Say whether something of a newest release is not here."""
    return bool(store.incomplete(tx))
