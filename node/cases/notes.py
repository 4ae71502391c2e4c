"""The rules of `note/…` streams: what a node says of a case that it does not hold."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import msgspec

from federation import partdesk, partstore, partwants
from federation.kinds import in_line
from federation.streams import Stored, Verdict
from node.cases import destroying, model, store
from node.cases.caseview import CaseView
from node.cases.destroying import PartNote
from node.cases.facts import Fault
from node.cases.kind import VERDICTS
from schemas.case_law import MaterialsSupplied
from schemas.cases import WithdrawalAsked
from schemas.cases_api import CaseFinding, CaseNote
from schemas.evaluation import Evaluated
from schemas.events import CUSTODY_KINDS, Event
from schemas.ids import (
    BadNameError,
    NodeId,
    PartDigest,
    StreamName,
    parse_stream,
    stream_kind,
)
from schemas.notices import NoticeIssued
from schemas.parts import ErasureDone, PartErased, PartsReceived

Tx = sqlite3.Connection


class _Subject(msgspec.Struct, frozen=True):
    """Where notes of whatever kind name what they speak of."""

    case: str = ""
    stream: str = ""


Said = PartNote | WithdrawalAsked | MaterialsSupplied | NoticeIssued | Evaluated
"""What notes say that this version knows."""


def read_note(event: Event) -> Said | None:
    """Read a note; `None` if this version does not know its kind or its form."""
    struct = _STRUCTS.get(event.kind)
    if struct is None:
        return destroying.read_note(event)
    try:
        said: Said = msgspec.json.decode(event.data, type=struct)
    except msgspec.DecodeError:
        return None
    return said if all(map(partstore.is_digest, _named(said))) else None


_STRUCTS: Final[dict[str, type[WithdrawalAsked | MaterialsSupplied | NoticeIssued | Evaluated]]] = {
    str(struct.__struct_config__.tag): struct
    for struct in (WithdrawalAsked, MaterialsSupplied, NoticeIssued, Evaluated)
}


def parts_named(event: Event) -> tuple[PartDigest, ...]:
    """Name the parts that a note brings to the case that it speaks of."""
    said = read_note(event)
    return () if said is None else _named(said)


def _named(said: Said) -> tuple[PartDigest, ...]:
    match said:
        case MaterialsSupplied():
            return tuple(digest for given in said.materials for digest in given.parts)
        case NoticeIssued():
            return (said.page,)
        case Evaluated():
            return () if said.comment is None else (said.comment,)
        case _:
            return ()


def _note_unfounded(tx: Tx, stream: StreamName, stored: Stored) -> None:
    """Note that a node asked for papers to be destroyed which it does not decide about."""
    event = stored.event
    finding = CaseFinding(
        seq=event.seq,
        event=stored.hash,
        kind=event.kind,
        node=event.node,
        fault=Fault.NOT_THE_DECIDER.value,
        at=event.at,
    )
    store.add_finding(tx, stream, finding)


def _is_settled(
    tx: Tx, stream: StreamName, about: StreamName, said: Said | None, stored: Stored
) -> bool:
    """Do what a note about papers says; say whether nothing of it is shown beside its case."""
    match said:
        case PartsReceived():
            author = stored.event.node
            partdesk.received(tx, author, said.digests)
            partwants.offered(tx, author, said.digests, stored.received_at)
            return True
        case ErasureDone():
            return True  # who has answered is read from the notes themselves
        case PartErased() if stored.verdict is Verdict.INERT:
            _note_unfounded(tx, stream, stored)
            return True
        case PartErased():
            destroying.destroy(tx, about, said, stored.received_at)
            return False
        case _:
            return False


class NoteReader(Protocol):
    """The rules of one kind of note that another capability keeps."""

    @property
    def kind(self) -> str:
        """The event kind that it reads."""

    def judge(self, case: CaseView | None, event: Event) -> Verdict:
        """Say whether the author may say so of that case."""

    def project(self, tx: Tx, case: CaseView | None, stored: Stored) -> None:
        """Fold a note that is no finding."""

    def reset(self, tx: Tx, note: StreamName) -> None:
        """Forget the projection of one note stream."""

    def destroyed(
        self, tx: Tx, case: StreamName, digests: Iterable[PartDigest], now_ms: int
    ) -> None:
        """Destroy what was made here of parts of the case that were just destroyed."""


class NoteKind:
    """What `federation` asks about notes: what a node says of a stream that it does not hold."""

    unlocks = False
    widens = False

    def __init__(self, me: NodeId, readers: Sequence[NoteReader] = ()) -> None:
        self._me = me
        self._readers = {reader.kind: reader for reader in readers}

    def about(self, event: Event) -> StreamName | None:
        """Name the stream that the note speaks of, also if this version does not know its kind."""
        try:
            subject = msgspec.json.decode(event.data, type=_Subject)
            named = parse_stream(subject.case or subject.stream)
        except (msgspec.DecodeError, BadNameError):
            return None
        return named if stream_kind(named) != "note" else None

    def judge(self, tx: Tx, stream: StreamName, event: Event) -> Verdict:
        """Say whether the author may say so; what is badly formed is not judged."""
        del stream
        if event.kind in CUSTODY_KINDS:
            return Verdict.EFFECTIVE
        about = self.about(event)
        case = None if about is None else store.load(tx, about)
        reader = self._readers.get(event.kind)
        if reader is not None:
            return reader.judge(case, event)
        match read_note(event):
            case PartErased():
                return VERDICTS[destroying.judge(about, case, event.node).effect]
            case PartsReceived() | ErasureDone():
                return Verdict.EFFECTIVE
            case WithdrawalAsked() | MaterialsSupplied():
                at_window = case is not None and case.origin == event.node
                return Verdict.EFFECTIVE if at_window else Verdict.INERT
            case _:
                return Verdict.UNJUDGED

    def project(self, tx: Tx, stream: StreamName, stored: Stored) -> None:
        """Show the note beside its case, settle what it receipts, destroy what it says."""
        event, about = stored.event, self.about(stored.event)
        if about is None or event.kind in CUSTODY_KINDS:
            return
        said = read_note(event) if stored.verdict is not Verdict.UNJUDGED else None
        if _is_settled(tx, stream, about, said, stored) or stored.verdict is Verdict.INERT:
            return
        if isinstance(said, PartErased):
            for one in self._readers.values():
                one.destroyed(tx, about, said.digests, stored.received_at)
        reason = said.reason if isinstance(said, PartErased | WithdrawalAsked) else None
        brings = said.materials if isinstance(said, MaterialsSupplied) else ()
        note = CaseNote(
            stream=stream, kind=event.kind, node=event.node, at=event.at, reason=reason,
            materials=tuple(given.code for given in brings),
        )  # fmt: skip
        store.add_note(tx, note, seq=event.seq, about=about)
        reader = self._readers.get(event.kind)
        if reader is not None:
            reader.project(tx, store.load(tx, about), stored)
        elif said is not None:
            self._ask_for_parts(tx, about, said, stored)

    def _ask_for_parts(self, tx: Tx, about: StreamName, said: Said, stored: Stored) -> None:
        """What a note brings belongs to its case: it is kept and asked for under that name."""
        case, named, owner = store.load(tx, about), _named(said), stored.event.node
        if named and owner != self._me and case is not None and model.entitled(case, self._me):
            partwants.want(tx, about, named, owner, stored.received_at)

    def reset(self, tx: Tx, stream: StreamName) -> None:
        """Forget the projection of one note stream; what was destroyed stays destroyed."""
        store.forget_notes(tx, stream)
        for reader in self._readers.values():
            reader.reset(tx, stream)

    def concerns(
        self, tx: Tx, stream: StreamName, parties: frozenset[NodeId], neighbour: NodeId
    ) -> bool:
        """The parties of what it speaks of (the ledger adds them) and all above."""
        del tx, stream
        return in_line(parties, neighbour)
