"""Which devices evaluate, and which of them somebody of the staff was signed in with that day.

A device is a keyed hash of address and browser, of 32 bits, under a key that this node draws each
day and destroys after it: it tells two devices of one day apart, and nobody can find out more.
"""

import secrets
from datetime import timedelta
from typing import Final

from node.clock import local_day
from node.database import Tx
from node.evaluation import model
from node.evaluation.model import Origin
from node.work import Work
from schemas.evaluation import EvaluationChannel
from schemas.ids import StaffId

KEY_BYTES: Final = 16
KEPT_DAYS: Final = 2  # a clock that is set back by a day finds its key again
SIGNS_SHOWN: Final = 50


def mark(work: Work, origin: Origin) -> tuple[str, bool]:
    """Name a device, and say whether somebody of the staff was signed in with it today."""
    day, device = _device(work, origin)
    row = work.tx.execute(
        "SELECT 1 FROM staff_devices WHERE day = ? AND device = ?", (day, device)
    ).fetchone()
    return device, row is not None


def note_staff(work: Work, origin: Origin) -> None:
    """Remember for today that somebody of the staff is signed in with this device."""
    day, device = _device(work, origin)
    work.tx.execute("INSERT OR IGNORE INTO staff_devices VALUES (?, ?)", (day, device))


def note_sign(
    work: Work, staff: StaffId, channel: EvaluationChannel, number: str, origin: Origin
) -> None:
    """Write down that somebody tried to evaluate with his own sign-in, and was refused."""
    device, _ = mark(work, origin)
    work.tx.execute(
        "INSERT INTO rating_signs (at, staff, channel, number, device) VALUES (?, ?, ?, ?, ?)",
        (work.now_ms, staff, channel, number[: model.MAX_CODES], device),
    )


def signs(tx: Tx, first_ms: int, last_ms: int) -> tuple[tuple[int, StaffId, str], ...]:
    """List who tried in [first, last): when, who, and the number that was shown."""
    rows = tx.execute(
        "SELECT at, staff, number FROM rating_signs WHERE at >= ? AND at < ?"
        " ORDER BY serial DESC LIMIT ?",
        (first_ms, last_ms, SIGNS_SHOWN),
    )
    return tuple((at, StaffId(staff), number) for at, staff, number in rows)


def _device(work: Work, origin: Origin) -> tuple[str, str]:
    day = local_day(work.now)
    return day.isoformat(), model.device_of(_key(work, day.isoformat()), origin)


def _key(work: Work, day: str) -> bytes:
    row = work.tx.execute("SELECT key FROM device_days WHERE day = ?", (day,)).fetchone()
    if row is not None:
        return bytes(row[0])
    oldest = (local_day(work.now) - timedelta(days=KEPT_DAYS)).isoformat()
    work.tx.execute("DELETE FROM device_days WHERE day < ?", (oldest,))
    work.tx.execute("DELETE FROM staff_devices WHERE day < ?", (oldest,))
    key = secrets.token_bytes(KEY_BYTES)
    work.tx.execute("INSERT INTO device_days VALUES (?, ?)", (day, key))
    return key
