"""评价监察 of one matter: Q1, a bad rating, a complaint or a question that nobody answers. Pure."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final, NamedTuple

from node.calendar.model import due_instant
from node.cases import guards
from node.clock import to_ms
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
    """What is to be done, and by which day."""

    what: str
    by: str


def _q1(matter: Matter, values: Values) -> Iterator[Hit]:
    """The day to verify or to answer is over: yellow; red some workdays later.

    Nothing is owed while an appeal is looked at.
    """
    opened = next((one for _, one in matter.happened if isinstance(one, RedressOpened)), None)
    if opened is None:
        return
    seen: set[str] = set()
    for owed, begun, until in _stretches(matter):
        for level, over in _over(matter, owed, values["red_after_workdays"]):
            at = max(over, begun)
            mark = f"{owed.what}:{owed.by}" + (":red" if level is RED else "")
            if mark not in seen and (until is None or at < until):
                seen.add(mark)
                yield _hit(opened, owed, level, at, mark)


def _hit(opened: RedressOpened, owed: Owed, level: FindingLevel, at: int, mark: str) -> Hit:
    return Hit(
        rule=RuleId.Q1, level=level, at=at, mark=mark, node=opened.subject,
        department=opened.department, staff=opened.staff, case=opened.case,
        values=(opened.number, f"={owed.what}", owed.by),
    )  # fmt: skip


def _stretches(matter: Matter) -> Iterator[tuple[Owed, int, int | None]]:
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
            owed = _owed_after(event, owed)
        begun = moment
    if owed is not None:
        yield owed, begun, None


def _owed_after(event: RedressEvent, owed: Owed | None) -> Owed | None:
    match event:
        case RedressOpened():
            is_question = event.redress is RedressKind.CONSULTATION
            return Owed("answer" if is_question else "verify", event.verify_by)
        case RedressVerified() | RedressExtended():
            return Owed("answer", event.answer_by)
        case RedressAnswered() | RedressClosed():
            return None
        case _:
            return owed


def _over(matter: Matter, owed: Owed, workdays: int) -> Iterator[tuple[FindingLevel, int]]:
    """Give when its day is over, and when that is grave; none of a day that nobody can read."""
    day = guards.read_day(owed.by)
    if day is None:
        return
    over = to_ms(due_instant(day))
    yield YELLOW, over
    calendar = matter.calendar(matter.holder)
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
