"""What can be done to windows, posts and absences, inside the caller's Work (窗口、AB岗).

Cover is automatic: whatever changes who serves today rewrites the open sessions of the B persons in
the same Work (`refresh`), and each of their pages says whom they cover. Whoever calls one of these
over HTTP tells `Sessions.forget_all` afterwards.
"""

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import msgspec

from node.audit import actions as audit
from node.clock import local_day
from node.database import Tx
from node.errors import AlreadyDoneError, BadInputError, NotAllowedError, NotFoundError
from node.staff import covering, model, store
from node.staff.covering import Covered, Turn
from node.web import sessions
from node.work import Actor, Cover, Work
from schemas.audit import Act
from schemas.ids import DepartmentId, StaffId
from schemas.staff import (
    Absence,
    NewAbsence,
    Post,
    PostToday,
    Role,
    StaffAccount,
    Window,
)

ID_BYTES: Final = 5  # 40 random bits name an absence among a node's few thousand
NOBODY: Final = "—"
"""In the audit trail: the post has nobody as A or B."""
_ARRANGERS: Final = frozenset((Role.DIRECTOR, Role.SECURITY))
_NOTERS: Final = _ARRANGERS | {Role.OPERATOR}


# ---- who may


def is_own_hand(actor: Actor) -> bool:
    """Say whether the node itself acts, or its command line."""
    return actor.staff in model.OWN_HANDS


def keeps(tx: Tx, actor: Actor) -> bool:
    """Say whether somebody keeps accounts here."""
    return model.may_keep(actor.roles, has_security=store.has_security(tx))


def arranges(tx: Tx, actor: Actor, department: DepartmentId | None) -> bool:
    """Say whether somebody puts people on the posts of a department (`None`: of the centre)."""
    if actor.roles & _ARRANGERS or is_own_hand(actor) or keeps(tx, actor):
        return True
    return _represents(actor, department)


def notes_for(actor: Actor, person: StaffAccount) -> bool:
    """Say whether somebody may say that this person is away, and take it back."""
    if actor.staff == person.id or actor.roles & _NOTERS or is_own_hand(actor):
        return True
    return _represents(actor, person.department)


def _represents(actor: Actor, department: DepartmentId | None) -> bool:
    own = department is not None and actor.department == department
    return own and Role.REPRESENTATIVE in actor.roles


def require_arranger(tx: Tx, actor: Actor, department: DepartmentId | None = None) -> None:
    """Pass whoever arranges the posts of a department. Raises `NotAllowedError`."""
    if not arranges(tx, actor, department):
        raise NotAllowedError("posts are arranged by the director, security, or for their own")


# ---- windows and posts


def windows(tx: Tx) -> tuple[Window, ...]:
    """List the windows."""
    return store.windows(tx)


def put_window(work: Work, window: Window) -> Window:
    """Add a window, or change, open or close it. Raises `BadInputError`."""
    require_arranger(work.tx, work.actor)
    faults = covering.window_faults(window, [one.id for one in store.departments(work.tx)])
    misplaced = [
        post
        for post in store.posts(work.tx)
        if post.window == window.id and not covering.fits(window.department, post.department)
    ]
    if misplaced:
        faults = {"department": "has_posts", **faults}
    if faults:
        raise BadInputError(faults)
    if window not in store.windows(work.tx):
        store.put_window(work.tx, window)
        state = "open" if window.open else "closed"
        audit.note(work, Act.WINDOW_CHANGED, window.id, {"name": window.name, "opening": state})
    return window


def switch_window(work: Work, window: str, *, is_open: bool) -> Window:
    """Open or close a window. Raises `NotFoundError`."""
    found = next((one for one in store.windows(work.tx) if one.id == window), None)
    if found is None:
        raise NotFoundError("window")
    return put_window(work, msgspec.structs.replace(found, open=is_open))


def posts(tx: Tx) -> tuple[Post, ...]:
    """List the posts with their A and B persons."""
    return store.posts(tx)


def turns_at(tx: Tx, post: str) -> tuple[Turn, ...]:
    """List who was A or B of a post and when, the oldest first."""
    return tuple(turn for turn in store.turns(tx) if turn.post == post)


def put_post(work: Work, post: Post) -> Post:
    """Add a post, or change what it is and who is A and B. Raises `BadInputError`."""
    tx = work.tx
    before = next((one for one in store.posts(tx) if one.id == post.id), None)
    for department in {post.department, before.department if before else post.department}:
        require_arranger(tx, work.actor, department)
    faults = covering.post_faults(
        post,
        {one.id: one for one in store.accounts(tx)},
        {one.id: one for one in store.windows(tx)},
        [one.id for one in store.departments(tx)],
    )
    if faults:
        raise BadInputError(faults)
    if before == post:
        return post
    store.put_post(tx, post)
    if before is None or before.window != post.window:
        store.move_post(tx, post.id, post.window, work.now_ms)
    _put_person(work, post.id, "a", before.a if before else None, post.a)
    _put_person(work, post.id, "b", before.b if before else None, post.b)
    _note_post(work, post)
    refresh(work)
    return post


def _note_post(work: Work, post: Post) -> None:
    names = {one.id: one.name for one in store.accounts(work.tx)}
    said = {part: names[staff] if staff else NOBODY for part, staff in _people_of(post)}
    audit.note(work, Act.POST_CHANGED, post.id, {"name": post.name, **said})


def _put_person(
    work: Work, post: str, part: str, before: StaffId | None, after: StaffId | None
) -> None:
    if before == after:
        return
    if before is not None:
        store.end_turn(work.tx, post, part, work.now_ms)
    if after is not None:
        store.begin_turn(work.tx, Turn(post, part, after, work.now_ms), work.actor.staff)


def _people_of(post: Post) -> tuple[tuple[str, StaffId | None], ...]:
    return ("a", post.a), ("b", post.b)


def leave_unfit(work: Work, account: StaffAccount) -> None:
    """Let an account leave the posts that it may hold no longer (stopped, another department)."""
    for post in store.posts(work.tx):
        for part, staff in _people_of(post):
            if staff == account.id and covering.person_fault(post, account, part):
                store.end_turn(work.tx, post.id, part, work.now_ms)
                said = {"name": post.name, part: NOBODY, "who": account.name}
                audit.note(work, Act.POST_CHANGED, post.id, said)
    refresh(work)


# ---- absences


def note_absence(work: Work, new: NewAbsence) -> Absence:
    """Write down that somebody is away: B covers at once. Saying it twice writes it once.

    Raises `BadInputError`, `NotAllowedError`, `NotFoundError`.
    """
    person = _person(work.tx, new.staff)
    if not notes_for(work.actor, person):
        raise NotAllowedError("absences are noted by oneself, the director, or one's department")
    others = store.absences_of(work.tx, person.id)
    said = next((one for one in others if _says(one, new)), None)
    if said is not None:
        return said
    faults = covering.absence_faults(new.first, new.last, noted=local_day(work.now), others=others)
    if faults:
        raise BadInputError(faults)
    absence = Absence(
        id=base64.b32encode(secrets.token_bytes(ID_BYTES)).decode().lower(),
        staff=person.id,
        kind=new.kind,
        first=new.first,
        last=new.last,
        noted_by=work.actor.staff,
        noted_at=work.now_ms,
    )
    store.insert_absence(work.tx, absence)
    _note_absence(work, Act.ABSENCE_NOTED, absence)
    refresh(work)
    return absence


def _says(absence: Absence, new: NewAbsence) -> bool:
    same = (absence.kind, absence.first, absence.last) == (new.kind, new.first, new.last)
    return same and absence.ended_by is None


def take_back(work: Work, absence: str) -> Absence:
    """End an absence: from today on he is at his post; it stays written down.

    Raises `AlreadyDoneError` if it is over or was taken back.
    """
    found = store.find_absence(work.tx, absence)
    if found is None:
        raise NotFoundError("absence")
    if not notes_for(work.actor, _person(work.tx, found.staff)):
        raise NotAllowedError("absences are taken back by whoever may note them")
    if found.ended_by is not None or found.last < local_day(work.now).isoformat():
        raise AlreadyDoneError(absence)
    store.end_absence(work.tx, absence, work.actor.staff, work.now_ms)
    _note_absence(work, Act.ABSENCE_TAKEN_BACK, found)
    refresh(work)
    return store.find_absence(work.tx, absence) or found


def _note_absence(work: Work, act: Act, absence: Absence) -> None:
    who = _person(work.tx, absence.staff).name
    said = {"who": who, "absence": absence.kind.value, "since": absence.first}
    audit.note(work, act, absence.staff, {**said, "until": absence.last})


def absences_from(tx: Tx, day: date) -> tuple[Absence, ...]:
    """List the absences that hold on that day or later, by their first day."""
    since = store.absences_since(tx, day.isoformat())
    return tuple(one for one in since if one.first <= covering.last_day(one).isoformat())


def absences_seen(tx: Tx, actor: Actor, day: date) -> tuple[Absence, ...]:
    """List the absences from that day on that somebody may see: his own, and those he may note."""
    people = {one.id: one for one in store.accounts(tx)}
    return tuple(one for one in absences_from(tx, day) if notes_for(actor, people[one.staff]))


def absences_of(tx: Tx, staff: StaffId) -> tuple[Absence, ...]:
    """List somebody's absences, the newest first."""
    return store.absences_of(tx, staff)


def _person(tx: Tx, staff: StaffId) -> StaffAccount:
    found = store.find(tx, staff)
    if found is None:
        raise NotFoundError("account")
    return found


# ---- cover


def covers(tx: Tx, day: date) -> Mapping[StaffId, tuple[Covered, ...]]:
    """Give for each B person whom he covers on a day."""
    return covering.covers_on(store.posts(tx), store.absences_since(tx, day.isoformat()), day)


def today(tx: Tx, day: date) -> tuple[PostToday, ...]:
    """Say of each post who serves at it on a day."""
    return covering.today(store.posts(tx), store.absences_since(tx, day.isoformat()), day)


def covered(tx: Tx, staff: StaffId, day: date) -> tuple[Covered, ...]:
    """Say whom somebody covered on a day that is over."""
    since = store.absences_since(tx, day.isoformat())
    return covering.covered(store.posts(tx), store.turns(tx), since, staff, day)


def actor_with(tx: Tx, account: StaffAccount, found: Sequence[Covered]) -> Actor:
    """Make the actor that an account is while it covers these posts; its department stays."""
    return Actor(
        staff=account.id,
        roles=covering.roles_with(account.roles, found),
        department=account.department,
        name=account.name,
        covering=tuple(dict.fromkeys(one.absent for one in found)),
        covers=tuple(_said(tx, one) for one in found),
    )


def _said(tx: Tx, one: Covered) -> Cover:
    absent = store.find(tx, one.absent)
    return Cover(absent.name if absent else "", one.post.name, one.last.isoformat())


def refresh(work: Work) -> int:
    """Let open sessions have the posts that their owners cover today, and no others; count them."""
    now = covers(work.tx, local_day(work.now))
    changed = 0
    for actor in sessions.open_actors(work.tx):
        found = now.get(actor.staff, ())
        account = store.find(work.tx, actor.staff) if found or actor.covering else None
        if account is None:
            continue
        meant = actor_with(work.tx, account, found)
        wanted = replace(actor, roles=meant.roles, covering=meant.covering, covers=meant.covers)
        if wanted != actor:
            sessions.rewrite(work.tx, wanted)
            changed += 1
    return changed
