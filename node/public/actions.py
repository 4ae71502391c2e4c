"""进度查询: what an applicant is told of his case. Reads alone; nothing of it is personal."""

from node.applicants.actions import Register
from node.cases import answers, guards, papers, query, reading
from node.cases.caseview import CaseView
from node.cases.query import Claim
from node.cases.transitions import HOME_IS_STAGE, WITH_RESULT
from node.catalogue import actions as catalogue
from node.database import Tx
from node.errors import NotFoundError
from node.public import wording
from schemas.cases import Action, CaseState
from schemas.ids import NodeId, StreamName
from schemas.public import Tracked, WantedPaper


def stream_of(tx: Tx, me: NodeId, number: str, code: str) -> StreamName:
    """Name the case of this number and query code. Raises `NotFoundError`."""
    return query.find(tx, me, number, code).stream


def stream_to_act(tx: Tx, me: NodeId, register: Register, claim: Claim) -> StreamName:
    """Name the case for which somebody shows that he applied. Raises `NotFoundError`."""
    return query.find_to_act(tx, me, register, claim).stream


def tracked(tx: Tx, stream: StreamName) -> Tracked:
    """Tell where a case stands, to whoever has shown its code. Raises `NotFoundError`."""
    view = reading.of_stream(tx, stream)
    if view is None:
        raise NotFoundError("case")
    return told(tx, view)


def told(tx: Tx, view: CaseView) -> Tracked:
    """Tell where a case found before stands."""
    is_at_stage = view.state in HOME_IS_STAGE or guards.is_being_made(view)
    return Tracked(
        number=view.number,
        item_name=reading.item_name(tx, view),
        state=view.state,
        said=wording.where(view),
        since=view.since,
        received_at=view.received_at,
        stage=view.stage_name if is_at_stage else "",
        outcome=view.outcome,
        wanted=_wanted(tx, view),
        due=answers.dues(tx, view),
        ready=is_ready(view),
        deemed=view.law.deemed,
    )


def is_ready(view: CaseView) -> bool:
    """Say whether the result lies at the window: granted or denied, made, and come back to it."""
    is_back = view.holder == view.origin or view.reclaimed
    return view.state in WITH_RESULT and is_back and guards.is_open(view, Action.DELIVER)


def _wanted(tx: Tx, view: CaseView) -> tuple[WantedPaper, ...]:
    """List the papers that were asked for, or accepted as pending, and have not come."""
    item = catalogue.item_at(tx, view.item, view.item_version)
    names = {} if item is None else {need.code: need.name for need in item.materials}
    asked = view.asked_for if view.state is CaseState.CORRECTING else ()
    pending = papers.still_pending(tx, view) if view.outcome is None else ()
    days = ((asked, view.law.correct_by), (pending, view.law.pending_by))
    return tuple(
        WantedPaper(code=code, name=names.get(code, code), by=by)
        for codes, by in days
        for code in codes
    )
