import pytest
from msgspec.structs import replace

from node.cases import model, page_case, page_ways
from node.cases.model import CaseView
from node.cases.page_case import Road
from node.cases.page_ways import Ground
from node.catalogue.model import stages_for
from node.web.wording import WORDS, Language
from node.work import Actor
from schemas.cases import Action, CaseState, Outcome
from schemas.ids import CaseNumber, DepartmentId, NodeId, StaffId, StreamName
from schemas.staff import Department, Role
from tests.support.catalogue import LICENCE, WJJ

COUNTY, TOWN, VILLAGE = NodeId("610328"), NodeId("610328100"), NodeId("610328100201")
ZH = WORDS[Language.ZH]
RECEIVED = CaseView(
    stream=StreamName("case/610328100201/aaaaaaaaaaaaaaaa"),
    number=CaseNumber("610328100201-20261123-A0001"),
    item=StreamName("item/610328/bbbbbbbbbbbbbbbb"),
    item_version=1,
    origin=VILLAGE,
    place=VILLAGE,
    stages=stages_for(LICENCE, VILLAGE, VILLAGE),
    state=CaseState.RECEIVED,
    holder=TOWN,
    seq=0,
    received_at=1,
    since=1,
)
ACCEPTED = replace(RECEIVED, state=CaseState.ACCEPTED, holder=COUNTY, stage=2)
REVIEWED = replace(
    RECEIVED, state=CaseState.REVIEWED, holder=COUNTY, stage=4, department=WJJ, department_at=COUNTY
)


def _ground(view: CaseView) -> Ground:
    departments = (
        Department(id=WJJ, name="卫生健康局"),
        Department(id=DepartmentId("x"), name="他"),
    )
    return Ground(ZH, view, LICENCE, departments, lambda node: f"<{node}>")


@pytest.mark.parametrize("action", [one for one in Action if one is not Action.RECEIVE])
def test_every_step_has_a_form(action: Action) -> None:
    ways = page_ways.ways_for(_ground(RECEIVED), (action,))
    assert ways
    assert {way.action for way in ways} == {action}


def test_the_forms_are_those_of_the_table() -> None:
    officer = Actor(StaffId("o"), frozenset({Role.OFFICER}))
    actions = model.open_actions(RECEIVED, TOWN, officer)
    ways = page_ways.ways_for(_ground(RECEIVED), actions)
    assert {way.action for way in ways} == set(actions)


def test_the_way_forward_comes_first_and_the_end_last() -> None:
    actions = (Action.WITHDRAW, Action.REFUSE, Action.REQUEST_CORRECTION, Action.FORWARD)
    ways = page_ways.ways_for(_ground(RECEIVED), actions)
    assert ways[0].action is Action.FORWARD
    assert ways[0].label == "初审通过，转<610328>"
    assert [way.tone for way in ways] == ["main", "quiet", "stop", "stop"]


def test_a_denial_must_give_its_reason_and_a_grant_need_not() -> None:
    grant, deny = page_ways.ways_for(_ground(REVIEWED), (Action.DECIDE,))
    assert (grant.outcome, grant.tone, grant.reasons) == (Outcome.GRANTED, "main", ())
    assert (deny.outcome, deny.tone, deny.opinion_needed) == (Outcome.DENIED, "stop", True)
    assert deny.reasons


def test_the_items_department_is_chosen_beforehand() -> None:
    (way,) = page_ways.ways_for(_ground(ACCEPTED), (Action.DISPATCH,))
    assert way.department == WJJ
    assert len(way.departments) == 2


def test_a_correction_asks_for_the_papers_that_were_named() -> None:
    view = replace(RECEIVED, state=CaseState.CORRECTING, holder=VILLAGE, asked_for=("id", "gone"))
    (way,) = page_ways.ways_for(_ground(view), (Action.CORRECT,))
    assert [paper.name for paper in way.papers] == ["身份证", "gone"]


def test_the_path_shows_what_is_behind_where_it_is_and_what_is_ahead() -> None:
    path = page_case.path_of(ZH, Road(ACCEPTED, LICENCE, (20, 30)), lambda node: f"<{node}>")
    assert [step.state for step in path] == ["done", "done", "done", "here", "", "", ""]
    assert [step.at_ms for step in path[:4]] == [1, 20, 30, None]
    assert path[4].place == "卫生健康局"
    assert path[-1].place == f"<{VILLAGE}>"


def test_a_correction_is_the_origins_turn_on_the_path() -> None:
    view = replace(RECEIVED, state=CaseState.CORRECTING, holder=VILLAGE)
    path = page_case.path_of(ZH, Road(view, LICENCE, ()), str)
    assert [step.state for step in path].index("here") == 0


def test_a_kind_from_a_newer_node_has_a_name() -> None:
    assert page_case.event_title(ZH, "case.filmed") == "未识别的步骤"
    assert page_case.event_title(ZH, "holder.reclaimed") == "上级收回"


@pytest.mark.parametrize("state", CaseState)
def test_every_state_has_its_light(state: CaseState) -> None:
    mark = page_case.mark_of(ZH, state, None)
    assert mark.words == ZH.say(f"state.{state}")
