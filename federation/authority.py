"""Whose keys count: what the node records say of keys, weighed from the root down, without a store.

The pure twin of `federation.trust`, for whoever checks a store or a proof file and trusts nothing
but the root's fingerprint (protocol §2.3, §3). A key is *known* once a proven event of its node's
record states it, on any branch: it verifies what it signed. It is *good* while an event that counts
gives it and no revocation takes it.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from federation import roots
from federation.records import stated_key, taken_keys
from schemas.events import Event
from schemas.ids import EventHash, KeyId, NodeId, stream_creator
from schemas.nodes import ROOT_REPLACED

Owned = tuple[KeyId, NodeId]


@dataclass(frozen=True, slots=True)
class Revocation:
    """One key that an ancestor's event takes."""

    event: EventHash
    node: NodeId
    key: KeyId
    author: NodeId
    author_key: KeyId


class Authority:
    """The keys that the records noted so far prove: fill it record by record, shortest first."""

    def __init__(self, root: EventHash) -> None:
        self.root = root
        self.good: set[Owned] = set()
        self.effective: set[Revocation] = set()
        self._public: dict[Owned, bytes] = {}
        self._owned: set[KeyId] = set()
        self._own: set[Owned] = set()
        self._stated: dict[EventHash, Owned] = {}
        self._revocations: dict[NodeId, list[Revocation]] = {}
        self._recovery: dict[NodeId, bytes] = {}
        self._replaced: set[NodeId] = set()

    # --- the Keys protocol of `federation.envelope`

    def public(self, key: KeyId, node: NodeId) -> bytes | None:
        """The 32 public bytes of a known key."""
        return self._public.get((key, node))

    def speaking(self, key: KeyId, node: NodeId) -> bytes | None:
        """The 32 public bytes of a good key."""
        return self._public.get((key, node)) if (key, node) in self.good else None

    def owned(self, key: KeyId) -> bool:
        """Whether any node is known to have this key."""
        return key in self._owned

    def recovery(self, node: NodeId) -> bytes | None:
        """The public recovery key of a root."""
        return self._recovery.get(node)

    # --- filling it

    def note(self, event: Event, event_hash: EventHash) -> None:
        """Take what a proven event of a record states and revokes."""
        subject = stream_creator(event.stream)
        stated = stated_key(event)
        if stated is not None:
            key, public = stated
            self._public.setdefault((key, subject), public)
            self._owned.add(key)
            self._stated[event_hash] = (key, subject)
            if event.node == subject:
                self._own.add((key, subject))
        if event.seq == 0 and not self._recovery.get(subject):
            self._recovery[subject] = roots.named_by(event)
        if event.kind == ROOT_REPLACED:
            self._replaced.add(subject)
        self._revocations.setdefault(subject, []).extend(
            Revocation(event_hash, subject, key, event.node, event.key) for key in taken_keys(event)
        )

    def weigh(self, node: NodeId, counting: Callable[[], Collection[EventHash]]) -> None:
        """Settle which keys of `node` are good.

        `counting` names the events of its record that count, given the keys held good so far; it is
        asked again until the answer stands (a root's record rests on its own keys).
        """
        mine = {owned for owned in self._public if owned[1] == node}
        for _ in range(len(mine) + 2):
            counted = counting()
            given = {self._stated[one] for one in counted if one in self._stated}
            revoked = self._revoke(node, counted)
            if node not in self._replaced:  # else only what counts gives a root its keys
                given |= self._own
            good = {one for one in mine if one in given and one[0] not in revoked}
            if good == self.good & mine:
                return
            self.good = (self.good - mine) | good

    def _revoke(self, node: NodeId, counted: Collection[EventHash]) -> set[KeyId]:
        """A revocation holds if its author's key is good or a recovery key, or if it counts."""
        revoked = set[KeyId]()
        for one in self._revocations.get(node, ()):
            by_recovery = one.author == one.node  # only `root.replaced` takes keys of its author's
            if by_recovery or one.event in counted or (one.author_key, one.author) in self.good:
                self.effective.add(one)
                revoked.add(one.key)
            else:
                self.effective.discard(one)
        return revoked

    # --- as the tables keep it

    def signers(self) -> Iterable[tuple[KeyId, NodeId, bytes, int, int]]:
        """Give the rows of the table `signers`."""
        for owned, public in self._public.items():
            yield *owned, public, int(owned in self._own), int(owned in self.good)

    def revocations(self) -> Iterable[tuple[bytes, NodeId, KeyId, NodeId, KeyId, int]]:
        """Give the rows of the table `revocations`."""
        for one in {(r.event, r.key): r for rs in self._revocations.values() for r in rs}.values():
            yield (
                bytes.fromhex(one.event), one.node, one.key, one.author, one.author_key,
                int(one in self.effective),
            )  # fmt: skip
