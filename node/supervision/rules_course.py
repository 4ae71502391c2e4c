"""流程监察: P1 to P7, steps left out or turned round, clocks stopped, dates put back. Pure.

What custody or the law forbids has no effect on the case; that it was tried is a finding all the
same.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from node.cases import faults, requirements
from node.cases.caseview import CaseView
from node.cases.clocks import day_of
from node.cases.facts import Fact, Fault, Step
from node.supervision import hits, office_hours, walk
from node.supervision.hits import MINUTE_MS, PLAN, RED, YELLOW, minute, of_law
from node.supervision.model import Dossier, Hit, Parameter, Rule, Values
from node.supervision.walk import Span, Who
from schemas.case_law import CaseApplied, CaseDeemedAccepted, CaseExtended, CaseSuspended
from schemas.cases import (
    CaseAccepted,
    CaseCorrectionRequested,
    CaseDecided,
    CaseDelivered,
    CaseReceived,
    CaseState,
    Outcome,
)
from schemas.clocks import ClockKind
from schemas.ids import NodeId
from schemas.item_terms import LICENCE, CaseKind
from schemas.notices import NoticeKind
from schemas.supervision import RuleClass, RuleId

DAY_MS: Final = 24 * 60 * MINUTE_MS
"""By so much a node's clock may be wrong before it says so itself: `node.cases.fallback`."""
FIRST: Final = ("accepted_at", "decided_at")
"""What a case remembers of the instants that steps state, and others must not lie before."""
OUT_OF_ORDER: Final = frozenset(
    {
        Fault.BEFORE_RECEIPT, Fault.RECEIVED_TWICE, Fault.NOT_OPEN, Fault.NOT_ITS_STEP,
        Fault.WRONG_HOLDER, Fault.WRONG_INSTANT, Fault.NOT_ITS_DEPARTMENT, Fault.NOT_THE_DECIDER,
    }
)  # fmt: skip


# ---- order


def _p1(dossier: Dossier, values: Values) -> Iterator[Hit]:
    """An event out of place, a date before what comes first, a hearing left out.

    That is: what custody or the table of states did not allow; a decision dated before its
    acceptance, a hand-over before its decision, by more than clocks may differ: half an hour at one
    node, a day between two; granted without a procedure that must be.
    """
    for span, fact, fault in dossier.walk.tried:
        if fault in OUT_OF_ORDER and not isinstance(fact, CaseExtended):
            if isinstance(fact, CaseCorrectionRequested) and span.view.accepted_at is not None:
                continue  # P3 says it
            yield hits.done(RuleId.P1, RED, span, span.mark, "=out_of_order")
    former: dict[str, Stated] = {}
    for span, fact in dossier.walk.done:
        why = _turned_round(span, fact, former, values) or _left_out(dossier, span, fact)
        if why:
            yield hits.done(RuleId.P1, RED, span, span.mark, f"={why}")
        for name in FIRST:
            stated = getattr(span.view, name)
            if stated is not None and stated != getattr(span.happening.before, name, None):
                former[name] = Stated(span.happening.step.node, stated)


class Stated(NamedTuple):
    """The instant at which a step says it happened, and by whose clock."""

    node: NodeId
    at: int


def _turned_round(span: Span, fact: Fact, former: Mapping[str, Stated], values: Values) -> str:
    """Say what was turned round by what an event states; empty if nothing was."""
    match fact:
        case CaseDecided():
            first, at, why = "accepted_at", fact.decided_at, "decided_before_accepted"
        case CaseDelivered():
            first, at, why = "decided_at", fact.delivered_at, "delivered_before_decided"
        case _:
            return ""
    before = former.get(first)
    if before is None:
        return ""
    is_one_clock = before.node == span.happening.step.node
    slack = values["clock_minutes"] * MINUTE_MS if is_one_clock else DAY_MS
    return why if at < before.at - slack else ""


def _left_out(dossier: Dossier, span: Span, fact: Fact) -> str:
    """Say which procedure was left out by a grant; empty if none was."""
    item, before = dossier.life.item, span.happening.before
    if item is None or before is None:
        return ""
    if not isinstance(fact, CaseDecided) or fact.outcome is not Outcome.GRANTED:
        return ""
    missing = requirements.missing_procedures(before, item)
    return f"procedure_missing|{missing[0].name}" if missing else ""


# ---- stopping the clock


def _p2(dossier: Dossier, values: Values) -> Iterator[Hit]:
    """A clock was stopped that may not be, or nobody told the applicant in writing.

    That is: a procedure without ground or length; one that stops the statutory limit although
    neither the law (§45) nor the item says so; one that went on without a notice in time.
    """
    for span, fact, fault in dossier.walk.tried:
        if isinstance(fact, CaseSuspended) and fault in (Fault.NO_GROUND, Fault.NO_LIMIT):
            yield hits.done(RuleId.P2, RED, span, fact.name, "=stop_without_ground")
    for span, fact in dossier.walk.done:
        if not isinstance(fact, CaseSuspended):
            continue
        if fact.stops_statutory and not _may_stop(dossier, fact):
            yield hits.done(RuleId.P2, RED, span, fact.name, "=stop_not_listed")
        yield from _untold(dossier, span, fact, values["notice_workdays"])


def _may_stop(dossier: Dossier, fact: CaseSuspended) -> bool:
    """Say whether the law's eight procedures, or the item's own, stop the statutory limit."""
    if fact.procedure in faults.STATUTORY_PROCEDURES or dossier.life.item is None:
        return True
    own = dossier.life.item.special
    return any(one.kind is fact.procedure and one.stops_statutory for one in own)


def _untold(dossier: Dossier, span: Span, fact: CaseSuspended, workdays: int) -> Iterator[Hit]:
    """A procedure must be told in writing, with the time it takes (§45)."""
    over = hits.unwritten_at(dossier, span, NoticeKind.SPECIAL, workdays)
    if over is not None and dossier.walk.within(span, over, CaseState.SUSPENDED):
        why = f"=not_told|{workdays}"
        yield hits.done(RuleId.P2, RED, span, fact.name, why, mark=":notice", at=over)


def _p7(dossier: Dossier, values: Values) -> Iterator[Hit]:
    """One case is stopped again and again, or on the last day of a limit."""
    times = 0
    for span, fact in dossier.walk.done:
        if not isinstance(fact, CaseSuspended):
            continue
        times += 1
        if times >= values["times"]:
            yield hits.done(RuleId.P7, YELLOW, span, fact.name, f"=again|{times}")
        due = _due_on(dossier, span)
        if due:
            yield hits.done(RuleId.P7, YELLOW, span, fact.name, f"=on_last_day|{due}", mark=":due")


def _due_on(dossier: Dossier, span: Span) -> str:
    """Name the last day of a limit of the decision if the event came on it; empty if not."""
    before = dossier.life.happenings[span.number - 1]
    today = day_of(span.at)
    timers = map(before.timer, (ClockKind.PROMISED, ClockKind.STATUTORY))
    certain = (one for one in timers if one is not None and not one.provisional)
    return next((str(one.due) for one in certain if one.due == today), "")


# ---- corrections


def _p3(dossier: Dossier, _values: Values) -> Iterator[Hit]:
    """A second correction notice (yellow), or one after acceptance (red)."""
    for span, fact, fault in dossier.walk.tried:
        if not isinstance(fact, CaseCorrectionRequested):
            continue
        if span.view.accepted_at is not None:
            yield hits.done(RuleId.P3, RED, span, "=after_acceptance")
        elif fault is Fault.SECOND_NOTICE:
            yield hits.done(RuleId.P3, YELLOW, span, "=second_notice")
    for span, fact in dossier.walk.done:
        before = span.happening.before
        if isinstance(fact, CaseCorrectionRequested) and before and before.law.corrections:
            yield hits.done(RuleId.P3, YELLOW, span, "=second_notice")


# ---- extensions


def _p4(dossier: Dossier, values: Values) -> Iterator[Hit]:
    """An extension too late, too long, a second time, by nobody, or not told in writing."""
    for span, fact, _ in dossier.walk.tried:
        if isinstance(fact, CaseExtended):
            yield hits.done(RuleId.P4, RED, span, "=extension_not_open")
    for span, fact in dossier.walk.done:
        if not isinstance(fact, CaseExtended):
            continue
        for why in _wrong_extension(dossier, span, fact):
            yield hits.done(RuleId.P4, RED, span, f"={why}")
        workdays = values["notice_workdays"]
        over = hits.unwritten_at(dossier, span, NoticeKind.EXTENSION, workdays)
        if over is not None:
            why = f"=not_told|{workdays}"
            yield hits.done(RuleId.P4, RED, span, why, mark=":notice", at=over)


def _wrong_extension(dossier: Dossier, span: Span, fact: CaseExtended) -> Iterator[str]:
    """Say what is wrong with an extension that counts: the first thing alone."""
    item, before = dossier.life.item, span.happening.before
    if walk.person_of(span.happening.step) is None:
        yield "extended_by_nobody"
    elif _is_over(dossier, span):
        yield "extended_late"
    elif item and before and fact.amount > requirements.most_extension(before, item):
        yield f"extended_too_far|{fact.amount}"


def _is_over(dossier: Dossier, span: Span) -> bool:
    """Say whether the limit had passed: the statutory one, or the promised if there is no other."""
    last = dossier.life.happenings[span.number - 1]
    timer = last.timer(ClockKind.STATUTORY) or last.timer(ClockKind.PROMISED)
    if timer is None or timer.due_at is None or timer.provisional:
        return False
    return timer.due_at <= span.at


# ---- dates put back


STATED: Final = (
    "accepted_at", "decided_at", "delivered_at", "notified_at", "certified_at", "started_at",
    "ended_at", "extended_at",
)  # fmt: skip
"""Fields in which steps of people state the instant that they say it happened."""


def _p5(dossier: Dossier, values: Values) -> Iterator[Hit]:
    """A step states an instant well before its writing, and was not taken on paper.

    Where that is asked for, also acceptance and decision out of office hours.
    """
    drift: dict[NodeId, int] = {}
    for span, fact in dossier.walk.done:
        step, stated = span.happening.step, _stated_at(span.happening.before, fact)
        if stated is not None:
            back = max(step.at - stated, 0)
            known = drift.get(step.node, DAY_MS)
            if back > known + values["back_minutes"] * MINUTE_MS:
                said = (minute(stated), minute(step.at))
                yield hits.done(RuleId.P5, YELLOW, span, f"=put_back|{said[0]}", said[1])
            drift[step.node] = min(known, back)
        if values["office_hours"] and _is_out_of_hours(dossier, step, values):
            said = ("=out_of_hours", minute(step.at))
            yield hits.done(RuleId.P5, YELLOW, span, *said, mark=":hours")


def _is_out_of_hours(dossier: Dossier, step: Step, values: Values) -> bool:
    """Say whether somebody accepted or decided while offices were closed, as far as is certain."""
    calendar = dossier.calendar(step.node)
    by_hand = isinstance(step.data, CaseAccepted | CaseDecided) and walk.person_of(step)
    if not by_hand or not walk.is_certain(calendar, step.at, step.at):
        return False
    return not office_hours.is_open(step.at, calendar, values)


def _stated_at(before: CaseView | None, fact: Fact) -> int | None:
    """Give the instant that a step states, where nothing but the clock should have set it.

    Of what was taken on paper (补录) that is the paper's; after a correction a case is accepted as
    of the day on which the last paper came (§32(5)).
    """
    if isinstance(fact, CaseReceived | CaseApplied):
        on_paper = isinstance(fact, CaseReceived) and bool(fact.paper)
        return None if on_paper else fact.received_at
    if isinstance(fact, CaseDeemedAccepted):
        return None
    if isinstance(fact, CaseAccepted) and before and fact.accepted_at == before.law.corrected_at:
        return None
    return next((getattr(fact, one) for one in STATED if hasattr(fact, one)), None)


# ---- two pairs of eyes


def _p6(dossier: Dossier, values: Values) -> Iterator[Hit]:
    """One person accepted and decided: red of a licence, else yellow.

    Not of what is done at one visit, unless that is asked for.
    """
    item = dossier.life.item
    if item is None or (item.case_kind is CaseKind.INSTANT and not values["instant"]):
        return
    level = RED if item.type_code == LICENCE else YELLOW
    accepted: Who | None = None
    for span, fact in dossier.walk.done:
        step = span.happening.step
        who = Who(step.node, staff=walk.person_of(step))
        if isinstance(fact, CaseAccepted):
            accepted = who
        elif isinstance(fact, CaseDecided) and who.staff and who == accepted:
            yield hits.done(RuleId.P6, level, span)


# ---- the catalogue


_NOTICE: Final = Parameter(usual=3, least=1, most=60)
RULES: Final = (
    Rule(
        id=RuleId.P1, rule_class=RuleClass.COURSE, level=RED, of_case=_p1,
        basis=(of_law("第三十二条至第三十八条"), PLAN),
        parameters=MappingProxyType(
            {"clock_minutes": Parameter(usual=30, least=1, most=1440)}
        ),
    ),
    Rule(
        id=RuleId.P2, rule_class=RuleClass.COURSE, level=RED, of_case=_p2,
        basis=(of_law("第四十五条"),),
        parameters=MappingProxyType({"notice_workdays": _NOTICE}),
    ),
    Rule(
        id=RuleId.P3, rule_class=RuleClass.COURSE, level=RED, of_case=_p3,
        basis=(of_law("第三十二条"),),
    ),
    Rule(
        id=RuleId.P4, rule_class=RuleClass.COURSE, level=RED, of_case=_p4,
        basis=(of_law("第四十二条"),),
        parameters=MappingProxyType({"notice_workdays": _NOTICE}),
    ),
    Rule(
        id=RuleId.P5, rule_class=RuleClass.COURSE, level=YELLOW, of_case=_p5, basis=(PLAN,),
        parameters=MappingProxyType(
            {
                "back_minutes": Parameter(usual=30, least=1, most=1440),
                "office_hours": Parameter(usual=0, most=1),
                **office_hours.PARAMETERS,
            }
        ),
    ),
    Rule(
        id=RuleId.P6, rule_class=RuleClass.COURSE, level=RED, of_case=_p6,
        basis=(of_law("第三十四条"),),
        parameters=MappingProxyType({"instant": Parameter(usual=0, most=1)}),
    ),
    Rule(
        id=RuleId.P7, rule_class=RuleClass.COURSE, level=YELLOW, of_case=_p7,
        basis=(of_law("第四十五条"),),
        parameters=MappingProxyType({"times": Parameter(usual=2, least=1, most=20)}),
    ),
)  # fmt: skip
