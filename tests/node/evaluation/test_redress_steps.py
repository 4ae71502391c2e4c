"""What becomes of a bad rating, a complaint, a question, between a county, a town, a village."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.clock import local_day
from node.errors import BadInputError, NotAllowedError, NotFoundError, RedressNotOpenError
from node.evaluation import redress_actions as actions
from node.evaluation import redress_limits as limits
from node.evaluation import redress_reading as reading
from node.evaluation import redress_steps as steps
from node.evaluation.redress_reading import Caller
from node.evaluation.redress_store import Wanted
from node.work import SYSTEM, Actor
from schemas.evaluation import Grade
from schemas.ids import StaffId
from schemas.redress import (
    Complexity,
    RedressFinding,
    RedressKind,
    RedressSource,
    RedressState,
    RedressView,
)
from tests.support import casework as support
from tests.support import redress
from tests.support.casework import (
    AGENT,
    APPROVER,
    CLERK,
    COUNTY,
    HANDLER,
    OFFICER,
    STRANGER,
    SUPERVISOR,
    TOWN,
    VILLAGE,
    Casework,
)
from tests.support.catalogue import WJJ
from tests.support.redress import COLLEAGUE, DIRECTOR, PHONE, SAYS, TOWN_DIRECTOR, do

TRUE = {"finding": RedressFinding.TRUE}
EFFECTIVE = 1


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Casework]:
    async with support.casework(tmp_path) as made:
        redress.go_to(made, "2026-11-02")  # a Monday
        yield made


async def test_a_complaint_taken_in_a_village_is_answered_by_the_county_and_comes_back(
    world: Casework,
) -> None:
    county, village = world.county, world.village
    view, taken = await redress.take(village, actor=AGENT, subject=COUNTY)
    assert (view.number, view.holder, view.taken_by) == ("诉〔2026〕1号", COUNTY, VILLAGE)
    assert view.verify_by == taken.verify_by == "2026-11-16", "the tenth working day is the last"
    await world.carry(view.stream)
    assert await redress.pass_parts(village, county, view.stream) == 1
    said = (await redress.look(county, HANDLER, view)).text
    assert said is not None
    assert (said.text, said.phone) == (SAYS, PHONE)

    view = await do(county, HANDLER, steps.verify, view, **TRUE, note="窗口确有漏办")
    assert (view.state, view.answer_by) == (RedressState.VERIFIED, "2026-11-16")
    view = await do(county, HANDLER, steps.answer, view, answer="已补办并致歉")
    assert (view.state, view.due, view.mended) == (RedressState.ANSWERED, "", True)
    view = await do(
        county, CLERK, steps.call_back, view, reached=True, grade=Grade.SATISFIED, note="认可"
    )
    assert (view.state, view.second_grade) == (RedressState.CLOSED, Grade.SATISFIED)

    await world.carry(view.stream)
    assert await redress.pass_parts(county, village, view.stream) == 3
    assert (await redress.look(village, AGENT, view)).answer == "已补办并致歉"
    assert await village.node.verdicts(view.stream) == [EFFECTIVE] * 5
    assert await redress.everything(world.town) == (view,), "the town between knows the facts"
    assert await redress.pass_parts(county, world.town, view.stream) == 0, "and no paper"


async def test_a_bad_rating_of_a_decided_case_goes_to_who_decided(world: Casework) -> None:
    case = await world.licence_until("deliver")
    bad = redress.rating(VILLAGE, case.stream)
    works = world.village.node.works
    stream = await works.run(SYSTEM, actions.open_for_rating, bad, case)
    assert stream is not None
    await world.carry(stream)
    view = (await redress.everything(world.county))[0]
    assert (view.subject, view.department, view.source) == (COUNTY, WJJ, RedressSource.EVALUATION)
    assert (view.number, view.case_number) == ("评〔2026〕1号", case.number)
    assert view.verify_by == "2026-11-03"
    again = await works.run(SYSTEM, actions.open_for_rating, bad, case)
    assert again is None, "once for each evaluation"
    found = await world.county.node.works.read(reading.of_evaluation, bad.note)
    assert found == view
    assert await world.county.node.works.read(reading.of_case, case.stream) == (view,)


@pytest.mark.parametrize(
    "changes", [{"grade": Grade.FAIRLY_SATISFIED}, {"counts": False}], ids=["not-bad", "a-second"]
)
async def test_nothing_is_opened_for_what_is_not_bad_or_counts_nowhere(
    world: Casework, changes: dict[str, object]
) -> None:
    good = redress.rating(COUNTY, None, **changes)
    assert await world.county.node.works.run(SYSTEM, actions.open_for_rating, good, None) is None
    assert await redress.everything(world.county) == ()


async def test_a_village_does_not_answer_for_itself(world: Casework) -> None:
    bad = redress.rating(VILLAGE, staff=AGENT.staff)
    stream = await world.village.node.works.run(SYSTEM, actions.open_for_rating, bad, None)
    assert stream is not None
    await world.carry(stream)
    (view,) = await redress.everything(world.town)
    assert (view.subject, view.holder) == (TOWN, TOWN)
    assert (await do(world.town, OFFICER, steps.verify, view, **TRUE)).verified_at is not None
    assert await _seen_by(world, AGENT) == (), "whom it is about does not read of it"


async def _seen_by(world: Casework, actor: Actor) -> tuple[RedressView, ...]:
    works = world.village.node.works
    caller = Caller(VILLAGE, actor)
    found = await works.read(reading.page, caller, Wanted(), local_day(works.clock.now()))
    return found.redresses


async def test_only_who_answers_answers_and_only_who_had_no_part_calls_back(
    world: Casework,
) -> None:
    county = world.county
    view, _ = await redress.take(county)
    for actor in (STRANGER, DIRECTOR, SUPERVISOR, CLERK):
        with pytest.raises((NotAllowedError, NotFoundError)):
            await do(county, actor, steps.verify, view, **TRUE)
    await do(county, HANDLER, steps.verify, view, **TRUE)
    view = await do(county, APPROVER, steps.answer, view, answer="已改")
    both = Actor(HANDLER.staff, frozenset({*HANDLER.roles, *CLERK.roles}), WJJ)
    with pytest.raises(NotAllowedError):
        await do(county, both, steps.call_back, view, reached=True)
    with pytest.raises(NotAllowedError):
        await do(county, HANDLER, steps.call_back, view, reached=True)
    assert (await do(county, COLLEAGUE, steps.call_back, view, reached=True)).closed_at


async def test_who_left_a_way_is_called_before_it_is_over(world: Casework) -> None:
    county = world.county
    view, _ = await redress.take(county)
    await do(county, HANDLER, steps.verify, view, **TRUE)
    view = await do(county, HANDLER, steps.answer, view, answer="已改")
    with pytest.raises(RedressNotOpenError):
        await do(county, CLERK, steps.close, view)
    view = await do(county, CLERK, steps.call_back, view, reached=False)
    assert (view.state, view.reached) == (RedressState.ANSWERED, False)
    assert (await do(county, CLERK, steps.close, view)).state is RedressState.CLOSED

    nameless, _ = await redress.take(county, phone="")
    await do(county, HANDLER, steps.verify, nameless, finding=RedressFinding.UNFOUNDED)
    nameless = await do(county, HANDLER, steps.answer, nameless, answer="查无此事", mended=False)
    assert (await do(county, CLERK, steps.close, nameless)).called_back_at is None


async def test_a_question_is_answered_directly_and_over_with_it(world: Casework) -> None:
    county = world.county
    view, taken = await redress.take(county, RedressKind.CONSULTATION)
    assert (taken.number, view.due) == ("咨〔2026〕1号", "2026-11-09")
    with pytest.raises(RedressNotOpenError):
        await do(county, HANDLER, steps.verify, view, **TRUE)
    view = await do(county, HANDLER, steps.answer, view, answer="带身份证即可")
    assert (view.state, view.answered_late) == (RedressState.CLOSED, False)


@pytest.mark.parametrize(
    ("complexity", "last"),
    [(Complexity.SIMPLE, "2026-11-10"), (Complexity.COMPLEX, "2026-11-24")],
)
async def test_a_rating_is_mended_in_five_working_days_or_fifteen(
    world: Casework, complexity: Complexity, last: str
) -> None:
    view = await _rated(world)
    redress.go_to(world, "2026-11-03")
    view = await do(world.county, HANDLER, steps.verify, view, **TRUE, complexity=complexity)
    assert (view.answer_by, view.verified_late) == (last, False)


async def _rated(world: Casework) -> RedressView:
    bad = redress.rating(COUNTY, department=WJJ)
    await world.county.node.works.run(SYSTEM, actions.open_for_rating, bad, None)
    return (await redress.everything(world.county))[0]


async def test_who_is_late_is_taken_and_marked(world: Casework) -> None:
    view = await _rated(world)
    redress.go_to(world, "2026-11-04")
    today = local_day(world.county.node.works.clock.now())
    late = await world.county.node.works.read(reading.view, view.stream)
    assert late is not None
    assert limits.is_late(late, today)
    (ask,) = await world.county.node.works.read(
        reading.asks, COUNTY, HANDLER, world.county.node.works.now_ms
    )
    assert (ask.count, ask.tone) == (1, "red")
    view = await do(world.county, HANDLER, steps.verify, view, **TRUE)
    assert view.verified_late
    redress.go_to(world, "2026-11-11", hour=23)
    view = await do(world.county, HANDLER, steps.answer, view, answer="已改")
    assert not view.answered_late, "the last day counts to its end"


async def test_it_is_extended_once_with_a_reason_before_its_day(world: Casework) -> None:
    county = world.county
    view, _ = await redress.take(county)
    await do(county, HANDLER, steps.verify, view, **TRUE)
    good = {"answer_by": "2026-11-20", "reason": "inquiry"}
    with pytest.raises(NotAllowedError):
        await do(county, HANDLER, steps.extend, view, **good)
    for wrong in ({"answer_by": "2026-12-01"}, {"answer_by": "2026-11-16"}, {"reason": "因为"}):
        with pytest.raises(BadInputError):
            await do(county, APPROVER, steps.extend, view, **good | wrong)
    view = await do(county, APPROVER, steps.extend, view, **good)
    assert (view.answer_by, view.due, view.extended) == ("2026-11-20", "2026-11-20", True)
    with pytest.raises(RedressNotOpenError):
        await do(county, APPROVER, steps.extend, view, **good)


async def test_an_extension_comes_too_late_behind_the_last_day(world: Casework) -> None:
    view, _ = await redress.take(world.county, RedressKind.CONSULTATION)
    redress.go_to(world, "2026-11-10")
    with pytest.raises(BadInputError) as caught:
        await do(
            world.county, APPROVER, steps.extend, view, answer_by="2026-11-12", reason="inquiry"
        )
    assert caught.value.fields == {"answer_by": "too_late"}


async def test_a_malicious_rating_is_set_aside_by_the_supervisor_and_stays_visible(
    world: Casework,
) -> None:
    county = world.county
    view = await _rated(world)
    with pytest.raises(BadInputError):
        await do(county, APPROVER, steps.appeal, view, ground="malicious")
    view = await do(county, APPROVER, steps.appeal, view, ground="malicious", note="从未办过事")
    assert (view.state, view.holder, view.due) == (RedressState.APPEALED, COUNTY, "")
    for actor in (APPROVER, HANDLER, DIRECTOR):
        with pytest.raises((NotAllowedError, NotFoundError)):
            await do(county, actor, steps.decide_appeal, view, set_aside=True, note="属实")
    view = await do(county, SUPERVISOR, steps.decide_appeal, view, set_aside=True, note="属实")
    assert (view.state, view.set_aside) == (RedressState.CLOSED, True)
    assert await redress.everything(county) == (view,)


async def test_an_appeal_of_a_town_is_decided_above_and_gives_its_days_back(
    world: Casework,
) -> None:
    town, county = world.town, world.county
    view, _ = await redress.take(town, actor=OFFICER, department=None)
    await do(town, OFFICER, steps.verify, view, **TRUE)
    redress.go_to(world, "2026-11-05")  # seven working days are left
    view = await do(town, TOWN_DIRECTOR, steps.appeal, view, ground="not_ours", note="不归我镇")
    assert (view.holder, view.state) == (COUNTY, RedressState.APPEALED)
    await world.carry(view.stream)
    assert await redress.pass_parts(town, county, view.stream) == 2
    assert (await redress.look(county, SUPERVISOR, view)).appeal == "不归我镇"
    redress.go_to(world, "2026-11-12")
    view = await do(
        county, SUPERVISOR, steps.decide_appeal, view, set_aside=False, note="属你镇职责"
    )
    assert (view.state, view.holder, view.due) == (RedressState.VERIFIED, TOWN, "2026-11-23")
    await world.carry(view.stream)
    with pytest.raises(RedressNotOpenError):
        await do(town, TOWN_DIRECTOR, steps.appeal, view, ground="not_ours", note="再次申诉")
    assert (await do(town, OFFICER, steps.answer, view, answer="已办")).answered_at


async def test_what_happened_is_told_with_its_instants(world: Casework) -> None:
    view, _ = await redress.take(world.county)
    await do(world.county, HANDLER, steps.verify, view, **TRUE)
    told = await world.county.node.works.read(reading.happened, view.stream)
    assert [type(fact).__name__ for _, fact in told] == ["RedressOpened", "RedressVerified"]
    assert told[0][0] <= told[1][0]


async def test_a_number_is_found_however_it_is_typed(world: Casework) -> None:
    view, _ = await redress.take(world.county)
    caller = Caller(COUNTY, SUPERVISOR)
    for typed in (
        "诉〔2026〕1号",
        "诉[2026]1号",
        "诉2026-1",
        " 诉〔2026〕1 ",
        redress.end_of(view),
    ):
        found = await world.county.node.works.read(reading.find, caller, typed)
        assert found.view.stream == view.stream, typed
    with pytest.raises(NotFoundError):
        await world.county.node.works.read(reading.find, caller, "诉〔2026〕2号")
    outsider = Caller(COUNTY, Actor(StaffId("x"), frozenset()))
    with pytest.raises(NotFoundError):
        await world.county.node.works.read(reading.find, outsider, view.number)
