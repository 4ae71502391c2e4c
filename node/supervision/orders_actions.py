"""What can be done with orders, inside the caller's Work: issue, sign in, reply, judge, appeal.

An order is named by its address, the random end of its stream, or by its number. Free text comes
prepared: encrypting is slow and happens before the Work. Whatever is wrong is said by field, and
nothing is done. Each act is written into the audit trail.
"""

from dataclasses import replace
from datetime import date
from typing import Final

from federation import partstore, streams
from federation.errors import CannotAppendError
from federation.partstore import PreparedPart
from node.audit import actions as audit
from node.calendar import actions as calendar
from node.calendar.model import Calendar
from node.cases import reading as cases
from node.clock import local_day
from node.database import Tx
from node.errors import BadInputError, NotAllowedError, NotFoundError, OrderNotOpenError
from node.staff import actions as staff
from node.supervision import actions as findings
from node.supervision import orders_days as days
from node.supervision import orders_matter as matters
from node.supervision import orders_model as model
from node.supervision import orders_people as people
from node.supervision import orders_reading as reading
from node.supervision import orders_store as store
from node.supervision.orders_table import ACTS, TABLE, Who, row_of
from node.work import SYSTEM, Work
from schemas.audit import Act
from schemas.ids import NodeId, PartDigest, StaffId, StreamName
from schemas.levels import Capability
from schemas.orders import (
    Accountability,
    AppealOrder,
    IssueOrder,
    JudgeOrder,
    OrderAcknowledged,
    OrderAct,
    OrderAppealDecided,
    OrderAppealed,
    OrderArrived,
    OrderClosed,
    OrderIssued,
    OrderJudged,
    OrderReplied,
    OrderSentBack,
    OrderVerdict,
    OrderView,
    ReplyOrder,
    SendBackOrder,
)
from schemas.reasons import Reason
from schemas.staff import Role

A = OrderAct
AT_ONCE: Final = 50  # orders in one Work: some 30 ms
SOMEBODY_ELSE: Final = StaffId("")
"""Who did none of the steps before."""


def require_supervisor(work: Work) -> None:
    """Go on only for who issues orders here. Raises `NotAllowedError`."""
    work.require(Capability.OVERSEE)
    if Role.SUPERVISOR not in work.actor.roles:
        raise NotAllowedError("only a supervisor issues orders")


def issue(work: Work, form: IssueOrder, text: PreparedPart | None) -> OrderView:
    """发出: begin an order, which whoever is asked then holds.

    Raises `NotAllowedError`, `NotFoundError`, `BadInputError`.
    """
    require_supervisor(work)
    today, year = _today(work)
    faults = days.faults_of_issue(form)
    reply_by = form.reply_by or str(days.usual_reply_by(form.order, today, year))
    fault = days.fault_of_day(reply_by, today, year)
    if fault:
        faults["reply_by"] = fault
    if faults:
        raise BadInputError(faults)
    matter = matters.of_form(work, form)
    serial = store.next_serial(work.tx, days.SERIES[form.order], today.year)
    fact = OrderIssued(
        number=days.number(form.order, today.year, cases.series(work.tx), serial),
        order=form.order,
        subject=matter.subject,
        department=matter.department,
        staff=matter.staff,
        case=matter.case,
        case_number=matter.number,
        findings=matter.findings,
        rule=matter.rule,
        level=matter.level,
        yellow=matter.yellow,
        caused_at=matter.caused_at,
        reply_by=reply_by,
        note=_digest(text),
    )
    stream = work.begin("order", fact, holder=matter.subject).event.stream
    if matter.case is not None:
        work.touched.append(matter.case)
    return _done(work, stream, Act.ORDER_ISSUED, text)


def acknowledge(work: Work, name: str) -> OrderView:
    """签收: whoever answers looks into it.

    Raises `NotFoundError`, `NotAllowedError`, `OrderNotOpenError`, `BadInputError`.
    """
    order = _open(work, name, A.ACKNOWLEDGE)
    return _write(work, order, OrderAcknowledged(), Act.ORDER_ACKNOWLEDGED)


def reply(work: Work, name: str, form: ReplyOrder, text: PreparedPart | None) -> OrderView:
    """回复: give cause and correction, and hand the order back. Taken after its day as well.

    Raises as `acknowledge`.
    """
    order = _open(work, name, A.REPLY)
    _require_no(days.faults_of_reply(order.order, form))
    fact = OrderReplied(cause=form.cause, correction=form.correction, note=_digest(text))
    return _write(work, order, fact, Act.ORDER_REPLIED, text)


def send_back(work: Work, name: str, form: SendBackOrder, text: PreparedPart | None) -> OrderView:
    """退回重报: the reply does not answer what was asked. Raises as `acknowledge`."""
    order = _open(work, name, A.SEND_BACK)
    today, year = _today(work)
    reply_by = form.reply_by or str(days.usual_again_by(today, year))
    fault = days.fault_of_day(reply_by, today, year)
    faults = {"reply_by": fault} if fault else {}
    _require_no(faults if text is not None else faults | {"text": "missing"})
    fact = OrderSentBack(reply_by=reply_by, note=_digest(text))
    return _write(work, order, fact, Act.ORDER_SENT_BACK, text)


def judge(work: Work, name: str, form: JudgeOrder, text: PreparedPart | None) -> OrderView:
    """认定: upheld, exempt or a false alarm; may be appealed against for some days.

    After the day of the reply it may be judged unanswered; the order is then taken back first,
    visibly. Raises as `acknowledge`.
    """
    order = _open(work, name, A.JUDGE)
    _require_no(_faults_of_verdict(work, order, form))
    today, year = _today(work)
    fact = OrderJudged(
        verdict=form.verdict,
        ground=form.ground,
        appeal_by=str(days.appeal_by(today, year)),
        accountability=_account(order, form),
        note=_digest(text),
    )
    return _write(work, order, fact, Act.ORDER_JUDGED, text)


def appeal(work: Work, name: str, form: AppealOrder, text: PreparedPart | None) -> OrderView:
    """申诉: until its day, with a ground and in words. Raises as `acknowledge`."""
    order = _open(work, name, A.APPEAL)
    _require_no(days.faults_of_appeal(form))
    fact = OrderAppealed(ground=form.ground, note=_digest(text))
    return _write(work, order, fact, Act.ORDER_APPEALED, text)


def decide_appeal(work: Work, name: str, form: JudgeOrder, text: PreparedPart | None) -> OrderView:
    """申诉决定: by another supervisor than judged first; final. Raises as `acknowledge`."""
    order = _open(work, name, A.DECIDE_APPEAL)
    faults = _faults_of_verdict(work, order, form)
    _require_no(faults if text is not None else faults | {"text": "missing"})
    fact = OrderAppealDecided(
        verdict=form.verdict,
        ground=form.ground,
        accountability=_account(order, form),
        note=_digest(text),
    )
    return _write(work, order, fact, Act.ORDER_APPEAL_DECIDED, text)


def close(work: Work, name: str) -> OrderView:
    """办结: whoever was asked accepts the verdict. Raises as `acknowledge`."""
    return _write(work, _open(work, name, A.CLOSE), OrderClosed(), Act.ORDER_CLOSED)


# ---- what the line and time bring about


def is_due(tx: Tx, me: NodeId, today: date) -> bool:
    """Say whether something has arrived here, or can be appealed against no more."""
    return bool(store.undelivered(tx, me, 1) or store.unappealed(tx, me, str(today), 1))


def write_due(work: Work) -> tuple[StreamName, ...]:
    """Say by the system what has arrived, and close what nobody may appeal against; name some."""
    done: list[StreamName] = []
    for order in store.undelivered(work.tx, work.me, AT_ONCE):
        done += _by_system(work, order, _arrival(work, order))
    for order in store.unappealed(work.tx, work.me, str(local_day(work.now)), AT_ONCE):
        done += _by_system(work, order, OrderClosed())
    return tuple(done)


def _arrival(work: Work, order: OrderView) -> OrderArrived:
    return OrderArrived(by=days.given_anew(order, *_today(work)))


def _by_system(
    work: Work, order: OrderView, fact: OrderArrived | OrderClosed
) -> tuple[StreamName, ...]:
    if _is_unjudged(work.tx, order.stream):
        return ()
    try:
        _append(work, order, fact)
    except (OrderNotOpenError, CannotAppendError):
        return ()  # it waits for something else: the next round looks again
    if isinstance(fact, OrderClosed):
        _done(work, order.stream, Act.ORDER_CLOSED, None)
    return (order.stream,)


# ---- what several have in common


def _open(work: Work, name: str, act: OrderAct) -> OrderView:
    """Find an order at which the actor may do this now."""
    today = local_day(work.now)
    order = reading.find(work.tx, reading.Asking(work.me, work.actor, today), name)
    rows = (row for row in TABLE if row.act is act)
    if not any(people.takes_part(order, work.me, work.actor, row) for row in rows):
        raise NotAllowedError(f"{act} is not this person's side of the order")
    if _is_unjudged(work.tx, order.stream):
        raise OrderNotOpenError(order.state)
    if order.holder == work.me and model.is_under_way(order):  # he is quicker than the system
        _append(replace(work, actor=SYSTEM), order, _arrival(work, order))
        order = reading.find(work.tx, reading.Asking(work.me, work.actor, today), name)
    if row_of(order, act, work.me, work.actor.staff, today) is None:
        if row_of(order, act, work.me, SOMEBODY_ELSE, today) is not None:
            raise NotAllowedError("nobody judges what he did himself")
        raise OrderNotOpenError(order.state)
    return order


def _is_unjudged(tx: Tx, name: StreamName) -> bool:
    """Say whether a newer node wrote what this version does not know: nothing behind it counts."""
    stream = streams.load(tx, name)
    return stream is None or stream.unjudged


def _write(
    work: Work,
    order: OrderView,
    fact: model.Further,
    act: Act,
    text: PreparedPart | None = None,
) -> OrderView:
    _append(work, order, fact)
    return _done(work, order.stream, act, text)


def _append(work: Work, order: OrderView, fact: model.Further) -> None:
    row = row_of(order, ACTS[type(fact)], work.me, work.actor.staff, local_day(work.now))
    if row is None:
        raise OrderNotOpenError(order.state)
    if order.holder != work.me:  # unanswered: taken back from who did not reply
        work.reclaim(order.stream, reason=Reason.HOLDER_SILENT, holder=work.me)
    to = order.issuer if row.holder is Who.ISSUER else order.subject
    work.append(order.stream, fact, holder=to)


def _done(work: Work, stream: StreamName, act: Act, text: PreparedPart | None) -> OrderView:
    """Keep the text, tell the findings, write it into the trail."""
    if text is not None:
        partstore.keep(work.tx, text, stream)
    order = store.load(work.tx, stream)
    if order is None:
        raise NotFoundError(f"order {stream}")
    findings.settle(work, order.findings)
    detail = {"kind": order.order.value, "to": order.subject, "department": order.department or ""}
    audit.note(work, act, order.number, {name: said for name, said in detail.items() if said})
    return order


def _faults_of_verdict(work: Work, order: OrderView, form: JudgeOrder) -> dict[str, str]:
    """Say what is wrong with a verdict: whom it names is one of ours, or is named already."""
    faults = days.faults_of_verdict(form)
    if form.staff in (None, order.staff):
        return faults
    if order.subject != work.me:  # his name, and whether there is such a person, is known there
        return faults | {"staff": "not_here"}
    return faults if staff.account(work.tx, form.staff) else faults | {"staff": "unknown"}


def _account(order: OrderView, form: JudgeOrder) -> Accountability | None:
    """超时问责: who answers for what is upheld, and how."""
    if form.verdict is not OrderVerdict.UPHELD:
        return None
    return Accountability(
        consequence=form.consequence,
        node=order.subject,
        department=order.department,
        staff=form.staff,
        points=form.points,
    )


def _require_no(faults: dict[str, str]) -> None:
    if faults:
        raise BadInputError(faults)


def _digest(text: PreparedPart | None) -> PartDigest | None:
    return None if text is None else text.digest


def _today(work: Work) -> tuple[date, Calendar]:
    return local_day(work.now), calendar.calendar_of(work.tx, work.me)
