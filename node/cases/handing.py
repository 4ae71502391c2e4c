"""交材料: papers handed in, inside the caller's Work: what they are worth, and whose they may be.

How far each may be relied on is settled here for every way in which papers come; the rule is
`node.cases.trust`. A paper that was verified in an earlier case counts for the same applicant
alone, and for the paper for which it was taken over.
"""

from collections.abc import Iterator, Mapping, Sequence

from node.applicants import actions as applicants
from node.cases import intake, trust
from node.cases.caseview import CaseView
from node.errors import BadInputError
from node.parts import actions as parts
from node.parts.model import SharedFrom
from node.work import Work
from schemas.case_terms import MaterialGiven
from schemas.ids import PartDigest
from schemas.items import Item


def settle(
    work: Work,
    item: Item,
    materials: Sequence[MaterialGiven],
    *,
    applicant: bytes | None,
    at_window: bool,
) -> tuple[MaterialGiven, ...]:
    """Give the papers with their level, each known to be the item's and its scans held here.

    `applicant` is the keyed hash of his ID number. Raises `BadInputError` under `materials.<code>`:
    `trust_too_high`, `not_his`, `not_for_this`; under `parts.<digest>` for scans that are not held.
    """
    shared = parts.shared_among(work, intake.scans_in(materials))
    faults = dict(_misused(item, materials, shared, applicant))
    if faults:
        raise BadInputError(faults)
    needs = {need.code: need for need in item.materials}
    levels = {digest: one.trust for digest, one in shared.items()}
    done = [
        trust.settled(needs[given.code], given, levels, at_window=at_window) for given in materials
    ]
    too_high = {
        f"materials.{given.code}": "trust_too_high"
        for given, one in zip(materials, done, strict=True)
        if one is None
    }
    if too_high:
        raise BadInputError(too_high)
    return tuple(one for one in done if one is not None)


def settle_for(
    work: Work, view: CaseView, item: Item, materials: Sequence[MaterialGiven]
) -> tuple[MaterialGiven, ...]:
    """Do so for papers that a window hands in later."""
    applicant = applicants.id_hash_of(work.tx, view.stream)
    return settle(work, item, materials, applicant=applicant, at_window=True)


def _misused(
    item: Item,
    materials: Sequence[MaterialGiven],
    shared: Mapping[PartDigest, SharedFrom],
    applicant: bytes | None,
) -> Iterator[tuple[str, str]]:
    for given in materials:
        for one in (shared[part] for part in given.parts if part in shared):
            if one.applicant != applicant:
                yield f"materials.{given.code}", "not_his"
            elif (one.item, one.code) != (item.code, given.code):
                yield f"materials.{given.code}", "not_for_this"
