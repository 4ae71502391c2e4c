"""评价监察 of one matter: Q1, a bad rating, a complaint or a question that nobody answers. Pure.

Late is who is late by `redress_limits`: by the later of the stated day and the calendar of now.
"""

from collections.abc import Iterator
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple

from node.calendar.model import Calendar, due_instant
from node.cases import guards
from node.cases.clocks import day_of
from node.clock import to_ms
from node.evaluation import redress_limits as limits
from node.supervision import walk
from node.supervision.hits import RED, YELLOW
from node.supervision.model import Basis, Hit, Matter, Parameter, Rule, Values
from schemas.redress import (
    RedressAnswered,
    RedressAppealDecided,
    RedressAppealed,
    RedressClosed,
    RedressEvent,
    RedressExtended,
    RedressKind,
    RedressOpened,
    RedressVerified,
)
from schemas.supervision import FindingLevel, RuleClass, RuleId


class Owed(NamedTuple):
    """What is to be done, by which day, and what that day was counted from."""

    what: str
    by: str
    """As the events say it."""
    since: date
    workdays: int


class Begun(NamedTuple):
    """What a matter began with, and when."""

    at: int
    said: RedressOpened


def _q1(matter: Matter, values: Values) -> Iterator[Hit]:
    """The day to verify or to answer is over: yellow; red some workdays later.

    Nothing is owed while an appeal is looked at.
    """
    first = (Begun(at, one) for at, one in matter.happened if isinstance(one, RedressOpened))
    opened = next(first, None)
    if opened is None:
        return
    calendar = matter.calendar(opened.said.subject)
    seen: set[str] = set()
    for owed, begun, until in _stretches(matter, opened):
        day = _certain_day(owed, calendar)
        for level, over in _over(day, calendar, values["red_after_workdays"]):
            at = max(over, begun)
            mark = f"{owed.what}:{owed.by}" + (":red" if level is RED else "")
            if mark not in seen and (until is None or at < until):
                seen.add(mark)
                yield _hit(opened.said, owed._replace(by=str(day)), level, at, mark)


def _hit(opened: RedressOpened, owed: Owed, level: FindingLevel, at: int, mark: str) -> Hit:
    return Hit(
        rule=RuleId.Q1, level=level, at=at, mark=mark, node=opened.subject,
        department=opened.department, staff=opened.staff, case=opened.case,
        values=(opened.number, f"={owed.what}", owed.by),
    )  # fmt: skip


def _stretches(matter: Matter, opened: Begun) -> Iterator[tuple[Owed, int, int | None]]:
    """Give what was owed, from when on, and until when; `None`: it still is.

    Nothing is while an appeal is looked at; if it fails, its days are given back.
    """
    owed: Owed | None = None
    held: Owed | None = None
    begun = 0
    for at, event in matter.happened:
        moment = max(at, begun)
        if owed is not None:
            yield owed, begun, moment
        if isinstance(event, RedressAppealed):
            owed, held = None, owed
        elif isinstance(event, RedressAppealDecided):
            given = None if held is None else held._replace(by=event.due or held.by)
            owed, held = None if event.set_aside else given, None
        else:
            owed = _owed_after(event, owed, at, opened)
        begun = moment
    if owed is not None:
        yield owed, begun, None


def _owed_after(event: RedressEvent, owed: Owed | None, at: int, opened: Begun) -> Owed | None:
    limit = limits.LIMITS[opened.said.redress]
    match event:
        case RedressOpened():
            is_question = event.redress is RedressKind.CONSULTATION
            what = "answer" if is_question else "verify"
            return Owed(what, event.verify_by, day_of(at), limit.verify)
        case RedressVerified():
            since = day_of(opened.at if limit.whole else at)
            return Owed("answer", event.answer_by, since, limit.answer(event.complexity))
        case RedressExtended():
            return None if owed is None else owed._replace(what="answer", by=event.answer_by)
        case RedressAnswered() | RedressClosed():
            return None
        case _:
            return owed


def _certain_day(owed: Owed, calendar: Calendar) -> date | None:
    """Give the last day, if it is certain: the stated one, or a later one by the calendar of now.

    `None`: nobody can read it, or a year in between has no published calendar.
    """
    if guards.read_day(owed.by) is None:
        return None
    last, is_unsure = limits.later(owed.by, owed.since, owed.workdays, calendar)
    return None if is_unsure else guards.read_day(last)


def _over(
    day: date | None, calendar: Calendar, workdays: int
) -> Iterator[tuple[FindingLevel, int]]:
    """Give when a day is over, and when that is grave."""
    if day is None:
        return
    over = to_ms(due_instant(day))
    yield YELLOW, over
    grave = to_ms(due_instant(calendar.after(day, max(workdays, 1))))
    if walk.is_certain(calendar, over, grave):
        yield RED, grave


RULES: Final = (
    Rule(
        id=RuleId.Q1, rule_class=RuleClass.EVALUATION, level=RED, of_matter=_q1,
        basis=(Basis(law="国办发〔2019〕51号"), Basis(law="GB/T 39735")),
        parameters=MappingProxyType(
            {"red_after_workdays": Parameter(usual=3, least=1, most=60)}
        ),
    ),
)  # fmt: skip
