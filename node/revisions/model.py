"""What may be done to a revision, by whom, and where it stands afterwards: pure, around one table.

The chain of plan 三(二): departments draft, the staffing and the legal office review, the county
government decides, the public is told, then it is in force. Nobody reviews or approves what he
began, wrote or submitted himself, speaks for both offices, or approves what he reviewed.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec

from schemas.ids import DepartmentId, StaffId
from schemas.revisions import (
    ItemChange,
    Office,
    RevisionAct,
    RevisionApproved,
    RevisionBegun,
    RevisionChanged,
    RevisionEvent,
    RevisionReleased,
    RevisionReviewed,
    RevisionSentBack,
    RevisionState,
    RevisionSubmitted,
    RevisionWithdrawn,
)
from schemas.staff import Role

LONGEST_TITLE: Final = 100  # characters
LONGEST_OPINION: Final = 2000  # characters: an opinion is a page at most
LONGEST_DOCUMENT: Final = 60  # characters of a document number
MOST_LINES: Final = 5000  # a county's whole catalogue is some 1,500 items
LARGEST_NUMBER: Final = (1 << 53) - 1  # what every program that reads an event keeps exactly
MOST_NOTICE: Final = 60  # working days: no notice of a list of items runs longer

S = RevisionState
A = RevisionAct


class Official(Protocol):
    """Who acts, as far as the rules care."""

    @property
    def staff(self) -> StaffId:
        """Who it is."""

    @property
    def roles(self) -> frozenset[Role]:
        """His posts."""

    @property
    def department(self) -> DepartmentId | None:
        """His department; `None` for the service centre's own people."""


@dataclass(frozen=True, slots=True)
class Row:
    """One step of a revision's life."""

    state: RevisionState
    act: RevisionAct
    roles: frozenset[Role]
    next: RevisionState | None
    """`None`: the state stays, or the act itself tells the next."""


EDITORS: Final = frozenset({Role.EDITOR})
_OFFICES: Final = frozenset({Role.STAFFING, Role.LEGAL})
_GOVERNMENT: Final = frozenset({Role.GOVERNMENT})
_PUBLISHERS: Final = frozenset({Role.PUBLISHER})

# fmt: off
TABLE: Final = (
    Row(S.DRAFT,     A.EDIT,      EDITORS,    None),
    Row(S.DRAFT,     A.SUBMIT,    EDITORS,    S.SUBMITTED),
    Row(S.DRAFT,     A.WITHDRAW,  EDITORS,    S.WITHDRAWN),
    Row(S.RETURNED,  A.EDIT,      EDITORS,    None),
    Row(S.RETURNED,  A.SUBMIT,    EDITORS,    S.SUBMITTED),
    Row(S.RETURNED,  A.WITHDRAW,  EDITORS,    S.WITHDRAWN),
    Row(S.SUBMITTED, A.REVIEW,    _OFFICES,    None),
    Row(S.SUBMITTED, A.WITHDRAW,  EDITORS,    S.WITHDRAWN),
    Row(S.REVIEWED,  A.APPROVE,   _GOVERNMENT, S.APPROVED),
    Row(S.REVIEWED,  A.SEND_BACK, _GOVERNMENT, S.RETURNED),
    Row(S.REVIEWED,  A.WITHDRAW,  EDITORS,    S.WITHDRAWN),
    Row(S.APPROVED,  A.SEND_BACK, _GOVERNMENT, S.RETURNED),
    Row(S.APPROVED,  A.RELEASE,   _PUBLISHERS, S.RELEASED),
)
"""Every step there is. At most one row fits a state and an act."""
# fmt: on

OVER: Final = frozenset({S.RELEASED, S.WITHDRAWN})
"""States from which nothing leads on."""
EDITABLE: Final = frozenset({S.DRAFT, S.RETURNED})
"""States in which editors work on a copy of their own."""
WORKERS: Final = EDITORS | _OFFICES | _GOVERNMENT | _PUBLISHERS | {Role.SUPERVISOR}
"""Who sees revisions at all; editors of a department see those of their own."""
OFFICE_OF: Final = {Role.STAFFING: Office.STAFFING, Role.LEGAL: Office.LEGAL}


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """What this replica knows of a revision."""

    title: str
    department: DepartmentId | None
    state: RevisionState
    begun_by: StaffId
    submitted_by: StaffId = StaffId("")
    lines: tuple[int, ...] = ()
    passed: tuple[Office, ...] = ()
    authors: tuple[StaffId, ...] = ()
    """Who began it, wrote a line that was ever submitted, or submitted it."""
    reviewers: tuple[StaffId, ...] = ()
    """Who has spoken for an office in this round."""
    document: str = ""
    notice_from: str = ""
    notice_until: str = ""
    release: int = 0
    begun_at: int
    since: int
    seq: int


def find_row(state: RevisionState, act: RevisionAct) -> Row | None:
    """The row that fits, whoever asks; `None` if the act does not exist there."""
    return next((row for row in TABLE if row.state is state and row.act is act), None)


def doers_of(act: RevisionAct) -> frozenset[Role]:
    """Every role that some row lets do this."""
    return frozenset(role for row in TABLE if row.act is act for role in row.roles)


def sees(department: DepartmentId | None, actor: Official) -> bool:
    """Say whether a person sees the revisions of a department."""
    roles = actor.roles & WORKERS
    if roles - EDITORS:
        return True
    return bool(roles) and actor.department in (None, department)


def may(revision: Revision, row: Row, actor: Official) -> bool:
    """Say whether this person may take the row's step: his post, his department, four eyes."""
    if not actor.roles & row.roles or not sees(revision.department, actor):
        return False
    if row.roles == EDITORS:  # whatever other posts he has
        return actor.department in (None, revision.department)
    if row.act in (A.REVIEW, A.APPROVE) and is_partial(revision, actor.staff):
        return False
    return row.act is not A.REVIEW or bool(offices_of(revision, actor))


def is_partial(revision: Revision, person: StaffId) -> bool:
    """Say whether somebody had a hand in it, as an author or for an office: not his to judge."""
    return person in revision.authors or person in revision.reviewers


def offices_of(revision: Revision, actor: Official) -> tuple[Office, ...]:
    """Name the offices for which this person still has to speak."""
    return tuple(
        office
        for role, office in OFFICE_OF.items()
        if role in actor.roles and office not in revision.passed
    )


def open_acts(revision: Revision, actor: Official, today: str) -> tuple[RevisionAct, ...]:
    """What this person may do now, in the table's order: the buttons."""
    return tuple(
        row.act
        for row in TABLE
        if row.state is revision.state
        and may(revision, row, actor)
        and (row.act is not A.RELEASE or notice_is_over(revision, today))
    )


def notice_is_over(revision: Revision, today: str) -> bool:
    """Say whether the last day of the public notice is behind. Days are `yyyy-mm-dd`."""
    return revision.state is S.APPROVED and revision.notice_until < today


def may_be_line(number: int) -> bool:
    """Say whether a line may have this number: what is larger is no number that we gave."""
    return 0 < number <= MOST_LINES


def is_single(change: ItemChange) -> bool:
    """Say whether a change is one thing: a text or an end, not both and not neither."""
    return (change.item is None) is not (change.ends is None)


# ---- what an event does


def act_of(fact: RevisionEvent) -> RevisionAct | None:
    """Which act an event records; `None` for the first."""
    return _ACTS[type(fact)]


_ACTS: Final[dict[type, RevisionAct | None]] = {
    RevisionBegun: None,
    RevisionChanged: A.EDIT,
    RevisionSubmitted: A.SUBMIT,
    RevisionReviewed: A.REVIEW,
    RevisionApproved: A.APPROVE,
    RevisionSentBack: A.SEND_BACK,
    RevisionReleased: A.RELEASE,
    RevisionWithdrawn: A.WITHDRAW,
}


def is_in_order(
    revision: Revision | None,
    fact: RevisionEvent,
    known: Callable[[], Collection[int]],
    by: StaffId,
) -> bool:
    """Say whether an event may follow: the same judgement here and at every replica.

    `known` reads the numbers of the lines stated so far, `by` is the author's staff id.
    """
    act = act_of(fact)
    if revision is None or act is None:
        return revision is None and act is None
    return find_row(revision.state, act) is not None and _is_fit(revision, fact, known, by)


def _is_fit(
    revision: Revision,
    fact: RevisionEvent,
    known: Callable[[], Collection[int]],
    by: StaffId,
) -> bool:
    match fact:
        case RevisionChanged():
            return may_be_line(fact.line) and is_single(fact.change)
        case RevisionSubmitted():
            return 0 < len(fact.lines) <= MOST_LINES and set(fact.lines) <= set(known())
        case RevisionReviewed():
            return fact.office not in revision.passed and not is_partial(revision, by)
        case RevisionApproved():
            return bool(fact.document) and not is_partial(revision, by)
        case _:
            return True


def begin(fact: RevisionBegun, by: StaffId, at: int) -> Revision:
    """The revision after its first event."""
    return Revision(
        title=fact.title, department=fact.department, state=S.DRAFT, begun_by=by,
        authors=(by,), begun_at=at, since=at, seq=0,
    )  # fmt: skip


def apply(revision: Revision, fact: RevisionEvent, by: StaffId, at: int) -> Revision:
    """The revision after one more event in order."""
    act = act_of(fact)
    row = None if act is None else find_row(revision.state, act)
    state = revision.state if row is None or row.next is None else row.next
    moved = msgspec.structs.replace(revision, state=state)
    if state is not revision.state:
        moved = msgspec.structs.replace(moved, since=at)
    match fact:
        case RevisionSubmitted():
            authors = dict.fromkeys((*moved.authors, *fact.authors, by))
            return msgspec.structs.replace(
                moved, submitted_by=by, lines=fact.lines, passed=(), authors=tuple(authors),
                reviewers=(), document="", notice_from="", notice_until="",
            )  # fmt: skip
        case RevisionReviewed():
            reviewers = (*moved.reviewers, by)
            return _reviewed(msgspec.structs.replace(moved, reviewers=reviewers), fact, at)
        case RevisionApproved():
            return msgspec.structs.replace(
                moved, document=fact.document, notice_from=fact.notice_from,
                notice_until=fact.notice_until,
            )  # fmt: skip
        case RevisionReleased():
            return msgspec.structs.replace(moved, release=fact.number)
        case _:
            return moved


def _reviewed(moved: Revision, fact: RevisionReviewed, at: int) -> Revision:
    if not fact.passes:
        return msgspec.structs.replace(moved, state=S.RETURNED, passed=(), since=at)
    passed = (*moved.passed, fact.office)
    state = S.REVIEWED if set(passed) == set(Office) else moved.state
    since = at if state is not moved.state else moved.since
    return msgspec.structs.replace(moved, state=state, passed=passed, since=since)
