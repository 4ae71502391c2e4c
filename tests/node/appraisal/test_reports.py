"""Reports: issued once a period is over, signed, never changed; what differs stands beside."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.appraisal import reports_actions, reports_making, reports_reading
from node.clock import local_day
from node.database import Tx
from node.errors import AlreadyDoneError, BadInputError, NotAllowedError, NotFoundError
from node.work import SYSTEM, Actor
from schemas.appraisal import Grain, Measure, Period, PeriodKind
from schemas.ids import StreamName
from schemas.reports import (
    CorrectReport,
    DecideObjection,
    IssueReport,
    MarkPerson,
    Objection,
    Report,
    ReportState,
)
from schemas.staff import Role
from tests.support.casework import CLERK, COUNTY
from tests.support.catalogue import WJJ
from tests.support.laws import ZRZY
from tests.support.reports import (
    GOOD,
    LEADER,
    OCTOBER,
    OF_WJJ,
    POOR,
    SUPERVISOR,
    Appraised,
    appraised,
)

M = Measure
HEALTH, LAND = f"{COUNTY}/{WJJ}", f"{COUNTY}/{ZRZY}"


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Appraised]:
    async with appraised(tmp_path) as made:
        for day in ("2026-10-12", "2026-08-12"):
            await made.count(day, GOOD, WJJ, window="A01", person="p1")
            await made.count(day, POOR, ZRZY, window="A02")
        yield made


async def issue(
    county: Appraised, period: Period = OCTOBER, actor: Actor = SUPERVISOR, text: str = ""
) -> Report:
    return await county.works.run(actor, reports_actions.issue, period, IssueReport(text=text))


async def draft(county: Appraised, period: Period = OCTOBER) -> Report:
    def read(tx: Tx) -> Report:
        now = county.works.clock.now()
        return reports_making.draft(tx, COUNTY, period, county.works.now_ms, local_day(now))

    return await county.works.read(read)


async def again(county: Appraised, report: Report) -> Report:
    assert report.row is not None
    return await county.works.read(reports_reading.by_stream, report.row.stream)


async def differences(county: Appraised, report: Report) -> list[tuple[str, str, int, int]]:
    found = await county.works.read(reports_making.differences, report)
    return [(one.subject, one.measure.value, one.before, one.after) for one in found]


def counts_of(report: Report, subject: str, grain: Grain = Grain.BODY) -> dict[Measure, int]:
    (tally,) = [one for one in report.figures if (one.grain, one.subject) == (grain, subject)]
    return tally.counts


async def decide(
    county: Appraised, report: Report, one: Objection, *, upheld: bool, after: int | None = None
) -> Report:
    assert report.row is not None
    form = DecideObjection(objection=one.note, upheld=upheld, reason="已核实", after=after)
    return await county.works.run(SUPERVISOR, reports_actions.decide, report.row.stream, form)


def stream_of(report: Report) -> StreamName:
    assert report.row is not None
    return report.row.stream


# ---- what is counted and scored


async def test_a_draft_lists_everybody_also_who_had_nothing_to_do(county: Appraised) -> None:
    made = await draft(county)
    assert counts_of(made, HEALTH) == {m: n for m, n in GOOD.items() if n}
    assert counts_of(made, f"{COUNTY}/lyj") == {}
    assert counts_of(made, f"{COUNTY}/B01", Grain.WINDOW) == {}
    assert counts_of(made, COUNTY, Grain.PLACE)[M.RECEIVED] == 24
    assert made.names[HEALTH] == ("卫生健康局", "Health Bureau")


async def test_departments_are_ranked_and_one_with_no_case_is_not(county: Appraised) -> None:
    made = await draft(county)
    bodies = [one for one in made.scores if one.grain is Grain.BODY]
    assert [(one.subject, one.rank) for one in bodies] == [
        (HEALTH, 1),
        (LAND, 2),
        (f"{COUNTY}/lyj", 0),
    ]
    assert bodies[2].total is None


async def test_a_blemish_keeps_a_window_from_an_award(county: Appraised) -> None:
    made = await draft(county)
    windows = [one.subject for one in made.honours if one.grain is Grain.WINDOW]
    assert windows == [f"{COUNTY}/A01"]


async def test_a_period_without_a_workday_is_counted_and_not_scored(county: Appraised) -> None:
    await county.count("2026-10-02", GOOD)
    day = Period(kind=PeriodKind.DAY, key="2026-10-02")  # 国庆节
    made = await issue(county, day)
    assert (made.workdays, made.scores) == (0, ())
    assert counts_of(made, HEALTH)[M.RECEIVED] == 12
    assert "没有工作日" in made.text


async def test_what_was_in_process_at_the_end_is_part_of_the_report(county: Appraised) -> None:
    await county.count("2026-11-02", {M.ENDED_ACCEPTED: 2, M.ENDED: 2})  # two of them, later
    made = await issue(county)
    (stock,) = [one for one in made.stocks if one.grain is Grain.PLACE]
    assert stock.counts[M.ACCEPTED] - stock.counts[M.ENDED_ACCEPTED] == 8  # of October and August
    assert "期末在办 8 件" in made.text


# ---- issuing


async def test_a_month_is_issued_and_published_at_once(county: Appraised) -> None:
    made = await issue(county, text="  各单位：\n见附表。 ")
    assert made.row is not None
    assert (made.row.state, made.row.issued_by) == (ReportState.PUBLISHED, "supervisor")
    assert made.text == "各单位：\n见附表。"


async def test_nothing_that_was_counted_later_changes_what_was_issued(county: Appraised) -> None:
    made = await issue(county)
    await county.count("2026-10-15", GOOD)
    assert await again(county, made) == made


async def test_a_report_is_issued_once(county: Appraised) -> None:
    made = await issue(county)
    with pytest.raises(AlreadyDoneError):
        await issue(county)
    assert len(await county.office.node.streams("report")) == 1
    assert await again(county, made) == made


@pytest.mark.parametrize(
    "period",
    [
        Period(kind=PeriodKind.MONTH, key="2026-11"),
        Period(kind=PeriodKind.DAY, key="2026-11-26"),
        Period(kind=PeriodKind.YEAR, key="2026"),
        Period(kind=PeriodKind.MONTH, key="2027-01"),
    ],
    ids=lambda period: period.key,
)
async def test_a_period_that_is_not_over_is_looked_at_and_not_issued(
    county: Appraised, period: Period
) -> None:
    with pytest.raises(BadInputError) as refused:
        await issue(county, period)
    assert refused.value.fields == {"date": "not_over"}
    assert await county.office.node.streams("report") == []
    if period.key != "2027-01":
        made = await draft(county, period)
        assert (made.is_over, made.until) == (False, "2026-11-26")
    else:
        with pytest.raises(NotFoundError):
            await draft(county, period)


@pytest.mark.parametrize("actor", [CLERK, LEADER, OF_WJJ], ids=["clerk", "leader", "department"])
async def test_only_supervisor_and_director_issue(county: Appraised, actor: Actor) -> None:
    with pytest.raises(NotAllowedError):
        await issue(county, actor=actor)
    assert await county.office.node.streams("report") == []


async def test_yesterday_is_issued_by_the_node_itself_once(county: Appraised) -> None:
    made = await county.works.run(SYSTEM, reports_actions.issue_yesterday)
    assert made is not None
    assert made.period.key == "2026-11-25"
    assert await county.works.run(SYSTEM, reports_actions.issue_yesterday) is None


async def test_many_figures_take_several_events_and_all_are_there(county: Appraised) -> None:
    for serial in range(90):
        await county.count("2026-10-20", POOR, person=f"p{serial:03d}")
    made = await issue(county)
    people = [one for one in made.figures if one.grain is Grain.STAFF]
    assert len(people) == 91  # and p1
    assert len(await county.office.node.envelopes(stream_of(made))) > 5
    assert made.figures == (await draft(county)).figures


# ---- corrections


async def test_what_came_out_later_is_a_visible_difference_and_then_a_correction(
    county: Appraised,
) -> None:
    voided = await county.count("2026-10-20", {M.RECEIVED: 1, M.ACCEPTED: 1})
    made = await issue(county)
    assert await differences(county, made) == []
    await county.uncount(voided)
    found = await differences(county, made)
    assert (HEALTH, "accepted", 13, 12) in found
    assert (COUNTY, "accepted", 25, 24) in found

    form = CorrectReport(reason="一件作废")
    stream = stream_of(made)
    corrected = await county.works.run(SUPERVISOR, reports_actions.correct, stream, form)
    assert counts_of(corrected, HEALTH)[M.ACCEPTED] == 12
    assert [one.reason for one in corrected.corrections if one.adjustments] == ["一件作废"]
    assert await differences(county, corrected) == []
    with pytest.raises(AlreadyDoneError):
        await county.works.run(SUPERVISOR, reports_actions.correct, stream, form)


async def test_a_correction_has_a_reason(county: Appraised) -> None:
    made = await issue(county)
    await county.count("2026-10-20", GOOD)
    stream = stream_of(made)
    with pytest.raises(BadInputError):
        await county.works.run(
            SUPERVISOR, reports_actions.correct, stream, CorrectReport(reason="")
        )
    assert (await again(county, made)).corrections == ()


# ---- 两条线


async def test_a_department_marks_its_own_people_until_the_report_is_issued(
    county: Appraised,
) -> None:
    own = await county.account("wang", Role.HANDLER, WJJ)
    other = await county.account("zhao", Role.HANDLER, ZRZY)
    await county.count("2026-10-21", GOOD, WJJ, person=own.id)
    form = MarkPerson(staff=own.id, points=50)
    await county.works.run(OF_WJJ, reports_actions.mark, OCTOBER, form)
    with pytest.raises(NotAllowedError):
        await county.works.run(
            OF_WJJ, reports_actions.mark, OCTOBER, MarkPerson(staff=other.id, points=50)
        )
    made = await issue(county)
    (score,) = [one for one in made.scores if one.subject == f"{COUNTY}/{own.id}"]
    assert score.department == 5_000
    assert score.centre is not None
    assert score.total == (score.centre * 60 + 5_000 * 40 + 50) // 100
    with pytest.raises(AlreadyDoneError):
        await county.works.run(OF_WJJ, reports_actions.mark, OCTOBER, form)
