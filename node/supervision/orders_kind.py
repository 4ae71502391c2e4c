"""The rules of `order/…` streams, as the federation asks for them. Light: every node loads it."""

from typing import Final, get_args

from typing_extensions import override

from federation import partstore, partwants
from federation.streams import Stored, Verdict
from node.database import Tx
from node.streams import Facts, HandedKind
from node.supervision import orders_model as model
from node.supervision import orders_store as store
from schemas.events import Event
from schemas.ids import NodeId, PartDigest, StreamName, parse_node_id, parse_stream
from schemas.orders import OrderEvent, OrderIssued

MAX_NUMBER: Final = 40  # characters of an order's number: its series, a year, whatever serial


def _is_well_formed(fact: OrderEvent) -> bool:
    """Say whether names, sizes and digests are in order. Raises `BadNameError`."""
    if isinstance(fact, OrderIssued):
        parse_node_id(fact.subject)
        if fact.case is not None:
            parse_stream(fact.case)
        plain = all(one.isalnum() and one.isascii() for one in fact.findings)
        small = len(fact.findings) <= model.MOST_FINDINGS and 0 < len(fact.number) <= MAX_NUMBER
        if not (plain and small):
            return False
    return all(map(partstore.is_digest, model.part_named(fact)))


_FACTS: Final = Facts[OrderEvent](get_args(OrderEvent), _is_well_formed)
read_fact: Final = _FACTS.read


def may_have(tx: Tx, stream: StreamName, digest: PartDigest, node: NodeId) -> bool:
    """Say whether the order names this part and `node` may have it: it asked, or was asked."""
    order = store.load(tx, stream)
    return order is not None and model.takes_part(order, node) and digest in model.parts_of(order)


class OrderStreams(HandedKind[OrderEvent]):
    """What `federation` asks about streams of orders."""

    facts = _FACTS

    @override
    def is_sound(self, tx: Tx, stream: StreamName, event: Event, fact: OrderEvent) -> bool:
        """Say whether it may follow the stream's own earlier events."""
        return model.is_sound(store.load(tx, stream), event, fact)

    def project(self, tx: Tx, stream: StreamName, stored: Stored) -> None:
        """Fold one judged event; who takes part asks for the text it names."""
        event = stored.event
        fact = read_fact(event) if stored.verdict is Verdict.EFFECTIVE else None
        before = store.load(tx, stream)
        if isinstance(fact, OrderIssued):
            order = model.begin(event, fact)
        elif fact is not None and before is not None:
            order = model.apply(before, event, fact)
        else:
            store.move(tx, stream, event.holder, event.seq)
            return
        store.save(tx, order)
        if event.node != self._me and model.takes_part(order, self._me):
            named = model.part_named(fact)
            partwants.want(tx, stream, named, event.node, stored.received_at)

    def reset(self, tx: Tx, stream: StreamName) -> None:
        """Forget the projection of one order."""
        store.forget(tx, stream)
