"""The rules of `staff/…` streams, and of the notes in which a node says what became of one."""

from collections.abc import Iterable
from typing import Final, get_args

import msgspec
from typing_extensions import override

from federation import partstore, partwants
from federation.kinds import in_line
from federation.streams import Stored, Verdict
from node.cases.caseview import CaseView
from node.database import Tx
from node.roster import model, store
from node.streams import Facts, HandedKind
from schemas.events import Event
from schemas.ids import NodeId, PartDigest, StreamName, parse_node_id
from schemas.roster import AccountArrived, StaffEvent, StaffGranted

KIND: Final = "staff"


def _is_well_formed(fact: StaffEvent) -> bool:
    """Say whether names and digests are in order. Raises `BadNameError`."""
    if isinstance(fact, StaffGranted):
        parse_node_id(fact.subject)
    part = model.part_named(fact)
    return part is None or partstore.is_digest(part)


_FACTS: Final = Facts[StaffEvent](get_args(StaffEvent), _is_well_formed)
read_fact: Final = _FACTS.read


class StaffKind(HandedKind[StaffEvent]):
    """What `federation` asks about streams of accounts."""

    widens = True
    """What was not judged when it began may be later: only then it says whom it concerns."""
    facts = _FACTS

    @override
    def is_sound(self, tx: Tx, stream: StreamName, event: Event, fact: StaffEvent) -> bool:
        """Say whether a node above wrote it, and it may follow what was said."""
        return model.is_sound(store.load(tx, stream), event, fact)

    def project(self, tx: Tx, stream: StreamName, stored: Stored) -> None:
        """Fold one judged event; the node whose account it is asks for the part."""
        event = stored.event
        fact = read_fact(event) if stored.verdict is Verdict.EFFECTIVE else None
        before = store.load(tx, stream)
        if isinstance(fact, StaffGranted):
            grant = model.begin(event, fact)
        elif fact is not None and before is not None:
            grant = model.apply(before, event, fact)
        else:
            store.move(tx, stream, event.holder)
            return
        store.save(tx, grant)
        if grant.subject == self._me and (before is None or before.part != grant.part):
            if before is not None:
                partwants.unwant(tx, (before.part,))
            partwants.want(tx, stream, (grant.part,), grant.author, stored.received_at)

    def reset(self, tx: Tx, stream: StreamName) -> None:
        """Forget the projection of one account; what was done with it here stays."""
        store.forget(tx, stream)

    @override
    def concerns(
        self, tx: Tx, stream: StreamName, parties: frozenset[NodeId], neighbour: NodeId
    ) -> bool:
        """Who keeps the account, whose it is, and all above them, and so the relays between."""
        grant = store.load(tx, stream)
        subject = frozenset() if grant is None else frozenset((grant.subject,))
        return in_line(parties | subject, neighbour)


class ArrivalNotes:
    """The rules of the notes in which a node says what became of its account."""

    kind: Final = str(AccountArrived.__struct_config__.tag)

    def judge(self, case: CaseView | None, event: Event) -> Verdict:
        """Anybody may say so; what counts is what the account's own node says (`store.said`)."""
        del case
        return Verdict.UNJUDGED if _read_note(event) is None else Verdict.EFFECTIVE

    def project(self, tx: Tx, case: CaseView | None, stored: Stored) -> None:
        """Keep what it says last."""
        del case
        said, event = _read_note(stored.event), stored.event
        if said is not None and stored.verdict is Verdict.EFFECTIVE:
            store.note_arrival(tx, event.stream, event.node, said, event.at)

    def reset(self, tx: Tx, note: StreamName) -> None:
        """Forget the projection of one note stream."""
        store.forget_arrival(tx, note)

    def destroyed(
        self, tx: Tx, case: StreamName, digests: Iterable[PartDigest], now_ms: int
    ) -> None:
        """Nothing is made of a case's parts here."""
        del tx, case, digests, now_ms


def _read_note(event: Event) -> AccountArrived | None:
    try:
        return msgspec.json.decode(event.data, type=AccountArrived)
    except msgspec.DecodeError:
        return None
