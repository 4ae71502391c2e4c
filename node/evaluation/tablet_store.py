"""The tables of tablets and invitations: this node's own. Plain SQL, no decisions."""

from dataclasses import dataclass
from typing import Any, Final

from node.database import Tx
from schemas.ids import StaffId, StreamName

_TABLET: Final = "id, name, window, made_by, made_at, ended_at"
_INVITATION: Final = "id, tablet, about, staff, made_at, until, used_at, ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tablet:
    """窗口评价器."""

    id: str
    name: str
    window: str
    made_by: StaffId
    made_at: int
    ended_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """邀请评价."""

    id: str
    tablet: str
    case: StreamName | None
    """Nothing: a visit, which is named by the invitation."""
    staff: StaffId
    made_at: int
    until: int
    used_at: int | None
    ended: bool
    """Somebody else was invited after it."""


def put_tablet(tx: Tx, tablet: Tablet, secret: bytes) -> None:
    """Write a tablet down."""
    tx.execute(
        f"INSERT INTO tablets ({_TABLET}, secret) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            tablet.id, tablet.name, tablet.window, tablet.made_by, tablet.made_at,
            tablet.ended_at, secret,
        ),
    )  # fmt: skip


def tablets(tx: Tx) -> tuple[Tablet, ...]:
    """List the tablets in use, by name."""
    where = "WHERE ended_at IS NULL ORDER BY name, id"
    rows = tx.execute(f"SELECT {_TABLET} FROM tablets {where}")  # noqa: S608
    return tuple(map(_tablet, rows))


def tablet(tx: Tx, named: str) -> Tablet | None:
    """Find a tablet, in use or not."""
    row = tx.execute(f"SELECT {_TABLET} FROM tablets WHERE id = ?", (named,)).fetchone()  # noqa: S608
    return None if row is None else _tablet(row)


def tablet_of(tx: Tx, secret: bytes) -> Tablet | None:
    """Find the tablet whose address holds this secret."""
    row = tx.execute(
        f"SELECT {_TABLET} FROM tablets WHERE secret = ?",  # noqa: S608
        (secret,),
    ).fetchone()
    return None if row is None else _tablet(row)


def end_tablet(tx: Tx, named: str, now_ms: int) -> None:
    """Let a tablet be used no more."""
    tx.execute("UPDATE tablets SET ended_at = ? WHERE id = ?", (now_ms, named))


def invite(tx: Tx, invitation: Invitation) -> None:
    """Write an invitation down; one that waits at the tablet ends by it."""
    end_waiting(tx, invitation.tablet)
    tx.execute(
        f"INSERT INTO rating_invitations ({_INVITATION}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            invitation.id, invitation.tablet, invitation.case, invitation.staff,
            invitation.made_at, invitation.until, invitation.used_at, invitation.ended,
        ),
    )  # fmt: skip


def end_waiting(tx: Tx, tablet: str) -> None:
    """End whatever invitation waits at a tablet."""
    tx.execute(
        "UPDATE rating_invitations SET ended = 1"
        " WHERE tablet = ? AND used_at IS NULL AND ended = 0",
        (tablet,),
    )


def use(tx: Tx, invitation: str, now_ms: int) -> None:
    """Note that an invitation was followed."""
    tx.execute("UPDATE rating_invitations SET used_at = ? WHERE id = ?", (now_ms, invitation))


def invitation(tx: Tx, named: str) -> Invitation | None:
    """Find an invitation."""
    row = tx.execute(
        f"SELECT {_INVITATION} FROM rating_invitations WHERE id = ?",  # noqa: S608
        (named,),
    ).fetchone()
    return None if row is None else _invitation(row)


def waiting(tx: Tx, tablet: str, now_ms: int) -> Invitation | None:
    """Find the invitation that waits at a tablet."""
    row = tx.execute(
        f"SELECT {_INVITATION} FROM rating_invitations WHERE tablet = ? AND used_at IS NULL"  # noqa: S608
        " AND ended = 0 AND until > ? ORDER BY made_at DESC LIMIT 1",
        (tablet, now_ms),
    ).fetchone()
    return None if row is None else _invitation(row)


def last_tablet_of(tx: Tx, staff: StaffId) -> str:
    """Name the tablet that somebody invited to last; empty before the first time."""
    row = tx.execute(
        "SELECT tablet FROM rating_invitations WHERE staff = ? ORDER BY made_at DESC LIMIT 1",
        (staff,),
    ).fetchone()
    return "" if row is None else str(row[0])


def _tablet(row: tuple[Any, ...]) -> Tablet:
    named, name, window, made_by, made_at, ended_at = row
    return Tablet(
        id=named, name=name, window=window, made_by=made_by, made_at=made_at, ended_at=ended_at
    )


def _invitation(row: tuple[Any, ...]) -> Invitation:
    named, tablet, about, staff, made_at, until, used_at, ended = row
    return Invitation(
        id=named,
        tablet=tablet,
        case=about,
        staff=staff,
        made_at=made_at,
        until=until,
        used_at=used_at,
        ended=bool(ended),
    )
