"""Packs the next parcel of a link into as many bytes as its line and the neighbour take."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from msgspec.structs import replace

from federation import links
from federation.lane import Lane
from federation.link import Link
from federation.links import Position
from federation.parcel import MAX_PARCEL_BYTES, encode_parcel
from schemas.links import Parcel

T = TypeVar("T")


class Reads(Protocol):
    """What packing needs of the node's database."""

    async def read(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run on a snapshot."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A parcel, ready to be signed and sent."""

    body: bytes
    position: Position
    """Where it ends."""
    plain: int
    """Bytes of its entries before compression."""


async def pack(store: Reads, link: Link, lane: Lane, *, at: int) -> Packed | None:
    """Pack what comes behind what was sent; `None` if nothing does. `at` is milliseconds UTC.

    What compresses badly is packed anew with half as much: the neighbour takes no larger ones.
    """
    room = lane.room
    while True:
        found = await store.read(lambda tx, most=room: _next(tx, link, lane, most))  # type: ignore[misc]
        if found is None:
            return None
        parcel, position = found
        packed = Packed(encode(parcel, lane, at=at), position, sum(map(len, parcel.entries)))
        if len(packed.body) <= MAX_PARCEL_BYTES or len(parcel.entries) == 1:
            return packed
        room = packed.plain // 2


def _next(
    tx: sqlite3.Connection, link: Link, lane: Lane, room: int
) -> tuple[Parcel, Position] | None:
    """Read the next parcel, from one snapshot: a receipt may settle more at any moment.

    Where what was sent lies behind what is settled, numbers are counted from there.
    """
    row, sent = links.load(tx, lane.peer), lane.position
    if row is None or row.epoch != lane.epoch:
        return None
    after = sent if sent is not None and sent.number >= row.settled else links.start(row)
    return link.next_parcel(tx, row, after, room=room)


def encode(parcel: Parcel, lane: Lane, *, at: int) -> bytes:
    """Encode and compress a parcel as hard as its line is worth."""
    return encode_parcel(replace(parcel, at=at), level=lane.level)
