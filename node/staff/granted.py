"""Accounts of this node that a node above made: for `node.roster` alone, which has judged them.

Every change ends the sessions of the account. Whoever calls one of these has `Sessions.forget`
told afterwards.
"""

from msgspec.structs import replace

from node.audit import actions as audit
from node.errors import AlreadyDoneError, NotFoundError
from node.staff import posting, sign_in_store, store
from node.web import sessions
from node.work import Work
from schemas.audit import Act
from schemas.ids import StaffId
from schemas.staff import Role, StaffAccount


def open_account(
    work: Work, account: StaffAccount, password_hash: str, *, must_change: bool
) -> None:
    """Open an account; one that was here before stays. Raises `AlreadyDoneError`."""
    if store.find_by_login(work.tx, account.login) is not None:
        raise AlreadyDoneError(account.login)
    if store.find(work.tx, account.id) is not None:
        raise AlreadyDoneError(account.id)
    store.insert(work.tx, account, password_hash, work.now_ms)
    sign_in_store.expect_new_password(work.tx, account.id, must=must_change)
    _note(work, Act.ACCOUNT_ADDED, account)


def stand(work: Work, staff: StaffId, *, roles: tuple[Role, ...], active: bool) -> bool:
    """Let an account have these posts, and be in use or not; say whether that is a change.

    Raises `NotFoundError`.
    """
    before = _load(work, staff)
    after = replace(before, roles=roles, active=active)
    if after == before:
        return False
    store.update(work.tx, after, work.now_ms)
    posting.leave_unfit(work, after)
    sessions.end_all(work.tx, staff)
    if after.active != before.active:
        _note(work, Act.ACCOUNT_STARTED if after.active else Act.ACCOUNT_STOPPED, after)
    if after.roles != before.roles:
        _note(work, Act.ACCOUNT_CHANGED, after)
    return True


def begin_anew(
    work: Work, staff: StaffId, *, name: str, password_hash: str, must_change: bool
) -> None:
    """Give an account its new first password, and the name it goes by. Raises `NotFoundError`."""
    after = replace(_load(work, staff), name=name)
    store.update(work.tx, after, work.now_ms)
    store.set_password(work.tx, staff, password_hash, work.now_ms)
    sign_in_store.expect_new_password(work.tx, staff, must=must_change)
    sessions.end_all(work.tx, staff)
    _note(work, Act.ACCOUNT_CHANGED, after)


def _note(work: Work, act: Act, account: StaffAccount) -> None:
    detail = {"login": account.login, "roles": " ".join(account.roles), "by": "above"}
    audit.note(work, act, account.id, detail)


def _load(work: Work, staff: StaffId) -> StaffAccount:
    found = store.find(work.tx, staff)
    if found is None:
        raise NotFoundError("account")
    return found
