"""What lists of cases say in words: what waits, for whom, and what the applicant still owes."""

from datetime import date

import pytest
from msgspec.structs import replace

from node.cases import page_lists, pages_bulk
from node.web.wording import WORDS, Language
from schemas.cases import Action, CaseState
from schemas.cases_api import CaseLine
from schemas.clocks import Light
from schemas.ids import CaseNumber, NodeId, StaffId, StreamName
from schemas.staff import Role

ZH = WORDS[Language.ZH]
TODAY = date(2026, 11, 23)
CLERK = frozenset({Role.CLERK})
COUNTY = NodeId("610328")
LINE = CaseLine(
    stream=StreamName("case/610328/aaaaaaaaaaaaaaaa"),
    number=CaseNumber("610328-20261102-A0001"),
    item=StreamName("item/610328/bbbbbbbbbbbbbbbb"),
    item_name="公共场所卫生许可",
    state=CaseState.CORRECTING,
    outcome=None,
    origin=COUNTY,
    holder=COUNTY,
    stage_name="受理",
    duty=Action.CORRECT,
    department=None,
    received_at=1,
    since=1,
)


@pytest.mark.parametrize(
    ("until", "tone", "said"),
    [
        ("2026-11-24", "plain", "2026-11-24 前补材料"),
        ("2026-11-23", "plain", "2026-11-23 前补材料"),
        ("2026-11-22", "red", "补材料期限已过（2026-11-22）"),
    ],
)
def test_a_list_says_by_when_papers_come_and_that_the_day_has_passed(
    until: str, tone: str, said: str
) -> None:
    owed = page_lists.row_of(ZH, replace(LINE, until=until), str, TODAY, CLERK).owed
    assert owed is not None
    assert (owed.tone, owed.words) == (tone, said)


def test_a_list_offers_what_ones_post_does_and_otherwise_a_look() -> None:
    handler = frozenset({Role.HANDLER})
    assert page_lists.row_of(ZH, LINE, str, TODAY, CLERK).act == Action.CORRECT
    assert page_lists.row_of(ZH, LINE, str, TODAY, handler).act == ""


def test_who_owes_nothing_is_not_reminded() -> None:
    assert page_lists.row_of(ZH, LINE, str, TODAY, CLERK).owed is None


@pytest.mark.parametrize(
    ("light", "left", "tone", "said"),
    [
        (Light.GREEN, 7, "green", "还剩 7 个工作日"),
        (Light.YELLOW, 1, "yellow", "还剩 1 个工作日"),
        (Light.YELLOW, 0, "yellow", "今天到期"),
        (Light.RED, -3, "red", "已超过 3 个工作日"),
        (Light.RED, 0, "red", "已到期"),
        (Light.STILL, 0, "still", "暂停计时"),
        (Light.UNSURE, -2, "yellow", "暂定到期，等节假日安排"),
        (Light.MISSING, 3, "plain", "日历缺失，暂按 2027-01-06"),
    ],
)
def test_a_light_is_said_in_words(light: Light, left: int, tone: str, said: str) -> None:
    mark = page_lists.light_of(ZH, replace(LINE, light=light, left=left, due="2027-01-06"))
    assert mark is not None
    assert (mark.tone, mark.words) == (tone, said)


def test_where_no_limit_runs_there_is_no_light() -> None:
    assert page_lists.light_of(ZH, LINE) is None


@pytest.mark.parametrize(
    ("state", "duty", "handler", "acts"),
    [
        (CaseState.ACCEPTED, Action.DISPATCH, None, (Action.DISPATCH,)),
        (CaseState.DELIVERED, Action.CLOSE, None, (Action.CLOSE,)),
        (CaseState.DISPATCHED, Action.REVIEW, None, (Action.SIGN_IN,)),
        (CaseState.DISPATCHED, Action.REVIEW, StaffId("wu"), ()),
        (CaseState.REVIEWED, Action.DECIDE, None, ()),
        (CaseState.RECEIVED, Action.ACCEPT, None, ()),
    ],
)
def test_only_what_decides_nothing_and_asks_nothing_is_done_to_several_at_once(
    state: CaseState, duty: Action, handler: StaffId | None, acts: tuple[Action, ...]
) -> None:
    assert page_lists.at_once(replace(LINE, state=state, duty=duty, handler=handler)) == acts


def test_what_is_done_to_several_at_once_has_no_form_and_no_decision() -> None:
    assert set(pages_bulk.STEPS) == set(page_lists.AT_ONCE)
    assert not set(page_lists.AT_ONCE) & {Action.DECIDE, Action.ACCEPT, Action.REVIEW}


def test_every_state_is_counted_once_and_a_void_case_nowhere() -> None:
    counted = [state for group in page_lists.COLUMNS for state in group]
    assert sorted(counted) == sorted(set(CaseState) - {CaseState.VOIDED})
    (line,) = page_lists.board_lines({COUNTY: {CaseState.CLOSED: 2, CaseState.VOIDED: 5}}, str)
    assert (line.all, sum(line.counts)) == (2, 2)
