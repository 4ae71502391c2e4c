"""Which papers of a case are there, as its events and the notes of its window tell."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from federation import streams
from federation.streams import Verdict
from node.cases import store
from node.cases.caseview import CaseView
from node.cases.facts import read_materials
from node.database import Tx
from schemas.case_terms import MaterialGiven


@dataclass(frozen=True, slots=True)
class Brought:
    """A paper that was handed in, and when: milliseconds UTC, by the clock of the window."""

    paper: MaterialGiven
    at: int


def brought(tx: Tx, view: CaseView) -> Iterator[Brought]:
    """Tell of every paper that was handed in: those of the case itself, then those of notes."""
    stream = streams.load(tx, view.stream)
    if stream is None:
        return
    notes = streams.notes_about(tx, stream)
    for one in (stream, *notes):
        for stored in streams.events(tx, one):
            if stored.verdict is not Verdict.EFFECTIVE:
                continue
            for paper in read_materials(stored.event):
                if paper.parts or paper.originals or paper.copies:
                    yield Brought(paper, stored.event.at)


def given(tx: Tx, view: CaseView) -> Mapping[str, tuple[MaterialGiven, ...]]:
    """Gather what was handed in, by the material's code, the earliest first."""
    found: dict[str, tuple[MaterialGiven, ...]] = {}
    for one in brought(tx, view):
        found[one.paper.code] = (*found.get(one.paper.code, ()), one.paper)
    return found


def still_pending(tx: Tx, view: CaseView) -> tuple[str, ...]:
    """Name the papers that were accepted as pending and have not come, here or at the window."""
    if not view.law.pending:
        return ()
    brought = {code for note in store.notes(tx, view.stream) for code in note.materials}
    return tuple(code for code in view.law.pending if code not in brought)
