"""`zhengwu tasks` as typed."""

import asyncio
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from cli.tasks import app
from federation.encoding import b64
from federation.ledger import Hand
from node.runtime import joining
from node.runtime.joining import Wanted
from node.runtime.opening import open_node
from node.settings import Http, Purpose
from node.work import SYSTEM
from schemas.ids import CaseNumber, NodeId, PartDigest, StreamName
from schemas.nodes import NodeNames
from schemas.tasks import Errand, TaskAsked

CITY, COUNTY = NodeId("6103"), NodeId("610328")
ASKED = TaskAsked(
    case=StreamName("case/6103/aaaaaaaaaaaaaaaa"), number=CaseNumber("6103-20261126-A0001"),
    item_name="某事项", errand=Errand.CERTIFICATE, to=COUNTY, due="2026-11-30",
    brief=PartDigest("b" * 64),
)  # fmt: skip


def test_the_errands_of_a_node_are_listed_without_a_name(tmp_path: Path) -> None:
    home = tmp_path / "home"
    asyncio.run(_make(home))
    runner = CliRunner()
    plain = runner.invoke(app, ["list", "--home", str(home)])
    assert plain.exit_code == 0
    (line,) = plain.stdout.splitlines()[1:]
    assert line.split() == [
        "2026-11-30", "待办理", "·", "asked", "certificate", "6103-20261126-A0001", CITY, "→",
        COUNTY,
    ]  # fmt: skip
    listed = runner.invoke(app, ["list", "--home", str(home), "--json"])
    (task,) = msgspec.json.decode(listed.stdout)["tasks"]
    assert (task["state"], task["asker"], task["to"]) == ("asked", CITY, COUNTY)


async def _make(home: Path) -> None:
    """Make a city that has asked its county for a certificate."""
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    wanted = Wanted(http=Http(port=0, tls=False), purpose=Purpose.TEST)
    names = NodeNames(zh="宝鸡市", en="Baoji")
    await joining.begin_root(home, CITY, names, b64(public), wanted)
    async with open_node(home) as node:
        await node.database.write(
            lambda tx: node.ledger.begin(
                tx, "task", ASKED, holder=COUNTY, hand=Hand(SYSTEM.staff, 1)
            )
        )
