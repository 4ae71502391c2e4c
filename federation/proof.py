"""Gathers the proof file of a stream: its envelopes, and the records that their keys rest on.

Nothing is judged here; whoever checks the file trusts nothing but the root fingerprint.
"""

import sqlite3

from federation import streams
from federation.encoding import b64
from federation.streams import Stream
from schemas.ids import EventHash, NodeId, StreamName, line_of, node_stream
from schemas.proofs import ProofFile


def gather(tx: sqlite3.Connection, root: EventHash, name: StreamName) -> ProofFile | None:
    """Gather the proof of the stream `name`; `None` if it is not here."""
    stream = streams.load(tx, name)
    if stream is None:
        return None
    notes = streams.notes_about(tx, stream)
    parties = {party for one in (stream, *notes) for party in one.parties}
    places = {place for party in parties for place in line_of(party)}
    return ProofFile(
        root=root,
        stream=name,
        nodes=tuple(raw for place in _from_the_root(places) for raw in _record(tx, place)),
        events=_envelopes(tx, stream),
        notes=tuple(raw for note in notes for raw in _envelopes(tx, note)),
    )


def _from_the_root(places: set[NodeId]) -> list[NodeId]:
    return sorted(places, key=lambda place: (len(place), place))


def _record(tx: sqlite3.Connection, place: NodeId) -> tuple[str, ...]:
    stream = streams.load(tx, node_stream(place))
    return () if stream is None else _envelopes(tx, stream)


def _envelopes(tx: sqlite3.Connection, stream: Stream) -> tuple[str, ...]:
    return tuple(b64(raw) for raw in streams.envelopes(tx, stream))
