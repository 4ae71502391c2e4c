"""廉政风险点: shown above the forms to whoever may act at that stage, and noted once a step."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from node.cases import receiving, risks
from node.catalogue import actions as catalogue
from node.database import Tx
from node.errors import StorageFullError
from node.work import SYSTEM, Work
from schemas.cases import Action, CaseState
from schemas.cases_api import ReceiveCase
from schemas.ids import Level, NodeId
from schemas.item_terms import RiskGrade, StageKind
from schemas.items import Risk
from tests.support import steps
from tests.support.bureau import HANDLER
from tests.support.casework import CLERK, COUNTY, PAPERS, ZHANG
from tests.support.catalogue import ACCEPT, DECIDE, LICENCE, RISK, WJJ
from tests.support.laws import RICH, at_county
from tests.support.pagenode import PageNode, page_node
from tests.support.visitors import Visitors, visitors_of

PLAIN = at_county(LICENCE, code="wjj-40")
"""Its one risk is at the decision."""


class Case:
    """One case, and whoever opens its page."""

    def __init__(self, county: PageNode, visit: Visitors, number: str) -> None:
        self.county = county
        self.visit = visit
        self.number = number

    async def page(self, login: str) -> str:
        return await (await self.visit(login)).page(f"/cases/{self.number}")

    async def does(self, login: str, action: str, **typed: str) -> None:
        form = {name: [text] for name, text in typed.items()}
        await (await self.visit(login)).went(f"/cases/{self.number}/{action}", form)

    async def noted(self) -> list[tuple[int, str]]:
        """What is on record: of which step, shown to whom."""
        query = (
            "SELECT r.seq, s.login FROM risk_showings r JOIN staff s ON s.id = r.staff"
            " ORDER BY r.serial"
        )
        return await self.county.works.read(lambda tx: list(tx.execute(query)))

    async def to_the_decision(self) -> None:
        await self.does("clerk", "accept")
        await self.does("clerk", "dispatch", department=WJJ)
        await self.does("handler", "review", outcome="granted", opinion="")


@pytest.fixture
async def case(tmp_path: Path) -> AsyncIterator[Case]:
    async with page_node(tmp_path) as county, visitors_of(county) as visit:
        await county.works.run(SYSTEM, catalogue.publish, (PLAIN,))
        ready = receiving.make_intake(county.parts, county.register, ZHANG)
        form = ReceiveCase(item=PLAIN.code, applicant=ZHANG, materials=PAPERS)
        view = await county.works.run(CLERK, receiving.receive, form, ready)
        yield Case(county, visit, view.number)


async def test_a_stage_without_risks_reminds_nobody(case: Case) -> None:
    assert "廉政提醒" not in await case.page("clerk")
    assert await case.noted() == []


async def test_who_decides_is_reminded_once_for_each_step(case: Case) -> None:
    await case.to_the_decision()
    shown = await case.page("approver")
    for said in ("廉政提醒：决定", "二级风险", RISK.risk, RISK.measure, RISK.owner):
        assert said in shown
    assert shown.index("廉政提醒") < shown.index('action="/cases'), "above the forms"
    assert RISK.risk in await case.page("approver")
    assert await case.noted() == [(3, "approver")]
    assert RISK.risk in await case.page("handler"), "who may begin a procedure at this stage"
    assert await case.noted() == [(3, "approver"), (3, "handler")]


async def test_who_may_not_act_at_the_stage_is_not_reminded(case: Case) -> None:
    await case.to_the_decision()
    for login in ("clerk", "supervisor"):
        assert RISK.risk not in await case.page(login)
    assert await case.noted() == []


async def test_the_next_step_reminds_anew_and_behind_the_decision_nothing_does(case: Case) -> None:
    await case.to_the_decision()
    await case.page("approver")
    await case.does("approver", "extend", amount="5", reason="complex_case")
    await case.page("approver")
    assert await case.noted() == [(3, "approver"), (4, "approver")]
    await case.does("approver", "decide", outcome="granted", way="decide")
    assert "廉政提醒" not in await case.page("approver")
    assert len(await case.noted()) == 2


async def test_a_form_that_comes_back_still_reminds(case: Case) -> None:
    await case.to_the_decision()
    visitor = await case.visit("approver")
    typed = {"outcome": ["denied"], "way": ["decide_denied"]}
    answer = await visitor.post(f"/cases/{case.number}/decide", typed)
    assert answer.status_code == 422
    assert RISK.risk in answer.text
    assert await case.noted() == [(3, "approver")]


async def test_a_full_disk_keeps_nobody_from_his_case(case: Case) -> None:
    await case.to_the_decision()
    await case.page("handler")
    await _fill(case.county)
    assert RISK.risk in await case.page("approver")
    assert await case.noted() == [(3, "handler")]
    await case.county.database.write(
        lambda tx: tx.execute("PRAGMA max_page_count = 1000000").fetchone()
    )
    await case.page("approver")
    assert await case.noted() == [(3, "handler"), (3, "approver")]


async def _fill(county: PageNode) -> None:
    """Let the store take nothing more: neither a page of its file nor a row of this table."""

    def take_no_page(tx: Tx) -> None:
        (pages,) = tx.execute("PRAGMA page_count").fetchone()
        tx.execute(f"PRAGMA max_page_count = {pages}").fetchone()

    def add_row(work: Work) -> None:
        work.tx.execute(
            "INSERT INTO risk_showings (stream, seq, staff, item, version, stage, risk, at)"
            " SELECT 'case', max(serial), 'nobody', 'item', 1, '', '', 0 FROM risk_showings"
        )

    async def add_rows() -> None:
        for _ in range(1000):
            await county.works.run(SYSTEM, add_row)

    await county.database.write(take_no_page)
    with pytest.raises(StorageFullError):
        await add_rows()


# ---- the same at any tier


VILLAGE, TOWN = steps.VILLAGE, steps.TOWN
OF_VILLAGE = Risk(
    stage="村初审", risk="优亲厚友", grade=RiskGrade.HIGH, measure="两人入户", owner="村主任"
)
CHECKED = replace(
    LICENCE,
    process=(
        replace(LICENCE.process[0], name="村初审", kind=StageKind.CHECK, level=Level.VILLAGE),
        ACCEPT,
        DECIDE,
    ),
    risks=(OF_VILLAGE, RISK),
)


@pytest.mark.parametrize(
    ("me", "person", "found"),
    [
        (VILLAGE, steps.AGENT, (OF_VILLAGE,)),
        (TOWN, steps.OFFICER, ()),
        (VILLAGE, steps.SUPERVISOR, ()),
    ],
    ids=["the village's own agent", "another node", "who only looks"],
)
def test_a_village_reminds_its_agent_at_its_own_stage(
    me: NodeId, person: steps.Person, found: tuple[Risk, ...]
) -> None:
    view = steps.begun(CHECKED)
    assert risks.at_hand(view, CHECKED, me, person) == found


def test_who_makes_the_licence_is_reminded_of_what_may_go_wrong_there() -> None:
    """错发证照: it is decided by then, and the case is still at a stage of its process."""
    making = replace(RISK, stage=RICH.process[-1].name, risk="错发证照")
    item = replace(at_county(RICH), risks=(making,))
    decided = (Action.GIVE_OPINION, Action.GIVE_OPINION, Action.REVIEW, Action.DECIDE)
    view = steps.walk(steps.begun(item), Action.ACCEPT, Action.DISPATCH, *decided)
    assert view.state is CaseState.DECIDED
    assert risks.at_hand(view, item, COUNTY, HANDLER) == (making,)
    assert risks.at_hand(view, item, COUNTY, steps.SUPERVISOR) == ()
    made = steps.walk(view, Action.CERTIFY)
    assert risks.at_hand(made, item, COUNTY, HANDLER) == ()


def test_a_reminder_is_named_by_all_that_it_says() -> None:
    assert risks.digest(RISK) == risks.digest(replace(RISK))
    assert risks.digest(RISK) != risks.digest(replace(RISK, reminder="集体会审"))
