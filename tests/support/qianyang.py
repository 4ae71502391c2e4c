"""The sample county as people find it: four tiers with real work on every desk, in one process."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Final

import httpx

from cli.demo import desks, hall
from cli.demo.people import People
from node.appraisal import periods
from node.clock import Clock, local_day
from node.database import Database
from node.runtime import commands
from node.staff import actions as staff
from node.web.kept_forms import KeptForm, KeptForms
from node.web.security import COOKIE
from node.work import Works
from schemas import control as c
from schemas.appraisal import PeriodKind
from schemas.ids import NodeId
from tests.support.nodes import COUNTY, FOUR_TIERS, TOWN, VILLAGE, Net, copied, make_network
from tests.support.visitors import Typed, Visitor, begin_session

SURVEY: Final[Typed] = {
    "errand": ["household_survey"],
    "to": [VILLAGE],
    "workdays": ["3"],
    "instruction": ["核实家庭人口和住房, 拍一张房屋照片"],
}
APPLICANT: Final[Typed] = {
    "kind": ["natural"],
    "name": ["魏兰花"],
    "id_number": ["610328190001010371"],
    "phone": ["13800000037"],
    "address": ["千阳县 (示例)"],
}
ASKED: Final[Typed] = {
    "kind": ["order"],
    "subject": [f"{COUNTY}/zrzy"],
    "level": ["red"],
    "text": ["这件许可超过承诺时限，请说明原因、整改措施和办结日期。"],
}
ADVISED: Final[Typed] = {
    "kind": ["advice"],
    "subject": [TOWN],
    "level": ["yellow"],
    "text": ["建议初审当天登记，当天转报。"],
}
NEWCOMER: Final[Typed] = {"name": ["温代办"], "login": ["wen"], "roles": ["agent"]}
COMPLAINT: Final[Typed] = {
    "redress": ["complaint"],
    "source": ["phone"],
    "title": ["办理太慢"],
    "text": ["材料早就交齐了，打电话问了三次都说再等等。"],
    "name": ["魏兰花"],
    "phone": ["13800000037"],
    "department": ["wjj"],
    "key": ["tour"],
}
HOUSEHOLD: Final = {
    "keep": (
        ("魏大山", "61032819000101038X", "户主"),
        ("魏小满", "610328190001010398", "子女"),
        ("魏小雨", "610328190001010404", "子女"),
    ),
    "take": (
        ("常有田", "610328190001010419", "户主"),
        ("常春燕", "610328190001010427", "配偶"),
    ),
}
"""Whom a list is for. The last number of the first has a wrong check digit: it is said."""


@dataclass(frozen=True)
class Served:
    """One node, as visitors need it."""

    url: str
    works: Works
    database: Database


@dataclass
class Qianyang:
    """Four running tiers, and the names of what lies there."""

    net: Net
    facts: dict[str, str] = field(default_factory=dict)
    """What fills the addresses of the tour: `{case}`, `{draft}`, `{revision}` …"""

    def at(self, node: NodeId) -> Served:
        station = self.net[node]
        return Served(station.url, station.node.works, station.node.database)

    @asynccontextmanager
    async def visitor(self, node: NodeId, login: str) -> AsyncIterator[Visitor]:
        """Sign somebody in at a node."""
        begun = await begin_session(self.at(node), login)
        cookies = {COOKIE: begun.token}
        async with httpx.AsyncClient(base_url=self.net[node].url, cookies=cookies) as http:
            yield Visitor(http, begun.session.csrf)

    async def move(self, seconds: int, people: People) -> None:
        """Let all four live so far from the system's time; none ahead of the one above it."""
        await self.net.quiet()
        ahead = timedelta(seconds=seconds) > people.clock.offset
        for node in FOUR_TIERS if ahead else reversed(FOUR_TIERS):
            await commands.clock(self.net[node], c.MoveClock(offset_seconds=seconds))
        people.clock.offset = timedelta(seconds=seconds)


@asynccontextmanager
async def qianyang(folder: Path) -> AsyncIterator[Qianyang]:
    """Run the four tiers with work on every desk until the block ends."""
    template = folder / "template"
    template.mkdir(parents=True)
    await make_network(template, FOUR_TIERS)
    async with copied(template, folder / "running", *FOUR_TIERS) as net:
        county = Qianyang(net)
        people = People({node: net[node].url for node in FOUR_TIERS}, Clock())
        await desks.lay_out(people, lambda seconds: county.move(seconds, people))
        await hall.arrange(people)
        await net.quiet()
        await _look_around(county)
        await net.quiet()
        yield county


async def _look_around(county: Qianyang) -> None:
    """Begin what has no page until somebody begins it, and note the names of all."""
    facts = county.facts
    facts["case"] = await _case_of(county, VILLAGE, "乡村建设规划许可")
    facts["scan_case"] = await _case_of(county, COUNTY, "出版物零售单位设立")
    facts["town_case"] = await _case_of(county, TOWN, "高龄补贴")
    facts["returned"] = await _case_of(county, VILLAGE, "农药经营许可")
    facts["overdue"] = await _case_of(county, COUNTY, "公共场所卫生许可")
    facts["item"], facts["release"] = "zrzy-01", f"{COUNTY}/1"
    async with county.visitor(VILLAGE, "wang") as agent:
        facts["draft"] = await _fill(agent, "zrzy-01")
        facts["asking"] = await _begin(agent, "ybj-01")
        facts["notice"] = await _issue(agent, facts["case"])
        facts["tablet"] = await _tablet(agent)
    async with county.visitor(COUNTY, "li") as clerk:
        facts["situation"] = await _begin(clerk, "scjg-03")
        where = await clerk.went(f"/cases/{facts['scan_case']}/tasks", SURVEY)
        assert where
    async with county.visitor(COUNTY, "lu") as editor:
        await _revise(editor, facts)
        await _publish(county, editor)
    async with county.visitor(VILLAGE, "wang") as agent:
        facts["list"] = await _list(agent)
        facts["taken"] = await _list(agent, "take")
    await _look_at_people(county)
    await _come_too_late(county)
    for look_at in (_look_at_findings, _look_at_orders, _look_at_redress):
        await look_at(county)
    await _look_at_reports(county)
    await county.net.quiet()
    async with county.visitor(VILLAGE, "wang") as agent:
        facts["task"] = _first(r"/tasks/([\w-]+)", await agent.page("/tasks"))


async def _look_at_findings(county: Qianyang) -> None:
    """Let the rules see everything, and note the first thing that they found."""
    for node in FOUR_TIERS:
        network = county.net[node].network
        assert network is not None
        await network.watcher.catch_up()
    async with county.visitor(COUNTY, "chen") as supervisor:
        shown = await supervisor.page("/supervision/findings?state=all")
    county.facts["finding"] = _first(r"/supervision/findings/(\w{16})", shown)
    today = local_day(county.at(COUNTY).works.clock.now())
    county.facts |= {"month": f"{today:%Y-%m}", "yesterday": str(today - timedelta(days=1))}


async def _look_at_reports(county: Qianyang) -> None:
    """Issue the last quarter's report, to which departments may object."""
    today = local_day(county.at(COUNTY).works.clock.now())
    quarter = periods.before(periods.period_of(PeriodKind.QUARTER, today))
    county.facts["quarter"] = quarter.key
    async with county.visitor(COUNTY, "chen") as supervisor:
        await supervisor.went(f"/reports/quarter/{quarter.key}/issue")


async def _look_at_orders(county: Qianyang) -> None:
    """Ask a department for the reasons of a delay, and a town for a better way of working."""
    async with county.visitor(COUNTY, "chen") as supervisor:
        asked = await supervisor.went("/supervision/orders", ASKED)
        await supervisor.went("/supervision/orders", ADVISED)
    county.facts["order"] = _first(r"/orders/(\w+)", asked)
    async with county.visitor(COUNTY, "wu") as approver:
        await approver.went(f"/supervision/orders/{county.facts['order']}/acknowledge")


async def _look_at_people(county: Qianyang) -> None:
    """Note whoever has a page of his own, and file one of them."""
    facts = county.facts
    async with county.visitor(COUNTY, "bao") as director:
        facts["filing"] = await _file(director)
        facts["window"] = _first(r'/windows/(B\w+)"', await director.page("/windows"))
        facts["post"] = _first(r'/posts/([\w-]+)"', await director.page("/posts"))
    async with county.visitor(COUNTY, "guan") as operator:
        await operator.get("/operations")  # has the node examined, which takes a moment
    async with county.visitor(COUNTY, "tang") as keeper:
        facts["staff"] = _first(r'/staff/(\w+)"', await keeper.page("/staff"))
        await keeper.post("/roster", {"node": [VILLAGE], **NEWCOMER})
        granted = re.findall(r'/roster/([\w.-]+)"', await keeper.page("/roster"))
        facts["granted"] = next(one for one in granted if one != "new")


async def _case_of(county: Qianyang, node: NodeId, item: str) -> str:
    """Name the oldest case of an item, as the node's own lists have it."""
    logins = {VILLAGE: "wang", TOWN: "zhao", COUNTY: "chen"}
    async with county.visitor(node, logins[node]) as person:
        shown = await person.page("/cases?box=all")
    row = [one for one in shown.split("<tr>") if item in one][-1]
    return _first(r"(\d{6,12}-\d{8}-\w+)", row)


async def _publish(county: Qianyang, editor: Visitor) -> None:
    """Bring a pause of an item as far as its public notice."""
    begun = await editor.went("/revisions", {"title": ["暂停受理不动产登记"]})
    county.facts["approved"] = begun.split("/")[2]
    where = f"/revisions/{county.facts['approved']}"
    await editor.went(f"{where}/lines", {"wish": ["suspend"], "items": ["zrzy-02"]})
    await editor.went(f"{where}/submit")
    for office, login in (("staffing", "ma"), ("legal", "miao")):
        async with county.visitor(COUNTY, login) as reviewer:
            said = {"office": [office], "passes": ["yes"], "opinion": ["同意"]}
            await reviewer.went(f"{where}/review", said)
    async with county.visitor(COUNTY, "fang") as government:
        said = {"document": ["千政发〔2026〕8号"], "notice_workdays": ["5"]}
        await government.went(f"{where}/approve", said)


async def _list(agent: Visitor, go: str = "keep") -> str:
    """Write three persons of one household down; take them in, if asked to."""
    where = await agent.went("/intake/lists", {"item": ["ybj-01"]})
    typed = {
        f"{name}-new{row}": [text]
        for row, person in enumerate(HOUSEHOLD[go])
        for name, text in zip(("name", "id_number", "relation"), person, strict=True)
    }
    common = {"phone": ["13800000038"], "address": ["城关示例一村二组"], "go": [go]}
    shown = await agent.page(where)
    papers = re.findall(r'name="papers"[^>]*value="([^"]+)"', shown)
    await agent.went(where, {**typed, **common, "papers": papers})
    return where.split("/")[3]


async def _file(director: Visitor) -> str:
    """File the first of those who are not filed yet."""
    shown = await director.page("/filings")
    typed = {
        name: [_first(rf'name="{name}"[^>]* value="([^"]*)"', shown)]
        for name in ("staff", "post", "from_day")
    }
    return _first(r"number=([^&]+)", await director.went("/filings", typed))


async def _come_too_late(county: Qianyang) -> None:
    """Let a phrase be typed into a page whose sign-in has ended."""
    works = county.at(COUNTY).works
    people = (await works.read(staff.listing)).staff
    li = next(one.id for one in people if one.login == "li")
    fields = (("use", "accept"), ("text", "材料齐全，符合法定形式，同意受理。"))
    form = KeptForm(
        path="/phrases", page="/phrases", fields=fields, multipart=False, had_files=False
    )
    await KeptForms(works).keep(li, form)


async def _begin(person: Visitor, item: str) -> str:
    return (await person.went("/intake", {"item": [item]})).split("/")[2]


async def _fill(agent: Visitor, item: str) -> str:
    """Fill an intake in up to the last page."""
    draft = await _begin(agent, item)
    await agent.went(f"/intake/{draft}/applicant", APPLICANT)
    shown = await agent.page(f"/intake/{draft}/materials")
    counts = {name: ["1"] for name in re.findall(r'name="(originals-[^"]+)"', shown)}
    await agent.went(f"/intake/{draft}/materials", counts)
    return draft


async def _issue(agent: Visitor, number: str) -> str:
    """Print the first notice that a case offers."""
    shown = await agent.page(f"/cases/{number}")
    typed = {name: [_first(rf'name="{name}" value="(\w+)"', shown)] for name in ("notice", "seq")}
    return (await agent.went(f"/cases/{number}/notices", typed)).split("/")[4].partition("?")[0]


async def _look_at_redress(county: Qianyang) -> None:
    """Have a window write a complaint down, about a case and its department."""
    async with county.visitor(COUNTY, "li") as clerk:
        taken = await clerk.post("/redress", {**COMPLAINT, "case": [county.facts["overdue"]]})
        assert taken.status_code == HTTPStatus.OK, taken.text
    async with county.visitor(COUNTY, "chu") as handler:
        county.facts["matter"] = _first(r"/redress/(\w{16})", await handler.page("/redress"))


async def _tablet(agent: Visitor) -> str:
    """Set a tablet up, and invite somebody to it; name the secret of its address."""
    shown = await agent.post("/tablets", {"name": ["便民服务站"]})
    await agent.went(_first(r'action="(/tablets/\w+/invite)"', shown.text))
    return _first(r'id="made" value="[^"]*/tablet/([\w-]+)"', shown.text)


async def _revise(editor: Visitor, facts: dict[str, str]) -> None:
    """Draft a change of an item."""
    where = await editor.went("/revisions", {"title": ["缩短乡村建设规划许可的审查时限"]})
    facts["revision"] = where.split("/")[2]
    typed = {"wish": ["revise"], "items": ["zrzy-01"]}
    line = await editor.went(f"/revisions/{facts['revision']}/lines", typed)
    facts["line"] = line.split("/")[4].partition("?")[0]


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, pattern
    return found.group(1)
