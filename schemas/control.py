"""What the `zhengwu` command asks of a node, running or not, and what it gets back."""

import msgspec

from schemas.cases_api import EraseParts
from schemas.ids import NodeId, StreamName
from schemas.items import Item
from schemas.nodes import NodeState
from schemas.staff import StaffList


class Nothing(msgspec.Struct, frozen=True, kw_only=True):
    """No arguments."""


class LinkState(msgspec.Struct, frozen=True, kw_only=True):
    """One link, as `status` shows it. Times are milliseconds UTC, 0 for never."""

    peer: NodeId
    open: bool
    greeted: bool
    """Both sides are in one epoch."""
    waiting: int
    """Entries that the neighbour has not yet receipted."""
    waiting_since: int
    taken: int
    last_contact: int
    refused: int


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The node at a glance."""

    node: NodeId
    name: str
    level: str
    running: bool
    url: str
    root: str
    key: str
    recovering: bool
    clock_offset_seconds: int
    in_touch: bool
    """The broker towards the parent (or, at a root, its own) answers now."""
    turned_away: bool
    """That broker is there but keeps refusing this node: it may be suspended or revoked."""
    broker_port: int
    broker_restarts: int
    cases: int
    events: int
    parked: int
    parts_wanted: int
    findings: int
    year_lacking: int = 0
    """A year whose days off should be published by now and are not; 0: none."""
    links: tuple[LinkState, ...]


class NodeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One node of the directory."""

    node: NodeId
    name: str
    level: str
    state: NodeState
    key: str
    holder: NodeId
    """Who writes its record."""


class NodeList(msgspec.Struct, frozen=True, kw_only=True):
    """The nodes that this one knows."""

    nodes: tuple[NodeLine, ...]


class InvitePlace(msgspec.Struct, frozen=True, kw_only=True):
    """Invite a place directly below."""

    node: NodeId
    zh: str
    en: str = ""


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """The line to hand over, good for 24 hours."""

    node: NodeId
    invitation: str


class GovernNode(msgspec.Struct, frozen=True, kw_only=True):
    """Suspend, resume or revoke a node, for a reason of the published list."""

    node: NodeId
    reason: str


class Governed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it."""

    node: NodeId
    state: NodeState
    reclaimed: int = 0
    """Streams taken back with a revocation."""


class Rotated(msgspec.Struct, frozen=True, kw_only=True):
    """The key that this node will sign with once its parent has granted it."""

    key: str


class ReplaceRoot(msgspec.Struct, frozen=True, kw_only=True):
    """Give this root new keys by its offline recovery key."""

    recovery_key: str
    """The private key as it was printed, base64url."""
    stolen: bool = False
    """Whether somebody else may have the old keys: then they count no longer."""


class RootReplacement(msgspec.Struct, frozen=True, kw_only=True):
    """What the root signs with now."""

    key: str
    confirmed: int
    """Streams that the old keys wrote last, confirmed under the new one after a theft."""


class ReclaimStream(msgspec.Struct, frozen=True, kw_only=True):
    """Take a case (by number or stream) from a node below; `holder` is this node if not named."""

    case: str
    reason: str
    holder: NodeId | None = None


class AdoptStream(msgspec.Struct, frozen=True, kw_only=True):
    """Let what waits under a revoked key count, by writing behind it."""

    stream: StreamName
    reason: str


class HeldBack(msgspec.Struct, frozen=True, kw_only=True):
    """A stream whose last events wait behind a revoked key, until someone adopts them."""

    stream: StreamName
    events: int
    author: NodeId
    """Who wrote the last of them."""
    holder: NodeId
    """Who may adopt them; so may an ancestor of his."""


class HeldBackList(msgspec.Struct, frozen=True, kw_only=True):
    """What waits here; at most the first 500."""

    streams: tuple[HeldBack, ...]


class Custody(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds the stream now."""

    stream: StreamName
    holder: NodeId


class WaivePeer(msgspec.Struct, frozen=True, kw_only=True):
    """Wait no longer for this neighbour's answer after a restore."""

    node: NodeId


class ResendEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Send a refused event again, by its hash."""

    event: str


class Resent(msgspec.Struct, frozen=True, kw_only=True):
    """Whether anything was queued."""

    queued: bool


class PublishItems(msgspec.Struct, frozen=True, kw_only=True):
    """Put items in force that were reviewed and approved on paper, as one release."""

    items: tuple[Item, ...]
    title: str = ""
    document: str = ""
    """批准文号: the decision on paper."""
    effective_from: str = ""
    """The first local day; empty: at once."""


class ImportItems(msgspec.Struct, frozen=True, kw_only=True):
    """Begin a revision with a change for each item that differs from the catalogue."""

    title: str
    items: tuple[Item, ...]


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an import, by item code."""

    revision: StreamName | None = None
    """The revision that was begun; none if nothing differs."""
    begun: tuple[str, ...] = ()
    """New items."""
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class ItemsInForce(msgspec.Struct, frozen=True, kw_only=True):
    """The catalogue in force at this node."""

    items: tuple[Item, ...]


class ListParts(msgspec.Struct, frozen=True, kw_only=True):
    """List the papers of a case (by number or stream), and who has destroyed which."""

    case: str


class DestroyParts(msgspec.Struct, frozen=True, kw_only=True):
    """Destroy papers of a closed case at every node that has them."""

    case: str
    form: EraseParts


class LoadStaff(msgspec.Struct, frozen=True, kw_only=True):
    """Bring departments and accounts to what this list says."""

    listed: StaffList


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """Where the backup lies."""

    path: str
    bytes: int


class MoveClock(msgspec.Struct, frozen=True, kw_only=True):
    """Live this far from the system's time (homes made by `demo` or tests alone)."""

    offset_seconds: int


class ConfirmClock(msgspec.Struct, frozen=True, kw_only=True):
    """Look at the clock; or say, as a person who has looked, that it is right."""

    confirm: bool = False


class ClockState(msgspec.Struct, frozen=True, kw_only=True):
    """The node's clock, and how far the neighbours' clocks are ahead of it."""

    now: int
    ahead_ms: int
    """By how much it is in doubt; 0 if it is not."""
    drifts: dict[NodeId, int]
    """Milliseconds, as measured at the last contact."""


class ControlAsk(msgspec.Struct, frozen=True, kw_only=True):
    """One line from the command to the running node."""

    token: str
    command: str
    arguments: msgspec.Raw


class ControlAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One line back: a result, or an error in words."""

    result: msgspec.Raw
    error: str = ""
    kind: str = ""


class RunFile(msgspec.Struct, frozen=True, kw_only=True):
    """`run.json` in the home of a running node: how to reach it from this machine (mode 0600)."""

    pid: int
    url: str
    control_port: int
    token: str
