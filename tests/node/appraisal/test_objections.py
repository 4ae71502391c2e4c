"""Objections: who may object to what until when, who decides, and what comes of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from node.appraisal import reports_actions
from node.errors import AlreadyDoneError, BadInputError, NotAllowedError
from node.work import Actor
from schemas.appraisal import Grain, Measure
from schemas.ids import StaffId
from schemas.reports import (
    DecideObjection,
    Objection,
    ObjectionGround,
    ObjectToReport,
    Report,
    ReportState,
)
from schemas.staff import Role
from tests.node.appraisal.test_reports import (
    HEALTH,
    LAND,
    again,
    counts_of,
    decide,
    issue,
    stream_of,
)
from tests.support.casework import CLERK, COUNTY
from tests.support.catalogue import WJJ
from tests.support.laws import ZRZY
from tests.support.reports import (
    GOOD,
    OF_WJJ,
    OF_ZRZY,
    POOR,
    QUARTER,
    SUPERVISOR,
    Appraised,
    appraised,
)

M = Measure
OBJECTION = ObjectToReport(
    measure=M.LATE, ground=ObjectionGround.SYSTEM, text="那天断网", claimed=1
)


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Appraised]:
    async with appraised(tmp_path) as made:
        await made.count("2026-08-12", GOOD, WJJ, window="A01", person="p1")
        await made.count("2026-08-12", POOR, ZRZY, window="A02")
        yield made


async def object_to(county: Appraised, report: Report, actor: Actor = OF_ZRZY) -> Objection:
    assert report.row is not None
    return await county.works.run(actor, reports_actions.object_to, report.row.stream, OBJECTION)


async def publish(county: Appraised, report: Report) -> Report:
    assert report.row is not None
    return await county.works.run(SUPERVISOR, reports_actions.publish, report.row.stream)


async def test_a_quarter_waits_for_objections_and_is_published_then(county: Appraised) -> None:
    made = await issue(county, QUARTER)
    assert made.row is not None
    assert made.row.state is ReportState.IN_OBJECTION
    assert made.row.objections_until == "2026-12-03"  # five workdays behind Thursday 26 November
    with pytest.raises(BadInputError) as early:
        await publish(county, made)
    assert early.value.fields == {"date": "objections_open"}
    county.go_to("2026-12-04")
    published = (await publish(county, made)).row
    assert published is not None
    assert published.state is ReportState.PUBLISHED
    with pytest.raises(AlreadyDoneError):
        await publish(county, made)


async def test_an_objection_that_is_right_corrects_figure_and_rank(county: Appraised) -> None:
    made = await issue(county, QUARTER)
    said = await object_to(county, made)
    decided = await decide(county, made, said, upheld=True, after=1)
    assert counts_of(decided, LAND)[M.LATE] == 1
    moved = [(one.before, one.after) for by in decided.corrections for one in by.adjustments]
    assert moved == [(2, 1), (8, 9), (2, 1), (18, 19)]  # late and in time, of it and of the county
    assert decided.objections[0].upheld is True
    assert counts_of(made, LAND)[M.LATE] == 2  # as it was issued


async def test_corrected_figures_are_scored_anew(county: Appraised) -> None:
    made = await issue(county, QUARTER)
    said = await county.works.run(
        OF_ZRZY,
        reports_actions.object_to,
        stream_of(made),
        ObjectToReport(measure=M.RED, ground=ObjectionGround.EXEMPT, text="应予免责", claimed=0),
    )
    decided = await decide(county, made, said, upheld=True, after=0)

    def total(report: Report) -> int:
        (score,) = [one for one in report.scores if one.subject == LAND]
        return score.total or 0

    assert total(decided) == total(made) + 300


async def test_a_report_is_not_published_over_an_undecided_objection(county: Appraised) -> None:
    made = await issue(county, QUARTER)
    said = await object_to(county, made)
    county.go_to("2026-12-04")
    with pytest.raises(BadInputError) as refused:
        await publish(county, made)
    assert refused.value.fields == {"date": "undecided"}
    await decide(county, made, said, upheld=False)
    with pytest.raises(AlreadyDoneError):
        await decide(county, made, said, upheld=True)
    assert (await publish(county, made)).objections[0].upheld is False


async def test_an_objection_after_its_period_is_refused(county: Appraised) -> None:
    made = await issue(county, QUARTER)
    county.go_to("2026-12-04")
    with pytest.raises(BadInputError) as refused:
        await object_to(county, made)
    assert refused.value.fields == {"date": "no_objections"}
    assert (await again(county, made)).objections == ()


async def test_nobody_objects_to_a_month(county: Appraised) -> None:
    made = await issue(county)
    with pytest.raises(BadInputError):
        await object_to(county, made)


async def test_only_who_answers_for_a_department_objects_and_to_its_own_figures(
    county: Appraised,
) -> None:
    made = await issue(county, QUARTER)
    for actor in (SUPERVISOR, CLERK):
        with pytest.raises(NotAllowedError):
            await object_to(county, made, actor)
    said = await object_to(county, made, OF_WJJ)
    assert (said.said.subject, said.said.department) == (HEALTH, WJJ)


async def test_a_person_objects_for_himself_and_another_decides(county: Appraised) -> None:
    made = await issue(county, QUARTER)
    own = msgspec.structs.replace(OBJECTION, measure=M.FINISHED, claimed=11, grain=Grain.STAFF)
    p1 = Actor(StaffId("p1"), frozenset({Role.HANDLER, Role.DIRECTOR}), WJJ)
    said = await county.works.run(p1, reports_actions.object_to, stream_of(made), own)
    assert (said.said.grain, said.said.subject) == (Grain.STAFF, f"{COUNTY}/p1")
    decision = DecideObjection(objection=said.note, upheld=True, reason="属实", after=11)
    with pytest.raises(NotAllowedError):
        await county.works.run(p1, reports_actions.decide, stream_of(made), decision)
    decided = await decide(county, made, said, upheld=True, after=11)
    assert counts_of(decided, f"{COUNTY}/p1", Grain.STAFF)[M.FINISHED] == 11
    assert counts_of(decided, HEALTH)[M.FINISHED] == 10


async def test_who_is_not_in_the_report_has_nothing_to_object_to(county: Appraised) -> None:
    made = await issue(county, QUARTER)
    own = msgspec.structs.replace(OBJECTION, grain=Grain.STAFF)
    stranger = Actor(StaffId("p9"), frozenset({Role.HANDLER}), WJJ)
    with pytest.raises(NotAllowedError):
        await county.works.run(stranger, reports_actions.object_to, stream_of(made), own)
    of_windows = msgspec.structs.replace(OBJECTION, grain=Grain.WINDOW)
    with pytest.raises(BadInputError) as refused:
        await county.works.run(OF_WJJ, reports_actions.object_to, stream_of(made), of_windows)
    assert refused.value.fields == {"grain": "unknown"}
    assert await county.office.node.streams("note") == []


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        (
            ObjectToReport(measure=M.LATE, ground=ObjectionGround.OTHER, text=" "),
            {"text": "missing"},
        ),
        (
            ObjectToReport(measure=M.LATE, ground=ObjectionGround.OTHER, text="长" * 301),
            {"text": "too_long"},
        ),
        (
            ObjectToReport(measure=M.LATE, ground=ObjectionGround.OTHER, text="错", claimed=-1),
            {"claimed": "beyond"},
        ),
        (
            ObjectToReport(
                measure=M.LATE, ground=ObjectionGround.OTHER, text="错", case="x" * 70_000
            ),
            {"case": "no_case"},
        ),
    ],
    ids=["empty", "long", "negative", "no-case"],
)
async def test_a_badly_filled_objection_is_said_by_field(
    county: Appraised, form: ObjectToReport, fault: dict[str, str]
) -> None:
    made = await issue(county, QUARTER)
    with pytest.raises(BadInputError) as refused:
        await county.works.run(OF_WJJ, reports_actions.object_to, stream_of(made), form)
    assert refused.value.fields == fault
    assert await county.office.node.streams("note") == []
