"""时限监察: T1 to T9, limits that pass or are about to. Pure.

No rule holds anybody to a day that rests on a calendar which is not published, nor lets a clock
pass that stands still.
"""

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from node.calendar import model as days
from node.cases.caseview import IN_PROCESS, CaseView
from node.cases.clocks import day_of
from node.cases.life import stage_timer
from node.clock import to_ms
from node.supervision import hits, office_hours, thresholds, walk
from node.supervision.hits import PLAN, RED, YELLOW, of_law
from node.supervision.model import Dossier, Hit, Parameter, Rule, Values
from node.supervision.walk import Run, Span
from schemas.case_law import CaseRedispatched, CaseSuspended
from schemas.cases import CaseState
from schemas.clocks import ClockKind
from schemas.item_terms import StageKind
from schemas.supervision import FindingLevel, RuleClass, RuleId

SENDING: Final = frozenset({StageKind.CHECK, StageKind.REPORT})
"""Stages whose end is that the case goes up (初审转报): T9 speaks of them, T5 of all others."""


# ---- limits of the whole case


def _late(dossier: Dossier, rule: RuleId, clock: ClockKind) -> Iterator[Hit]:
    """Tell of each last day of a clock that passed with the case still open."""
    seen: set[str] = set()
    for run in walk.runs(dossier.walk, lambda span: span.happening.timer(clock)):
        mark = f"{clock}:{run.timer.due}"
        span = run.at_instant(run.late_at)
        if span is not None and mark not in seen:
            seen.add(mark)
            values = (str(run.timer.due), str(run.timer.limit.amount + run.timer.extension))
            hit = hits.owed(rule, RED, span, *values, mark=mark, at=run.late_at)
            yield _of_who_let_it_pass(hit, run)


def _of_who_let_it_pass(hit: Hit, run: Run) -> Hit:
    """Hold a limit that was over before it began against whoever had the case until then.

    So it is with one that counts from receipt once silence has accepted (视为受理), or is dated
    back: whoever gets the case by that could do nothing about it.
    """
    before = run.spans[0].happening.before
    if before is None or run.due_at > run.at:
        return hit
    who = walk.keeper(before)
    return replace(hit, node=who.node, department=who.department, staff=who.staff)


def _t1(dossier: Dossier, _values: Values) -> Iterator[Hit]:
    """The acceptance clock ran out, and nobody accepted, refused or told what is missing.

    After a correction there are five workdays more to look at what was brought.
    """
    return _late(dossier, RuleId.T1, ClockKind.ACCEPTANCE)


def _t3(dossier: Dossier, _values: Values) -> Iterator[Hit]:
    """The last day of the promised limit is over, and the case is not decided.

    A limit that was over before it began, as after acceptance by silence (视为受理), is held
    against whoever had the case until then.
    """
    return _late(dossier, RuleId.T3, ClockKind.PROMISED)


def _t4(dossier: Dossier, _values: Values) -> Iterator[Hit]:
    """The last day of the statutory limit is over, and the case is not decided."""
    return _late(dossier, RuleId.T4, ClockKind.STATUTORY)


def _t6(dossier: Dossier, _values: Values) -> Iterator[Hit]:
    """Ten workdays after the decision nobody was given the result or told to fetch it.

    That an applicant who was told does not come is his own affair.
    """
    return _late(dossier, RuleId.T6, ClockKind.DELIVERY)


def _t2(dossier: Dossier, _values: Values) -> Iterator[Hit]:
    """No more workdays are left than the threshold: the item's own, else the last fifth.

    Of a day or a visit: two in the afternoon. Not of a limit that has only just begun by then.
    """
    seen: set[str] = set()
    for run in walk.runs(dossier.walk, lambda span: span.happening.timer(ClockKind.PROMISED)):
        mark, calendar = f"{ClockKind.PROMISED}:{run.timer.due}", dossier.calendar(run.timer.place)
        warned = _warned_at(run, thresholds.yellow_from(
            run.timer, calendar, dossier.yellow_workdays
        ))  # fmt: skip
        span = None if warned is None else run.at_instant(warned)
        if warned is None or span is None or mark in seen:
            continue
        seen.add(mark)
        left = 0 if run.timer.due is None else days.remaining(
            calendar, day_of(warned), run.timer.due
        )  # fmt: skip
        values = (str(run.timer.due), str(left))
        yield hits.owed(RuleId.T2, YELLOW, span, *values, mark=mark, at=warned)


def _warned_at(run: Run, yellow: int | None) -> int | None:
    """Give when somebody is warned: not at once of a limit that has only just begun.

    One that was held up and goes on within its last part is warned of when it goes on.
    """
    if yellow is None or run.due_at <= run.at:
        return None
    if yellow >= run.at:
        return yellow
    went_on = run.timer.pauses or run.timer.extension
    return run.at if went_on else None


# ---- limits of a stage


def _t5(dossier: Dossier, _values: Values) -> Iterator[Hit]:
    """The last day of a stage is over while the promised limit ends later.

    One delay is told once: where both end together, T3 tells it. Of a licence that is still to be
    made (制证) the delivery counts, and T6 tells that.
    """
    for run, span, number in _late_stages(dossier):
        if span.view.stage_kind in SENDING or not _is_total_fine(run, span):
            continue
        yield _stage_hit(RuleId.T5, YELLOW, run, span, number)


def _t9(dossier: Dossier, _values: Values) -> Iterator[Hit]:
    """The last day of a stage is over whose end is that the case goes up (初审, 转报)."""
    for run, span, number in _late_stages(dossier):
        if span.view.stage_kind in SENDING:
            yield _stage_hit(RuleId.T9, RED, run, span, number)


def _late_stages(dossier: Dossier) -> Iterator[tuple[Run, Span, int]]:
    """Give each stage whose own last day passed while the case stood at it, by its number."""
    seen: set[tuple[int, str]] = set()
    for run in walk.runs(dossier.walk, lambda one: stage_timer(one.happening, dossier.calendar)):
        span = run.at_instant(run.late_at)
        if span is None:
            continue
        mark = (span.view.stage, str(run.timer.due))
        if mark not in seen:
            seen.add(mark)
            yield run, span, span.view.stage


def _is_total_fine(run: Run, span: Span) -> bool:
    """Say whether the whole limit ends later: one delay is told once.

    That is the promised one, and of a licence that is still to be made the delivery.
    """
    made = span.view.state is CaseState.DECIDED
    whole = span.happening.timer(ClockKind.DELIVERY if made else ClockKind.PROMISED)
    due_at = None if whole is None else whole.due_at
    return due_at is None or due_at > run.due_at


def _stage_hit(rule: RuleId, level: FindingLevel, run: Run, span: Span, number: int) -> Hit:
    values = (span.view.stage_name, str(run.timer.due), str(run.timer.limit.amount))
    mark = f"stage:{number}:{run.timer.due}"
    return hits.owed(rule, level, span, *values, mark=mark, at=run.late_at)


# ---- waiting at a desk


def _t7(dossier: Dossier, values: Values) -> Iterator[Hit]:
    """A case waits too many hours of work to be dispatched, or to be signed in.

    A new desk begins anew.
    """
    begun: Span | None = None
    waited: str = ""
    for span in dossier.walk.spans:
        waits = _waits_for(span.view)
        if waits != waited or isinstance(span.happening.did, CaseRedispatched):
            begun, waited = span, waits
        if begun is None or not waits:
            continue
        calendar = dossier.calendar(span.view.holder)
        late_at = office_hours.after(begun.at, values["hours"], calendar, values)
        if span.lasts_at(late_at) and walk.is_certain(calendar, begun.at, late_at):
            mark = f"{waits}:{begun.mark}"
            said = (f"={waits}", str(values["hours"]), span.view.stage_name)
            yield hits.owed(RuleId.T7, YELLOW, span, *said, mark=mark, at=late_at)


def _waits_for(view: CaseView) -> str:
    """Say what a desk owes at once: to sign a case in, or to dispatch it; empty if neither."""
    if view.state is CaseState.DISPATCHED:
        return "" if view.law.handler else "sign_in"
    at_desk = view.state in IN_PROCESS and view.stage_kind is StageKind.DISPATCH
    return "dispatch" if at_desk else ""


def _t8(dossier: Dossier, values: Values) -> Iterator[Hit]:
    """A special procedure is not over on the last day that it was to take; red some days later."""
    for span, fact in dossier.walk.done:
        if not isinstance(fact, CaseSuspended):
            continue
        calendar = dossier.calendar(span.view.holder)
        found = days.reckon(day_of(fact.started_at), fact.limit, calendar)
        if found.due is None or found.provisional:
            continue
        late = to_ms(days.due_instant(found.due))
        grave = hits.end_of(calendar, late - 1, values["red_after_workdays"])
        said = (fact.name, str(found.due), str(fact.limit.amount))
        for end, level, grade in ((late, YELLOW, ""), (grave, RED, ":red")):
            over = max(end, span.at)
            at = dossier.walk.within(span, over, CaseState.SUSPENDED)
            if at is not None and (level is YELLOW or walk.is_certain(calendar, late, grave)):
                mark = f"{span.mark}{grade}"
                yield hits.owed(RuleId.T8, level, at, *said, mark=mark, at=over)


# ---- the catalogue


RULES: Final = (
    Rule(
        id=RuleId.T1, rule_class=RuleClass.TIME, level=RED, of_case=_t1,
        basis=(of_law("第三十二条"),),
    ),
    Rule(id=RuleId.T2, rule_class=RuleClass.TIME, level=YELLOW, of_case=_t2, basis=(PLAN,)),
    Rule(id=RuleId.T3, rule_class=RuleClass.TIME, level=RED, of_case=_t3, basis=(PLAN,)),
    Rule(
        id=RuleId.T4, rule_class=RuleClass.TIME, level=RED, of_case=_t4,
        basis=(of_law("第四十二条"),),
    ),
    Rule(id=RuleId.T5, rule_class=RuleClass.TIME, level=YELLOW, of_case=_t5, basis=(PLAN,)),
    Rule(
        id=RuleId.T6, rule_class=RuleClass.TIME, level=RED, of_case=_t6,
        basis=(of_law("第四十四条"),),
    ),
    Rule(
        id=RuleId.T7, rule_class=RuleClass.TIME, level=YELLOW, of_case=_t7, basis=(PLAN,),
        parameters=MappingProxyType(
            {"hours": Parameter(usual=8, least=1, most=80), **office_hours.PARAMETERS}
        ),
    ),
    Rule(
        id=RuleId.T8, rule_class=RuleClass.TIME, level=RED, of_case=_t8,
        basis=(of_law("第四十五条"),),
        parameters=MappingProxyType(
            {"red_after_workdays": Parameter(usual=5, least=1, most=60)}
        ),
    ),
    Rule(
        id=RuleId.T9, rule_class=RuleClass.TIME, level=RED, of_case=_t9,
        basis=(of_law("第四十三条"), PLAN),
    ),
)  # fmt: skip
