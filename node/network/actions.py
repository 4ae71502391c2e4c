"""What people see of the network: names of places, the state of the line, the tree of nodes."""

from collections.abc import Mapping
from dataclasses import dataclass

from federation import directory, links
from federation.directory import Record
from node.database import Tx
from node.network import store
from node.network.store import Finding, Waiting
from node.web.chrome import LinkLine
from node.web.wording import Words
from schemas.ids import Level, NodeId, ancestor_at, level_of
from schemas.nodes import NodeNames


@dataclass(frozen=True, slots=True)
class Places:
    """The names of the places that this node knows; makes do with the code for others."""

    names: Mapping[NodeId, NodeNames]
    words: Words

    def __call__(self, node: NodeId) -> str:
        """Name a place."""
        known = self.names.get(node)
        if known is None:
            return self.words.say(f"place.{level_of(node)}", code=node)
        return self.words.pick(known.zh, known.en)

    @staticmethod
    def county_of(node: NodeId) -> NodeId:
        """Name the county above a place, or the city itself."""
        return ancestor_at(node, Level.COUNTY) or node


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One link, as the link page shows it. Times are milliseconds UTC."""

    node: NodeId
    open: int
    greeted: bool
    """Both sides have opened an epoch."""
    unsent: int
    refused: int
    contact_ms: int | None
    received: int


def place_names(tx: Tx) -> Mapping[NodeId, NodeNames]:
    """Give the names of every place in the directory."""
    return {one.node: one.names for one in directory.records(tx)}


def link_line(tx: Tx, *, in_touch: bool, turned_away: bool = False) -> LinkLine:
    """Tell the line's state, given whether the broker answers now, or refuses this node."""
    return LinkLine(
        unsent=store.unsent(tx),
        contact_ms=store.last_contact(tx),
        in_touch=in_touch,
        turned_away=turned_away,
    )


def neighbours(tx: Tx) -> tuple[Neighbour, ...]:
    """List the links, parent first."""
    return tuple(
        Neighbour(
            node=link.peer,
            open=link.open,
            greeted=bool(link.epoch),
            unsent=links.waiting(tx, link.id)[0],
            refused=store.refused(tx, link.peer),
            contact_ms=link.last_contact or None,
            received=link.taken,
        )
        for link in links.load_all(tx)
    )


def unsent(tx: Tx) -> int:
    """Count the events that wait for a neighbour's receipt, up to 10,000."""
    return store.unsent(tx)


def waiting_cases(tx: Tx) -> tuple[Waiting, ...]:
    """Name the cases that wait to be sent on; the first 20."""
    return store.waiting_cases(tx)


def findings(tx: Tx) -> tuple[Finding, ...]:
    """List what a person should see about the network, latest first."""
    return store.findings(tx)


def nodes(tx: Tx) -> tuple[Record, ...]:
    """List every node in the directory, by code."""
    return tuple(directory.records(tx))
