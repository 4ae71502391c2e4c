"""What can be done to accounts, inside the caller's Work. Passwords come here hashed.

Only an operator, or the node's own hand at the command line, may. Every change of an account ends
its sessions: what it may do takes effect at the next sign-in. Whoever calls one of these over HTTP
tells `Sessions.forget` afterwards.
"""

import base64
import secrets
from collections.abc import Mapping
from typing import Final, TypeVar

import msgspec

from node.database import Tx
from node.errors import AlreadyDoneError, BadInputError, NotAllowedError, NotFoundError
from node.staff import model, store
from node.web import sessions
from node.work import SYSTEM, Actor, Work
from schemas.ids import StaffId
from schemas.staff import (
    AccountChange,
    Department,
    NewAccount,
    Role,
    Staff,
    StaffAccount,
    StaffList,
)

T = TypeVar("T")

ID_BYTES: Final = 10  # 80 random bits, as for streams: says nothing of the person


def add(work: Work, new: NewAccount, password_hash: str) -> StaffAccount:
    """Open an account. Raises `BadInputError`, `AlreadyDoneError`."""
    _require_operator(work)
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
    return account


def update(
    work: Work, staff: StaffId, change: AccountChange, password_hash: str | None = None
) -> StaffAccount:
    """Change an account, disable or enable it, give it a new password. Raises as `add`."""
    _require_operator(work)
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
    if staff == work.actor.staff and not (after.active and Role.OPERATOR in after.roles):
        raise NotAllowedError("an operator does not shut himself out")
    if after == before and password_hash is None:
        return after
    store.update(work.tx, after, work.now_ms)
    if password_hash is not None:
        store.set_password(work.tx, staff, password_hash, work.now_ms)
    sessions.end_all(work.tx, staff)
    return after


def disable(work: Work, staff: StaffId) -> StaffAccount:
    """Shut an account: its owner is signed out and cannot sign in. Its id stays in old events."""
    return update(work, staff, AccountChange(active=False))


def set_own_password(work: Work, password_hash: str) -> None:
    """Give the actor a new password; all his sessions end."""
    _load(work, work.actor.staff)
    store.set_password(work.tx, work.actor.staff, password_hash, work.now_ms)
    sessions.end_all(work.tx, work.actor.staff)


def put_departments(work: Work, departments: tuple[Department, ...]) -> None:
    """Add departments, or rename those that exist."""
    _require_operator(work)
    for department in departments:
        if not department.id or not department.name:
            raise BadInputError({"departments": "bad_form"})
        store.put_department(work.tx, department)


def load(work: Work, listed: StaffList, hashes: Mapping[str, str]) -> tuple[StaffAccount, ...]:
    """Bring departments and accounts to what the file says; `hashes` is by the login as written.

    Whoever is not listed stays as he is. Loading twice changes nothing more.
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
    return tuple(done)


def listing(tx: Tx) -> Staff:
    """List accounts and departments."""
    return Staff(staff=store.accounts(tx), departments=store.departments(tx))


def departments(tx: Tx) -> tuple[Department, ...]:
    """List the departments, for whoever dispatches to one."""
    return store.departments(tx)


def account(tx: Tx, staff: StaffId) -> StaffAccount | None:
    """Find an account: other capabilities show names by it."""
    return store.find(tx, staff)


def actor_of(account: StaffAccount) -> Actor:
    """Make the actor that an account is once signed in."""
    return Actor(
        staff=account.id,
        roles=frozenset(account.roles),
        department=account.department,
        name=account.name,
    )


def require_operator(actor: Actor) -> None:
    """Pass an operator, or the node's own hand. Raises `NotAllowedError`."""
    if Role.OPERATOR not in actor.roles and actor.staff != SYSTEM.staff:
        raise NotAllowedError("only an operator keeps accounts")


def _require_operator(work: Work) -> None:
    require_operator(work.actor)


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
