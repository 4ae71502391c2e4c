"""The tables of sign-in: second factors, recovery codes, first passwords, unknown logins."""

from collections.abc import Iterable
from dataclasses import dataclass

from node.database import Tx
from schemas.ids import StaffId


@dataclass(frozen=True, slots=True)
class Factor:
    """Somebody's second factor as it is stored."""

    secret: bytes
    """Sealed."""
    counter: int
    """The step of the last code that was taken."""
    set_at: int
    """0 until its first code came."""
    drawn_at: int


def load(tx: Tx, staff: StaffId) -> Factor | None:
    """Give somebody's factor, set up or only drawn."""
    row = tx.execute(
        "SELECT secret, counter, set_at, drawn_at FROM second_factors WHERE staff = ?", (staff,)
    ).fetchone()
    return Factor(*row) if row else None


def draw(tx: Tx, staff: StaffId, sealed: bytes, now_ms: int) -> None:
    """Keep a secret that waits for its first code."""
    tx.execute(
        "INSERT OR REPLACE INTO second_factors (staff, secret, counter, set_at, drawn_at)"
        " VALUES (?, ?, 0, 0, ?)",
        (staff, sealed, now_ms),
    )


def confirm(tx: Tx, staff: StaffId, counter: int, now_ms: int) -> None:
    """Write down that the first code came."""
    tx.execute(
        "UPDATE second_factors SET counter = ?, set_at = ? WHERE staff = ?",
        (counter, now_ms, staff),
    )


def took(tx: Tx, staff: StaffId, counter: int) -> None:
    """Write down the step of a code that was taken."""
    tx.execute("UPDATE second_factors SET counter = ? WHERE staff = ?", (counter, staff))


def forget(tx: Tx, staff: StaffId) -> None:
    """Drop somebody's factor and his recovery codes."""
    tx.execute("DELETE FROM second_factors WHERE staff = ?", (staff,))
    tx.execute("DELETE FROM recovery_codes WHERE staff = ?", (staff,))


def keep_codes(tx: Tx, staff: StaffId, digests: Iterable[bytes]) -> None:
    """Keep the digests of new recovery codes, and no older ones."""
    tx.execute("DELETE FROM recovery_codes WHERE staff = ?", (staff,))
    tx.executemany(
        "INSERT INTO recovery_codes (staff, digest, used_at) VALUES (?, ?, 0)",
        [(staff, digest) for digest in digests],
    )


def use_code(tx: Tx, staff: StaffId, digest: bytes, now_ms: int) -> bool:
    """Use a recovery code up; says whether it was there and unused."""
    used = tx.execute(
        "UPDATE recovery_codes SET used_at = ? WHERE staff = ? AND digest = ? AND used_at = 0",
        (now_ms, staff, digest),
    )
    return used.rowcount == 1


def codes_left(tx: Tx, staff: StaffId) -> int:
    """Count the unused recovery codes."""
    row = tx.execute(
        "SELECT count(*) FROM recovery_codes WHERE staff = ? AND used_at = 0", (staff,)
    ).fetchone()
    return int(row[0])


def expect_new_password(tx: Tx, staff: StaffId, *, must: bool) -> None:
    """Write down whether somebody must change his password before anything else."""
    tx.execute("UPDATE staff SET must_change = ? WHERE id = ?", (must, staff))


def must_change(tx: Tx, staff: StaffId) -> bool:
    """Say whether somebody must change his password before anything else."""
    row = tx.execute("SELECT must_change FROM staff WHERE id = ?", (staff,)).fetchone()
    return bool(row and row[0])


def count_unknown(tx: Tx) -> None:
    """Count a try with a login that does not exist."""
    tx.execute("UPDATE unknown_logins SET tries = tries + 1")


def take_unknown(tx: Tx) -> int:
    """Give how many tries were counted, and begin at none."""
    (tries,) = tx.execute("SELECT tries FROM unknown_logins").fetchone()
    tx.execute("UPDATE unknown_logins SET tries = 0")
    return int(tries)
