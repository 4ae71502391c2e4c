"""What an account may be: logins, posts, passwords. Pure rules; nothing here hashes or stores.

Faults are returned by field, all at once; the words are the edge's.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Final

from schemas.ids import DepartmentId, StaffId
from schemas.levels import Capability, Profile
from schemas.staff import CATALOGUE_POSTS, KEEPERS, OVERSEERS, Department, Role

SHORTEST_PASSWORD: Final = 10  # characters; length is what counts (密码长度优先)
LONGEST_PASSWORD: Final = 256  # more only costs the hasher time
FEWEST_DIFFERENT: Final = 5  # "aaaaaaaaaa" and "1212121212" are long, not good
LONGEST_NAME: Final = 64
NEED_DEPARTMENT: Final = frozenset(
    (Role.HANDLER, Role.REVIEWER, Role.APPROVER, Role.REPRESENTATIVE)
)
"""Posts inside a department, where a tier has departments."""
CASE_POSTS: Final = frozenset(Role) - KEEPERS - CATALOGUE_POSTS - OVERSEERS
"""Posts that work on cases: the only ones that have an A and a B person."""
APART: Final = frozenset((Role.OPERATOR, Role.SECURITY, Role.AUDITOR))
"""三员: the system, its accounts and the reading of what all did lie with different people."""
OWN_HANDS: Final = frozenset((StaffId("system"), StaffId("operator")))
"""The node itself and its command line: whoever sits at the machine."""
_DEPARTMENT: Final = re.compile(r"[a-z][a-z0-9]{1,15}")
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


_BRINGS: Final[Mapping[Role, frozenset[Role]]] = {
    Role.REVIEWER: frozenset({Role.HANDLER}),
    Role.REPRESENTATIVE: frozenset({Role.HANDLER, Role.APPROVER}),
}
"""What a post may do beside its own: a representative has his department's full authority."""


def powers(roles: Collection[Role]) -> frozenset[Role]:
    """Give what somebody with these posts may act as."""
    return frozenset(roles).union(*(_BRINGS.get(role, frozenset()) for role in roles))


def normal_login(text: str) -> str:
    """Give the one form of a login: people type capitals and full-width letters."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def normal_password(text: str) -> str:
    """Give the one form of a password, whatever keyboard typed it."""
    return unicodedata.normalize("NFKC", text)


def password_faults(login: str, password: str) -> dict[str, str]:
    """Say what is wrong with a new password, under the field `password`; empty if nothing is."""
    plain = normal_password(password)
    folded = plain.casefold()
    if len(plain) < SHORTEST_PASSWORD:
        return {"password": "too_short"}
    if len(plain) > LONGEST_PASSWORD:
        return {"password": "too_long"}
    if folded in breached() or (len(login) > 2 and _is_login_dressed_up(folded, login)):  # noqa: PLR2004  # shorter ones occur in any word
        return {"password": "well_known"}
    if len(set(folded)) < FEWEST_DIFFERENT or _is_run(folded):
        return {"password": "too_simple"}
    return {}


def _is_login_dressed_up(password: str, login: str) -> bool:
    return login in password and len(password) - len(login) <= 4  # noqa: PLR2004  # a year or "1234"


def _is_run(text: str) -> bool:
    """Say whether each character is the next (or the same step away) of the one before."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(steps) == 1


@cache
def breached() -> frozenset[str]:
    """Give the passwords of at least ten characters that everybody tries first."""
    text = (resources.files("node.staff") / "breached.txt").read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line and line[0] != "#")


def account_faults(
    profile: Profile,
    departments: Collection[DepartmentId],
    *,
    login: str,
    name: str,
    roles: Collection[Role],
    department: DepartmentId | None,
) -> Mapping[str, str]:
    """Say what is wrong with an account at a node of this profile, by field: perhaps nothing."""
    faults: dict[str, str] = {}
    if not _LOGIN.fullmatch(login):
        faults["login"] = "bad_form"
    if not name.strip() or len(name) > LONGEST_NAME:
        faults["name"] = "bad_form"
    if fault := _roles_fault(profile, frozenset(roles)):
        faults["roles"] = fault
    if department is not None and department not in departments:
        faults["department"] = "unknown"
    elif department is None and departments and NEED_DEPARTMENT & set(roles):
        faults["department"] = "missing"
    return faults


def department_faults(department: Department) -> dict[str, str]:
    """Say what is wrong with a department, by field: perhaps nothing."""
    faults = {}
    if not _DEPARTMENT.fullmatch(department.id):
        faults["id"] = "bad_form"
    if not department.name.strip():
        faults["name"] = "bad_form"
    return faults


def _roles_fault(profile: Profile, roles: frozenset[Role]) -> str:
    """Say why nobody may hold these posts at once; empty if somebody may."""
    if not roles:
        return "missing"
    if not roles <= set(profile.roles):
        return "not_at_this_tier"
    if Role.AUDITOR in roles and len(roles) > 1:
        return "auditor_alone"
    has_people_enough = Capability.DEPARTMENTS in profile.capabilities
    if has_people_enough and len(roles & APART) > 1:
        return "kept_apart"
    if has_people_enough and roles & APART and roles & CASE_POSTS:
        return "keeps_and_works"
    return ""


def may_keep(roles: Collection[Role], *, has_security: bool) -> bool:
    """Say whether somebody keeps accounts: security, or where nobody does that the operator."""
    return Role.SECURITY in roles or (Role.OPERATOR in roles and not has_security)
