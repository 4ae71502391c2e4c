"""What the page of a case and its receipt say of its clocks, in both languages."""

from datetime import date, datetime

import pytest
from msgspec.structs import replace

from node.cases import page_clock
from node.clock import CHINA, to_ms
from node.web.wording import WORDS, Language
from schemas.calendar import Reckoned
from schemas.clocks import CaseClock, ClockKind, ClockState, DueChange
from schemas.item_terms import LimitStart
from schemas.items import Limit

ZH, EN = WORDS[Language.ZH], WORDS[Language.EN]
TODAY = date(2026, 12, 10)
RUNNING = CaseClock(
    clock=ClockKind.PROMISED,
    limit=Limit(amount=5),
    state=ClockState.RUNNING,
    start="2026-12-09",
    due="2026-12-16",
    remaining=4,
    steps=(Reckoned(zh="因为", en="because"),),
)
WAITING = replace(RUNNING, state=ClockState.WAITING, start=None, due=None, remaining=None)
ENDED = replace(RUNNING, state=ClockState.ENDED, ended="2026-12-10")
MOVED = DueChange(
    was="2026-12-16",
    was_provisional=False,
    due="2026-12-01",
    provisional=False,
    at=to_ms(datetime(2026, 12, 20, tzinfo=CHINA)),
)
"""By a calendar that came after the case was decided."""
PAUSED = replace(
    RUNNING, state=ClockState.PAUSED, due=None, remaining=None, paused_since="2026-12-09"
)


@pytest.mark.parametrize(
    ("clock", "tone", "zh", "en"),
    [
        (RUNNING, "brand", "还剩 4 个工作日", "4 working days left"),
        (replace(RUNNING, remaining=1), "brand", "还剩 1 个工作日", "1 working day left"),
        (replace(RUNNING, due="2026-12-10", remaining=0), "yellow", "今天到期", "Due today"),
        (
            replace(RUNNING, due="2026-12-08", remaining=-2, overdue=True),
            "red",
            "已超过 2 个工作日",
            "2 working days over",
        ),
        (
            replace(RUNNING, due="2026-12-08", remaining=-2, provisional=True),
            "yellow",
            "已超过 2 个工作日",
            "2 working days over",
        ),
        (
            replace(RUNNING, due="2026-12-09", remaining=0, overdue=True),
            "red",
            "已到期",
            "Past its day",
        ),
        (WAITING, "plain", "未开始计时", "Not running yet"),
        (PAUSED, "still", "2026-12-09 起暂停", "Paused since 2026-12-09"),
        (ENDED, "plain", "提前办结", "Done early"),
        (replace(ENDED, remaining=1), "plain", "提前办结", "Done early"),
        (replace(ENDED, due=ENDED.ended), "plain", "按时办结", "Done in time"),
        (replace(ENDED, due="2026-01-01"), "red", "超期办结", "Done late"),
        (replace(ENDED, due="2026-01-01", provisional=True), "plain", "已结束计时", "Stopped"),
        (replace(ENDED, due="2026-12-01", changes=(MOVED,)), "plain", "提前办结", "Done early"),
        (replace(ENDED, remaining=None, due=None), "plain", "已结束计时", "Stopped"),
    ],
)
def test_what_is_left_is_a_shape_and_a_word(clock: CaseClock, tone: str, zh: str, en: str) -> None:
    for words, said in ((ZH, zh), (EN, en)):
        mark = page_clock.card_of(words, clock, TODAY).mark
        assert (mark.tone, mark.words) == (tone, said)


@pytest.mark.parametrize(
    ("clock", "zh", "en"),
    [
        (RUNNING, "2026年12月16日 星期三", "Wednesday 16 December 2026"),
        (WAITING, "受理后起算", "Runs from acceptance"),
        (
            replace(WAITING, limit=Limit(amount=30, start=LimitStart.BATCH_CLOSED)),
            "下一批次公布后起算",
            "Runs once the next batch is announced",
        ),
        (
            PAUSED,
            "恢复计时后再算到期日",
            "The last day is known once it goes on",
        ),
        (replace(ENDED, start=None, due=None, remaining=None), "没有起算", "Never ran"),
    ],
)
def test_the_last_day_or_what_it_waits_for_is_said(clock: CaseClock, zh: str, en: str) -> None:
    assert page_clock.card_of(ZH, clock, TODAY).due == zh
    assert page_clock.card_of(EN, clock, TODAY).due == en


def test_a_provisional_day_says_which_year_is_not_announced() -> None:
    clock = replace(RUNNING, due="2027-01-08", provisional=True, lacking_years=(2027,))
    card = page_clock.card_of(ZH, clock, TODAY)
    assert card.provisional is not None
    assert (card.provisional.tone, card.provisional.words) == ("yellow", "暂定")
    assert card.hint == "2027 年放假安排尚未公布，公布后重新推算"
    missing = page_clock.card_of(ZH, replace(clock, calendar_missing=True), TODAY)
    assert "不能据此认定超期" in missing.hint
    certain = page_clock.card_of(ZH, RUNNING, TODAY)
    assert (certain.provisional, certain.hint) == (None, "")


def test_the_card_says_why_and_what_the_day_was_before() -> None:
    change = DueChange(
        was="2027-01-08",
        was_provisional=True,
        due="2027-01-07",
        provisional=False,
        at=1_797_000_000_000,
    )
    same = replace(change, due="2027-01-08")
    card = page_clock.card_of(ZH, replace(RUNNING, changes=(change, same)), TODAY)
    assert (card.ask, card.steps) == ("为什么是这一天", ("因为",))
    assert page_clock.card_of(EN, RUNNING, TODAY).steps == ("because",)
    moved, confirmed = card.earlier
    assert moved == ("原为2027年1月8日 星期五，2026-12-11 按新的工作日历改为2027年1月7日 星期四")
    assert confirmed == "原为暂定，2026-12-11 公布放假安排后确定"
    assert page_clock.card_of(ZH, WAITING, TODAY).ask == "为什么还没有日期"


@pytest.mark.parametrize(
    ("clock", "values"),
    [
        (RUNNING, ["2026年12月16日 星期三"]),
        (
            replace(RUNNING, due="2027-01-08", provisional=True),
            ["2027年1月8日 星期五（暂定，以国务院公布的放假安排为准）"],
        ),
        (WAITING, []),
        (ENDED, []),
        (replace(RUNNING, clock=ClockKind.STATUTORY), []),
    ],
)
def test_the_receipt_promises_a_day_only_when_there_is_one(
    clock: CaseClock, values: list[str]
) -> None:
    assert [fact.value for fact in page_clock.receipt_facts(ZH, (clock,))] == values
