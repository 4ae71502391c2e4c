"""What can be done to a case, inside the caller's Work.

Each function asks the model, appends one event with the holder that the table names, keeps the
parts that the event speaks of, and returns the fresh view. `reference` is a number or a stream.
Parts come here prepared: encrypting them is slow and happens before the Work. Each raises
`NotFoundError`, `NotAllowedError`, `ActionNotOpenError`, `BadInputError`, and the federation's
`CannotAppendError`.
"""

from datetime import date
from typing import Final

import msgspec

from federation.parts import PlainPart, salted
from federation.partstore import PartStore, PreparedPart
from node.applicants import actions as applicants
from node.applicants.actions import Register
from node.calendar import model as days
from node.cases import (
    clock_answers,
    faults,
    handing,
    intake,
    model,
    papers,
    requirements,
    stepping,
    store,
)
from node.cases.caseview import CaseView
from node.cases.transitions import OPEN_FOR_WITHDRAWAL
from node.errors import ActionNotOpenError, AlreadyDoneError, BadInputError
from node.parts import actions as parts
from node.staff import actions as staff
from node.work import Work
from schemas.case_forms import DeliveryReceipt
from schemas.cases import (
    Action,
    CaseAccepted,
    CaseClosed,
    CaseCorrected,
    CaseCorrectionRequested,
    CaseDecided,
    CaseDelivered,
    CaseDispatched,
    CaseForwarded,
    CaseRefused,
    CaseReviewed,
    CaseSentOn,
    CaseWithdrawn,
    Outcome,
    WithdrawalAsked,
)
from schemas.cases_api import (
    AcceptCase,
    CloseCase,
    CorrectCase,
    DecideCase,
    DeliverCase,
    DispatchCase,
    ForwardCase,
    RefuseCase,
    RequestCorrection,
    ReviewCase,
    SendOnCase,
    WithdrawCase,
)
from schemas.clocks import ClockKind, ClockState
from schemas.ids import PartDigest, StreamName
from schemas.item_terms import FeeDue
from schemas.items import Item
from schemas.reasons import Reason


def make_text(folder: PartStore, text: str) -> PreparedPart | None:
    """Prepare an opinion or a note; `None` if it is empty. Slow: call it in a thread."""
    return folder.prepare(salted("text/plain", text.encode())) if text.strip() else None


def forward(
    work: Work, reference: str, form: ForwardCase, opinion: PreparedPart | None = None
) -> CaseView:
    """初审通过: send the case on to the next stage."""
    fact = CaseForwarded(opinion=stepping.digest(opinion))
    return stepping.do(work, stepping.find(work, reference), fact, seen=form.seen, ready=(opinion,))


def request_correction(
    work: Work, reference: str, form: RequestCorrection, note: PreparedPart | None = None
) -> CaseView:
    """一次性告知: name every paper that is missing or defective, at once."""
    view = stepping.opened(work, reference, Action.REQUEST_CORRECTION, form.seen)
    stepping.require_reason(form.reason)
    item = stepping.item_of(work, view)
    intake.require_named(item, view.law.situation, form.materials)
    day = requirements.Day(stepping.today(work), stepping.calendar_of(work, view))
    told_by = _due(work, view, ClockKind.ACCEPTANCE)
    fact = CaseCorrectionRequested(
        reason=form.reason,
        materials=tuple(dict.fromkeys(form.materials)),
        note=stepping.digest(note),
        by=requirements.correction_day(form, view, day, told_by),
        again=form.again if view.law.corrections else "",
    )
    return stepping.do(work, view, fact, seen=form.seen, ready=(note,))


def _due(work: Work, view: CaseView, clock: ClockKind) -> date | None:
    """Give the last day of a running clock, if that is certain."""
    timers = clock_answers.dues(work.tx, view)
    timer = next((one for one in timers if one.clock is clock), None)
    running = timer is not None and timer.state is ClockState.RUNNING and not timer.provisional
    return timer.due if timer is not None and running else None


def correct(work: Work, reference: str, form: CorrectCase) -> CaseView:
    """补正: hand in what was asked for; all of it. Raises also `MaterialsMissingError`."""
    view = stepping.opened(work, reference, Action.CORRECT, form.seen)
    requirements.require_in_time(view, stepping.today(work))
    item = stepping.item_of(work, view)
    asked = frozenset(view.asked_for)
    intake.require_given(item, view.law.situation, form.materials, asked)
    brought = handing.settle_for(work, view, item, form.materials)
    after = stepping.do(work, view, CaseCorrected(materials=brought), seen=form.seen)
    parts.keep(work, intake.scans_in(brought), view.stream)
    return after


def accept(work: Work, reference: str, form: AcceptCase) -> CaseView:
    """受理: from here the legal clock runs; papers may follow (容缺), or a promise stands in."""
    view = stepping.opened(work, reference, Action.ACCEPT, form.seen)
    item = stepping.item_of(work, view)
    requirements.require_paid(view, item, FeeDue.BEFORE_ACCEPTANCE)
    pending_by = requirements.pending_day(
        form, item, view, papers.given(work.tx, view),
        today=stepping.today(work), due=_promised_from_today(work, view, item),
    )  # fmt: skip
    promise = () if form.promise is None else (form.promise,)
    if parts.shared_among(work, promise):  # of somebody's earlier case: no promise of his
        raise BadInputError({"promise": "no_promise"})
    fact = CaseAccepted(
        accepted_at=view.law.corrected_at or stepping.instant(work),
        pending=tuple(dict.fromkeys(form.pending)),
        pending_by=pending_by,
        promise=form.promise,
        commitment=form.commitment,
    )
    after = stepping.do(work, view, fact, seen=form.seen)
    parts.keep(work, promise, view.stream)
    return after


def _promised_from_today(work: Work, view: CaseView, item: Item) -> date | None:
    calendar = stepping.calendar_of(work, view)
    return days.reckon(stepping.today(work), item.promised, calendar).due


def refuse(
    work: Work, reference: str, form: RefuseCase, note: PreparedPart | None = None
) -> CaseView:
    """不予受理: with its reason, its ground, the remedies, and who is competent instead."""
    view = stepping.opened(work, reference, Action.REFUSE, form.seen)
    stepping.require_reason(form.reason)
    requirements.require_grounded(form.ground, form.remedies)
    if form.reason == Reason.NOT_OUR_COMPETENCE and not form.competent.strip():
        raise BadInputError({"competent": "no_competent"})
    if len(form.competent) > requirements.MOST_WORDS:
        raise BadInputError({"competent": "too_long"})
    fact = CaseRefused(
        reason=form.reason,
        note=stepping.digest(note),
        ground=form.ground,
        remedies=requirements.remedies_of(form.remedies),
        competent=form.competent.strip(),
    )
    return stepping.do(work, view, fact, seen=form.seen, ready=(note,))


def dispatch(work: Work, reference: str, form: DispatchCase) -> CaseView:
    """分办: to the department that the item names, unless another of this node is named."""
    view = stepping.opened(work, reference, Action.DISPATCH, form.seen)
    department = form.department or model.department_for(view)
    known = {one.id for one in staff.departments(work.tx)}
    if department is None or department not in known:
        raise BadInputError({"department": "unknown" if department else "missing"})
    return stepping.do(work, view, CaseDispatched(department=department), seen=form.seen)


def review(
    work: Work, reference: str, form: ReviewCase, opinion: PreparedPart | None = None
) -> CaseView:
    """审查: propose an outcome."""
    view = stepping.opened(work, reference, Action.REVIEW, form.seen)
    _require_decision(form.proposes, field="proposes")
    if view.law.handler not in (None, work.actor.staff):
        raise BadInputError({"handler": "colleague_has_it"})
    fact = CaseReviewed(proposes=form.proposes, opinion=stepping.digest(opinion))
    return stepping.do(work, view, fact, seen=form.seen, ready=(opinion,))


def decide(
    work: Work, reference: str, form: DecideCase, opinion: PreparedPart | None = None
) -> CaseView:
    """决定: grant or deny; a denial needs its reason, its ground and the remedies (§38)."""
    view = stepping.opened(work, reference, Action.DECIDE, form.seen)
    _require_decision(form.outcome, field="outcome")
    denied = form.outcome is Outcome.DENIED
    if denied or form.reason:
        stepping.require_reason(form.reason or "")
    if denied:
        requirements.require_grounded(form.ground, form.remedies)
    else:
        item = stepping.item_of(work, view)
        requirements.require_decidable(view, item, papers.still_pending(work.tx, view))
        requirements.require_paid(view, item, FeeDue.BEFORE_DECISION)
        requirements.require_short(form.ground)
    requirements.require_term(form.valid_until, stepping.today(work))
    fact = CaseDecided(
        outcome=form.outcome,
        decided_at=stepping.instant(work),
        reason=form.reason or None,
        opinion=stepping.digest(opinion),
        ground=form.ground,
        remedies=requirements.remedies_of(form.remedies) if denied else None,
        valid_until=form.valid_until,
    )
    return stepping.do(work, view, fact, seen=form.seen, ready=(opinion,))


def deliver(
    work: Work, reference: str, form: DeliverCase, receipt: PreparedPart | None = None
) -> CaseView:
    """出件: the result was handed over; not before the fee is settled that is due by then."""
    view = stepping.opened(work, reference, Action.DELIVER, form.seen)
    item = stepping.item_of(work, view)
    requirements.require_deliverable(form, item)
    if view.outcome is Outcome.GRANTED:
        requirements.require_paid(view, item, FeeDue.BEFORE_ISSUE)
    fact = CaseDelivered(
        delivered_at=stepping.instant(work),
        to=form.to,
        mode=form.mode,
        receipt=stepping.digest(receipt),
        authority=form.authority or msgspec.UNSET,
    )
    authority = () if form.authority is None else (form.authority,)
    if parts.shared_among(work, authority):  # of somebody's earlier case: no authority of his
        raise BadInputError({"authority": "no_authority"})
    after = stepping.do(work, view, fact, seen=form.seen, ready=(receipt,))
    parts.keep(work, authority, view.stream)
    return after


def make_receipt(folder: PartStore, form: DeliverCase) -> PreparedPart | None:
    """Prepare who took the result; `None` if nothing is said. Slow: call it in a thread."""
    said = DeliveryReceipt(
        name=form.receiver.strip(), id_number=form.receiver_id.strip().upper(),
        waybill=form.waybill.strip(),
    )  # fmt: skip
    if said == DeliveryReceipt(name=""):
        return None
    return folder.prepare(salted(RECEIPT_MEDIA, msgspec.json.encode(said)))


RECEIPT_MEDIA: Final = "application/vnd.zhengwu.delivery+json"


def close(work: Work, reference: str, form: CloseCase) -> CaseView:
    """办结: hand the stream to the node that decided."""
    view = stepping.opened(work, reference, Action.CLOSE, form.seen)
    if view.outcome is None:
        raise BadInputError({"outcome": "missing"})
    return stepping.do(work, view, CaseClosed(outcome=view.outcome), seen=form.seen)


def withdraw(work: Work, reference: str, form: WithdrawCase) -> CaseView:
    """撤回: at once if this node holds the case; the window that took it asks whoever does.

    Raises also `AlreadyDoneError` if it has asked before.
    """
    view = stepping.find(work, reference)
    if view.holder == work.me or view.origin != work.me:
        model.require(view, Action.WITHDRAW, work.me, work.actor, seen=form.seen)
        stepping.require_reason(form.reason)
        return stepping.do(work, view, CaseWithdrawn(reason=form.reason), seen=form.seen)
    model.require_receive(work.actor)
    if form.seen not in (None, view.seq):
        raise _not_open(view)
    return ask_withdrawal(work, view, form.reason)


def ask_withdrawal(work: Work, view: CaseView, reason: str) -> CaseView:
    """Say in a note of this node that the applicant wants to withdraw.

    Raises `ActionNotOpenError`, and `AlreadyDoneError` if it has asked before.
    """
    if view.state not in OPEN_FOR_WITHDRAWAL:
        raise _not_open(view)
    if any(
        note.kind == _ASKED and note.node == work.me for note in store.notes(work.tx, view.stream)
    ):
        raise AlreadyDoneError("the withdrawal is asked for")
    work.begin("note", WithdrawalAsked(case=view.stream, reason=reason), holder=work.me)
    work.touched.append(view.stream)
    return stepping.fresh(work, view.stream)


def _not_open(view: CaseView) -> ActionNotOpenError:
    return ActionNotOpenError(
        Action.WITHDRAW, state=view.state, seq=view.seq, holder=view.holder, allowed=()
    )


_ASKED: Final = "note.withdrawal_asked"


def send_on(work: Work, reference: str, form: SendOnCase) -> CaseView:
    """转送: pass a case that is not ours at this step to where it belongs."""
    view = stepping.opened(work, reference, Action.SEND_ON, form.seen)
    stepping.require_reason(form.reason)
    return stepping.do(work, view, CaseSentOn(reason=form.reason), seen=form.seen)


def part_arrived(
    work: Work, register: Register, stream: StreamName, digest: PartDigest, part: PlainPart
) -> None:
    """Remember the applicant that an arrived part holds; other parts need nothing."""
    if part.media != applicants.MEDIA:
        return
    person = applicants.decode_person(part.content)
    if person is not None:
        applicants.keep(work.tx, stream, register.seal(digest, person))


def _require_decision(outcome: Outcome, *, field: str) -> None:
    if outcome not in faults.DECISIONS:
        raise BadInputError({field: "unknown"})
