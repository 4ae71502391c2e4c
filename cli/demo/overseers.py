"""Who supervises in a made-up year: what was found is ordered, answered, judged, and reported."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from cli.demo.officials import Errand, Found, Staffed
from cli.demo.past import MINUTES_A_DAY
from node.appraisal import periods, reports_actions
from node.cases.actions import make_text
from node.clock import CHINA, local_day
from node.database import Tx
from node.errors import BadInputError
from node.following.actions import Following
from node.supervision import actions as supervision
from node.supervision import orders_actions, orders_people, orders_reading, reading
from node.web.wording import WORDS, Language
from node.work import Actor
from schemas.appraisal import Period, PeriodKind
from schemas.ids import NodeId, StreamName
from schemas.orders import (
    AppealOrder,
    Cause,
    Consequence,
    Correction,
    IssueOrder,
    JudgeOrder,
    OrderKind,
    OrderVerdict,
    OrderView,
    ReplyOrder,
    VerdictGround,
)
from schemas.reports import IssueReport, ReportState
from schemas.supervision import Finding, FindingLevel, FindingState
from schemas.supervision_api import FindingQuery

NINE: Final = time(9)
MOST_AT_ONCE: Final = 40  # findings that a supervisor deals with in one morning
EXEMPT: Final = 6  # one order in so many is exempt, and the one behind it a false alarm
APPEALS: Final = 9  # one verdict in so many is appealed against


# ---- 效能监察


@dataclass(frozen=True, slots=True)
class Morning:
    """A supervisor goes through what was found, every week."""

    at: NodeId
    following: Following

    async def run(self, hall: Staffed, instant: datetime) -> Found:
        """Order what is red, note what is yellow; come again next week."""
        await self.following.catch_up()
        works = hall.offline.nodes[self.at].works
        supervisor = hall.supervisors(self.at)[0]
        page = await works.read(_waiting)
        found: list[tuple[float, Errand]] = []
        for one in page:
            if one.level is FindingLevel.YELLOW:
                await works.run(supervisor, supervision.note, one.id, "已提醒, 暂不督办")
                continue
            order = await self._order(hall, supervisor, one)
            if order is not None:
                found.append((1.3 * MINUTES_A_DAY, Reply(order.stream, self.at)))
        found.append((5 * MINUTES_A_DAY, self))
        del instant
        return found

    async def _order(self, hall: Staffed, supervisor: Actor, one: Finding) -> OrderView | None:
        node = hall.offline.nodes[self.at]
        form = IssueOrder(order=OrderKind.ORDER, findings=(one.id,), text=one.says)
        text = await asyncio.to_thread(make_text, node.parts, form.text)
        try:
            return await node.works.run(supervisor, orders_actions.issue, form, text)
        except BadInputError:  # nobody here can be asked about it
            await node.works.run(supervisor, supervision.note, one.id, "已转有关单位处理")
            return None


def _waiting(tx: Tx) -> tuple[Finding, ...]:
    query = FindingQuery(state=FindingState.OPEN)
    return reading.page(tx, query, WORDS[Language.ZH], most=MOST_AT_ONCE).findings


@dataclass(frozen=True, slots=True)
class Reply:
    """Whoever is asked signs in and replies."""

    stream: StreamName
    at: NodeId
    """Who issued it."""

    async def run(self, hall: Staffed, instant: datetime) -> Found:
        """Say why it was late, and what was done."""
        del instant
        await hall.offline.settle()
        order = await _order_at(hall, self.at, self.stream)
        node = hall.offline.nodes[order.subject]
        actor = hall.first(node.me, lambda one: orders_people.answers(order, node.me, one))
        await node.works.run(actor, orders_actions.acknowledge, _address(self.stream))
        turn = _turn(order)
        form = ReplyOrder(
            cause=Cause.APPLICANT if turn is OrderVerdict.EXEMPT else Cause.WORKLOAD,
            correction=Correction.DONE,
            text="已督促办理，并安排专人跟进。",
        )
        text = await asyncio.to_thread(make_text, node.parts, form.text)
        await node.works.run(actor, orders_actions.reply, _address(self.stream), form, text)
        return ((0.8 * MINUTES_A_DAY, Verdict(self.stream, self.at)),)


def _turn(order: OrderView) -> OrderVerdict:
    """Choose the verdict by the order's own serial, so that every kind comes up."""
    serial = int("".join(one for one in order.number.rpartition("〕")[2] if one.isdigit()) or 0)
    if serial % EXEMPT == 0:
        return OrderVerdict.EXEMPT
    return OrderVerdict.FALSE_ALARM if serial % EXEMPT == 1 else OrderVerdict.UPHELD


async def _order_at(hall: Staffed, node: NodeId, stream: StreamName) -> OrderView:
    found = await hall.offline.nodes[node].works.read(orders_reading.view, stream)
    if found is None:
        raise LookupError(f"{node} does not know {stream}")
    return found


@dataclass(frozen=True, slots=True)
class Verdict:
    """The supervisor judges a reply; now and then somebody appeals."""

    stream: StreamName
    at: NodeId

    async def run(self, hall: Staffed, instant: datetime) -> Found:
        """Judge it."""
        del instant
        await hall.offline.settle()
        order = await _order_at(hall, self.at, self.stream)
        node, first = hall.offline.nodes[self.at], hall.supervisors(self.at)[0]
        form = _VERDICTS[_turn(order)]
        await node.works.run(first, orders_actions.judge, _address(self.stream), form, None)
        if form.verdict is OrderVerdict.UPHELD and hash_of(order.number) % APPEALS == 0:
            return ((1.5 * MINUTES_A_DAY, Appeal(self.stream, self.at)),)
        return ()


def _address(stream: StreamName) -> str:
    return stream.rpartition("/")[2]


def hash_of(text: str) -> int:
    """Number a text the same way every time."""
    return sum(text.encode())


_VERDICTS: Final[Mapping[OrderVerdict, JudgeOrder]] = {
    OrderVerdict.UPHELD: JudgeOrder(
        verdict=OrderVerdict.UPHELD, ground=VerdictGround.PROVEN,
        consequence=Consequence.POINTS, points=2,
    ),
    OrderVerdict.EXEMPT: JudgeOrder(
        verdict=OrderVerdict.EXEMPT, ground=VerdictGround.APPLICANT_CAUSE
    ),
    OrderVerdict.FALSE_ALARM: JudgeOrder(
        verdict=OrderVerdict.FALSE_ALARM, ground=VerdictGround.WRONG_DATA
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Appeal:
    """Whoever was judged appeals, and another supervisor decides."""

    stream: StreamName
    at: NodeId

    async def run(self, hall: Staffed, instant: datetime) -> Found:
        """Appeal, and have it decided."""
        del instant
        await hall.offline.settle()
        order = await _order_at(hall, self.at, self.stream)
        subject, node = hall.offline.nodes[order.subject], hall.offline.nodes[self.at]
        head = hall.first(
            subject.me,
            lambda one: (
                orders_people.answers(order, subject.me, one) and orders_people.heads(order, one)
            ),
        )
        why = "当日系统维护，未能及时提交。"
        appeal = AppealOrder(ground=VerdictGround.SYSTEM_FAULT, text=why)
        text = await asyncio.to_thread(make_text, subject.parts, why)
        await subject.works.run(head, orders_actions.appeal, _address(self.stream), appeal, text)
        await hall.offline.settle()
        decided = "经核实系统日志，申诉成立。"
        decision = JudgeOrder(
            verdict=OrderVerdict.EXEMPT, ground=VerdictGround.SYSTEM_FAULT, text=decided
        )
        said = await asyncio.to_thread(make_text, node.parts, decided)
        second = hall.supervisors(self.at)[-1]
        name = _address(self.stream)
        await node.works.run(second, orders_actions.decide_appeal, name, decision, said)
        return ()


# ---- 考评


@dataclass(frozen=True, slots=True)
class Reports:
    """The reports that are due at the beginning of a month, a quarter, a year."""

    at: NodeId
    following: Following
    period: Period

    async def run(self, hall: Staffed, instant: datetime) -> Found:
        """Issue what is due; publish a quarter's once nobody objects any more."""
        del instant
        await self.following.catch_up()
        works = hall.offline.nodes[self.at].works
        issuer = hall.supervisors(self.at)[0]
        issued = await works.run(issuer, reports_actions.issue, self.period, IssueReport())
        row = issued.row
        if row is not None and row.state is ReportState.IN_OBJECTION:
            return ((8 * MINUTES_A_DAY, Publishing(self.at, row.stream)),)
        return ()


@dataclass(frozen=True, slots=True)
class Publishing:
    """A report is published after its objection period."""

    at: NodeId
    stream: StreamName

    async def run(self, hall: Staffed, instant: datetime) -> Found:
        """Publish it."""
        del instant
        works = hall.offline.nodes[self.at].works
        await works.run(hall.supervisors(self.at)[0], reports_actions.publish, self.stream)
        return ()


def dues_between(
    at: NodeId, following: Following, first: datetime, last: datetime
) -> Iterator[tuple[datetime, Reports]]:
    """List the month and quarter reports that fall due between two instants: each with its own."""
    for kind, wait in ((PeriodKind.MONTH, 3), (PeriodKind.QUARTER, 5)):
        period = periods.after(periods.period_of(kind, local_day(first)))
        while (day := periods.bounds(period)[1] + timedelta(days=wait)) < local_day(last):
            yield datetime.combine(day, NINE, CHINA), Reports(at, following, period)
            period = periods.after(period)
