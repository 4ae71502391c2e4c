"""The rules of `staff/…` streams, and of the notes in which a node says what became of one."""

from collections.abc import Iterable
from typing import Final, get_args

import msgspec

from federation import partstore, partwants
from federation.kinds import in_line
from federation.streams import Stored, Verdict
from node.cases.caseview import CaseView
from node.database import Tx
from node.roster import model, store
from schemas.events import CUSTODY_KINDS, Event
from schemas.ids import BadNameError, NodeId, PartDigest, StreamName, parse_node_id
from schemas.roster import AccountArrived, StaffEvent, StaffGranted

KIND: Final = "staff"
_STRUCTS: Final = {str(one.__struct_config__.tag): one for one in get_args(StaffEvent)}


def read_fact(event: Event) -> StaffEvent | None:
    """Read what the event says; `None` if this version does not know its kind or its form."""
    struct = _STRUCTS.get(event.kind)
    if struct is None:
        return None
    try:
        fact: StaffEvent = msgspec.json.decode(event.data, type=struct)
        if isinstance(fact, StaffGranted):
            parse_node_id(fact.subject)
    except (msgspec.DecodeError, BadNameError):
        return None
    part = model.part_named(fact)
    return fact if part is None or partstore.is_digest(part) else None


class StaffKind:
    """What `federation` asks about streams of accounts."""

    unlocks = False
    widens = True
    """What was not judged when it began may be later: only then it says whom it concerns."""

    def __init__(self, me: NodeId) -> None:
        self._me = me

    def about(self, event: Event) -> StreamName | None:
        """No note."""
        del event
        return None

    def judge(self, tx: Tx, stream: StreamName, event: Event) -> Verdict:
        """Let an event count only if a node above wrote it and it may follow what was said."""
        if event.kind in CUSTODY_KINDS:
            return Verdict.EFFECTIVE
        fact = read_fact(event)
        if fact is None:
            return Verdict.UNJUDGED
        sound = model.is_sound(store.load(tx, stream), event, fact)
        return Verdict.EFFECTIVE if sound else Verdict.INERT

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
