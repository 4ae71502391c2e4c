"""The tables of the trail: added to and read, never changed."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from node.audit.model import Head, Row
from schemas.audit import Act, AuditEntry
from schemas.ids import StaffId

Tx = sqlite3.Connection
_COLUMNS: Final = "serial, at, staff, name, act, subject, detail, digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows are asked for; what is empty does not count."""

    from_ms: int = 0
    to_ms: int = 0
    """Not included."""
    act: Act | None = None
    person: str = ""
    """His id, or his whole name."""
    subject: str = ""
    before: int = 0


def head(tx: Tx) -> Head:
    """Tell where the trail ends."""
    serial, digest = tx.execute("SELECT serial, digest FROM audit_head").fetchone()
    return Head(serial, digest)


def append(tx: Tx, row: Row, digest: bytes) -> None:
    """Add the next row."""
    tx.execute(
        f"INSERT INTO audit_entries ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (row.serial, row.at, row.staff, row.name, row.act, row.subject, row.detail, digest),
    )
    tx.execute("UPDATE audit_head SET serial = ?, digest = ?", (row.serial, digest))


def rows_after(tx: Tx, serial: int, most: int) -> Iterator[tuple[Row, bytes]]:
    """Give the rows after `serial` in their order, as they are stored."""
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM audit_entries WHERE serial > ? ORDER BY serial LIMIT ?",  # noqa: S608
        (serial, most),
    )
    for *fields, digest in rows:
        yield Row(*fields), digest


def entries_after(tx: Tx, serial: int, most: int) -> tuple[AuditEntry, ...]:
    """Give the rows after `serial` in their order, read."""
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM audit_entries WHERE serial > ? ORDER BY serial LIMIT ?",  # noqa: S608
        (serial, most),
    )
    return tuple(_entry(row) for row in rows)


def entries(tx: Tx, wanted: Wanted, most: int) -> tuple[AuditEntry, ...]:
    """Give the rows that are wanted, latest first."""
    asked = (
        ("at >= ?", wanted.from_ms),
        ("at < ?", wanted.to_ms),
        ("act = ?", wanted.act),
        ("(staff = ?1 OR name = ?1)", wanted.person),
        ("subject = ?", wanted.subject),
        ("serial < ?", wanted.before),
    )
    clauses, values = [], []
    for clause, value in asked:
        if value:
            values.append(value)
            clauses.append(clause.replace("?1", "?").replace("?", f"?{len(values)}"))
    where = f"WHERE {' AND '.join(clauses)}" if clauses else ""
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM audit_entries {where}"  # noqa: S608  # clauses of our own
        f" ORDER BY serial DESC LIMIT {most:d}",
        values,
    )
    return tuple(_entry(row) for row in rows)


def first_done(tx: Tx, act: Act) -> dict[str, int]:
    """Tell when an act was first done to each subject: milliseconds UTC."""
    rows = tx.execute(
        "SELECT subject, min(at) FROM audit_entries WHERE act = ? GROUP BY subject", (act,)
    )
    return dict(rows)


def digest_of(tx: Tx, serial: int) -> bytes | None:
    """Give the digest of a row; `None` if there is none."""
    row = tx.execute("SELECT digest FROM audit_entries WHERE serial = ?", (serial,)).fetchone()
    return None if row is None else bytes(row[0])


def _entry(row: tuple[int, int, str, str, str, str, str, bytes]) -> AuditEntry:
    serial, at, staff, name, act, subject, detail, digest = row
    return AuditEntry(
        serial=serial,
        at=at,
        staff=StaffId(staff),
        name=name,
        act=Act(act),
        subject=subject,
        detail=msgspec.json.decode(detail, type=dict[str, str]),
        digest=digest.hex(),
    )
