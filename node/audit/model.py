"""How a row of the trail follows the one before it. Pure: bytes in, verdict out.

Whoever has the rows can reckon the chain himself: SHA-256 of the digest before (32 zero bytes
before the first row) and of the row as one line of JSON.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from schemas.audit import Fault

BEFORE_THE_FIRST: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is stored, without its digest."""

    serial: int
    at: int
    staff: str
    name: str
    act: str
    subject: str
    detail: str
    """JSON, as it was written."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a trail ends."""

    serial: int = 0
    digest: bytes = BEFORE_THE_FIRST


@dataclass(frozen=True, slots=True)
class Broken:
    """The first fault of a trail."""

    serial: int
    fault: Fault


def digest_after(before: bytes, row: Row) -> bytes:
    """Reckon the digest of `row`, which follows the row with the digest `before`."""
    line = (row.serial, row.at, row.staff, row.name, row.act, row.subject, row.detail)
    return hashlib.sha256(before + msgspec.json.encode(line)).digest()


def follow(head: Head, rows: Iterable[tuple[Row, bytes]]) -> tuple[Head, Broken | None]:
    """Walk on from `head` over the next rows; stop before the first that does not follow."""
    for row, digest in rows:
        if row.serial != head.serial + 1:
            return head, Broken(head.serial + 1, Fault.MISSING)
        if digest_after(head.digest, row) != digest:
            return head, Broken(row.serial, Fault.CHANGED)
        head = Head(row.serial, digest)
    return head, None


def ends_at(reached: Head, end: Head) -> Broken | None:
    """Compare where the walk ended with where the trail says that it ends."""
    if reached == end:
        return None
    if reached.serial < end.serial:
        return Broken(reached.serial + 1, Fault.MISSING)
    return Broken(end.serial + 1 if reached.serial > end.serial else end.serial, Fault.FORGED)


def detail_text(detail: dict[str, str]) -> str:
    """Write a detail in its one form."""
    return msgspec.json.encode(detail, order="sorted").decode()
