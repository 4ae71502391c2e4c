"""Who takes an item, who does each stage of it, and how it is looked up: pure functions of items.

Knows no tables and no events. What makes an item fit to publish is in `node.catalogue.rules`.
"""

import unicodedata
from collections.abc import Collection

from levels.profiles import profile_of
from node.errors import NoPlaceError
from schemas.ids import Level, NodeId, StreamName, ancestor_at, level_of, line_of, stream_creator
from schemas.items import Item, Mode, Stage, StageKind, Tier
from schemas.levels import Capability


def mode_at(tiers: Collection[Tier], level: Level) -> Mode | None:
    """Tell how windows of `level` take part; `None` if they do not take the item."""
    return next((tier.mode for tier in tiers if tier.level is level), None)


def takes_at(item: Item, level: Level) -> bool:
    """Say whether windows of `level` take this item."""
    return mode_at(item.tiers, level) is not None


def may_publish(node: NodeId) -> bool:
    """Say whether `node` is of a tier that keeps a catalogue."""
    return Capability.PUBLISH_ITEMS in profile_of(level_of(node)).capabilities


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
    if stage.kind is StageKind.DECIDE and item.decided_by is not None:
        return item.decided_by
    return ancestor_at(place, stage.level)


def _stands_above(origin: NodeId, level: Level) -> bool:
    order = list(Level)
    return order.index(level_of(origin)) < order.index(level)


def search_text(item: Item) -> str:
    """Fold all that search looks at into lines: code, names, aliases, department."""
    terms = (item.name, item.name_en, *item.aliases, item.code, item.department_name)
    return "\n" + "\n".join(_folded(term) for term in terms if term) + "\n"


def search_words(query: str) -> tuple[str, ...]:
    """Split what a person typed into the words that must all be found."""
    return tuple(_folded(query).split())


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
