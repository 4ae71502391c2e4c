"""`zhengwu staff grant` and what belongs to it, as typed."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner, Result

from cli.staff import app
from federation.encoding import b64
from node.runtime import joining
from node.runtime.joining import Wanted
from node.runtime.opening import open_node
from node.settings import Http, Purpose
from schemas.ids import NodeId
from schemas.nodes import NodeNames

COUNTY, VILLAGE = NodeId("610328"), NodeId("610328100201")
PASSWORD = "three blue herons\n"  # noqa: S105  # of an account that lives for one test
WANG = (VILLAGE, "wang", "--name", "王代办", "--role", "agent")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    asyncio.run(_make(tmp_path / "home"))
    return tmp_path / "home"


async def _make(home: Path) -> None:
    """Make a county below which a village has joined."""
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    wanted = Wanted(http=Http(port=0, tls=False), purpose=Purpose.TEST)
    names = NodeNames(zh="千阳县", en="Qianyang")
    await joining.begin_root(home, COUNTY, names, b64(public), wanted)
    async with open_node(home) as node:
        await node.database.write(
            lambda tx: tx.execute(
                "INSERT INTO node_records VALUES (?, '示例一村', '', 'enrolled', '', '', 0)",
                (VILLAGE,),
            )
        )


def typed(home: Path, *words: str, password: str = "") -> Result:
    return CliRunner().invoke(app, [*words, "--home", str(home)], input=password)


def test_an_account_is_granted_listed_stopped_and_resumed(home: Path) -> None:
    made = typed(home, "grant", *WANG, "--json", password=PASSWORD)
    assert made.exit_code == 0, made.output
    account = msgspec.json.decode(made.stdout)["grant"]["id"]
    (line,) = typed(home, "grants").stdout.splitlines()
    assert line.split()[:5] == [VILLAGE, account, "wang", "王代办", "agent"]
    assert "待送达" in line
    stopped = typed(home, "grant-stop", account, "--reason", "left_post")
    assert "停用" in stopped.stdout
    assert typed(home, "grant-stop", account, "--reason", "left_post").exit_code == 1
    assert "在用" in typed(home, "grant-resume", account).stdout
    assert typed(home, "grant-password", account, password=PASSWORD).exit_code == 0
    assert typed(home, "grants", "610328102").stdout == ""


def test_what_is_refused_is_one_sentence_and_changes_nothing(home: Path) -> None:
    for words, password in (
        (WANG, "short\n"),
        (("610328100999", *WANG[1:]), PASSWORD),
        (("6103281", *WANG[1:]), PASSWORD),
        ((*WANG[:-1], "operator"), PASSWORD),
    ):
        refused = typed(home, "grant", *words, password=password)
        assert refused.exit_code == 1
        assert refused.stderr.count("zhengwu: ") == 1
    assert typed(home, "grants").stdout == ""
