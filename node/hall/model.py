"""An intake that is still being filled in, and what it lacks. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from node.cases import guards, intake, trust
from schemas.case_terms import Agency, MaterialGiven, PaperReceipt, Trust
from schemas.cases_api import ReceiveCase
from schemas.ids import NodeId, PartDigest
from schemas.item_terms import MaterialForm
from schemas.items import Item, MaterialNeed
from schemas.parts import Person

MOST_SCANS: Final = 60  # pages of one intake; a thick land file has thirty


class Step(StrEnum):
    """The pages of an intake after the item is chosen, in order."""

    SITUATION = "situation"  # 办理情形: only where the item asks for it
    APPLICANT = "applicant"  # 填申请人
    MATERIALS = "materials"  # 收材料
    SCANS = "scans"  # 传扫描件
    CHECK = "check"  # 核对


def has_situation(item: Item) -> bool:
    """Say whether the item must know more of the matter before its papers are known."""
    return bool(item.situations or item.renewal or item.follows)


def steps_of(item: Item) -> tuple[Step, ...]:
    """Give the pages of an intake of this item, in order."""
    return tuple(one for one in Step if one is not Step.SITUATION or has_situation(item))


def after(item: Item, step: Step) -> Step:
    """Name the page that follows."""
    steps = steps_of(item)
    return next((one for one in steps if list(Step).index(one) > list(Step).index(step)), step)


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many sheets of one paper lie on the desk."""

    code: str
    originals: int = 0
    copies: int = 0
    seen: bool = False
    """已核对原件: the copies and scans were compared with the original, which went back."""


class HeldScan(msgspec.Struct, frozen=True, kw_only=True):
    """A scan that is held for this intake."""

    code: str
    digest: PartDigest
    name: str
    bytes: int


class SharedPaper(msgspec.Struct, frozen=True, kw_only=True):
    """共享: a paper of an earlier case that was taken over for this intake."""

    code: str
    digests: tuple[PartDigest, ...]
    trust: Trust
    verified_at: int
    """Milliseconds UTC."""
    number: str
    """The earlier case."""
    item_name: str
    certificate: str = ""
    """Of a licence that the county itself gave."""
    valid_until: str = ""


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """代办人: who acts for the applicant, and the scan of his authority."""

    kind: str
    """An `AgencyKind`."""
    name: str
    id_number: str = ""
    phone: str = ""
    authority: HeldScan | None = None


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed so far."""

    item: str
    """The item's code."""
    place: NodeId
    counts: tuple[Count, ...] = ()
    person: Person | None = None
    scans: tuple[HeldScan, ...] = ()
    situation: tuple[str, ...] = ()
    """Codes of the answers that chose the papers."""
    expires_on: str = ""
    """Of a renewal: the last day of the licence."""
    follows: str = ""
    """Of a second stage: number of the case that came first."""
    shared: tuple[SharedPaper, ...] = ()
    typed: Person | None = None
    """What stands on the applicant's page and is not whole, or not right, yet."""
    agent: Agent | None = None
    """代办: who acts for the applicant, if he does not come himself."""
    paper: PaperReceipt | None = None
    """补录: the numbered form on which it was taken down first."""
    version: int = 0
    """How often it was kept: a page that shows an older one overwrites nothing."""

    def count(self, code: str) -> Count:
        """Say what lies on the desk of one paper."""
        found = (one for one in self.counts if one.code == code)
        return next(found, Count(code=code))

    def scans_of(self, code: str) -> tuple[HeldScan, ...]:
        """List the scans of one paper."""
        return tuple(scan for scan in self.scans if scan.code == code)

    def shared_of(self, code: str) -> SharedPaper | None:
        """Give what was taken over of one paper."""
        return next((one for one in self.shared if one.code == code), None)

    def brings(self, code: str) -> bool:
        """Say whether anything of one paper is there."""
        count = self.count(code)
        there = count.originals or count.copies or self.scans_of(code) or self.shared_of(code)
        return bool(there)


def asked(item: Item, draft: Draft) -> tuple[MaterialNeed, ...]:
    """List the papers that the guide asks for in this situation: no others are shown or taken."""
    codes = intake.asked_for(item, draft.situation)
    return tuple(need for need in item.materials if need.code in codes)


def missing(item: Item, draft: Draft) -> tuple[MaterialNeed, ...]:
    """List all papers required at receipt that were not brought: all at once (一次性告知)."""
    required = intake.required_at_receipt(item, draft.situation)
    return tuple(
        need for need in item.materials if need.code in required and not draft.brings(need.code)
    )


def deferred(item: Item, draft: Draft) -> tuple[MaterialNeed, ...]:
    """List the papers that are required and may follow (容缺), and were not brought."""
    return tuple(
        need
        for need in asked(item, draft)
        if need.required and need.deferrable and not draft.brings(need.code)
    )


def faults_in_matter(item: Item, draft: Draft) -> Mapping[str, str]:
    """Say what is wrong with the answers about the matter; empty if nothing is."""
    faults = intake.faults_in_situation(item, draft.situation)
    if item.renewal and guards.read_day(draft.expires_on) is None:
        faults["expires_on"] = "no_day" if draft.expires_on else "missing"
    if item.follows and not draft.follows:
        faults["follows"] = "no_first_stage"
    return faults


def next_step(item: Item, draft: Draft) -> Step:
    """Name the first page that still lacks something; the check if none does."""
    if faults_in_matter(item, draft):
        return Step.SITUATION
    if draft.person is None:
        return Step.APPLICANT
    if missing(item, draft):
        return Step.MATERIALS
    return Step.CHECK


def after_matter(item: Item, draft: Draft) -> Draft:
    """Let go of what was counted, scanned or taken over of papers that are asked for no more."""
    codes = {need.code for need in asked(item, draft)}
    return msgspec.structs.replace(
        draft,
        counts=tuple(one for one in draft.counts if one.code in codes),
        scans=tuple(one for one in draft.scans if one.code in codes),
        shared=tuple(one for one in draft.shared if one.code in codes),
    )


def digests_of(draft: Draft) -> frozenset[PartDigest]:
    """Name every upload that is held for the intake."""
    taken_over = (digest for one in draft.shared for digest in one.digests)
    authority = None if draft.agent is None else draft.agent.authority
    of_agent = () if authority is None else (authority.digest,)
    return frozenset((*(scan.digest for scan in draft.scans), *taken_over, *of_agent))


def applicant_of(draft: Draft) -> Person | None:
    """Give the applicant with whoever acts for him; `None` before he is known."""
    if draft.person is None or draft.agent is None:
        return draft.person
    agent = draft.agent
    return msgspec.structs.replace(
        draft.person, agent_name=agent.name, agent_id=agent.id_number, agent_phone=agent.phone
    )


def agency_of(agent: Agent | None) -> Agency | None:
    """Give what the event says of whoever acts for the applicant: no name."""
    if agent is None:
        return None
    digest = None if agent.authority is None else agent.authority.digest
    return Agency(kind=agent.kind, authority=digest)


def form_of(item: Item, draft: Draft, person: Person, me: NodeId) -> ReceiveCase:
    """Make the application that the window takes in."""
    return ReceiveCase(
        item=item.code,
        applicant=person,
        materials=tuple(_given(asked(item, draft), draft)),
        place=draft.place if draft.place != me else None,
        situation=draft.situation,
        expires_on=draft.expires_on,
        follows=draft.follows,
        channel="window" if draft.agent is None else "agent",
        agency=agency_of(draft.agent),
        paper=draft.paper,
    )


def _given(needs: Sequence[MaterialNeed], draft: Draft) -> list[MaterialGiven]:
    return [given_of(need, draft) for need in needs if draft.brings(need.code)]


def given_of(need: MaterialNeed, draft: Draft) -> MaterialGiven:
    """Give a paper as it lies on the desk; how far it may be relied on follows from that."""
    count, shared = draft.count(need.code), draft.shared_of(need.code)
    scans = tuple(scan.digest for scan in draft.scans_of(need.code))
    given = MaterialGiven(
        code=need.code,
        parts=(*scans, *(() if shared is None else shared.digests)),
        originals=count.originals,
        copies=count.copies,
    )
    if not count.seen or trust.is_self_made(need) or (shared is not None and not scans):
        return given
    return msgspec.structs.replace(given, trust=Trust.B)


def all_there(item: Item, draft: Draft) -> Draft:
    """Count every required paper of which nothing was counted: one of each form it is asked in."""
    lacking = {need.code: _once(need, draft) for need in missing(item, draft)}
    others = tuple(one for one in draft.counts if one.code not in lacking)
    return msgspec.structs.replace(draft, counts=(*others, *lacking.values()))


def _once(need: MaterialNeed, draft: Draft) -> Count:
    return msgspec.structs.replace(
        draft.count(need.code),
        originals=int(need.form is not MaterialForm.COPY),
        copies=int(need.form is not MaterialForm.ORIGINAL),
    )


def level_of(need: MaterialNeed, draft: Draft) -> Trust | None:
    """Give the level that the paper will have; `None` if nothing of it is there."""
    shared = draft.shared_of(need.code)
    levels = {} if shared is None else dict.fromkeys(shared.digests, shared.trust)
    done = trust.settled(need, given_of(need, draft), levels, at_window=True)
    return None if done is None else done.trust
