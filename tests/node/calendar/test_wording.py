"""Why a due date is what it is, as people read it."""

import re
from datetime import date

import pytest

from node.calendar import model, wording
from node.calendar.model import Pause, Step, StepRule
from node.calendar.sources import calendar_from
from schemas.item_terms import LimitUnit
from schemas.items import Limit

OURS = calendar_from(())


def explain(start: str, limit: Limit, *pauses: Pause, extension: int = 0) -> list[tuple[str, str]]:
    day = date.fromisoformat(start)
    found = model.reckon(day, limit, OURS, pauses=pauses, extension=extension)
    return [(one.zh, one.en) for one in wording.sentences(found.steps)]


def test_working_days_over_a_break_are_explained_step_by_step() -> None:
    zh, en = zip(*explain("2026-09-30", Limit(amount=3)), strict=True)
    assert zh == (
        "从2026年9月30日（星期三）的次日起算",
        "时限3个工作日，休息日和法定节假日不计",
        "其中10月1日至10月7日放假，不计",
        "10月10日（星期六）调休上班，计入",
        "到期日为2026年10月10日（星期六），当日24时期满",
    )
    assert en == (
        "counted from the day after Wednesday 30 September 2026",
        "3 working days; days of rest and public holidays do not count",
        "1 October to 7 October: days off, not counted",
        "Saturday 10 October is a make-up workday and counts",
        "due at the end of Saturday 10 October 2026",
    )


def test_a_natural_limit_says_where_it_would_end() -> None:
    zh = [zh for zh, _ in explain("2026-09-05", Limit(amount=30, unit=LimitUnit.DAY))]
    assert zh[1:4] == [
        "时限30天，按自然日连续计算",
        "末日为10月5日（星期一）",
        "末日遇节假日，顺延到10月8日（星期四）",
    ]


def test_what_is_provisional_says_so_and_names_the_next_year() -> None:
    zh, en = zip(*explain("2026-12-10", Limit(amount=20)), strict=True)
    assert "2027年放假安排尚未公布，按放假办法推算，以国务院公布的放假安排为准" in zh
    assert "其中2027年1月1日至2027年1月3日放假，不计" in zh
    assert any("not announced yet" in said for said in en)


def test_pauses_and_extensions_are_counted_in_the_limits_unit() -> None:
    pause = Pause(date(2026, 3, 6), date(2026, 3, 12))
    zh = [zh for zh, _ in explain("2026-03-02", Limit(amount=10), pause, extension=1)]
    assert "3月6日（星期五）暂停计时，3月12日（星期四）恢复，扣除4个工作日" in zh
    assert "经批准延长1个工作日" in zh
    natural = Limit(amount=1, unit=LimitUnit.MONTH)
    both = explain("2026-03-02", natural, pause, extension=1)
    assert any("扣除6天" in zh for zh, _ in both)
    assert any("extended by 1 month" in en for _, en in both)
    still = explain("2026-03-02", Limit(amount=10), Pause(date(2026, 3, 6)))
    assert still[-1][0] == "3月6日（星期五）起暂停计时，恢复后再算到期日"


def test_one_visit_on_a_day_of_rest_moves_on() -> None:
    zh = [zh for zh, _ in explain("2026-10-11", Limit(amount=0))]
    assert zh == [
        "即办：2026年10月11日（星期日）当日办结",
        "末日遇休息日，顺延到10月12日（星期一）",
        "到期日为2026年10月12日（星期一），当日24时期满",
    ]


@pytest.mark.parametrize("rule", StepRule)
def test_every_step_is_said_in_both_languages(rule: StepRule) -> None:
    day = date(2026, 3, 6)
    days = {StepRule.RESTS: 2, StepRule.PAUSED: 2, StepRule.MOVED: 2}.get(rule, 1)
    (said,) = wording.sentences([Step(rule, (day,) * days, 2)])
    assert re.search(r"[\u3400-\u9fff]", said.zh)
    assert said.en.isascii()
