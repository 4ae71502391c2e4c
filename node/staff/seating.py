"""At which window somebody served at an instant: by whose post it was then, and where it was."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from node.database import Tx
from node.staff import store
from schemas.ids import StaffId

_OWN_FIRST: Final = "a"  # who is A of one window and covers another sits at his own
_FOREVER: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A post at one window."""

    window: str
    from_at: int
    until_at: int


@dataclass(frozen=True, slots=True)
class _Seat:
    window: str
    part: str
    post: str
    from_at: int
    until_at: int


class Seats:
    """Who served where, as of one snapshot."""

    def __init__(self, tx: Tx) -> None:
        self._seats: dict[StaffId, list[_Seat]] = {}
        stretches = _stretches(tx)
        for turn in store.turns(tx):
            until = _FOREVER if turn.until_at is None else turn.until_at
            for one in stretches.get(turn.post, ()):
                first, last = max(one.from_at, turn.from_at), min(one.until_at, until)
                if first < last:
                    seat = _Seat(one.window, turn.part, turn.post, first, last)
                    self._seats.setdefault(turn.staff, []).append(seat)
        for seats in self._seats.values():
            seats.sort(key=lambda one: (one.part != _OWN_FIRST, one.post, one.from_at))

    def of(self, staff: StaffId, at: int) -> str:
        """Name his window at that instant; empty if he had no post at one."""
        seats = self._seats.get(staff, ())
        return next((one.window for one in seats if one.from_at <= at < one.until_at), "")


def _stretches(tx: Tx) -> dict[str, tuple[_Stretch, ...]]:
    """Lay out at which windows each post was, and when."""
    moves: dict[str, list[tuple[str | None, int]]] = {}
    for post, window, at in store.post_windows(tx):
        moves.setdefault(post, []).append((window, at))
    return {post: tuple(_of_post(one)) for post, one in moves.items()}


def _of_post(moves: list[tuple[str | None, int]]) -> Iterator[_Stretch]:
    for (window, first), (_, last) in pairwise([*moves, (None, _FOREVER)]):
        if window is not None:
            yield _Stretch(window, first, last)
