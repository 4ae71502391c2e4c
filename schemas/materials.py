"""共享材料: what the county has verified once, and an applicant need not bring again.

A paper is offered from an earlier case of the same applicant, and taken over with his consent, for
a reason that is written down.
"""

import msgspec

from schemas.case_terms import Trust
from schemas.ids import CaseNumber, PartDigest
from schemas.parts_api import Uploaded


class AskShared(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Asks what an applicant need not bring again for an item."""

    id_number: str
    item: str
    """The item's code."""
    reason: str
    """Why somebody looks at his earlier cases: written down with each of them."""
    situation: tuple[str, ...] = ()
    """Codes of the answers that choose the papers."""


class SharedOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A paper that was verified in an earlier case of the same applicant."""

    id: PartDigest
    """Names the offer: the digest of its first scan, or of the licence's own name."""
    code: str
    """The paper for which it may be used, in the item that is applied for now."""
    name: str
    trust: Trust
    verified_at: int
    """Milliseconds UTC: when a window verified it, or the licence was decided."""
    number: CaseNumber
    """The case in which that was."""
    item_name: str
    scans: tuple[PartDigest, ...]
    certificate: str = ""
    """证照编号, of a licence that the county itself gave: an extract stands for it, of level A."""
    valid_until: str = ""
    """Its last day, `yyyy-mm-dd`; empty if it has none."""


class SharedOffers(msgspec.Struct, frozen=True, kw_only=True):
    """What an applicant need not bring again, in the order of the item's papers."""

    offers: tuple[SharedOffer, ...]


class TakeShared(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Takes one of them over."""

    id_number: str
    item: str
    consent: bool = False
    """经申请人同意: without it nothing is taken over."""
    reason: str
    situation: tuple[str, ...] = ()


class SharedTaken(msgspec.Struct, frozen=True, kw_only=True):
    """A paper that was taken over: name its uploads under `code` when the case is received."""

    code: str
    trust: Trust
    uploads: tuple[Uploaded, ...]
