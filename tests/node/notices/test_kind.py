"""Whose notes count, and which are not even notices."""

import msgspec
import pytest
from msgspec.structs import replace

from federation.streams import Verdict
from node.cases.caseview import CaseView
from node.notices.kind import NoticeNotes, read_notice
from schemas.events import Event
from schemas.ids import NO_HASH, KeyId, NodeId, StaffId, StreamName
from schemas.notices import NoticeIssued, NoticeKind
from tests.support.notices import AT, COUNTY, DIGEST, TOWN, VIEW, VILLAGE

SAID = NoticeIssued(
    case=VIEW.stream,
    notice=NoticeKind.DENIAL,
    number="千行审不许〔2026〕第0001号",
    code="abcdefghijklmnop",
    seq=3,
    page=DIGEST,
    issued_at=AT,
)


def note_by(node: NodeId, said: NoticeIssued = SAID) -> Event:
    return Event(
        stream=StreamName(f"note/{node}/aaaaaaaaaaaaaaaa"),
        seq=0,
        prev=NO_HASH,
        kind="note.notice_issued",
        node=node,
        key=KeyId("0" * 16),
        actor=StaffId("clerk"),
        at=AT,
        holder=node,
        data=msgspec.Raw(msgspec.json.encode(said)),
    )


@pytest.mark.parametrize(
    ("node", "verdict"),
    [
        (VILLAGE, Verdict.EFFECTIVE),
        (TOWN, Verdict.EFFECTIVE),
        (COUNTY, Verdict.EFFECTIVE),
        (NodeId("6103"), Verdict.EFFECTIVE),
        (NodeId("610328101"), Verdict.INERT),
        (NodeId("610328100202"), Verdict.INERT),
        (NodeId("610329"), Verdict.INERT),
    ],
)
def test_only_who_lies_on_the_cases_way_or_above_it_issues_notices_about_it(
    node: NodeId, verdict: Verdict
) -> None:
    assert NoticeNotes(COUNTY).judge(VIEW, note_by(node)) is verdict


@pytest.mark.parametrize("case", [None, replace(VIEW, stages=())])
def test_nothing_is_judged_of_a_case_or_an_item_that_is_not_known(case: CaseView | None) -> None:
    assert NoticeNotes(COUNTY).judge(case, note_by(COUNTY)) is Verdict.UNJUDGED


@pytest.mark.parametrize(
    "said",
    [
        replace(SAID, code="ABCDEFGHIJKLMNOP"),
        replace(SAID, code="../v/../../admin"),
        replace(SAID, number=""),
        replace(SAID, number="长" * 81),
        replace(SAID, page="nothing"),
        replace(SAID, seq=-1),
    ],
)
def test_a_note_that_is_badly_formed_is_no_notice(said: NoticeIssued) -> None:
    assert read_notice(note_by(COUNTY, said)) is None
    assert NoticeNotes(COUNTY).judge(VIEW, note_by(COUNTY, said)) is Verdict.UNJUDGED
