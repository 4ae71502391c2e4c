"""At which window one of this node's people served at an instant: by whose post it was then."""

from dataclasses import dataclass
from typing import Final

from node.database import Tx
from node.staff import posting
from schemas.ids import StaffId

_OWN_FIRST: Final = "a"  # who is A of one window and covers another is counted at his own


@dataclass(frozen=True, slots=True)
class _Turn:
    window: str
    part: str
    post: str
    from_at: int
    until_at: int | None


class Windows:
    """Who served where, as of one snapshot."""

    def __init__(self, tx: Tx) -> None:
        self._turns: dict[StaffId, list[_Turn]] = {}
        for post in posting.posts(tx):
            if post.window is None:
                continue
            for turn in posting.turns_at(tx, post.id):
                kept = _Turn(post.window, turn.part, post.id, turn.from_at, turn.until_at)
                self._turns.setdefault(turn.staff, []).append(kept)
        for turns in self._turns.values():
            turns.sort(key=lambda one: (one.part != _OWN_FIRST, one.post, one.from_at))

    def of(self, staff: StaffId, at: int) -> str:
        """Name his window at that instant; empty if he had no post at one."""
        return next(
            (
                one.window
                for one in self._turns.get(staff, ())
                if one.from_at <= at and (one.until_at is None or at < one.until_at)
            ),
            "",
        )
