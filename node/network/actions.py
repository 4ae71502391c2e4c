"""What people see of the network: names of places, the state of the line, the tree of nodes."""

from collections.abc import Mapping
from dataclasses import dataclass

from federation import directory, enrolment, links
from federation.directory import Record
from node.database import Tx
from node.network import store
from node.network.store import Finding, Waiting
from node.web.chrome import LinkLine
from node.web.wording import Words
from schemas.ids import KeyId, Level, NodeId, StreamName, ancestor_at, level_of
from schemas.network import FailedEvent, NodeTree, NodeView, ParkedFact
from schemas.nodes import NodeNames, NodeState


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
        failed=store.refused_in_all(tx),
    )


def contacts(tx: Tx) -> Mapping[NodeId, int]:
    """Tell when each neighbour was last heard of, milliseconds UTC; 0: never."""
    return {link.peer: link.last_contact for link in links.load_all(tx)}


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


def refused(tx: Tx) -> int:
    """Count what neighbours refused and nobody has settled, up to 10,000."""
    return store.refused_in_all(tx)


def waiting_cases(tx: Tx) -> tuple[Waiting, ...]:
    """Name the cases that wait to be sent on; the first 20."""
    return store.waiting_cases(tx)


def unsent_to(tx: Tx, stream: StreamName) -> tuple[NodeId, ...]:
    """Name the neighbours that have not acknowledged all that this stream owes them."""
    return store.unsent_to(tx, stream)


def findings(tx: Tx) -> tuple[Finding, ...]:
    """List what a person should see about the network, latest first."""
    return store.findings(tx)


def failed(tx: Tx) -> tuple[FailedEvent, ...]:
    """List what neighbours refused and nobody sent again, latest first; the first 100."""
    return store.failed(tx)


def parked(tx: Tx) -> tuple[ParkedFact, ...]:
    """List what came before what it builds on, longest waiting first; the first 20."""
    return store.parked(tx)


def key_since(tx: Tx, node: NodeId, key: KeyId) -> int:
    """When this node learned of a key: milliseconds UTC; 0 if its record does not give it."""
    return store.key_since(tx, node, key)


def tree(tx: Tx, me: NodeId) -> NodeTree:
    """Tell of every node in the directory, by code."""
    near = {one.node: one for one in neighbours(tx)}
    return NodeTree(
        me=me, nodes=tuple(_view(tx, me, one, near.get(one.node)) for one in directory.records(tx))
    )


def node_view(tx: Tx, me: NodeId, node: NodeId) -> NodeView | None:
    """Tell of one node; `None` if no such place is known here."""
    found = directory.record(tx, node)
    near = {one.node: one for one in neighbours(tx)}
    return None if found is None else _view(tx, me, found, near.get(node))


def _view(tx: Tx, me: NodeId, one: Record, near: Neighbour | None) -> NodeView:
    return NodeView(
        node=one.node,
        names=one.names,
        level=level_of(one.node).value,
        state=one.state,
        key=one.key,
        key_since=store.key_since(tx, one.node, one.key) if one.key else 0,
        contact=(near.contact_ms or 0) if near else 0,
        waiting=near.unsent if near else 0,
        holds=0 if one.node == me else store.holds(tx, one.node),
        invited_until=one.expires_at if one.state is NodeState.INVITED else 0,
        governed=one.node != me and enrolment.may_govern(tx, me, one.node),
    )
