"""An intake that is still being filled in, and what it lacks. Pure."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec

from schemas.cases import MaterialGiven
from schemas.cases_api import ReceiveCase
from schemas.ids import NodeId, PartDigest
from schemas.items import Item, MaterialNeed
from schemas.parts import Person

MOST_SCANS: Final = 60  # pages of one intake; a thick land file has thirty


class Step(StrEnum):
    """The pages of an intake after the item is chosen, in order."""

    MATERIALS = "materials"  # 收材料
    APPLICANT = "applicant"  # 填申请人
    SCANS = "scans"  # 传扫描件
    CHECK = "check"  # 核对


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many sheets of one paper lie on the desk."""

    code: str
    originals: int = 0
    copies: int = 0


class HeldScan(msgspec.Struct, frozen=True, kw_only=True):
    """A scan that is held for this intake."""

    code: str
    digest: PartDigest
    name: str
    bytes: int


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed so far."""

    item: str
    """The item's code."""
    place: NodeId
    counts: tuple[Count, ...] = ()
    person: Person | None = None
    scans: tuple[HeldScan, ...] = ()

    def count(self, code: str) -> Count:
        """Say what lies on the desk of one paper."""
        found = (one for one in self.counts if one.code == code)
        return next(found, Count(code=code))

    def scans_of(self, code: str) -> tuple[HeldScan, ...]:
        """List the scans of one paper."""
        return tuple(scan for scan in self.scans if scan.code == code)


def missing(item: Item, draft: Draft) -> tuple[MaterialNeed, ...]:
    """List every required paper of which nothing was brought: all at once (一次性告知)."""
    return tuple(
        need for need in item.materials if need.required and not _is_there(draft, need.code)
    )


def _is_there(draft: Draft, code: str) -> bool:
    count = draft.count(code)
    return bool(count.originals or count.copies or draft.scans_of(code))


def next_step(item: Item, draft: Draft) -> Step:
    """Name the first page that still lacks something; the check if none does."""
    if missing(item, draft):
        return Step.MATERIALS
    if draft.person is None:
        return Step.APPLICANT
    return Step.CHECK


def form_of(item: Item, draft: Draft, person: Person, me: NodeId) -> ReceiveCase:
    """Make the application that the window takes in."""
    return ReceiveCase(
        item=item.code,
        applicant=person,
        materials=tuple(_given(item.materials, draft)),
        place=draft.place if draft.place != me else None,
    )


def _given(needs: Sequence[MaterialNeed], draft: Draft) -> list[MaterialGiven]:
    return [
        MaterialGiven(
            code=need.code,
            parts=tuple(scan.digest for scan in draft.scans_of(need.code)),
            originals=draft.count(need.code).originals,
            copies=draft.count(need.code).copies,
        )
        for need in needs
        if _is_there(draft, need.code)
    ]
