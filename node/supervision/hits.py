"""How the rules put into values what they find, and what they stand on. Pure."""

from typing import Final

from node.calendar.model import Calendar, due_instant
from node.cases.clocks import day_of
from node.clock import CHINA, from_ms, to_ms
from node.supervision import walk
from node.supervision.model import Basis, Dossier, Hit
from node.supervision.walk import Span
from schemas.notices import NoticeKind
from schemas.supervision import FindingLevel, RuleId

YELLOW: Final = FindingLevel.YELLOW
RED: Final = FindingLevel.RED
MINUTE_MS: Final = 60_000
PLAN: Final = Basis(law="千政发〔2017〕11号", article="三(五)")
"""The county's plan, where no law is more exact."""


def of_law(article: str) -> Basis:
    """Name an article of the Licensing Law."""
    return Basis(law="行政许可法", article=article)


def done(
    rule: RuleId,
    level: FindingLevel,
    span: Span,
    *values: str,
    mark: str = "",
    at: int | None = None,
) -> Hit:
    """Say that whoever wrote the event of a stretch did something; `at` if it counts later."""
    who = walk.doer(span.happening)
    return Hit(
        rule=rule, level=level, at=span.at if at is None else at, mark=f"{span.mark}{mark}",
        node=who.node, department=who.department, staff=who.staff, values=values,
    )  # fmt: skip


def owed(rule: RuleId, level: FindingLevel, span: Span, *values: str, mark: str, at: int) -> Hit:
    """Say that whoever had the case in a stretch left something undone."""
    who = walk.keeper(span.view)
    return Hit(
        rule=rule, level=level, at=at, mark=mark, node=who.node, department=who.department,
        staff=who.staff, values=values,
    )  # fmt: skip


def unwritten_at(dossier: Dossier, span: Span, notice: NoticeKind, workdays: int) -> int | None:
    """Give when the time was over in which a written notice of an event should have been issued.

    `None` if it was issued by then, or the calendar is not published.
    """
    calendar = dossier.calendar(span.happening.step.node)
    over = end_of(calendar, span.at, workdays)
    issued = any(
        one.notice is notice and one.seq == span.happening.step.seq and one.issued_at < over
        for one in dossier.notices
    )
    return None if issued or not walk.is_certain(calendar, span.at, over) else over


def end_of(calendar: Calendar, instant: int, workdays: int) -> int:
    """Give the end of the so-manieth workday after the day of an instant; at least the first."""
    return to_ms(due_instant(calendar.after(day_of(instant), max(workdays, 1))))


def minute(instant: int) -> str:
    """Write an instant to the minute of local time."""
    return f"{from_ms(instant).astimezone(CHINA):%Y-%m-%d %H:%M}"
