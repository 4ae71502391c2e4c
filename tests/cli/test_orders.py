"""`zhengwu supervision orders` and `zhengwu supervision order` as typed."""

import asyncio
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from cli.commands import app
from federation.encoding import b64
from federation.ledger import Hand
from node.database import Tx
from node.runtime import joining
from node.runtime.joining import Wanted
from node.runtime.opening import open_node
from node.settings import Http, Purpose
from schemas.ids import DepartmentId, NodeId, StaffId
from schemas.nodes import NodeNames
from schemas.orders import (
    Cause,
    Correction,
    OrderAcknowledged,
    OrderIssued,
    OrderKind,
    OrderReplied,
)
from schemas.supervision import FindingLevel

CITY, COUNTY = NodeId("6103"), NodeId("610328")
ISSUED = OrderIssued(
    number="督〔2026〕1号", order=OrderKind.ORDER, subject=CITY, department=DepartmentId("wjw"),
    level=FindingLevel.RED, caused_at=1, reply_by="2026-11-30",
)  # fmt: skip


def test_the_orders_of_a_node_are_listed_and_shown_without_a_name(tmp_path: Path) -> None:
    home = tmp_path / "home"
    asyncio.run(_make(home))
    runner = CliRunner()
    plain = runner.invoke(app, ["supervision", "orders", "--home", str(home)])
    assert plain.exit_code == 0
    line, away = sorted(plain.stdout.splitlines()[1:])
    assert "待签收 · 未送达" in away
    assert line.split()[:7] == [
        "2026-11-30", "待认定", "督办单", "督〔2026〕1号", CITY, "→", f"{CITY}/wjw",
    ]  # fmt: skip
    listed = runner.invoke(app, ["supervision", "orders", "--home", str(home), "--json"])
    (order,) = (
        one for one in msgspec.json.decode(listed.stdout)["orders"] if one["subject"] == CITY
    )
    for name in (order["number"], order["stream"].rsplit("/", 1)[1]):
        shown = runner.invoke(app, ["supervision", "order", name, "--home", str(home)])
        assert "业务量过大, 已调整人员" in shown.stdout
        assert "逾期 · late" in shown.stdout
    unknown = runner.invoke(app, ["supervision", "order", "none", "--home", str(home)])
    assert unknown.exit_code == 1


async def _make(home: Path) -> None:
    """Make a city that has asked a department of its own, which replied late, and a county."""
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    wanted = Wanted(http=Http(port=0, tls=False), purpose=Purpose.TEST)
    await joining.begin_root(home, CITY, NodeNames(zh="宝鸡市", en="Baoji"), b64(public), wanted)
    somebody = Hand(StaffId("somebody"), 1_800_000_000_000)
    async with open_node(home) as node:

        def write(tx: Tx) -> None:
            stored = node.ledger.begin(tx, "order", ISSUED, holder=CITY, hand=somebody)
            for fact in (
                OrderAcknowledged(),
                OrderReplied(cause=Cause.WORKLOAD, correction=Correction.STAFFED),
            ):
                node.ledger.append(tx, stored.event.stream, fact, holder=CITY, hand=somebody)

            away = msgspec.structs.replace(
                ISSUED,
                number="督〔2026〕2号",
                subject=COUNTY,
                department=None,
                reply_by="2026-12-30",
            )
            node.ledger.begin(tx, "order", away, holder=COUNTY, hand=somebody)

        await node.database.write(write)
