"""What an evaluation, a complaint and a supervision order add to the counts. Pure."""

from datetime import date
from typing import Final

from node.appraisal.shares import (
    Measured,
    Origin,
    Share,
    Standpoint,
    Subject,
    body_of,
    day_of,
    own_people,
    places_of,
    share,
)
from node.calendar.model import ONE_DAY, due_instant
from node.clock import to_ms
from schemas.appraisal import Counted, Grain, Measure
from schemas.evaluation import BAD, EvaluationView, Grade
from schemas.orders import Consequence, OrderState, OrderVerdict, OrderView
from schemas.redress import RedressFinding, RedressKind, RedressView
from schemas.supervision import FindingLevel

M = Measure
_TRUE: Final = frozenset({RedressFinding.TRUE, RedressFinding.PARTLY})
_AWAITS_REPLY: Final = frozenset({OrderState.ISSUED, OrderState.ACKNOWLEDGED, OrderState.SENT_BACK})


# ---- evaluations


def of_evaluation(
    view: EvaluationView, redress: RedressView | None, case: Origin | None, at: Standpoint
) -> Measured:
    """Tell what an evaluation adds: nothing if it is not the first, or was set aside.

    `redress` is what a bad one opened; `case` is whose the case is, if it is about one.
    """
    set_aside = redress is not None and redress.set_aside
    measured = Measured(stream=view.note, counted=Counted.EVALUATION)
    if not view.counts or set_aside:
        return measured
    whose = case or Origin(
        number="",
        places=places_of(view.node, at.me),
        body=_answers(view),
    )
    counts = _graded(view.grade) | (_bad(view, redress) if view.grade <= BAD else {})
    return Measured(
        stream=view.note, counted=Counted.EVALUATION, number=whose.number,
        item_name=whose.item_name,
        shares=share(day_of(view.given_at), (*whose.subjects, *_served(view, at)), counts),
    )  # fmt: skip


def _answers(view: EvaluationView) -> Subject:
    if view.department is None:
        return body_of(view.node, None)
    return body_of(view.department_at or view.node, view.department)


def _graded(grade: Grade) -> dict[Measure, int]:
    return {
        M.RATED: 1,
        M.GRADES: int(grade),
        M.SATISFIED: int(grade >= Grade.FAIRLY_SATISFIED),
        M.PRAISED: int(grade >= Grade.SATISFIED),
    }


def _bad(view: EvaluationView, redress: RedressView | None) -> dict[Measure, int]:
    answered = redress is not None and redress.answered_at is not None
    called = redress is not None and redress.called_back_at is not None
    return {
        M.BAD: 1,
        M.BAD_MENDED: int(answered),
        M.BAD_NAMED: int(view.named),
        M.BAD_CALLED: int(view.named and called),
    }


def _served(view: EvaluationView, at: Standpoint) -> tuple[Subject, ...]:
    """Name the window and who served there, as far as they are ours."""
    if view.node != at.me:
        return ()
    person = own_people(at, view.node, view.staff, view.given_at)
    if not view.window:
        return person
    window = Subject(Grain.WINDOW, f"{view.node}/{view.window}")
    return (window, *(one for one in person if one.grain is Grain.STAFF))


# ---- complaints and questions


def of_redress(view: RedressView, case: Origin | None, at: Standpoint) -> Measured:
    """Tell what a complaint or a question adds; bad ratings are counted as evaluations.

    What was set aside is counted nowhere.
    """
    match view.redress:
        case _ if view.set_aside:
            counts = {}
        case RedressKind.COMPLAINT:
            counts = {M.COMPLAINTS: 1, M.COMPLAINTS_TRUE: int(view.finding in _TRUE)}
        case RedressKind.CONSULTATION:
            counts = {M.CONSULTED: 1}
        case _:
            counts = {}
    staff = own_people(at, view.subject, view.staff, view.opened_at)
    window = (
        (Subject(Grain.WINDOW, f"{at.me}/{view.window}"),)
        if view.window and view.subject == at.me
        else tuple(one for one in staff if one.grain is Grain.WINDOW)
    )
    subjects = (
        *places_of(view.subject, at.me),
        body_of(view.subject, view.department),
        *(case.item if case else ()),
        *window,
        *(one for one in staff if one.grain is Grain.STAFF),
    )
    return Measured(
        stream=view.stream, counted=Counted.REDRESS, number=view.number,
        item_name=case.item_name if case else "",
        shares=share(day_of(view.opened_at), subjects, counts),
    )  # fmt: skip


# ---- orders


def of_order(view: OrderView, at: Standpoint) -> tuple[Measured, int | None]:
    """Tell what an order adds, and when time alone may change that: milliseconds UTC."""
    asked = _asked(view, at)
    last_day = date.fromisoformat(view.late_after or view.reply_by)
    late_at = to_ms(due_instant(last_day))
    awaits = view.delivered and view.state in _AWAITS_REPLY
    is_late = bool(view.late_after) or (awaits and at.now >= late_at)
    shares = (
        *share(day_of(view.issued_at), asked, {M.ORDERS: 1}),
        *share(last_day + ONE_DAY, asked, {M.ORDERS_LATE: int(is_late)}),
    )
    if view.closed_at is not None:  # before, an appeal may still change it
        day = day_of(view.closed_at)
        shares += share(day, asked, _judged(view))
        shares += _points(view, day, at)
    measured = Measured(
        stream=view.stream, counted=Counted.ORDER, number=view.number, shares=shares
    )
    return measured, late_at if awaits and not is_late else None


def _asked(view: OrderView, at: Standpoint) -> tuple[Subject, ...]:
    return (
        *places_of(view.subject, at.me),
        body_of(view.subject, view.department),
        *own_people(at, view.subject, view.staff, view.caused_at),
    )


def _judged(view: OrderView) -> dict[Measure, int]:
    match view.verdict:
        case OrderVerdict.UPHELD:
            return _cards(view)
        case OrderVerdict.EXEMPT:
            return {M.EXEMPT: 1}
        case _:
            return {}


def _cards(view: OrderView) -> dict[Measure, int]:
    """Count each finding as what it is; what the supervisor saw himself by the order's level."""
    cards = max(1, len(view.findings))
    if view.level is FindingLevel.YELLOW:
        return {M.YELLOW: cards}
    yellow = min(max(view.yellow, 0), cards - 1)  # a red order is red for something
    return {M.RED: cards - yellow, M.YELLOW: yellow}


def _points(view: OrderView, day: date, at: Standpoint) -> tuple[Share, ...]:
    answers = view.accountability
    if answers is None or answers.consequence is not Consequence.POINTS:
        return ()
    subjects = (
        *places_of(answers.node, at.me),
        body_of(answers.node, answers.department),
        *own_people(at, answers.node, answers.staff, view.caused_at),
    )
    return share(day, subjects, {M.POINTS: answers.points})
