"""四级网络 of boards: which places lie around one, and how each stands."""

from typing import Final

from node.database import Tx
from node.network import actions as network
from node.supervision import board_tree, lights_reading
from node.supervision.board_lines import (
    TONES,
    Named,
    Watcher,
    all_words,
    cases_href,
    children,
)
from node.supervision.board_tree import Branch, Tree
from node.supervision.lights import WORST_FIRST, Head
from node.supervision.lights_store import Wanted
from node.web.chrome import DAY_MS
from schemas.ids import NodeId, parent_of

SILENT_MS: Final = DAY_MS  # a village that shuts its PC at night is heard of every day


def tree_of(tx: Tx, watcher: Watcher, names: Named, place: NodeId) -> Tree:
    """Lay out a place with its neighbours, each under its gravest light."""
    heard = network.contacts(tx)
    below = [_branch(tx, watcher, names, one, heard.get(one)) for one in children(tx, place)]
    above = parent_of(place)
    upper = None
    if above is not None and len(place) > len(watcher.me):
        upper = _branch(tx, watcher, names, above, None)
    elif above is not None:
        upper = _neighbour(watcher, names, above, heard.get(above))
    return board_tree.tree(upper, _branch(tx, watcher, names, place, None), below)


def _branch(tx: Tx, watcher: Watcher, names: Named, place: NodeId, heard_ms: int | None) -> Branch:
    one = lights_reading.count_of(tx, Head.PLACE, place, watcher.now)
    gravest = next((shown for shown in WORST_FIRST if getattr(one, shown)), None)
    said = f"{names.places(place)}: {all_words(watcher.words, one)}"
    silent = heard_ms is not None and watcher.now - heard_ms > SILENT_MS
    if silent:
        said = f"{said} · {watcher.words.say('lights.silent')}"
    return Branch(
        name=names.places(place),
        says=said,
        href=cases_href(Wanted(Head.PLACE, place)),
        tone=TONES[gravest] if gravest else "",
        silent=silent,
    )


def _neighbour(watcher: Watcher, names: Named, place: NodeId, heard_ms: int | None) -> Branch:
    """The place above this node: what it holds itself is its own business."""
    silent = heard_ms is not None and watcher.now - heard_ms > SILENT_MS
    return Branch(names.places(place), names.places(place), "/links", "", silent)
