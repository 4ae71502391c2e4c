"""Which forms a case's page offers, and what stands in them before anybody types."""

import dataclasses
from datetime import date

import pytest
from msgspec.structs import replace

from node.calendar.model import Calendar, is_weekday, year_of
from node.cases import model, page_case, page_fields, page_readings, page_ways
from node.cases.caseview import CaseView
from node.cases.lawview import LawView
from node.cases.page_case import Road
from node.cases.page_fields import Scene, Way
from node.cases.requirements import Day
from node.catalogue.model import stages_for
from node.web.wording import WORDS, Language
from node.work import Actor
from schemas.calendar import YearSource
from schemas.cases import Action, CaseState, Outcome
from schemas.ids import CaseNumber, DepartmentId, Level, NodeId, StaffId, StreamName
from schemas.item_terms import SpecialKind, StageKind
from schemas.items import Fee, Item, Limit, MaterialNeed, SpecialProcedure, Stage
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


DAYS = Day(
    date(2026, 11, 23), Calendar(lambda number: year_of(number, YearSource.RULE, is_weekday))
)
BY_NOBODY = {Action.APPLY, Action.RECEIVE, Action.DEEM_ACCEPTED, Action.DEEM_GRANTED}
"""Receiving has pages of its own; the rest is brought about by the applicant, or by time."""
HEARING = SpecialProcedure(
    kind=SpecialKind.HEARING,
    name="听证会",
    law="娱乐场所管理条例",
    article="第十条",
    limit=Limit(amount=20),
    mandatory=True,
)
FEE = Fee(name="登记费", standard="每件 80 元", fen=8000, law="民法典")
RICH = replace(
    LICENCE,
    special=(HEARING,),
    fees=(FEE,),
    commitment=True,
    couriered=True,
    materials=(*LICENCE.materials, MaterialNeed(code="map", name="平面图", deferrable=True)),
)
"""An item that needs every form."""


def _scene(view: CaseView, item: Item = LICENCE, **changes: object) -> Scene:
    departments = (
        Department(id=WJJ, name="卫生健康局"),
        Department(id=DepartmentId("x"), name="他"),
    )
    scene = Scene(
        words=ZH, view=view, item=item, departments=departments,
        place_of=lambda node: f"<{node}>", day=DAYS, me=StaffId("me"), office="千阳县",
    )  # fmt: skip
    return dataclasses.replace(scene, **changes)  # type: ignore[arg-type]


def _only(view: CaseView, action: Action, item: Item = LICENCE, **changes: object) -> Way:
    (way,) = page_ways.ways_for(_scene(view, item, **changes), (action,))
    return way


def _said(way: Way, name: str) -> str:
    """What stands in a field beforehand."""
    entry = way.entry(name)
    assert entry is not None
    return next((part.value for part in entry.parts if part.name == name), entry.value)


def _choices(way: Way, name: str) -> list[str]:
    entry = way.entry(name)
    return [] if entry is None else [option.value for option in entry.options]


@pytest.mark.parametrize("action", [one for one in Action if one not in BY_NOBODY])
def test_every_step_has_a_form_that_can_be_read(action: Action) -> None:
    view = replace(RECEIVED, law=LawView(handler=StaffId("other"), pending=("map",)))
    handler = "" if action is Action.REVIEW else "同事"
    scene = _scene(view, RICH, pending=("map",), handler=handler)
    ways = page_ways.ways_for(scene, (action,))
    assert ways
    assert {way.action for way in ways} == {action}
    assert action in page_readings.READINGS
    for way in ways:
        names = [one.name for entry in way.entries for one in (entry, *entry.parts)]
        assert len(set(names)) == len(names), "a field's name and its id stand once in a form"


@pytest.mark.parametrize("action", sorted(BY_NOBODY))
def test_nobody_takes_by_hand_what_time_brings_about(action: Action) -> None:
    assert not page_ways.ways_for(_scene(RECEIVED, RICH), (action,))


def test_the_forms_are_those_of_the_table() -> None:
    officer = Actor(StaffId("o"), frozenset({Role.OFFICER}))
    actions = model.open_actions(RECEIVED, TOWN, officer)
    ways = page_ways.ways_for(_scene(RECEIVED, RICH), actions)
    assert {way.action for way in ways} == set(actions)


def test_a_fee_is_asked_for_only_where_the_item_has_one() -> None:
    assert not page_ways.ways_for(_scene(ACCEPTED), (Action.SETTLE_FEE,))
    way = _only(ACCEPTED, Action.SETTLE_FEE, RICH)
    assert _said(way, "fen") == "80"


def test_the_way_forward_comes_first_and_the_end_lies_folded() -> None:
    actions = (
        Action.WITHDRAW,
        Action.REFUSE,
        Action.REQUEST_CORRECTION,
        Action.FORWARD,
        Action.TERMINATE,
    )
    laid = page_fields.laid_out(ZH, page_ways.ways_for(_scene(RECEIVED), actions))
    assert laid.main is not None
    assert laid.main.label == "初审通过，转<610328>"
    assert [way.key for way in laid.open] == ["forward", "request_correction", "refuse"]
    (fold,) = laid.folds
    assert (fold.name, fold.summary) == ("结束办件", "撤回、终止办理")
    alone = page_fields.laid_out(ZH, page_ways.ways_for(_scene(RECEIVED), (Action.WITHDRAW,)))
    assert [way.key for way in alone.open] == ["withdraw"], "one form needs no heading"


def test_a_denial_must_give_its_reason_ground_and_remedies_and_a_grant_need_not() -> None:
    grant, deny = page_ways.ways_for(_scene(REVIEWED), (Action.DECIDE,))
    assert (grant.outcome, grant.group) == (Outcome.GRANTED, "main")
    assert all(entry.optional for entry in grant.entries)
    assert (deny.outcome, deny.against) == (Outcome.DENIED, True)
    assert not any(entry.optional for entry in deny.entries)
    assert _said(deny, "law") == "公共场所卫生管理条例"
    assert _said(deny, "review_body") == "千阳县人民政府"
    assert _said(deny, "court") == "千阳县人民法院"


def test_what_must_be_done_before_granting_is_said_beforehand() -> None:
    grant, _ = page_ways.ways_for(_scene(REVIEWED, RICH, pending=("map",)), (Action.DECIDE,))
    assert len(grant.warnings) == 2
    assert "平面图" in grant.warnings[0]
    assert "听证会" in grant.warnings[1]


def test_only_papers_that_may_follow_are_offered_as_pending() -> None:
    view = replace(RECEIVED, stage=1, holder=COUNTY)
    way, on_promise = page_ways.ways_for(_scene(view, RICH, given=("form", "id")), (Action.ACCEPT,))
    assert (way.key, _choices(way, "pending")) == ("accept_pending", ["map"])
    assert on_promise.key == "accept_commitment"
    assert way.brings_files
    whole, _ = page_ways.ways_for(_scene(view, RICH, given=("form", "id", "map")), (Action.ACCEPT,))
    assert (whole.key, whole.entries) == ("accept", ())


def test_a_second_notice_asks_why_and_says_that_it_leaves_a_mark() -> None:
    first = _only(RECEIVED, Action.REQUEST_CORRECTION)
    assert (first.entry("again"), first.warnings) == (None, ())
    assert _said(first, "by") == "2026-12-07"
    again = _only(replace(RECEIVED, law=LawView(corrections=1)), Action.REQUEST_CORRECTION)
    assert _choices(again, "again")
    assert len(again.warnings) == 1


def test_papers_go_back_only_once_the_day_has_passed() -> None:
    view = replace(RECEIVED, state=CaseState.CORRECTING, law=LawView(correct_by="2026-11-23"))
    assert not page_ways.ways_for(_scene(view), (Action.RETURN,))
    late = replace(view, law=LawView(correct_by="2026-11-20"))
    way = _only(late, Action.RETURN)
    assert _choices(way, "reason") == ["correction_overdue", "other"]


def test_the_items_own_procedures_come_first_and_say_whether_they_must_be() -> None:
    way = _only(ACCEPTED, Action.SUSPEND, RICH)
    entry = way.entry("procedure")
    assert entry is not None
    assert entry.options[0].label == "听证会（本事项必经）"
    assert len(entry.options) == len(SpecialKind)
    assert "2026-12-02 至 2026-12-21" in way.hint
    own = way.entry("ground")
    assert own is not None
    assert own.optional, "the guide names it"


def test_an_extension_offers_what_the_law_allows() -> None:
    way = _only(ACCEPTED, Action.EXTEND)
    amount = way.entry("amount")
    assert amount is not None
    assert (amount.value, amount.most, _said(way, "article")) == ("10", "10", "第四十二条")
    stages = tuple(
        (replace(stage, joint=(DepartmentId("x"),)) if stage.name == "审查" else stage, node)
        for stage, node in ACCEPTED.stages
    )
    joint = _only(replace(ACCEPTED, stages=stages), Action.EXTEND).entry("amount")
    assert joint is not None
    assert joint.most == "15"


def test_a_colleagues_case_is_taken_over_before_it_is_reviewed() -> None:
    view = replace(
        REVIEWED, state=CaseState.DISPATCHED, stage=3, law=LawView(handler=StaffId("other"))
    )
    actions = (Action.REVIEW, Action.TAKE_OVER)
    (way,) = page_ways.ways_for(_scene(view, handler="王芳"), actions)
    assert way.action is Action.TAKE_OVER
    assert "王芳" in way.hint
    mine = replace(view, law=LawView(handler=StaffId("me")))
    assert [one.action for one in page_ways.ways_for(_scene(mine), actions)] == [Action.REVIEW] * 2


def test_the_items_department_is_chosen_beforehand() -> None:
    way = _only(ACCEPTED, Action.DISPATCH)
    assert _said(way, "department") == WJJ
    assert len(_choices(way, "department")) == 2


def test_another_department_is_offered_not_the_one_that_has_it() -> None:
    way = _only(replace(ACCEPTED, department=WJJ), Action.REDISPATCH)
    assert _choices(way, "department") == ["x"]


def test_a_correction_asks_for_the_papers_that_were_named() -> None:
    view = replace(RECEIVED, state=CaseState.CORRECTING, holder=VILLAGE, asked_for=("id", "gone"))
    way = _only(view, Action.CORRECT)
    assert [entry.label for entry in way.entries] == ["身份证", "gone"]


def test_a_courier_is_offered_only_where_the_item_has_it() -> None:
    assert _choices(_only(REVIEWED, Action.DELIVER), "mode") == ["window", "electronic"]
    way = _only(REVIEWED, Action.DELIVER, RICH)
    assert _choices(way, "mode") == ["window", "courier", "electronic"]
    assert way.entry("waybill") is not None


def test_the_path_shows_what_is_behind_where_it_is_and_what_is_ahead() -> None:
    road = Road(ACCEPTED, LICENCE, {0: 20, 1: 30})
    path = page_case.path_of(ZH, road, lambda node: f"<{node}>")
    assert [step.state for step in path] == ["done", "done", "done", "here", "", "", ""]
    assert [step.at_ms for step in path[:4]] == [1, 20, 30, None]
    assert path[4].place == "卫生健康局"
    assert path[-1].place == f"<{VILLAGE}>"


def test_a_licence_that_is_being_made_is_on_its_way_not_at_the_window() -> None:
    issue = Stage(name="制证", kind=StageKind.ISSUE, level=Level.COUNTY, department=WJJ, workdays=1)
    stages = (*REVIEWED.stages, (issue, COUNTY))
    view = replace(REVIEWED, state=CaseState.DECIDED, stages=stages, stage=5, decided_at=1)
    view = replace(view, outcome=Outcome.GRANTED)
    path = page_case.path_of(ZH, Road(view, LICENCE, {}), str)
    assert [step.state for step in path][-2:] == ["here", ""]
    assert page_case.next_act(ZH, view) == "下一步：制证。"


def test_a_correction_is_the_origins_turn_on_the_path() -> None:
    view = replace(RECEIVED, state=CaseState.CORRECTING, holder=VILLAGE)
    path = page_case.path_of(ZH, Road(view, LICENCE, {}), str)
    assert [step.state for step in path].index("here") == 0


def test_a_kind_from_a_newer_node_has_a_name() -> None:
    assert page_case.event_title(ZH, "case.filmed") == "未识别的步骤"
    assert page_case.event_title(ZH, "holder.reclaimed") == "上级收回"


@pytest.mark.parametrize("state", CaseState)
def test_every_state_has_its_light(state: CaseState) -> None:
    mark = page_case.mark_of(ZH, state, None)
    assert mark.words == ZH.say(f"state.{state}")
