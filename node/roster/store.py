"""The tables of accounts that are made above: plain SQL, no decisions."""

from dataclasses import dataclass
from typing import Any, Final

from node.database import Tx
from schemas.ids import NodeId, StaffId, StreamName
from schemas.roster import AccountArrived, ArrivalState, GrantView
from schemas.staff import Role

_COLUMNS: Final = (
    "stream, id, subject, keeper, roles, active, reason, part, author, granted_at, changed_at, seq"
)


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done at this node with an account that came from above."""

    seq: int
    part: str
    """The last that was used; empty if none was."""
    opened: bool
    """Whether the account here is the one that it made."""
    state: ArrivalState


@dataclass(frozen=True, slots=True)
class Said:
    """What a node said last of its account."""

    seq: int
    state: ArrivalState


def save(tx: Tx, grant: GrantView) -> None:
    """Write an account as it now stands."""
    tx.execute(
        f"INSERT OR REPLACE INTO roster ({_COLUMNS}) VALUES ({', '.join('?' * 12)})",  # noqa: S608
        (
            grant.stream, grant.id, grant.subject, grant.keeper, " ".join(grant.roles),
            grant.active, grant.reason, grant.part, grant.author, grant.granted_at,
            grant.changed_at, grant.seq,
        ),
    )  # fmt: skip


def move(tx: Tx, stream: StreamName, keeper: NodeId) -> None:
    """Note who keeps an account now."""
    tx.execute("UPDATE roster SET keeper = ? WHERE stream = ?", (keeper, stream))


def forget(tx: Tx, stream: StreamName) -> None:
    """Drop what the projection holds of one stream."""
    tx.execute("DELETE FROM roster WHERE stream = ?", (stream,))


def load(tx: Tx, stream: StreamName) -> GrantView | None:
    """Read an account by its stream."""
    return next(iter(_find(tx, "stream = ?", stream)), None)


def at(tx: Tx, account: StaffId) -> tuple[GrantView, ...]:
    """List the accounts of an id: one, unless a node made up the name of another's stream."""
    return _find(tx, "id = ?", account)


def of_node(tx: Tx, node: NodeId) -> tuple[GrantView, ...]:
    """List the accounts that were made for one node."""
    return _find(tx, "subject = ?", node)


def below(tx: Tx, node: NodeId) -> tuple[GrantView, ...]:
    """List the accounts that were made for the nodes below one."""
    return _find(tx, "subject > ?1 AND subject < ?1 || ':'", node)


# ---- what became of them


def note_arrival(tx: Tx, note: StreamName, node: NodeId, said: AccountArrived, at_ms: int) -> None:
    """Keep what a node's note says last."""
    tx.execute(
        "INSERT OR REPLACE INTO roster_arrivals (note, about, node, seq, state, at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (note, said.stream, node, said.seq, said.state, at_ms),
    )


def forget_arrival(tx: Tx, note: StreamName) -> None:
    """Drop what the projection holds of one note."""
    tx.execute("DELETE FROM roster_arrivals WHERE note = ?", (note,))


def said(tx: Tx, grant: GrantView) -> Said | None:
    """Read what the account's own node said last of it."""
    row = tx.execute(
        "SELECT seq, state FROM roster_arrivals WHERE about = ? AND node = ?"
        " ORDER BY seq DESC, at DESC, note DESC LIMIT 1",
        (grant.stream, grant.subject),
    ).fetchone()
    return Said(row[0], ArrivalState(row[1])) if row else None


def applied(tx: Tx, stream: StreamName) -> Applied | None:
    """Read what was done here with an account that came from above."""
    row = tx.execute(
        "SELECT seq, part, opened, state FROM roster_applied WHERE stream = ?", (stream,)
    ).fetchone()
    return Applied(row[0], row[1], bool(row[2]), ArrivalState(row[3])) if row else None


def put_applied(tx: Tx, stream: StreamName, done: Applied) -> None:
    """Write down what was done here."""
    tx.execute(
        "INSERT OR REPLACE INTO roster_applied (stream, seq, part, opened, state)"
        " VALUES (?, ?, ?, ?, ?)",
        (stream, done.seq, done.part, done.opened, done.state),
    )


def _find(tx: Tx, where: str, value: str) -> tuple[GrantView, ...]:
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM roster WHERE {where}"  # noqa: S608
        " ORDER BY subject, granted_at, stream",
        (value,),
    )
    return tuple(map(_view, rows))


def _view(row: tuple[Any, ...]) -> GrantView:
    (
        stream, account, subject, keeper, roles, active, reason, part, author, granted_at,
        changed_at, seq,
    ) = row  # fmt: skip
    return GrantView(
        stream=stream, id=account, subject=subject, keeper=keeper,
        roles=tuple(Role(one) for one in roles.split()), active=bool(active), reason=reason,
        part=part, author=author, granted_at=granted_at, changed_at=changed_at, seq=seq,
    )  # fmt: skip
