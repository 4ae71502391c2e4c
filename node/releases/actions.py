"""What can be done with releases: make one, and see what this node holds.

Nothing here knows what a listed stream is; whoever puts streams in force calls `publish`.
"""

from collections.abc import Sequence

from node.database import Tx
from node.errors import BadInputError, NotFoundError
from node.releases import holding, model, store
from node.work import Work
from schemas.ids import NodeId, StreamName
from schemas.levels import Capability
from schemas.releases import (
    HeldRelease,
    ReleaseEntry,
    ReleaseList,
    ReleaseListed,
    ReleaseOpened,
    ReleasePublished,
    ReleaseView,
)


def next_release(work: Work) -> tuple[StreamName, int]:
    """Name this node's stream of releases, begun if need be, and the number of the next one."""
    work.require(Capability.PUBLISH_ITEMS)
    stream = store.own_stream(work.tx, work.me)
    if stream is None:
        stream = work.begin("release", ReleaseOpened(), holder=work.me).event.stream
    return stream, store.latest(work.tx, stream) + 1


def publish(
    work: Work,
    entries: Sequence[ReleaseEntry],
    *,
    title: str,
    document: str = "",
    effective_from: str = "",
) -> int:
    """Release these streams at these heads, beside all that was released before; tell the number.

    `effective_from` says from which local day what they hold counts. Raises `BadInputError` if
    there is no title.
    """
    if not title.strip() or len(title) > model.LONGEST_TITLE:
        raise BadInputError({"title": "missing" if not title.strip() else "too_long"})
    stream, number = next_release(work)
    for piece in model.in_events(entries):
        work.append(stream, ReleaseListed(number=number, entries=tuple(piece)), holder=work.me)
    heads = store.heads(work.tx, stream, number)
    fact = ReleasePublished(
        number=number,
        title=title.strip(),
        document=document.strip(),
        total=len(heads),
        digest=model.digest_of(heads),
        effective_from=effective_from,
    )
    work.append(stream, fact, holder=work.me)
    return number


def held(tx: Tx, me: NodeId) -> tuple[HeldRelease, ...]:
    """Say of every publisher which release this node holds, and what is missing of the latest."""
    numbers = holding.numbers(tx)
    return tuple(
        store.held(tx, stream, me, numbers.get(stream, 0)) for stream in store.all_streams(tx)
    )


def listing(tx: Tx, me: NodeId) -> ReleaseList:
    """List what this node holds and every release it knows, newest first."""
    known = [one for stream in store.all_streams(tx) for one in store.releases(tx, stream)]
    return ReleaseList(
        held=held(tx, me),
        releases=tuple(sorted(known, key=lambda one: (-one.published_at, one.stream))),
    )


def entries_of(
    tx: Tx, stream: StreamName, number: int
) -> tuple[ReleaseView, tuple[StreamName, ...]]:
    """Find a release and name the streams that it changed. Raises `NotFoundError`."""
    found = store.view(tx, stream, number)
    if found is None:
        raise NotFoundError("release")
    return found, store.listed(tx, stream, number)
