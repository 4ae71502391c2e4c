"""What lies on the desks of the sample nodes when a demonstration begins: cases left half way.

Each is a walk that stops at a turn marked `later`. Some were taken days ago, so that one is
overdue, some are due today, and some have time; all clocks go back for those, and return.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Final

from cli.demo.people import People
from cli.demo.walk import Life
from cli.demo.walks import (
    COUNTY,
    FAR_VILLAGE,
    SECOND_VILLAGE,
    TOWN,
    VILLAGE,
    Turn,
    Walk,
    person,
)
from schemas.case_forms import SuspendCase
from schemas.cases import Action, Outcome
from schemas.cases_api import DecideCase, RequestCorrection
from schemas.item_terms import SpecialKind
from schemas.reasons import Reason

MoveClocks = Callable[[int], Awaitable[None]]
"""Lets all nodes live so many seconds from the system's time."""
GRANT: Final = DecideCase(outcome=Outcome.GRANTED, opinion="同意")
WEEK: Final = 7  # days: five working days, where no holiday falls into them


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A case that somebody left on a desk."""

    walk: Walk
    days_ago: int = 0
    """When it was taken in."""


def _until(action: Action, stage: str = "") -> Turn:
    """Stop before this step; without a stage, before anything else is done."""
    return Turn(action=action, stage=stage, later=True)


def _corrections(*materials: str, note: str) -> Turn:
    form = RequestCorrection(reason=Reason.MATERIALS_DEFECTIVE, materials=materials, note=note)
    return Turn(action=Action.REQUEST_CORRECTION, form=form)


# fmt: off
LEFT: Final = (
    # Two weeks ago: what five working days were promised for is overdue, ten are over today.
    Left(days_ago=2 * WEEK, walk=Walk("逾期: 卫生许可待审查", "wjj-01", COUNTY,
        person("田芳", "610328190001010208", "13800000020"),
        turns=(_until(Action.REVIEW, "审查"),))),
    Left(days_ago=2 * WEEK, walk=Walk("今日到期: 乡村建设规划许可待决定", "zrzy-01", VILLAGE,
        person("任建国", "610328190001010216", "13800000021"),
        turns=(_until(Action.DECIDE, "决定"),))),
    Left(days_ago=2 * WEEK, walk=Walk("宅基地待镇审批", "town-01", VILLAGE,
        person("姚桂英", "610328190001010224", "13800000022"),
        turns=(_until(Action.DECIDE, "审批"),))),
    Left(days_ago=2 * WEEK, walk=Walk("停表: 娱乐场所设立, 等待听证", "wlj-02", COUNTY,
        person("孔令辉", "610328190001010232", "13800000023"), turns=(
            Turn(action=Action.SUSPEND, stage="审查", days={"on": 20}, form=SuspendCase(
                procedure=SpecialKind.HEARING, place="县政务服务中心三楼听证室")),
            _until(Action.RESUME)))),
    # A week ago: due today, in time, and sent back for a paper.
    Left(days_ago=WEEK, walk=Walk("今日到期: 食品经营许可待决定", "scjg-03", COUNTY,
        person("冯玉梅", "610328190001010240", "13800000024"), situation=("self",),
        turns=(_until(Action.DECIDE, "决定"),))),
    Left(days_ago=WEEK, walk=Walk("林木采伐许可待审查", "lyj-01", VILLAGE,
        person("石大林", "610328190001010259", "13800000025"),
        turns=(_until(Action.REVIEW, "审查"),))),
    Left(days_ago=WEEK, walk=Walk("补正中: 农药经营许可", "nyncj-01", VILLAGE,
        person("龙小军", "610328190001010267", "13800000026"), turns=(
            _corrections("form", note="申请表没有签字, 请补签后再传"),
            _until(Action.CORRECT)))),
    Left(days_ago=WEEK, walk=Walk("待分办: 出版物零售单位设立", "wlj-01", COUNTY,
        person("万里", "610328190001010275", "13800000027"),
        turns=(_until(Action.DISPATCH, "分办"),))),
    # Today.
    Left(walk=Walk("待镇初审: 高龄补贴", "mzj-01", VILLAGE,
        person("段秀英", "610328190001010283", "13800000028"),
        turns=(_until(Action.FORWARD),))),
    Left(walk=Walk("待镇初审: 残疾人两项补贴", "mzj-08", SECOND_VILLAGE,
        person("雷鸣", "610328190001010291", "13800000029"),
        turns=(_until(Action.FORWARD),))),
    Left(walk=Walk("待镇登记: 养老保险参保", "rsj-01", VILLAGE,
        person("侯春花", "610328190001010304", "13800000030"),
        turns=(_until(Action.DECIDE, "审核登记"),))),
    Left(walk=Walk("待受理: 货运经营许可", "jtj-01", TOWN,
        person("邵勇", "610328190001010312", "13800000031"),
        turns=(_until(Action.ACCEPT),))),
    Left(walk=Walk("网上申请待收件", "wjj-01", COUNTY,
        person("孟洁", "610328190001010320", "13800000032"), online=True,
        turns=(_until(Action.ADMIT),))),
    Left(walk=Walk("待审查: 卫生许可 (远村)", "wjj-01", FAR_VILLAGE,
        person("秦汉", "610328190001010339", "13800000033"),
        turns=(_until(Action.REVIEW, "审查"),))),
    Left(walk=Walk("待审查: 有限责任公司设立", "scjg-02", COUNTY,
        person("陆海生", "610328190001010435", "13800000037"),
        turns=(_until(Action.REVIEW, "审查"),))),
    Left(walk=Walk("待市级审查: 取水许可", "slj-02", TOWN,
        person("江涛", "610328190001010347", "13800000034"),
        turns=(_until(Action.REVIEW, "市级审查"),))),
    Left(walk=Walk("待出件: 医保参保登记", "ybj-01", VILLAGE,
        person("史桂兰", "610328190001010355", "13800000035"), turns=(
            Turn(action=Action.DECIDE, stage="审核登记", form=GRANT),
            _until(Action.DELIVER)))),
    Left(walk=Walk("待出件: 企业投资项目备案", "fgj-01", COUNTY,
        person("千阳示例粮油有限公司", "91610328MA00000018", "13800000036", kind="legal"), turns=(
            Turn(action=Action.DECIDE, stage="备案", form=GRANT),
            _until(Action.DELIVER)))),
)
# fmt: on


async def lay_out(people: People, move: MoveClocks) -> None:
    """Have every case taken in on its day and brought to its desk; the clocks end where they were.

    Raises `StuckError`.
    """
    here = round(people.clock.offset.total_seconds())
    for days, left in groupby(LEFT, key=lambda one: one.days_ago):
        if days:
            await move(here - round(timedelta(days=days).total_seconds()))
        people.tokens.clear()  # who signed in on another day is signed out by now
        here_now = [one.walk for one in left if one.walk.origin in people.urls]
        await asyncio.gather(*(Life(people, walk).go_on() for walk in here_now))
        await move(here)
