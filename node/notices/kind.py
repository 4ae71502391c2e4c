"""What a note of a notice does at a replica: whether it counts, its row, its page. No person asked.

`node.cases.kind.NoteKind` reads all notes and hands these over, beside the case they speak of.
"""

import sqlite3
from collections.abc import Iterable
from typing import Final

import msgspec

from federation import partstore, partwants
from federation.kinds import in_line
from federation.streams import Stored, Verdict
from node.cases import model as cases
from node.cases.caseview import CaseView
from node.notices import model, store
from node.notices.store import Row
from schemas.events import Event
from schemas.ids import NodeId, PartDigest, StreamName
from schemas.notices import NoticeIssued

Tx = sqlite3.Connection
NOTICE_ISSUED: Final = "note.notice_issued"
MAX_NUMBER: Final = 80  # characters: a word of sixteen, the series, and whatever serial


def read_notice(event: Event) -> NoticeIssued | None:
    """Read what the note says; `None` if it is another note, or badly formed."""
    if event.kind != NOTICE_ISSUED:
        return None
    try:
        said = msgspec.json.decode(event.data, type=NoticeIssued)
    except msgspec.DecodeError:
        return None
    sound = partstore.is_digest(said.page) and model.is_code(said.code) and said.seq >= 0
    return said if sound and 0 < len(said.number) <= MAX_NUMBER else None


class NoticeNotes:
    """The reader of notes about notices."""

    kind = NOTICE_ISSUED

    def __init__(self, me: NodeId) -> None:
        self._me = me

    def judge(self, case: CaseView | None, event: Event) -> Verdict:
        """Say whether the author may issue notices about the case: it lies on its way, or above.

        By origin, place and item version alone, so every replica agrees whatever it has heard of
        the case since; not judged while this node does not know the item.
        """
        if case is None or not case.stages or read_notice(event) is None:
            return Verdict.UNJUDGED
        way = frozenset({case.origin, *(at for _, at in case.stages)})
        return Verdict.EFFECTIVE if in_line(way, event.node) else Verdict.INERT

    def project(self, tx: Tx, case: CaseView | None, stored: Stored) -> None:
        """Remember the notice, and ask for its page if this node handles the case."""
        event, said = stored.event, read_notice(stored.event)
        if stored.verdict is not Verdict.EFFECTIVE or said is None:
            return
        store.add(tx, Row(event.stream, event.seq, event.node, said))
        if case is not None and event.node != self._me and cases.entitled(case, self._me):
            partwants.want(tx, said.case, (said.page,), event.node, stored.received_at)

    def reset(self, tx: Tx, note: StreamName) -> None:
        """Forget the projection of one note stream."""
        store.forget(tx, note)

    def destroyed(
        self, tx: Tx, case: StreamName, digests: Iterable[PartDigest], now_ms: int
    ) -> None:
        """Destroy with a page the PDF that was made from it here."""
        for pdf in store.drop_pdfs(tx, digests):
            partstore.erase(tx, case, pdf, now_ms)
