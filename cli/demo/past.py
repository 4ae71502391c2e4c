"""A year of a small county as a plan: who comes when, for what, where, and what goes wrong. Pure.

Drawn from one seed, so the same plan comes out every time. What is planned is only what people do;
what follows from it (limits, lights, findings, figures) is the product's to say.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Final

from node.calendar.model import Calendar
from node.catalogue.model import needs_place, takes_at
from node.clock import CHINA
from schemas.ids import NodeId, level_of
from schemas.items import Item
from schemas.parts import Person

SEED: Final = 2017_0425  # the day of the county's plan
DAYS: Final = 365
CASES: Final = (
    1_200  # some five a working day: what 4 windows and a dozen stations take in slack days
)
MORNING, NOON, BACK, EVENING = time(8, 30), time(12), time(14), time(17, 30)
AT_NIGHT: Final = time(1)
MINUTES_A_DAY: Final = 420  # 210 before noon, 210 behind it
HALF_DAY: Final = 210
ARRIVALS: Final = (8, 14, 12, 6, 0, 10, 13, 9, 4)
"""How many come in each of the nine hours from half past eight."""
SEASONS: Final = (0.9, 0.6, 1.1, 1.1, 1.0, 1.0, 0.9, 0.9, 1.1, 1.2, 1.3, 1.2)
"""January to December: nobody comes at Spring Festival, everybody when insurance is paid."""

ITEMS: Final[Mapping[str, int]] = {
    "ybj-01": 26, "rsj-01": 11, "town-02": 7, "mzj-03": 7, "mzj-01": 7, "scjg-01": 9,
    "rsj-03": 5, "wjj-01": 5, "scjg-03": 5, "town-01": 4, "town-03": 4, "gaj-01": 4,
    "lyj-01": 3, "zrzy-01": 3, "sfj-01": 3, "mzj-06": 3, "rsj-02": 3, "nyncj-01": 2,
    "nyncj-03": 2, "wjj-02": 2, "nyncj-04": 2, "wlj-01": 1, "slj-01": 1, "zjj-02": 1,
}  # fmt: skip
"""How often each sample item is asked for, of some 120."""
WHERE: Final[Mapping[str, int]] = {"village": 22, "town": 26, "county": 52}
"""Where people go, of those tiers that take the item."""
SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗"
GIVEN: Final = (
    "建国", "秀英", "军", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "杰", "娟", "涛", "明",
    "超", "桂兰", "玉梅", "海燕", "小红", "志强", "文斌", "春花", "国庆",
)  # fmt: skip


class Trouble(Enum):
    """What does not go the straight way."""

    NONE = "none"
    CORRECTION = "correction"  # 补正一次
    SECOND_CORRECTION = "second_correction"  # 补正两次
    SLOW_STEP = "slow_step"  # 一个环节超时
    OVERDUE = "overdue"  # 超过承诺时限
    LATE_ACCEPTANCE = "late_acceptance"  # 五日内没有受理
    LATE_SIGN_IN = "late_sign_in"  # 分办后迟迟没有签收
    DENIED = "denied"  # 不予许可
    REFUSED = "refused"  # 不予受理
    WITHDRAWN = "withdrawn"  # 撤回


TROUBLES: Final[Mapping[Trouble, int]] = {
    Trouble.NONE: 790, Trouble.CORRECTION: 75, Trouble.SECOND_CORRECTION: 8, Trouble.SLOW_STEP: 38,
    Trouble.OVERDUE: 18, Trouble.LATE_ACCEPTANCE: 10, Trouble.LATE_SIGN_IN: 18, Trouble.DENIED: 20,
    Trouble.REFUSED: 13, Trouble.WITHDRAWN: 10,
}  # fmt: skip
"""Of a thousand."""
RATED: Final = 0.41
GRADES: Final = (5, 4, 3, 2, 1)
OF_GRADES: Final = (780, 170, 30, 14, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One application: what people will do about it."""

    item: str
    origin: NodeId
    begins: datetime
    applicant: Person
    trouble: Trouble
    pace: float
    """Which part of a stage's time its people take."""
    grade: int | None
    """How he will evaluate it; `None`: he will not."""
    place: NodeId | None = None
    """The place that the matter concerns, where it is not the window's own."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a year."""

    last: date
    """The day behind it."""
    days: int = DAYS
    cases: int = CASES


def plans(
    items: Mapping[str, Item], origins: Sequence[NodeId], calendar: Calendar, extent: Extent
) -> tuple[Plan, ...]:
    """Draw what people do in those days, in the order in which they come."""
    dice = random.Random(SEED)  # noqa: S311  # no secret: a made-up year
    days = [
        day
        for day in (extent.last - timedelta(days=back) for back in range(extent.days, 0, -1))
        if calendar.is_workday(day)
    ]
    known = [code for code in ITEMS if code in items]
    drawn = []
    for number in range(extent.cases):
        day = dice.choices(days, [SEASONS[one.month - 1] for one in days])[0]
        item = items[dice.choices(known, [ITEMS[code] for code in known])[0]]
        origin = _origin(dice, item, origins)
        plan = _plan(dice, item, origin, day, number)
        drawn.append(replace(plan, place=_place(dice, item, origin, origins)))
    return tuple(sorted(drawn, key=lambda plan: plan.begins))


def _plan(dice: random.Random, item: Item, origin: NodeId, day: date, number: int) -> Plan:
    minute = dice.choices(range(len(ARRIVALS)), ARRIVALS)[0] * 60 + dice.randrange(55)
    begins = datetime.combine(day, MORNING, CHINA) + timedelta(minutes=minute)
    trouble = dice.choices(list(TROUBLES), list(TROUBLES.values()))[0]
    if item.promised.amount < 2 and trouble not in (Trouble.NONE, Trouble.CORRECTION):  # noqa: PLR2004
        trouble = Trouble.NONE  # done while he waits
    grade = dice.choices(GRADES, OF_GRADES)[0] if dice.random() < RATED else None
    if trouble is Trouble.OVERDUE and grade is not None:
        grade = max(1, grade - dice.randrange(3))
    return Plan(
        item=item.code,
        origin=origin,
        begins=begins,
        applicant=_person(dice, number),
        trouble=trouble,
        pace=dice.uniform(0.15, 0.8) * _habit(str(item.department)),
        grade=grade,
    )


def _habit(department: str) -> float:
    """Some departments are quicker than others, always the same ones."""
    return 0.75 + (sum(department.encode()) % 7) / 16


def _origin(dice: random.Random, item: Item, origins: Sequence[NodeId]) -> NodeId:
    fits = [
        one for one in origins if takes_at(item, level_of(one)) and level_of(one).value in WHERE
    ]
    share = {level: sum(level_of(one).value == level for one in fits) for level in WHERE}
    return dice.choices(fits, [WHERE[level_of(one)] / share[level_of(one)] for one in fits])[0]


def _place(
    dice: random.Random, item: Item, origin: NodeId, origins: Sequence[NodeId]
) -> NodeId | None:
    level = needs_place(item, origin)
    below = [one for one in origins if level_of(one) is level and one.startswith(origin)]
    return dice.choice(below) if below else None


def _person(dice: random.Random, number: int) -> Person:
    """Make somebody up: born in 1900, so a well-formed number that is nobody's."""
    born = date(1900, 1, 1) + timedelta(days=number % 365)
    stem = f"610328{born:%Y%m%d}{200 + number // 365:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
    check = "10X98765432"[sum(int(a) * b for a, b in zip(stem, weights, strict=True)) % 11]
    return Person(
        kind="natural",
        name=dice.choice(SURNAMES) + dice.choice(GIVEN),
        id_number=stem + check,
        phone=f"139{number:08d}",
        address="千阳县 (示例)",
    )


def later(begins: datetime, minutes: float, calendar: Calendar) -> datetime:
    """Give the instant so many office minutes behind another."""
    here = _opened(begins.astimezone(CHINA), calendar)
    left = max(1.0, minutes)
    for half in _halves(here, calendar):
        room = (half[1] - half[0]).total_seconds() / 60
        if left < room:
            return half[0] + timedelta(minutes=left)
        left -= room
    raise AssertionError("the calendar has no end")


def _opened(instant: datetime, calendar: Calendar) -> datetime:
    """Give the instant itself, or the next at which somebody is there."""
    return next(_halves(instant, calendar))[0]


def _halves(instant: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """List the half days of offices from an instant on, the first cut off by it."""
    day = instant.date()
    while True:
        if calendar.is_workday(day):
            for opens, closes in ((MORNING, NOON), (BACK, EVENING)):
                first = max(instant, datetime.combine(day, opens, CHINA))
                end = datetime.combine(day, closes, CHINA)
                if first < end:
                    yield first, end
        day += timedelta(days=1)
