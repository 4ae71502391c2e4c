"""A county whose counts are known, for its reports: real store, keys and streams; a clock to move.

What was counted is put into the real table of counts, as the follower would put it.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import count
from pathlib import Path

from node.appraisal import reading, store
from node.appraisal.shares import Measured, Share, Subject
from node.clock import CHINA
from node.database import Tx
from node.staff import actions as staff
from node.staff import posting
from node.work import SYSTEM, Actor, Works
from schemas.appraisal import Counted, Grain, Measure, Period, PeriodKind
from schemas.ids import DepartmentId, NodeId, StaffId, StreamName
from schemas.staff import Department, NewAccount, Role, StaffAccount, Window
from tests.support.casework import COUNTY, Office, open_office
from tests.support.catalogue import WJJ
from tests.support.laws import ZRZY
from tests.support.webnode import HASHED

M = Measure
OCTOBER = Period(kind=PeriodKind.MONTH, key="2026-10")
QUARTER = Period(kind=PeriodKind.QUARTER, key="2026-Q3")
SUPERVISOR = Actor(StaffId("supervisor"), frozenset({Role.SUPERVISOR}))
LEADER = Actor(StaffId("leader"), frozenset({Role.LEADER}))
OF_WJJ = Actor(StaffId("wu"), frozenset({Role.REPRESENTATIVE}), WJJ)
OF_ZRZY = Actor(StaffId("zr"), frozenset({Role.APPROVER}), ZRZY)
GOOD: Mapping[Measure, int] = {
    M.RECEIVED: 12, M.ACCEPTED: 12, M.FINISHED: 10, M.ENDED: 10, M.ENDED_ACCEPTED: 10,
    M.ON_TIME: 10, M.EARLY: 8, M.PROMISED: 10, M.WORKDAYS: 30, M.WORKDAYS_PROMISED: 60,
    M.RATED: 6, M.SATISFIED: 6, M.PRAISED: 6, M.GRADES: 29, M.STEPS: 22,
}  # fmt: skip
POOR: Mapping[Measure, int] = {
    **GOOD, M.ON_TIME: 8, M.EARLY: 2, M.LATE: 2, M.WORKDAYS: 66, M.SATISFIED: 4, M.PRAISED: 4,
    M.BAD: 2, M.CORRECTED: 3, M.RED: 1, M.STEPS_LATE: 4,
}  # fmt: skip
_SERIAL = count(1)


def at(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour), CHINA)


@dataclass
class Appraised:
    """The county, and whatever was counted there."""

    office: Office

    @property
    def works(self) -> Works:
        return self.office.node.works

    def go_to(self, day: str, hour: int = 10) -> None:
        clock = self.works.clock
        clock.offset = at(day, hour) - clock.wall()

    async def count(
        self, day: str, counts: Mapping[Measure, int], department: DepartmentId = WJJ, **more: str
    ) -> StreamName:
        """Count something of a department on a day; `window` and `person` take part if named."""
        return await counted(self.works, day, counts, department, **more)

    async def uncount(self, stream: StreamName) -> None:
        """Let a stream add nothing any more, as after 作废."""
        nothing = Measured(stream=stream, counted=Counted.CASE)
        await self.works.run(SYSTEM, lambda work: store.keep(work.tx, [nothing]))

    async def account(self, login: str, role: Role, department: DepartmentId) -> StaffAccount:
        new = NewAccount(
            login=login, name=f"{login} 同志", roles=(role,), department=department, password=""
        )
        return await self.works.run(SYSTEM, staff.add, new, HASHED)

    async def tally(self, period: Period, grain: Grain, subject: str) -> Mapping[Measure, int]:
        def read(tx: Tx) -> Mapping[Measure, int]:
            return reading.tallies(tx, period, grain, [subject])[subject]

        return await self.works.read(read)


async def counted(  # noqa: PLR0913  # whom something is counted for
    works: Works,
    day: str,
    counts: Mapping[Measure, int],
    department: DepartmentId = WJJ,
    *,
    window: str = "",
    person: str = "",
    body: str = "",
) -> StreamName:
    """Count something of a department of the node, or of `body`, on a day, as one stream."""
    me = works.ledger.me
    serial = next(_SERIAL)
    subjects = [Subject(Grain.PLACE, me), Subject(Grain.BODY, body or f"{me}/{department}")]
    if window:
        subjects.append(Subject(Grain.WINDOW, f"{me}/{window}"))
    if person:
        subjects.append(Subject(Grain.STAFF, f"{me}/{person}"))
    when = date.fromisoformat(day)
    shares = [Share(when, tuple(subjects), tuple(counts.items()))]
    if counts.get(M.RECEIVED):
        hour = Subject(Grain.HOUR, f"{me}/{when.isoweekday()}-{9 + serial % 8:02d}")
        shares.append(Share(when, (hour,), ((M.RECEIVED, counts[M.RECEIVED]),)))
    stream = StreamName(f"case/{me}/{'a' * 12}{_letters(serial)}")
    one = Measured(
        stream=stream, counted=Counted.CASE, number=f"{me}-{day.replace('-', '')}-{serial:05d}",
        item_name="公共场所卫生许可", shares=tuple(shares),
    )  # fmt: skip
    await works.run(SYSTEM, lambda work: store.keep(work.tx, [one]))
    return stream


def _letters(serial: int) -> str:
    return "".join(chr(97 + serial // 26**place % 26) for place in range(4))


async def furnish(works: Works) -> None:
    """Give the county its departments and windows, which it has had since January."""
    now = works.clock.offset
    works.clock.offset = at("2026-01-05") - works.clock.wall()
    departments = (
        Department(id=WJJ, name="卫生健康局", name_en="Health Bureau"),
        Department(id=ZRZY, name="自然资源局", name_en="Natural Resources Bureau"),
        Department(id=DepartmentId("lyj"), name="林业局", name_en="Forestry Bureau"),
    )
    await works.run(SYSTEM, staff.put_departments, departments)
    for name in ("A01", "A02", "B01"):
        await works.run(SYSTEM, posting.put_window, Window(id=name, name=f"{name[0]}区窗口"))
    works.clock.offset = now


@asynccontextmanager
async def appraised(
    folder: Path, day: str = "2026-11-26", me: NodeId = COUNTY
) -> AsyncIterator[Appraised]:
    """Open the county on a day; nothing is counted yet."""
    async with open_office(folder, me) as office:
        made = Appraised(office)
        made.go_to(day)
        await furnish(office.node.works)
        yield made
