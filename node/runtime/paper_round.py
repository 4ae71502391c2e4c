"""The paper round: asks for the parts that this node must handle, answers the asks of others.

Frames for someone else are passed on unread, towards their addressee. All rules are
`federation.partdesk` and `partwants`; this only moves things between them and the courier.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from federation import directory, partpost, partstore, partwants, streams
from federation.courier import Courier
from federation.directory import KeySnapshot
from federation.errors import CannotAppendError, FederationError, RejectedError
from federation.partdesk import PartDesk
from federation.partpost import addressee, open_ask, open_chunk
from federation.parts import PlainPart
from federation.partstore import PreparedPart
from node.cases import actions as cases
from node.cases import erasure, reading
from node.clock import to_ms
from node.database import Tx
from node.evaluation import redress_reading
from node.roster import reading as roster
from node.runtime.opening import Node
from node.supervision import orders_kind
from node.tasks import erasure as errands
from node.tasks import reading as tasks
from node.work import SYSTEM, Work
from schemas.ids import NodeId, PartDigest, StreamName, next_hop, stream_kind
from schemas.links import Frame
from schemas.parts import PartsReceived

log = logging.getLogger(__name__)

ASKS_AT_ONCE: Final = 8
LONGEST_PAUSE: Final = 30.0  # seconds; a wake comes with every new event


class PaperRound:
    """Asks, answers, keeps, and says *received*."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._desk = PartDesk(node.identity, node.parts, may_have)
        self._keys = KeySnapshot([])
        self._wake = asyncio.Event()
        self._hasty = False
        self.courier: Courier | None = None

    @property
    def refused(self) -> int:
        """Asks refused since the start."""
        return self._desk.refused

    def wake(self) -> None:
        """Something may be wanted: look."""
        self._wake.set()

    def connected(self) -> None:
        """The line is back: ask again at once."""
        self._hasty = True
        self.wake()

    # --- asking

    async def run(self) -> None:
        """Ask for what is wanted, for as long as this runs."""
        begun = False
        while True:
            self._wake.clear()
            try:
                if not begun:
                    await self._begin()
                    begun = True
                await self._destroy()
                pause = await self._ask()
            except Exception:
                log.exception("paper_round.failed")
                pause = LONGEST_PAUSE
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    async def _begin(self) -> None:
        """Finish what a restart cut short."""
        for digest in await self._node.works.read(partwants.gathered):
            await self._finish(digest)
        with suppress(CannotAppendError):  # a restored node says so later
            await self._say_received()

    async def _destroy(self) -> None:
        """Remove the files of erased parts, then say that they are gone."""
        doomed = await self._node.works.read(partstore.doomed_files)
        for file in doomed:
            await asyncio.to_thread(self._node.parts.remove, file)
        if doomed:
            await self._node.database.write(lambda tx: partstore.removed(tx, doomed))
        if await self._node.works.read(erasure.owes_answers):
            await self._node.works.run(SYSTEM, answer_for_destroyed)

    async def _ask(self) -> float:
        now = self._now()
        if self._hasty:
            self._hasty = False
            await self._node.database.write(lambda tx: partwants.hasten(tx, now))
        due = await self._node.works.read(partwants.next_due)
        if due is None:
            return LONGEST_PAUSE
        if due > now:
            return min(LONGEST_PAUSE, (due - now) / 1000)
        asks = await self._node.database.write(
            lambda tx: partwants.due_asks(tx, self._node.me, now, ASKS_AT_ONCE)
        )
        for ask in asks:
            await self._forward(ask.to, partpost.sign_ask(self._node.identity, ask))
        return 0.05

    async def _forward(self, to: NodeId, frame: bytes) -> None:
        if self.courier is not None:
            await self.courier.forward(next_hop(self._node.me, to), frame)

    # --- taking

    async def take(self, sender: NodeId, frame: Frame, raw: bytes) -> None:
        """Take an ask or a chunk, or pass it on."""
        try:
            _, to = addressee(frame)
            if to != self._node.me:
                if next_hop(self._node.me, to) != sender:
                    await self._forward(to, raw)
            elif frame.purpose == "ask":
                await self._answer(frame)
            else:
                await self._take_chunk(frame)
        except (FederationError, ValueError) as error:
            log.warning("part.dropped", extra={"peer": sender, "why": str(error)})

    async def _known(self, frame: Frame) -> KeySnapshot:
        sender, _ = addressee(frame)
        if self._keys.public(frame.key, sender) is None:
            self._keys = await self._node.works.read(directory.snapshot)
        return self._keys

    async def _answer(self, frame: Frame) -> None:
        proven = open_ask(frame, self._node.me, await self._known(frame))
        grant = await self._node.works.read(lambda tx: self._desk.grant(tx, proven))
        if grant is None:
            return
        answer = await asyncio.to_thread(self._desk.seal, grant)
        if answer.new_key is not None and not await self._node.database.write(
            lambda tx: self._desk.remember(tx, grant, answer)
        ):
            return
        for chunk in answer.chunks:
            await self._forward(chunk.to, partpost.sign_chunk(self._node.identity, chunk))

    async def _take_chunk(self, frame: Frame) -> None:
        proven = open_chunk(frame, self._node.me, await self._known(frame))
        now = self._now()
        whole = await self._node.database.write(lambda tx: partwants.take(tx, proven, now))
        if whole:
            await self._finish(proven.chunk.digest)
            if not await self._node.works.read(_still_wanted, proven.chunk.stream):
                await self._say_received()
        self.wake()

    async def _finish(self, digest: PartDigest) -> None:
        """Open a gathered part, keep it, and remember the applicant if it is one."""
        found = await self._node.works.read(partwants.gather, digest)
        try:
            part = await asyncio.to_thread(partwants.open_gathered, self._node.identity, found)
        except RejectedError as error:
            log.warning("part.unusable", extra={"digest": digest, "why": str(error)})
            now = self._now()
            await self._node.database.write(lambda tx: partwants.restart(tx, digest, now))
            return
        prepared = await asyncio.to_thread(self._node.parts.prepare, part)
        await self._node.works.run(SYSTEM, self._keep, found.stream, prepared, part)

    def _keep(
        self, work: Work, stream: StreamName, prepared: PreparedPart, part: PlainPart
    ) -> None:
        if partwants.keep(work.tx, prepared):
            cases.part_arrived(work, self._node.register, stream, prepared.digest, part)
            errands.follow_late(work, stream)
            work.touched.append(stream)

    async def _say_received(self) -> None:
        await self._node.works.run(SYSTEM, note_received)

    def _now(self) -> int:
        return to_ms(self._node.clock.now())


def may_have(tx: Tx, stream: StreamName, digest: PartDigest, node: NodeId) -> bool:
    """Say whether `stream` names this part and `node` may have it (protocol §5.3)."""
    if stream_kind(stream) == "task":
        return tasks.may_have(tx, stream, digest, node)
    if stream_kind(stream) == "order":
        return orders_kind.may_have(tx, stream, digest, node)
    if stream_kind(stream) == "redress":
        return redress_reading.may_have(tx, stream, digest, node)
    if stream_kind(stream) == "staff":
        return roster.may_have(tx, stream, digest, node)
    return reading.may_have(tx, stream, digest, node)


def _still_wanted(tx: Tx, stream: StreamName) -> bool:
    row = tx.execute("SELECT 1 FROM part_wants WHERE stream = ? AND state < 3 LIMIT 1", (stream,))
    return row.fetchone() is not None


def answer_for_destroyed(work: Work) -> None:
    """Say what is gone here, and have the papers of the errands of those cases follow."""
    errands.follow(work)
    erasure.answer(work)


def note_received(work: Work) -> None:
    """Write one note a stream: which parts were opened and found right (protocol §5.2)."""
    for name, digests in partwants.completed(work.tx):
        note = PartsReceived(stream=name, digests=digests)
        subject = streams.load(work.tx, name)
        own = streams.find_about(work.tx, subject, creator=work.me) if subject else None
        if own is not None and own.holder == work.me:
            work.append(own.name, note, holder=work.me)
        elif subject is not None:
            work.begin("note", note, holder=work.me)
        partwants.noted(work.tx, digests)
