"""What people do at the seven nodes: act, reclaim, revoke, restore, and adopt what waits."""

import sqlite3
from collections.abc import Iterable

from federation import directory, enrolment, streams
from federation.encoding import unb64
from federation.errors import CannotAppendError
from federation.identity import Identity, create_identity
from federation.roots import read_recovery_key
from schemas.events import HolderAdopted
from schemas.ids import NodeId, StreamName, parent_of
from schemas.reasons import Reason
from tests.support.places import Acted, C, Place, Places, transaction


class People(Places):
    """The nodes, and hands that use them."""

    def begin(self, me: NodeId) -> None:
        place = self.places[me]
        self.nonce += 1
        try:
            with transaction(place):
                place.ledger.begin(
                    place.tx, "case", Acted(nonce=self.nonce), holder=me, hand=self.hand()
                )
        except CannotAppendError:
            return

    def act(self, me: NodeId, stream: StreamName, holder: NodeId, *, odd: bool = False) -> None:
        place = self.places[me]
        self.nonce += 1
        data = Acted(nonce=self.nonce, odd=odd)
        try:
            with transaction(place):
                place.ledger.append(place.tx, stream, data, holder=holder, hand=self.hand())
        except CannotAppendError:
            return

    def reclaim(
        self, me: NodeId, stream: StreamName, holder: NodeId, at: bytes | None = None
    ) -> bool:
        place = self.places[me]
        try:
            with transaction(place):
                place.ledger.reclaim(
                    place.tx, stream, reason="holder_silent", holder=holder, hand=self.hand(), at=at
                )
        except CannotAppendError:
            return False
        return True

    def revoke(self, me: NodeId, node: NodeId) -> None:
        """Revoke `node` and enrol it anew with fresh keys, as after a theft."""
        place, victim = self.places[me], self.places[node]
        if victim.next_identity is not None or not enrolment.may_govern(place.tx, me, node):
            return
        try:
            with transaction(place):
                enrolment.revoke(place.ledger, place.tx, node, Reason.KEY_STOLEN, self.hand())
                fresh = self._fresh(victim)
                answer = self.take_in(place, node, fresh)
        except CannotAppendError:
            return
        victim.next_identity = fresh
        self.take_proof(victim, answer.root, [unb64(raw) for raw in answer.proof])
        self._learn_identity(victim)

    @staticmethod
    def _fresh(place: Place) -> Identity:
        place.keysets += 1
        return create_identity(place.folder / f"keys{place.keysets}", place.me)

    def back_up(self, me: NodeId) -> None:
        place = self.places[me]
        self.backups[me] = place.folder / "backup.db"
        copy = sqlite3.connect(self.backups[me])  # noqa: TID251  # a node of the test, not the node
        place.tx.backup(copy)
        copy.close()

    def restore(self, me: NodeId) -> None:
        """Put an old copy of the database back: no appending before the neighbours' answers."""
        place = self.places[me]
        copy = sqlite3.connect(self.backups[me])  # noqa: TID251  # a node of the test, not the node
        copy.backup(place.tx)
        copy.close()
        place.ledger.recovering = True
        with transaction(place):
            place.link.renew_all(place.tx)

    def replace_root(self, *, stolen: bool = False) -> Identity:
        """Give the root fresh keys by its recovery key, and let it use them."""
        city = self.places[C]
        fresh, key = self._fresh(city), read_recovery_key(C, self.recovery)
        with transaction(city):
            enrolment.replace_root(city.ledger, city.tx, key, fresh, self.hand(), stolen=stolen)
        city.identity = city.ledger.identity = fresh
        with transaction(city):  # a new key is introduced by a hello, which carries its record
            city.link.renew_all(city.tx)
        return fresh

    def rebuild(self, me: NodeId, records: Iterable[str]) -> Place:
        """A machine that lost everything begins anew with fresh keys and a neighbour's records."""
        lost = self.places[me]
        lost.tx.close()
        lost.folder.rename(lost.folder.with_name(f"{me}-lost"))
        place = self._make(me, lost.ledger.root)
        self.take_proof(place, place.ledger.root, [unb64(raw) for raw in records])
        return place

    def adopt(self) -> bool:
        """People look at what waits: first at records, then at who is locked out, then at cases."""
        if not self._speaks(self.places[C], C):  # replaced, and restored before anybody heard of it
            self.replace_root()
            return True
        return self._adopt("node") or self._readmit() or self._adopt("case")

    def adopt_all(self, rounds: int = 12) -> None:
        for _ in range(rounds):
            if not self.adopt():
                return
            self.settle()

    def _adopt(self, kind: str) -> bool:
        did = False
        for place in self.places.values():
            for stream in self.streams(place, kind):
                if not stream.waiting:
                    continue
                _, holder = streams.custody(place.tx, stream, stream.tip) or (0, NodeId(""))
                if holder == place.me:
                    did = self._adopt_own(place, stream.name) or did
                elif parent_of(holder) == place.me and not self._speaks(place, holder):
                    did = self.reclaim(place.me, stream.name, place.me, at=stream.tip) or did
        return did

    def _readmit(self) -> bool:
        """A place whose keys stand on a losing branch rings its record's holder: enrolled again."""
        did = False
        for me, place in self.places.items():
            for stream in self.streams(place, "node"):
                node = NodeId(stream.name.split("/")[1])
                if stream.holder == me and not stream.waiting and not self._speaks(place, node):
                    did = self._enrol_again(place, self.places[node]) or did
        return did

    def _enrol_again(self, place: Place, child: Place) -> bool:
        identity = child.next_identity or child.ledger.identity
        if directory.is_revoked(place.tx, child.me, identity.key_id):
            identity = child.next_identity = self._fresh(child)
        try:
            with transaction(place):
                answer = self.take_in(place, child.me, identity)
        except CannotAppendError:
            return False
        self.take_proof(child, answer.root, [unb64(raw) for raw in answer.proof])
        self._learn_identity(child)
        return True

    def _adopt_own(self, place: Place, name: StreamName) -> bool:
        try:
            with transaction(place):
                place.ledger.append(
                    place.tx, name, HolderAdopted(reason="other"), holder=place.me,
                    hand=self.hand(), adopting=True,
                )  # fmt: skip
        except CannotAppendError:
            return False
        return True
