"""By what a case stands in a queue: the first of its limits to end, as its events move on."""

from datetime import date

from node.calendar.model import due_instant
from node.cases import actions, clock_answers, clocks, reading
from node.cases.clockbook import NEVER
from node.clock import to_ms
from node.database import Tx
from schemas.cases_api import RequestCorrection
from schemas.clocks import ClockKind, Light
from schemas.ids import StreamName
from tests.support.casework import CLERK, OFFICER, Casework, Office


def _due_at(tx: Tx, stream: StreamName) -> int:
    row = tx.execute("SELECT due_at FROM cases WHERE stream = ?", (stream,)).fetchone()
    return int(row[0])


async def _ends(office: Office, stream: StreamName) -> int:
    return await office.node.works.read(_due_at, stream)


async def _clock(office: Office, stream: StreamName, clock: ClockKind) -> int | None:
    works = office.node.works

    def look(tx: Tx) -> int | None:
        view = reading.of_stream(tx, stream)
        assert view is not None
        return next(one.due_at for one in clock_answers.dues(tx, view) if one.clock is clock)

    return await works.read(look)


async def test_a_case_stands_by_the_limit_that_runs_now(all_three: Casework) -> None:
    county = all_three.county
    for step, clock in (
        ("receive", ClockKind.ACCEPTANCE),
        ("accept", ClockKind.PROMISED),
        ("review", ClockKind.PROMISED),
        ("decide", ClockKind.DELIVERY),
    ):
        view = await all_three.licence_until(step)
        due = await _clock(county, view.stream, clock)
        assert due is not None
        assert await _ends(county, view.stream) == due, step
    view = await all_three.licence_until("close")
    assert await _ends(county, view.stream) == NEVER


async def test_a_correction_stands_by_the_day_that_the_applicant_was_told(
    all_three: Casework,
) -> None:
    view = await all_three.licence_until("receive")
    form = RequestCorrection(reason="materials_missing", materials=("form",))
    after = await all_three.town.node.works.run(
        OFFICER, actions.request_correction, view.number, form
    )
    told = to_ms(due_instant(date.fromisoformat(after.law.correct_by)))
    assert await _ends(all_three.town, view.stream) == told


async def test_the_inbox_shows_when_the_first_limit_ends(all_three: Casework) -> None:
    view = await all_three.licence_until("accept")
    county = all_three.county
    works = county.node.works
    today = clocks.day_of(works.now_ms)
    reader = reading.reader_of(county.node.me, works.profile, CLERK)
    seeker = reading.Seeker(reader, CLERK.roles, county.register, today)
    (line,) = (await works.read(reading.inbox, seeker)).cases
    assert line.stream == view.stream
    assert line.light is Light.GREEN
    assert line.due > str(today)
    assert line.left > 0
