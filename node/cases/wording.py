"""The sentences that people read about the clocks of a case, beside those of the calendar."""

from datetime import date
from types import MappingProxyType
from typing import Final

from node.calendar import wording as calendars
from node.calendar.model import Reckoning, StepRule
from node.cases.clocks import Timer
from schemas.calendar import Reckoned
from schemas.clocks import ClockKind
from schemas.item_terms import LimitStart

_WEEKDAYS: Final = ("一", "二", "三", "四", "五", "六", "日")
_FROM: Final = MappingProxyType(
    {
        LimitStart.RECEIVED: ("收到申请之日", "the day of receipt"),
        LimitStart.ACCEPTED: ("受理之日", "the day of acceptance"),
        LimitStart.DECIDED: ("作出决定之日", "the day of the decision"),
        LimitStart.BATCH_CLOSED: ("本批次受理截止之日", "the day on which the batch closes"),
    }
)
_WAITS: Final = MappingProxyType(
    {
        LimitStart.RECEIVED: ("尚未收件", "not received yet"),
        LimitStart.ACCEPTED: ("尚未受理，还不计时", "not accepted yet, so it does not run"),
        LimitStart.DECIDED: ("尚未作出决定，还不计时", "not decided yet, so it does not run"),
        LimitStart.BATCH_CLOSED: (
            "下一批次的受理时间尚未公布，公布后起算",
            "the next batch is not announced yet; it runs from then",
        ),
    }
)


def why(timer: Timer, reckoning: Reckoning | None) -> tuple[Reckoned, ...]:
    """Say why a clock ends when it does, a sentence per step of the `reckoning` that gave it."""
    zh, en = _start_of(timer)
    if reckoning is None:
        first = _said(f"自{zh}的次日起算", f"counted from the day after {en}")
        if timer.ended is None:
            return (first, _said(*_WAITS[timer.limit.start]))
        return (first, _said("未起算，办件已结束", "it never ran: the case has ended"))
    steps = _from_its_start(timer, reckoning)
    if timer.ended is None:
        return steps
    zh, en = _zh(timer.ended), _en(timer.ended)
    return (*steps, _said(f"{zh}计时结束", f"it stopped on {en}"))


def _start_of(timer: Timer) -> tuple[str, str]:
    """Name the event that set it running."""
    if timer.clock is ClockKind.STAGE and timer.limit.start is not LimitStart.BATCH_CLOSED:
        return ("办件到达本环节之日", "the day on which the case came to this stage")
    return _FROM[timer.limit.start]


def _from_its_start(timer: Timer, reckoning: Reckoning) -> tuple[Reckoned, ...]:
    """Say every step, the first with what the start day is."""
    steps = calendars.sentences(reckoning.steps)
    zh, en = _start_of(timer)
    first = reckoning.steps[0]
    if first.rule is not StepRule.STARTS:
        return steps
    (day,) = first.days
    named = f"{day.year}年{day.month}月{day.day}日"
    begins = _said(f"自{zh}（{named}）的次日起算", f"counted from the day after {en}, {_en(day)}")
    return (begins, *steps[1:])


def _zh(day: date) -> str:
    """Name a day with its weekday."""
    return f"{day.year}年{day.month}月{day.day}日（星期{_WEEKDAYS[day.weekday()]}）"


def _en(day: date) -> str:
    """Name a day with its weekday."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def _said(zh: str, en: str) -> Reckoned:
    return Reckoned(zh=zh, en=en)
