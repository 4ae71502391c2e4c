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

from schemas.ids import DepartmentId
from schemas.levels import Profile
from schemas.staff import Role

SHORTEST_PASSWORD: Final = 10  # characters; length is what counts (密码长度优先)
LONGEST_PASSWORD: Final = 256  # more only costs the hasher time
FEWEST_DIFFERENT: Final = 5  # "aaaaaaaaaa" and "1212121212" are long, not good
LONGEST_NAME: Final = 64
NEED_DEPARTMENT: Final = frozenset((Role.HANDLER, Role.APPROVER))
"""Posts inside a department, where a tier has departments."""
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


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
    if not roles:
        faults["roles"] = "missing"
    elif not set(roles) <= set(profile.roles):
        faults["roles"] = "not_at_this_tier"
    if department is not None and department not in departments:
        faults["department"] = "unknown"
    elif department is None and departments and NEED_DEPARTMENT & set(roles):
        faults["department"] = "missing"
    return faults
