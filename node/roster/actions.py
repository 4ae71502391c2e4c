"""What can be done with accounts of the nodes below, inside the caller's Work.

Only whoever keeps accounts at this node may. The part, with the password's hash, comes prepared:
hashing and encrypting are slow and happen before the Work.
"""

from federation import partstore
from federation.partstore import PartStore, PreparedPart
from node.audit import actions as audit
from node.errors import AlreadyDoneError, BadInputError, NotAllowedError, NotFoundError
from node.roster import model, reading, store
from node.roster.kind import KIND
from node.staff import actions as people
from node.staff import model as staff
from node.work import Work
from schemas.audit import Act
from schemas.ids import StaffId, StreamName
from schemas.roster import (
    ChangeRoles,
    GrantAccount,
    GrantedPerson,
    GrantView,
    StaffChanged,
    StaffEvent,
    StaffGranted,
    StaffResumed,
    StaffStopped,
    StopAccount,
)


def grant(work: Work, parts: PartStore, form: GrantAccount, ready: PreparedPart) -> GrantedPerson:
    """开户: make an account for a node below. Raises `BadInputError`, `NotAllowedError`."""
    people.require_keeper(work.tx, work.actor)
    faults = _faults(work, parts, form)
    if faults:
        raise BadInputError(faults)
    roles = tuple(dict.fromkeys(form.roles))
    fact = StaffGranted(subject=form.node, roles=roles, part=ready.digest)
    stream = work.begin(KIND, fact, holder=work.me).event.stream
    partstore.keep(work.tx, ready, stream)
    detail = {"node": form.node, "roles": " ".join(roles)}
    audit.note(work, Act.ROSTER_GRANTED, model.account_of(stream), detail)
    return _fresh(work, parts, stream)


def change_roles(
    work: Work, parts: PartStore, account: StaffId, form: ChangeRoles
) -> GrantedPerson:
    """换岗. Raises `NotFoundError`, `NotAllowedError`, `BadInputError`."""
    found = _kept_here(work, account)
    roles = tuple(dict.fromkeys(form.roles))
    if not model.are_grantable(found.subject, roles):
        raise BadInputError({"roles": "not_at_this_tier" if roles else "missing"})
    if roles != found.roles:
        _append(work, found, StaffChanged(roles=roles))
        _audit(work, Act.ROSTER_CHANGED, found, {"roles": " ".join(roles)})
    return _fresh(work, parts, found.stream)


def stop(work: Work, parts: PartStore, account: StaffId, form: StopAccount) -> GrantedPerson:
    """停用. Raises as `change_roles`; `AlreadyDoneError` if it is stopped."""
    found = _kept_here(work, account)
    if form.reason not in model.STOP_REASONS:
        raise BadInputError({"reason": "unknown" if form.reason else "missing"})
    if not found.active:
        raise AlreadyDoneError(account)
    _append(work, found, StaffStopped(reason=form.reason))
    _audit(work, Act.ROSTER_STOPPED, found, {"reason": form.reason})
    return _fresh(work, parts, found.stream)


def resume(work: Work, parts: PartStore, account: StaffId) -> GrantedPerson:
    """恢复. Raises as `change_roles`; `AlreadyDoneError` if it is in use."""
    found = _kept_here(work, account)
    if found.active:
        raise AlreadyDoneError(account)
    _append(work, found, StaffResumed())
    _audit(work, Act.ROSTER_RESUMED, found, {})
    return _fresh(work, parts, found.stream)


def reset_password(
    work: Work, parts: PartStore, account: StaffId, ready: PreparedPart
) -> GrantedPerson:
    """重设密码: by a new part, of the same person. Raises as `change_roles`."""
    found = _kept_here(work, account)
    _append(work, found, StaffChanged(part=ready.digest))
    partstore.keep(work.tx, ready, found.stream)
    _audit(work, Act.ROSTER_CHANGED, found, {"what": "password"})
    return _fresh(work, parts, found.stream)


def _kept_here(work: Work, account: StaffId) -> GrantView:
    """Find an account that this node keeps. Raises `NotFoundError`, `NotAllowedError`."""
    people.require_keeper(work.tx, work.actor)
    found = reading.find(work.tx, work.me, account)
    if found.keeper != work.me:
        raise NotAllowedError(f"{found.keeper} keeps this account")
    return found


def _append(work: Work, found: GrantView, fact: StaffEvent) -> None:
    work.append(found.stream, fact, holder=work.me)


def _audit(work: Work, act: Act, found: GrantView, detail: dict[str, str]) -> None:
    audit.note(work, act, found.id, {"node": found.subject, **detail})


def _faults(work: Work, parts: PartStore, form: GrantAccount) -> dict[str, str]:
    login = staff.normal_login(form.login)
    faults = model.faults_of_granting(work.me, form.node, form.roles, login=login, name=form.name)
    if "node" not in faults and form.node not in reading.places(work.tx, work.me):
        faults["node"] = "unknown"
    if faults:
        return faults
    there = reading.listing(work.tx, parts, work.me, form.node).people
    if len(there) >= model.MOST_PEOPLE:
        return {"node": "too_many"}
    return {"login": "taken"} if any(one.login == login for one in there) else {}


def _fresh(work: Work, parts: PartStore, stream: StreamName) -> GrantedPerson:
    found = store.load(work.tx, stream)
    if found is None:
        raise NotFoundError(stream)
    return reading.person(work.tx, parts, work.me, found)
