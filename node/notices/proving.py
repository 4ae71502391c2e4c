"""核验: what a stranger with a notice's code is told, proven from the root's fingerprint on.

Nothing of the person: kind, number, who issued it and when, the item and the case number. What is
told is read from the very events that are proven, not from the tables made of them.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Final

import msgspec

from federation import proof, streams
from federation.streams import Verdict
from node.cases import reading as cases
from node.database import Tx
from node.network.actions import place_names
from node.notices import kind, model, reading, store
from node.notices.store import Row
from node.web.turnstile import Turnstile
from node.work import Works
from schemas.case_law import CaseApplied
from schemas.cases import CaseReceived
from schemas.ids import CaseNumber, EventHash
from schemas.nodes import NodeNames
from schemas.notices import NoticeProof

KEPT_SECONDS: Final = 10.0  # one scan is often several requests, and several people scan one paper
MOST_KEPT: Final = 256
PROOFS_A_MINUTE: Final = 60  # of one address: a hall's whole queue, scanning
UNKNOWN: Final = NoticeProof(found=False)


@dataclass(frozen=True, slots=True)
class Proven:
    """What is told, with the issuer's names in both languages."""

    proof: NoticeProof
    issuer: NodeNames | None = None


@dataclass(frozen=True, slots=True)
class _Gathered:
    told: Proven
    file: bytes | None
    """The proof file of the case and its notes; `None` if the note itself is not found."""


class Prover:
    """Proves notices for whoever asks, one at a time, and remembers each answer for a moment."""

    def __init__(self, works: Works) -> None:
        self.gate = Turnstile(PROOFS_A_MINUTE)
        """Whoever asks without signing in passes it first."""
        self._works = works
        self._turn = asyncio.Semaphore(1)
        self._answers: dict[str, tuple[Proven, float]] = {}

    async def prove(self, code: str) -> Proven:
        """Tell what the notice of a code is, and whether its chain verifies."""
        if not model.is_code(code):
            return Proven(UNKNOWN)
        async with self._turn:
            answer, at = self._answers.get(code, (None, 0.0))
            if answer is not None and time.monotonic() - at < KEPT_SECONDS:
                return answer
            answer = await self._prove(code)
            if len(self._answers) >= MOST_KEPT:
                self._answers.clear()
            if answer.proof.found:
                self._answers[code] = (answer, time.monotonic())
            return answer

    async def _prove(self, code: str) -> Proven:
        root = self._works.ledger.root
        found = await self._works.read(_gather, root, code)
        if found is None:
            return Proven(UNKNOWN)
        verified = found.file is not None and await asyncio.to_thread(_verify, found.file, root)
        told = msgspec.structs.replace(found.told.proof, verified=verified)
        return Proven(told, found.told.issuer)


def _gather(tx: Tx, root: EventHash, code: str) -> _Gathered | None:
    row = store.by_code(tx, code)
    if row is None:
        return None
    said = row.said
    view = cases.of_stream(tx, said.case)
    names = place_names(tx).get(row.issuer)
    told = NoticeProof(
        found=True,
        notice=said.notice,
        number=said.number,
        case=_number_of(tx, row),
        item_name="" if view is None else cases.item_name(tx, view),
        issuer=row.issuer,
        issuer_name="" if names is None else names.zh,
        issued_at=said.issued_at,
    )
    file = proof.gather(tx, root, said.case) if _is_said(tx, row) else None
    return _Gathered(Proven(told, names), None if file is None else msgspec.json.encode(file))


def _is_said(tx: Tx, row: Row) -> bool:
    """Say whether a note that counts says just this."""
    note = streams.load(tx, row.note)
    return note is not None and any(
        stored.verdict is Verdict.EFFECTIVE
        and (stored.event.seq, stored.event.node) == (row.seq, row.issuer)
        and kind.read_notice(stored.event) == row.said
        for stored in streams.events(tx, note)
    )


def _number_of(tx: Tx, row: Row) -> CaseNumber | None:
    view = cases.of_stream(tx, row.said.case)
    life = () if view is None else reading.life_of(tx, view)
    first = life[0].fact if life else None
    return first.number if isinstance(first, CaseReceived | CaseApplied) else None


def _verify(file: bytes, root: EventHash) -> bool:
    return proof.verify_proof(file, root).clean
