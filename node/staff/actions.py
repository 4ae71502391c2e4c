"""What can be done to accounts, inside the caller's Work. Passwords come here hashed.

Only who keeps accounts (`require_keeper`), or the node's own hand at the command line, may; nobody
changes his own posts. Every change of an account ends its sessions: what it may do takes effect at
the next sign-in. Whoever calls one of these over HTTP tells `Sessions.forget` afterwards.
"""

import base64
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Final, TypeVar

import msgspec

from node.audit import actions as audit
from node.database import Tx
from node.errors import AlreadyDoneError, BadInputError, NotAllowedError, NotFoundError
from node.staff import model, posting, sign_in_store, store
from node.web import sessions
from node.work import Actor, Work
from schemas.audit import Act
from schemas.ids import StaffId
from schemas.staff import (
    AccountChange,
    Department,
    NewAccount,
    Post,
    PostFile,
    Role,
    Staff,
    StaffAccount,
    StaffList,
)

T = TypeVar("T")

ID_BYTES: Final = 10  # 80 random bits, as for streams: says nothing of the person


def add(work: Work, new: NewAccount, password_hash: str) -> StaffAccount:
    """Open an account. Raises `BadInputError`, `AlreadyDoneError`."""
    require_keeper(work.tx, work.actor)
    account = StaffAccount(
        id=StaffId(base64.b32encode(secrets.token_bytes(ID_BYTES)).decode().lower()),
        login=model.normal_login(new.login),
        name=new.name.strip(),
        roles=tuple(dict.fromkeys(new.roles)),
        department=new.department,
    )
    _require_sound(work, account)
    if store.find_by_login(work.tx, account.login) is not None:
        raise AlreadyDoneError(account.login)
    store.insert(work.tx, account, password_hash, work.now_ms)
    _expect_his_own(work, account.id)
    audit.note(work, Act.ACCOUNT_ADDED, account.id, _said(account))
    return account


def update(
    work: Work, staff: StaffId, change: AccountChange, password_hash: str | None = None
) -> StaffAccount:
    """Change an account, disable or enable it, give it a new password. Raises as `add`."""
    require_keeper(work.tx, work.actor)
    before = _load(work, staff)
    after = StaffAccount(
        id=before.id,
        login=before.login,
        name=_chosen(change.name, before.name).strip(),
        roles=tuple(dict.fromkeys(_chosen(change.roles, before.roles))),
        department=_chosen(change.department, before.department),
        active=_chosen(change.active, before.active),
    )
    _require_sound(work, after)
    if staff == work.actor.staff and (not after.active or set(after.roles) != set(before.roles)):
        raise NotAllowedError("nobody changes his own posts or shuts himself out")
    if after == before and password_hash is None:
        return after
    store.update(work.tx, after, work.now_ms)
    posting.leave_unfit(work, after)
    if password_hash is not None:
        store.set_password(work.tx, staff, password_hash, work.now_ms)
        _expect_his_own(work, staff)
    _note_change(work, before, after, has_new_password=password_hash is not None)
    sessions.end_all(work.tx, staff)
    return after


def _expect_his_own(work: Work, staff: StaffId) -> None:
    """A password that another person chose is good for choosing one's own, and no more."""
    must = staff != work.actor.staff and not is_own_hand(work.actor)
    sign_in_store.expect_new_password(work.tx, staff, must=must)


def _note_change(
    work: Work, before: StaffAccount, after: StaffAccount, *, has_new_password: bool
) -> None:
    if before.active != after.active:
        act = Act.ACCOUNT_STARTED if after.active else Act.ACCOUNT_STOPPED
        audit.note(work, act, after.id, {"login": after.login, "name": after.name})
    if msgspec.structs.replace(before, active=after.active) != after or has_new_password:
        said = _said(after) | ({"password": "new"} if has_new_password else {})
        audit.note(work, Act.ACCOUNT_CHANGED, after.id, said)


def _said(account: StaffAccount) -> dict[str, str]:
    return {
        "login": account.login,
        "name": account.name,
        "roles": " ".join(account.roles),
        "department": account.department or "",
    }


def disable(work: Work, staff: StaffId) -> StaffAccount:
    """Shut an account: its owner is signed out and cannot sign in. Its id stays in old events."""
    return update(work, staff, AccountChange(active=False))


def set_own_password(work: Work, password_hash: str) -> None:
    """Give the actor a new password; all his sessions end."""
    _load(work, work.actor.staff)
    store.set_password(work.tx, work.actor.staff, password_hash, work.now_ms)
    sessions.end_all(work.tx, work.actor.staff)


def put_departments(work: Work, departments: tuple[Department, ...]) -> None:
    """Add departments, or change names and kind of those that exist."""
    require_keeper(work.tx, work.actor)
    known = store.departments(work.tx)
    for department in departments:
        faults = model.department_faults(department)
        if faults:
            raise BadInputError(faults)
        if department not in known:
            store.put_department(work.tx, department)
            said = {"name": department.name, "management": department.kind.value}
            audit.note(work, Act.DEPARTMENT_CHANGED, department.id, said)


def load(work: Work, listed: StaffList, hashes: Mapping[str, str]) -> tuple[StaffAccount, ...]:
    """Bring all that the file lists to what it says; `hashes` is by the login as written.

    Whoever and whatever is not listed stays. Loading twice changes nothing more.
    """
    put_departments(work, listed.departments)
    done = []
    for one in listed.staff:
        known = store.find_by_login(work.tx, model.normal_login(one.login))
        secret = hashes.get(one.login)
        if known is None:
            new = NewAccount(
                login=one.login, name=one.name, roles=one.roles, department=one.department,
                password="",
            )  # fmt: skip
            done.append(add(work, new, secret or ""))
            continue
        change = AccountChange(name=one.name, roles=one.roles, department=one.department)
        done.append(update(work, known.account.id, change, secret))
    for window in listed.windows:
        posting.put_window(work, window)
    for post in listed.posts:
        posting.put_post(work, _post_of(work.tx, post))
    return tuple(done)


def _post_of(tx: Tx, listed: PostFile) -> Post:
    people = {
        part: store.find_by_login(tx, model.normal_login(login))
        for part, login in (("a", listed.a), ("b", listed.b))
        if login
    }
    unknown = {f"{listed.id}.{part}": "unknown" for part, found in people.items() if not found}
    if unknown:
        raise BadInputError(unknown)
    ids = {part: found.account.id for part, found in people.items() if found}
    return Post(
        id=listed.id, name=listed.name, roles=listed.roles, department=listed.department,
        window=listed.window, a=ids.get("a"), b=ids.get("b"),
    )  # fmt: skip


def listing(tx: Tx) -> Staff:
    """List accounts and departments."""
    return Staff(staff=store.accounts(tx), departments=store.departments(tx))


def departments(tx: Tx) -> tuple[Department, ...]:
    """List the departments, for whoever dispatches to one."""
    return store.departments(tx)


def account(tx: Tx, staff: StaffId) -> StaffAccount | None:
    """Find an account: other capabilities show names by it."""
    return store.find(tx, staff)


def by_login(tx: Tx, login: str) -> StaffAccount | None:
    """Find an account by its login, however it is typed."""
    found = store.find_by_login(tx, model.normal_login(login))
    return found.account if found else None


def actor_of(account: StaffAccount) -> Actor:
    """Make the actor that an account is by its own posts alone."""
    return Actor(
        staff=account.id,
        roles=model.powers(account.roles),
        department=account.department,
        name=account.name,
    )


def actor_on(tx: Tx, account: StaffAccount, day: date) -> Actor:
    """Make the actor that an account is on a day: with the posts that it covers (顶岗)."""
    return posting.actor_with(tx, account, posting.covers(tx, day).get(account.id, ()))


def require_operator(actor: Actor) -> None:
    """Pass an operator, or the node's own hand. Raises `NotAllowedError`."""
    if Role.OPERATOR not in actor.roles and not is_own_hand(actor):
        raise NotAllowedError("only an operator keeps the node")


def require_keeper(tx: Tx, actor: Actor) -> None:
    """Pass who keeps accounts, or the node's own hand. Raises `NotAllowedError`."""
    if not is_own_hand(actor) and not keeps(tx, actor):
        raise NotAllowedError("accounts are kept by security, or without one by the operator")


keeps = posting.keeps
is_own_hand = posting.is_own_hand


def _require_sound(work: Work, account: StaffAccount) -> None:
    faults = model.account_faults(
        work.profile,
        [department.id for department in store.departments(work.tx)],
        login=account.login,
        name=account.name,
        roles=account.roles,
        department=account.department,
    )
    if faults:
        raise BadInputError(faults)


def _load(work: Work, staff: StaffId) -> StaffAccount:
    found = store.find(work.tx, staff)
    if found is None:
        raise NotFoundError("account")
    return found


def _chosen(wanted: T | msgspec.UnsetType, before: T) -> T:
    return before if isinstance(wanted, msgspec.UnsetType) else wanted


def is_anybody_here(tx: Tx) -> bool:
    """Say whether any account is in use: at a new node nobody can sign in yet."""
    return store.is_anybody_here(tx)
