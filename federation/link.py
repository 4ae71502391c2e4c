"""What happens on a link: epochs, parcels, receipts, refusals, surveys (protocol §4).

Everything is synchronous, inside the caller's transaction: a parcel and its effects, the onward
outbox rows and the new link number are one. The bytes are `federation.parcel`'s; the network is
`federation.courier`'s.
"""

import hashlib
import logging
import os
import sqlite3
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from msgspec import Raw

from federation import directory, links, parking, refusals, streams
from federation.directory import TxKeys
from federation.envelope import Opened, Unproven
from federation.errors import FederationError, RejectedError
from federation.ledger import Ledger, Outcome
from federation.links import CLOSED, OPEN, SUSPENDED, LinkRow, Position
from federation.parcel import (
    MAX_ENTRIES,
    MAX_INFLATED_BYTES,
    VERSION,
    Read,
    ReadParcel,
    RefusedEntry,
    check_frame,
    encode_entry,
    entry_hash,
)
from federation.survey import Survey
from schemas.ids import is_ancestor, line_of, node_stream, parent_of
from schemas.links import (
    AnsweredEntry,
    Frame,
    Hello,
    HelloEntry,
    Parcel,
    Receipt,
    RefusalEntry,
    SurveyEntry,
)
from schemas.nodes import NodeState

log = logging.getLogger(__name__)

MAX_PARKED: Final = (
    10_000  # from one neighbour; beyond it its parcels get no receipt (protocol §4.4)
)
RETIRED_KEPT: Final = 16  # nonces of the peer that a late hello may not bring back
PARCEL_ROOM: Final = MAX_INFLATED_BYTES - (1 << 16)  # entries of one parcel, uncompressed


class ImpossibleLinkError(Exception):
    """The neighbour named a number or head that it cannot have: a new epoch must begin."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send after a message was taken."""

    receipt: bool = False
    hello: bytes | None = None
    """Send our hello, with this as the neighbour's nonce last seen."""
    brief: bool = False
    """It shares our epoch and only asked whether we are here: no records are needed."""


class Link:
    """The links of one node."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._survey = Survey(ledger)
        self.me = ledger.me
        ledger.on_directory = self.follow_directory
        ledger.on_late_refusal = self._refused_late

    # --- opening, closing

    def follow_directory(self, tx: sqlite3.Connection) -> None:
        """Open a link to every enrolled neighbour; halt and close as the directory says."""
        for record in directory.records(tx):
            if self.me != parent_of(record.node) and record.node != parent_of(self.me):
                continue
            link = links.load(tx, record.node)
            if link is None:
                if record.state is NodeState.ENROLLED:
                    links.create(tx, record.node, nonce=os.urandom(links.NONCE_BYTES))
                continue
            standing = {NodeState.SUSPENDED: SUSPENDED, NodeState.REVOKED: CLOSED}
            self._stand(tx, link, standing.get(record.state, OPEN))

    def _stand(self, tx: sqlite3.Connection, link: LinkRow, wanted: int) -> None:
        """Open, halt or close a link. One that was closed has a hole in its log: it begins anew."""
        was, link.open = link.open, wanted
        if was == wanted:
            return
        if CLOSED in (was, wanted):
            self.renew(tx, link)
        else:
            links.save(tx, link)

    def renew(self, tx: sqlite3.Connection, link: LinkRow) -> None:
        """Leave the epoch: the next hello begins another."""
        link.nonce = os.urandom(links.NONCE_BYTES)
        link.epoch = b""
        links.clear(tx, link.id)
        links.save(tx, link)

    def renew_all(self, tx: sqlite3.Connection) -> None:
        """After a restore or rebuild: leave every epoch, and wait for every neighbour's answer."""
        for link in links.load_all(tx):
            link.answered = link.waived = False
            self.renew(tx, link)

    # --- hello

    def hello(self, tx: sqlite3.Connection, link: LinkRow, seen: bytes) -> Hello:
        """Speak up: own nonce, the nonce seen, and the records that prove who speaks.

        A child gets its own record too: what changed above it may be told in both.
        """
        proof: list[bytes] = []
        below = (link.peer,) if is_ancestor(self.me, link.peer) else ()
        for node in (*reversed(line_of(self.me)), *below):
            stream = streams.load(tx, node_stream(node))
            if stream is not None:
                proof += streams.envelopes(tx, stream)
        return Hello(VERSION, self.me, link.peer, link.nonce, seen, link.epoch, tuple(proof))

    def take_hello(self, tx: sqlite3.Connection, frame: Frame, hello: Hello, *, now: int) -> Answer:
        """Take a neighbour's hello: its node records first, then its signature, then its nonces.

        A nonce is adopted only with an echo of our own, so an old hello begins no epoch. A hello
        that cannot be believed has no effect, but the records that it brought are kept: each proves
        itself.
        """
        for raw in hello.proof:
            with suppress(RejectedError):
                self._ledger.receive(tx, raw, peer=hello.sender, now=now)
        try:
            check_frame(frame, hello.sender, TxKeys(tx))
        except FederationError:  # whoever handed it over looks again, and says so
            return Answer()
        link = links.load(tx, hello.sender)
        if link is None or link.open != OPEN or hello.to != self.me:
            return Answer()
        link.last_contact = now
        if self._is_retired(link, hello.nonce) or len(hello.nonce) != links.NONCE_BYTES:
            return Answer(hello=link.peer_nonce)
        if hello.seen != link.nonce:
            links.save(tx, link)
            return Answer(hello=hello.nonce)
        shared = hello.nonce == link.peer_nonce and bool(link.epoch)
        if not shared:
            self._adopt(tx, link, hello.nonce, now=now)
        links.save(tx, link)
        answer = link.peer_nonce if hello.epoch != link.epoch else None
        return Answer(hello=answer, brief=shared and not hello.epoch)

    @staticmethod
    def _is_retired(link: LinkRow, nonce: bytes) -> bool:
        size = links.NONCE_BYTES
        old = (link.retired[i : i + size] for i in range(0, len(link.retired), size))
        return nonce in old

    def _adopt(self, tx: sqlite3.Connection, link: LinkRow, nonce: bytes, *, now: int) -> None:
        """Begin an epoch: both logs restart at 1 with a hello and a survey."""
        if link.peer_nonce and link.peer_nonce != nonce:
            kept = link.retired + link.peer_nonce
            link.retired = kept[-RETIRED_KEPT * links.NONCE_BYTES :]
        link.peer_nonce = nonce
        child_first = parent_of(self.me) == link.peer
        both = link.nonce + nonce if child_first else nonce + link.nonce
        link.epoch = hashlib.sha256(both).digest()
        link.settled, link.settled_head, link.seen_serial = 0, link.epoch, 0
        link.taken, link.taken_head, link.serial, link.refused = 0, link.epoch, 0, ()
        unsaid = links.refusals_queued(tx, link.id)
        links.clear(tx, link.id, all_of_it=True)
        links.save(tx, link)
        links.queue(tx, link.id, encode_entry(HelloEntry(link.nonce, nonce)), now=now)
        for entry in self._survey.entries(tx, link):
            links.queue(tx, link.id, encode_entry(entry), now=now)
        links.queue_again(tx, link.id, unsaid)
        log.info("link.epoch", extra={"peer": link.peer})

    # --- sending

    def next_parcel(
        self, tx: sqlite3.Connection, link: LinkRow, after: Position, *, room: int
    ) -> tuple[Parcel, Position] | None:
        """Pack the entries behind `after`: at most `room` bytes, but at least one entry.

        `None` if nothing is queued. Reads only.
        """
        rows = links.entries_after(tx, link.id, after.row, limit=MAX_ENTRIES)
        room = min(room, PARCEL_ROOM)
        head, row, entries, size = after.head, after.row, list[bytes](), 0
        for next_row, entry in rows:
            if entries and size + len(entry) > room:
                break
            row, size = next_row, size + len(entry)
            head = entry_hash(head, entry)
            entries.append(entry)
        if not entries:
            return None
        parcel = self._parcel(link, after, entries)
        return parcel, Position(after.number + len(entries), head, row)

    def settling_parcel(self, link: LinkRow) -> Parcel:
        """An empty parcel: it only says which receipt we processed last; it is never answered."""
        return self._parcel(link, links.start(link), [])

    def _parcel(self, link: LinkRow, after: Position, entries: list[bytes]) -> Parcel:
        return Parcel(
            VERSION, self.me, link.peer, link.epoch, after.number + 1, after.head,
            link.seen_serial, tuple(Raw(entry) for entry in entries),
        )  # fmt: skip

    def receipt(self, link: LinkRow) -> Receipt:
        """Say what we hold."""
        refused = tuple((number, reason) for number, reason, _ in link.refused)
        return Receipt(
            VERSION, self.me, link.peer, link.epoch, link.serial, link.taken, link.taken_head,
            refused,
        )  # fmt: skip

    # --- taking

    def take_parcel(self, tx: sqlite3.Connection, read: ReadParcel, *, now: int) -> Answer:
        """Store a parcel's entries with all their effects, and move the link number.

        Overlap is skipped; a gap or a repeated parcel is answered by the current receipt; a parcel
        of another epoch is not stored but answered by a hello.
        """
        parcel = read.parcel
        link = links.load(tx, parcel.sender)
        if link is None or link.open != OPEN or parcel.to != self.me:
            return Answer()
        if TxKeys(tx).speaking(read.key, parcel.sender) is None:
            return Answer()  # it spoke when the signature was checked, and does not now
        if not link.epoch or parcel.epoch != link.epoch:
            return Answer(hello=link.peer_nonce)
        link.last_contact = now
        link.refused = tuple(one for one in link.refused if one[2] > parcel.settled)
        try:
            new = self._new_entries(link, read)
        except ImpossibleLinkError:
            self.renew(tx, link)
            return Answer(hello=link.peer_nonce)
        if new and parking.count(tx, link.peer) > MAX_PARKED:
            return Answer()
        taken = self._ledger.fold.safely(tx, lambda: self._take_all(tx, link, new, now=now))
        taken.serial += 1
        links.save(tx, taken)
        return Answer(receipt=bool(parcel.entries))

    def _take_all(
        self, tx: sqlite3.Connection, before: LinkRow, new: list[tuple[Read, bytes]], *, now: int
    ) -> LinkRow:
        """Take entry by entry; gives the link after them, and leaves `before` as it was."""
        link = replace(before)
        with self._ledger.fold.holding_unlocks(tx):
            for entry, head in new:
                self._take(tx, link, entry, now=now)
                link.taken += 1
                link.taken_head = head
        return link

    @staticmethod
    def _new_entries(link: LinkRow, read: ReadParcel) -> list[tuple[Read, bytes]]:
        first = read.parcel.first
        skip = link.taken + 1 - first
        if skip < 0 or skip > len(read.entries):
            return []
        before = read.heads[skip - 1] if skip else read.parcel.head_before
        if before != link.taken_head:
            raise ImpossibleLinkError
        return list(zip(read.entries[skip:], read.heads[skip:], strict=True))

    def _take(self, tx: sqlite3.Connection, link: LinkRow, entry: Read, *, now: int) -> None:
        match entry:
            case Opened() | Unproven():
                self._take_event(tx, link, entry, now=now)
            case RefusedEntry():
                self._refuse(link, entry.error)
            case HelloEntry():
                pass  # its nonces are already in the epoch that both logs share
            case SurveyEntry():
                self._survey.take(tx, link, entry, now=now)
            case AnsweredEntry():
                link.answered = True
            case RefusalEntry():
                self._take_refusal(tx, link, entry, now=now)

    def _take_refusal(
        self, tx: sqlite3.Connection, link: LinkRow, entry: RefusalEntry, *, now: int
    ) -> None:
        try:
            refusals.remember(tx, self.me, entry, teller=link.peer, now=now)
        except RejectedError as error:
            self._refuse(link, error)

    def _take_event(
        self, tx: sqlite3.Connection, link: LinkRow, entry: Opened | Unproven, *, now: int
    ) -> None:
        try:
            outcome = self._ledger.receive_read(tx, entry, peer=link.peer, now=now)
        except RejectedError as error:
            self._refuse(link, error)
            return
        if outcome is Outcome.DUPLICATE:  # perhaps sent again by hand, because it was refused
            refusals.resend(tx, bytes.fromhex(entry.hash), now=now)

    @staticmethod
    def _refuse(link: LinkRow, error: RejectedError) -> None:
        log.warning("entry.refused", extra={"peer": link.peer, "reason": error.reason.value})
        one = (link.taken + 1, error.reason.value, link.serial + 1)
        link.refused = (*link.refused, one)

    # --- receipts and refusals

    def take_receipt(self, tx: sqlite3.Connection, receipt: Receipt, *, now: int) -> Answer:
        """Settle what the neighbour holds; remember and pass on what it refused."""
        link = links.load(tx, receipt.sender)
        if link is None or link.open != OPEN or receipt.to != self.me:
            return Answer()
        if not link.epoch or receipt.epoch != link.epoch:
            return Answer(hello=link.peer_nonce)
        link.last_contact = now
        if receipt.serial <= link.seen_serial and receipt.upto <= link.settled:
            links.save(tx, link)
            return Answer()
        try:
            head = self._head_at(tx, link, receipt)
        except ImpossibleLinkError:
            self.renew(tx, link)
            return Answer(hello=link.peer_nonce)
        self._refused(tx, link, receipt, now=now)
        if receipt.upto > link.settled:
            links.drop_through(tx, link, receipt.upto - link.settled)
            link.settled, link.settled_head = receipt.upto, head
        link.seen_serial = max(link.seen_serial, receipt.serial)
        links.save(tx, link)
        return Answer()

    @staticmethod
    def _head_at(tx: sqlite3.Connection, link: LinkRow, receipt: Receipt) -> bytes:
        """Give our log's head where the receipt stands. Raises `ImpossibleLinkError`."""
        head, row, left = link.settled_head, 0, max(0, receipt.upto - link.settled)
        while left:
            some = links.entries_after(tx, link.id, row, limit=min(left, MAX_ENTRIES))
            if not some:
                raise ImpossibleLinkError
            for row, entry in some:  # noqa: B007  # the last row is where the next read begins
                head = entry_hash(head, entry)
            left -= len(some)
        if receipt.upto < link.settled or head != receipt.head:
            raise ImpossibleLinkError
        return head

    def _refused(
        self, tx: sqlite3.Connection, link: LinkRow, receipt: Receipt, *, now: int
    ) -> None:
        for number, reason in receipt.refused:
            event_hash = links.entry_at(tx, link, number) if number > link.settled else None
            stored = streams.event_by_hash(tx, event_hash) if event_hash else None
            if stored is not None and event_hash is not None:
                entry = RefusalEntry(event_hash, reason, stored.event.node)
                refusals.remember(tx, self.me, entry, teller=link.peer, now=now)

    def _refused_late(self, tx: sqlite3.Connection, entry: RefusalEntry, now: int) -> None:
        refusals.remember(tx, self.me, entry, teller=self.me, now=now)

    def resend(self, tx: sqlite3.Connection, event_hash: bytes, *, now: int) -> bool:
        """A person sends a refused event again: the same envelope under a new number."""
        return refusals.resend(tx, event_hash, now=now)
