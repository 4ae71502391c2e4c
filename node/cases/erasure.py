"""销毁材料: have the papers of a closed case destroyed wherever they are, and see who has done so.

An operator's act, at the node that decides such cases or above it. Its event is a note; each node
that has a paper destroys key, copy and search hashes as the note arrives, and answers once with a
note of its own. The chain stays valid: events name papers by digest alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from federation import partstore, recovery, streams
from federation.streams import Stored, Verdict
from node.cases import destroying, facts, notes, store
from node.cases.caseview import CaseView
from node.cases.destroying import PartNote
from node.cases.kind import read_fact
from node.cases.model import Sight
from node.cases.store import Reader, Tx
from node.cases.transitions import HOME_IS_HOLDER
from node.errors import BadInputError, NotAllowedError, NotClosedError, NotFoundError
from node.work import Work
from schemas.cases import CaseState
from schemas.cases_api import CaseParts, EraseParts, PartStanding
from schemas.events import HolderAdopted, HolderReclaimed
from schemas.ids import NodeId, PartDigest, StreamName
from schemas.parts import ErasureDone, PartErased, PartsReceived
from schemas.reasons import Reason
from schemas.staff import Role

REASONS: Final = frozenset({Reason.RETENTION_ENDED, Reason.APPLICANT_ASKED, Reason.BY_MISTAKE})
DIGESTS_A_NOTE: Final = 500  # of 67 bytes each: an envelope holds 64 KiB


# ---- what people do


def erase(work: Work, reference: str, form: EraseParts) -> CaseParts:
    """Have papers destroyed, all that the case names or those of `form`. There is no way back.

    Raises `NotAllowedError` unless an operator asks at a node that decides the case or above it,
    `NotFoundError`, `NotClosedError`, `BadInputError`.
    """
    view = _find(work, reference)
    if not destroying.may_erase(view, work.me):
        raise NotAllowedError("papers are destroyed by who decides the case, or above")
    if view.state is not CaseState.CLOSED and view.state not in HOME_IS_HOLDER:
        raise NotClosedError(view.state)
    if form.reason not in REASONS:
        raise BadInputError({"reason": "unknown" if form.reason else "missing"})
    digests = [one for one in _chosen(work.tx, view, form) if not _is_told(work.tx, view, one)]
    for start in range(0, len(digests), DIGESTS_A_NOTE):
        some = tuple(digests[start : start + DIGESTS_A_NOTE])
        note = PartErased(stream=view.stream, digests=some, reason=form.reason)
        work.begin("note", note, holder=work.me)  # its own stream: nothing unknown stands before it
    work.touched.append(view.stream)
    return _standing(work.tx, view)


def parts_of(work: Work, reference: str) -> CaseParts:
    """List a case's papers, and who has destroyed which: for the operator.

    Raises `NotAllowedError`, `NotFoundError`.
    """
    return _standing(work.tx, _find(work, reference))


def _find(work: Work, reference: str) -> CaseView:
    """Find any case here, by number or stream: an operator sees nothing of it but digests."""
    if Role.OPERATOR not in work.actor.roles:
        raise NotAllowedError("papers are listed and destroyed by the operator")
    view = store.find(work.tx, reference, Reader(work.me, Sight.ALL, None))
    if view is None:
        raise NotFoundError(f"case {reference}")
    return view


def _chosen(tx: Tx, view: CaseView, form: EraseParts) -> Iterable[PartDigest]:
    named = _named(tx, view.stream)
    if form.all == bool(form.digests):
        raise BadInputError({"digests": "missing" if not form.all else "not_with_all"})
    unknown = {f"digests.{one[:80]}": "unknown" for one in form.digests if one not in named}
    if unknown:
        raise BadInputError(unknown)
    return named if form.all else tuple(dict.fromkeys(form.digests))


def _is_told(tx: Tx, view: CaseView, digest: PartDigest) -> bool:
    return partstore.is_erased(tx, view.stream, digest)


# ---- what the node answers by itself


def owes_answers(tx: Tx) -> bool:
    """Say whether something was destroyed here and not yet answered for."""
    return bool(partstore.unanswered(tx)) and not recovery.is_recovering(tx)


def answer(work: Work) -> None:
    """Say once, for each case, which papers are gone here: those that this node had.

    The files must be gone already. A restored node waits until its own notes have come back.
    """
    if recovery.is_recovering(work.tx):
        return
    for name, group in groupby(partstore.unanswered(work.tx), key=lambda one: one.stream):
        heard = _hear(work.tx, name)
        mine = tuple(
            one.digest
            for one in group
            if (one.held or work.me in heard.received.get(one.digest, ()))
            and work.me not in heard.done.get(one.digest, ())
        )
        for start in range(0, len(mine), DIGESTS_A_NOTE):
            some = mine[start : start + DIGESTS_A_NOTE]
            work.begin("note", ErasureDone(stream=name, digests=some), holder=work.me)
        work.touched.append(name)
        partstore.answered(work.tx, name)


# ---- how it stands


@dataclass(slots=True)
class _Heard:
    """What the notes about a case say of its parts, by digest."""

    received: dict[PartDigest, list[NodeId]] = field(default_factory=dict)
    done: dict[PartDigest, list[NodeId]] = field(default_factory=dict)
    erased: dict[PartDigest, tuple[Stored, PartErased]] = field(default_factory=dict)


def _hear(tx: Tx, stream: StreamName) -> _Heard:
    heard = _Heard()
    for stored, said in _notes(tx, stream):
        for digest in said.digests:
            match said:
                case PartsReceived():
                    heard.received.setdefault(digest, []).append(stored.event.node)
                case ErasureDone():
                    heard.done.setdefault(digest, []).append(stored.event.node)
                case PartErased():
                    heard.erased.setdefault(digest, (stored, said))
    return heard


def _notes(tx: Tx, stream: StreamName) -> Iterator[tuple[Stored, PartNote]]:
    subject = streams.load(tx, stream)
    for note in streams.notes_about(tx, subject) if subject else ():
        for stored in streams.events(tx, note):
            said = destroying.read_note(stored.event)
            if said is not None and stored.verdict is Verdict.EFFECTIVE:
                yield stored, said


def _named(tx: Tx, stream: StreamName) -> dict[PartDigest, NodeId]:
    """Name the parts of every event that counts, each with who brought it, in order."""
    found = streams.load(tx, stream)
    named: dict[PartDigest, NodeId] = {}
    for stored in streams.events(tx, found) if found else ():
        fact = read_fact(stored.event) if stored.verdict is not Verdict.PENDING else None
        if fact is None or isinstance(fact, HolderReclaimed | HolderAdopted):
            continue
        for digest in filter(partstore.is_digest, facts.parts_named(fact)):
            named.setdefault(digest, stored.event.node)
    for note in streams.notes_about(tx, found) if found else ():
        for stored in streams.events(tx, note):
            brought = stored.verdict is Verdict.EFFECTIVE
            for digest in notes.parts_named(stored.event) if brought else ():
                named.setdefault(digest, stored.event.node)
    return named


def _standing(tx: Tx, view: CaseView) -> CaseParts:
    heard = _hear(tx, view.stream)
    parts = (
        _part(tx, view.stream, digest, owner, heard)
        for digest, owner in _named(tx, view.stream).items()
    )
    return CaseParts(number=view.number, stream=view.stream, parts=tuple(parts))


def _part(
    tx: Tx, stream: StreamName, digest: PartDigest, owner: NodeId, heard: _Heard
) -> PartStanding:
    done = tuple(dict.fromkeys(heard.done.get(digest, ())))
    had = dict.fromkeys((owner, *heard.received.get(digest, ())))
    here = partstore.is_kept_for(tx, stream, digest)
    if digest not in heard.erased:
        return PartStanding(digest=digest, owner=owner, here=here)
    note, said = heard.erased[digest]
    return PartStanding(
        digest=digest,
        owner=owner,
        here=here,
        erased_at=note.event.at,
        erased_by=note.event.node,
        reason=said.reason,
        answered=done,
        waiting=tuple(node for node in had if node not in done),
    )
