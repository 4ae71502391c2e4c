"""What can be done with a list of persons, inside the caller's Work.

A list is one person's alone and lies sealed under the node's data key, row by row, until each is a
case. Forgotten lists are dropped as new ones begin.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeVar

import msgspec

from federation.identity import Identity
from node.applicants import actions as applicants
from node.applicants.actions import Register
from node.cases import model as cases
from node.cases import reading, receiving
from node.cases.receiving import Intake
from node.catalogue import actions as catalogue
from node.clock import local_day, to_ms
from node.database import Tx
from node.errors import AlreadyDoneError, BadInputError, NotFoundError
from node.hall import lists, lists_store
from node.hall.lists import Common, Entry
from node.hall.lists_store import Kept, KeptRow, Sum
from node.work import Work
from schemas.cases import CaseState
from schemas.ids import CaseNumber, StaffId, StreamName
from schemas.items import Item

ID_BYTES: Final = 12  # 96 random bits: the address tells nothing
KEPT: Final = timedelta(days=30)  # the season of an insurance year is taken village by village
SWEPT_AT_ONCE: Final = 4
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """One row: what was typed, or the case that it became."""

    row: int
    entry: Entry | None
    """Forgotten once it is a case."""
    number: CaseNumber | None
    fault: str
    """Why it was not taken the last time."""


@dataclass(frozen=True, slots=True)
class OpenList:
    """A list with its item as it is in force now."""

    id: str
    common: Common
    item: Item
    stream: StreamName
    """The item's stream."""
    lines: tuple[Line, ...]

    @property
    def open(self) -> dict[int, Entry]:
        """What is typed and no case yet, by row."""
        return {one.row: one.entry for one in self.lines if one.entry is not None}

    @property
    def numbers(self) -> tuple[CaseNumber, ...]:
        """The cases that rows became, in order."""
        return tuple(one.number for one in self.lines if one.number is not None)


@dataclass(frozen=True, slots=True)
class Change:
    """What a page or a caller changes of a list."""

    common: Common | None = None
    typed: Mapping[int, Entry] | None = None
    """Rows that were there before; one that is now empty goes."""
    added: Sequence[Entry] = ()
    removed: Collection[int] = ()


def begin(work: Work, code: str) -> str:
    """Begin a list for an item; names it. Raises `NotFoundError`, `BadInputError`."""
    cases.require_receive(work.actor)
    item = catalogue.guide(work.tx, work.me, code, now=work.now_ms).item
    if not lists.may_be_listed(item, work.me):
        raise BadInputError({"item": "not_for_lists"})
    for old in lists_store.older_than(work.tx, to_ms(work.now - KEPT), SWEPT_AT_ONCE):
        lists_store.drop(work.tx, old)
    named = secrets.token_hex(ID_BYTES)
    sealed = _seal(work.ledger.identity, named, "all", Common())
    lists_store.insert(work.tx, Kept(named, item.code, sealed, work.now_ms), work.actor.staff)
    return named


def read(tx: Tx, identity: Identity, owner: StaffId, named: str, *, now: int) -> OpenList:
    """Open a list of this person. Raises `NotFoundError`. `now` is milliseconds UTC."""
    kept = lists_store.find(tx, named, owner)
    if kept is None:
        raise NotFoundError("list")
    guide = catalogue.guide(tx, identity.node, kept.item, now=now)
    common = _open(identity, named, "all", kept.sealed, Common)
    lines = tuple(_line(identity, named, row) for row in lists_store.rows(tx, named))
    return OpenList(named, common, guide.item, guide.stream, lines)


def change(work: Work, named: str, said: Change) -> None:
    """Keep what was typed, right or wrong. Raises `NotFoundError`, `BadInputError` (`too_many`)."""
    opened, identity = own(work, named), work.ledger.identity
    kept = opened.open
    typed = {row: entry for row, entry in (said.typed or {}).items() if row in kept}
    gone = {row for row, entry in typed.items() if entry.is_empty} | set(said.removed)
    first = max((one.row for one in opened.lines), default=0) + 1
    added = dict(enumerate((one for one in said.added if not one.is_empty), first))
    if len(opened.lines) - len(gone & set(kept)) + len(added) > lists.MOST_ROWS:
        raise BadInputError({"rows": "too_many"})
    for row, entry in (typed | added).items():
        lists_store.put(work.tx, named, row, _seal(identity, named, str(row), entry))
    for row in gone:
        lists_store.remove(work.tx, named, row)
    sealed = _seal(identity, named, "all", said.common or opened.common)
    lists_store.save(work.tx, named, sealed, work.now_ms)


def drop(work: Work, named: str) -> None:
    """Give a list up; the cases that it became stay. Raises `NotFoundError`."""
    own(work, named)
    lists_store.drop(work.tx, named)


def faults(tx: Tx, register: Register, opened: OpenList, today: date) -> lists.Faults:
    """Say what is wrong with each row that is no case yet, as far as this node can tell."""
    found = lists.faults_in(opened.open, opened.common, today)
    for row, entry in opened.open.items():
        if row not in found:
            number = lists.person_of(entry, opened.common).id_number
            fault = _fault_before(tx, register, opened, number)
            if fault:
                found[row] = {"id_number": fault}
    return found


def _fault_before(tx: Tx, register: Register, opened: OpenList, id_number: str) -> str:
    """Say that this person was taken in with this list, or that his case of this item is open."""
    for stream in applicants.cases_of(tx, register.id_hash(id_number)):
        case = reading.of_stream(tx, stream)
        if case is None or case.item != opened.stream:
            continue
        if case.number in opened.numbers:
            return "in_list"
        if case.state not in OVER:
            return "open_case"
    return ""


OVER: Final = frozenset(
    {
        CaseState.CLOSED, CaseState.REFUSED, CaseState.RETURNED, CaseState.WITHDRAWN,
        CaseState.TERMINATED, CaseState.REVOKED, CaseState.VOIDED,
    }
)  # fmt: skip
"""A case that stands so does not keep anybody from applying again."""


def take_row(
    work: Work, named: str, row: int, entry: Entry, register: Register, ready: Intake
) -> CaseNumber:
    """收件: make one row a case, once; `entry` is what `ready` was made of.

    Raises `AlreadyDoneError` if it is one, or was changed meanwhile; `BadInputError` under the
    row's fields; and what `cases.receiving.receive` raises.
    """
    opened = own(work, named)
    if opened.open.get(row) != entry:
        raise AlreadyDoneError("row")
    wrong = faults(work.tx, register, opened, local_day(work.now)).get(row)
    if wrong:
        raise BadInputError(wrong)
    form = lists.form_of(opened.item, entry, opened.common, work.me)
    view = receiving.receive(work, form, ready)
    lists_store.finish(work.tx, named, row, view.number)
    return view.number


def note_fault(work: Work, named: str, row: int, fault: str) -> None:
    """Keep why a row was not taken, to be shown with it. Raises `NotFoundError`."""
    own(work, named)
    lists_store.fail(work.tx, named, row, fault)


def of(tx: Tx, owner: StaffId) -> tuple[Sum, ...]:
    """List this person's lists, latest first."""
    return lists_store.of(tx, owner)


def own(work: Work, named: str) -> OpenList:
    """Open a list of the actor. Raises `NotFoundError`."""
    identity, staff = work.ledger.identity, work.actor.staff
    return read(work.tx, identity, staff, named, now=work.now_ms)


def _line(identity: Identity, named: str, kept: KeptRow) -> Line:
    if kept.number:
        return Line(kept.row, None, CaseNumber(kept.number), "")
    entry = _open(identity, named, str(kept.row), kept.sealed, Entry)
    return Line(kept.row, entry, None, kept.fault)


def _seal(identity: Identity, named: str, row: str, said: msgspec.Struct) -> bytes:
    return identity.wrap(msgspec.msgpack.encode(said), _belongs_to(named, row))


def _open(identity: Identity, named: str, row: str, sealed: bytes, kind: type[T]) -> T:
    return msgspec.msgpack.decode(identity.unwrap(sealed, _belongs_to(named, row)), type=kind)


def _belongs_to(named: str, row: str) -> bytes:
    return f"list {named} {row}".encode()
