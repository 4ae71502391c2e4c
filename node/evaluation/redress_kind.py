"""The rules of `redress/…` streams, as the federation asks for them."""

import sqlite3
from typing import Final, get_args

import msgspec

from federation import partstore, partwants
from federation.kinds import in_line
from federation.streams import Stored, Verdict
from node.evaluation import redress_model as model
from node.evaluation import redress_store as store
from node.evaluation.redress_model import Known
from schemas.events import CUSTODY_KINDS, Event
from schemas.ids import BadNameError, NodeId, StreamName, parse_node_id, parse_stream
from schemas.redress import RedressEvent, RedressOpened

Tx = sqlite3.Connection
_STRUCTS: Final = {str(one.__struct_config__.tag): one for one in get_args(RedressEvent)}


def read_fact(event: Event) -> RedressEvent | None:
    """Read what the event says; `None` if this version does not know its kind or its form."""
    struct = _STRUCTS.get(event.kind)
    if struct is None:
        return None
    try:
        fact: RedressEvent = msgspec.json.decode(event.data, type=struct)
        if isinstance(fact, RedressOpened):
            parse_node_id(fact.subject)
            for named in (fact.case, fact.evaluation):
                parse_stream(named or event.stream)
    except (msgspec.DecodeError, BadNameError):
        return None
    return fact if all(map(partstore.is_digest, model.parts_named(fact))) else None


class RedressStreams:
    """What `federation` asks about streams of bad ratings, complaints and questions."""

    unlocks = False
    widens = False

    def __init__(self, me: NodeId) -> None:
        self._me = me

    def about(self, event: Event) -> StreamName | None:
        """None is a note: whoever answers need not know the case."""
        del event
        return None

    def judge(self, tx: Tx, stream: StreamName, event: Event) -> Verdict:
        """Let an event count only if it may follow the matter's own earlier ones."""
        if event.kind in CUSTODY_KINDS:
            return Verdict.EFFECTIVE
        fact = read_fact(event)
        if fact is None:
            return Verdict.UNJUDGED
        sound = model.is_sound(store.load(tx, stream), event, fact)
        return Verdict.EFFECTIVE if sound else Verdict.INERT

    def project(self, tx: Tx, stream: StreamName, stored: Stored) -> None:
        """Fold one judged event, and ask for the parts that are meant for this node."""
        event, before = stored.event, store.load(tx, stream)
        fact = read_fact(event) if stored.verdict is Verdict.EFFECTIVE else None
        if fact is None:
            if before is not None:
                store.save(tx, model.moved(before, event))
            return
        if isinstance(fact, RedressOpened):
            known = model.begin(event, fact)
        elif before is not None:
            known = model.apply(before, event, fact)
        else:
            return
        store.save(tx, known)
        self._ask_for_parts(tx, known, stored)

    def _ask_for_parts(self, tx: Tx, known: Known, stored: Stored) -> None:
        """Ask each author for what he wrote; a judge learns by the appeal that he may."""
        if not model.handles(known, self._me):
            return
        stream, at = known.view.stream, stored.received_at
        for owner, part in model.owners(known):
            if owner != self._me and not partstore.has(tx, part):
                partwants.want(tx, stream, (part,), owner, at)

    def reset(self, tx: Tx, stream: StreamName) -> None:
        """Forget the projection of one matter."""
        store.forget(tx, stream)

    def concerns(
        self, tx: Tx, stream: StreamName, parties: frozenset[NodeId], neighbour: NodeId
    ) -> bool:
        """Who took it, who answers, and all above them, and so the relays between."""
        del tx, stream
        return in_line(parties, neighbour)
