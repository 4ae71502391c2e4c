"""How a release is counted, listed and proven complete. Pure."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from schemas.ids import (
    BadNameError,
    EventHash,
    Level,
    NodeId,
    StreamName,
    level_of,
    parse_stream,
    stream_creator,
)
from schemas.releases import ReleaseEntry, ReleasePublished

T = TypeVar("T")

ENTRIES_PER_EVENT: Final = 400  # some 110 bytes each: an envelope is at most 64 KiB
LONGEST_TITLE: Final = 100  # characters
DEEPEST: Final = tuple(Level)[-1]
"""The lowest tier there is: what reaches it reaches every node below the publisher."""


def depth_of(level: Level) -> int:
    """Tell how far down a tier lies: 0 is the city."""
    return tuple(Level).index(level)


def depth_at(node: NodeId) -> int:
    """Tell how far down the tier of `node` lies."""
    return depth_of(level_of(node))


def digest_of(heads: Mapping[StreamName, EventHash]) -> str:
    """Digest everything that a release consists of."""
    whole = hashlib.sha256()
    for stream in sorted(heads):
        whole.update(f"{stream} {heads[stream]}\n".encode())
    return whole.hexdigest()


def is_head(text: str) -> bool:
    """Say whether `text` is the hash of an event."""
    return _HEAD.fullmatch(text) is not None


_HEAD: Final = re.compile(r"[0-9a-f]{64}")


def is_readable(published: ReleasePublished) -> bool:
    """Say whether what a release says of itself can be shown on a page."""
    said = (published.title, published.document, published.effective_from)
    return all(len(text) <= MOST_TEXT for text in said)


MOST_TEXT: Final = 1_000  # characters: several document numbers, never a page


def is_listable(entries: Iterable[ReleaseEntry], publisher: NodeId) -> bool:
    """Say whether every entry names a head of a stream that the publisher began."""
    return all(is_head(entry.head) and _began(entry.stream, publisher) for entry in entries)


def _began(stream: str, publisher: NodeId) -> bool:
    try:
        return stream_creator(parse_stream(stream)) == publisher
    except BadNameError:
        return False


def in_events(entries: Sequence[T]) -> Iterator[Sequence[T]]:
    """Split entries so that each piece fits an event."""
    for first in range(0, len(entries), ENTRIES_PER_EVENT):
        yield entries[first : first + ENTRIES_PER_EVENT]
