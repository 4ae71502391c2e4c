"""Fork choice: which of a stream's known events are its path, and which of those count.

Pure (protocol §2). Of two branches after one event, the one whose best continuation holds the
highest author wins (above all, a root's recovery key); events under revoked keys rank last; a tie
is a dispute, provisionally the lower hash. Whoever holds the same events and the same revocations
gets the same answer.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from schemas.ids import NodeId

LAST_RANK: Final = 99
"""The rank of an event under a revoked key: behind any author's code length."""


@dataclass(frozen=True, slots=True)
class Link:
    """One chain-valid event, as far as the choice needs it."""

    hash: bytes
    prev: bytes
    seq: int
    author: NodeId
    good: bool
    """Its key is not revoked."""
    replaces: bool = False
    """It is a root's `root.replaced`, proven by the recovery key: good, and above every author."""

    @property
    def rank(self) -> int:
        """How high its author stands; lower is higher."""
        if self.replaces:
            return 0
        return len(self.author) if self.good else LAST_RANK


@dataclass(frozen=True, slots=True)
class Choice:
    """The path from the first event to the best leaf."""

    path: tuple[bytes, ...]
    counting: int
    """How many events of the path count: what is behind the last good one waits (protocol §2.3)."""
    dispute: bool
    """Two branches of the path were of equal rank."""
    forked: bool
    """Some known events are not on the path."""


def choose(links: Iterable[Link], first_prev: bytes) -> Choice:
    """Choose the path through `links`, all chain-valid; `first_prev` is what first events name."""
    known = {link.hash: link for link in links}
    children: dict[bytes, list[Link]] = defaultdict(list)
    for link in known.values():
        if link.prev in known or link.prev == first_prev:
            children[link.prev].append(link)
    best: dict[bytes, tuple[int, bytes | None, bool]] = {}
    for link in sorted(known.values(), key=lambda one: -one.seq):
        best[link.hash] = _best(children[link.hash], best)
    path: list[bytes] = []
    counting = 0
    _, step, dispute = _best(children[first_prev], best)
    while step is not None:
        path.append(step)
        if known[step].good:
            counting = len(path)
        _, step, tied = best[step]
        dispute = dispute or tied
    return Choice(tuple(path), counting, dispute, forked=len(path) != len(known))


def _best(
    options: list[Link], best: dict[bytes, tuple[int, bytes | None, bool]]
) -> tuple[int, bytes | None, bool]:
    """Rank of the best continuation, its first event, and whether another one is its equal."""
    if not options:
        return LAST_RANK, None, False
    ranked = sorted((min(best[one.hash][0], one.rank), one.hash) for one in options)
    tied = len(ranked) > 1 and ranked[0][0] == ranked[1][0] != LAST_RANK
    return ranked[0][0], ranked[0][1], tied
