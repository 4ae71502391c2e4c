"""Who takes an item, who does each stage of it, and how it is looked up: pure functions of items.

Knows no tables and no events. What makes an item fit to publish is in `node.catalogue.rules`.
"""

import re
import unicodedata
from collections.abc import Collection
from datetime import date, datetime, time
from typing import Final

from msgspec.structs import replace

from node.clock import CHINA, to_ms
from node.errors import NoPlaceError
from schemas.ids import (
    BadNameError,
    Level,
    NodeId,
    StreamName,
    ancestor_at,
    level_of,
    line_of,
    parse_stream,
    stream_creator,
)
from schemas.item_terms import EndReason, Mode, StageKind
from schemas.items import Item, ItemEnded, ItemPublished, Stage, Tier

TAKES_NONE: Final = frozenset({Mode.ASSIST, Mode.INFORMATION})
"""Ways of taking part in which no window receives an application (domain §7.5)."""

DECIDERS_OWN: Final = frozenset({StageKind.DECIDE, StageKind.ISSUE})
"""What is done by the node that an item names to decide, where it names one."""


def mode_at(tiers: Collection[Tier], level: Level) -> Mode | None:
    """Tell how windows of `level` take the item; `None` if they do not."""
    mode = next((tier.mode for tier in tiers if tier.level is level), None)
    return None if mode in TAKES_NONE else mode


def reach_of(item: Item) -> Level:
    """Name the lowest tier that has a part in the item: it and all above it must know it."""
    named = {tier.level for tier in item.tiers} | {stage.level for stage in item.process}
    return max(named, key=tuple(Level).index, default=next(iter(Level)))


def depth_of(level: Level) -> int:
    """Tell how far down a tier lies: 0 is the city."""
    return tuple(Level).index(level)


def is_same(before: Item | None, item: Item) -> bool:
    """Say whether two texts are the same but for the initials, which a program makes."""
    if before is None:
        return False
    return replace(before, initials=()) == replace(item, initials=())


def is_over(reason: EndReason | None) -> bool:
    """Say whether an item that ended so never comes back."""
    return reason is not None and reason is not EndReason.SUSPENDED


def instant_of(day: str) -> int | None:
    """Read a local day as the instant it begins, in milliseconds UTC.

    0 if none is named; `None` if it is no day.
    """
    if not day:
        return 0
    if not _DAY.fullmatch(day):
        return None
    try:
        begun = datetime.combine(date.fromisoformat(day), time.min, CHINA)
    except ValueError:
        return None
    return to_ms(begun)


_DAY: Final = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}")


def comes_properly(fact: ItemPublished | ItemEnded, stream: StreamName) -> bool:
    """Say whether a step comes by itself, or by a release of the item's own publisher."""
    if fact.catalogue is None:
        return fact.release == 0
    try:
        publisher = stream_creator(parse_stream(fact.catalogue))
    except BadNameError:
        return False
    return publisher == stream_creator(stream) and 0 < fact.release <= MOST_RELEASES


MOST_RELEASES: Final = 1_000_000  # one a minute for two years


def takes_at(item: Item, level: Level) -> bool:
    """Say whether windows of `level` take this item."""
    return mode_at(item.tiers, level) is not None


def offers_to(stream: StreamName, place: NodeId) -> bool:
    """Say whether the item of `stream` is in force at `place`: published there or above."""
    return stream_creator(stream) in line_of(place)


def stages_for(item: Item, origin: NodeId, place: NodeId) -> tuple[tuple[Stage, NodeId], ...]:
    """List the stages, each with its node, of a case taken at `origin` that concerns `place`.

    A check is left out when the origin stands above it, or when `place` has no such tier. Raises
    `NoPlaceError` if another stage has no node: the window must then choose where the matter lies.
    """
    resolved = []
    for stage in item.process:
        node = _node_of(item, stage, place)
        if stage.kind is StageKind.CHECK and (node is None or _stands_above(origin, stage.level)):
            continue
        if node is None:
            raise NoPlaceError(place, stage.level)
        resolved.append((stage, node))
    return tuple(resolved)


def needs_place(item: Item, origin: NodeId) -> Level | None:
    """Name the tier whose place the window must choose; `None` if `origin` itself will do."""
    try:
        stages_for(item, origin, origin)
    except NoPlaceError as error:
        return error.level
    return None


def _node_of(item: Item, stage: Stage, place: NodeId) -> NodeId | None:
    if stage.kind in DECIDERS_OWN and item.decided_by is not None:
        return item.decided_by
    return ancestor_at(place, stage.level)


def _stands_above(origin: NodeId, level: Level) -> bool:
    order = list(Level)
    return order.index(level_of(origin)) < order.index(level)


def search_text(item: Item) -> str:
    """Fold all that search looks at into lines: code, names, aliases, department."""
    terms = (
        item.name, item.name_en, *item.aliases, *item.initials, item.code, item.department_name,
        *item.topics,
    )  # fmt: skip
    return "\n" + "\n".join(_folded(term) for term in terms if term) + "\n"


def search_words(query: str) -> tuple[str, ...]:
    """Split what a person typed into the words that must all be found."""
    return tuple(_folded(query).split())


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
