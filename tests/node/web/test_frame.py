"""The frame of HTTP, over real HTTP: problems, cookies, forged requests, limits, bursts."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from msgspec import Struct

from node.web.security import COOKIE, Desk
from schemas.staff import Role
from tests.support.brokers import until
from tests.support.webnode import PASSWORD, WebNode, web_node

MAX_CHANGES = 4


class Form(Struct, frozen=True):
    csrf: str = ""
    word: str = ""


@post("/form", status_code=200)
async def form(desk: NamedDependency[Desk], data: URLEncodedBody[Form]) -> str:
    return f"{desk.actor.name}:{data.word}"


let_go = asyncio.Event()
"""Ends what is slow. For one test: an event belongs to the loop of whoever waits for it first."""


@post("/api/v1/slow", status_code=200)
async def slow() -> None:
    await let_go.wait()


@get("/api/v1/broken")
async def broken() -> None:
    raise RuntimeError("the secret of the house")


ROUTERS = (Router("/", route_handlers=[form, slow, broken]),)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[WebNode]:
    async with web_node(tmp_path, routers=ROUTERS, max_changes=MAX_CHANGES) as node:
        await node.account("li.na", Role.CLERK)
        yield node


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/api/v1/nowhere", 404, "not-found"),
        ("DELETE", "/api/v1/staff", 405, "method-not-allowed"),
        ("GET", "/api/v1/staff", 401, "not-signed-in"),
        ("POST", "/api/v1/session", 400, "bad-request"),
        ("GET", "/api/v1/broken", 500, "internal"),
    ],
)
async def test_every_refusal_is_a_problem_document(
    served: WebNode, method: str, path: str, status: int, kind: str
) -> None:
    answer = await served.http.request(method, path, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    told = answer.json()
    assert (told["type"], told["status"]) == (f"urn:zhengwu:problem:{kind}", status)
    assert told["title"].isascii()
    assert "secret" not in answer.text
    chinese = (await served.http.request(method, path)).json()["title"]
    assert not chinese.isascii()


async def test_a_malformed_body_names_its_fields(served: WebNode) -> None:
    answer = await served.http.post("/api/v1/session", json={"login": 3, "password": "x"})
    assert answer.status_code == 400
    assert "login" in answer.text


async def test_a_person_gets_a_page_not_a_document(served: WebNode) -> None:
    answer = await served.http.get("/nowhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


async def _cookie(served: WebNode) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={await served.token('li.na')}"}


async def test_a_form_by_cookie_needs_the_token_of_the_session(served: WebNode) -> None:
    cookie = await _cookie(served)
    csrf = (await served.http.get("/api/v1/session", headers=cookie)).json()["csrf"]
    for wrong in ({"word": "x"}, {"word": "x", "csrf": "guess"}, {"word": "x", "csrf": ""}):
        refused = await served.http.post("/form", data=wrong, headers=cookie)
        assert refused.status_code == 403
    done = await served.http.post("/form", data={"word": "好", "csrf": csrf}, headers=cookie)
    assert (done.status_code, done.text) == (200, "li.na 同志:好")
    by_header = await served.http.post(
        "/form", data={"word": "x"}, headers={**cookie, "X-CSRF-Token": csrf}
    )
    assert by_header.status_code == 200


async def test_the_csrf_token_of_another_session_does_not_serve(served: WebNode) -> None:
    mine, other = await _cookie(served), await _cookie(served)
    csrf = (await served.http.get("/api/v1/session", headers=other)).json()["csrf"]
    assert (await served.http.post("/form", data={"csrf": csrf}, headers=mine)).status_code == 403


async def test_json_by_cookie_needs_the_header_and_by_token_does_not(served: WebNode) -> None:
    cookie = await _cookie(served)
    refused = await served.http.delete("/api/v1/session", headers=cookie)
    assert refused.json()["type"] == "urn:zhengwu:problem:forged-request"
    shown = await served.as_("li.na")
    assert (await served.http.delete("/api/v1/session", headers=shown)).status_code == 204


async def test_a_session_idles_out_and_ends_after_a_working_day(served: WebNode) -> None:
    shown = await served.as_("li.na")
    statuses = []
    for _ in range(25):  # seen every 29 minutes: alive until twelve hours have passed
        served.clock.passed += timedelta(minutes=29)
        answer = await served.http.get("/api/v1/session", headers=shown)
        statuses.append(answer.status_code)
    assert statuses == [200] * 24 + [401]
    shown = await served.as_("li.na")
    served.clock.passed += timedelta(minutes=31)
    assert (await served.http.get("/api/v1/session", headers=shown)).status_code == 401


async def test_being_seen_keeps_a_session_alive(served: WebNode) -> None:
    shown = await served.as_("li.na")
    for _ in range(4):
        served.clock.passed += timedelta(minutes=20)
        assert (await served.http.get("/api/v1/session", headers=shown)).status_code == 200


async def test_too_large_a_body_is_refused_unread(served: WebNode) -> None:
    answer = await served.http.post("/api/v1/session", content=b"x" * (1 << 20) + b"x")
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:zhengwu:problem:too-large"


async def test_a_burst_is_told_to_come_back_and_never_breaks(served: WebNode) -> None:
    async with httpx.AsyncClient(base_url=served.url) as http:
        burst = [asyncio.create_task(http.post("/api/v1/slow")) for _ in range(20)]
        await until(lambda: sum(one.done() for one in burst) == 20 - MAX_CHANGES)
        let_go.set()
        answers = await asyncio.gather(*burst)
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses == {200: MAX_CHANGES, 429: 20 - MAX_CHANGES}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json()["type"] == "urn:zhengwu:problem:too-busy"
    assert (await served.http.post("/api/v1/slow")).status_code == 200
    assert served.gate.changing == 0


async def test_a_full_disk_is_said_and_changes_nothing(served: WebNode) -> None:
    shown = await served.as_("li.na")
    kept = await _fill(served)
    refused = 0
    for _ in range(40):  # what fits into the last page may still go in
        answer = await served.http.post(
            "/api/v1/session", json={"login": "li.na", "password": PASSWORD}
        )
        assert answer.status_code in (201, 507), answer.text
        refused += answer.status_code == 507
    assert refused
    served.clock.passed += timedelta(minutes=5)  # being seen cannot be written, reading goes on
    assert (await served.http.get("/api/v1/session", headers=shown)).status_code == 200
    await _let_grow(served)
    assert await served.token("li.na")
    assert await _rows(served) >= kept


async def _rows(served: WebNode) -> int:
    found: int = await served.database.read(
        lambda tx: tx.execute("SELECT count(*) FROM sessions").fetchone()[0]
    )
    return found


async def _fill(served: WebNode) -> int:
    await served.database.write(
        lambda tx: tx.execute(
            f"PRAGMA max_page_count = {tx.execute('PRAGMA page_count').fetchone()[0]}"
        ).fetchone()
    )
    return await _rows(served)


async def _let_grow(served: WebNode) -> None:
    await served.database.write(lambda tx: tx.execute("PRAGMA max_page_count = 1000000").fetchone())


async def test_standing_headers_are_on_every_answer(served: WebNode) -> None:
    for path in ("/health", "/nowhere", "/api/v1/session"):
        headers = (await served.http.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"


async def test_probes_tell_what_the_node_lacks(served: WebNode) -> None:
    assert (await served.http.get("/ready")).json()["status"] == "ok"
    served.lacking.append("broker")
    waiting = await served.http.get("/ready")
    assert (waiting.status_code, waiting.json()["waiting_for"]) == (503, ["broker"])
    assert (await served.http.get("/health")).status_code == 200
    metrics = (await served.http.get("/metrics")).text
    assert "# TYPE zhengwu_http_answers_total counter" in metrics
    assert 'zhengwu_http_answers_total{method="GET",status="503"} 1' in metrics


async def test_the_openapi_document_is_served_without_anything_foreign(served: WebNode) -> None:
    for path in ("/schema", "/schema/openapi.json"):
        told = (await served.http.get(path)).json()
        assert told["openapi"].startswith("3.")
        assert "/api/v1/session" in told["paths"]
    assert (await served.http.get("/schema/openapi.yaml")).status_code == 200
