"""The rules over cases that really went through a county: its ledger, its tables, its calendar."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from node.cases import actions
from node.cases.caseview import CaseView
from node.database import Tx
from node.following.follower import Lives
from node.supervision.model import Dossier, Hit
from node.supervision.rules import RULES
from node.work import Actor
from schemas.cases import Action, Outcome
from schemas.cases_api import AcceptCase, DecideCase
from schemas.ids import StaffId
from schemas.staff import Role
from tests.support.bureau import (
    GROUND,
    REMEDIES,
    Bureau,
    bureau,
)
from tests.support.casework import COUNTY
from tests.support.catalogue import WJJ
from tests.support.laws import HEARD, RICH, at_county
from tests.support.lives import PLAIN, Life, short

A = Action


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with bureau(tmp_path, HEARD, PLAIN) as made:
        yield made


async def dossier(county: Bureau, view: CaseView) -> Dossier:
    """What the county knows of a case."""

    def read(tx: Tx) -> Dossier:
        lives = Lives(tx)
        life = lives.of(view.stream)
        assert life is not None
        places = {stage_node for _, stage_node in life.view.stages} | {COUNTY}
        calendars = {place: lives.calendar(place) for place in places}
        return Dossier(life=life, calendar=calendars.__getitem__)

    return await county.office.node.works.read(read)


async def hits(county: Bureau, view: CaseView) -> dict[str, tuple[Hit, ...]]:
    """What the rules say of it, by rule."""
    known = await dossier(county, view)
    asked = {
        rule.id.value: tuple(rule.of_case(known, rule.usual)) for rule in RULES if rule.of_case
    }
    return {rule: found for rule, found in asked.items() if found}


async def test_a_case_that_goes_as_it_should_gives_no_finding(county: Bureau) -> None:
    view = await county.receive("2026-03-02", "wjj-01", papers=2)
    for day, steps in (
        ("2026-03-02", (A.ACCEPT, A.DISPATCH, A.SIGN_IN)),
        ("2026-03-04", (A.REVIEW,)),
        ("2026-03-05", (A.DECIDE, A.NOTIFY, A.DELIVER, A.CLOSE)),
    ):
        county.go_to(day, 11)
        view = await county.path(view, *steps)
    assert not await hits(county, view)


async def test_a_case_that_nobody_decides_is_late_by_each_of_its_clocks(county: Bureau) -> None:
    view = await county.path(await county.receive("2026-03-02"), A.ACCEPT, A.DISPATCH)
    found = await hits(county, view)
    assert short(found["T2"]) == (("yellow", "03-05 24:00", "promised:2026-03-09"),)
    assert short(found["T3"]) == (("red", "03-09 24:00", "promised:2026-03-09"),)
    assert short(found["T4"]) == (("red", "03-30 24:00", "statutory:2026-03-30"),)
    assert [one.department for one in found["T3"]] == [WJJ]


async def test_nobody_looks_at_an_application(county: Bureau) -> None:
    view = await county.apply("2026-03-02")
    found = await hits(county, view)
    assert short(found["T1"]) == (("red", "03-09 24:00", "acceptance:2026-03-09"),)
    county.go_to("2026-03-10")
    assert await county.deem() == (view.stream,)
    again = await hits(county, view)
    assert again["T1"] == found["T1"]
    assert "P5" not in again


async def test_one_person_with_two_posts_accepts_and_decides(county: Bureau) -> None:
    both = Actor(StaffId("li"), frozenset({Role.CLERK, Role.APPROVER, Role.HANDLER}), WJJ)
    view = await county.receive("2026-03-02")
    view = await county.do(both, actions.accept, view, AcceptCase())
    county.go_to("2026-03-03")
    view = await county.path(view, A.DISPATCH, A.GIVE_OPINION, A.REVIEW)
    denial = DecideCase(
        outcome=Outcome.DENIED, reason="conditions_not_met", ground=GROUND, remedies=REMEDIES
    )
    view = await county.do(both, actions.decide, view, denial, county.text())
    found = await hits(county, view)
    assert [(one.level.value, one.staff) for one in found["P6"]] == [("red", "li")]
    assert short(found["C1"]) == (("red", "03-06 24:00", f"{view.seq}:notice"),)


async def test_a_hearing_that_nobody_is_told_of_stops_the_clock(county: Bureau) -> None:
    view = await county.path(await county.receive("2026-03-02", "wjj-30"), A.ACCEPT, A.DISPATCH)
    county.go_to("2026-03-03")
    view = await county.path(view, A.SUSPEND)
    found = await hits(county, view)
    assert set(found) == {"P2", "T5", "T8"}  # its stages allow no day: late before it stopped
    assert short(found["P2"]) == (("red", "03-06 24:00", f"{view.seq}:notice"),)
    county.go_to("2026-03-20")
    view = await county.path(view, A.RESUME)
    assert "T3" in await hits(county, view)


async def test_a_real_life_is_folded_as_the_lives_of_these_tests_are(county: Bureau) -> None:
    view = await county.path(await county.receive("2026-03-02"), A.ACCEPT, A.DISPATCH)
    county.go_to("2026-03-03")
    view = await county.path(view, A.SUSPEND)
    county.go_to("2026-03-10")
    view = await county.path(view, A.RESUME, A.GIVE_OPINION, A.REVIEW, A.EXTEND, A.DECIDE)
    real = (await dossier(county, view)).life
    life = Life(item=at_county(RICH))
    life.begin(real.happenings[0].step)
    for one in real.happenings[1:]:
        life.append(one.step)
    for ours, theirs in zip(life.happenings, real.happenings, strict=True):
        assert replace(theirs, received_at=ours.received_at) == ours
