"""What the assembled application promises as a whole."""

import subprocess
import sys
from pathlib import Path

from tests.support.webnode import web_node

HEAVY = {"pydantic", "argon2", "faker", "polyfactory", "attrs"}


def test_an_idle_node_loads_nothing_that_it_does_not_need() -> None:
    program = (
        "import sys, node.app, node.web.lean; node.web.lean.Lean([]);"
        f"print(*sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == []


async def test_every_path_of_the_api_says_what_it_is_for(tmp_path: Path) -> None:
    async with web_node(tmp_path) as node:
        told = (await node.http.get("/schema")).json()
    paths = told["paths"]
    for path in (
        "/api/v1/session",
        "/api/v1/staff",
        "/api/v1/parts",
        "/api/v1/items",
        "/api/v1/cases",
        "/api/v1/cases/{number}",
        "/api/v1/cases/{number}/accept",
        "/api/v1/cases/{number}/proof",
        "/api/v1/public/items",
        "/health",
        "/ready",
        "/metrics",
    ):
        for operation in paths[path].values():
            assert operation.get("description") or operation.get("summary"), path


async def test_no_path_answers_what_a_page_of_another_site_would_ask(tmp_path: Path) -> None:
    async with web_node(tmp_path) as node:
        asked = [await node.http.options(path) for path in ("/api/v1/cases", "/health", "/schema")]
        assert [one.status_code for one in asked] == [405, 405, 405]
        assert asked[0].json()["type"] == "urn:zhengwu:problem:method-not-allowed"
