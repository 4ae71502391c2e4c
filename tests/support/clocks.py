"""A county whose clock tests may set, with items of one limit or another."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from msgspec.structs import replace

from node.calendar import actions as calendar
from node.calendar.sources import calendar_from
from node.cases import actions, clock_answers, clockbook, clocks, reading
from node.cases.caseview import CaseView
from node.cases.clocks import Timer
from node.catalogue import actions as catalogue
from node.clock import CHINA
from node.database import Tx
from node.runtime.recounting import Recounter
from node.staff import actions as staff
from node.work import SYSTEM, Actor
from schemas.calendar import YearTable
from schemas.case_terms import MaterialGiven
from schemas.cases import Outcome
from schemas.cases_api import (
    AcceptCase,
    CorrectCase,
    DecideCase,
    DispatchCase,
    ReceiveCase,
    RefuseCase,
    RequestCorrection,
    ReviewCase,
    WithdrawCase,
)
from schemas.clocks import CaseClock, CaseClocks, ClockKind, ClockState
from schemas.ids import Level, StaffId
from schemas.item_terms import CaseKind, Mode
from schemas.items import Batch, Item, Limit, Tier
from schemas.reasons import Reason
from schemas.staff import Department, Role
from tests.support.casework import COUNTY, OPERATOR, PAPERS, SUPERVISOR, ZHANG, Office, open_office
from tests.support.catalogue import ACCEPT, DECIDE, DISPATCH, LICENCE, REVIEW, WJJ
from tests.support.steps import GROUND, REMEDIES

FILLED = 1_000_000
"""Rows of cases that `fill` writes lie behind this number, where no real one is."""
EVERYBODY = Actor(
    StaffId("all"), frozenset({Role.CLERK, Role.HANDLER, Role.APPROVER}), department=WJJ
)


def item_of(
    promised: Limit, statutory: Limit | None = None, batches: tuple[Batch, ...] = ()
) -> Item:
    """An item of the county alone, taken, decided and handed over there."""
    stages = (ACCEPT, DISPATCH, REVIEW, DECIDE)
    return replace(
        LICENCE,
        code="wjj-09",
        type_code="20",  # 公共服务: no law has to set its limits
        case_kind=CaseKind.PROMISED if promised.amount else CaseKind.INSTANT,
        promised=promised,
        statutory=statutory,
        batches=batches,
        process=tuple(replace(stage, workdays=0) for stage in stages),
        tiers=(Tier(level=Level.COUNTY, mode=Mode.DIRECT),),
    )


@dataclass
class Clockmaker:
    """The county, and one case after another."""

    office: Office

    def go_to(self, day: str) -> None:
        """Let it be ten in the morning of that day."""
        clock = self.office.node.works.clock
        morning = datetime.combine(date.fromisoformat(day), time(10), CHINA)
        clock.offset = morning - clock.wall()

    async def publish(self, item: Item) -> None:
        await self.office.node.works.run(OPERATOR, catalogue.publish, (item,))

    async def receive(self, day: str) -> CaseView:
        self.go_to(day)
        form = ReceiveCase(item="wjj-09", applicant=ZHANG, materials=PAPERS)
        return await self.office.receive(form, EVERYBODY)

    async def accept(self, view: CaseView, day: str) -> CaseView:
        self.go_to(day)
        works = self.office.node.works
        return await works.run(EVERYBODY, actions.accept, view.stream, AcceptCase())

    async def ask_correction(self, view: CaseView, day: str) -> CaseView:
        self.go_to(day)
        form = RequestCorrection(reason=Reason.MATERIALS_MISSING, materials=("form",))
        works = self.office.node.works
        return await works.run(EVERYBODY, actions.request_correction, view.stream, form)

    async def correct(self, view: CaseView, day: str) -> CaseView:
        self.go_to(day)
        form = CorrectCase(materials=(MaterialGiven(code="form", originals=1),))
        return await self.office.node.works.run(EVERYBODY, actions.correct, view.stream, form)

    async def decide(self, view: CaseView, day: str) -> CaseView:
        self.go_to(day)
        works, granted = self.office.node.works, Outcome.GRANTED
        await works.run(EVERYBODY, actions.dispatch, view.stream, DispatchCase())
        await works.run(EVERYBODY, actions.review, view.stream, ReviewCase(proposes=granted))
        return await works.run(EVERYBODY, actions.decide, view.stream, DecideCase(outcome=granted))

    async def refuse(self, view: CaseView, day: str) -> CaseView:
        self.go_to(day)
        form = RefuseCase(
            reason=Reason.NOT_OUR_COMPETENCE, ground=GROUND, remedies=REMEDIES, competent="市卫健委"
        )
        return await self.office.node.works.run(EVERYBODY, actions.refuse, view.stream, form)

    async def withdraw(self, view: CaseView, day: str) -> CaseView:
        self.go_to(day)
        form = WithdrawCase(reason=Reason.APPLICANT_WITHDREW)
        return await self.office.node.works.run(EVERYBODY, actions.withdraw, view.stream, form)

    async def publish_days(self, table: YearTable, day: str) -> None:
        self.go_to(day)
        await self.office.node.works.run(SYSTEM, calendar.publish, table)

    async def recount(self) -> int:
        return await Recounter(self.office.node.works).catch_up()

    async def told(self, view: CaseView, today: str) -> CaseClocks:
        """What the API tells on that day."""
        return await told(self.office, view, today)

    async def promised(self, view: CaseView, today: str) -> CaseClock:
        """The first clock alone."""
        return (await self.told(view, today)).clocks[0]

    async def decision(self, view: CaseView, today: str) -> tuple[CaseClock, CaseClock]:
        """The promised and the statutory clock."""
        promised, statutory = (await self.told(view, today)).clocks[:2]
        assert statutory.clock is ClockKind.STATUTORY
        return promised, statutory

    async def clock(self, view: CaseView, kind: ClockKind, today: str) -> CaseClock:
        """The clock of that kind."""
        return next(one for one in (await self.told(view, today)).clocks if one.clock is kind)


async def told(office: Office, view: CaseView, today: str) -> CaseClocks:
    """What a node tells of a case's clocks on that day."""
    works = office.node.works
    reader = reading.reader_of(works.ledger.me, works.profile, SUPERVISOR)
    return await works.read(clock_answers.told, reader, view.stream, date.fromisoformat(today))


@asynccontextmanager
async def clockmaker(folder: Path) -> AsyncIterator[Clockmaker]:
    """Open the county, which knows no item yet."""
    async with open_office(folder, COUNTY) as office:
        made = Clockmaker(office)
        made.go_to("2026-01-05")
        departments = (Department(id=WJJ, name="卫生健康局"),)
        await office.node.works.run(SYSTEM, staff.put_departments, departments)
        yield made


def fill(tx: Tx, count: int, mark: int) -> None:
    """Write rows of that many open cases with two running clocks each, straight into the tables.

    There are no events behind them: only what reckons due days anew may look at them.
    """
    first = date(2026, 10, 9)
    for number in range(1, count + 1):
        tx.execute(
            "INSERT INTO cases (id, stream, number, item, item_version, origin, place, received_at,"
            " mine, state, stage, holder, since, seq, asked_for, reclaimed, unjudged)"
            " VALUES (?, ?, ?, 'item', 1, ?, ?, 1, 1, 'accepted', 0, ?, 1, 1, '', 0, 0)",
            (FILLED + number, f"case/{COUNTY}/{number:016d}", str(number), *(COUNTY,) * 3),
        )
        start = first + timedelta(days=number % 75)
        timers = [
            clocks.reckoned(
                Timer(
                    clock=clock,
                    limit=Limit(amount=amount),
                    place=COUNTY,
                    state=ClockState.RUNNING,
                    start=start,
                ),
                calendar_from(()),
            )
            for clock, amount in ((ClockKind.PROMISED, 10), (ClockKind.STATUTORY, 20))
        ]
        clockbook.insert(tx, FILLED + number, timers, mark)
