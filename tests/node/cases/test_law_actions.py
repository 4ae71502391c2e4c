"""The law's steps up to acceptance and on promises: what each needs, and what it refuses.

What is refused is told at its field, and nothing of it is saved: no event, no part.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from federation import partstore
from node.cases import actions, law_actions, lists, reading
from node.errors import ActionNotOpenError, NotAllowedError
from schemas.case_forms import (
    AdmitCase,
    CheckCase,
    ReasonedCase,
    RevokeCase,
    SupplyCase,
)
from schemas.case_terms import Ground, MaterialGiven, Remedies
from schemas.cases import Action, CaseState, Outcome
from schemas.cases_api import (
    AcceptCase,
    CorrectCase,
    DecideCase,
    RefuseCase,
    RequestCorrection,
)
from schemas.clocks import ClockKind, ClockState
from tests.support.bureau import (
    APPROVER,
    CLERK,
    GROUND,
    HANDLER,
    LONG,
    NEITHER,
    PAPERS,
    REASON_UNKNOWN,
    REMEDIES,
    TO_DECISION,
    Bureau,
    bureau,
)
from tests.support.casework import COUNTY
from tests.support.laws import HEARD, SERVICE

A = Action


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with bureau(tmp_path, HEARD, SERVICE) as made:
        yield made


# ---- before acceptance


async def test_an_application_by_the_network_is_admitted_by_the_window_alone(
    county: Bureau,
) -> None:
    view = await county.apply()
    with pytest.raises(NotAllowedError):
        await county.do(HANDLER, law_actions.admit, await county.to_handlers(view), AdmitCase())
    with pytest.raises(ActionNotOpenError):
        await county.do(CLERK, law_actions.admit, view, AdmitCase(seen=5))
    admitted = await county.do(CLERK, law_actions.admit, view, AdmitCase(seen=0))
    assert (admitted.state, admitted.seq) == (CaseState.RECEIVED, 1)


async def test_one_notice_is_complete_in_time_and_a_second_needs_its_reason(
    county: Bureau,
) -> None:
    view = await county.receive()  # Monday 2026-03-02
    step, ask = actions.request_correction, RequestCorrection(reason="other", materials=("form",))
    for form, wrong in (
        (replace(ask, reason="why"), {"reason": "unknown"}),
        (replace(ask, reason=""), {"reason": "missing"}),
        (replace(ask, by="2026-03-02"), {"by": "day_out_of_range"}),
        (replace(ask, by="2026-09-01"), {"by": "day_out_of_range"}),
        (replace(ask, by="20260310"), {"by": "no_day"}),
    ):
        await county.refuses((CLERK, step, form), view, wrong, county.text())
    county.go_to("2026-03-10")  # the sixth working day
    await county.refuses((CLERK, step, ask), view, {"materials": "told_too_late"})
    county.go_to("2026-03-09")
    asked = await county.do(CLERK, step, view, replace(ask, again="other"))
    assert (asked.law.corrections, asked.law.correct_by) == (1, "2026-03-23")
    correct = CorrectCase(materials=(MaterialGiven(code="form", originals=1),))
    county.go_to("2026-03-24")
    await county.refuses(
        (CLERK, actions.correct, correct), asked, {"materials": "correction_too_late"}
    )
    county.go_to("2026-03-23")
    back = await county.do(CLERK, actions.correct, asked, correct)
    await county.refuses((CLERK, step, ask), back, {"again": "second_notice"})
    second = await county.do(CLERK, step, back, replace(ask, again="new_circumstance"))
    assert second.law.corrections == 2


async def test_what_was_corrected_counts_as_accepted_from_the_day_the_papers_came(
    county: Bureau,
) -> None:
    asked = await county.path(await county.receive(), A.REQUEST_CORRECTION)
    county.go_to("2026-03-09")
    correct = CorrectCase(materials=(MaterialGiven(code="form", originals=1),))
    back = await county.do(CLERK, actions.correct, asked, correct)
    county.go_to("2026-03-12")  # whoever accepts late takes nothing from the applicant
    accepted = await county.path(back, A.ACCEPT)
    clock = await county.clock(accepted, ClockKind.STATUTORY, "2026-03-12")
    assert (accepted.accepted_at, clock.start) == (back.since, "2026-03-09")


async def test_a_case_is_returned_when_the_day_is_over_and_not_before(county: Bureau) -> None:
    asked = await county.path(await county.receive(), A.REQUEST_CORRECTION)  # by 2026-03-16
    step, form = law_actions.give_back, ReasonedCase(reason="correction_overdue")
    county.go_to("2026-03-16", hour=23)
    await county.refuses((CLERK, step, form), asked, {"reason": "not_overdue"}, county.text())
    county.go_to("2026-03-17", hour=0)
    await county.refuses((CLERK, step, replace(form, reason="workload")), asked, REASON_UNKNOWN)
    returned = await county.do(CLERK, step, asked, form, county.text())
    assert (returned.state, returned.outcome) == (CaseState.RETURNED, Outcome.RETURNED)


async def test_a_refusal_names_its_reason_its_ground_the_remedies_and_the_right_body(
    county: Bureau,
) -> None:
    view, step = await county.receive(), actions.refuse
    full = RefuseCase(
        reason="not_our_competence", ground=GROUND, remedies=REMEDIES, competent="市局"
    )
    blank = Remedies(review_body=" ", court="千阳县人民法院")
    for form, wrong in (
        (replace(full, reason=""), {"reason": "missing"}),
        (replace(full, ground=None), {"ground": "no_ground"}),
        (replace(full, ground=Ground(law="", article="第一条")), {"ground": "no_ground"}),
        (replace(full, ground=Ground(law=LONG, article="一")), {"ground": "too_long"}),
        (replace(full, remedies=None), {"remedies": "no_remedies"}),
        (replace(full, ground=None, remedies=blank), NEITHER),
        (replace(full, competent=" "), {"competent": "no_competent"}),
        (replace(full, competent=LONG), {"competent": "too_long"}),
    ):
        await county.refuses((CLERK, step, form), view, wrong, county.text())
    short = replace(REMEDIES, review_days=3, lawsuit_months=1)
    refused = await county.do(CLERK, step, view, replace(full, remedies=short))
    assert refused.state is CaseState.REFUSED
    fact = await county.last(refused)
    assert (fact.remedies.review_days, fact.remedies.lawsuit_months) == (60, 6)  # type: ignore[attr-defined]


# ---- 容缺、告知承诺


async def test_papers_may_follow_on_a_signed_promise_and_the_decision_waits_for_them(
    county: Bureau,
) -> None:
    view, step = await county.receive(papers=2), actions.accept
    promise = await county.promise()
    full = AcceptCase(pending=("map",), pending_by="2026-03-06", promise=promise)
    for form, wrong in (
        (AcceptCase(), {"pending.map": "lacking"}),
        (replace(full, promise=None), {"promise": "no_promise"}),
        (replace(full, pending=("map", "id")), {"pending.id": "not_deferrable"}),
        (replace(full, pending=("map", "x")), {"pending.x": "unknown"}),
        (replace(full, pending_by="2026-03-10"), {"pending_by": "behind_promise"}),
        (replace(full, pending_by="2026-03-01"), {"pending_by": "day_out_of_range"}),
        (replace(full, pending_by="6.3."), {"pending_by": "no_day"}),
    ):
        await county.refuses((CLERK, step, form), view, wrong)
    view = await county.do(CLERK, step, view, full)
    assert (view.law.pending, view.law.pending_by) == (("map",), "2026-03-06")
    view = await county.path(view, A.DISPATCH, A.GIVE_OPINION, A.REVIEW)
    decide = (APPROVER, actions.decide, DecideCase(outcome=Outcome.GRANTED))
    await county.refuses(decide, view, {"outcome": "papers_pending"}, county.text())
    back = (HANDLER, law_actions.give_back, ReasonedCase(reason="pending_overdue"))
    await county.refuses(back, view, {"reason": "not_overdue"})
    supply = law_actions.supply
    for given, wrong in (
        ((), {"materials": "missing"}),
        ((PAPERS[2], MaterialGiven(code="id", copies=1)), {"materials": "not_pending"}),
    ):
        await county.refuses((CLERK, supply, SupplyCase(materials=given)), view, wrong)
    supplied = await county.do(CLERK, supply, view, SupplyCase(materials=PAPERS[2:]))
    assert (supplied.law.pending, supplied.state) == ((), CaseState.REVIEWED)
    with pytest.raises(ActionNotOpenError):
        await county.do(CLERK, supply, supplied, SupplyCase(materials=PAPERS[2:]))
    assert (await county.path(supplied, A.DECIDE)).outcome is Outcome.GRANTED


async def test_what_was_promised_and_did_not_come_goes_back(county: Bureau) -> None:
    view = await county.receive(papers=2)
    form = AcceptCase(pending=("map",), promise=await county.promise())
    view = await county.do(CLERK, actions.accept, view, form)
    assert view.law.pending_by == "2026-03-09"  # the promised limit
    county.go_to("2026-03-10")
    returned = await county.do(
        CLERK, law_actions.give_back, view, ReasonedCase(reason="pending_overdue")
    )
    assert (returned.outcome, returned.holder) == (Outcome.RETURNED, COUNTY)


async def test_a_commitment_is_decided_at_once_checked_in_time_and_revoked_if_broken(
    county: Bureau,
) -> None:
    view = await county.receive(papers=2)
    promise = await county.promise()
    form = AcceptCase(commitment=True, promise=promise)
    for item, wrong_form, wrong in (
        ("wjj-02", replace(form, promise=None), {"promise": "no_promise"}),
        ("wjj-30", form, {"commitment": "no_commitment_item"}),
    ):
        other = view if item == "wjj-02" else await county.receive(item=item)
        await county.refuses((CLERK, actions.accept, wrong_form), other, wrong)
    view = await county.do(CLERK, actions.accept, view, form)
    assert promise in await county.office.node.works.read(partstore.kept_of, view.stream)
    view = await county.path(view, A.DECIDE)
    check = await county.clock(view, ClockKind.CHECK, "2026-03-02")
    assert (check.state, check.due) == (ClockState.RUNNING, "2026-04-14")
    closed = await county.path(view, A.CERTIFY, A.SETTLE_FEE, A.DELIVER, A.CLOSE)
    page = await county.office.node.works.read(
        lists.inbox, reading.reader_of(COUNTY, county.office.node.works.profile, HANDLER),
        HANDLER.roles,
    )  # fmt: skip
    assert [line.duty for line in page.cases] == [A.CHECK]
    county.go_to("2026-04-01")
    step = law_actions.check
    await county.refuses((HANDLER, step, CheckCase(kept=False)), closed, {"note": "missing"})
    checked = await county.do(HANDLER, step, closed, CheckCase(kept=False), county.text())
    assert (checked.state, checked.law.checked) == (CaseState.CLOSED, False)
    ended = await county.clock(checked, ClockKind.CHECK, "2026-04-01")
    assert (ended.state, ended.ended) == (ClockState.ENDED, "2026-04-01")
    with pytest.raises(ActionNotOpenError):
        await county.do(HANDLER, step, checked, CheckCase(kept=True))
    revoke = RevokeCase(reason="commitment_broken", ground=GROUND, remedies=REMEDIES)
    for wrong_revoke, wrong in (
        (replace(revoke, reason="workload"), {"reason": "unknown"}),
        (replace(revoke, ground=None, remedies=None), NEITHER),
    ):
        await county.refuses(
            (APPROVER, law_actions.revoke, wrong_revoke), checked, wrong, county.text()
        )
    revoked = await county.do(APPROVER, law_actions.revoke, checked, revoke)
    assert (revoked.state, revoked.outcome) == (CaseState.REVOKED, Outcome.REVOKED)


async def test_a_case_without_a_commitment_has_no_check_clock(county: Bureau) -> None:
    view = await county.path(await county.receive(), *TO_DECISION)
    assert ClockKind.CHECK not in await county.clocks(view, "2026-03-02")
