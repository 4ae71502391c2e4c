"""Finds what an applicant need not bring again: within what the person at the window may see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from federation import partstore, recovery
from node.applicants import actions as applicants
from node.cases import intake, papers, reading
from node.cases.caseview import CaseView
from node.cases.papers import Brought
from node.catalogue import actions as catalogue
from node.clock import from_ms, local_day
from node.database import Tx
from node.errors import NotFoundError
from node.materials import model
from node.work import Actor
from schemas.case_terms import MaterialGiven, Trust
from schemas.cases import Outcome
from schemas.ids import NodeId, PartDigest, StreamName
from schemas.items import Item, MaterialNeed
from schemas.levels import Profile
from schemas.materials import SharedOffer

MOST_CASES: Final = 40  # of one applicant, the latest: a body that applies daily has enough of them


@dataclass(frozen=True, slots=True)
class Seeker:
    """Who asks at which window, and when: milliseconds UTC."""

    me: NodeId
    profile: Profile
    actor: Actor
    now_ms: int

    @property
    def today(self) -> date:
        """The local day."""
        return local_day(from_ms(self.now_ms))


@dataclass(frozen=True, slots=True)
class Wanted:
    """By whom, for whom, for which item, and until how old."""

    seeker: Seeker
    applicant: bytes
    """Keyed hash of his ID number."""
    item: Item
    situation: tuple[str, ...]
    months: int
    """How long a verification counts."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A paper of an earlier case that may be used again."""

    shown: SharedOffer
    case: StreamName
    office: str
    """Who handles such cases."""
    result: str
    """What such a case results in."""


@dataclass(frozen=True, slots=True)
class _Case:
    """An earlier case of the applicant, and its item as it was then."""

    view: CaseView
    item: Item


@dataclass(frozen=True, slots=True)
class _Source:
    """A verified paper of an earlier case."""

    view: CaseView
    item: Item
    need: MaterialNeed
    paper: MaterialGiven
    trust: Trust
    at: int


def offers(tx: Tx, wanted: Wanted) -> tuple[Offer, ...]:
    """List the best that is here for each paper that is asked for, in the item's order.

    A licence that the county itself gave comes first, then the latest paper that was verified.
    Nothing is offered from a case that he may not see, whose applicant's data was destroyed, or
    whose scans are not all here. Raises `RecoveringError` while a restored node may hold what was
    destroyed since.
    """
    recovery.require_recovered(tx)
    asked = intake.asked_for(wanted.item, wanted.situation)
    needs = [n for n in wanted.item.materials if n.code in asked and model.is_shareable(n)]
    if not needs:
        return ()
    cases = _cases(tx, wanted)
    sources = sorted(_sources(tx, cases), key=lambda one: -one.at)
    found = (_licence(wanted, cases, need) or _paper(wanted, sources, need) for need in needs)
    return tuple(one for one in found if one is not None)


def _licence(wanted: Wanted, cases: Sequence[_Case], need: MaterialNeed) -> Offer | None:
    today = wanted.seeker.today
    for case in cases:
        view, law = case.view, case.view.law
        given = view.outcome is Outcome.GRANTED and bool(law.certificate)
        if (
            given
            and model.is_licence(need, case.item.result)
            and model.is_in_force(law.valid_until, today)
        ):
            shown = SharedOffer(
                id=model.licence_id(view.stream, law.certificate),
                code=need.code,
                name=need.name,
                trust=Trust.A,
                verified_at=view.decided_at or view.received_at,
                number=view.number,
                item_name=case.item.name,
                scans=(),
                certificate=law.certificate,
                valid_until=law.valid_until,
            )
            return Offer(shown, view.stream, case.item.department_name, case.item.result)
    return None


def _paper(wanted: Wanted, sources: Sequence[_Source], need: MaterialNeed) -> Offer | None:
    source = next((one for one in sources if _serves(wanted, one, need)), None)
    if source is None:
        return None
    shown = SharedOffer(
        id=source.paper.parts[0],
        code=need.code,
        name=need.name,
        trust=source.trust,
        verified_at=source.at,
        number=source.view.number,
        item_name=source.item.name,
        scans=source.paper.parts,
    )
    item = source.item
    return Offer(shown, source.view.stream, item.department_name, item.result)


def _serves(wanted: Wanted, source: _Source, need: MaterialNeed) -> bool:
    verified = local_day(from_ms(source.at))
    return model.is_same_paper(need, source.need) and model.is_fresh(
        verified, wanted.seeker.today, wanted.months
    )


def _cases(tx: Tx, wanted: Wanted) -> tuple[_Case, ...]:
    """Find his cases here that are relied on, the latest first."""
    seeker, views = wanted.seeker, []
    reader = reading.reader_of(seeker.me, seeker.profile, seeker.actor)
    for stream in applicants.cases_of(tx, wanted.applicant):
        try:
            views.append(reading.case(tx, reader, stream))
        except NotFoundError:
            continue
    latest = sorted(views, key=lambda view: -view.received_at)[:MOST_CASES]
    known = ((view, catalogue.item_at(tx, view.item, view.item_version)) for view in latest)
    return tuple(
        _Case(view, item)
        for view, item in known
        if item is not None and not model.is_discredited(view.state, view.reason)
    )


def _sources(tx: Tx, cases: Sequence[_Case]) -> Iterator[_Source]:
    for case in cases:
        view, needs = case.view, {need.code: need for need in case.item.materials}
        for code, one in _last(tx, view).items():
            level = model.level_of(needs[code], one.paper) if code in needs else None
            if level is not None and _is_here(tx, view, one.paper.parts):
                yield _Source(view, case.item, needs[code], one.paper, level, one.at)


def _last(tx: Tx, view: CaseView) -> dict[str, Brought]:
    """Give what was handed in last of each paper, but for those that are to be corrected."""
    last = {one.paper.code: one for one in papers.brought(tx, view)}
    return {code: one for code, one in last.items() if code not in view.asked_for}


def _is_here(tx: Tx, view: CaseView, scans: tuple[PartDigest, ...]) -> bool:
    return all(
        partstore.is_digest(digest) and partstore.is_kept_for(tx, view.stream, digest)
        for digest in scans
    )
