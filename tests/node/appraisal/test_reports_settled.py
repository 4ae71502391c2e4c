"""What an objection settled moves what it is part of, and no later correction undoes it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.appraisal import reports_actions, reports_settled
from node.appraisal.reports_settled import Settled
from node.errors import BadInputError
from node.staff import posting
from node.work import SYSTEM
from schemas.appraisal import Grain, Measure, Period, PeriodKind, Tally
from schemas.ids import StreamName
from schemas.reports import (
    CorrectReport,
    DecideObjection,
    ObjectionGround,
    ObjectToReport,
    Report,
    ReportObjected,
)
from schemas.staff import Window
from tests.node.appraisal.test_reports import (
    HEALTH,
    LAND,
    again,
    counts_of,
    decide,
    differences,
    draft,
    issue,
    stream_of,
)
from tests.support.casework import COUNTY, TOWN
from tests.support.catalogue import WJJ
from tests.support.laws import ZRZY
from tests.support.reports import (
    GOOD,
    OCTOBER,
    OF_ZRZY,
    POOR,
    QUARTER,
    SUPERVISOR,
    Appraised,
    appraised,
)

M = Measure
SEEN = (M.FINISHED, M.ON_TIME, M.LATE)


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Appraised]:
    async with appraised(tmp_path) as made:
        await made.count("2026-08-12", GOOD, WJJ)
        await made.count("2026-08-12", POOR, ZRZY)
        yield made


async def settled(
    county: Appraised,
    measure: Measure,
    after: int,
    ground: ObjectionGround = ObjectionGround.WRONG_COUNT,
) -> Report:
    """The land bureau objects to a figure of the quarter, and is right."""
    made = await issue(county, QUARTER)
    form = ObjectToReport(measure=measure, ground=ground, text="不是这样", claimed=after)
    said = await county.works.run(OF_ZRZY, reports_actions.object_to, stream_of(made), form)
    return await decide(county, made, said, upheld=True, after=after)


async def correct(county: Appraised, report: Report) -> Report:
    form = CorrectReport(reason="补录一件")
    return await county.works.run(SUPERVISOR, reports_actions.correct, stream_of(report), form)


def some(
    report: Report, subject: str, grain: Grain = Grain.BODY, of: tuple[Measure, ...] = SEEN
) -> list[int]:
    counts = counts_of(report, subject, grain)
    return [counts.get(one, 0) for one in of]


def total(report: Report, subject: str) -> int:
    (score,) = [one for one in report.scores if one.subject == subject]
    return score.total or 0


async def test_what_an_objection_settled_no_later_correction_undoes(county: Appraised) -> None:
    decided = await settled(county, M.RED, 0)
    assert some(decided, LAND, of=(M.RED,)) == some(decided, COUNTY, Grain.PLACE, (M.RED,)) == [0]
    assert await differences(county, decided) == []
    await county.count("2026-08-13", {M.RECEIVED: 1}, WJJ)
    later = {one[:2] for one in await differences(county, decided) if "-" not in one[0]}
    assert later == {(HEALTH, "received"), (COUNTY, "received")}
    corrected = await correct(county, decided)
    assert some(corrected, LAND, of=(M.RED,)) == [0]
    assert total(corrected, LAND) == total(decided, LAND)
    assert some(corrected, HEALTH, of=(M.RECEIVED,)) == [13]


async def test_a_case_that_was_not_late_was_in_time_and_the_county_is_better_for_it(
    county: Appraised,
) -> None:
    made = await issue(county, QUARTER)
    before = total(made, LAND)
    assert some(made, LAND) == [10, 8, 2]
    form = ObjectToReport(
        measure=M.LATE, ground=ObjectionGround.SYSTEM, text="那两天断网", claimed=0
    )
    said = await county.works.run(OF_ZRZY, reports_actions.object_to, stream_of(made), form)
    decided = await decide(county, made, said, upheld=True, after=0)
    assert some(decided, LAND) == [10, 10, 0]
    assert some(decided, COUNTY, Grain.PLACE) == [20, 20, 0]
    assert total(decided, LAND) > before
    assert await differences(county, decided) == []


async def test_what_was_somebody_elses_leaves_the_county_as_it_was(county: Appraised) -> None:
    decided = await settled(county, M.LATE, 0, ObjectionGround.NOT_OURS)
    assert some(decided, LAND) == [8, 8, 0]  # the two cases are not its own at all
    assert some(decided, COUNTY, Grain.PLACE) == [20, 18, 2]
    assert await differences(county, decided) == []


async def test_what_changes_elsewhere_is_still_taken_over(county: Appraised) -> None:
    decided = await settled(county, M.LATE, 0)
    await county.count("2026-08-20", {M.FINISHED: 1, M.LATE: 1}, WJJ)
    await county.count("2026-08-20", {M.FINISHED: 1, M.ON_TIME: 1}, ZRZY)
    corrected = await correct(county, decided)
    assert some(corrected, LAND) == [11, 11, 0]
    assert some(corrected, HEALTH) == [11, 10, 1]
    assert some(corrected, COUNTY, Grain.PLACE) == [22, 21, 1]
    assert await differences(county, corrected) == []


async def test_counts_that_are_put_right_afterwards_are_not_put_right_twice(
    county: Appraised,
) -> None:
    await county.count("2026-08-14", {M.FINISHED: 3, M.ON_TIME: 1, M.LATE: 2}, WJJ)
    late = await county.count("2026-08-14", {M.FINISHED: 1, M.LATE: 1}, ZRZY)
    decided = await settled(county, M.LATE, 2)
    assert some(decided, LAND) == [11, 9, 2]
    assert some(decided, COUNTY, Grain.PLACE) == [24, 20, 4]
    await county.uncount(late)
    await county.count("2026-08-14", {M.FINISHED: 1, M.ON_TIME: 1}, ZRZY)
    assert await differences(county, decided) == []


async def test_a_blemish_that_came_out_later_takes_an_award_away(county: Appraised) -> None:
    for day, department, window in (("2026-09-01", WJJ, "A01"), ("2026-09-02", ZRZY, "A02")):
        await county.count(day, GOOD, department, window=window, person="p1")
    made = await issue(county, QUARTER)
    named = [(one.grain, one.subject) for one in made.honours]
    windows = [(Grain.WINDOW, f"{COUNTY}/A01"), (Grain.WINDOW, f"{COUNTY}/A02")]
    assert named == [*windows, (Grain.STAFF, f"{COUNTY}/p1")]
    await county.count("2026-09-03", {M.RED: 1, M.POINTS: 5}, WJJ, window="A01", person="p1")
    assert (await again(county, made)).honours == made.honours  # as it was issued
    corrected = await correct(county, made)
    assert [(one.grain, one.subject) for one in corrected.honours] == windows[1:]
    assert corrected.text == made.text


async def test_a_window_that_was_set_up_later_had_nothing_to_do_before(county: Appraised) -> None:
    made = await issue(county, QUARTER)
    county.go_to("2026-11-27")
    for window in (Window(id="C01", name="新设窗口"), Window(id="B01", name="改名窗口")):
        await county.works.run(SYSTEM, posting.put_window, window)
    listed = [one.subject for one in (await draft(county, OCTOBER)).figures]
    assert f"{COUNTY}/B01" in listed
    assert f"{COUNTY}/C01" not in listed
    assert await differences(county, made) == []
    day = Period(kind=PeriodKind.DAY, key="2026-11-27")
    assert f"{COUNTY}/C01" in [one.subject for one in (await draft(county, day)).figures]


async def test_a_rating_that_was_not_theirs_is_no_rating_of_theirs(county: Appraised) -> None:
    of = (M.RATED, M.SATISFIED, M.BAD)
    decided = await settled(county, M.BAD, 0)
    assert some(decided, LAND, of=of) == [4, 4, 0]
    assert some(decided, COUNTY, Grain.PLACE, of) == [10, 10, 0]


@pytest.mark.parametrize(
    ("grain", "subject", "ground", "moved"),
    [
        (Grain.BODY, TOWN, ObjectionGround.SYSTEM, {TOWN: (-2, 2), COUNTY: (-2, 2)}),
        (Grain.BODY, TOWN, ObjectionGround.NOT_OURS, {}),
        (Grain.STAFF, f"{COUNTY}/li", ObjectionGround.SYSTEM, {}),
    ],
    ids=["a town", "somebody else's", "a person"],
)
def test_sums_move_with_a_body_of_theirs_alone(
    grain: Grain, subject: str, ground: ObjectionGround, moved: dict[str, tuple[int, int]]
) -> None:
    places = [Tally(grain=Grain.PLACE, subject=one, counts={M.LATE: 3}) for one in (COUNTY, TOWN)]
    own = Tally(grain=grain, subject=subject, counts={M.LATE: 2, M.FINISHED: 5, M.ON_TIME: 3})
    said = ReportObjected(
        stream=StreamName("report/610328/a"), subject=subject, grain=grain, measure=M.LATE,
        ground=ground, text="断网",
    )  # fmt: skip
    found = reports_settled.adjustments(COUNTY, [*places, own], Settled(said, 0))
    of_places: dict[str, tuple[int, ...]] = {}
    for one in found:
        if one.grain is Grain.PLACE:
            by = (*of_places.get(one.subject, ()), one.after - one.before)
            of_places[one.subject] = by
    assert of_places == moved
    assert [one.subject for one in found if one.grain is grain] == [subject, subject]


async def test_a_figure_beyond_what_there_was_is_refused_and_nothing_is_decided(
    county: Appraised,
) -> None:
    made = await issue(county, QUARTER)
    form = ObjectToReport(
        measure=M.ON_TIME, ground=ObjectionGround.OTHER, text="都按时", claimed=11
    )
    said = await county.works.run(OF_ZRZY, reports_actions.object_to, stream_of(made), form)
    wrong = DecideObjection(objection=said.note, upheld=True, reason="属实", after=11)
    with pytest.raises(BadInputError) as refused:
        await county.works.run(SUPERVISOR, reports_actions.decide, stream_of(made), wrong)
    assert refused.value.fields == {"after": "beyond"}  # ten were finished
    assert [one.upheld for one in (await again(county, made)).objections] == [None]


async def test_nobody_objects_to_what_decides_on_nothing(county: Appraised) -> None:
    made = await issue(county, QUARTER)
    form = ObjectToReport(measure=M.DELIVERED, ground=ObjectionGround.OTHER, text="少了一件")
    with pytest.raises(BadInputError) as refused:
        await county.works.run(OF_ZRZY, reports_actions.object_to, stream_of(made), form)
    assert refused.value.fields == {"measure": "unknown"}
    assert (await again(county, made)).objections == ()
