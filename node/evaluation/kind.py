"""What a note of an evaluation does at a replica: whether it counts as one, its row, its part.

`node.cases.notes.NoteKind` reads all notes and hands these over, beside the case they speak of.
Which of two evaluations of one case counts is no verdict: the first by (instant of its event,
note), whichever came first to this node, so every replica that has both says the same.
"""

import sqlite3
from collections.abc import Iterable
from typing import Final

import msgspec

from federation import partstore, partwants
from federation.kinds import in_line
from federation.streams import Stored, Verdict
from node.cases import model as cases
from node.cases.caseview import CaseView
from node.evaluation import model, store
from schemas.evaluation import Evaluated
from schemas.events import Event
from schemas.ids import NodeId, PartDigest, StreamName

Tx = sqlite3.Connection
EVALUATED: Final = "note.evaluated"


def read_evaluation(event: Event) -> Evaluated | None:
    """Read what the note says; `None` if it is another note, or badly formed."""
    if event.kind != EVALUATED:
        return None
    try:
        said = msgspec.json.decode(event.data, type=Evaluated)
    except msgspec.DecodeError:
        return None
    sound = model.is_sound(said) and said.given_at <= event.at
    return said if sound and (said.comment is None or partstore.is_digest(said.comment)) else None


class EvaluationNotes:
    """The reader of notes about evaluations."""

    kind = EVALUATED

    def __init__(self, me: NodeId) -> None:
        self._me = me

    def judge(self, case: CaseView | None, event: Event) -> Verdict:
        """Say whether the author may have taken it: the case came through it, or lies below it.

        Of a visit: by the node that was visited alone. Judged by origin, place and way of the
        case, so every replica agrees; not while its way is not known here. Nobody evaluated a
        case before it was received.
        """
        said = read_evaluation(event)
        if said is None:
            return Verdict.UNJUDGED
        if not said.case:
            is_own = said.stream == f"node/{event.node}"
            return Verdict.EFFECTIVE if is_own else Verdict.INERT
        if case is None:
            return Verdict.UNJUDGED
        way = frozenset({case.origin, case.place, *(at for _, at in case.stages)})
        if in_line(way, event.node):
            too_early = model.is_before(case, said.given_at)
            return Verdict.INERT if too_early else Verdict.EFFECTIVE
        return Verdict.INERT if case.stages else Verdict.UNJUDGED

    def project(self, tx: Tx, case: CaseView | None, stored: Stored) -> None:
        """Remember it, and ask for what was written if this node handles the case."""
        event, said = stored.event, read_evaluation(stored.event)
        if stored.verdict is not Verdict.EFFECTIVE or said is None:
            return
        store.add(tx, store.Row(event.stream, event.seq, event.node, event.at, said))
        if said.comment is None or case is None or event.node == self._me:
            return
        if cases.entitled(case, self._me):
            comment = (said.comment,)
            partwants.want(tx, case.stream, comment, event.node, stored.received_at)

    def reset(self, tx: Tx, note: StreamName) -> None:
        """Forget the projection of one note stream."""
        store.forget(tx, note)

    def destroyed(
        self, tx: Tx, case: StreamName, digests: Iterable[PartDigest], now_ms: int
    ) -> None:
        """Nothing was made here of what was written."""
        del tx, case, digests, now_ms
