"""What lists of cases say in words: what waits, for whom, and what the applicant still owes."""

from datetime import date

import pytest
from msgspec.structs import replace

from node.cases import page_lists
from node.cases.transitions import WAITED_FOR
from node.web.wording import WORDS, Language
from schemas.cases import Action, CaseState
from schemas.cases_api import CaseLine
from schemas.ids import CaseNumber, NodeId, StreamName

ZH = WORDS[Language.ZH]
TODAY = date(2026, 11, 23)
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
    owed = page_lists.row_of(ZH, replace(LINE, until=until), str, TODAY).owed
    assert owed is not None
    assert (owed.tone, owed.words) == (tone, said)


def test_who_owes_nothing_is_not_reminded() -> None:
    assert page_lists.row_of(ZH, LINE, str, TODAY).owed is None


def test_whatever_waits_has_its_place_in_the_order_of_a_morning() -> None:
    assert set(page_lists.URGENCY) == WAITED_FOR | {Action.GIVE_OPINION}


def test_every_state_is_counted_once_and_a_void_case_nowhere() -> None:
    counted = [state for group in page_lists.COLUMNS for state in group]
    assert sorted(counted) == sorted(set(CaseState) - {CaseState.VOIDED})
    (line,) = page_lists.board_lines({COUNTY: {CaseState.CLOSED: 2, CaseState.VOIDED: 5}}, str)
    assert (line.all, sum(line.counts)) == (2, 2)
