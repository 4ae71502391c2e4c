"""The auditor's page and API over HTTP: who may read it, what it says, what leaves it."""

import csv
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.audit import actions, asked
from node.audit.pages import as_csv
from node.audit.store import Tx, Wanted
from node.errors import BadInputError
from node.staff import actions as staff
from node.web.security import COOKIE
from node.web.wording import WORDS, Language
from node.work import SYSTEM
from schemas.audit import Act, AuditEntry
from schemas.ids import StaffId
from schemas.staff import NewAccount, Role
from tests.support.catalogue import LICENCE
from tests.support.pagenode import PEOPLE, PageNode, page_node
from tests.support.visitors import Visitor, Visitors, visitors_of
from tests.support.webnode import HASHED

ZHANG = {
    "kind": ["natural"], "name": ["张三"], "id_number": ["610328190001010013"],
    "phone": ["13812341234"],
}  # fmt: skip


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[PageNode]:
    async with page_node(tmp_path) as served:
        new = NewAccount(
            login="auditor", name="周审计", roles=(Role.AUDITOR,), department=None, password=""
        )
        await served.works.run(SYSTEM, staff.add, new, HASHED)
        yield served


@pytest.fixture
async def visitor(county: PageNode) -> AsyncIterator[Visitors]:
    async with visitors_of(county) as visitors:
        yield visitors


@pytest.fixture
async def auditor(visitor: Visitors) -> Visitor:
    return await visitor("auditor")


def by(visitor: Visitor) -> dict[str, str]:
    return {"Authorization": f"Bearer {visitor.http.cookies[COOKIE]}"}


async def test_the_auditors_home_is_the_trail(auditor: Visitor) -> None:
    assert (await auditor.get("/")).headers["location"] == "/audit"
    page = await auditor.page("/audit")
    assert "新建账号" in page
    assert 'aria-current="page">审计' in page


@pytest.mark.parametrize("login", [login for login, _, _ in PEOPLE])
async def test_nobody_else_reads_it_whatever_his_post(visitor: Visitors, login: str) -> None:
    who = await visitor(login)
    assert (await who.get("/audit")).status_code == 403
    for path in ("/audit/check", "/audit/export"):
        assert (await who.post(path)).status_code == 403, path
    api = await who.http.get("/api/v1/audit", headers=by(who))
    assert api.status_code == 403
    assert "/audit" not in await who.page("/password")


async def test_the_auditor_does_nothing_else(auditor: Visitor) -> None:
    for path in ("/intake", "/staff", "/nodes", "/tasks", "/revisions"):
        assert (await auditor.get(path)).status_code in {303, 403, 404}, path
    assert (await auditor.post("/staff", {"login": ["x"], "name": ["x"]})).status_code == 403


async def test_rows_are_found_by_what_is_asked_and_older_ones_page_by_page(
    auditor: Visitor, county: PageNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_SHOWN", 3)
    for number in range(7):
        await county.works.run(SYSTEM, actions.note, Act.EXPORTED, f"cases-{number}")
    seen: list[str] = []
    path = "/audit?act=exported&who=%E7%B3%BB%E7%BB%9F"
    while path:
        page = await auditor.page(path)
        seen += re.findall(r"cases-\d", page)
        found = re.search(r'href="(/audit\?[^"]*before=\d+)"', page)
        path = found.group(1).replace("&amp;", "&") if found else ""
    assert seen == [f"cases-{number}" for number in range(6, -1, -1)]
    assert "没有符合的记录" in await auditor.page("/audit?who=nobody")
    assert (await auditor.get("/audit?since=2026-02-30")).status_code == 422
    assert (await auditor.get("/audit?act=unheard_of")).status_code == 422


async def test_a_check_says_what_it_found_and_is_itself_a_row(
    auditor: Visitor, county: PageNode
) -> None:
    before = (await county.works.read(actions.listing, Wanted())).entries
    answer = await auditor.post("/audit/check")
    assert f"{before[0].serial} 条记录完好" in answer.text
    (row,) = (await county.works.read(actions.listing, Wanted(act=Act.TRAIL_CHECKED))).entries
    assert (row.name, row.detail["head"]) == ("周审计", before[0].digest)
    assert "上次核对" in await auditor.page("/audit")
    witness = {"serial": [str(before[0].serial)], "digest": [before[0].digest]}
    assert "一致" in (await auditor.post("/audit/check", witness)).text
    half = await auditor.post("/audit/check", {"serial": ["1"]})
    assert "要一起填" in half.text
    wrong = await auditor.post("/audit/check", {"serial": ["1"], "digest": ["00"]})
    assert "第 1 条和当时写的不一样" in wrong.text


async def test_a_changed_row_is_told_in_words_with_a_way_on(
    auditor: Visitor, county: PageNode
) -> None:
    def tamper(tx: Tx) -> None:
        tx.execute("DROP TRIGGER audit_entries_same")
        tx.execute("UPDATE audit_entries SET name = '别人' WHERE serial = 2")

    await county.database.write(tamper)
    answer = await auditor.post("/audit/check")
    assert "第 2 条和当时写的不一样" in answer.text
    assert "报告分管领导" in answer.text
    api = await auditor.http.post("/api/v1/audit/checks", json={}, headers=by(auditor))
    assert (api.json()["fault"], api.json()["at_serial"]) == ("changed", 2)


async def test_what_leaves_as_a_table_is_what_was_asked_for_and_is_noted(
    auditor: Visitor, county: PageNode
) -> None:
    await county.works.run(SYSTEM, actions.note, Act.EXPORTED, "=HYPERLINK(1)", {"why": "年报"})
    answer = await auditor.post("/audit/export", {"act": ["exported"]})
    assert answer.headers["content-disposition"].startswith('attachment; filename="audit-610328-')
    head, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (head[4], row[4]) == ("做了什么", "导出数据")
    assert row[5] == "'=HYPERLINK(1)"
    assert row[6] == "事由: 年报"
    (noted,) = (await county.works.read(actions.listing, Wanted(act=Act.TRAIL_EXPORTED))).entries
    assert noted.detail == {"act": "exported", "rows": "1"}


async def test_whoever_looked_at_an_applicant_in_full_is_in_the_trail_with_his_reason(
    auditor: Visitor, visitor: Visitors, county: PageNode
) -> None:
    clerk = await visitor("clerk")
    href = "/".join((await clerk.went("/intake", {"item": [LICENCE.code]})).split("/")[:3])
    await clerk.went(f"{href}/applicant", ZHANG)
    await clerk.went(f"{href}/materials", {"originals-form": ["1"], "copies-id": ["1"]})
    number = (await clerk.went(f"{href}/check")).split("/")[2]
    assert ZHANG["phone"][0] not in await clerk.page(f"/cases/{number}")
    short = await clerk.post(f"/cases/{number}/person", {"why": ["看"]})
    assert (short.status_code, ZHANG["phone"][0] in short.text) == (422, False)
    typed = await clerk.post(f"/cases/{number}/person", {"why": ["@scan"]})
    assert typed.status_code == 422
    shown = await clerk.post(f"/cases/{number}/person", {"why": ["电话通知补正"]})
    assert ZHANG["phone"][0] in shown.text
    rows = (await county.works.read(actions.listing, Wanted(act=Act.PERSON_VIEWED))).entries
    assert {"clerk 同志"} == {one.name for one in rows}
    assert [one.detail["why"] for one in rows if not one.detail["why"].startswith("@")] == [
        "电话通知补正"
    ]
    assert {one.subject for one in rows} == {number}
    page = await auditor.page(f"/audit?subject={number}")
    assert "电话通知补正" in page
    for told in (*ZHANG["name"], *ZHANG["phone"], *ZHANG["id_number"]):
        assert told not in page


async def test_programs_read_the_same_rows(auditor: Visitor, county: PageNode) -> None:
    await county.works.run(SYSTEM, actions.note, Act.BACKUP_MADE, "一号")
    answer = await auditor.http.get(
        "/api/v1/audit", params={"act": "backup_made"}, headers=by(auditor)
    )
    (row,) = answer.json()["entries"]
    assert (row["subject"], row["staff"], len(row["digest"])) == ("一号", "system", 64)
    bad = await auditor.http.get("/api/v1/audit", params={"until": "soon"}, headers=by(auditor))
    assert bad.status_code == 422


@pytest.mark.parametrize("language", list(Language))
def test_every_act_and_fault_is_spoken(language: Language) -> None:
    words = WORDS[language]
    assert not [act for act in Act if not words.has(f"audit_act.{act}")]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_cell_is_reckoned_by_a_spreadsheet(start: str) -> None:
    entry = AuditEntry(
        serial=1, at=0, staff=StaffId("x"), name=f"{start}1", act=Act.EXPORTED, digest="00"
    )
    (_, row) = csv.reader(io.StringIO(as_csv(WORDS[Language.ZH], (entry,)).decode("utf-8-sig")))
    assert row[3] == f"'{start}1"


def test_a_day_is_a_day_in_china() -> None:
    wanted = asked.wanted(since="2026-11-26", until="2026-11-26")
    assert (wanted.to_ms - wanted.from_ms, wanted.from_ms) == (86_400_000, 1_795_622_400_000)
    with pytest.raises(BadInputError):
        asked.wanted(since="26.11.2026")
