"""Forms that came too late: what was typed is kept for an hour, for whoever typed it.

Texts only: no password, no code, no file. Sealed under this node's data key for one person; a page
shows him what would be sent where, and one button sends it again.
"""

import secrets
from dataclasses import dataclass
from typing import Final

import msgspec
from litestar.datastructures import UploadFile

from federation.errors import DamagedStoreError
from federation.identity import Identity
from node.clock import to_ms
from node.database import Tx
from node.work import Works
from schemas.ids import StaffId

LIFE_MS: Final = 3_600_000  # an hour: a person comes back the same day or not at all
MOST_EACH: Final = 5  # forms of one person: some tabs, not a store
MOST_BYTES: Final = 200_000  # of texts: the longest list of persons fits
MOST_FIELDS: Final = 2_000
ID_BYTES: Final = 12
AGAIN: Final = "kept_form"
"""The field by which a form that is sent again says which kept one it is."""
SECRET: Final = frozenset({"csrf", AGAIN, "password", "current", "new", "again", "code"})
"""Fields that are never kept."""
NEVER: Final = ("/api", "/sign-in", "/sign-out", "/password", "/second-factor", "/kept")
"""Where no form is kept."""


class KeptForm(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody typed."""

    path: str
    """Where it was to be sent, with its query."""
    page: str
    """Where it was typed."""
    fields: tuple[tuple[str, str], ...]
    multipart: bool
    had_files: bool
    """Files came with it; they are not kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept form and its name."""

    id: str
    form: KeptForm
    at_ms: int


Sent = list[tuple[str, object]]
"""The fields of a form as they came: texts and files."""


def of(path: str, page: str, sent: Sent, *, multipart: bool) -> KeptForm | None:
    """Take from a form what may be kept; `None` if nothing may, or it is too much."""
    if _is_shut(path.partition("?")[0]) or len(sent) > MOST_FIELDS:
        return None
    texts = tuple(
        (name, value) for name, value in sent if isinstance(value, str) and not _is_secret(name)
    )
    size = sum(len(name.encode()) + len(value.encode()) for name, value in texts)
    if size > MOST_BYTES or not any(value.strip() for _, value in texts):
        return None
    files = any(isinstance(value, UploadFile) and value.filename for _, value in sent)
    return KeptForm(path=path, page=page, fields=texts, multipart=multipart, had_files=files)


def _is_shut(path: str) -> bool:
    """Say whether nothing is kept there; `//name/…` would lead to another machine."""
    return path.startswith("//") or any(
        path == door or path.startswith(f"{door}/") for door in NEVER
    )


def _is_secret(name: str) -> bool:
    return name in SECRET or "password" in name


class KeptForms:
    """The forms that this node keeps."""

    def __init__(self, works: Works) -> None:
        self._works = works

    async def keep(self, staff: StaffId, form: KeptForm) -> None:
        """Keep a form for `staff`."""
        now = self._now
        await self._works.database.write(lambda tx: _keep(tx, self._identity, staff, form, now))

    async def latest(self, staff: StaffId) -> Kept | None:
        """Give the form that `staff` typed last, if one is kept."""
        now = self._now
        return await self._works.read(lambda tx: _latest(tx, self._identity, staff, now))

    async def drop(self, staff: StaffId, named: str) -> None:
        """Keep one of `staff`'s forms no longer."""
        await self._works.database.write(
            lambda tx: tx.execute(
                "DELETE FROM kept_forms WHERE staff = ? AND id = ?", (staff, named)
            )
        )

    @property
    def _now(self) -> int:
        return to_ms(self._works.clock.wall())

    @property
    def _identity(self) -> Identity:
        return self._works.ledger.identity


def _keep(tx: Tx, identity: Identity, staff: StaffId, form: KeptForm, now: int) -> None:
    named = secrets.token_hex(ID_BYTES)
    sealed = identity.wrap(msgspec.msgpack.encode(form), _belongs_to(staff, named))
    tx.execute("DELETE FROM kept_forms WHERE at < ?", (now - LIFE_MS,))
    tx.execute(
        "INSERT INTO kept_forms (id, staff, sealed, at) VALUES (?, ?, ?, ?)",
        (named, staff, sealed, now),
    )
    tx.execute(
        "DELETE FROM kept_forms WHERE staff = ? AND serial NOT IN"
        " (SELECT serial FROM kept_forms WHERE staff = ? ORDER BY serial DESC LIMIT ?)",
        (staff, staff, MOST_EACH),
    )


def _latest(tx: Tx, identity: Identity, staff: StaffId, now: int) -> Kept | None:
    row = tx.execute(
        "SELECT id, sealed, at FROM kept_forms WHERE staff = ? AND at >= ?"
        " ORDER BY serial DESC LIMIT 1",
        (staff, now - LIFE_MS),
    ).fetchone()
    if row is None:
        return None
    named, sealed, at = row
    try:
        plain = identity.unwrap(sealed, _belongs_to(staff, named))
    except DamagedStoreError:  # the node's keys were replaced meanwhile
        return None
    return Kept(named, msgspec.msgpack.decode(plain, type=KeptForm), at)


def _belongs_to(staff: StaffId, named: str) -> bytes:
    return f"kept form {named} of {staff}".encode()
