"""销毁: who may have the papers of a case destroyed, and what a node does when it is told to.

The projection's side: no person is asked here. The acts of people are `node.cases.erasure`.
"""

from typing import Final

import msgspec

from federation import partstore
from node.applicants import actions as applicants
from node.cases.caseview import CaseView
from node.cases.facts import Fault
from node.cases.rulings import EFFECTIVE, UNJUDGED, Effect, Ruling
from node.cases.store import Tx
from schemas.events import Event
from schemas.ids import NodeId, StreamName, is_ancestor, stream_creator, stream_kind
from schemas.item_terms import StageKind
from schemas.parts import ErasureDone, PartErased, PartsReceived

ERRAND: Final = "task"
"""The kind of stream of an errand, whose papers belong to a case without being named by it."""
PART_ERASED: Final = "note.part_erased"
ERASURE_DONE: Final = "note.erasure_done"
PARTS_RECEIVED: Final = "note.parts_received"
PartNote = PartErased | ErasureDone | PartsReceived
"""What notes say about parts."""
_STRUCTS: Final[dict[str, type[PartNote]]] = {
    PART_ERASED: PartErased,
    ERASURE_DONE: ErasureDone,
    PARTS_RECEIVED: PartsReceived,
}


def read_note(event: Event) -> PartNote | None:
    """Read what a note says of parts; `None` if it is another note, or badly formed."""
    struct = _STRUCTS.get(event.kind)
    if struct is None:
        return None
    try:
        said: PartNote = msgspec.json.decode(event.data, type=struct)
    except msgspec.DecodeError:
        return None
    return said if all(partstore.is_digest(digest) for digest in said.digests) else None


def may_erase(view: CaseView, node: NodeId) -> bool:
    """Say whether `node` may have the papers destroyed: it decides such a case, or lies above.

    The item's version, origin and place say who decides, so every replica agrees whatever it has
    heard of the case since. A case that was refused below is erased by the same nodes.
    """
    deciding = (at for stage, at in view.stages if stage.kind is StageKind.DECIDE)
    return any(node == at or is_ancestor(node, at) for at in deciding)


def may_erase_errand(task: StreamName, node: NodeId) -> bool:
    """Say whether `node` may have the papers of an errand (协办) destroyed: who asked, or above."""
    asker = stream_creator(task)
    return node == asker or is_ancestor(node, asker)


def judge(about: StreamName | None, view: CaseView | None, author: NodeId) -> Ruling:
    """Say what a note of erasure does: not judged while this node does not know the case's item."""
    if about is not None and stream_kind(about) == ERRAND:
        right = may_erase_errand(about, author)
        return EFFECTIVE if right else Ruling(Effect.INERT, Fault.NOT_THE_DECIDER)
    if view is None or not view.stages:
        return UNJUDGED
    if may_erase(view, author):
        return EFFECTIVE
    return Ruling(Effect.INERT, Fault.NOT_THE_DECIDER)


def destroy(tx: Tx, about: StreamName, said: PartErased, now_ms: int) -> None:
    """Destroy the keys of the case's parts, and what was read from them.

    The files go after the commit (`partstore.doomed_files`).
    """
    for digest in said.digests:
        partstore.erase(tx, about, digest, now_ms)
        applicants.forget(tx, about, digest)
