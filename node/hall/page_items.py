"""What the first page of an intake shows: the items that may be taken here, those in use first."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from node.hall.pages_today import DraftRow
from node.web.chrome import Told, quoted
from schemas.items import ItemSummary
from schemas.topics import CORPORATE_TOPICS, PERSONAL_TOPICS

KEYS: Final = 9  # lines that a digit chooses
MOST_USED: Final = 5  # lines: above all others while nothing is looked for
MOST_TOPICS: Final = 12  # tiles: more are not read
_TOPICS: Final = tuple(dict.fromkeys((*PERSONAL_TOPICS, *CORPORATE_TOPICS)))


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item that may be taken here."""

    code: str
    name: str
    mode: str
    department: str
    limit: str
    key: str
    """The digit that chooses it; empty further down."""


@dataclass(frozen=True, slots=True)
class TopicTile:
    """主题: what people come about, in a word."""

    name: str
    count: int
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class ItemsPage:
    """选事项."""

    query: str
    topic: str
    often: int
    """How many of the first lines were taken here often of late."""
    items: tuple[ItemLine, ...]
    topics: tuple[TopicTile, ...]
    drafts: tuple[DraftRow, ...]
    told: Told | None = None


def topic_tiles(offered: Iterable[ItemSummary], chosen: str) -> tuple[TopicTile, ...]:
    """Offer the topics that have items here, the fullest first; the chosen one leads back."""
    counts = Counter(topic for one in offered for topic in one.topics)
    most = sorted((name for name in _TOPICS if counts[name]), key=lambda name: -counts[name])
    shown = most[:MOST_TOPICS]
    if chosen in most and chosen not in shown:
        shown = [*shown[:-1], chosen]
    return tuple(
        TopicTile(
            name,
            counts[name],
            "/intake" if name == chosen else f"/intake?topic={quoted(name)}",
            here=name == chosen,
        )
        for name in shown
    )


def in_order(
    offered: Sequence[ItemSummary], uses: Mapping[str, int]
) -> tuple[Sequence[ItemSummary], int]:
    """Put what was taken here most of late first, and tell how many lines that is."""
    often = sorted((one for one in offered if uses.get(one.code)), key=lambda one: -uses[one.code])
    first = often[:MOST_USED]
    return (*first, *(one for one in offered if one not in first)), len(first)
