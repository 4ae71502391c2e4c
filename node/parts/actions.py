"""Uploads: held for whoever brought them, until an event names them or 12 hours have passed.

The file is encrypted and durable before the Work begins (`PartStore.prepare`); here it only counts.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from federation import partstore
from federation.partstore import PreparedPart
from node.clock import to_ms
from node.database import Tx
from node.errors import BadInputError, TooLargeError
from node.parts import store
from node.parts.model import SharedFrom
from node.work import Work
from schemas.ids import PartDigest, StreamName
from schemas.parts_api import Uploaded

HELD: Final = timedelta(hours=12)
"""An intake begun before lunch is finished after it; a sweep of the part store spares the files."""
MAX_HELD_BYTES: Final = 300 << 20  # per person: a thick file of a land case, several times over
SWEPT_AT_ONCE: Final = 8  # each upload clears up to so many forgotten ones
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def hold(work: Work, prepared: PreparedPart, *, media: str, size: int) -> Uploaded:
    """Hold a prepared part for the actor. Raises `TooLargeError` if he holds too much already."""
    since = to_ms(work.now - HELD)
    store.drop_older(work.tx, since, SWEPT_AT_ONCE)
    held = store.held_bytes(work.tx, work.actor.staff, since_ms=since)
    if held + size > MAX_HELD_BYTES:
        raise TooLargeError(MAX_HELD_BYTES)
    store.insert(work.tx, work.actor.staff, prepared, media=media, size=size, now_ms=work.now_ms)
    return Uploaded(
        digest=prepared.digest, media=media, bytes=size, expires_at=to_ms(work.now + HELD)
    )


def hold_shared(
    work: Work, prepared: PreparedPart, shared: SharedFrom, *, media: str, size: int
) -> Uploaded:
    """Hold a copy of a paper that was verified in an earlier case. Raises as `hold`."""
    held = hold(work, prepared, media=media, size=size)
    store.note_shared(work.tx, prepared.digest, shared)
    return held


def shared_among(work: Work, digests: Iterable[PartDigest]) -> Mapping[PartDigest, SharedFrom]:
    """Say which of the actor's uploads are such copies. Raises as `keep`."""
    held = (part.digest for part in _held(work, tuple(digests)))
    found = {digest: store.shared_of(work.tx, digest) for digest in held}
    return {digest: shared for digest, shared in found.items() if shared is not None}


def keep(work: Work, digests: Iterable[PartDigest], stream: StreamName) -> None:
    """Make the actor's uploads parts of `stream`, all or none.

    Raises `BadInputError` under `parts.<digest>` for what he does not hold.
    """
    found = _held(work, tuple(dict.fromkeys(digests)))
    for prepared in found:
        partstore.keep(work.tx, prepared, stream)
        store.drop(work.tx, prepared.digest)


def require_held(work: Work, digests: Iterable[PartDigest]) -> None:
    """Go on only if the actor holds all of these. Raises as `keep`."""
    _held(work, tuple(digests))


def give_up(work: Work, digest: PartDigest) -> None:
    """Hold one of the actor's uploads no longer: the wrong page lay on the scanner."""
    if _find(work, digest) is not None:
        store.drop(work.tx, digest)


def held_files(tx: Tx, now_ms: int) -> frozenset[str]:
    """Name the files of all uploads that are still held: a sweep of the part store spares them."""
    return store.held_files(tx, since_ms=now_ms - HELD // timedelta(milliseconds=1))


def _held(work: Work, digests: tuple[PartDigest, ...]) -> tuple[PreparedPart, ...]:
    found = {digest: _find(work, digest) for digest in digests}
    missing = {f"parts.{digest}": "not_held" for digest, part in found.items() if part is None}
    if missing:
        raise BadInputError(missing)
    return tuple(part for part in found.values() if part is not None)


def _find(work: Work, digest: PartDigest) -> PreparedPart | None:
    if not _DIGEST.fullmatch(digest):
        return None
    since = to_ms(work.now - HELD)
    return store.find(work.tx, work.actor.staff, digest, since_ms=since)
