"""The tables `staff` and `departments`: plain SQL, no decisions."""

from dataclasses import dataclass
from typing import Final

from node.database import Tx
from schemas.ids import DepartmentId, StaffId
from schemas.staff import Department, Role, StaffAccount

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
    rows = tx.execute("SELECT id, name, name_en FROM departments ORDER BY serial")
    return tuple(Department(id=DepartmentId(i), name=n, name_en=e) for i, n, e in rows)


def put_department(tx: Tx, department: Department) -> None:
    """Add a department, or give it its new names."""
    tx.execute(
        "INSERT INTO departments (id, name, name_en) VALUES (?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_en = excluded.name_en",
        (department.id, department.name, department.name_en),
    )


def _words(roles: tuple[Role, ...]) -> str:
    return " ".join(role.value for role in roles)


def _account(row: tuple[str, str, str, str, str | None, int]) -> StaffAccount:
    staff, login, name, roles, department, active = row
    return StaffAccount(
        id=StaffId(staff),
        login=login,
        name=name,
        roles=tuple(Role(role) for role in roles.split()),
        department=DepartmentId(department) if department else None,
        active=bool(active),
    )
