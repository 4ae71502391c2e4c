"""报备: who works at the windows, as said to the HR bureau and recorded by it (计划四(二)3).

A filing is judged once and never changed: another one follows it. Working without a recorded filing
is warned of, never prevented.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

import msgspec

from node.audit import actions as audit
from node.clock import local_day
from node.database import Tx
from node.errors import AlreadyDoneError, BadInputError, NotAllowedError, NotFoundError
from node.staff import posting, store
from node.work import Actor, Work
from schemas.audit import Act
from schemas.ids import DepartmentId, StaffId
from schemas.staff import (
    Filing,
    Filings,
    FilingState,
    JudgeFiling,
    NewFiling,
    Post,
    Role,
    StaffAccount,
    Unfiled,
)

LONGEST_REASON: Final = 200
READERS: Final = frozenset((Role.REGISTRAR, Role.DIRECTOR, Role.SECURITY))


def readable_by(roles: Iterable[Role]) -> bool:
    """Say whether somebody with some of these roles may see filings."""
    return not (READERS | {Role.REPRESENTATIVE}).isdisjoint(roles)


def require_reader(actor: Actor) -> None:
    """Pass whoever may see filings; a representative sees his department's."""
    if not readable_by(actor.roles) and not posting.is_own_hand(actor):
        raise NotAllowedError("filings are for the registrar, the director and representatives")


def reads_all(actor: Actor) -> bool:
    """Say whether somebody sees the filings of every department."""
    return bool(actor.roles & READERS) or posting.is_own_hand(actor)


def listing(tx: Tx, actor: Actor) -> Filings:
    """List the filings that somebody may see, the newest first, and who is still to be filed."""
    require_reader(actor)
    everybody = reads_all(actor)
    own = actor.department
    return Filings(
        filings=tuple(one for one in store.filings(tx) if everybody or one.department == own),
        unfiled=tuple(one for one, of in _unfiled(tx) if everybody or of == own),
    )


def of_person(tx: Tx, staff: StaffId) -> tuple[Filing, ...]:
    """List somebody's filings, the newest first."""
    return tuple(one for one in store.filings(tx) if one.staff == staff)


def make(work: Work, new: NewFiling) -> Filing:
    """Tell the HR bureau that somebody serves at a post's window. Raises `AlreadyDoneError`."""
    person, post = _at_post(work.tx, new.staff, new.post)
    posting.require_arranger(work.tx, work.actor, person.department)
    day = local_day(work.now)
    from_day = _day(new.from_day)
    before = of_person(work.tx, person.id)
    if any(one.state is not FilingState.RETURNED and _says(one, post) for one in before):
        raise AlreadyDoneError(post.id)
    filing = Filing(
        number=f"备{day.year}-{store.filings_in(work.tx, day.year) + 1:04d}",
        staff=person.id,
        name=person.name,
        department=person.department,
        post=post.name,
        window=post.window,
        from_day=from_day,
        filed_by=work.actor.staff,
        filed_at=work.now_ms,
        state=FilingState.FILED,
        follows=_replaced(work.tx, before, post),
    )
    store.insert_filing(work.tx, filing, year=day.year)
    _note(work, Act.FILING_MADE, filing)
    return filing


def make_all(work: Work, from_day: str) -> tuple[Filing, ...]:
    """File everybody at a window whom the actor may file and who was not filed yet."""
    return tuple(
        make(work, NewFiling(staff=one.staff, post=one.post, from_day=from_day))
        for one, of in _unfiled(work.tx)
        if not one.pending and posting.arranges(work.tx, work.actor, of)
    )


def judge(work: Work, number: str, answer: JudgeFiling) -> Filing:
    """Record a filing or return it with a reason, as the HR bureau. Raises `AlreadyDoneError`."""
    filing = store.find_filing(work.tx, number)
    if Role.REGISTRAR not in work.actor.roles:
        raise NotAllowedError("only the HR registrar judges filings")
    if filing is None:
        raise NotFoundError("filing")
    if filing.filed_by == work.actor.staff:
        raise NotAllowedError("nobody judges what he filed himself")
    if filing.state is not FilingState.FILED:
        raise AlreadyDoneError(number)
    reason = answer.reason.strip()
    faults = _answer_faults(answer.state, reason)
    if faults:
        raise BadInputError(faults)
    judged = msgspec.structs.replace(
        filing,
        state=answer.state,
        judged_by=work.actor.staff,
        judged_at=work.now_ms,
        reason=reason,
    )
    store.judge_filing(work.tx, judged)
    _note(work, Act.FILING_JUDGED, judged)
    return judged


def _replaced(tx: Tx, before: tuple[Filing, ...], post: Post) -> str:
    """Name his newest filing that is of none of his other posts: the new one follows it."""
    others = [one for one in store.posts(tx) if one.id != post.id]
    loose = (one for one in before if not any(_says(one, other) for other in others))
    return next((one.number for one in loose), "")


def _answer_faults(state: FilingState, reason: str) -> dict[str, str]:
    if state is FilingState.FILED:
        return {"state": "no_answer"}
    if len(reason) > LONGEST_REASON:
        return {"reason": "too_long"}
    if state is FilingState.RETURNED and not reason:
        return {"reason": "missing"}
    return {}


def _note(work: Work, act: Act, filing: Filing) -> None:
    said = {"name": filing.name, "post": filing.post, "filing": filing.state.value}
    audit.note(work, act, filing.number, said)


def _at_post(tx: Tx, staff: StaffId, post: str) -> tuple[StaffAccount, Post]:
    """Find somebody at the post that he holds. Raises `NotFoundError`, `BadInputError`."""
    person = store.find(tx, staff)
    found = next((one for one in store.posts(tx) if one.id == post), None)
    if person is None or found is None:
        raise NotFoundError("account" if person is None else "post")
    if found.window is None or staff not in (found.a, found.b):
        raise BadInputError({"post": "not_at_a_window"})
    return person, found


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadInputError({"from_day": "bad_day"}) from None


def _says(filing: Filing, post: Post) -> bool:
    """Say whether the filing says this very post and window, as they are called now."""
    return filing.post == post.name and filing.window == post.window


def _unfiled(tx: Tx) -> tuple[tuple[Unfiled, DepartmentId | None], ...]:
    """List who serves at a window without a recorded filing, with his department."""
    people = {one.id: one for one in store.accounts(tx)}
    filings = store.filings(tx)
    found = []
    for post in store.posts(tx):
        for staff in (post.a, post.b):
            person = people.get(staff) if staff is not None else None
            if person is None or post.window is None:
                continue
            theirs = [one for one in filings if one.staff == person.id and _says(one, post)]
            states = {one.state for one in theirs}
            if FilingState.RECORDED not in states:
                found.append((_lacking(person, post, post.window, theirs), person.department))
    return tuple(found)


def _lacking(person: StaffAccount, post: Post, window: str, theirs: list[Filing]) -> Unfiled:
    pending = next((one.number for one in theirs if one.state is FilingState.FILED), "")
    return Unfiled(
        staff=person.id, name=person.name, post=post.id, post_name=post.name, window=window,
        pending=pending,
    )  # fmt: skip
