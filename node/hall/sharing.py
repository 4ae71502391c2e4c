"""What an intake takes over from the applicant's earlier cases (信息共享), in the caller's Work."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from node.database import Tx
from node.hall import actions
from node.hall.actions import OpenDraft
from node.hall.model import SharedPaper
from node.materials import actions as materials
from node.materials.actions import Copy, Sharing
from node.materials.reading import Seeker
from node.work import Work
from schemas.materials import AskShared, SharedOffer, SharedTaken, TakeShared
from schemas.parts import Person


@dataclass(frozen=True, slots=True)
class TakenOver:
    """An offer, and the copies made of its scans."""

    offer: SharedOffer
    copies: Sequence[Copy]


def offers(tx: Tx, sharing: Sharing, seeker: Seeker, opened: OpenDraft) -> tuple[SharedOffer, ...]:
    """List what the applicant need not bring again and has not been taken over yet."""
    person = opened.draft.person
    if person is None:
        return ()
    found = materials.offers(tx, sharing, seeker, _question(opened, person))
    taken = {one.code for one in opened.draft.shared}
    return tuple(one.shown for one in found if one.shown.code not in taken)


def keep_applicant(
    work: Work, named: str, person: Person, sharing: Sharing, *, seen: int | None = None
) -> None:
    """Keep who applies, and write down with his earlier cases that they are looked at.

    What was taken over for somebody else is given up. Raises as `actions.save`, whose version is
    `seen` if it was shown one.
    """
    opened = actions.own(work, named)
    before = opened.draft.person
    version = opened.draft.version if seen is None else seen
    changed = msgspec.structs.replace(opened.draft, person=person, typed=None, version=version)
    if before is None or before.id_number != person.id_number:
        changed = msgspec.structs.replace(changed, shared=())
        materials.show(work, sharing, _question(opened, person))
    actions.save(work, named, changed)


def asking(opened: OpenDraft, reason: str, *, consent: bool) -> TakeShared:
    """Say for whom and for what papers are to be taken over."""
    person, draft = opened.draft.person, opened.draft
    return TakeShared(
        id_number="" if person is None else person.id_number,
        item=draft.item,
        consent=consent,
        reason=reason,
        situation=draft.situation,
    )


def add(
    work: Work, named: str, sharing: Sharing, form: TakeShared, taken: Sequence[TakenOver]
) -> None:
    """Take papers over into the draft, all or none.

    Raises `BadInputError`, `NotAllowedError`, and `NotFoundError` if an offer no longer stands.
    """
    opened = actions.own(work, named)
    shared = {one.code: one for one in opened.draft.shared}
    for one in taken:
        done = materials.take(work, sharing, form, one.offer.id, one.copies)
        shared[done.code] = _kept(one.offer, done)
    changed = msgspec.structs.replace(opened.draft, shared=tuple(shared.values()))
    actions.save(work, named, changed)


def drop(work: Work, named: str, code: str) -> None:
    """Do without a paper that was taken over: the copies are given up. Raises `NotFoundError`."""
    opened = actions.own(work, named)
    left = tuple(one for one in opened.draft.shared if one.code != code)
    actions.save(work, named, msgspec.structs.replace(opened.draft, shared=left))


def _question(opened: OpenDraft, person: Person) -> AskShared:
    return AskShared(
        id_number=person.id_number,
        item=opened.draft.item,
        reason="",
        situation=opened.draft.situation,
    )


def _kept(offer: SharedOffer, done: SharedTaken) -> SharedPaper:
    return SharedPaper(
        code=done.code,
        digests=tuple(one.digest for one in done.uploads),
        trust=done.trust,
        verified_at=offer.verified_at,
        number=offer.number,
        item_name=offer.item_name,
        certificate=offer.certificate,
        valid_until=offer.valid_until,
    )
