"""The sentences that people read about days: Chinese and English."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

from node.calendar.model import Step, StepRule, is_weekday
from node.calendar.rules import YEARS, Fault, Rule
from schemas.calendar import CalendarPublished, CalendarWithdrawn, Reckoned, TableKind, YearTable
from schemas.item_terms import LimitUnit

FAULTS: Final = MappingProxyType(
    {
        Rule.BAD_YEAR: (
            "年份“{0}”不在 {1}–{2} 年之间",
            "the year {0} is not between {1} and {2}",
        ),
        Rule.NO_DAYS: ("没有写放假日期", "names no days off"),
        Rule.MALFORMED: (
            "“{0}”不是日期，应写成 2027-01-01 的样子",
            "{0!r} is no date: write it like 2027-01-01",
        ),
        Rule.OTHER_YEAR: (
            "{0} 不在 {1} 年内（只有元旦假期可以写到上年 12 月 24 日以后）",
            "{0} is not in {1} (only a New Year's break may reach back, to 24 December)",
        ),
        Rule.TWICE: ("{0} 写了两次", "{0} is given twice"),
        Rule.IN_BOTH: ("{0} 既写为放假又写为上班", "{0} is both a day off and a workday"),
        Rule.NO_WEEKEND: (
            "{0} 本来就是周一至周五，不是调休上班日",
            "{0} is a Monday to Friday anyway, no make-up workday",
        ),
        Rule.HOLE: (
            "缺少法定节假日 {0}：全国年节及纪念日放假办法规定放假",
            "the statutory day off {0} is missing",
        ),
        Rule.GAP: (
            "{0} 与 {1} 之间缺少 {2}：假期应连续",
            "{2} is missing between {0} and {1}: a break has no gaps",
        ),
        Rule.WORKDAYS: (
            "全年工作日为 {0} 天，应在 {1}–{2} 天之间，请核对",
            "the year has {0} workdays, it should have {1} to {2}: check the days",
        ),
        Rule.NO_DOCUMENT: (
            "请写明文号：调整已经执行的日历或作本地调整，须有依据",
            "name the document: a change of days already in use must rest on one",
        ),
        Rule.LONG_DOCUMENT: ("文号不超过 {0} 字", "the document's name has {0} characters at most"),
        Rule.RESTS_ALREADY: ("{0} 本来就放假，不必调整", "{0} is a day off already"),
        Rule.WORKED_ALREADY: ("{0} 本来就上班，不必调整", "{0} is a workday already"),
    }
)

YEARS_SAID: Final = (YEARS[0], YEARS[-1])
YEAR_BEYOND: Final = "只推算 {0}–{1} 年 · only the years {0} to {1} are reckoned"
NO_OWN_TABLE: Final = (
    "本级没有发布过 {0} 年的{1}，没有可撤回的 · this node has published no such table of {0}"
)
TABLES: Final = MappingProxyType(
    {TableKind.COUNCIL: "工作日历", TableKind.OVERRIDE: "工作日历本地调整"}
)
AMOUNT_BEYOND: Final = "时限应在 0–{0} 之间 · a limit lies between 0 and {0}"

_WEEKDAYS: Final = ("一", "二", "三", "四", "五", "六", "日")
_UNITS: Final = MappingProxyType(
    {
        LimitUnit.WORKDAY: ("个工作日", "working day"),
        LimitUnit.DAY: ("天", "calendar day"),
        LimitUnit.MONTH: ("个月", "month"),
    }
)
_AMOUNTS: Final = MappingProxyType(
    {
        LimitUnit.WORKDAY: (
            "时限{0}个工作日，休息日和法定节假日不计",
            "{1}; days of rest and public holidays do not count",
        ),
        LimitUnit.DAY: ("时限{0}天，按自然日连续计算", "{1}, counted without a break"),
        LimitUnit.MONTH: (
            "时限{0}个月，到对应日期满；当月没有对应日的，到月末期满",
            "{1}, up to the same day of the month, or its last day if it has none",
        ),
    }
)


def sentence_of(fault: Fault) -> str:
    """Say what is wrong, in both languages, without the field."""
    return " · ".join(both(fault))


def both(fault: Fault) -> tuple[str, str]:
    """Say what is wrong in Chinese, and in English."""
    zh, en = FAULTS[fault.rule]
    return zh.format(*fault.facts), en.format(*fault.facts)


def by_field(faults: Iterable[Fault]) -> dict[str, str]:
    """Gather the sentences of each field, as a refused request tells them."""
    said: dict[str, str] = {}
    for fault in faults:
        sentence = sentence_of(fault)
        said[fault.field] = f"{said[fault.field]}; {sentence}" if fault.field in said else sentence
    return said


def title_of(fact: CalendarPublished | CalendarWithdrawn, table: YearTable) -> str:
    """Name the release that brings a table or takes it back."""
    taken_back = "撤回" if isinstance(fact, CalendarWithdrawn) else ""
    return f"{taken_back}{table.year}年{TABLES[table.kind]}"


def sentences(steps: Sequence[Step]) -> tuple[Reckoned, ...]:
    """Say why a due date is what it is, a sentence per step.

    A day of the year in which the reckoning starts is named without its year.
    """
    year = steps[0].days[0].year if steps and steps[0].days else 0
    return tuple(_sentence(step, _Days(year)) for step in steps)


class _Days:
    """Names days beside others of the year `year`."""

    def __init__(self, year: int) -> None:
        self._year = year

    def zh(self, day: date, *, weekday: bool = True) -> str:
        year = "" if day.year == self._year else f"{day.year}年"
        named = f"{year}{day.month}月{day.day}日"
        return f"{named}（星期{_WEEKDAYS[day.weekday()]}）" if weekday else named

    def en(self, day: date, *, weekday: bool = True) -> str:
        year = "" if day.year == self._year else f" {day.year}"
        named = f"{day.day} {day:%B}{year}"
        return f"{day:%A} {named}" if weekday else named

    def span(self, first: date, last: date) -> tuple[str, str]:
        if first == last:
            return self.zh(first), self.en(first)
        zh = f"{self.zh(first, weekday=False)}至{self.zh(last, weekday=False)}"
        return zh, f"{self.en(first, weekday=False)} to {self.en(last, weekday=False)}"


def _sentence(step: Step, days: _Days) -> Reckoned:
    zh, en = _SAY[step.rule](step, days)
    return Reckoned(zh=zh, en=en)


def _starts(step: Step, _: _Days) -> tuple[str, str]:
    (start,) = step.days
    whole = _Days(0)  # the first day of an explanation is named in full
    return f"从{whole.zh(start)}的次日起算", f"counted from the day after {whole.en(start)}"


def _same_visit(step: Step, _: _Days) -> tuple[str, str]:
    (start,) = step.days
    whole = _Days(0)
    return f"即办：{whole.zh(start)}当日办结", f"done in one visit, on {whole.en(start)}"


def _amount(step: Step, _: _Days) -> tuple[str, str]:
    zh, en = _AMOUNTS[step.unit]
    return zh.format(step.count), en.format(step.count, _counted(step))


def _rests(step: Step, days: _Days) -> tuple[str, str]:
    zh, en = days.span(step.days[0], step.days[-1])
    return f"其中{zh}放假，不计", f"{en}: days off, not counted"


def _make_up(step: Step, days: _Days) -> tuple[str, str]:
    (day,) = step.days
    return f"{days.zh(day)}调休上班，计入", f"{days.en(day)} is a make-up workday and counts"


def _paused(step: Step, days: _Days) -> tuple[str, str]:
    since, until = step.days
    unit, _ = _UNITS[step.unit]
    zh = f"{days.zh(since)}暂停计时，{days.zh(until)}恢复，扣除{step.count}{unit}"
    return zh, f"paused on {days.en(since)}, resumed on {days.en(until)}: {_counted(step)} left out"


def _extended(step: Step, _: _Days) -> tuple[str, str]:
    return f"经批准延长{step.count}{_UNITS[step.unit][0]}", f"extended by {_counted(step)}"


def _ends(step: Step, days: _Days) -> tuple[str, str]:
    (day,) = step.days
    return f"末日为{days.zh(day)}", f"the last day would be {days.en(day)}"


def _moved(step: Step, days: _Days) -> tuple[str, str]:
    nominal, due = step.days
    off = "节假日" if is_weekday(nominal) else "休息日"
    zh = f"末日遇{off}，顺延到{days.zh(due)}"
    return zh, f"the last day is a day of rest, so it moves to {days.en(due)}"


def _due(step: Step, _: _Days) -> tuple[str, str]:
    (day,) = step.days
    whole = _Days(0)
    return f"到期日为{whole.zh(day)}，当日24时期满", f"due at the end of {whole.en(day)}"


def _stands_still(step: Step, days: _Days) -> tuple[str, str]:
    (since,) = step.days
    zh = f"{days.zh(since)}起暂停计时，恢复后再算到期日"
    return (
        zh,
        f"the clock has stood still since {days.en(since)}; the due day is known when it resumes",
    )


def _provisional(step: Step, _: _Days) -> tuple[str, str]:
    zh = f"{step.count}年放假安排尚未公布，按放假办法推算，以国务院公布的放假安排为准"
    return zh, (
        f"the days off of {step.count} are not announced yet: reckoned by the rule, subject to the"
        " State Council's arrangement"
    )


def _counted(step: Step) -> str:
    """Count something in English."""
    return f"{step.count} {_UNITS[step.unit][1]}{'' if step.count == 1 else 's'}"


_SAY: Final = MappingProxyType[StepRule, Callable[[Step, _Days], tuple[str, str]]](
    {
        StepRule.STARTS: _starts,
        StepRule.SAME_VISIT: _same_visit,
        StepRule.AMOUNT: _amount,
        StepRule.RESTS: _rests,
        StepRule.MAKE_UP: _make_up,
        StepRule.PAUSED: _paused,
        StepRule.EXTENDED: _extended,
        StepRule.ENDS: _ends,
        StepRule.MOVED: _moved,
        StepRule.DUE: _due,
        StepRule.STANDS_STILL: _stands_still,
        StepRule.PROVISIONAL: _provisional,
    }
)
