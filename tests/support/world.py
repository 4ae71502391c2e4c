"""The seven nodes, their people, and the oracle.

The oracle is the protocol's executable model: after faults end and people adopt what waits, all
replicas are equal, exactly one node holds each stream, and no receipted event is lost.
"""

from collections import Counter

from federation import streams
from federation.kinds import in_line
from schemas.ids import EventHash, NodeId, StreamName
from tests.support.people import People
from tests.support.places import ALL, Place, V


class World(People):
    """All of them, the clock and the dice."""

    def check(self) -> Counter[str]:
        """Count what breaks the invariants."""
        wrong: Counter[str] = Counter()
        known = {me: {s.name: s for s in self.streams(p)} for me, p in self.places.items()}
        for name in {name for rows in known.values() for name in rows}:
            parties = {n for rows in known.values() if name in rows for n in rows[name].parties}
            audience = [me for me in ALL if in_line(frozenset(parties), me)]
            heads = {known[me][name].head if name in known[me] else None for me in audience}
            if len(heads) > 1:
                wrong["replicas differ"] += 1
            holding = [
                me for me in audience if name in known[me] and known[me][name].holder == me
                and self._speaks(self.places[me], me)
            ]  # fmt: skip
            if len(holding) > 1:
                wrong["two holders"] += 1
            if not holding:
                wrong["nobody holds"] += 1
        for _, event_hash in self.receipted:
            if not any(
                streams.has_event(p.tx, EventHash(event_hash)) for p in self.places.values()
            ) and not any(self._parked(p, event_hash) for p in self.places.values()):
                wrong["receipted event lost"] += 1
        return wrong

    @staticmethod
    def _parked(place: Place, event_hash: str) -> bool:
        found = place.tx.execute(
            "SELECT 1 FROM parked WHERE hash = ?", (bytes.fromhex(event_hash),)
        )
        return found.fetchone() is not None

    def close(self) -> None:
        for place in self.places.values():
            place.tx.close()


def begun(world: World, me: NodeId = V) -> StreamName:
    """Begin a case and let everyone on its line know it."""
    world.begin(me)
    world.settle()
    return world.streams(world.places[me])[-1].name


def row(place: Place, name: StreamName) -> streams.Stream:
    """Read the stream that a place has; it must have it."""
    found = streams.load(place.tx, name)
    assert found is not None
    return found
