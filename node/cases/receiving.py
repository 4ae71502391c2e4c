"""收件: how a case begins at a window, and how it is numbered. Inside the caller's Work.

The applicant comes here prepared: encrypting is slow and happens before the Work.
"""

from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from federation.parts import salted
from federation.partstore import PartStore, PreparedPart
from node.applicants import actions as applicants
from node.applicants.actions import Register
from node.applicants.model import SealedApplicant
from node.cases import (
    agency,
    fallback,
    handing,
    intake,
    model,
    query,
    stepping,
    store,
    trust,
)
from node.cases.caseview import CaseView
from node.cases.model import Sight
from node.cases.store import Reader
from node.catalogue import actions as catalogue
from node.clock import CHINA, from_ms, local_day
from node.errors import BadInputError
from node.parts import actions as parts
from node.work import Work
from schemas.cases import (
    CaseReceived,
    Outcome,
)
from schemas.cases_api import (
    ReceiveCase,
)
from schemas.ids import CaseNumber, PartDigest
from schemas.items import Item
from schemas.levels import Capability
from schemas.parts import Person


@dataclass(frozen=True, slots=True)
class Intake:
    """What a window made ready before the Work: the applicant, as a part and for our own search."""

    applicant: PreparedPart
    sealed: SealedApplicant
    code: str = ""
    """The query code, which lies in the applicant's part."""


def make_intake(folder: PartStore, register: Register, person: Person) -> Intake:
    """Prepare the applicant, who must be `normal`, and draw his query code.

    Slow: call it in a thread, before the Work.
    """
    named = replace(person, query_code=query.new_code())
    prepared = folder.prepare(salted(applicants.MEDIA, applicants.encode_person(named)))
    return Intake(prepared, register.seal(prepared.digest, named), named.query_code)


def receive(work: Work, form: ReceiveCase, ready: Intake) -> CaseView:
    """收件: take an application. Raises also `MaterialsMissingError`, `NoPlaceError`."""
    model.require_receive(work.actor)
    work.require(Capability.RECEIVE)
    guide = catalogue.guide(work.tx, work.me, form.item, now=work.now_ms)
    intake.require_fit(guide.item, form, work.me, work.now)
    require_told(work, form)
    require_first_stage(work, guide.item, form.follows, ready.sealed)
    place = intake.place_of(form, work.me, guide.stream)
    brought = handing.settle(
        work,
        guide.item,
        form.materials,
        applicant=ready.sealed.id_number,
        at_window=form.channel in trust.AT_WINDOWS,
    )
    scans = (*intake.scans_in(brought), *_authority(work, form))
    stages = intake.stages_of(guide.item, work.me, place)
    number = next_number(work)
    fact = CaseReceived(
        number=number,
        item=guide.stream,
        item_version=guide.version,
        place=place,
        received_at=fallback.receipt_instant(
            form.paper, guide.item, work.me, stepping.instant(work)
        ),
        applicant=ready.applicant.digest,
        materials=brought,
        channel=form.channel,
        query=query.check_of(number, ready.code),
        situation=form.situation,
        expires_on=form.expires_on,
        follows=form.follows,
        agency=form.agency or msgspec.UNSET,
        paper=form.paper or msgspec.UNSET,
    )
    holder = model.first_holder(work.me, stages)
    stream = work.begin("case", fact, holder=holder).event.stream
    stepping.keep(work, stream, (ready.applicant,))
    parts.keep(work, scans, stream)
    applicants.keep(work.tx, stream, ready.sealed)
    if form.paper is not None:
        store.use_paper(work.tx, form.paper.number.upper(), stream)
    return stepping.fresh(work, stream)


def require_told(work: Work, form: ReceiveCase) -> None:
    """Go on only if who acts for the applicant, and the paper form, are rightly told.

    Raises `BadInputError`; a paper form is typed in once (`paper_used`).
    """
    now = from_ms(stepping.instant(work))
    faults = agency.faults_in(form.agency, form.applicant, work.actor.roles, local_day(now))
    faults |= fallback.faults_in(form.paper, now)
    if form.paper is not None and store.is_paper_used(work.tx, form.paper.number.upper()):
        faults["paper.number"] = "paper_used"
    if faults:
        raise BadInputError(faults)


def _authority(work: Work, form: ReceiveCase) -> tuple[PartDigest, ...]:
    """Name the scan of the authority, which is nobody's of an earlier case."""
    found = None if form.agency is None else form.agency.authority
    if found is None:
        return ()
    if parts.shared_among(work, (found,)):
        raise BadInputError({"agency.authority": "no_authority"})
    return (found,)


def require_first_stage(
    work: Work, item: Item, number: str, applicant: SealedApplicant | None = None
) -> None:
    """The first of two stages must be granted to the same applicant, as far as this node knows.

    Raises `BadInputError`; before the applicant is sealed, whose it was is not asked.
    """
    if not item.follows:
        return
    first = store.find(work.tx, number, Reader(work.me, Sight.ALL, None))
    if first is None:
        return  # taken elsewhere: whoever accepts looks at the paper
    known = catalogue.item_at(work.tx, first.item, first.item_version)
    whose = applicants.id_hash_of(work.tx, first.stream)
    is_his = applicant is None or whose in (None, applicant.id_number)
    is_first = known is None or known.code == item.follows
    if first.outcome is not Outcome.GRANTED or not (is_his and is_first):
        raise BadInputError({"follows": "first_stage_not_granted"})


def next_number(work: Work) -> CaseNumber:
    """Give out the next printed number: without asking anybody (离线取号)."""
    letter = store.series(work.tx)
    day = f"{work.now.astimezone(CHINA):%Y%m%d}{letter}"
    return model.case_number(work.me, work.now, letter, store.next_serial(work.tx, day))


def begin_next_series(work: Work) -> str:
    """Give numbers another series letter from now on: every restore does, so none comes twice."""
    series = store.series(work.tx)
    last = series[-1]
    following = f"{series}A" if last == "Z" else f"{series[:-1]}{chr(ord(last) + 1)}"
    store.set_series(work.tx, following)
    return following


def begin_life(work: Work, lives: int) -> None:
    """Give numbers the series of this place's `lives`-th machine: its first one had `A`.

    A machine that replaces another knows nothing of the numbers already printed.
    """
    store.set_series(work.tx, store.FIRST_SERIES * max(1, lives))
