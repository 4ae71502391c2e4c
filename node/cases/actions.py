"""What can be done to a case, inside the caller's Work.

Each function asks the model, appends one event with the holder that the table names, keeps the
parts that the event speaks of, and returns the fresh view. `reference` is a number or a stream.
Parts come here prepared: encrypting them is slow and happens before the Work. Each raises
`NotFoundError`, `NotAllowedError`, `ActionNotOpenError`, `BadInputError`, and the federation's
`CannotAppendError`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from federation import links, partstore
from federation.parts import PlainPart, salted
from federation.partstore import PartStore, PreparedPart
from node.applicants import actions as applicants
from node.applicants.actions import Register
from node.applicants.model import SealedApplicant
from node.cases import intake, model, reading, rulings, store
from node.cases.model import CaseView
from node.cases.transitions import OPEN_FOR_WITHDRAWAL
from node.catalogue import actions as catalogue
from node.clock import CHINA
from node.errors import ActionNotOpenError, AlreadyDoneError, BadInputError, NotFoundError
from node.parts import actions as parts
from node.staff import actions as staff
from node.work import Work
from schemas.cases import (
    Action,
    CaseAccepted,
    CaseClosed,
    CaseCorrected,
    CaseCorrectionRequested,
    CaseDecided,
    CaseDelivered,
    CaseDispatched,
    CaseEvent,
    CaseForwarded,
    CaseReceived,
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
    ReceiveCase,
    RefuseCase,
    RequestCorrection,
    ReviewCase,
    SendOnCase,
    WithdrawCase,
)
from schemas.ids import CaseNumber, PartDigest, StreamName, parent_of
from schemas.items import Item
from schemas.levels import Capability
from schemas.parts import Person
from schemas.reasons import Reason


@dataclass(frozen=True, slots=True)
class Intake:
    """What a window made ready before the Work: the applicant, as a part and for our own search."""

    applicant: PreparedPart
    sealed: SealedApplicant


def make_intake(folder: PartStore, register: Register, person: Person) -> Intake:
    """Prepare the applicant, who must be `normal`. Slow: call it in a thread, before the Work."""
    content = applicants.encode_person(person)
    prepared = folder.prepare(salted(applicants.MEDIA, content))
    return Intake(prepared, register.seal(prepared.digest, person))


def make_text(folder: PartStore, text: str) -> PreparedPart | None:
    """Prepare an opinion or a note; `None` if it is empty. Slow: call it in a thread."""
    return folder.prepare(salted("text/plain", text.encode())) if text.strip() else None


def receive(work: Work, form: ReceiveCase, ready: Intake) -> CaseView:
    """收件: take an application. Raises also `MaterialsMissingError`, `NoPlaceError`."""
    model.require_receive(work.actor)
    work.require(Capability.RECEIVE)
    guide = catalogue.guide(work.tx, work.me, form.item, now=work.now_ms)
    intake.require_fit(guide.item, form, work.me, work.now)
    place = intake.place_of(form, work.me, guide.stream)
    scans = intake.scans_in(form.materials)
    parts.require_held(work, scans)
    stages = intake.stages_of(guide.item, work.me, place)
    fact = CaseReceived(
        number=_next_number(work),
        item=guide.stream,
        item_version=guide.version,
        place=place,
        received_at=_instant(work),
        applicant=ready.applicant.digest,
        materials=form.materials,
        channel=form.channel,
    )
    holder = model.first_holder(work.me, stages)
    stream = work.begin("case", fact, holder=holder).event.stream
    _keep(work, stream, (ready.applicant,))
    parts.keep(work, scans, stream)
    applicants.keep(work.tx, stream, ready.sealed)
    return _fresh(work, stream)


def _instant(work: Work) -> int:
    """Now, by the clock above us as far as the last contact tells: what starts and ends limits."""
    above = parent_of(work.me)
    link = None if above is None else links.load(work.tx, above)
    return work.now_ms + (0 if link is None else link.drift)


def _next_number(work: Work) -> CaseNumber:
    letter = store.series(work.tx)
    day = f"{work.now.astimezone(CHINA):%Y%m%d}{letter}"
    return model.case_number(work.me, work.now, letter, store.next_serial(work.tx, day))


def forward(
    work: Work, reference: str, form: ForwardCase, opinion: PreparedPart | None = None
) -> CaseView:
    """初审通过: send the case on to the next stage."""
    fact = CaseForwarded(opinion=_digest(opinion))
    return _do(work, _find(work, reference), fact, seen=form.seen, ready=(opinion,))


def request_correction(
    work: Work, reference: str, form: RequestCorrection, note: PreparedPart | None = None
) -> CaseView:
    """一次性告知: name every paper that is missing or defective, at once."""
    view = _find(work, reference)
    _require_reason(form.reason)
    intake.require_named(_item_of(work, view), form.materials)
    fact = CaseCorrectionRequested(
        reason=form.reason, materials=tuple(dict.fromkeys(form.materials)), note=_digest(note)
    )
    return _do(work, view, fact, seen=form.seen, ready=(note,))


def correct(work: Work, reference: str, form: CorrectCase) -> CaseView:
    """补正: hand in what was asked for; all of it. Raises also `MaterialsMissingError`."""
    view = _find(work, reference)
    model.require(view, Action.CORRECT, work.me, work.actor, seen=form.seen)
    item = _item_of(work, view)
    intake.require_given(item, form.materials, frozenset(view.asked_for))
    scans = intake.scans_in(form.materials)
    parts.require_held(work, scans)
    after = _do(work, view, CaseCorrected(materials=form.materials), seen=form.seen)
    parts.keep(work, scans, view.stream)
    return after


def accept(work: Work, reference: str, form: AcceptCase) -> CaseView:
    """受理: from here the legal clock runs."""
    fact = CaseAccepted(accepted_at=_instant(work))
    return _do(work, _find(work, reference), fact, seen=form.seen)


def refuse(
    work: Work, reference: str, form: RefuseCase, note: PreparedPart | None = None
) -> CaseView:
    """不予受理, with its reason."""
    _require_reason(form.reason)
    fact = CaseRefused(reason=form.reason, note=_digest(note))
    return _do(work, _find(work, reference), fact, seen=form.seen, ready=(note,))


def dispatch(work: Work, reference: str, form: DispatchCase) -> CaseView:
    """分办: to the department that the item names, unless another of this node is named."""
    view = _find(work, reference)
    model.require(view, Action.DISPATCH, work.me, work.actor, seen=form.seen)
    department = form.department or model.department_for(view)
    known = {one.id for one in staff.departments(work.tx)}
    if department is None or department not in known:
        raise BadInputError({"department": "unknown" if department else "missing"})
    return _do(work, view, CaseDispatched(department=department), seen=form.seen)


def review(
    work: Work, reference: str, form: ReviewCase, opinion: PreparedPart | None = None
) -> CaseView:
    """审查: propose an outcome."""
    _require_decision(form.proposes, field="proposes")
    fact = CaseReviewed(proposes=form.proposes, opinion=_digest(opinion))
    return _do(work, _find(work, reference), fact, seen=form.seen, ready=(opinion,))


def decide(
    work: Work, reference: str, form: DecideCase, opinion: PreparedPart | None = None
) -> CaseView:
    """决定: grant or deny; a denial needs its reason."""
    _require_decision(form.outcome, field="outcome")
    denied = form.outcome is Outcome.DENIED
    if denied or form.reason:
        _require_reason(form.reason or "")
    fact = CaseDecided(
        outcome=form.outcome,
        decided_at=_instant(work),
        reason=form.reason or None,
        opinion=_digest(opinion),
    )
    return _do(work, _find(work, reference), fact, seen=form.seen, ready=(opinion,))


def deliver(work: Work, reference: str, form: DeliverCase) -> CaseView:
    """出件: the result was handed over."""
    if form.to not in ("applicant", "agent"):
        raise BadInputError({"to": "unknown"})
    fact = CaseDelivered(delivered_at=_instant(work), to=form.to)
    return _do(work, _find(work, reference), fact, seen=form.seen)


def close(work: Work, reference: str, form: CloseCase) -> CaseView:
    """办结: hand the stream to the node that decided."""
    view = _find(work, reference)
    model.require(view, Action.CLOSE, work.me, work.actor, seen=form.seen)
    if view.outcome is None:
        raise BadInputError({"outcome": "missing"})
    return _do(work, view, CaseClosed(outcome=view.outcome), seen=form.seen)


def withdraw(work: Work, reference: str, form: WithdrawCase) -> CaseView:
    """撤回: at once if this node holds the case; the window that took it asks whoever does.

    Raises also `AlreadyDoneError` if it has asked before.
    """
    view = _find(work, reference)
    _require_reason(form.reason)
    if view.holder == work.me or view.origin != work.me:
        return _do(work, view, CaseWithdrawn(reason=form.reason), seen=form.seen)
    model.require_receive(work.actor)
    if view.state not in OPEN_FOR_WITHDRAWAL or form.seen not in (None, view.seq):
        raise ActionNotOpenError(
            Action.WITHDRAW, state=view.state, seq=view.seq, holder=view.holder, allowed=()
        )
    if any(
        note.kind == _ASKED and note.node == work.me for note in store.notes(work.tx, view.stream)
    ):
        raise AlreadyDoneError("the withdrawal is asked for")
    work.begin("note", WithdrawalAsked(case=view.stream, reason=form.reason), holder=work.me)
    work.touched.append(view.stream)
    return _fresh(work, view.stream)


_ASKED: Final = "note.withdrawal_asked"


def send_on(work: Work, reference: str, form: SendOnCase) -> CaseView:
    """转送: pass a case that is not ours at this step to where it belongs."""
    _require_reason(form.reason)
    return _do(work, _find(work, reference), CaseSentOn(reason=form.reason), seen=form.seen)


def part_arrived(
    work: Work, register: Register, stream: StreamName, digest: PartDigest, part: PlainPart
) -> None:
    """Remember the applicant that an arrived part holds; other parts need nothing."""
    if part.media != applicants.MEDIA:
        return
    person = applicants.decode_person(part.content)
    if person is not None:
        applicants.keep(work.tx, stream, register.seal(digest, person))


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


# ---- what every step has in common


def _find(work: Work, reference: str) -> CaseView:
    reader = reading.reader_of(work.me, work.profile, work.actor)
    return reading.case(work.tx, reader, reference)


def _do(
    work: Work,
    view: CaseView,
    fact: CaseEvent,
    *,
    seen: int | None,
    ready: Iterable[PreparedPart | None] = (),
) -> CaseView:
    """Take the step that `fact` records, if it is open to this person."""
    row = model.require(view, rulings.action_of(fact), work.me, work.actor, seen=seen)
    work.append(view.stream, fact, holder=model.holder_after(view, row))
    _keep(work, view.stream, (part for part in ready if part is not None))
    return _fresh(work, view.stream)


def _fresh(work: Work, stream: StreamName) -> CaseView:
    view = store.load(work.tx, stream)
    if view is None:
        raise NotFoundError(f"case {stream}")
    return view


def _keep(work: Work, stream: StreamName, ready: Iterable[PreparedPart]) -> None:
    for part in ready:
        partstore.keep(work.tx, part, stream)


def _digest(part: PreparedPart | None) -> PartDigest | None:
    return None if part is None else part.digest


def _item_of(work: Work, view: CaseView) -> Item:
    item = catalogue.item_at(work.tx, view.item, view.item_version)
    if item is None:
        raise NotFoundError(f"item {view.item} version {view.item_version}")
    return item


def _require_reason(reason: str) -> None:
    if reason not in _REASONS:
        raise BadInputError({"reason": "unknown" if reason else "missing"})


_REASONS: Final = frozenset(reason.value for reason in Reason)


def _require_decision(outcome: Outcome, *, field: str) -> None:
    if outcome not in rulings.DECISIONS:
        raise BadInputError({field: "neither granted nor denied"})
