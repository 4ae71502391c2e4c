"""网上办理: what an applicant does to his case through the network, inside the caller's Work.

None of the staff acts: each event is the system's, for the person who shows number and query code.
His papers come here prepared; how far they may be relied on is told by `node.cases.trust`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from federation.partstore import PreparedPart
from node.applicants import actions as applicants
from node.cases import actions, intake, model, query, receiving, requirements, stepping, trust
from node.cases.caseview import CaseView
from node.cases.receiving import Intake
from node.catalogue import actions as catalogue
from node.errors import ActionNotOpenError, BadInputError
from node.work import Work
from schemas.case_law import CaseApplied
from schemas.case_terms import MaterialGiven
from schemas.cases import Action, CaseCorrected, CaseWithdrawn
from schemas.cases_api import ReceiveCase
from schemas.ids import StreamName
from schemas.item_terms import Channel
from schemas.items import Item, ItemView
from schemas.levels import Capability
from schemas.reasons import Reason

ONLINE: Final = frozenset({Channel.WEB, Channel.MOBILE})
"""网上办理形式: an item with neither is for windows alone."""


WITHDRAWN_FOR: Final = frozenset({Reason.APPLICANT_WITHDREW, Reason.OTHER})
"""What an applicant may say himself; all other reasons are the office's."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that was sent in: the material's code, and its scans."""

    code: str
    scans: tuple[PreparedPart, ...]


def require_applicable(work: Work, form: ReceiveCase) -> ItemView:
    """Go on only if this can be applied for here, so, and through the network.

    The papers of `form` need no scans yet. Raises `NotAllowedError`, `NotFoundError`,
    `BadInputError`, `MaterialsMissingError`, `NoPlaceError`.
    """
    work.require(Capability.RECEIVE)
    guide = catalogue.guide(work.tx, work.me, form.item, now=work.now_ms)
    _require_online(guide.item)
    intake.require_fit(guide.item, form, work.me, work.now)
    receiving.require_first_stage(work, guide.item, form.follows)
    place = intake.place_of(form, work.me, guide.stream)
    intake.stages_of(guide.item, work.me, place)
    return guide


def _require_online(item: Item) -> None:
    if ONLINE.isdisjoint(item.channels):
        raise BadInputError({"item": "not_online"})


def apply(
    work: Work, form: ReceiveCase, papers: Sequence[Paper], ready: Intake, *, privacy: str
) -> CaseView:
    """网上申请: received this moment, by this node, which looks at it next (预审).

    `privacy` is the version of the notice that the applicant agreed to. Raises as
    `require_applicable`.
    """
    guide = require_applicable(work, form)
    receiving.require_first_stage(work, guide.item, form.follows, ready.sealed)
    number = receiving.next_number(work)
    fact = CaseApplied(
        number=number,
        item=guide.stream,
        item_version=guide.version,
        place=intake.place_of(form, work.me, guide.stream),
        received_at=stepping.instant(work),
        applicant=ready.applicant.digest,
        materials=given_as(guide.item, papers),
        query=query.check_of(number, ready.code),
        situation=form.situation,
        expires_on=form.expires_on,
        follows=form.follows,
        privacy=privacy,
    )
    stream = work.begin("case", fact, holder=work.me).event.stream
    stepping.keep(work, stream, (ready.applicant, *_scans(papers)))
    applicants.keep(work.tx, stream, ready.sealed)
    return stepping.fresh(work, stream)


def given_as(item: Item, papers: Iterable[Paper]) -> tuple[MaterialGiven, ...]:
    """Say what was handed in, and how far it may be relied on: nobody has seen an original."""
    needs = {need.code: need for need in item.materials}
    return tuple(
        MaterialGiven(
            code=paper.code,
            parts=tuple(scan.digest for scan in paper.scans),
            trust=trust.best(needs[paper.code], at_window=False),
        )
        for paper in papers
    )


def require_correctable(
    work: Work, stream: StreamName, materials: Sequence[MaterialGiven]
) -> CaseView:
    """Go on only if papers are asked for, this node holds the case, and these are all of them.

    Raises `ActionNotOpenError`, `BadInputError`, `MaterialsMissingError`.
    """
    view = stepping.fresh(work, stream)
    model.require_open(view, Action.CORRECT, work.me)
    requirements.require_in_time(view, stepping.today(work))
    item = stepping.item_of(work, view)
    _require_online(item)
    intake.require_given(item, view.law.situation, materials, frozenset(view.asked_for))
    return view


def correct(work: Work, stream: StreamName, papers: Sequence[Paper]) -> CaseView:
    """补正: what was asked for. Raises as `require_correctable`."""
    brought = tuple(MaterialGiven(code=paper.code, copies=len(paper.scans)) for paper in papers)
    view = require_correctable(work, stream, brought)
    fact = CaseCorrected(materials=given_as(stepping.item_of(work, view), papers))
    return stepping.do_by_system(work, view, fact, ready=_scans(papers))


def withdraw(work: Work, stream: StreamName, reason: str) -> CaseView:
    """撤回: at once if this node holds the case; the node that took it asks whoever does.

    Raises `ActionNotOpenError`, `BadInputError`, and `AlreadyDoneError` if it has asked before.
    """
    stepping.require_reason(reason, WITHDRAWN_FOR)
    view = stepping.fresh(work, stream)
    if view.holder == work.me:
        return stepping.do_by_system(work, view, CaseWithdrawn(reason=reason))
    if view.origin != work.me:
        raise ActionNotOpenError(
            Action.WITHDRAW, state=view.state, seq=view.seq, holder=view.holder, allowed=()
        )
    return actions.ask_withdrawal(work, view, reason)


def _scans(papers: Iterable[Paper]) -> tuple[PreparedPart, ...]:
    return tuple(scan for paper in papers for scan in paper.scans)
