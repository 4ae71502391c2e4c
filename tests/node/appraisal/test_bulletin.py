"""通报: what the figures are read out as, small numbers beside every rate."""

import pytest

from node.appraisal import bulletin
from node.appraisal.bulletin import Facts
from node.appraisal.report_names import Names
from node.network.actions import Places
from node.web.wording import WORDS, Language
from schemas.appraisal import Grain, Measure, Period, PeriodKind, Tally
from schemas.ids import NodeId
from schemas.nodes import NodeNames
from schemas.reports import Honour, Report
from tests.support.reports import GOOD, OCTOBER, POOR

M = Measure
COUNTY = NodeId("610328")
BOOK = {
    "610328/wjj": ("卫生健康局", "Health Bureau"),
    "610328/lyj": ("林业局", ""),
    "610328/A01": ("A01 综合窗口", ""),
    "610328/B01": ("B01 窗口", ""),
}


def facts(
    counts: dict[Measure, int], period: Period = OCTOBER, language: Language = Language.ZH
) -> Facts:
    figures = (
        Tally(grain=Grain.PLACE, subject=COUNTY, counts=counts),
        Tally(grain=Grain.BODY, subject="610328/wjj", counts=counts),
        Tally(grain=Grain.BODY, subject="610328/lyj"),
        Tally(grain=Grain.WINDOW, subject="610328/A01", counts=counts),
        Tally(grain=Grain.WINDOW, subject="610328/B01"),
    )
    report = Report(
        node=COUNTY, period=period, first="2026-10-01", last="2026-10-31", until="2026-10-31",
        is_over=True, workdays=18, made_at=0, figures=figures, names=BOOK,
        honours=(Honour(grain=Grain.WINDOW, subject="610328/A01", total=9_900),),
    )  # fmt: skip
    words = WORDS[language]
    places = Places({COUNTY: NodeNames(zh="千阳县", en="Qianyang County")}, words)
    return Facts(report, Names(words, places, BOOK, {}))


def test_rates_stand_beside_the_counts_they_are_made_of() -> None:
    text = bulletin.text_of(facts(dict(GOOD)))
    assert text.startswith("千阳县2026年10月政务服务情况通报\n\n一、总体情况。")
    for said in (
        "收件 12 件", "按时办结率 100%（10/10）", "提前办结率 80%（8/10）",
        "平均用时 3 个工作日（10 件）", "提速 50%（30/60 个工作日）", "满意率 100%（6/6）",
        "没有受理办件的部门：林业局", "零办件窗口：B01 窗口", "建议评为红旗窗口：A01 综合窗口",
    ):  # fmt: skip
        assert said in text, said


def test_what_went_wrong_is_said_as_plainly() -> None:
    text = bulletin.text_of(facts({**POOR, M.ORDERS: 2, M.ORDERS_LATE: 1, M.POINTS: 5}))
    assert "超期办结 2 件" in text
    assert "发出督办 2 件，其中逾期未答复 1 件" in text
    assert "红牌 1 张" in text
    assert "问责扣分 5 分" in text
    assert "差评 2 次，已整改 0 次" in text


def test_a_period_in_which_nothing_happened_can_be_read_out() -> None:
    text = bulletin.text_of(facts({}))
    assert "收件 0 件" in text
    assert "按时办结率" not in text  # of nothing there is no rate
    assert "未评的不按好评计算" in text


@pytest.mark.parametrize(
    ("period", "zh", "en"),
    [
        (Period(kind=PeriodKind.DAY, key="2026-10-08"), "2026年10月8日", "2026-10-08"),
        (OCTOBER, "2026年10月", "2026-10"),
        (Period(kind=PeriodKind.QUARTER, key="2026-Q4"), "2026年第4季度", "quarter 4 of 2026"),
        (Period(kind=PeriodKind.YEAR, key="2026"), "2026年", "2026"),
    ],
    ids=lambda one: getattr(one, "key", ""),
)
def test_a_period_is_named_as_people_say_it(period: Period, zh: str, en: str) -> None:
    assert bulletin.period_words(WORDS[Language.ZH], period) == zh
    assert bulletin.period_words(WORDS[Language.EN], period) == en
    assert bulletin.text_of(facts(dict(GOOD), period))


def test_it_can_be_read_out_in_english() -> None:
    text = bulletin.text_of(facts(dict(GOOD), language=Language.EN))
    assert "Qianyang County: report on government services, 2026-10" in text
    assert "Finished in time: 100 % (10/10)" in text
