"""断点续传: files that come piece by piece, kept sealed until they are whole.

A piece that does not begin where the last one ended changes nothing: the answer says where to go
on, so a repeated or lost piece costs nothing but itself. What nobody goes on with is forgotten.
"""

import hashlib
import secrets
import zlib
from typing import Final

import msgspec

from federation.identity import Identity
from federation.partstore import PreparedPart
from node.clock import to_ms
from node.database import Tx
from node.errors import BadInputError, NotFoundError, TooLargeError
from node.parts import actions, arriving_store
from node.parts.arriving_store import Row
from node.web.limits import MAX_PART_BYTES
from node.work import Work
from schemas.ids import StaffId
from schemas.parts_api import Arriving, BeginUpload, Uploaded

MAX_PIECE_BYTES: Final = 512 << 10  # two seconds on a good village line
MOST_AT_ONCE: Final = 8  # of one person: the pages of one paper, chosen together
NAME_BYTES: Final = 12  # 96 random bits: the address tells nothing
LONGEST_KEY: Final = 400  # characters: a file's name, its size, its day, and where it goes
SWEPT_AT_ONCE: Final = 4


def begin(work: Work, form: BeginUpload) -> Arriving:
    """Begin a file, or go on with the one that was begun under this key.

    Raises `BadInputError`, `TooLargeError`.
    """
    if form.bytes > MAX_PART_BYTES:
        raise TooLargeError(MAX_PART_BYTES)
    if form.bytes < 1 or not 0 < len(form.key) <= LONGEST_KEY:
        raise BadInputError({"bytes" if form.bytes < 1 else "key": "bad_length"})
    staff, key = work.actor.staff, hashlib.sha256(form.key.encode()).digest()
    row = arriving_store.by_key(work.tx, staff, key)
    if row is not None and row.size == form.bytes and row.answer is None:
        return _told(row)
    if row is not None:
        arriving_store.drop(work.tx, row.id)
    _make_room(work, staff)
    name = secrets.token_hex(NAME_BYTES)
    arriving_store.insert(work.tx, staff, key=key, name=name, size=form.bytes, now_ms=work.now_ms)
    return Arriving(id=name, bytes=form.bytes, offset=0, crc32=0)


def add(work: Work, name: str, offset: int, piece: bytes) -> Arriving:
    """Keep a piece if it begins where the last one ended, and say how far the file has come.

    Raises `NotFoundError`, `TooLargeError`.
    """
    row = _own(work.tx, work.actor.staff, name)
    if offset != row.got or not piece or row.answer is not None:
        return _told(row)
    if len(piece) > MAX_PIECE_BYTES or row.got + len(piece) > row.size:
        raise TooLargeError(min(MAX_PIECE_BYTES, row.size - row.got))
    sealed = work.ledger.identity.wrap(piece, _belongs_to(name, offset))
    crc = zlib.crc32(piece, row.crc)
    now = row.grown(len(piece), crc)
    arriving_store.add(work.tx, row, sealed, now, at_ms=work.now_ms)
    return _told(now)


def read(tx: Tx, identity: Identity, staff: StaffId, name: str) -> bytes | Uploaded:
    """Give the whole file, or the scan that it became already.

    Raises `NotFoundError`, and `BadInputError` while something of it is still to come.
    """
    row = _own(tx, staff, name)
    if row.answer is not None:
        return msgspec.json.decode(row.answer, type=Uploaded)
    if row.got < row.size:
        raise BadInputError({"bytes": "truncated"})
    return b"".join(
        identity.unwrap(sealed, _belongs_to(name, start))
        for start, sealed in arriving_store.pieces(tx, row.id)
    )


def finish(work: Work, name: str, prepared: PreparedPart, media: str, size: int) -> Uploaded:
    """Hold the whole file for the actor as a scan; its pieces are forgotten.

    Raises as `actions.hold`, and `NotFoundError`.
    """
    row = _own(work.tx, work.actor.staff, name)
    if row.answer is not None:  # asked twice at once; the other file goes with the store's sweep
        return msgspec.json.decode(row.answer, type=Uploaded)
    held = actions.hold(work, prepared, media=media, size=size)
    arriving_store.finish(work.tx, row.id, msgspec.json.encode(held), at_ms=work.now_ms)
    return held


def give_up(work: Work, name: str) -> None:
    """Forget a file that is no use: it was whole, and could not be read. Raises `NotFoundError`."""
    arriving_store.drop(work.tx, _own(work.tx, work.actor.staff, name).id)


def _make_room(work: Work, staff: StaffId) -> None:
    old = arriving_store.older_than(work.tx, to_ms(work.now - actions.HELD), SWEPT_AT_ONCE)
    surplus = arriving_store.but_for_latest(work.tx, staff, MOST_AT_ONCE - 1)
    for one in {*old, *surplus}:
        arriving_store.drop(work.tx, one)


def _own(tx: Tx, staff: StaffId, name: str) -> Row:
    row = arriving_store.find(tx, staff, name)
    if row is None:
        raise NotFoundError("upload")
    return row


def _told(row: Row) -> Arriving:
    return Arriving(id=row.name, bytes=row.size, offset=row.got, crc32=row.crc)


def _belongs_to(name: str, offset: int) -> bytes:
    return f"arriving {name} {offset}".encode()
