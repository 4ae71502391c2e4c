"""What an account made above is, who may write of it, and what its events do to it. Pure.

Every replica judges from the stream's own events and the level profiles, so all agree.
"""

import re
from typing import Final, assert_never

import msgspec

from levels.profiles import profile_of
from node.staff import model as staff
from schemas.events import Event
from schemas.ids import (
    BadNameError,
    NodeId,
    PartDigest,
    StaffId,
    StreamName,
    is_ancestor,
    level_of,
    parse_node_id,
)
from schemas.levels import Capability
from schemas.reasons import Reason
from schemas.roster import (
    GrantAccount,
    GrantView,
    StaffChanged,
    StaffEvent,
    StaffGranted,
    StaffPart,
    StaffResumed,
    StaffStopped,
)
from schemas.staff import Role

MOST_PEOPLE: Final = 50  # at one node below: a town has a dozen, and a page of them stays small
STOP_REASONS: Final = (
    Reason.LEFT_POST,
    Reason.COLLEAGUE_ABSENT,
    Reason.PASSWORD_EXPOSED,
    Reason.BY_MISTAKE,
    Reason.OTHER,
)
_HASH: Final = re.compile(
    r"\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d)\$[A-Za-z0-9+/]{11,64}\$[A-Za-z0-9+/]{22,86}"
)
_MOST_KIB: Final = (
    64 * 1024
)  # three times ours: what came from above may not eat a village's memory
_MOST_PASSES: Final = 10  # five times ours
_MOST_LANES: Final = 4  # cores of the machines we know


# ---- what events do


def grantable(node: NodeId) -> tuple[Role, ...]:
    """Name the posts that a node above may give at `node`.

    Powers over a node and its people, and posts inside a department, are given at the node itself.
    """
    profile, never = profile_of(level_of(node)), staff.APART
    if Capability.DEPARTMENTS in profile.capabilities:
        never |= staff.NEED_DEPARTMENT
    return tuple(role for role in profile.roles if role not in never)


def has_no_keeper(node: NodeId) -> bool:
    """Say whether nobody at `node` keeps accounts by his post: a village."""
    return Role.SECURITY not in profile_of(level_of(node)).roles


def is_sound(before: GrantView | None, event: Event, fact: StaffEvent) -> bool:
    """Say whether an event may follow what the stream said before.

    1. its author lies above the node whose account it is, and goes on holding it; 2. it begins
    once; 3. the posts are some that may be given there; 4. stopping and resuming alternate.
    """
    if isinstance(fact, StaffGranted):
        is_first = before is None and are_grantable(fact.subject, fact.roles)  # 2, 3
        return is_first and _may_write(event, fact.subject)
    return before is not None and _may_write(event, before.subject) and _may_follow(before, fact)


def _may_write(event: Event, subject: NodeId) -> bool:
    return is_ancestor(event.node, subject) and event.holder == event.node  # 1


def _may_follow(before: GrantView, fact: StaffChanged | StaffStopped | StaffResumed) -> bool:
    match fact:
        case StaffChanged():
            return not fact.roles or are_grantable(before.subject, fact.roles)  # 3
        case StaffStopped():
            return before.active  # 4
        case StaffResumed():
            return not before.active  # 4
        case _:
            assert_never(fact)


def are_grantable(node: NodeId, roles: tuple[Role, ...]) -> bool:
    """Say whether these are posts, all different, that may be given at `node`."""
    return bool(roles) and set(roles) <= set(grantable(node)) and len(set(roles)) == len(roles)


def begin(event: Event, fact: StaffGranted) -> GrantView:
    """Give the account that a first event makes."""
    return GrantView(
        stream=event.stream,
        id=account_of(event.stream),
        subject=fact.subject,
        keeper=event.holder,
        roles=fact.roles,
        active=True,
        part=fact.part,
        author=event.node,
        granted_at=event.at,
        changed_at=event.at,
        seq=event.seq,
    )


def apply(
    grant: GrantView, event: Event, fact: StaffChanged | StaffStopped | StaffResumed
) -> GrantView:
    """Give the account as it is after a sound event."""
    after = msgspec.structs.replace(grant, keeper=event.holder, changed_at=event.at, seq=event.seq)
    match fact:
        case StaffChanged():
            return msgspec.structs.replace(
                after,
                roles=fact.roles or grant.roles,
                part=fact.part or grant.part,
                author=event.node if fact.part else grant.author,
            )
        case StaffStopped():
            return msgspec.structs.replace(after, active=False, reason=fact.reason)
        case StaffResumed():
            return msgspec.structs.replace(after, active=True, reason=None)
        case _:
            assert_never(fact)


def part_named(fact: StaffEvent) -> PartDigest | None:
    """Name the part that an event speaks of, if it does."""
    return fact.part if isinstance(fact, StaffGranted | StaffChanged) else None


def account_of(stream: StreamName) -> StaffId:
    """Give the id of the stream's account: the random end of its name."""
    return StaffId(stream.rsplit("/", 1)[1])


# ---- what may be asked for, and what may come


def faults_of_granting(
    me: NodeId, node: NodeId, roles: tuple[Role, ...], *, login: str, name: str
) -> dict[str, str]:
    """Say what is wrong with an account for `node`, by field, as far as the form alone can tell."""
    try:
        parse_node_id(node)
    except BadNameError:
        return {"node": "not_below"}
    if not is_ancestor(me, node):
        return {"node": "not_below"}
    faults = dict(
        staff.account_faults(
            profile_of(level_of(node)), (), login=login, name=name, roles=roles, department=None
        )
    )
    if "roles" not in faults and not are_grantable(node, roles):
        faults["roles"] = "not_at_this_tier"
    return faults


def who_is(form: GrantAccount) -> StaffPart:
    """Give who it is that a form speaks of, without what proves it."""
    return StaffPart(login=form.login, name=form.name, password="", must_change=form.must_change)


def read_part(content: bytes, grant: GrantView) -> StaffPart | None:
    """Read what came as somebody's account; `None` if nobody could sign in by it.

    A hash that would cost more than a small machine has is none.
    """
    try:
        part = msgspec.json.decode(content, type=StaffPart)
    except msgspec.DecodeError:
        return None
    faults = staff.account_faults(
        profile_of(level_of(grant.subject)), (), login=part.login, name=part.name,
        roles=grant.roles, department=None,
    )  # fmt: skip
    is_normal = staff.normal_login(part.login) == part.login and part.name.strip() == part.name
    return part if not faults and is_normal and _is_hash(part.password) else None


def _is_hash(text: str) -> bool:
    found = _HASH.fullmatch(text)
    if found is None:
        return False
    kib, passes, lanes = map(int, found.groups())
    return kib <= _MOST_KIB and passes <= _MOST_PASSES and lanes <= _MOST_LANES
