"""Actions through real Works: what each does, and what refuses it and changes nothing."""

import asyncio

import pytest
from msgspec.structs import replace

from federation import partstore
from federation.parts import salted
from node.cases import actions, reading, receiving
from node.cases.caseview import CaseView
from node.errors import (
    ActionNotOpenError,
    AlreadyDoneError,
    BadInputError,
    MaterialsMissingError,
    NotAllowedError,
    NotFoundError,
)
from node.parts import actions as parts
from node.work import SYSTEM
from schemas.case_terms import MaterialGiven
from schemas.cases import Action, CaseState, Outcome
from schemas.cases_api import (
    AcceptCase,
    CloseCase,
    CorrectCase,
    DecideCase,
    DeliverCase,
    DispatchCase,
    ForwardCase,
    RefuseCase,
    RequestCorrection,
    ReviewCase,
    WithdrawCase,
)
from schemas.ids import NodeId, PartDigest
from tests.support.casework import (
    AGENT,
    APPROVER,
    CLERK,
    COUNTY,
    FORM,
    HANDLER,
    OFFICER,
    OPERATOR,
    PAPERS,
    STRANGER,
    SUPERVISOR,
    TOWN_APPROVER,
    VILLAGE,
    ZHANG,
    ZRZY,
    Casework,
    Office,
)
from tests.support.steps import GROUND, REMEDIES

CITY = NodeId("6103")
EFFECTIVE, INERT, UNJUDGED = 1, 2, 3


async def events(office: Office) -> int:
    found: int = await office.node.works.read(
        lambda tx: tx.execute("SELECT count(*) FROM events").fetchone()[0]
    )
    return found


# ---- the whole way


async def test_a_licence_taken_at_a_village_is_decided_at_the_county_and_closed(
    all_three: Casework,
) -> None:
    closed = await all_three.licence_until("close")
    assert (closed.state, closed.outcome, closed.holder) == (
        CaseState.CLOSED,
        Outcome.GRANTED,
        COUNTY,
    )
    for office in all_three.offices:
        assert await office.see(SUPERVISOR, closed.number) == closed
        assert set(await office.node.verdicts(closed.stream)) == {EFFECTIVE}


async def test_the_town_decides_what_is_the_towns(all_three: Casework) -> None:
    form = replace(FORM, item="ybj-01", materials=PAPERS[1:])
    view = await all_three.village.receive(form)
    await all_three.carry(view.stream)
    works = all_three.town.node.works
    await works.run(OFFICER, actions.accept, view.number, AcceptCase())
    with pytest.raises(NotAllowedError):
        await works.run(OFFICER, actions.decide, view.number, DecideCase(outcome=Outcome.GRANTED))
    decided = await works.run(
        TOWN_APPROVER, actions.decide, view.number, DecideCase(outcome=Outcome.GRANTED)
    )
    assert (decided.state, decided.holder) == (CaseState.DECIDED, VILLAGE)


# ---- receiving


async def test_numbers_count_up_within_a_local_day(all_three: Casework) -> None:
    first, second = await all_three.village.receive(), await all_three.village.receive()
    assert first.number.startswith(f"{VILLAGE}-")
    assert (first.number[-5:], second.number[-5:]) == ("A0001", "A0002")


async def test_another_life_of_the_node_numbers_with_another_letter(all_three: Casework) -> None:
    await all_three.village.receive()
    assert await all_three.village.node.works.run(SYSTEM, receiving.begin_next_series) == "B"
    assert (await all_three.village.receive()).number[-5:] == "B0001"


async def test_a_machine_that_replaces_another_numbers_in_a_series_of_its_own(
    all_three: Casework,
) -> None:
    works = all_three.village.node.works
    await works.run(SYSTEM, receiving.begin_life, 2)
    assert (await all_three.village.receive()).number[-6:] == "AA0001"
    assert await works.run(SYSTEM, receiving.begin_next_series) == "AB"


async def test_missing_papers_are_said_all_at_once_and_nothing_is_taken(
    all_three: Casework,
) -> None:
    before = await events(all_three.village)
    with pytest.raises(MaterialsMissingError) as refused:
        await all_three.village.receive(replace(FORM, materials=()))
    assert refused.value.missing == (("form", "申请表"), ("id", "身份证"))
    assert await events(all_three.village) == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"applicant": replace(ZHANG, id_number="610328190002290037")}, "applicant.id_number"),
        ({"applicant": replace(ZHANG, kind="legal")}, "applicant.kind"),
        ({"channel": "pigeon"}, "channel"),
        ({"place": NodeId("61032")}, "place"),
        ({"place": NodeId("620328100")}, "place"),
        ({"place": NodeId("610327100")}, "place"),
        ({"materials": (*PAPERS, MaterialGiven(code="ghost", originals=1))}, "materials.ghost"),
        ({"materials": (*PAPERS, PAPERS[0])}, "materials.form"),
        ({"materials": (PAPERS[0], MaterialGiven(code="id", copies=-1))}, "materials.id"),
        (
            {"materials": (PAPERS[0], MaterialGiven(code="id", parts=(PartDigest("a" * 64),)))},
            f"parts.{'a' * 64}",
        ),
    ],
    ids=(
        "birthday",
        "kind",
        "channel",
        "no-code",
        "far-away",
        "next-county",
        "ghost",
        "twice",
        "count",
        "scan",
    ),
)
async def test_what_does_not_fit_is_refused_by_its_field(
    all_three: Casework, changes: dict[str, object], field: str
) -> None:
    before = await events(all_three.village)
    with pytest.raises(BadInputError) as refused:
        await all_three.village.receive(replace(FORM, **changes))
    assert field in refused.value.fields
    assert await events(all_three.village) == before


async def test_only_a_window_takes_cases(all_three: Casework) -> None:
    with pytest.raises(NotAllowedError):
        await all_three.county.receive(actor=HANDLER)
    with pytest.raises(NotFoundError):
        await all_three.village.receive(replace(FORM, item="ghost"))


async def test_scans_and_texts_are_kept_for_the_case(all_three: Casework) -> None:
    village, town = all_three.village, all_three.town
    scan = village.parts.prepare(salted("image/png", b"scan"))
    await village.node.works.run(AGENT, parts.hold, scan, media="image/png", size=4)
    given = (PAPERS[0], MaterialGiven(code="id", parts=(scan.digest,)))
    view = await village.receive(replace(FORM, materials=given))
    kept = await village.node.works.read(partstore.kept_of, view.stream)
    assert len(kept) == 2
    assert scan.digest in kept
    await all_three.carry(view.stream)
    opinion = actions.make_text(town.parts, "同意")
    assert opinion is not None
    await town.node.works.run(OFFICER, actions.forward, view.number, ForwardCase(), opinion)
    assert await town.node.works.read(partstore.kept_of, view.stream) == (opinion.digest,)


# ---- two at once, the wrong step, the wrong person


async def test_of_two_staff_at_once_one_wins_and_the_other_is_told_what_is_open(
    all_three: Casework,
) -> None:
    view = await all_three.licence_until("forward")
    works = all_three.county.node.works
    form = AcceptCase(seen=view.seq)
    answers = await asyncio.gather(
        *(works.run(CLERK, actions.accept, view.number, form) for _ in range(2)),
        return_exceptions=True,
    )
    won = [one for one in answers if isinstance(one, CaseView)]
    lost = [one for one in answers if isinstance(one, ActionNotOpenError)]
    assert (len(won), len(lost)) == (1, 1)
    assert (lost[0].state, lost[0].seq) == (CaseState.ACCEPTED, view.seq + 1)
    assert lost[0].allowed == (Action.DISPATCH, Action.WITHDRAW, Action.TERMINATE)


async def test_a_step_that_is_not_open_is_refused_with_what_is(all_three: Casework) -> None:
    view = await all_three.licence_until("forward")
    before = await events(all_three.county)
    with pytest.raises(ActionNotOpenError) as refused:
        await all_three.county.node.works.run(CLERK, actions.dispatch, view.number, DispatchCase())
    assert set(refused.value.allowed) == {
        Action.ACCEPT,
        Action.REFUSE,
        Action.REQUEST_CORRECTION,
        Action.WITHDRAW,
        Action.TERMINATE,
        Action.VOID,
    }
    with pytest.raises(ActionNotOpenError) as elsewhere:
        await all_three.town.node.works.run(OFFICER, actions.forward, view.number, ForwardCase())
    assert (elsewhere.value.holder, elsewhere.value.allowed) == (COUNTY, ())
    assert await events(all_three.county) == before


async def test_who_looked_at_an_older_state_is_told_so(all_three: Casework) -> None:
    view = await all_three.licence_until("forward")
    with pytest.raises(ActionNotOpenError):
        await all_three.county.node.works.run(
            CLERK, actions.accept, view.number, AcceptCase(seen=view.seq - 1)
        )


async def test_a_post_that_never_does_a_step_is_not_allowed_it(all_three: Casework) -> None:
    view = await all_three.licence_until("review")
    decision = DecideCase(outcome=Outcome.GRANTED)
    for actor in (CLERK, HANDLER, SUPERVISOR):
        with pytest.raises(NotAllowedError):
            await all_three.county.node.works.run(actor, actions.decide, view.number, decision)


async def test_another_department_does_not_even_see_the_case(all_three: Casework) -> None:
    view = await all_three.licence_until("dispatch")
    works = all_three.county.node.works
    with pytest.raises(NotFoundError):
        await works.run(STRANGER, actions.review, view.number, ReviewCase(proposes=Outcome.GRANTED))
    with pytest.raises(NotFoundError):
        await all_three.county.see(OPERATOR, view.number)
    assert (await all_three.county.see(HANDLER, view.number)).department == HANDLER.department


# ---- each step's own conditions


async def test_a_correction_brings_the_papers_that_were_asked_for(all_three: Casework) -> None:
    view = await all_three.licence_until("forward")
    works = all_three.county.node.works
    with pytest.raises(BadInputError):
        await works.run(
            CLERK,
            actions.request_correction,
            view.number,
            RequestCorrection(reason="materials_defective", materials=("ghost",)),
        )
    asked = RequestCorrection(reason="materials_defective", materials=("form", "id"))
    await works.run(CLERK, actions.request_correction, view.number, asked)
    await all_three.carry(view.stream)
    village = all_three.village.node.works
    with pytest.raises(MaterialsMissingError):
        await village.run(AGENT, actions.correct, view.number, CorrectCase(materials=PAPERS[:1]))
    back = await village.run(AGENT, actions.correct, view.number, CorrectCase(materials=PAPERS))
    assert (back.state, back.holder) == (CaseState.RECEIVED, COUNTY)


@pytest.mark.parametrize("reason", ["", "because"])
async def test_refusing_and_denying_need_a_published_reason(
    all_three: Casework, reason: str
) -> None:
    view = await all_three.licence_until("forward")
    works = all_three.county.node.works
    with pytest.raises(BadInputError) as refused:
        await works.run(CLERK, actions.refuse, view.number, RefuseCase(reason=reason))
    assert "reason" in refused.value.fields
    view = await all_three.licence_until("review")
    with pytest.raises(BadInputError) as denied:
        await works.run(
            APPROVER,
            actions.decide,
            view.number,
            DecideCase(outcome=Outcome.DENIED, reason=reason),
        )
    assert "reason" in denied.value.fields


async def test_a_refused_case_is_closed_by_its_window(all_three: Casework) -> None:
    view = await all_three.licence_until("forward")
    form = RefuseCase(
        reason="not_our_competence", ground=GROUND, remedies=REMEDIES, competent="市卫健委"
    )
    await all_three.county.node.works.run(CLERK, actions.refuse, view.number, form)
    await all_three.carry(view.stream)
    closed = await all_three.village.node.works.run(AGENT, actions.close, view.number, CloseCase())
    assert (closed.outcome, closed.holder) == (Outcome.REFUSED, COUNTY)


async def test_a_case_goes_to_another_department_only_if_there_is_one(
    all_three: Casework,
) -> None:
    view = await all_three.licence_until("accept")
    works = all_three.county.node.works
    with pytest.raises(BadInputError):
        await works.run(
            CLERK,
            actions.dispatch,
            view.number,
            DispatchCase(department="ghost"),  # type: ignore[arg-type]
        )
    sent = await works.run(CLERK, actions.dispatch, view.number, DispatchCase(department=ZRZY))
    assert sent.department == ZRZY


async def test_delivering_is_to_the_applicant_or_his_agent(all_three: Casework) -> None:
    view = await all_three.licence_until("decide")
    village = all_three.village.node.works
    with pytest.raises(BadInputError):
        await village.run(AGENT, actions.deliver, view.number, DeliverCase(to="neighbour"))
    form = DeliverCase(to="agent", receiver="李四")
    done = await village.run(AGENT, actions.deliver, view.number, form)
    assert done.state is CaseState.DELIVERED


# ---- withdrawing


async def test_the_window_asks_who_holds_the_case_and_he_withdraws_it(
    all_three: Casework,
) -> None:
    view = await all_three.licence_until("accept")
    village = all_three.village.node.works
    form = WithdrawCase(reason="applicant_withdrew")
    asked = await village.run(AGENT, actions.withdraw, view.number, form)
    assert asked == view
    with pytest.raises(AlreadyDoneError):
        await village.run(AGENT, actions.withdraw, view.number, form)
    (note,) = await village.read(reading.notes, view)
    await all_three.carry(note.stream)
    county = all_three.county.node.works
    (seen,) = await county.read(reading.notes, view)
    assert (seen.kind, seen.node, seen.reason) == (
        "note.withdrawal_asked",
        VILLAGE,
        "applicant_withdrew",
    )
    withdrawn = await county.run(CLERK, actions.withdraw, view.number, form)
    assert (withdrawn.state, withdrawn.holder) == (CaseState.WITHDRAWN, VILLAGE)


async def test_a_decided_case_cannot_be_withdrawn(all_three: Casework) -> None:
    view = await all_three.licence_until("decide")
    with pytest.raises(ActionNotOpenError):
        await all_three.village.node.works.run(
            AGENT, actions.withdraw, view.number, WithdrawCase(reason="applicant_withdrew")
        )
