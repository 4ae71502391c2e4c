"""Revisions over the API: the whole life, refusals as problem documents, nothing done twice."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from node.catalogue import actions as catalogue
from node.runtime import publishing
from node.staff import actions as staff
from schemas.items import PublishReport
from schemas.revisions import (
    Office,
    RevisionList,
    RevisionState,
    RevisionView,
    RevisionWritten,
)
from schemas.staff import Role
from tests.support.catalogue import LICENCE, WJJ
from tests.support.webnode import WebNode, web_node, with_departments

POSTS = {
    "editor": Role.EDITOR,
    "staffing": Role.STAFFING,
    "legal": Role.LEGAL,
    "government": Role.GOVERNMENT,
    "publisher": Role.PUBLISHER,
    "clerk": Role.CLERK,
}
BODY = {"title": "卫健事项", "department": WJJ,
        "changes": [{"code": LICENCE.code, "item": msgspec.to_builtins(LICENCE)}]}  # fmt: skip


@dataclass
class Api:
    """The county's API as its people call it."""

    served: WebNode
    headers: dict[str, dict[str, str]]

    async def call(
        self, by: str, method: str, path: str, body: object = None, **headers: str
    ) -> httpx.Response:
        return await self.served.http.request(
            method, f"/api/v1{path}", json=body, headers=self.headers[by] | headers
        )

    async def view(self, by: str, method: str, path: str, body: object = None) -> RevisionView:
        answer = await self.call(by, method, path, body)
        assert answer.status_code in (200, 201), answer.text
        return msgspec.json.decode(answer.content, type=RevisionView)

    async def written(
        self, by: str, method: str, path: str, body: object = None, **headers: str
    ) -> RevisionWritten:
        answer = await self.call(by, method, path, body, **headers)
        assert answer.status_code in (200, 201), answer.text
        return msgspec.json.decode(answer.content, type=RevisionWritten)

    async def begin(self) -> str:
        written = await self.written("editor", "POST", "/revisions", BODY)
        return f"/revisions/{written.brief.stream.rpartition('/')[2]}"


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with web_node(tmp_path, items_api=publishing.API) as served:
        await with_departments(served, WJJ)
        headers = {}
        for login, role in POSTS.items():
            department = WJJ if login == "editor" else None
            account = await served.account(login, role, department=department)
            begun = await served.sessions.begin(staff.actor_of(account))
            headers[login] = {"Authorization": f"Bearer {begun.token}"}
        yield Api(served, headers)


def _review(office: Office, *, passes: bool = True) -> dict[str, object]:
    return {"office": office, "passes": passes, "opinion": "符合规定"}


async def test_a_revision_goes_its_whole_way_over_the_api(api: Api) -> None:
    revision = await api.begin()
    state = (await api.view("editor", "POST", f"{revision}/submit")).brief.state
    assert state is RevisionState.SUBMITTED
    await api.view("staffing", "POST", f"{revision}/review", _review(Office.STAFFING))
    view = await api.view("legal", "POST", f"{revision}/review", _review(Office.LEGAL))
    assert view.brief.state is RevisionState.REVIEWED
    assert [one.office for one in view.opinions] == ["staffing", "legal"]
    decision = {"document": "千政发〔2026〕8号", "notice_workdays": 0}
    view = await api.view("government", "POST", f"{revision}/approve", decision)
    body = {"title": "第一批", "revisions": [view.brief.stream]}
    answer = await api.call("publisher", "POST", "/releases", body)
    report = msgspec.json.decode(answer.content, type=PublishReport)
    assert (answer.status_code, report.begun, report.release) == (201, (LICENCE.code,), 1)
    works = api.served.works
    guide = await works.read(catalogue.guide, works.ledger.me, LICENCE.code, now=works.now_ms)
    assert guide.item.name == LICENCE.name
    assert guide.item.initials, "found by its pinyin initials"
    listed = msgspec.json.decode(
        (await api.call("publisher", "GET", "/revisions")).content, type=RevisionList
    )
    assert [one.state for one in listed.revisions] == [RevisionState.RELEASED]


async def test_a_request_that_is_sent_again_with_its_key_begins_one_revision(api: Api) -> None:
    key = {"Idempotency-Key": "a-key-of-this-test-1"}
    answers = [await api.call("editor", "POST", "/revisions", BODY, **key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    other = await api.call("editor", "POST", "/revisions", {"title": "x"}, **key)
    assert _problem(other)[0] == "key-reused"
    listed = await api.call("editor", "GET", "/revisions")
    assert len(msgspec.json.decode(listed.content, type=RevisionList).revisions) == 1


async def test_a_line_is_written_anew_dropped_and_guarded(api: Api) -> None:
    revision = await api.begin()
    changed = {"code": LICENCE.code, "item": msgspec.to_builtins(LICENCE) | {"responsible": ""}}
    form = {"change": changed, "line": 1, "seen": 1}
    (line,) = (await api.written("editor", "PUT", f"{revision}/lines", form)).lines
    assert (line.line, line.code, line.edited) == (1, LICENCE.code, 2)
    assert set(line.errors) == {"responsible"}
    late = await api.call("editor", "PUT", f"{revision}/lines", form)
    assert (_problem(late)[0], late.status_code) == ("already-done", 409)
    refused = await api.call("editor", "POST", f"{revision}/submit")
    kind, document = _problem(refused)
    assert (kind, refused.status_code) == ("bad-input", 422)
    assert "lines[1].responsible" in str(document)
    late = await api.call("editor", "DELETE", f"{revision}/lines/1?seen=1")
    assert (_problem(late)[0], late.status_code) == ("already-done", 409)
    await api.written("editor", "DELETE", f"{revision}/lines/1?seen=2")
    assert (await api.view("editor", "GET", revision)).lines == ()
    new = {"change": {"code": LICENCE.code, "item": msgspec.to_builtins(LICENCE)}}
    (line,) = (await api.written("editor", "PUT", f"{revision}/lines", new)).lines
    assert line.line == 2, "the number of a dropped line is not given again"


async def test_a_line_that_is_sent_again_with_its_key_is_written_once(api: Api) -> None:
    revision = await api.begin()
    form = {"change": {"code": "wjj-02", "item": msgspec.to_builtins(LICENCE)}}
    key = {"Idempotency-Key": "a-key-of-this-test-2"}
    answers = [
        await api.written("editor", "PUT", f"{revision}/lines", form, **key) for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len((await api.view("editor", "GET", revision)).lines) == 2


async def test_a_step_on_an_older_sight_of_a_revision_is_refused(api: Api) -> None:
    revision = await api.begin()
    drafted = await api.view("editor", "GET", revision)
    sent = await api.view("editor", "POST", f"{revision}/submit?seen={drafted.seq}")
    stale = _review(Office.LEGAL) | {"seen": drafted.seq}
    late = await api.call("legal", "POST", f"{revision}/review", stale)
    assert (_problem(late)[0], late.status_code) == ("step-not-open", 409)
    late = await api.call("editor", "POST", f"{revision}/withdraw?seen={drafted.seq}")
    assert (_problem(late)[0], late.status_code) == ("step-not-open", 409)
    await api.view("legal", "POST", f"{revision}/review", stale | {"seen": sent.seq})


def _problem(answer: httpx.Response) -> tuple[str, dict[str, object]]:
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    document = msgspec.json.decode(answer.content, type=dict[str, Any])
    return str(document["type"]).rpartition(":")[2].rpartition("/")[2], document


REFUSED: list[tuple[str, str, str, object, int, str]] = [
    ("a clerk lists nothing of it", "clerk", "GET {}", None, 404, "not-found"),
    ("a clerk begins", "clerk", "POST /revisions", {"title": "x"}, 403, "not-allowed"),
    ("an office submits", "legal", "POST {}/submit", None, 403, "not-allowed"),
    ("approved before it was reviewed", "government", "POST {}/approve",
     {"document": "x"}, 409, "step-not-open"),
    ("reviewed before it was submitted", "legal", "POST {}/review",
     _review(Office.LEGAL), 409, "step-not-open"),
    ("an unknown field", "editor", "POST /revisions", {"title": "x", "colour": 1}, 400,
     "bad-request"),
    ("no title", "editor", "POST /revisions", {"title": " ", "department": WJJ}, 422,
     "bad-input"),
    ("an unknown office", "legal", "POST {}/review",
     {"office": "court", "passes": True, "opinion": "x"}, 400, "bad-request"),
    ("a revision that is none", "editor", "GET /revisions/aaaaaaaaaaaaaaaa", None, 404,
     "not-found"),
    ("released by an editor", "editor", "POST /releases", {"title": "x", "revisions": ["x"]},
     404, "not-found"),
    ("an empty release", "publisher", "POST /releases", {"title": "x", "revisions": []}, 422,
     "bad-input"),
    ("a release without a name", "publisher", "POST /releases", {"title": "", "revisions": []},
     422, "bad-input"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("by", "what", "body", "status", "kind"),
    [row[1:] for row in REFUSED],
    ids=[row[0] for row in REFUSED],
)
async def test_a_refusal_is_a_problem_document_and_changes_nothing(
    api: Api, by: str, what: str, body: object, status: int, kind: str
) -> None:
    revision = await api.begin()
    before = await api.view("editor", "GET", revision)
    method, path = what.format(revision).split(" ")
    answer = await api.call(by, method, path, body)
    assert (answer.status_code, _problem(answer)[0]) == (status, kind)
    assert await api.view("editor", "GET", revision) == before
    listed = await api.call("editor", "GET", "/revisions")
    assert len(msgspec.json.decode(listed.content, type=RevisionList).revisions) == 1
