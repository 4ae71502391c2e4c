"""Whether this machine's clock can be believed, and what its neighbours' clocks say of it.

A clock that steps back blocks nobody. One that seems more than a day ahead, of the clock above us
or of when this node last saw the time itself, asks a person before people's acts are signed with
it (protocol §1.5): corrected, it is believed again; or the person says that it is right.
"""

from datetime import timedelta
from typing import Final

from federation import directory, links
from node.database import Tx
from node.errors import ClockInDoubtError
from node.work import Work
from schemas.ids import NodeId, parent_of

SEEN: Final = "clock_seen"
KEPT: Final = "clock_kept"
"""A person has said that our clock is right, and the one above us wrong."""
_MS: Final = timedelta(milliseconds=1)
MOST_AHEAD: Final = timedelta(days=1) // _MS  # protocol §1.5
TICK: Final = timedelta(hours=1) // _MS  # how often a running node writes down that it saw the time
ODD: Final = timedelta(minutes=15) // _MS  # beyond this a drift is a finding


def ahead(tx: Tx, me: NodeId, now: int) -> int:
    """Tell by how many milliseconds the clock is in doubt; 0 if it is not."""
    above = parent_of(me)
    link = links.load(tx, above) if above is not None else None
    if link is None:
        return 0
    if -link.drift > MOST_AHEAD and not _fact(tx, KEPT):
        return -link.drift
    seen = int(_fact(tx, SEEN) or 0)
    return now - seen if seen and now - seen > MOST_AHEAD else 0


def require_sound(work: Work) -> None:
    """Go on unless a person would sign with a doubtful clock. Raises `ClockInDoubtError`."""
    if work.actor.roles and (found := ahead(work.tx, work.me, work.now_ms)):
        raise ClockInDoubtError(found)


def look(tx: Tx, me: NodeId, now: int, *, compared: bool) -> bool:
    """Write down that the time was seen, and findings; say whether the clock is in doubt.

    `compared` says that the clock above us was asked since the doubt arose.
    """
    for link in links.load_all(tx):
        if abs(link.drift) > ODD:
            directory.note_finding(tx, "clock_drift", link.peer, "", now)
    above = parent_of(me)
    own = links.load(tx, above) if above is not None else None
    near = own is None or -own.drift <= MOST_AHEAD
    agreed = compared and near
    if near:
        tx.execute("DELETE FROM local_facts WHERE name = ?", (KEPT,))
    seen = int(_fact(tx, SEEN) or 0)
    if not seen or now < seen or TICK < now - seen <= MOST_AHEAD or (agreed and now - seen > TICK):
        _put(tx, SEEN, str(now))
    return ahead(tx, me, now) > 0


def confirm(tx: Tx, now: int) -> None:
    """A person has looked: the time is right."""
    _put(tx, SEEN, str(now))
    _put(tx, KEPT, "1")


def begin_at(tx: Tx, now: int) -> None:
    """A training clock was moved on purpose: what was measured before says nothing now."""
    _put(tx, SEEN, str(now))
    tx.execute("UPDATE links SET drift = 0")


def _fact(tx: Tx, name: str) -> str:
    row = tx.execute("SELECT value FROM local_facts WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else ""


def _put(tx: Tx, name: str, value: str) -> None:
    tx.execute("INSERT OR REPLACE INTO local_facts VALUES (?, ?)", (name, value))
