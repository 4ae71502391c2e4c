"""发布: a release says which heads of which streams make up a publisher's catalogue.

A publisher keeps one stream of releases. Each release lists what changed since the one before, and
closes with a digest of all that is in it, so that a node can prove that it holds every stream which
concerns it.
"""

import msgspec

from schemas.ids import EventHash, Level, NodeId, StreamName


class ReleaseEntry(msgspec.Struct, frozen=True, array_like=True):
    """One stream of a release, at the head that the release means."""

    stream: StreamName
    head: EventHash
    reach: Level
    """The lowest tier that must hold it; all tiers between it and the publisher hold it too."""


class ReleaseOpened(
    msgspec.Struct, frozen=True, kw_only=True, tag="release.opened", tag_field="kind"
):
    """The publisher begins its stream of releases."""


class ReleaseListed(
    msgspec.Struct, frozen=True, kw_only=True, tag="release.listed", tag_field="kind"
):
    """Some of the streams that release `number` changes: a release may need several such events."""

    number: int
    entries: tuple[ReleaseEntry, ...]


class ReleasePublished(
    msgspec.Struct, frozen=True, kw_only=True, tag="release.published", tag_field="kind"
):
    """Release `number` is complete as listed."""

    number: int
    """From 1, without gaps."""
    title: str
    document: str = ""
    """批准文号: the decision of the government that stands behind it."""
    total: int
    """How many streams the whole catalogue has after this release."""
    digest: str
    """SHA-256 over `stream SPACE head LF` of every stream after this release, in order of names."""
    effective_from: str = ""
    """The first local day of what it changes; empty: at once."""


class HeldRelease(msgspec.Struct, frozen=True, kw_only=True):
    """A publisher's releases, as a node holds them."""

    stream: StreamName
    publisher: NodeId
    held: int
    """The newest release of which this node has everything that concerns it; 0 if none."""
    latest: int
    """The newest release that this node knows of."""
    missing: int
    """How many streams that concern this node are not yet here, of the latest."""
    total: int
    """How many streams the latest has in all."""
    concerning: int
    """How many of them concern this node."""
    items: int = 0
    """How many of the streams are items."""
    items_concerning: int = 0


class ReleaseView(msgspec.Struct, frozen=True, kw_only=True):
    """One release."""

    stream: StreamName
    publisher: NodeId
    number: int
    title: str
    document: str
    published_at: int
    """Milliseconds UTC, by the publisher's clock."""
    changed: int
    total: int
    digest: str
    effective_from: str = ""


class ReleaseList(msgspec.Struct, frozen=True, kw_only=True):
    """What this node holds, and the releases it knows, newest first."""

    held: tuple[HeldRelease, ...]
    releases: tuple[ReleaseView, ...]
