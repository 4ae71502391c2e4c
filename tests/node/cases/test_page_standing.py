"""What the law adds to a case is on its page, in words: whoever opens it sees why it stands so."""

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from node.cases import actions, clocks, law_actions, lists, page_read, reading
from node.cases.caseview import CaseView
from node.cases.page_case import Block, CaseSheet
from node.cases.page_looker import Looker
from node.web.wording import WORDS, Language
from node.work import Actor
from schemas import case_forms as forms
from schemas.case_terms import MaterialGiven
from schemas.cases import Action, Outcome
from schemas.cases_api import AcceptCase, DecideCase, RequestCorrection
from tests.support.bureau import (
    APPROVER,
    CLERK,
    COLLEAGUE,
    GROUND,
    HANDLER,
    OF_ZRZY,
    PAPERS,
    REMEDIES,
    Bureau,
    bureau,
)
from tests.support.laws import HEARD

A = Action
TO_REVIEW = (A.ACCEPT, A.DISPATCH, A.GIVE_OPINION)


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with bureau(tmp_path, HEARD) as made:
        yield made


async def _page(
    county: Bureau, view: CaseView, actor: Actor, language: Language = Language.ZH
) -> CaseSheet:
    office, works = county.office, county.office.node.works
    today = clocks.day_of(works.now_ms)
    looker = Looker(
        office.node.me, works.profile, actor, office.register, office.parts, WORDS[language], today
    )
    return await works.read(page_read.sheet, looker, view.number)


def _block(blocks: Iterable[Block], title: str) -> Block:
    return next(block for block in blocks if block.title == title)


def _keys(page: CaseSheet) -> set[str]:
    folded = {way.key for fold in page.ways.folds for way in fold.ways}
    return folded | {way.key for way in page.ways.open}


async def test_a_joint_review_shows_who_has_said_what_and_who_is_awaited(county: Bureau) -> None:
    view = await county.path(await county.receive(), A.ACCEPT, A.DISPATCH, A.SIGN_IN)
    asked = await _page(county, view, OF_ZRZY)
    assert asked.ways.main is not None
    assert asked.ways.main.key == "give_opinion"
    view = await county.do(
        OF_ZRZY, law_actions.give_opinion, view, forms.GiveOpinion(agrees=False),
        county.text("用地手续不全"),
    )  # fmt: skip
    page = await _page(county, view, HANDLER)
    first, second = _block(page.standing, "并联审批").voices
    assert (first.who, first.mark.words, first.lines) == ("zrzy", "不同意", ("意见：用地手续不全",))
    assert (second.who, second.mark.words) == ("hbj", "未会签")
    assert page.next_act == "下一步：会签。"
    assert page.ways.main is None, "the lead waits for the others"
    colleague = await _page(county, view, COLLEAGUE)
    assert "take_over" in _keys(colleague)
    assert "take_over" not in _keys(page), "it is his already"


async def test_a_hearing_and_an_extension_say_their_ground_and_days(county: Bureau) -> None:
    view = await county.path(await county.receive(item="wjj-30"), *TO_REVIEW, A.REVIEW, A.EXTEND)
    county.go_to("2026-03-03")
    view = await county.path(view, A.SUSPEND)
    page = await _page(county, view, HANDLER)
    (box,) = page.boxes
    assert box.title == "特别程序中：听证"
    assert box.lines == (
        "2026-03-03 启动，预计 20 个工作日。期间承诺时限和法定时限都不计算。",
        "依据：娱乐场所管理条例第十条",
        "时间：2026-03-20",
        "地点：政务服务中心二楼",
    )
    extended = _block(page.standing, "已延长审批")
    assert extended.lines[0] == "延长 10 个工作日（2026-03-02）"
    assert "依据：行政许可法第四十二条" in extended.lines
    assert [card.mark.words for card in page.clocks.now] == ["2026-03-03 起暂停"] * 2
    told = {entry.title: entry.lines for entry in page.life}
    assert told["启动特别程序"][0] == "听证，预计 20 个工作日"
    assert told["延长审批"][0] == "延长 10 个工作日"
    assert page.ways.main is not None
    assert page.ways.main.key == "resume"
    done = await _page(county, await county.path(view, A.RESUME), APPROVER, Language.EN)
    assert done.boxes == ()
    english = [line for entry in done.life for line in entry.lines]
    assert "Carried out" in english


async def test_papers_to_come_are_named_with_their_day_and_may_be_brought(county: Bureau) -> None:
    view = await county.receive(papers=2)
    form = AcceptCase(pending=("map",), promise=await county.promise())
    view = await county.do(CLERK, actions.accept, view, form)
    page = await _page(county, view, CLERK)
    pending = _block(page.standing, "容缺待补")
    assert pending.lines == ("还缺：平面图", f"最迟 {view.law.pending_by} 补齐")
    assert "supply" in _keys(page)
    assert "return" not in _keys(page)
    county.go_to("2026-06-01")
    late = await _page(county, view, CLERK)
    assert "可以退件" in _block(late.standing, "容缺待补").lines[1]
    assert "return" in _keys(late)
    supplied = forms.SupplyCase(materials=(MaterialGiven(code="map", originals=1),))
    page = await _page(county, await county.do(CLERK, law_actions.supply, view, supplied), CLERK)
    assert not [block for block in page.standing if block.title == "容缺待补"]
    assert {one.name: one.given for one in page.materials}["平面图"]


async def test_a_denial_says_what_the_applicant_may_do(county: Bureau) -> None:
    view = await county.path(await county.receive(), *TO_REVIEW, A.REVIEW)
    form = DecideCase(
        outcome=Outcome.DENIED, reason="conditions_not_met", ground=GROUND, remedies=REMEDIES
    )
    view = await county.do(APPROVER, actions.decide, view, form, county.text("通风不合格"))
    page = await _page(county, view, CLERK)
    (said,) = _block(page.standing, "救济途径").lines
    assert "60 日内向千阳县人民政府申请行政复议" in said
    assert "6 个月内向千阳县人民法院起诉" in said
    assert (page.mark.tone, page.mark.words) == ("red", "已决定 · 不予")
    assert page.path[-1].state == "here"
    assert page.life[-1].lines == (
        "结果：不予",
        "原因：不符合法定条件",
        "依据：公共场所卫生管理条例第四条",
        "意见：通风不合格",
    )


async def test_what_time_brought_about_stands_first_with_its_law(county: Bureau) -> None:
    view = await county.receive()
    county.go_to("2026-03-10")
    assert await county.deem() == (view.stream,)
    page = await _page(county, view, CLERK)
    (box,) = page.boxes
    assert box.title == "视为受理"
    assert "行政许可法第三十二条，自收到之日（2026-03-02）起视为受理" in box.lines[0]
    assert page.life[-1].person == "系统"
    assert [step.state for step in page.path[:3]] == ["done", "done", "here"]
    assert page.path[1].at_ms == page.life[-1].at_ms


async def test_a_licence_shows_its_number_its_term_and_its_stations(county: Bureau) -> None:
    view = await county.path(await county.receive(), *TO_REVIEW, A.REVIEW, A.DECIDE)
    page = await _page(county, view, HANDLER)
    assert page.next_act == "下一步：制证。"
    assert [step.state for step in page.path][-2:] == ["here", ""]
    made = forms.CertifyCase(certificate="陕卫证字〔2026〕1号", valid_until="2030-03-01")
    page = await _page(county, await county.do(HANDLER, law_actions.certify, view, made), CLERK)
    facts = {fact.label: fact.value for fact in page.facts}
    assert facts["证照编号"] == "陕卫证字〔2026〕1号"
    assert facts["有效期至"] == "2030-03-01"
    assert [way.key for way in page.ways.open][:2] == ["notify", "deliver"]
    assert page.ways.main is not None
    assert page.ways.main.warnings == (WORDS[Language.ZH].say("fault.unpaid"),)


async def test_a_commitment_is_marked_and_waits_for_its_check(county: Bureau) -> None:
    view = await county.receive()
    form = AcceptCase(commitment=True, promise=await county.promise())
    view = await county.do(CLERK, actions.accept, view, form)
    view = await county.path(view, A.DECIDE, A.CERTIFY, A.SETTLE_FEE, A.DELIVER, A.CLOSE)
    page = await _page(county, view, APPROVER)
    assert _block(page.standing, "告知承诺").lines == ("凭申请人的书面承诺办理，事后核查。",)
    assert page.next_act == "下一步：事后核查。"
    assert [card.name for card in page.clocks.now] == ["核查期限"]
    assert page.ways.main is not None
    assert page.ways.main.key == "check"
    assert {"reopen", "revoke", "void"} <= _keys(page)


async def test_a_second_notice_leaves_its_mark(county: Bureau) -> None:
    view = await county.path(await county.receive(), A.REQUEST_CORRECTION, A.CORRECT)
    ask = RequestCorrection(
        reason="materials_defective", materials=("id",), again="not_told_at_first"
    )
    view = await county.do(CLERK, actions.request_correction, view, ask, county.text("看不清"))
    page = await _page(county, view, CLERK)
    (mark,) = _block(page.standing, "告知补正 2 次").lines
    assert mark.endswith("首次告知有遗漏")
    assert page.boxes[0].lines == (f"最迟 {view.law.correct_by} 补正",)
    assert page.path[0].what == "补正"
    office = county.office
    reader = reading.reader_of(office.node.me, office.node.works.profile, CLERK)
    (line,) = (await office.node.works.read(lists.inbox, reader, CLERK.roles)).cases
    assert line.until == view.law.correct_by
    assert "再次告知的原因：首次告知有遗漏" in page.life[-1].lines


async def test_what_came_through_the_network_is_looked_at_first(county: Bureau) -> None:
    page = await _page(county, await county.apply(), CLERK)
    assert page.ways.main is not None
    assert page.ways.main.key == "admit"
    assert (page.path[0].what, page.path[0].state) == ("预审", "here")
    assert [one.given for one in page.materials] == [True] * len(PAPERS)
