"""What a person may read of cases: each function takes a `Reader` and passes its condition on.

The reader is made from the session by `reader_of`; there is no way around it to the tables.
"""

import re
from typing import Final

import msgspec

from federation import partstore, recovery, streams
from federation.errors import NoPartError
from federation.partstore import KeptPart
from federation.streams import Stored, Verdict
from node.applicants.actions import Register
from node.cases import facts, lists, model, store
from node.cases import notes as notes_of
from node.cases.caseview import CaseView
from node.cases.kind import read_fact
from node.cases.lists import Query
from node.cases.model import Official
from node.cases.store import Reader, Tx
from node.catalogue import actions as catalogue
from node.errors import NotFoundError
from schemas.case_law import CaseApplied
from schemas.cases import CaseReceived, CaseState
from schemas.cases_api import CaseFinding, CaseNote, CasePage
from schemas.events import HolderAdopted, HolderReclaimed
from schemas.ids import NodeId, PartDigest, StreamName
from schemas.levels import Profile
from schemas.staff import Role

_NUMBER: Final = re.compile(r"[0-9]{4,12}-[0-9A-Z-]*")


def reader_of(me: NodeId, profile: Profile, actor: Official) -> Reader:
    """What this person may read at this node."""
    return Reader(me, model.sight_of(actor, profile.capabilities), actor.department)


def case(tx: Tx, reader: Reader, reference: str) -> CaseView:
    """Find a case by number or stream. Raises `NotFoundError`, also if he may not see it."""
    view = store.find(tx, reference, reader)
    if view is None:
        raise NotFoundError(f"case {reference}")
    return view


def of_stream(tx: Tx, stream: StreamName) -> CaseView | None:
    """Read a case by its stream, whoever asks: for the node itself, never for a person."""
    return store.load(tx, stream)


def series(tx: Tx) -> str:
    """Tell the letter of this node's present life: what it numbers carries it."""
    return store.series(tx)


def item_name(tx: Tx, view: CaseView) -> str:
    """What the case's item is called; empty if its version is unknown here."""
    return store.item_name(tx, view)


def findings(tx: Tx, view: CaseView) -> tuple[CaseFinding, ...]:
    """Events of a case found before that had no effect, and why."""
    return store.findings(tx, view.stream)


def notes(tx: Tx, view: CaseView) -> tuple[CaseNote, ...]:
    """Notes of other nodes about a case found before, oldest first."""
    return store.notes(tx, view.stream)


def inbox(
    tx: Tx, reader: Reader, roles: frozenset[Role], register: Register, *, after: str | None = None
) -> CasePage:
    """What waits here for a person of these posts, longest waiting first."""
    page = lists.inbox(tx, reader, roles, after=after)
    return _with_names(tx, register, page, roles)


def waiting(tx: Tx, reader: Reader, roles: frozenset[Role]) -> int:
    """How many cases wait for him, up to 1,000."""
    return lists.waiting(tx, reader, roles)


def search(
    tx: Tx,
    reader: Reader,
    roles: frozenset[Role],
    register: Register,
    text: str,
    *,
    after: str | None = None,
) -> CasePage:
    """Cases that he may see, latest first: all, or by number, exact applicant, or item name."""
    query = _query(tx, reader, roles, register, text.strip())
    return _with_names(tx, register, lists.search(tx, reader, query, after=after), roles)


def board(tx: Tx) -> tuple[tuple[NodeId, CaseState, int], ...]:
    """How many cases of each origin stand in each state: facts that name nobody (监察)."""
    return store.counts(tx)


def may_have(tx: Tx, stream: StreamName, digest: PartDigest, node: NodeId) -> bool:
    """Say whether `stream` names this part and `node` may have it (protocol §5.3)."""
    view = store.load(tx, stream)
    found = streams.load(tx, stream)
    if view is None or found is None or not model.entitled(view, node):
        return False
    return digest in all_named(tx, found)


def all_named(tx: Tx, case: streams.Stream) -> tuple[PartDigest, ...]:
    """Name every part that a case's events speak of, then those that notes bring; each once."""
    own = (named_in(stored) for stored in streams.events(tx, case))
    brought = (
        notes_of.parts_named(stored.event)
        for note in streams.notes_about(tx, case)
        for stored in streams.events(tx, note)
        if stored.verdict is Verdict.EFFECTIVE
    )
    return tuple(dict.fromkeys(digest for named in (*own, *brought) for digest in named))


def paper(tx: Tx, stream: StreamName, digest: PartDigest, me: NodeId) -> KeptPart:
    """Find a paper of a case that this node handles, to be shown here; the applicant is none.

    Who applies is shown by `Register` alone, for a reason that is written down. Raises
    `NoPartError`; `RecoveringError` while a restored node may hold what was destroyed since.
    """
    recovery.require_recovered(tx)
    named = partstore.is_digest(digest) and may_have(tx, stream, digest, me)
    if not named or digest == _applicant(tx, stream):
        raise NoPartError(f"no part {digest[:8]} of {stream} for this node")
    if not partstore.is_kept_for(tx, stream, digest):
        raise NoPartError(f"no part {digest[:8]} of {stream} for this node")
    return partstore.find(tx, digest)


def _applicant(tx: Tx, stream: StreamName) -> PartDigest | None:
    found = streams.load(tx, stream)
    first = streams.events(tx, found)[0] if found else None
    fact = None if first is None else read_fact(first.event)
    return fact.applicant if isinstance(fact, CaseReceived | CaseApplied) else None


def named_in(stored: Stored) -> tuple[PartDigest, ...]:
    """Name the parts that an event speaks of, if it has effect."""
    fact = read_fact(stored.event) if stored.verdict is Verdict.EFFECTIVE else None
    if fact is None or isinstance(fact, HolderReclaimed | HolderAdopted):
        return ()
    return facts.parts_named(fact)


def _query(tx: Tx, reader: Reader, roles: frozenset[Role], register: Register, text: str) -> Query:
    if not text:
        return Query()
    if _NUMBER.fullmatch(text.upper()):
        return Query(number=text.upper())
    if model.sees_names(roles):
        applied_in = register.find(tx, text)
        if applied_in:
            return Query(streams=applied_in)
    offered = tuple(item.stream for item in catalogue.known(tx, reader.me, text))
    return Query(items=offered or store.items_named(tx, text))


def _with_names(tx: Tx, register: Register, page: CasePage, roles: frozenset[Role]) -> CasePage:
    if not model.sees_names(roles):
        return page
    named = (
        msgspec.structs.replace(line, applicant=register.masked_name(tx, line.stream))
        for line in page.cases
    )
    return CasePage(cases=tuple(named), next=page.next)
