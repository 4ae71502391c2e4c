"""The proof file of a stream: its envelopes, and the records that their keys rest on.

`gather` judges nothing; `verify_proof` trusts nothing but the root fingerprint.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import msgspec

from federation import streams
from federation.encoding import UNREADABLE, b64, unb64
from federation.envelope import read_envelope
from federation.errors import MalformedError, RejectedError
from federation.streams import Stream
from federation.verifying import Checked, Found, Verifier
from schemas.ids import EventHash, NodeId, StreamName, line_of, node_stream
from schemas.proofs import PROOF_FORMAT, ProofFile
from schemas.verification import Fault, Flaw, ProvenStream, Verification

MAX_PROOF_BYTES: Final = 64 << 20  # a case of a thousand events and its notes is some 2 MB


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


def verify_proof(raw: bytes, root: EventHash) -> Verification:
    """Check a proof file against the fingerprint `root`, which you have from elsewhere.

    Never raises for what the file holds: whatever is wrong is a fault.
    """
    if len(raw) > MAX_PROOF_BYTES:
        return _refused(root, "the file is too large to be a proof")
    try:
        proof = msgspec.json.decode(raw, type=ProofFile)
    except UNREADABLE as error:
        return _refused(root, f"the file is not a proof file: {error}")
    if proof.format != PROOF_FORMAT:
        return _refused(root, f"the file is of the form {proof.format!r}, not {PROOF_FORMAT!r}")
    if proof.root != root:
        text = f"the file was made for the root {proof.root[:12]}…, not {root[:12]}…"
        return _refused(root, text, Flaw.ROOT)
    return _verify(proof, root)


def _refused(root: EventHash, sentence: str, flaw: Flaw = Flaw.FORMAT) -> Verification:
    return Verification(root=root, clean=False, faults=(Fault(flaw=flaw, sentence=sentence),))


def _verify(proof: ProofFile, root: EventHash) -> Verification:
    verifier, unread = Verifier(root), list[Fault]()
    found = _by_stream("nodes", proof.nodes, unread)
    records = verifier.take_records(found, lost=len(unread))
    before = len(unread)
    found = _by_stream("events", proof.events, unread)
    subject = verifier.check(proof.stream, found.pop(proof.stream, []), lost=len(unread) - before)
    for name in sorted(found):
        sentence = f"the file holds events of {name} among those of {proof.stream}"
        unread.append(Fault(flaw=Flaw.FORMAT, sentence=sentence, stream=name))
    before = len(unread)
    found = _by_stream("notes", proof.notes, unread)
    lost = len(unread) - before
    others = [verifier.check(name, notes, lost=lost) for name, notes in found.items()]
    checked = (*records, subject, *others)
    faults = (*verifier.faults, *unread, *(fault for one in checked for fault in one.faults))
    if not proof.events:
        sentence = f"the file holds no event of {proof.stream}"
        faults = (*faults, Fault(flaw=Flaw.FORMAT, sentence=sentence, stream=proof.stream))
    unproven = sum(one.unproven for one in checked)
    return Verification(
        root=root,
        clean=not faults and not unproven,
        nodes=len(records),
        streams=1 + len(others),
        events=sum(len(one.events) for one in checked),
        unproven=unproven,
        waiting=sum(len(one.events) - len(one.counting) for one in checked if one.choice),
        disputes=sum(one.choice.dispute for one in checked if one.choice),
        faults=faults,
        proof=_proven(subject),
    )


def _proven(subject: Checked) -> ProvenStream | None:
    if subject.choice is None or not subject.path:
        return None
    counting = subject.counting
    head = counting[-1] if counting else None
    return ProvenStream(
        stream=subject.name,
        events=len(subject.events),
        counting=len(counting),
        head=head.hash if head else "",
        holder=head.event.holder if head else "",
        tip=subject.path[-1].hash,
    )


def _by_stream(
    where: str, texts: Sequence[str], unread: list[Fault]
) -> dict[StreamName, list[Found]]:
    """Sort envelopes by the stream that they name; what cannot be read is a fault."""
    found = defaultdict[StreamName, list[Found]](list)
    for number, text in enumerate(texts):
        try:
            raw = unb64(text)
            found[read_envelope(raw).event.stream].append(Found(raw))
        except (MalformedError, RejectedError) as error:
            sentence = f"entry {number} of `{where}` cannot be read: {error}"
            unread.append(Fault(flaw=Flaw.FORMAT, sentence=sentence))
    return dict(found)
