"""`zhengwu staff` as typed: people, posts, absences and filings of a node that does not run."""

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from cli.staff import app
from federation.encoding import b64
from node.clock import Clock, local_day
from node.runtime import joining
from node.runtime.joining import Wanted
from node.settings import Http, Purpose
from schemas.ids import NodeId
from schemas.nodes import NodeNames

PEOPLE = """
[[departments]]
id = "wjj"
name = "卫生健康局"
kind = "dual"

[[staff]]
login = "ann"
name = "安审批"
roles = ["approver"]
department = "wjj"

[[staff]]
login = "bob"
name = "鲍审查"
roles = ["handler"]
department = "wjj"

[[windows]]
id = "B01"
name = "卫健窗口"
kind = "department"
department = "wjj"

[[posts]]
id = "wjj-1"
name = "卫健审批岗"
roles = ["approver"]
department = "wjj"
window = "B01"
a = "ann"
b = "bob"
"""


class Command:
    """The command at one node's folder."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *words: str) -> str:
        done = CliRunner().invoke(app, [*words, "--home", str(self.home)])
        assert done.exit_code == 0, done.output
        return done.stdout

    def json(self, *words: str) -> Any:  # noqa: ANN401  # any shape of JSON
        return msgspec.json.decode(self(*words, "--json"))

    def refused(self, *words: str) -> str:
        done = CliRunner().invoke(app, [*words, "--home", str(self.home)])
        assert done.exit_code == 1, done.output
        return done.stderr


@pytest.fixture
def zhengwu(tmp_path: Path) -> Command:
    home, file = tmp_path / "home", tmp_path / "people.toml"
    asyncio.run(_make(home))
    file.write_text(PEOPLE, encoding="utf-8")
    command = Command(home)
    loaded = command.json("load", str(file))
    assert loaded == {"staff": 2, "departments": 1, "windows": 1, "posts": 1}
    return command


async def _make(home: Path) -> None:
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    wanted = Wanted(http=Http(port=0, tls=False), purpose=Purpose.TEST)
    names = NodeNames(zh="宝鸡市", en="Baoji")
    await joining.begin_root(home, NodeId("6103"), names, b64(public), wanted)


def today() -> date:
    return local_day(Clock().now())


def test_who_is_away_is_covered_until_he_is_back(zhengwu: Command) -> None:
    assert "顶岗" not in zhengwu("posts")
    last = (today() + timedelta(days=1)).isoformat()
    first = today().isoformat()
    zhengwu("away", "ANN", "--kind", "training", "--first", first, "--last", last)
    assert "鲍审查顶岗 · covers" in zhengwu("posts")
    (absence,) = zhengwu.json("absences")
    assert (absence["first"], absence["last"]) == (first, last)
    zhengwu("back", absence["id"])
    assert zhengwu.json("absences") == []
    assert "顶岗" not in zhengwu("posts")


def test_a_post_that_nobody_serves_is_called_empty(zhengwu: Command) -> None:
    for login in ("ann", "bob"):
        zhengwu("away", login, "--kind", "duty", "--first", today().isoformat())
    assert "空岗 · empty" in zhengwu("posts")


def test_who_is_at_a_window_is_filed(zhengwu: Command) -> None:
    assert "还没有报备 · not filed: 安审批" in zhengwu("filings")
    filing = zhengwu.json("file", "ann", "--post", "wjj-1", "--from", today().isoformat())
    assert filing["number"] == f"备{today().year}-0001"
    listed = zhengwu("filings")
    assert f"{filing['number']}  安审批  卫健审批岗 B01  filed" in listed
    assert "not filed: 安审批" not in listed


def test_what_cannot_be_is_refused_in_one_line(zhengwu: Command) -> None:
    first = today().isoformat()
    assert "nobody" in zhengwu.refused("away", "nobody", "--kind", "duty", "--first", first)
    early = ("--first", first, "--last", (today() - timedelta(days=1)).isoformat())
    assert "最后一天不能早于第一天" in zhengwu.refused("away", "ann", "--kind", "duty", *early)
    assert zhengwu.json("absences") == []
    zhengwu("file", "ann", "--post", "wjj-1", "--from", first)
    again = zhengwu.refused("file", "ann", "--post", "wjj-1", "--from", first)
    assert "已经办过了" in again
    assert "没有这个岗位或这条记录" in zhengwu.refused("back", "abcdefgh")


def test_people_and_windows_are_listed(zhengwu: Command) -> None:
    assert [line.split()[0] for line in zhengwu("list").splitlines()] == ["ann", "bob"]
    assert zhengwu("windows").split() == ["B01", "卫健窗口", "department", "wjj"]
