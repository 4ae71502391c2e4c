"""The rules of `redress/…` streams, as the federation asks for them."""

import sqlite3
from typing import Final, get_args

from typing_extensions import override

from federation import partstore, partwants
from federation.streams import Stored, Verdict
from node.evaluation import redress_model as model
from node.evaluation import redress_store as store
from node.evaluation.redress_model import Known
from node.streams import Facts, HandedKind
from schemas.events import Event
from schemas.ids import StreamName, parse_node_id, parse_stream
from schemas.redress import RedressEvent, RedressOpened

Tx = sqlite3.Connection


def _is_well_formed(fact: RedressEvent) -> bool:
    """Say whether names and digests are in order. Raises `BadNameError`."""
    if isinstance(fact, RedressOpened):
        parse_node_id(fact.subject)
        for named in (fact.case, fact.evaluation):
            if named:
                parse_stream(named)
    return all(map(partstore.is_digest, model.parts_named(fact)))


_FACTS: Final = Facts[RedressEvent](get_args(RedressEvent), _is_well_formed)
read_fact: Final = _FACTS.read


class RedressStreams(HandedKind[RedressEvent]):
    """What `federation` asks about streams of bad ratings, complaints and questions."""

    facts = _FACTS

    @override
    def is_sound(self, tx: Tx, stream: StreamName, event: Event, fact: RedressEvent) -> bool:
        """Say whether it may follow the stream's own earlier events."""
        return model.is_sound(store.load(tx, stream), event, fact)

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
