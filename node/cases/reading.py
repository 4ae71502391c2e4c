"""What a person may read of cases: each function takes a `Reader` and passes its condition on.

The reader is made from the session by `reader_of`; there is no way around it to the tables.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec

from federation import partstore, recovery, streams
from federation.errors import NoPartError
from federation.partstore import KeptPart
from federation.streams import Stored, Verdict
from node.applicants.actions import Register
from node.calendar import actions as calendars
from node.calendar.model import ONE_DAY, due_instant
from node.cases import clockbook, facts, lights, lists, model, papers, store, tally
from node.cases import notes as notes_of
from node.cases.caseview import CaseView
from node.cases.clockwork import Calendars
from node.cases.kind import read_fact
from node.cases.lists import Query
from node.cases.model import Official
from node.cases.store import Reader, Tx
from node.cases.tally import Ends, Pressing
from node.catalogue import actions as catalogue
from node.clock import to_ms
from node.errors import NotFoundError
from schemas.case_law import CaseApplied
from schemas.cases import Action, CaseReceived, CaseState
from schemas.cases_api import CaseFinding, CaseLine, CaseNote, CasePage
from schemas.evaluation import Evaluated
from schemas.events import HolderAdopted, HolderReclaimed
from schemas.ids import NodeId, PartDigest, StreamName
from schemas.levels import Profile
from schemas.staff import Role

SOON_WORKDAYS: Final = 3  # near enough to be done before anything that came today
_NUMBER: Final = re.compile(r"(?:[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})-[0-9A-Z-]*")
_ENDING: Final = re.compile(r"(?:([0-9]{8})-?)?([A-Z]{1,8}[0-9]{4,9})")
_BARE: Final = re.compile(r"[0-9]{4}")  # what people read out: the serial without its letter
_EXCHANGED: Final = re.compile(r"[0-9A-Z]{31}([0-9]{8})([0-9]{6})([A-Z][0-9]{4})")


Thresholds = Callable[[Tx, NodeId, int], Mapping[str, int]]
"""Gives the workdays before which items are yellow, by code, that have thresholds of their own at
the place of a matter and at an instant: from what lies above cases."""


@dataclass(frozen=True, slots=True)
class Seeker:
    """Who looks through lists of cases, with what he reads by."""

    reader: Reader
    roles: frozenset[Role]
    register: Register
    today: date
    """The local day by which lists are told."""
    now_ms: int = 0
    """The instant by which lights are shown; 0: the beginning of that day."""
    thresholds: Thresholds | None = None
    """Tells which items are yellow earlier or later than others; `None`: none is."""


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


def inbox(tx: Tx, seeker: Seeker, *, after: str | None = None, limit: int = lists.PAGE) -> CasePage:
    """What waits here for him: first what is late, then what ends first."""
    return _told(tx, seeker, lists.inbox(tx, seeker.reader, seeker.roles, after=after, limit=limit))


def by_duty(tx: Tx, seeker: Seeker) -> Mapping[Action, int]:
    """How many cases wait for him, by the step that each waits for."""
    return tally.by_duty(tx, seeker.reader, seeker.roles)


def pressing(tx: Tx, seeker: Seeker) -> Pressing:
    """How many of them are late, end today, or end soon."""
    return tally.pressing(tx, seeker.reader, seeker.roles, _ends(tx, seeker))


def _ends(tx: Tx, seeker: Seeker) -> Ends:
    soon = calendars.calendar_of(tx, seeker.reader.me).after(seeker.today, SOON_WORKDAYS)
    return Ends(to_ms(due_instant(seeker.today)), to_ms(due_instant(soon)))


def papers_owed(tx: Tx, seeker: Seeker) -> tuple[CaseView, ...]:
    """Name the cases whose pending papers (容缺) are due soon, or overdue, and have not come."""
    soon = calendars.calendar_of(tx, seeker.reader.me).after(seeker.today, SOON_WORKDAYS)
    found = tally.owed_by(tx, seeker.reader, str(soon))
    return tuple(view for view in found if papers.still_pending(tx, view))


def queue_mark(tx: Tx, seeker: Seeker) -> str:
    """Give a short mark of what waits for him: another one says that it has changed."""
    lines = lists.inbox(tx, seeker.reader, seeker.roles).cases
    first = [(line.stream, line.since, line.duty, line.handler) for line in lines]
    said = (first, sorted(by_duty(tx, seeker).items()), seeker.today)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:MARK_DIGITS]


MARK_DIGITS: Final = 16  # hex: two queues of one person never meet by chance


def next_of(tx: Tx, seeker: Seeker, done: StreamName) -> CaseLine | None:
    """Name what he does next, who has just been at the case `done`."""
    page = lists.inbox(tx, seeker.reader, seeker.roles, limit=2)
    return next((line for line in page.cases if line.stream != done), None)


def search(
    tx: Tx, seeker: Seeker, text: str, *, after: str | None = None, limit: int = lists.PAGE
) -> CasePage:
    """Cases that he may see, latest first: all, or by number, exact applicant, or item name."""
    query = _query(tx, seeker, text.strip())
    return _told(tx, seeker, lists.search(tx, seeker.reader, query, after=after, limit=limit))


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
    if not named or digest == _applicant(tx, stream) or _is_rating(tx, stream, digest):
        raise NoPartError(f"no part {digest[:8]} of {stream} for this node")
    if not partstore.is_kept_for(tx, stream, digest):
        raise NoPartError(f"no part {digest[:8]} of {stream} for this node")
    return partstore.find(tx, digest)


def _applicant(tx: Tx, stream: StreamName) -> PartDigest | None:
    found = streams.load(tx, stream)
    first = streams.events(tx, found)[0] if found else None
    fact = None if first is None else read_fact(first.event)
    return fact.applicant if isinstance(fact, CaseReceived | CaseApplied) else None


def _is_rating(tx: Tx, stream: StreamName, digest: PartDigest) -> bool:
    """What was written with an evaluation is for who looks into it, not for who was evaluated."""
    case = streams.load(tx, stream)
    about = () if case is None else streams.notes_about(tx, case)
    written = (notes_of.read_note(one.event) for note in about for one in streams.events(tx, note))
    return any(isinstance(one, Evaluated) and one.comment == digest for one in written)


def named_in(stored: Stored) -> tuple[PartDigest, ...]:
    """Name the parts that an event speaks of, if it has effect."""
    fact = read_fact(stored.event) if stored.verdict is Verdict.EFFECTIVE else None
    if fact is None or isinstance(fact, HolderReclaimed | HolderAdopted):
        return ()
    return facts.parts_named(fact)


def _query(tx: Tx, seeker: Seeker, text: str) -> Query:
    if not text:
        return Query()
    numbered = _numbered(tx, text.upper().replace(" ", ""))
    if numbered is not None:
        return numbered
    if model.sees_names(seeker.roles):
        applied_in = seeker.register.find(tx, text)
        if applied_in:
            return Query(streams=applied_in)
    offered = tuple(item.stream for item in catalogue.known(tx, seeker.reader.me, text))
    return Query(items=offered or store.items_named(tx, text))


def _numbered(tx: Tx, text: str) -> Query | None:
    """Read what is a number, a part of one, or the number under which a case is exchanged."""
    if _NUMBER.fullmatch(text):
        return Query(number=text)
    if _BARE.fullmatch(text):
        return Query(serial=f"{store.series(tx)}{text}")
    if found := _ENDING.fullmatch(text):
        return Query(serial=found[2], day=found[1] or "")
    if found := _EXCHANGED.fullmatch(text):
        return Query(serial=found[3], day=found[1], below=found[2])
    return None


def _told(tx: Tx, seeker: Seeker, page: CasePage) -> CasePage:
    """Add to the lines what lies in other tables: their lights, and who applies."""
    shows_names = model.sees_names(seeker.roles)
    known = Calendars()
    known.look(tx)
    streams = [line.stream for line in page.cases]
    clocks = clockbook.standing(tx, streams)
    places = {} if seeker.thresholds is None else lists.places(tx, streams)
    now = seeker.now_ms or to_ms(due_instant(seeker.today - ONE_DAY))
    told = []
    for line in page.cases:
        timer = lights.first_of(clocks.get(line.stream, ()), line.duty)
        lit = None
        if timer is not None:
            place = places.get(line.stream)
            own = None if place is None else _own_threshold(tx, seeker, place, line.item, now)
            lit = lights.lit(timer, known.of(tx, timer.place), now, own)
        name = seeker.register.masked_name(tx, line.stream) if shows_names else ""
        told.append(
            msgspec.structs.replace(
                line,
                applicant=name,
                light=None if lit is None else lit.light,
                due="" if lit is None or lit.due is None else str(lit.due),
                left=0 if lit is None else lit.left,
            )
        )
    return CasePage(cases=tuple(told), next=page.next)


def _own_threshold(tx: Tx, seeker: Seeker, place: NodeId, item: StreamName, now: int) -> int | None:
    """Give the item's own threshold for yellow, in workdays; `None`: the usual one."""
    own = {} if seeker.thresholds is None else seeker.thresholds(tx, place, now)
    return own.get(catalogue.code_of(tx, item)) if own else None
