"""The law's other ways, inside the caller's Work; `node.cases.actions` has the usual ones.

Every function takes the number or the stream of a case and its form, checks what the item and the
calendar ask, appends one event and returns the fresh view. Raises as `node.cases.actions`.
"""

from typing import Final

from federation.partstore import PreparedPart
from node.cases import clock_answers, handing, intake, model, papers, requirements, stepping
from node.cases.caseview import IN_PROCESS, CaseView
from node.errors import ActionNotOpenError, BadInputError, NotAllowedError
from node.parts import actions as parts
from node.staff import actions as staff
from node.work import Work
from schemas.case_forms import (
    AdmitCase,
    CertifyCase,
    CheckCase,
    ExtendCase,
    GiveOpinion,
    NotifyCase,
    ReasonedCase,
    RedispatchCase,
    ReopenCase,
    ReportCase,
    ResumeCase,
    RevokeCase,
    SettleFee,
    SignInCase,
    SupplyCase,
    SuspendCase,
)
from schemas.case_law import (
    CaseAdmitted,
    CaseCertified,
    CaseChecked,
    CaseExtended,
    CaseFeeSettled,
    CaseNotified,
    CaseOpinionGiven,
    CaseRedispatched,
    CaseReopened,
    CaseReported,
    CaseResumed,
    CaseReturned,
    CaseRevoked,
    CaseSentBack,
    CaseSignedIn,
    CaseSupplied,
    CaseSuspended,
    CaseTakenOver,
    CaseTerminated,
    CaseVoided,
    MaterialsSupplied,
)
from schemas.case_terms import Ground
from schemas.cases import Action, CaseState
from schemas.clocks import ClockKind
from schemas.reasons import Reason

RETURNED_FOR: Final = frozenset({Reason.CORRECTION_OVERDUE, Reason.PENDING_OVERDUE, Reason.OTHER})
SENT_BACK_FOR: Final = frozenset({Reason.WRONG_DEPARTMENT, Reason.NOT_OUR_COMPETENCE, Reason.OTHER})
TAKEN_OVER_FOR: Final = frozenset({Reason.COLLEAGUE_ABSENT, Reason.WORKLOAD, Reason.OTHER})
EXTENDED_FOR: Final = frozenset({Reason.COMPLEX_CASE, Reason.NEW_CIRCUMSTANCE, Reason.OTHER})
TERMINATED_FOR: Final = frozenset(
    {Reason.APPLICANT_DIED, Reason.OBJECT_GONE, Reason.CASE_MOOT, Reason.OTHER}
)
VOIDED_FOR: Final = frozenset({Reason.ENTERED_BY_MISTAKE, Reason.OTHER})
REOPENED_FOR: Final = frozenset({Reason.REVIEW_DECISION, Reason.COURT_JUDGMENT})
REVOKED_FOR: Final = frozenset(
    {Reason.COMMITMENT_BROKEN, Reason.FALSE_STATEMENT, Reason.UNLAWFUL_DECISION, Reason.OTHER}
)


# ---- before acceptance


def admit(work: Work, reference: str, form: AdmitCase) -> CaseView:
    """预审通过: take in what came through the network."""
    return stepping.do(work, stepping.find(work, reference), CaseAdmitted(), seen=form.seen)


def give_back(
    work: Work, reference: str, form: ReasonedCase, note: PreparedPart | None = None
) -> CaseView:
    """退件: what was asked for, or promised, did not come by its day."""
    view = stepping.opened(work, reference, Action.RETURN, form.seen)
    stepping.require_reason(form.reason, RETURNED_FOR)
    if view.is_in_process and not papers.still_pending(work.tx, view):
        raise BadInputError({"reason": "not_pending"})  # they came to the window meanwhile
    by = view.law.correct_by or view.law.pending_by
    if by and str(stepping.today(work)) <= by:
        raise BadInputError({"reason": "not_overdue"})
    fact = CaseReturned(reason=form.reason, note=stepping.digest(note))
    return stepping.do(work, view, fact, seen=form.seen, ready=(note,))


def supply(work: Work, reference: str, form: SupplyCase) -> CaseView:
    """容缺补交: here if this node holds the case; the window that took it says so in a note."""
    view = stepping.find(work, reference)
    is_here = view.holder == work.me or view.origin != work.me
    if is_here:
        model.require(view, Action.SUPPLY, work.me, work.actor, seen=form.seen)
    else:
        _require_brought(view, work, form)
    pending = frozenset(papers.still_pending(work.tx, view))
    item = stepping.item_of(work, view)
    codes = {one.code for one in form.materials}
    if not codes or codes - pending:
        raise BadInputError({"materials": "not_pending" if codes else "missing"})
    intake.require_given(item, view.law.situation, form.materials, frozenset(codes))
    brought = handing.settle_for(work, view, item, form.materials)
    scans = intake.scans_in(brought)
    if is_here:
        after = stepping.do(work, view, CaseSupplied(materials=brought), seen=form.seen)
        parts.keep(work, scans, view.stream)
        return after
    note = MaterialsSupplied(case=view.stream, materials=brought)
    work.begin("note", note, holder=work.me)
    parts.keep(work, scans, view.stream)
    work.touched.append(view.stream)
    return stepping.fresh(work, view.stream)


def _require_brought(view: CaseView, work: Work, form: SupplyCase) -> None:
    """The window that took the case takes its papers, as long as somebody waits for them."""
    model.require_receive(work.actor)
    is_waiting = view.law.pending and view.state in (*IN_PROCESS, CaseState.SUSPENDED)
    if not is_waiting or form.seen not in (None, view.seq):
        raise ActionNotOpenError(
            Action.SUPPLY, state=view.state, seq=view.seq, holder=view.holder, allowed=()
        )


# ---- in process


def sign_in(work: Work, reference: str, form: SignInCase) -> CaseView:
    """签收."""
    return stepping.do(work, stepping.find(work, reference), CaseSignedIn(), seen=form.seen)


def send_back(
    work: Work, reference: str, form: ReasonedCase, note: PreparedPart | None = None
) -> CaseView:
    """退回分办."""
    view = stepping.opened(work, reference, Action.SEND_BACK, form.seen)
    stepping.require_reason(form.reason, SENT_BACK_FOR)
    fact = CaseSentBack(reason=form.reason, note=stepping.digest(note))
    return stepping.do(work, view, fact, seen=form.seen, ready=(note,))


def redispatch(work: Work, reference: str, form: RedispatchCase) -> CaseView:
    """改派: to another department of this node."""
    view = stepping.opened(work, reference, Action.REDISPATCH, form.seen)
    stepping.require_reason(form.reason)
    if form.department not in {one.id for one in staff.departments(work.tx)}:
        raise BadInputError({"department": "unknown"})
    if form.department == view.department:
        raise BadInputError({"department": "same_department"})
    fact = CaseRedispatched(department=form.department, reason=form.reason)
    return stepping.do(work, view, fact, seen=form.seen)


def take_over(work: Work, reference: str, form: ReasonedCase) -> CaseView:
    """接办: go on with a colleague's case."""
    view = stepping.opened(work, reference, Action.TAKE_OVER, form.seen)
    stepping.require_reason(form.reason, TAKEN_OVER_FOR)
    if view.law.handler == work.actor.staff:
        raise BadInputError({"handler": "is_yours"})
    return stepping.do(work, view, CaseTakenOver(reason=form.reason), seen=form.seen)


def give_opinion(
    work: Work, reference: str, form: GiveOpinion, opinion: PreparedPart | None = None
) -> CaseView:
    """会签: for the caller's own department; to disagree needs an opinion."""
    view = stepping.opened(work, reference, Action.GIVE_OPINION, form.seen)
    if work.actor.department is None:
        raise NotAllowedError(f"{Action.GIVE_OPINION} is a department's")
    if not form.agrees and opinion is None:
        raise BadInputError({"opinion": "missing"})
    fact = CaseOpinionGiven(
        department=work.actor.department, agrees=form.agrees, opinion=stepping.digest(opinion)
    )
    return stepping.do(work, view, fact, seen=form.seen, ready=(opinion,))


def report(
    work: Work, reference: str, form: ReportCase, opinion: PreparedPart | None = None
) -> CaseView:
    """转报: with the opinion of this body (行政许可法 §35)."""
    view = stepping.opened(work, reference, Action.REPORT, form.seen)
    if opinion is None:
        raise BadInputError({"opinion": "missing"})
    fact = CaseReported(opinion=opinion.digest)
    return stepping.do(work, view, fact, seen=form.seen, ready=(opinion,))


def suspend(
    work: Work, reference: str, form: SuspendCase, note: PreparedPart | None = None
) -> CaseView:
    """启动特别程序: the item's own, or one that the law names."""
    view = stepping.opened(work, reference, Action.SUSPEND, form.seen)
    day = requirements.Day(stepping.today(work), stepping.calendar_of(work, view))
    found = requirements.procedure(form, stepping.item_of(work, view), day)
    fact = CaseSuspended(
        procedure=found.kind,
        name=found.name,
        ground=Ground(law=found.law, article=found.article),
        limit=found.limit,
        started_at=stepping.instant(work),
        stops_statutory=found.stops_statutory,
        stops_promised=found.stops_promised,
        on=form.on,
        place=form.place.strip(),
        note=stepping.digest(note),
    )
    return stepping.do(work, view, fact, seen=form.seen, ready=(note,))


def resume(
    work: Work, reference: str, form: ResumeCase, note: PreparedPart | None = None
) -> CaseView:
    """特别程序结束: the clocks go on."""
    view = stepping.opened(work, reference, Action.RESUME, form.seen)
    if form.result not in ("done", "dropped"):
        raise BadInputError({"result": "unknown"})
    fact = CaseResumed(
        ended_at=stepping.instant(work), result=form.result, note=stepping.digest(note)
    )
    return stepping.do(work, view, fact, seen=form.seen, ready=(note,))


def extend(
    work: Work, reference: str, form: ExtendCase, note: PreparedPart | None = None
) -> CaseView:
    """延长审批: once, and before the limit is over."""
    view = stepping.opened(work, reference, Action.EXTEND, form.seen)
    stepping.require_reason(form.reason, EXTENDED_FOR)
    timers = clock_answers.dues(work.tx, view)
    running = {one.clock: one.due for one in timers}
    due = running.get(ClockKind.STATUTORY, running.get(ClockKind.PROMISED))
    ground = requirements.extension_ground(
        form, stepping.item_of(work, view), view, today=stepping.today(work), due=due
    )
    fact = CaseExtended(
        amount=form.amount,
        extended_at=stepping.instant(work),
        reason=form.reason,
        ground=ground,
        note=stepping.digest(note),
    )
    return stepping.do(work, view, fact, seen=form.seen, ready=(note,))


def settle_fee(work: Work, reference: str, form: SettleFee) -> CaseView:
    """缴费: paid elsewhere, under its payment code; or nothing is due by a rule."""
    view = stepping.opened(work, reference, Action.SETTLE_FEE, form.seen)
    requirements.require_payable(form, stepping.item_of(work, view))
    fact = CaseFeeSettled(
        fen=form.fen,
        settled_at=stepping.instant(work),
        payment_code=form.payment_code,
        waived=form.waived.strip(),
    )
    return stepping.do(work, view, fact, seen=form.seen)


# ---- after the decision


def certify(work: Work, reference: str, form: CertifyCase) -> CaseView:
    """制证."""
    view = stepping.opened(work, reference, Action.CERTIFY, form.seen)
    requirements.require_certificate(form, stepping.today(work))
    fact = CaseCertified(
        certificate=form.certificate.strip(),
        certified_at=stepping.instant(work),
        valid_from=form.valid_from,
        valid_until=form.valid_until,
    )
    return stepping.do(work, view, fact, seen=form.seen)


def notify(work: Work, reference: str, form: NotifyCase) -> CaseView:
    """通知领取: from now on the delay is the applicant's own."""
    fact = CaseNotified(notified_at=stepping.instant(work))
    return stepping.do(work, stepping.find(work, reference), fact, seen=form.seen)


def check(
    work: Work, reference: str, form: CheckCase, note: PreparedPart | None = None
) -> CaseView:
    """事后核查: whether the commitment holds; if not, what was found is said."""
    view = stepping.opened(work, reference, Action.CHECK, form.seen)
    if not form.kept and note is None:
        raise BadInputError({"note": "missing"})
    fact = CaseChecked(
        kept=form.kept, checked_at=stepping.instant(work), note=stepping.digest(note)
    )
    return stepping.do(work, view, fact, seen=form.seen, ready=(note,))


def revoke(
    work: Work, reference: str, form: RevokeCase, note: PreparedPart | None = None
) -> CaseView:
    """撤销: with reason, ground and remedies, as a denial."""
    view = stepping.opened(work, reference, Action.REVOKE, form.seen)
    stepping.require_reason(form.reason, REVOKED_FOR)
    requirements.require_grounded(form.ground, form.remedies)
    remedies = requirements.remedies_of(form.remedies)
    if form.ground is None or remedies is None:
        raise BadInputError({"ground": "no_ground"})
    fact = CaseRevoked(
        reason=form.reason,
        ground=form.ground,
        remedies=remedies,
        revoked_at=stepping.instant(work),
        note=stepping.digest(note),
    )
    return stepping.do(work, view, fact, seen=form.seen, ready=(note,))


def reopen(
    work: Work, reference: str, form: ReopenCase, note: PreparedPart | None = None
) -> CaseView:
    """重新办理: a review decision or a judgment orders it; its number is needed."""
    view = stepping.opened(work, reference, Action.REOPEN, form.seen)
    stepping.require_reason(form.reason, REOPENED_FOR)
    document = form.document.strip()
    if not document or len(document) > requirements.MOST_WORDS:
        raise BadInputError({"document": "too_long" if document else "missing"})
    fact = CaseReopened(
        reason=form.reason,
        reopened_at=stepping.instant(work),
        document=document,
        note=stepping.digest(note),
    )
    return stepping.do(work, view, fact, seen=form.seen, ready=(note,))


# ---- other ends


def terminate(
    work: Work, reference: str, form: ReasonedCase, note: PreparedPart | None = None
) -> CaseView:
    """终止."""
    view = stepping.opened(work, reference, Action.TERMINATE, form.seen)
    stepping.require_reason(form.reason, TERMINATED_FOR)
    fact = CaseTerminated(reason=form.reason, note=stepping.digest(note))
    return stepping.do(work, view, fact, seen=form.seen, ready=(note,))


def void(
    work: Work, reference: str, form: ReasonedCase, note: PreparedPart | None = None
) -> CaseView:
    """作废: kept with its reason, counted nowhere."""
    view = stepping.opened(work, reference, Action.VOID, form.seen)
    stepping.require_reason(form.reason, VOIDED_FOR)
    if note is None:
        raise BadInputError({"note": "missing"})
    fact = CaseVoided(reason=form.reason, note=note.digest)
    return stepping.do(work, view, fact, seen=form.seen, ready=(note,))
