"""The law's steps from the decision on: fees, licences, delivery, denials, and other ends.

What is refused is told at its field, and nothing of it is saved: no event, no part.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from federation import partstore
from node.cases import actions, law_actions, stepping, store
from node.cases.caseview import CaseView
from node.errors import ActionNotOpenError
from node.work import Work
from schemas.case_forms import (
    CertifyCase,
    NotifyCase,
    ReasonedCase,
    ReopenCase,
    ReportCase,
    SettleFee,
)
from schemas.cases import Action, CaseRefused, CaseState, Outcome
from schemas.cases_api import (
    DecideCase,
    DeliverCase,
)
from schemas.clocks import ClockKind, ClockState
from tests.support.bureau import (
    APPROVER,
    CLERK,
    GROUND,
    HANDLER,
    LONG,
    REASON_UNKNOWN,
    REMEDIES,
    TO_CLOSING,
    TO_DECISION,
    Bureau,
    bureau,
)
from tests.support.casework import COUNTY
from tests.support.catalogue import WJJ
from tests.support.laws import HEARD, SERVICE

A = Action


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with bureau(tmp_path, HEARD, SERVICE) as made:
        yield made


# ---- 缴费、制证、送达


async def test_a_fee_is_of_the_items_list_with_its_code_or_waived_by_a_rule(
    county: Bureau,
) -> None:
    view = await county.path(await county.receive(), *TO_DECISION)
    free = await county.receive(item="wjj-31")
    step, code = law_actions.settle_fee, "61032826000000000001"
    for form, wrong in (
        (SettleFee(fen=1001, payment_code=code), {"fen": "fee_above"}),
        (SettleFee(fen=-1, waived="x"), {"fen": "fee_above"}),
        (SettleFee(fen=1000), {"payment_code": "no_payment_code"}),
        (SettleFee(fen=1000, payment_code="six"), {"payment_code": "no_payment_code"}),
        (SettleFee(), {"waived": "no_waiver"}),
        (SettleFee(waived=LONG), {"waived": "too_long"}),
    ):
        await county.refuses((CLERK, step, form), view, wrong)
    with pytest.raises(ActionNotOpenError):  # nothing is due
        await county.do(CLERK, step, free, SettleFee(fen=1000, payment_code=code))
    waived = await county.do(CLERK, step, view, SettleFee(waived="财税〔2015〕1号"))
    assert waived.law.fee_settled
    with pytest.raises(ActionNotOpenError):
        await county.do(CLERK, step, waived, SettleFee(waived="再次"))


async def test_a_licence_is_made_paid_for_told_of_and_handed_over(county: Bureau) -> None:
    view = await county.path(await county.receive(), *TO_DECISION)
    with pytest.raises(ActionNotOpenError):
        await county.do(CLERK, actions.deliver, view, DeliverCase())
    step, form = law_actions.certify, CertifyCase(certificate="陕卫证字〔2026〕1号")
    for bad, wrong in (
        (replace(form, certificate=" "), {"certificate": "missing"}),
        (replace(form, certificate=LONG), {"certificate": "too_long"}),
        (replace(form, valid_until="2026-03-01"), {"valid_until": "day_out_of_range"}),
        (replace(form, valid_until="2026-3-9"), {"valid_until": "no_day"}),
        (replace(form, valid_from="2027-01-01", valid_until="2026-12-31"), TOO_EARLY),
    ):
        await county.refuses((HANDLER, step, bad), view, wrong)
    made = await county.do(HANDLER, step, view, replace(form, valid_until="2030-03-01"))
    assert (made.law.certificate, made.law.valid_until) == ("陕卫证字〔2026〕1号", "2030-03-01")
    delivery = await county.clock(made, ClockKind.DELIVERY, "2026-03-02")
    assert (delivery.state, delivery.due) == (ClockState.RUNNING, "2026-03-16")
    county.go_to("2026-03-04")
    ready = await county.do(CLERK, law_actions.notify, made, NotifyCase())
    ended = await county.clock(ready, ClockKind.DELIVERY, "2026-03-30")
    assert (ready.state, ended.ended, ended.overdue) == (CaseState.READY, "2026-03-04", False)
    deliver = actions.deliver
    for bad_delivery, wrong in (
        (DeliverCase(), {"fee": "unpaid"}),
        (DeliverCase(to="neighbour"), {"to": "unknown"}),
        (DeliverCase(mode="pigeon"), {"mode": "unknown"}),
        (DeliverCase(mode="courier"), {"waybill": "missing"}),
        (DeliverCase(to="agent"), {"receiver": "missing"}),
        (DeliverCase(receiver=LONG), {"receiver": "too_long"}),
    ):
        receipt = actions.make_receipt(county.office.parts, bad_delivery)
        await county.refuses((CLERK, deliver, bad_delivery), ready, wrong, receipt)
    paid = await county.path(ready, A.SETTLE_FEE)
    by_agent = DeliverCase(to="agent", receiver="李四", receiver_id="61032819000101003x")
    receipt = actions.make_receipt(county.office.parts, by_agent)
    assert receipt is not None
    done = await county.do(CLERK, deliver, paid, by_agent, receipt)
    assert receipt.digest in await county.office.node.works.read(partstore.kept_of, view.stream)
    assert "李四" not in str(await county.last(done))


TOO_EARLY = {"valid_until": "day_out_of_range"}


async def test_a_result_is_couriered_only_where_the_item_says_so(county: Bureau) -> None:
    view = await county.receive(item="wjj-31")
    view = await county.path(view, *TO_DECISION, A.CERTIFY)
    form = DeliverCase(mode="courier", waybill="EMS1")
    await county.refuses((CLERK, actions.deliver, form), view, {"mode": "not_couriered"})


# ---- decisions against, and ends


async def test_a_denial_cannot_be_saved_without_reason_ground_and_remedies(
    county: Bureau,
) -> None:
    view = await county.path(await county.receive(), *TO_DECISION[:4])
    step = actions.decide
    full = DecideCase(
        outcome=Outcome.DENIED, reason="conditions_not_met", ground=GROUND, remedies=REMEDIES
    )
    for form, wrong in (
        (replace(full, reason=None), {"reason": "missing"}),
        (replace(full, reason="because"), {"reason": "unknown"}),
        (replace(full, ground=None), {"ground": "no_ground"}),
        (replace(full, remedies=None), {"remedies": "no_remedies"}),
        (replace(full, outcome=Outcome.VOIDED), {"outcome": "unknown"}),
        (replace(full, valid_until="soon"), {"valid_until": "no_day"}),
    ):
        await county.refuses((APPROVER, step, form), view, wrong, county.text())
    denied = await county.do(APPROVER, step, view, full, county.text())
    assert (denied.state, denied.outcome, denied.holder) == (
        CaseState.DECIDED, Outcome.DENIED, COUNTY,
    )  # fmt: skip
    assert (await county.path(denied, A.DELIVER, A.CLOSE)).state is CaseState.CLOSED


async def test_a_case_ends_otherwise_for_its_reasons_alone(county: Bureau) -> None:
    view = await county.receive()
    terminate = law_actions.terminate
    for form, wrong in (
        (ReasonedCase(reason="workload"), REASON_UNKNOWN),
        (ReasonedCase(reason=""), {"reason": "missing"}),
    ):
        await county.refuses((CLERK, terminate, form), view, wrong, county.text())
    ended = await county.do(CLERK, terminate, view, ReasonedCase(reason="applicant_died"))
    assert (ended.state, ended.outcome) == (CaseState.TERMINATED, Outcome.TERMINATED)
    closed = await county.to_handlers(await county.path(ended, A.CLOSE))
    with pytest.raises(ActionNotOpenError):  # nobody has decided anything
        await county.path(closed, A.REOPEN)
    mistaken = await county.receive()
    void, mistake = law_actions.void, ReasonedCase(reason="entered_by_mistake")
    await county.refuses((CLERK, void, mistake), mistaken, {"note": "missing"})
    await county.refuses(
        (CLERK, void, replace(mistake, reason="workload")), mistaken, REASON_UNKNOWN, county.text()
    )
    voided = await county.do(CLERK, void, mistaken, mistake, county.text("重复录入"))
    assert (voided.state, voided.outcome) == (CaseState.VOIDED, Outcome.VOIDED)
    counts = {state: n for _, state, n in await county.office.node.works.read(store.counts)}
    assert counts == {CaseState.CLOSED: 1, CaseState.VOIDED: 1}


async def test_a_court_sends_a_case_back_and_it_is_decided_anew_in_the_whole_limit(
    county: Bureau,
) -> None:
    closed = await county.path(await county.receive(), *TO_CLOSING)
    county.go_to("2026-06-01")
    step, form = law_actions.reopen, ReopenCase(reason="court_judgment", document="(2026)陕01号")
    for bad, wrong in (
        (replace(form, reason="other"), REASON_UNKNOWN),
        (replace(form, document=" "), {"document": "missing"}),
        (replace(form, document=LONG), {"document": "too_long"}),
    ):
        await county.refuses((APPROVER, step, bad), closed, wrong, county.text())
    view = await county.do(APPROVER, step, closed, form)
    assert (view.state, view.outcome, view.department) == (CaseState.ACCEPTED, None, WJJ)
    statutory = await county.clock(view, ClockKind.STATUTORY, "2026-06-01")
    assert (statutory.state, statutory.start, statutory.due) == (
        ClockState.RUNNING, "2026-06-01", "2026-06-30",
    )  # fmt: skip
    decided = await county.path(view, A.GIVE_OPINION, A.REVIEW, A.DECIDE)
    delivery = await county.clock(decided, ClockKind.DELIVERY, "2026-06-01")
    assert (delivery.state, delivery.start) == (ClockState.RUNNING, "2026-06-01")
    again = await county.path(decided, A.CERTIFY, A.DELIVER, A.CLOSE)
    assert (again.law.reopened, again.outcome) == (1, Outcome.GRANTED)


async def test_a_report_carries_its_opinion(county: Bureau) -> None:
    view = await county.path(await county.receive(), A.ACCEPT, A.DISPATCH)
    with pytest.raises(ActionNotOpenError):  # this item is decided here
        await county.do(HANDLER, law_actions.report, view, ReportCase(opinion="同意上报"))


async def test_what_every_replica_would_call_void_is_not_written_whoever_forgot_to_ask(
    county: Bureau,
) -> None:
    view = await county.receive()
    sound = CaseRefused(
        reason="conditions_not_met", ground=GROUND, remedies=REMEDIES, competent="市局"
    )

    def refuse(work: Work, reference: str, fact: CaseRefused) -> CaseView:
        return stepping.do(work, stepping.find(work, reference), fact, seen=None)

    for fact, wrong in (
        (replace(sound, ground=None), {"ground": "no_ground"}),
        (replace(sound, remedies=None), {"remedies": "no_remedies"}),
    ):
        await county.refuses((CLERK, refuse, fact), view, wrong)
    assert (await county.do(CLERK, refuse, view, sound)).state is CaseState.REFUSED
