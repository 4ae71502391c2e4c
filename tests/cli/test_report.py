"""`zhengwu report` as typed: what it prints, what it writes, and how it ends."""

import asyncio
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openpyxl import load_workbook
from typer.testing import CliRunner

from cli.report import app
from federation.encoding import b64
from node.runtime import joining
from node.runtime.joining import Wanted
from node.runtime.opening import open_node
from node.settings import Http, Purpose
from schemas.appraisal import Recounted
from schemas.ids import NodeId
from schemas.nodes import NodeNames
from schemas.reports import Report, ReportState
from tests.support.catalogue import WJJ
from tests.support.laws import ZRZY
from tests.support.reports import GOOD, POOR, counted, furnish

CITY = NodeId("6103")  # the root of its own: begun without anybody else


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the home of a city that does not run, with a year's counts."""
    folder = tmp_path_factory.mktemp("city") / "home"
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    wanted = Wanted(http=Http(port=0, tls=False), purpose=Purpose.TEST)
    names = NodeNames(zh="宝鸡市", en="Baoji")
    asyncio.run(joining.begin_root(folder, CITY, names, b64(public), wanted))
    asyncio.run(fill(folder))
    return folder


async def fill(home: Path) -> None:
    async with open_node(home) as node:
        await furnish(node.works)
        for day in ("2025-10-14", "2025-11-12"):
            await counted(node.works, day, GOOD, WJJ, window="A01")
            await counted(node.works, day, POOR, ZRZY, window="A02")


def report(home: Path, *words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [*(str(word) for word in words), "--home", str(home)])
    return done.exit_code, done.stdout, done.stderr


def shown(home: Path, *words: object) -> Report:
    code, said, wrong = report(home, *words, "--json")
    assert code == 0, wrong
    return msgspec.json.decode(said, type=Report)


def test_a_month_is_shown_issued_and_shown_as_issued(made: Path) -> None:
    draft = shown(made, "month", "2025-10")
    assert draft.row is None
    issued = shown(made, "month", "2025-10", "--issue")
    assert issued.row is not None
    assert issued.row.state is ReportState.PUBLISHED
    assert issued.figures == draft.figures
    assert shown(made, "month", "2025-10") == issued
    code, _, wrong = report(made, "month", "2025-10", "--issue")
    assert (code, "2025-10" in wrong) == (1, True)
    code, said, _ = report(made, "month", "2025-10")
    assert "卫生健康局" in said
    assert "宝鸡市2025年10月政务服务情况通报" in said


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("month", "oktober"), 2),
        (("quarter", "2025-13"), 2),
        (("year", "1999"), 2),
        (("month", "2099-01"), 1),
    ],
)
def test_what_is_no_period_is_said(made: Path, words: tuple[str, str], code: int) -> None:
    found, said, wrong = report(made, *words)
    assert (found, said) == (code, "")
    assert wrong.startswith("zhengwu: ")


def test_a_period_that_is_not_over_is_refused_in_words(made: Path) -> None:
    code, said, wrong = report(made, "month", "2099-01", "--issue")
    assert (code, said) == (1, "")
    assert "还没有结束" in wrong
    assert "is not over" in wrong


def test_a_table_opens_and_says_what_the_report_says(made: Path, tmp_path: Path) -> None:
    file = tmp_path / "november.xlsx"
    assert report(made, "month", "2025-11", "--xlsx", file)[0] == 0
    with zipfile.ZipFile(file) as packed:
        for name in packed.namelist():
            if name.endswith(".xml"):
                ET.fromstring(packed.read(name))  # noqa: S314  # our own file
    book = load_workbook(file, read_only=True)
    assert book.sheetnames == ["通报", "部门", "窗口", "地方"]
    heads, first, *_ = (list(row) for row in book["部门"].iter_rows(values_only=True))
    row = dict(zip(heads, first, strict=False))
    assert row["名称"] == "卫生健康局"
    assert (row["名次"], row["受理量"], row["按时办结率"]) == (1, 12, 1)
    code, _, wrong = report(made, "month", "2025-11", "--xlsx", file)
    assert (code, "exists already" in wrong) == (1, True)


def test_a_recount_agrees_or_says_what_differs(made: Path) -> None:
    code, said, _ = report(made, "recount", "--quick", "--json")
    assert code == 0
    assert msgspec.json.decode(said, type=Recounted).sums > 0

    async def spoil() -> None:
        async with open_node(made) as node:
            await node.database.write(lambda tx: tx.execute("UPDATE counts SET n = n + 1"))

    asyncio.run(spoil())
    code, said, _ = report(made, "recount", "--quick")
    assert code == 1
    assert "有出入" in said
