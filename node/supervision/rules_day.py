"""What a whole day tells that no single case does: Q2, D1, D2, A1, O1, K1. Pure.

Signs, not proofs: each names what somebody should look at.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, time
from types import MappingProxyType
from typing import Final, TypeVar

from levels.profiles import profile_of
from node.calendar.model import due_instant
from node.cases.clocks import day_of
from node.clock import CHINA, to_ms
from node.supervision import hits
from node.supervision.hits import MINUTE_MS, PLAN, RED, YELLOW
from node.supervision.model import (
    Basis,
    DayBook,
    Decided,
    Dossier,
    Hit,
    Looked,
    Parameter,
    Rated,
    Received,
    Rule,
    Values,
)
from node.supervision.walk import Span
from schemas.cases import CaseAccepted, CaseDecided
from schemas.evaluation import EvaluationChannel, Grade
from schemas.ids import NodeId, StaffId, level_of
from schemas.item_terms import CaseKind
from schemas.levels import Capability
from schemas.supervision import RuleClass, RuleId

T = TypeVar("T")
K = TypeVar("K")
SECOND_MS: Final = 1000


def _by(found: Iterable[T], key: Callable[[T], K]) -> Mapping[K, list[T]]:
    groups: defaultdict[K, list[T]] = defaultdict(list)
    for one in found:
        groups[key(one)].append(one)
    return groups


# ---- ratings that nobody seems to have given


def _q2(book: DayBook, values: Values) -> Iterator[Hit]:
    """Ratings from a device of staff, the best one again and again, or a day's all at once.

    What was said on the phone does not count: staff type it in.
    """
    given = sorted(
        (one for one in book.rated if one.channel is not EvaluationChannel.PHONE),
        key=lambda one: (one.at, one.note),
    )  # what was said on the phone is typed in by staff, one after the other
    for one in given:
        if one.of_staff:
            yield _rated_hit(book, one, one.at, f"staff:{one.note}", "=from_staff_device")
    yield from _from_one_device(book, given, values)
    yield from _all_at_once(book, given, values)


def _rated_hit(book: DayBook, one: Rated, at: int, mark: str, why: str) -> Hit:
    return Hit(
        rule=RuleId.Q2, level=YELLOW, at=at, mark=mark, node=book.node,
        department=one.department, staff=one.staff, case=one.case, values=(why,),
    )  # fmt: skip


def _from_one_device(book: DayBook, given: list[Rated], values: Values) -> Iterator[Hit]:
    """The best grade again and again from one device, faster than people come and go."""
    many, span = values["ratings"], values["seconds"] * SECOND_MS
    best = [one for one in given if one.device and one.grade is Grade.VERY_SATISFIED]
    for device, ratings in _by(best, lambda one: one.device).items():
        last = next(
            (
                late
                for early, late in zip(ratings, ratings[many - 1 :], strict=False)
                if late.at - early.at <= span
            ),
            None,
        )
        if last is not None:
            said = f"=one_device|{many}|{values['seconds']}"
            yield _rated_hit(book, last, last.at, f"device:{device}", said)


def _all_at_once(book: DayBook, given: list[Rated], values: Values) -> Iterator[Hit]:
    """All ratings of somebody's day within a minute: known for certain when the day is over."""
    over, span = to_ms(due_instant(book.day)), values["all_seconds"] * SECOND_MS
    served = [one for one in given if one.staff]
    for staff, ratings in _by(served, lambda one: one.staff).items():
        is_many = len(ratings) >= values["all_ratings"]
        if is_many and ratings[-1].at - ratings[0].at <= span:
            said = f"=all_at_once|{len(ratings)}|{values['all_seconds']}"
            yield _rated_hit(book, ratings[-1], over, f"burst:{staff}", said)


# ---- queues, agents, people's data


def _d1(book: DayBook, values: Values) -> Iterator[Hit]:
    """Decided before older cases of the same item, or one agent too often with one clerk.

    The cases of an agent count by the day on which they were typed in.
    """
    for one in book.decided:
        if one.passed >= values["passed_cases"]:
            yield _decided_hit(book, one)
    acted = sorted((one for one in book.received if one.agent), key=_entered)
    for (staff, agent), cases in _by(acted, lambda one: (one.staff, one.agent)).items():
        if len(cases) > values["agent_cases"]:
            too_many = cases[values["agent_cases"]]
            yield Hit(
                rule=RuleId.D1, level=YELLOW, at=too_many.entered_at, mark=f"agent:{staff}:{agent}",
                node=book.node, staff=staff, values=(f"=same_agent|{len(cases)}",),
            )  # fmt: skip


def _decided_hit(book: DayBook, one: Decided) -> Hit:
    return Hit(
        rule=RuleId.D1, level=YELLOW, at=one.at, mark=f"passed:{one.case}", node=book.node,
        department=one.department, staff=one.staff, case=one.case,
        values=(f"=out_of_turn|{one.passed}",),
    )  # fmt: skip


def _entered(one: Received) -> tuple[int, str]:
    return one.entered_at, one.case


def _d2(book: DayBook, values: Values) -> Iterator[Hit]:
    """So many different cases looked at in a day that were not his own to work on."""
    strange = sorted((one for one in book.looked if not one.own), key=lambda one: one.at)
    for staff, looks in _by(strange, lambda one: one.staff).items():
        firsts = list({look.case: look for look in reversed(looks)}.values())
        firsts.sort(key=lambda look: look.at)
        if len(firsts) >= values["cases"]:
            yield _looked_hit(book, staff, firsts, firsts[values["cases"] - 1].at)


def _looked_hit(book: DayBook, staff: StaffId, looks: list[Looked], at: int) -> Hit:
    return Hit(
        rule=RuleId.D2, level=RED, at=at, mark=f"looked:{staff}", node=book.node, staff=staff,
        values=(str(len(looks)), str(book.day)),
    )  # fmt: skip


# ---- windows


def _a1(book: DayBook, _values: Values) -> Iterator[Hit]:
    """Neither A nor B of a post was there on a workday.

    As far as it was noted by the end of the next day; it counts from the beginning of the day on.
    """
    calendar = book.calendar(book.node)
    if calendar.year(book.day.year).provisional or not calendar.is_workday(book.day):
        return
    begun = _beginning(book)
    for one in book.posts:
        if not one.served:
            at = max(one.noted_at, begun)
            yield Hit(
                rule=RuleId.A1, level=YELLOW, at=at, mark=f"post:{one.post}",
                node=book.node, department=one.department,
                values=(one.window or one.post, str(book.day)),
            )  # fmt: skip


# ---- the calendar


def _k1(book: DayBook, _values: Values) -> Iterator[Hit]:
    """A year began, and its days off were not published: nobody is called late by it meanwhile.

    Said of the node that publishes calendars, on the first day of the year; it stays when they are
    published later.
    """
    if book.year_known or not _publishes(book.node):
        return
    yield Hit(
        rule=RuleId.K1, level=RED, at=_beginning(book), mark=f"calendar:{book.day.year}",
        node=book.node, values=(str(book.day.year),),
    )  # fmt: skip


def _beginning(book: DayBook) -> int:
    return to_ms(datetime.combine(book.day, time(), CHINA))


def _publishes(node: NodeId) -> bool:
    return Capability.PUBLISH_ITEMS in profile_of(level_of(node)).capabilities


# ---- outside of the platform


def _o1_day(book: DayBook, values: Values) -> Iterator[Hit]:
    """Many cases typed in long after they were received, and finished on that very day."""
    late = values["late_minutes"] * MINUTE_MS
    entered = sorted(
        (one for one in book.received if one.entered_at - one.received_at > late), key=_entered
    )
    ended = [
        (one.ended_at, one)
        for one in entered
        if one.ended_at is not None and day_of(one.ended_at) == day_of(one.entered_at)
    ]
    for staff, cases in _by(ended, lambda pair: pair[1].staff).items():
        cases.sort(key=lambda pair: pair[0])
        if len(cases) >= values["cases"]:
            yield Hit(
                rule=RuleId.O1, level=YELLOW, at=cases[values["cases"] - 1][0],
                mark=f"bulk:{staff}", node=book.node, staff=staff,
                values=(f"=bulk|{len(cases)}",),
            )  # fmt: skip


def _o1_case(dossier: Dossier, values: Values) -> Iterator[Hit]:
    """A promised case that was decided within minutes: what went on before is not on record.

    By the clock of who decided, too, where another node took it in: two clocks may differ.
    """
    item, spans = dossier.life.item, dossier.walk.spans
    if item is None or item.case_kind is CaseKind.INSTANT or not spans:
        return
    for span, fact in dossier.walk.done:
        if isinstance(fact, CaseAccepted) and fact.commitment:
            return  # 告知承诺: meant to be decided at once
        if isinstance(fact, CaseDecided):
            if _took(dossier, span) <= values["decided_minutes"] * MINUTE_MS:
                yield hits.done(RuleId.O1, YELLOW, span, f"=at_once|{values['decided_minutes']}")
            return


def _took(dossier: Dossier, decision: Span) -> int:
    """Tell how long it took to decide, by whichever clock says longer: milliseconds."""
    spans, step = dossier.walk.spans, decision.happening.step
    own = next(one for one in spans if one.happening.step.node == step.node)
    return max(decision.at - spans[0].at, step.at - own.happening.step.at)


# ---- the catalogue


RULES: Final = (
    Rule(
        id=RuleId.Q2, rule_class=RuleClass.EVALUATION, level=YELLOW, of_day=_q2,
        basis=(Basis(law="国办发〔2019〕51号"), Basis(law="GB/T 39735")),
        parameters=MappingProxyType(
            {
                "ratings": Parameter(usual=5, least=2, most=100),
                "seconds": Parameter(usual=60, least=1, most=3600),
                "all_ratings": Parameter(usual=5, least=2, most=100),
                "all_seconds": Parameter(usual=60, least=1, most=3600),
            }
        ),
    ),
    Rule(
        id=RuleId.D1, rule_class=RuleClass.INTEGRITY, level=YELLOW, of_day=_d1, basis=(PLAN,),
        parameters=MappingProxyType(
            {
                "passed_cases": Parameter(usual=3, least=1, most=100),
                "agent_cases": Parameter(usual=5, least=1, most=100),
            }
        ),
    ),
    Rule(
        id=RuleId.D2, rule_class=RuleClass.INTEGRITY, level=RED, of_day=_d2,
        basis=(Basis(law="个人信息保护法", article="第三十四条"),),
        parameters=MappingProxyType({"cases": Parameter(usual=5, least=1, most=100)}),
    ),
    Rule(
        id=RuleId.A1, rule_class=RuleClass.DISCIPLINE, level=YELLOW, of_day=_a1, basis=(PLAN,),
    ),
    Rule(
        id=RuleId.O1, rule_class=RuleClass.OUTSIDE, level=YELLOW, of_case=_o1_case, of_day=_o1_day,
        basis=(PLAN,),
        parameters=MappingProxyType(
            {
                "decided_minutes": Parameter(usual=3, least=1, most=1440),
                "late_minutes": Parameter(usual=60, least=1, most=1440),
                "cases": Parameter(usual=5, least=2, most=100),
            }
        ),
    ),
    Rule(
        id=RuleId.K1, rule_class=RuleClass.TIME, level=RED, of_day=_k1,
        basis=(Basis(law="全国年节及纪念日放假办法"),),
    ),
)  # fmt: skip
