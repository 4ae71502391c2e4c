"""What becomes of an account that was made above, at the node whose account it is.

The stream says how it stands; the part, once it is here, says who it is. Both are followed in a
Work after they came, as often as it takes, and then a note says so to whoever keeps the account.
An account that was here before under the same login stays as it is. A password that somebody has
chosen himself stays until the node above gives a new first one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from federation import partstore, streams
from federation.errors import DamagedStoreError
from federation.partstore import PartStore
from node.database import Tx
from node.errors import AlreadyDoneError
from node.roster import model, store
from node.roster.store import Applied, Said
from node.staff import granted
from node.work import Work
from schemas.ids import NodeId, StreamName
from schemas.roster import AccountArrived, ArrivalState, GrantView, StaffPart
from schemas.staff import StaffAccount


@dataclass(frozen=True, slots=True)
class Pending:
    """An account that is not yet here what its stream says."""

    grant: GrantView
    is_new: bool
    """Its part has come, and was not used yet."""
    part: StaffPart | None = field(repr=False)
    """What that says; `None` if it is no account."""


def is_behind(tx: Tx, me: NodeId) -> bool:
    """Say whether anything is to be done here, or to be told."""
    return any(_to_do(tx, me)) or any(_to_tell(tx, me))


def pending(tx: Tx, me: NodeId, parts: PartStore) -> tuple[Pending, ...]:
    """Read what is to be done. A file each: on a reader."""
    return tuple(
        Pending(grant, is_new, _read(tx, parts, grant) if is_new else None)
        for grant, is_new in _to_do(tx, me)
    )


def _read(tx: Tx, parts: PartStore, grant: GrantView) -> StaffPart | None:
    try:
        return model.read_part(parts.read(tx, grant.part).content, grant)
    except DamagedStoreError:
        return None  # as good as none: a new first password is a new part


def settle(work: Work, found: tuple[Pending, ...]) -> None:
    """Bring accounts to what their streams say; their sessions end with every change."""
    for one in found:
        if store.load(work.tx, one.grant.stream) == one.grant:  # else it is looked at again
            _settle(work, one)


def tell(work: Work) -> None:
    """Say by notes what became of accounts. Raises `CannotAppendError`."""
    for grant, done in tuple(_to_tell(work.tx, work.me)):
        _note(work, AccountArrived(stream=grant.stream, seq=grant.seq, state=done.state))


def _to_do(tx: Tx, me: NodeId) -> Iterator[tuple[GrantView, bool]]:
    """Give the accounts that are not here what they should be, and whether a part came for them."""
    for grant in store.of_node(tx, me):
        done = store.applied(tx, grant.stream)
        is_used = done is not None and done.part == grant.part
        is_new = not is_used and partstore.is_kept_for(tx, grant.stream, grant.part)
        if is_new or (done is not None and done.seq != grant.seq):
            yield grant, is_new


def _to_tell(tx: Tx, me: NodeId) -> Iterator[tuple[GrantView, Applied]]:
    for grant in store.of_node(tx, me):
        done = store.applied(tx, grant.stream)
        if done is None or (done.seq, done.part) != (grant.seq, grant.part):
            continue
        if store.said(tx, grant) != Said(done.seq, done.state):
            yield grant, done


def _settle(work: Work, one: Pending) -> None:
    grant, before = one.grant, store.applied(work.tx, one.grant.stream)
    part = grant.part if one.is_new or before is None else before.part
    if before is not None and before.opened:
        state = _change(work, one, before.state)
        opened = True
    else:
        state = _open(work, one) if one.is_new or before is None else before.state
        opened = state is ArrivalState.READY
    store.put_applied(work.tx, grant.stream, Applied(grant.seq, part, opened, state))


def _change(work: Work, one: Pending, state: ArrivalState) -> ArrivalState:
    """Bring the account that was opened for this stream to what it says."""
    grant, part = one.grant, one.part
    if granted.stand(work, grant.id, roles=grant.roles, active=grant.active) or one.is_new:
        work.touched.append(grant.stream)
    if not one.is_new:
        return state
    if part is None:
        return ArrivalState.UNUSABLE
    granted.begin_anew(
        work, grant.id, name=part.name, password_hash=part.password, must_change=part.must_change
    )
    return ArrivalState.READY


def _open(work: Work, one: Pending) -> ArrivalState:
    grant, part = one.grant, one.part
    if part is None:
        return ArrivalState.UNUSABLE
    account = StaffAccount(
        id=grant.id, login=part.login, name=part.name, roles=grant.roles, active=grant.active
    )
    try:
        granted.open_account(work, account, part.password, must_change=part.must_change)
    except AlreadyDoneError:
        return ArrivalState.LOGIN_TAKEN
    work.touched.append(grant.stream)
    return ArrivalState.READY


def _note(work: Work, said: AccountArrived) -> None:
    """Write into this node's own notes about the stream; into new ones if those are not judged."""
    subject: StreamName = said.stream
    found = streams.load(work.tx, subject)
    own = streams.find_about(work.tx, found, creator=work.me) if found else None
    if own is not None and own.holder == work.me and not own.unjudged:
        work.append(own.name, said, holder=work.me)
    else:
        work.begin("note", said, holder=work.me)
