"""Looks for papers that need not be brought again, and takes them over; inside the caller's Work.

A paper is taken over in two steps. Its scans are found, read and encrypted anew, each under a salt
of its own, outside any Work (`node.materials.copying`). Then, inside one, the offer must still
stand: the copies are held for the actor like any upload, bound to this applicant and this paper.
Whose earlier case was looked at, by whom and why, is written down each time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from federation import partstore
from federation.partstore import KeptPart, PreparedPart
from node.applicants.actions import Register
from node.cases import model as cases
from node.cases import person_views
from node.catalogue import actions as catalogue
from node.database import Tx
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.materials import reading as offered
from node.materials import wording
from node.materials.reading import Offer, Seeker, Wanted
from node.materials.wording import Extract
from node.parts import actions as parts
from node.parts.model import SharedFrom
from node.work import Work
from schemas.ids import PartDigest, StreamName
from schemas.levels import Capability
from schemas.materials import AskShared, SharedOffers, SharedTaken, TakeShared

OFFERED: Final = "@offer"
"""The reason that the intake's own page gives when it lists offers."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """What a node shares papers by: its keys to the applicants, and how long it relies on them."""

    register: Register
    months: int


@dataclass(frozen=True, slots=True)
class Original:
    """What is taken over: the scans of an earlier case, or the extract of a licence."""

    scans: tuple[KeptPart, ...]
    extract: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A scan of an earlier case, or an extract, encrypted anew."""

    prepared: PreparedPart
    media: str
    size: int


def offers(
    tx: Tx, sharing: Sharing, seeker: Seeker, form: AskShared | TakeShared
) -> tuple[Offer, ...]:
    """List what the applicant need not bring again, without writing down that it was looked for.

    Raises `NotAllowedError` for whoever takes no applications, `NotFoundError` for the item.
    """
    cases.require_receive(seeker.actor)
    if Capability.RECEIVE not in seeker.profile.capabilities:
        raise NotAllowedError(Capability.RECEIVE.value)
    guide = catalogue.guide(tx, seeker.me, form.item, now=seeker.now_ms)
    wanted = Wanted(
        seeker=seeker,
        applicant=sharing.register.id_hash(form.id_number.replace(" ", "").upper()),
        item=guide.item,
        situation=form.situation,
        months=sharing.months,
    )
    return offered.offers(tx, wanted)


def look(work: Work, sharing: Sharing, form: AskShared) -> SharedOffers:
    """List what he need not bring again; the reason is kept with each case that was looked at.

    Raises also `BadInputError` if the reason says nothing.
    """
    reason = _reason(form.reason)
    found = offers(work.tx, sharing, seeker_in(work), form)
    _note(work, (one.case for one in found), reason)
    return SharedOffers(offers=tuple(one.shown for one in found))


def show(work: Work, sharing: Sharing, form: AskShared) -> None:
    """Write down that the intake's page shows these offers."""
    found = offers(work.tx, sharing, seeker_in(work), form)
    _note(work, (one.case for one in found), OFFERED)


def require_agreed(form: TakeShared) -> None:
    """Raise `BadInputError` unless the applicant agrees and the reason says something."""
    wrong = {} if form.consent else {"consent": "no_consent"}
    try:
        _reason(form.reason)
    except BadInputError as error:
        wrong.update(error.fields)
    if wrong:
        raise BadInputError(wrong)


def find(tx: Tx, sharing: Sharing, seeker: Seeker, form: TakeShared, named: PartDigest) -> Original:
    """Find what an offer is copied from. Raises `NotFoundError`, also if it is not for him."""
    offer = _offer(offers(tx, sharing, seeker, form), named)
    scans = tuple(partstore.find(tx, digest) for digest in offer.shown.scans)
    return Original(scans, "" if scans else _extract(tx, sharing, seeker, offer, form))


def _extract(tx: Tx, sharing: Sharing, seeker: Seeker, offer: Offer, form: TakeShared) -> str:
    """Write what stands for a licence of this county, for this application alone."""
    shown, holder = offer.shown, sharing.register.read(tx, offer.case)
    guide = catalogue.guide(tx, seeker.me, form.item, now=seeker.now_ms)
    return wording.extract_of(
        Extract(
            licence=offer.result,
            certificate=shown.certificate,
            holder="" if holder is None else holder.name,
            office=offer.office,
            valid_until=shown.valid_until,
            number=shown.number,
            item=guide.item.name,
            day=str(seeker.today),
        )
    )


def take(
    work: Work, sharing: Sharing, form: TakeShared, named: PartDigest, copies: Sequence[Copy]
) -> SharedTaken:
    """Take a paper over: the copies of its scans are held for the actor, for this case alone.

    Raises `BadInputError`, `NotAllowedError`, and `NotFoundError` if the offer no longer stands.
    """
    require_agreed(form)
    offer = _offer(offers(work.tx, sharing, seeker_in(work), form), named)
    if len(copies) != max(1, len(offer.shown.scans)):  # for a licence, its extract
        raise NotFoundError(f"offer {named}")
    shared = SharedFrom(
        case=offer.case,
        applicant=sharing.register.id_hash(form.id_number.replace(" ", "").upper()),
        item=form.item,
        code=offer.shown.code,
        trust=offer.shown.trust,
    )
    held = tuple(
        parts.hold_shared(work, one.prepared, shared, media=one.media, size=one.size)
        for one in copies
    )
    _note(work, (offer.case,), _reason(form.reason))
    return SharedTaken(code=offer.shown.code, trust=offer.shown.trust, uploads=held)


def seeker_in(work: Work) -> Seeker:
    """Who acts in a Work."""
    return Seeker(work.me, work.profile, work.actor, work.now_ms)


def _offer(found: Iterable[Offer], named: PartDigest) -> Offer:
    offer = next((one for one in found if one.shown.id == named), None)
    if offer is None:
        raise NotFoundError(f"offer {named}")
    return offer


def _reason(text: str) -> str:
    reason = text.strip()
    fits = person_views.SHORTEST <= len(reason) <= person_views.LONGEST
    if not fits or reason.startswith("@"):  # such reasons are the pages' own
        raise BadInputError({"reason": "bad_reason"})
    return reason


def _note(work: Work, streams: Iterable[StreamName], reason: str) -> None:
    for stream in dict.fromkeys(streams):
        person_views.note(work, stream, reason)
