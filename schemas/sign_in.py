"""What the `zhengwu` command asks about signing in."""

import msgspec


class ResetFactor(msgspec.Struct, frozen=True, kw_only=True):
    """Take somebody's second factor away: he sets up another when he next signs in."""

    login: str
    why: str
