"""The rules of `order/…` streams, as the federation asks for them. Light: every node loads it."""

from typing import Final, get_args

import msgspec

from federation import partstore, partwants
from federation.kinds import in_line
from federation.streams import Stored, Verdict
from node.database import Tx
from node.supervision import orders_model as model
from node.supervision import orders_store as store
from schemas.events import CUSTODY_KINDS, Event
from schemas.ids import BadNameError, NodeId, PartDigest, StreamName, parse_node_id, parse_stream
from schemas.orders import OrderEvent, OrderIssued

MAX_NUMBER: Final = 40  # characters of an order's number: its series, a year, whatever serial
_STRUCTS: Final = {str(one.__struct_config__.tag): one for one in get_args(OrderEvent)}


def read_fact(event: Event) -> OrderEvent | None:
    """Read what the event says; `None` if this version does not know its kind or its form."""
    struct = _STRUCTS.get(event.kind)
    if struct is None:
        return None
    try:
        fact: OrderEvent = msgspec.json.decode(event.data, type=struct)
        if isinstance(fact, OrderIssued) and not _is_well_formed(fact):
            return None
    except (msgspec.DecodeError, BadNameError):
        return None
    return fact if all(map(partstore.is_digest, model.part_named(fact))) else None


def _is_well_formed(fact: OrderIssued) -> bool:
    """Say whether names and sizes are in order. Raises `BadNameError`."""
    parse_node_id(fact.subject)
    if fact.case is not None:
        parse_stream(fact.case)
    plain = all(one.isalnum() and one.isascii() for one in fact.findings)
    small = len(fact.findings) <= model.MOST_FINDINGS and 0 < len(fact.number) <= MAX_NUMBER
    return plain and small


def may_have(tx: Tx, stream: StreamName, digest: PartDigest, node: NodeId) -> bool:
    """Say whether the order names this part and `node` may have it: it asked, or was asked."""
    order = store.load(tx, stream)
    return order is not None and model.takes_part(order, node) and digest in model.parts_of(order)


class OrderStreams:
    """What `federation` asks about streams of orders."""

    unlocks = False
    widens = False

    def __init__(self, me: NodeId) -> None:
        self._me = me

    def about(self, event: Event) -> StreamName | None:
        """An order is no note: who is asked need not know the case."""
        del event
        return None

    def judge(self, tx: Tx, stream: StreamName, event: Event) -> Verdict:
        """Let an event count only if it may follow the order's own earlier ones."""
        if event.kind in CUSTODY_KINDS:
            return Verdict.EFFECTIVE
        fact = read_fact(event)
        if fact is None:
            return Verdict.UNJUDGED
        sound = model.is_sound(store.load(tx, stream), event, fact)
        return Verdict.EFFECTIVE if sound else Verdict.INERT

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

    def concerns(
        self, tx: Tx, stream: StreamName, parties: frozenset[NodeId], neighbour: NodeId
    ) -> bool:
        """Who asked, who was asked, and all above them, and so the relays between."""
        del tx, stream
        return in_line(parties, neighbour)
