"""`zhengwu calendar` as typed: what it prints and how it ends."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from cli.calendar import app
from federation.encoding import b64
from node.runtime import joining
from node.runtime.joining import Wanted
from node.settings import Http, Purpose
from schemas.ids import NodeId
from schemas.nodes import NodeNames
from tests.support.house import ROOT

TABLE = """
year = 2027
document = "国办发明电〔2026〕8号"
rest = [
  "2027-01-01", "2027-02-05..2027-02-11", "2027-04-03..2027-04-05", "2027-05-01..2027-05-05",
  "2027-06-09", "2027-09-15", "2027-10-01..2027-10-07",
]
work = ["2027-01-02", "2027-02-20", "2027-05-08", "2027-09-26", "2027-10-09"]
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make the home of a city that does not run."""
    folder = tmp_path / "home"
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    wanted = Wanted(http=Http(port=0, tls=False), purpose=Purpose.TEST)
    names = NodeNames(zh="宝鸡市", en="Baoji")
    asyncio.run(joining.begin_root(folder, NodeId("6103"), names, b64(public), wanted))
    return folder


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "2027.toml"
    path.write_text(TABLE, encoding="utf-8")
    return path


def calendar(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, done.stdout, done.stderr


def test_a_year_is_published_shown_and_taken_back(home: Path, table: Path) -> None:
    code, said, _ = calendar("publish", table, "--home", home)
    assert code == 0
    assert "2027" in said
    code, said, _ = calendar("show", 2027, "--home", home)
    assert (code, said.splitlines()[0].split(";")[-1].strip()) == (
        0,
        "已发布的国务院放假安排 · published State Council table",
    )
    assert "  2027-01-02 上班 · worked" in said.splitlines()
    code, said, _ = calendar("withdraw", 2027, "council", "--home", home)
    assert code == 0
    code, said, _ = calendar("show", 2027, "--home", home, "--json")
    assert msgspec.json.decode(said)["source"] == "rule"
    code, _, error = calendar("withdraw", 2027, "council", "--home", home)
    assert code == 1
    assert "本级没有发布过 2027 年的工作日历，没有可撤回的" in error
    code, _, error = calendar("show", 1800, "--home", home)
    assert (code, len(error.splitlines())) == (1, 1)
    assert "只推算 1996–2099 年" in error


def test_a_due_day_is_answered_with_its_reasons(home: Path) -> None:
    code, said, _ = calendar("due", "2026-09-30", 3, "--home", home)
    assert code == 0
    assert said.splitlines()[0] == "2026-10-10"
    assert "10月10日（星期六）调休上班，计入" in said
    code, said, _ = calendar("due", "2026-09-05", 30, "day", "--home", home, "--json")
    assert msgspec.json.decode(said)["due"] == "2026-10-08"
    code, _, error = calendar("due", "2026-09-31", 3, "--home", home)
    assert code == 1
    assert "2026-09-31" in error


def test_checking_needs_no_node(table: Path) -> None:
    code, said, _ = calendar("check", table)
    assert (code, said) == (0, "2027 年: 没有错误 · no faults\n")
    code, said, _ = calendar("check", ROOT / "deploy/qianyang/calendar-2026.toml", "--json")
    assert (code, msgspec.json.decode(said)) == (0, {"year": 2026, "faults": 0})


def test_a_hole_is_named_and_nothing_is_published(home: Path, table: Path) -> None:
    table.write_text(TABLE.replace("2027-04-03..2027-04-05", "2027-04-03..2027-04-04"))
    code, _, error = calendar("check", table)
    assert code == 1
    assert error.startswith("zhengwu: 2027.toml: rest: 缺少法定节假日 2027-04-05")
    code, _, error = calendar("publish", table, "--home", home)
    assert code == 1
    assert "2027-04-05" in error
    assert msgspec.json.decode(calendar("show", 2027, "--home", home, "--json")[1])["tables"] == []


def test_a_file_that_is_no_table_is_one_sentence(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("year = ")
    for words in (("check", path), ("publish", path, "--home", home)):
        code, _, error = calendar(*words)
        assert code == 1
        assert len(error.splitlines()) == 1
