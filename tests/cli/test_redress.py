"""`zhengwu redress` as typed."""

import asyncio
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from cli.redress import app
from federation.encoding import b64
from federation.ledger import Hand
from node.runtime import joining
from node.runtime.joining import Wanted
from node.runtime.opening import open_node
from node.settings import Http, Purpose
from node.work import SYSTEM
from schemas.ids import DepartmentId, NodeId
from schemas.nodes import NodeNames
from schemas.redress import RedressKind, RedressOpened, RedressSource

CITY = NodeId("6103")
TAKEN = RedressOpened(
    number="诉〔2020〕7号", redress=RedressKind.COMPLAINT, source=RedressSource.PHONE, subject=CITY,
    department=DepartmentId("wjw"), opened_at=1_600_000_000_000, verify_by="2020-09-27",
)  # fmt: skip


def test_what_is_known_is_listed_and_shown_without_a_name(tmp_path: Path) -> None:
    home = tmp_path / "home"
    asyncio.run(_make(home))
    runner = CliRunner()
    plain = runner.invoke(app, ["list", "--home", str(home)])
    assert plain.exit_code == 0
    assert "诉〔2020〕7号  投诉 · complaint  待核实 · opened" in plain.stdout
    late = runner.invoke(app, ["list", "--late", "--home", str(home), "--json"])
    (found,) = msgspec.json.decode(late.stdout)["redresses"]
    assert (found["number"], found["state"], found["due"] > "2020") == (
        "诉〔2020〕7号", "opened", True,
    )  # fmt: skip
    shown = runner.invoke(app, ["show", "诉2020-7", "--home", str(home)])
    assert shown.exit_code == 0
    assert f"{CITY}/wjw" in shown.stdout
    absent = runner.invoke(app, ["show", "诉2020-8", "--home", str(home)])
    assert absent.exit_code == 1


async def _make(home: Path) -> None:
    """Make a city to which somebody complained."""
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    wanted = Wanted(http=Http(port=0, tls=False), purpose=Purpose.TEST)
    names = NodeNames(zh="宝鸡市", en="Baoji")
    await joining.begin_root(home, CITY, names, b64(public), wanted)
    async with open_node(home) as node:
        await node.database.write(
            lambda tx: node.ledger.begin(
                tx, "redress", TAKEN, holder=CITY, hand=Hand(SYSTEM.staff, 1_600_000_000_000)
            )
        )
