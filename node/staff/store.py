"""Accounts, departments, windows, posts, absences and filings: plain SQL, no decisions."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from node.database import Tx
from node.staff.covering import Turn
from schemas.ids import DepartmentId, StaffId
from schemas.staff import (
    Absence,
    AbsenceKind,
    Department,
    DepartmentKind,
    Filing,
    Post,
    Role,
    StaffAccount,
    Window,
    WindowKind,
)

_COLUMNS: Final = "id, login, name, roles, department, active"


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account with what proves its owner."""

    account: StaffAccount
    password: str
    """The Argon2id hash; empty if none was set."""


def find(tx: Tx, staff: StaffId) -> StaffAccount | None:
    """Find an account by its id."""
    row = tx.execute(f"SELECT {_COLUMNS} FROM staff WHERE id = ?", (staff,)).fetchone()  # noqa: S608
    return _account(row) if row else None


def find_by_login(tx: Tx, login: str) -> Credentials | None:
    """Find an account and its password's hash by its login in normal form."""
    row = tx.execute(
        f"SELECT {_COLUMNS}, password FROM staff WHERE login = ?",  # noqa: S608
        (login,),
    ).fetchone()
    return Credentials(_account(row[:-1]), row[-1]) if row else None


def accounts(tx: Tx) -> tuple[StaffAccount, ...]:
    """List all accounts by login; a node has some hundreds at most."""
    rows = tx.execute(f"SELECT {_COLUMNS} FROM staff ORDER BY login")  # noqa: S608
    return tuple(_account(row) for row in rows)


def insert(tx: Tx, account: StaffAccount, password: str, now_ms: int) -> None:
    """Add an account."""
    tx.execute(
        "INSERT INTO staff (id, login, name, roles, department, active, password, created_at,"
        " changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            account.id, account.login, account.name, _words(account.roles), account.department,
            account.active, password, now_ms, now_ms,
        ),
    )  # fmt: skip


def update(tx: Tx, account: StaffAccount, now_ms: int) -> None:
    """Write everything but login and password."""
    tx.execute(
        "UPDATE staff SET name = ?, roles = ?, department = ?, active = ?, changed_at = ?"
        " WHERE id = ?",
        (
            account.name, _words(account.roles), account.department, account.active, now_ms,
            account.id,
        ),
    )  # fmt: skip


def set_password(tx: Tx, staff: StaffId, password: str, now_ms: int) -> None:
    """Write a password's hash."""
    tx.execute(
        "UPDATE staff SET password = ?, changed_at = ? WHERE id = ?", (password, now_ms, staff)
    )


def departments(tx: Tx) -> tuple[Department, ...]:
    """List the departments in the order they were written down."""
    rows = tx.execute("SELECT id, name, name_en, kind FROM departments ORDER BY serial")
    return tuple(
        Department(id=DepartmentId(i), name=n, name_en=e, kind=DepartmentKind(k))
        for i, n, e, k in rows
    )


def put_department(tx: Tx, department: Department) -> None:
    """Add a department, or give it its new names and kind."""
    tx.execute(
        "INSERT INTO departments (id, name, name_en, kind) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_en = excluded.name_en,"
        " kind = excluded.kind",
        (department.id, department.name, department.name_en, department.kind.value),
    )


def has_security(tx: Tx) -> bool:
    """Say whether somebody keeps accounts as security administrator."""
    rows = tx.execute("SELECT roles FROM staff WHERE active")
    return any(Role.SECURITY.value in roles.split() for (roles,) in rows)


# ---- windows


def windows(tx: Tx) -> tuple[Window, ...]:
    """List the windows by what stands above them."""
    rows = tx.execute("SELECT id, name, kind, department, open FROM windows ORDER BY id")
    return tuple(
        Window(
            id=number, name=name, kind=WindowKind(kind), department=_department(department),
            open=bool(is_open),
        )
        for number, name, kind, department, is_open in rows
    )  # fmt: skip


def put_window(tx: Tx, window: Window) -> None:
    """Add a window, or write down what it has become."""
    tx.execute(
        "INSERT INTO windows (id, name, kind, department, open) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind,"
        " department = excluded.department, open = excluded.open",
        (window.id, window.name, window.kind.value, window.department, window.open),
    )


# ---- posts


def posts(tx: Tx) -> tuple[Post, ...]:
    """List the posts with their A and B persons of now, in the order they were written down."""
    held: dict[tuple[str, str], StaffId] = {
        (post, part): StaffId(staff)
        for post, part, staff in tx.execute(
            "SELECT post, part, staff FROM post_people WHERE until_at IS NULL"
        )
    }
    rows = tx.execute("SELECT id, name, roles, department, window FROM posts ORDER BY serial")
    return tuple(
        Post(
            id=i, name=name, roles=_roles(roles), department=_department(department),
            window=window, a=held.get((i, "a")), b=held.get((i, "b")),
        )
        for i, name, roles, department, window in rows
    )  # fmt: skip


def put_post(tx: Tx, post: Post) -> None:
    """Add a post, or write down what it has become; its people are `put_turn`'s."""
    tx.execute(
        "INSERT INTO posts (id, name, roles, department, window) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, roles = excluded.roles,"
        " department = excluded.department, window = excluded.window",
        (post.id, post.name, _words(post.roles), post.department, post.window),
    )


def move_post(tx: Tx, post: str, window: str | None, now_ms: int) -> None:
    """Let a post be at a window from now on; `None`: at none."""
    tx.execute(
        "INSERT INTO post_windows (post, window, from_at) VALUES (?, ?, ?)", (post, window, now_ms)
    )


def post_windows(tx: Tx) -> tuple[tuple[str, str | None, int], ...]:
    """List at which window which post was from when on, the oldest first."""
    return tuple(tx.execute("SELECT post, window, from_at FROM post_windows ORDER BY serial"))


def end_turn(tx: Tx, post: str, part: str, now_ms: int) -> None:
    """Let whoever is A or B of a post be so no longer."""
    tx.execute(
        "UPDATE post_people SET until_at = ? WHERE post = ? AND part = ? AND until_at IS NULL",
        (now_ms, post, part),
    )


def begin_turn(tx: Tx, turn: Turn, put_by: StaffId) -> None:
    """Let somebody be A or B of a post from now on."""
    tx.execute(
        "INSERT INTO post_people (post, part, staff, from_at, put_by) VALUES (?, ?, ?, ?, ?)",
        (turn.post, turn.part, turn.staff, turn.from_at, put_by),
    )


def turns(tx: Tx) -> tuple[Turn, ...]:
    """List who was A or B of which post and when, the oldest first."""
    rows = tx.execute(
        "SELECT post, part, staff, from_at, until_at FROM post_people ORDER BY serial"
    )
    return tuple(
        Turn(post, part, StaffId(staff), at, until) for post, part, staff, at, until in rows
    )


# ---- absences

_ABSENCE: Final = "id, staff, kind, first, last, noted_by, noted_at, ended_by, ended_at"


def insert_absence(tx: Tx, absence: Absence) -> None:
    """Write an absence down."""
    tx.execute(
        f"INSERT INTO absences ({_ABSENCE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            absence.id, absence.staff, absence.kind.value, absence.first, absence.last,
            absence.noted_by, absence.noted_at, absence.ended_by, absence.ended_at,
        ),
    )  # fmt: skip


def end_absence(tx: Tx, absence: str, by: StaffId, now_ms: int) -> None:
    """Take an absence back; it stays written down."""
    tx.execute("UPDATE absences SET ended_by = ?, ended_at = ? WHERE id = ?", (by, now_ms, absence))


def find_absence(tx: Tx, absence: str) -> Absence | None:
    """Find an absence by its id."""
    row = tx.execute(
        f"SELECT {_ABSENCE} FROM absences WHERE id = ?",  # noqa: S608
        (absence,),
    ).fetchone()
    return _absence(row) if row else None


def absences_since(tx: Tx, day: str) -> tuple[Absence, ...]:
    """List the absences whose last day as noted is that one or a later one, by their first."""
    rows = tx.execute(
        f"SELECT {_ABSENCE} FROM absences WHERE last >= ? ORDER BY first, serial",  # noqa: S608
        (day,),
    )
    return tuple(_absence(row) for row in rows)


def absences_of(tx: Tx, staff: StaffId) -> tuple[Absence, ...]:
    """List somebody's absences, the newest first."""
    rows = tx.execute(
        f"SELECT {_ABSENCE} FROM absences WHERE staff = ? ORDER BY first DESC, serial DESC",  # noqa: S608
        (staff,),
    )
    return tuple(_absence(row) for row in rows)


# ---- filings

_FILING: Final = (
    "number, staff, name, department, post, window, from_day, filed_by, filed_at, state, judged_by,"
    " judged_at, reason, follows"
)


def filings_in(tx: Tx, year: int) -> int:
    """Count the filings of a year."""
    row = tx.execute("SELECT count(*) FROM filings WHERE year = ?", (year,)).fetchone()
    return int(row[0])


def insert_filing(tx: Tx, filing: Filing, *, year: int) -> None:
    """Write a filing down."""
    values = (
        filing.number, filing.staff, filing.name, filing.department, filing.post, filing.window,
        filing.from_day, filing.filed_by, filing.filed_at, filing.state.value, filing.judged_by,
        filing.judged_at, filing.reason, filing.follows, year,
    )  # fmt: skip
    marks = ", ".join("?" for _ in values)
    tx.execute(f"INSERT INTO filings ({_FILING}, year) VALUES ({marks})", values)  # noqa: S608


def judge_filing(tx: Tx, filing: Filing) -> None:
    """Write down what the HR bureau answered."""
    tx.execute(
        "UPDATE filings SET state = ?, judged_by = ?, judged_at = ?, reason = ? WHERE number = ?",
        (filing.state.value, filing.judged_by, filing.judged_at, filing.reason, filing.number),
    )


def find_filing(tx: Tx, number: str) -> Filing | None:
    """Find a filing by its number."""
    row = tx.execute(
        f"SELECT {_FILING} FROM filings WHERE number = ?",  # noqa: S608
        (number,),
    ).fetchone()
    return _filing(row) if row else None


def filings(tx: Tx) -> tuple[Filing, ...]:
    """List all filings, the newest first: a few dozen a year."""
    rows = tx.execute(f"SELECT {_FILING} FROM filings ORDER BY serial DESC")  # noqa: S608
    return tuple(_filing(row) for row in rows)


def _words(roles: tuple[Role, ...]) -> str:
    return " ".join(role.value for role in roles)


def _roles(words: str) -> tuple[Role, ...]:
    return tuple(Role(role) for role in words.split())


def _department(name: str | None) -> DepartmentId | None:
    return DepartmentId(name) if name else None


def _absence(row: tuple[str, str, str, str, str, str, int, str | None, int]) -> Absence:
    number, staff, kind, first, last, noted_by, noted_at, ended_by, ended_at = row
    return Absence(
        id=number,
        staff=StaffId(staff),
        kind=AbsenceKind(kind),
        first=first,
        last=last,
        noted_by=StaffId(noted_by),
        noted_at=noted_at,
        ended_by=StaffId(ended_by) if ended_by else None,
        ended_at=ended_at,
    )


def _filing(row: tuple[Any, ...]) -> Filing:
    return msgspec.convert(dict(zip(_FILING.split(", "), row, strict=True)), type=Filing)


def _account(row: tuple[str, str, str, str, str | None, int]) -> StaffAccount:
    staff, login, name, roles, department, active = row
    return StaffAccount(
        id=StaffId(staff),
        login=login,
        name=name,
        roles=_roles(roles),
        department=_department(department),
        active=bool(active),
    )


def is_anybody_here(tx: Tx) -> bool:
    """Say whether any account is in use."""
    return tx.execute("SELECT 1 FROM staff WHERE active = 1 LIMIT 1").fetchone() is not None
