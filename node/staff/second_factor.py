"""The second factor (动态口令): codes of an app on the owner's phone, by RFC 6238.

A code is good once, a step of half a minute early or late. Ten recovery codes on paper stand in for
a lost phone, each once. The secret lies under this node's data key; who has the store alone makes
no codes.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

from node.audit import actions as audit
from node.database import Tx
from node.errors import AlreadyDoneError, NotAllowedError, NotFoundError
from node.staff import actions, model, sign_in_store
from node.web import sessions
from node.work import Work
from schemas.audit import Act
from schemas.ids import StaffId

STEP_SECONDS: Final = 30  # what every authenticator app assumes
DIGITS: Final = 6
SECRET_BYTES: Final = 20  # of HMAC-SHA-1, as RFC 4226 wants
STEPS: Final = (0, -1, 1)  # a phone's clock may be half a minute off
DRAWN_LIFE_MS: Final = 3_600_000  # an hour to install the app; later another secret is drawn
RECOVERY_CODES: Final = 10
RECOVERY_BYTES: Final = 10  # 80 bits: a plain hash of it tells nobody anything
GROUP: Final = 4  # characters, as people copy them


@dataclass(frozen=True, slots=True)
class Drawn:
    """A secret that waits for its first code."""

    secret: bytes

    @property
    def groups(self) -> str:
        """The secret as somebody types it into an app."""
        return _grouped(_base32(self.secret))

    def uri(self, login: str, place: str) -> str:
        """What the square picture says to the app."""
        label = f"{quote(place)}:{quote(login)}"
        return f"otpauth://totp/{label}?secret={_base32(self.secret)}&issuer={quote(place)}"


def code_at(secret: bytes, counter: int) -> str:
    """Reckon the code of one step."""
    return HOTP(secret, DIGITS, SHA1()).generate(counter).decode()  # noqa: S303  # what apps speak


def counter_of(secret: bytes, code: str, *, now_ms: int, last: int) -> int | None:
    """Say of which step a code is, if it is right now and later than the `last` one taken."""
    here = now_ms // (STEP_SECONDS * 1000)
    fitting = [
        here + step
        for step in STEPS
        if hmac.compare_digest(code_at(secret, here + step).encode(), code.encode())
    ]
    return next((one for one in fitting if one > last), None)


def is_set(tx: Tx, staff: StaffId) -> bool:
    """Say whether somebody has a second factor."""
    found = sign_in_store.load(tx, staff)
    return found is not None and bool(found.set_at)


def draw(work: Work, wall_ms: int) -> Drawn:
    """Draw a secret for the actor, or give the one drawn of late. Raises `AlreadyDoneError`."""
    staff = work.actor.staff
    found = sign_in_store.load(work.tx, staff)
    if found is not None and found.set_at:
        raise AlreadyDoneError("second factor")
    if found is not None and wall_ms - found.drawn_at < DRAWN_LIFE_MS:
        return Drawn(_opened(work, staff, found.secret))
    secret = secrets.token_bytes(SECRET_BYTES)
    sealed = work.ledger.identity.wrap(secret, _belongs_to(staff))
    sign_in_store.draw(work.tx, staff, sealed, wall_ms)
    return Drawn(secret)


def confirm(work: Work, code: str, wall_ms: int) -> tuple[str, ...] | None:
    """Set the actor's factor up by its first code; gives his recovery codes, this once.

    `None` if the code is wrong. Raises `AlreadyDoneError`, `NotFoundError`.
    """
    staff = work.actor.staff
    found = sign_in_store.load(work.tx, staff)
    if found is None:
        raise NotFoundError("second factor")
    if found.set_at:
        raise AlreadyDoneError("second factor")
    secret = _opened(work, staff, found.secret)
    counter = counter_of(secret, _plain(code), now_ms=wall_ms, last=found.counter)
    if counter is None:
        return None
    codes = tuple(
        _grouped(_base32(secrets.token_bytes(RECOVERY_BYTES))) for _ in range(RECOVERY_CODES)
    )
    sign_in_store.confirm(work.tx, staff, counter, wall_ms)
    sign_in_store.keep_codes(work.tx, staff, [_digest(staff, one) for one in codes])
    audit.note(work, Act.SECOND_FACTOR_SET, staff, {"name": work.actor.name})
    return codes


def take(work: Work, code: str, wall_ms: int) -> bool:
    """Take a code, or a recovery code, of the actor: good once. Says whether it is right."""
    staff, plain = work.actor.staff, _plain(code)
    found = sign_in_store.load(work.tx, staff)
    if found is None or not found.set_at:
        return False
    if len(plain) > DIGITS:
        if not sign_in_store.use_code(work.tx, staff, _digest(staff, plain), wall_ms):
            return False
        left = {"left": str(sign_in_store.codes_left(work.tx, staff))}
        audit.note(work, Act.RECOVERY_CODE_USED, staff, left)
        return True
    secret = _opened(work, staff, found.secret)
    counter = counter_of(secret, plain, now_ms=wall_ms, last=found.counter)
    if counter is None:
        return False
    sign_in_store.took(work.tx, staff, counter)
    return True


def reset(work: Work, staff: StaffId, why: str) -> None:
    """Take somebody's factor away: he sets up another. Another keeper does it, and says why.

    Raises `NotAllowedError`, `NotFoundError`.
    """
    actions.require_keeper(work.tx, work.actor)
    if staff == work.actor.staff:
        raise NotAllowedError("nobody resets his own second factor")
    account = actions.account(work.tx, staff)
    if account is None or not is_set(work.tx, staff):
        raise NotFoundError("second factor")
    sign_in_store.forget(work.tx, staff)
    sessions.end_all(work.tx, staff)
    audit.note(work, Act.SECOND_FACTOR_RESET, staff, {"name": account.name, "why": why})


def codes_left(tx: Tx, staff: StaffId) -> int:
    """Count the recovery codes that somebody has not used."""
    return sign_in_store.codes_left(tx, staff)


def _opened(work: Work, staff: StaffId, sealed: bytes) -> bytes:
    return work.ledger.identity.unwrap(sealed, _belongs_to(staff))


def _belongs_to(staff: StaffId) -> bytes:
    return f"second factor of {staff}".encode()


def _plain(code: str) -> str:
    """Give what was typed, on whatever keyboard, without what stands between groups."""
    return "".join(one for one in model.normal_password(code) if one.isalnum()).upper()


def _digest(staff: StaffId, code: str) -> bytes:
    return hashlib.sha256(f"{staff}\n{_plain(code)}".encode()).digest()


def _base32(secret: bytes) -> str:
    return base64.b32encode(secret).decode().rstrip("=")


def _grouped(text: str) -> str:
    return " ".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))
