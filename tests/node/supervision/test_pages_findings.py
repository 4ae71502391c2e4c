"""The pages and the API of findings and rules, at a county with real rules and real cases."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest

from node.audit import actions as audit
from node.cases import actions as cases
from node.cases import receiving
from node.clock import CHINA, Clock
from node.database import Tx
from node.following.actions import Following
from node.runtime.following import followers_of
from node.staff import actions as staff
from node.supervision import actions, books, reading, trial
from node.web.wording import WORDS, Language
from node.work import Actor
from schemas.audit import Act
from schemas.cases_api import AcceptCase, DispatchCase
from schemas.ids import CaseNumber
from schemas.supervision import (
    Finding,
    FindingState,
    ItemThreshold,
    Rulebook,
    RuleId,
    RuleSetting,
)
from schemas.supervision_api import (
    FindingPage,
    FindingQuery,
    NoteFinding,
    RulebookView,
    SetRulebook,
    TrialResult,
    TryRulebook,
)
from tests.support.casework import COUNTY, FORM
from tests.support.pagenode import PageNode, page_node
from tests.support.visitors import Typed, Visitor, Visitors, visitors_of

FINDINGS, RULES = "/supervision/findings", "/supervision/rules"


@dataclass
class Served:
    """A county with its pages, and a case that nobody accepted in time."""

    county: PageNode
    visit: Visitors
    number: CaseNumber
    following: Following

    def go_to(self, day: str) -> None:
        """Let it be ten o'clock of that day in China."""
        clock = self.county.works.clock
        clock.offset = datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=CHINA) - clock.wall()

    async def receive(self) -> CaseNumber:
        """Take an application in at the county's window."""
        ready = receiving.make_intake(self.county.parts, self.county.register, FORM.applicant)
        clerk = await self.actor("clerk")
        return (await self.county.works.run(clerk, receiving.receive, FORM, ready)).number

    async def actor(self, login: str) -> Actor:
        account = await self.county.works.read(staff.by_login, login)
        assert account is not None
        return staff.actor_of(account)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    clock = Clock(timedelta(0))
    async with page_node(tmp_path, clock) as county, visitors_of(county) as visit:
        following = Following(county.works, followers_of(county.works.profile, COUNTY)[:1])
        made = Served(county, visit, CaseNumber(""), following)
        made.go_to("2026-03-02")
        made.number = await made.receive()
        made.go_to("2026-03-20")
        await following.catch_up()
        yield made


def _read(answer: httpx.Response, kind: type[msgspec.Struct]) -> msgspec.Struct:
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=kind)


async def _findings(visitor: Visitor, query: str = "") -> tuple[Finding, ...]:
    found = _read(await visitor.get(f"/api/v1{FINDINGS}{query}"), FindingPage)
    assert isinstance(found, FindingPage)
    return found.findings


async def _t1(visitor: Visitor) -> Finding:
    return next(one for one in await _findings(visitor) if one.rule is RuleId.T1)


async def test_the_supervisor_sees_what_why_and_on_what_basis(served: Served) -> None:
    chen = await served.visit("supervisor")
    finding = await _t1(chen)
    assert finding.number == served.number
    listed = await chen.page(FINDINGS)
    assert served.number in listed
    assert "收件后五个工作日内未受理、未告知" in listed
    assert f'name="finding" value="{finding.id}"' in listed
    assert (await chen.get(f"/supervision/orders/new?finding={finding.id}")).status_code == 200
    sheet = await chen.page(f"{FINDINGS}/{finding.id}")
    for said in (finding.says, "行政许可法第三十二条", "程序自带的规则"):
        assert said in sheet
    assert f"/supervision/orders/new?finding={finding.id}" in sheet
    english = (await chen.get(f"{FINDINGS}/{finding.id}", language="en")).text
    assert "Neither accepted nor answered within five workdays" in english


async def test_noting_a_finding_asks_for_a_reason_and_is_written_down(served: Served) -> None:
    chen = await served.visit("supervisor")
    finding = await _t1(chen)
    path = f"{FINDINGS}/{finding.id}/note"
    refused = await chen.post(path, {"reason": [""]})
    assert refused.status_code == 422
    assert "请写 1 到 200 字的理由" in refused.text
    assert (await _t1(chen)).state is FindingState.OPEN
    to = await chen.went(path, {"reason": ["停电一天, 已电话告知"]})
    page = await chen.page(to)
    assert "已记为已阅" in page
    assert "停电一天, 已电话告知" in page
    assert finding.id not in {one.id for one in await _findings(chen)}
    row = await served.county.works.read(audit.latest, Act.FINDING_NOTED)
    assert row is not None
    assert (row.subject, row.detail["why"]) == (served.number, "停电一天, 已电话告知")


async def test_a_clerk_is_told_of_his_own_work_alone(served: Served) -> None:
    clerk, handler = await served.visit("clerk"), await served.visit("handler")
    operator = await served.visit("operator")
    chen = await served.visit("supervisor")
    finding = await _t1(chen)
    assert finding.id in {one.id for one in await _findings(clerk)}
    assert not await _findings(handler)
    assert (await handler.get(f"{FINDINGS}/{finding.id}")).status_code == 404
    assert (await operator.get(FINDINGS)).status_code == 403
    assert 'name="finding"' not in await clerk.page(FINDINGS)
    assert (await clerk.get(RULES)).status_code == 403
    case = await clerk.page(f"/cases/{served.number}")
    assert finding.says in case


async def test_what_is_nobodys_yet_is_everybodys_at_that_desk(served: Served) -> None:
    works, clerk = served.county.works, await served.actor("clerk")
    await works.run(clerk, cases.accept, served.number, AcceptCase())
    await works.run(clerk, cases.dispatch, served.number, DispatchCase())
    served.go_to("2026-04-30")
    await served.following.catch_up()
    handler = await served.visit("handler")
    late = {one.rule: one for one in await _findings(handler)}
    assert late[RuleId.T4].staff is None
    assert "/supervision/findings" in await handler.page("/")
    assert late[RuleId.T4].says in await handler.page(f"{FINDINGS}/{late[RuleId.T4].id}")
    approver = await served.visit("approver")
    assert {one.id for one in await _findings(approver)} >= {one.id for one in late.values()}


async def test_a_list_is_narrowed_and_a_bad_day_is_said(served: Served) -> None:
    chen = await served.visit("supervisor")
    assert {one.rule for one in await _findings(chen, "?rule=T1")} == {RuleId.T1}
    assert not await _findings(chen, "?since=2026-03-19&rule=T1")
    assert not await _findings(chen, "?node=610329")
    assert await _findings(chen, "?node=6103")
    bad = await chen.get(f"{FINDINGS}?since=2026-99-99")
    assert bad.status_code == 422
    assert "请检查日期" in bad.text
    assert (await chen.get(f"/api/v1{FINDINGS}?since=x")).status_code == 422
    table = await chen.post(f"{FINDINGS}/export", {"rule": ["T1"]})
    lines = table.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert served.number in lines[1]


NONSENSE = (
    "until=9999-12-31", "since=9999-12-31", "since=0001-01-01", "since=20260302",
    "after=99999999999999999999-x", "after=5", "after=%D9%A3-x", f"after={'9' * 5000}-x",
    "level=purple",
)  # fmt: skip


@pytest.mark.parametrize("query", NONSENSE, ids=[one[:30] for one in NONSENSE])
async def test_a_question_that_makes_no_sense_is_answered_as_such(
    served: Served, query: str
) -> None:
    chen = await served.visit("supervisor")
    page = await chen.get(f"{FINDINGS}?{query}")
    assert page.status_code == 422
    assert "请检查日期" in page.text
    assert (await chen.get(f"/api/v1{FINDINGS}?{query}")).status_code == 422


async def test_pages_of_findings_follow_one_another(served: Served) -> None:
    served.go_to("2026-04-01")
    for _ in range(3):
        await served.receive()
    served.go_to("2026-04-28")
    await served.following.catch_up()
    everything = {one.id for one in await _findings(await served.visit("supervisor"))}
    works, after = served.county.works, ""
    seen: set[str] = set()
    words = WORDS[Language.ZH]
    while True:
        page = await works.read(reading.page, FindingQuery(after=after), words, most=2)
        assert not seen & {one.id for one in page.findings}
        seen |= {one.id for one in page.findings}
        if page.older is None:
            break
        after = page.older
    assert seen == everything


async def test_a_rulebook_is_tried_and_then_set(served: Served) -> None:
    chen = await served.visit("supervisor")
    rules = _read(await chen.get(f"/api/v1{RULES}"), RulebookView)
    assert isinstance(rules, RulebookView)
    assert rules.publisher is None
    form: Typed = {
        "on": [one.rule for one in rules.rules if one.on and one.rule is not RuleId.T1],
        **{
            f"{one.rule}.{value.name}": [str(value.value)]
            for one in rules.rules
            for value in one.parameters
        },
        "item": ["wjj-01", ""],
        "workdays": ["7", ""],
        "cases": ["100"],
        "days": ["31"],
        "reason": ["试行"],
    }
    tried = await chen.post(RULES, {**form, "do": ["try"]})
    assert tried.status_code == 200
    assert "试算结果" in tried.text
    assert 'value="wjj-01"' in tried.text
    assert (
        await served.county.works.read(actions.book_at, COUNTY, books.FOREVER - 1)
    ).version is None
    wrong = await chen.post(RULES, {**form, "do": ["set"], "T7.hours": ["0"], "reason": [""]})
    assert wrong.status_code == 422
    assert "请填 1 到 80 之间的整数" in wrong.text
    assert await chen.went(RULES, {**form, "do": ["set"]}) == f"{RULES}?done=set"
    page = await chen.page(f"{RULES}?done=set")
    assert "已发布" in page
    assert "第1版" in page
    works = served.county.works
    term = await works.read(actions.book_at, COUNTY, works.now_ms)
    assert term.book == Rulebook(
        settings=(RuleSetting(rule=RuleId.T1, on=False),),
        thresholds=(ItemThreshold(item="wjj-01", yellow_workdays=7),),
    )
    assert await works.read(actions.threshold_of, COUNTY, "wjj-01", works.now_ms) == 7


async def _send(visitor: Visitor, method: str, path: str, body: msgspec.Struct) -> httpx.Response:
    headers = {"X-CSRF-Token": visitor.csrf, "Content-Type": "application/json"}
    content = msgspec.json.encode(body)
    return await visitor.http.request(method, f"/api/v1{path}", content=content, headers=headers)


async def test_the_same_is_done_through_the_api(served: Served) -> None:
    chen, clerk = await served.visit("supervisor"), await served.visit("clerk")
    finding = await _t1(chen)
    path = f"{FINDINGS}/{finding.id}/note"
    assert (await _send(clerk, "POST", path, NoteFinding(reason="x"))).status_code == 403
    assert (await _send(chen, "POST", path, NoteFinding(reason=""))).status_code == 422
    noted = _read(await _send(chen, "POST", path, NoteFinding(reason="已说明")), Finding)
    assert isinstance(noted, Finding)
    assert noted.state is FindingState.NOTED
    book = Rulebook(settings=(RuleSetting(rule=RuleId.T1, on=False),))
    asked = TryRulebook(book=book, cases=10, days=0)
    tried = _read(await _send(chen, "POST", f"{RULES}/trial", asked), TrialResult)
    assert isinstance(tried, TrialResult)
    assert {line.rule: (line.now, line.then) for line in tried.lines}[RuleId.T1] == (1, 0)
    wrong = Rulebook(settings=(RuleSetting(rule=RuleId.T7, values={"hours": 0}),))
    refused = await _send(chen, "PUT", RULES, SetRulebook(book=wrong, reason="试行"))
    assert refused.status_code == 422
    assert "T7.hours" in refused.text
    done = _read(
        await _send(chen, "PUT", RULES, SetRulebook(book=book, reason="试行")), RulebookView
    )
    assert isinstance(done, RulebookView)
    assert (done.publisher, done.number, done.book) == (COUNTY, 1, book)
    assert (await _send(clerk, "PUT", RULES, SetRulebook(book=book, reason="x"))).status_code == 403


async def test_only_a_supervisor_sets_the_rules(served: Served) -> None:
    clerk = await served.visit("clerk")
    assert (await clerk.post(RULES, {"do": ["set"], "reason": ["x"]})).status_code == 403


async def test_a_trial_counts_what_the_rules_then_find(tmp_path: Path) -> None:
    """Two counties live the same days: one tries a book, the other has it from the start."""
    book = Rulebook(settings=(RuleSetting(rule=RuleId.T1, on=False),
                              RuleSetting(rule=RuleId.T7, values={"hours": 2})))  # fmt: skip
    clock_a, clock_b = Clock(), Clock()
    async with page_node(tmp_path / "a", clock_a) as one, page_node(tmp_path / "b", clock_b) as two:
        found = []
        for county, first in ((one, None), (two, book)):
            following = Following(county.works, followers_of(county.works.profile, COUNTY)[:1])
            made = Served(county, _nobody, CaseNumber(""), following)
            made.go_to("2026-03-01")
            if first is not None:
                supervisor = await made.actor("supervisor")
                await county.works.run(supervisor, actions.set_book, first, "试行")
            made.go_to("2026-03-02")
            await made.receive()
            number = await made.receive()
            made.go_to("2026-03-04")
            await county.works.run(await made.actor("clerk"), cases.accept, number, AcceptCase())
            made.go_to("2026-03-20")
            await following.catch_up()
            made.go_to("2026-03-21")
            await following.catch_up()
            found.append(await county.works.read(_counts))
        result = await trial.tried(
            one.works, TryRulebook(book=book, cases=10, days=31), WORDS[Language.ZH]
        )
        assert {line.rule: line.now for line in result.lines if line.now} == found[0]
        assert {line.rule: line.then for line in result.lines if line.then} == found[1]
        assert found[0] != found[1]
        t1 = next(line for line in result.lines if line.rule is RuleId.T1)
        assert t1.examples
        assert not t1.examples[0].more


def _counts(tx: Tx) -> dict[RuleId, int]:
    rows = tx.execute("SELECT rule, count(*) FROM findings GROUP BY rule")
    return {RuleId(rule): count for rule, count in rows}


async def _nobody(login: str) -> Visitor:
    raise AssertionError(login)
