"""Every command of `zhengwu`, assembled."""

import typer

from cli import (
    audit,
    calendar,
    clock,
    homes,
    items,
    nodes,
    notices,
    orders,
    parts,
    redress,
    report,
    staff,
    status,
    supervision,
    tasks,
)
from cli.bench import command as bench
from cli.demo import command as demo
from cli.doctor import doctor
from cli.rebuild import rebuild
from cli.verify import verify

app = typer.Typer(
    help="政务: 四级政务服务网络的一个节点 · one node of a four-tier government-service network。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("init")(homes.init)
app.command("invite")(nodes.invite)
app.command("join")(homes.join)
app.command("run")(homes.run_node)
app.command("demo")(demo.demo)
app.command("status")(status.status)
app.command("clock")(clock.clock)
app.command("doctor")(doctor)
app.command("verify")(verify)
app.command("rebuild")(rebuild)
app.command("backup")(homes.backup)
app.command("restore")(homes.restore)
app.add_typer(nodes.app, name="nodes")
app.add_typer(items.app, name="items")
app.add_typer(calendar.app, name="calendar")
app.add_typer(notices.app, name="notices")
app.add_typer(parts.app, name="parts")
app.add_typer(tasks.app, name="tasks")
app.add_typer(redress.app, name="redress")
app.add_typer(staff.app, name="staff")
app.add_typer(audit.app, name="audit")
supervision.app.command("orders")(orders.listing)
supervision.app.command("order")(orders.show)
app.add_typer(supervision.app, name="supervision")
app.add_typer(report.app, name="report")
app.add_typer(bench.app, name="bench")
