"""The law's steps within the county: whose the case is, joint reviews, procedures, extensions.

What is refused is told at its field, and nothing of it is saved: no event, no part.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from node.cases import actions, law_actions, lists, reading, tally
from node.errors import ActionNotOpenError, NotAllowedError, NotFoundError
from node.work import Actor
from schemas.case_forms import (
    ExtendCase,
    GiveOpinion,
    ReasonedCase,
    RedispatchCase,
    ResumeCase,
    SignInCase,
    SuspendCase,
)
from schemas.case_terms import Ground
from schemas.cases import Action, CaseState, Outcome
from schemas.cases_api import (
    DecideCase,
    DispatchCase,
    ReviewCase,
)
from schemas.clocks import ClockKind, ClockState
from schemas.ids import DepartmentId
from schemas.item_terms import SpecialKind
from tests.support.bureau import (
    APPROVER,
    CLERK,
    COLLEAGUE,
    GROUND,
    HANDLER,
    HEARING,
    LONG,
    OF_HBJ,
    OF_ZRZY,
    REASON_UNKNOWN,
    TO_DECISION,
    Bureau,
    bureau,
)
from tests.support.casework import COUNTY
from tests.support.catalogue import WJJ
from tests.support.laws import HEARD, SERVICE, ZRZY

A = Action


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with bureau(tmp_path, HEARD, SERVICE) as made:
        yield made


# ---- within the county


async def test_a_case_is_signed_in_taken_over_and_sent_back_or_redispatched(
    county: Bureau,
) -> None:
    view = await county.path(await county.receive(), A.ACCEPT, A.DISPATCH)
    take_over, absent = law_actions.take_over, ReasonedCase(reason="colleague_absent")
    with pytest.raises(ActionNotOpenError):
        await county.do(COLLEAGUE, take_over, view, absent)
    view = await county.do(HANDLER, law_actions.sign_in, view, SignInCase(seen=view.seq))
    assert view.law.handler == HANDLER.staff
    with pytest.raises(ActionNotOpenError):
        await county.do(COLLEAGUE, law_actions.sign_in, view, SignInCase())
    await county.refuses((HANDLER, take_over, absent), view, {"handler": "is_yours"})
    wrong_reason = replace(absent, reason="object_gone")
    await county.refuses((COLLEAGUE, take_over, wrong_reason), view, REASON_UNKNOWN)
    view = await county.path(view, A.GIVE_OPINION)
    review = ReviewCase(proposes=Outcome.GRANTED)
    await county.refuses((COLLEAGUE, actions.review, review), view, {"handler": "colleague_has_it"})
    view = await county.do(COLLEAGUE, take_over, view, absent)
    assert view.law.handler == COLLEAGUE.staff
    back = ReasonedCase(reason="wrong_department")
    await county.refuses(
        (HANDLER, law_actions.send_back, replace(back, reason="workload")), view, REASON_UNKNOWN
    )
    redispatch = law_actions.redispatch
    for form, wrong in (
        (RedispatchCase(department=ZRZY, reason=""), {"reason": "missing"}),
        (RedispatchCase(department=DepartmentId("x"), reason="other"), {"department": "unknown"}),
        (RedispatchCase(department=WJJ, reason="other"), {"department": "same_department"}),
    ):
        await county.refuses((CLERK, redispatch, form), view, wrong)
    sent = await county.do(HANDLER, law_actions.send_back, view, back, county.text())
    assert (sent.state, sent.law.handler, sent.law.opinions) == (CaseState.ACCEPTED, None, ())
    again = await county.do(CLERK, actions.dispatch, sent, DispatchCase())
    other = await county.do(
        CLERK, redispatch, again, RedispatchCase(department=ZRZY, reason="wrong_department")
    )
    assert other.department == ZRZY
    with pytest.raises(NotFoundError):
        await county.do(HANDLER, law_actions.sign_in, other, SignInCase())
    assert (await county.do(OF_ZRZY, law_actions.sign_in, other, SignInCase())).law.handler


async def test_every_department_of_a_joint_review_finds_the_case_and_is_heard_once(
    county: Bureau,
) -> None:
    view = await county.path(await county.receive(), A.ACCEPT, A.DISPATCH)
    works, step = county.office.node.works, law_actions.give_opinion
    readers = {
        actor: reading.reader_of(COUNTY, works.profile, actor) for actor in (OF_ZRZY, OF_HBJ)
    }

    async def finds(actor: Actor) -> list[str]:
        page = await works.read(lists.inbox, readers[actor], actor.roles)
        count = sum((await works.read(tally.by_duty, readers[actor], actor.roles)).values())
        assert count == len(page.cases)
        return [line.number for line in page.cases]

    assert [await finds(actor) for actor in readers] == [[view.number], [view.number]]
    with pytest.raises(NotAllowedError):
        await county.do(HANDLER, step, view, GiveOpinion(agrees=True))
    await county.refuses((OF_ZRZY, step, GiveOpinion(agrees=False)), view, {"opinion": "missing"})
    with pytest.raises(ActionNotOpenError):
        await county.do(HANDLER, actions.review, view, ReviewCase(proposes=Outcome.GRANTED))
    one = await county.do(OF_ZRZY, step, view, GiveOpinion(agrees=False), county.text("距离不足"))
    assert [await finds(actor) for actor in readers] == [[], [view.number]]
    with pytest.raises(NotAllowedError):
        await county.do(OF_ZRZY, step, one, GiveOpinion(agrees=True))
    held = await county.do(HANDLER, law_actions.suspend, one, HEARING_NOW)
    assert await finds(OF_HBJ) == []
    one = await county.do(HANDLER, law_actions.resume, held, ResumeCase())
    both = await county.do(OF_HBJ, step, one, GiveOpinion(agrees=True))
    assert await finds(OF_HBJ) == []
    reader = readers[OF_HBJ]
    assert (await works.read(reading.case, reader, view.number)).law.opinions == both.law.opinions
    reviewed = await county.path(both, A.REVIEW)
    assert reviewed.state is CaseState.REVIEWED


HEARING_NOW = replace(HEARING, on="2026-03-17")


# ---- 特别程序、延长


async def test_a_special_procedure_needs_a_ground_days_and_what_its_kind_asks(
    county: Bureau,
) -> None:
    view = await county.path(await county.receive(), A.ACCEPT, A.DISPATCH)
    service = await county.path(await county.receive(item="wjj-31"), A.ACCEPT, A.DISPATCH)
    county.go_to("2026-03-03")
    step, survey = law_actions.suspend, SuspendCase(procedure=SpecialKind.SITE_SURVEY, amount=3)
    for case, form, wrong in (
        (view, survey, {"ground": "no_ground"}),
        (view, replace(survey, ground=Ground(law=" ", article="")), {"ground": "no_ground"}),
        (view, replace(survey, ground=Ground(law="法", article=LONG)), {"ground": "too_long"}),
        (view, replace(survey, ground=GROUND, amount=None), {"amount": "no_days"}),
        (view, replace(survey, ground=GROUND, amount=-1), {"amount": "no_days"}),
        (view, replace(survey, ground=GROUND, amount=10**9), {"amount": "no_days"}),
        (view, replace(survey, ground=GROUND, name=LONG), {"name": "too_long"}),
        (view, replace(HEARING, on=""), {"on": "missing"}),
        (view, replace(HEARING, on="2026-03-11"), {"on": "hearing_day"}),
        (view, replace(HEARING, on="2026-04-01"), {"on": "hearing_day"}),
        (view, replace(HEARING, place=" "), {"place": "missing"}),
        (service, HEARING, {"ground": "no_ground"}),
    ):
        await county.refuses((HANDLER, step, form), case, wrong, county.text())
    not_accepted = await county.to_handlers(await county.receive(day="2026-03-03"))
    with pytest.raises(ActionNotOpenError):
        await county.do(HANDLER, step, not_accepted, HEARING)
    held = await county.do(HANDLER, step, view, replace(HEARING, on="2026-03-12"))
    fact = await county.last(held)
    assert fact.ground == Ground(law="行政许可法", article="第四十五条")  # type: ignore[attr-defined]
    with pytest.raises(ActionNotOpenError):
        await county.do(HANDLER, step, held, HEARING)
    resume = law_actions.resume
    await county.refuses((HANDLER, resume, ResumeCase(result="?")), held, {"result": "unknown"})
    dropped = await county.do(HANDLER, resume, held, ResumeCase(result="dropped"))
    assert (dropped.state, dropped.law.procedures) == (CaseState.DISPATCHED, ())


@pytest.mark.parametrize("stops", [True, False])
async def test_the_time_of_a_procedure_counts_unless_the_law_says_that_it_stops(
    county: Bureau, *, stops: bool
) -> None:
    view = await county.receive("2026-03-02", item="wjj-31")  # ten working days promised
    view = await county.path(view, A.ACCEPT, A.DISPATCH)
    assert (await county.clock(view, ClockKind.PROMISED, "2026-03-02")).due == "2026-03-16"
    county.go_to("2026-03-06")
    kind = SpecialKind.EXPERT_REVIEW if stops else SpecialKind.SITE_SURVEY
    form = SuspendCase(procedure=kind, amount=5, ground=GROUND)
    held = await county.do(HANDLER, law_actions.suspend, view, form)
    clock = await county.clock(held, ClockKind.PROMISED, "2026-03-09")
    assert (clock.state, clock.due) == (
        (ClockState.PAUSED, None) if stops else (ClockState.RUNNING, "2026-03-16")
    )
    county.go_to("2026-03-12")
    back = await county.path(held, A.RESUME)
    due = (await county.clock(back, ClockKind.PROMISED, "2026-03-12")).due
    assert due == ("2026-03-20" if stops else "2026-03-16")


async def test_a_hearing_that_the_law_demands_comes_before_the_decision_as_does_its_fee(
    county: Bureau,
) -> None:
    view = await county.path(await county.receive(item="wjj-30"), *TO_DECISION[:4])
    decide = (APPROVER, actions.decide, DecideCase(outcome=Outcome.GRANTED))
    await county.refuses(decide, view, {"outcome": "procedure_missing"})
    county.go_to("2026-03-03")
    held = await county.do(HANDLER, law_actions.suspend, view, replace(HEARING, on="2026-03-12"))
    county.go_to("2026-03-12")
    heard = await county.path(held, A.RESUME)
    await county.refuses(decide, heard, {"fee": "unpaid"})
    paid = await county.path(heard, A.SETTLE_FEE)
    assert (await county.path(paid, A.DECIDE)).outcome is Outcome.GRANTED


async def test_an_extension_moves_both_limits_once_and_in_time(county: Bureau) -> None:
    view = await county.path(await county.receive(), A.ACCEPT, A.DISPATCH)
    step, form = law_actions.extend, ExtendCase(amount=15, reason="complex_case")
    promised, statutory = ClockKind.PROMISED, ClockKind.STATUTORY
    assert (await county.clock(view, statutory, "2026-03-02")).due == "2026-03-30"
    for bad, wrong in (
        (replace(form, amount=0), {"amount": "extension_range"}),
        (replace(form, amount=16), {"amount": "extension_range"}),
        (replace(form, reason="workload"), {"reason": "unknown"}),
    ):
        await county.refuses((APPROVER, step, bad), view, wrong, county.text())
    with pytest.raises(NotAllowedError):
        await county.do(HANDLER, step, view, form)
    county.go_to("2026-03-31")
    await county.refuses((APPROVER, step, form), view, {"amount": "extension_too_late"})
    county.go_to("2026-03-30")
    extended = await county.do(APPROVER, step, view, form, county.text())
    assert extended.law.extended == 15
    dues = [(await county.clock(extended, one, "2026-03-30")).due for one in (promised, statutory)]
    assert dues == ["2026-03-30", "2026-04-21"]
    with pytest.raises(ActionNotOpenError):
        await county.do(APPROVER, step, extended, form)
    service = await county.path(await county.receive(item="wjj-31"), A.ACCEPT, A.DISPATCH)
    months = replace(form, amount=3, ground=GROUND)  # its limit is two months
    await county.refuses((APPROVER, step, months), service, {"amount": "extension_range"})
    await county.refuses(
        (APPROVER, step, replace(form, amount=2)), service, {"ground": "no_ground"}
    )
