"""A keeper for pages that are served without a machine behind them."""

from node.work import Actor
from schemas.doctor import Standing
from schemas.ids import NodeId
from schemas.operations import BackupKept, Disk, Drill, Ending, Ends, Operations, Versions

QUIET = Operations(
    node=NodeId("610328"),
    endings=(Ends(what=Ending.KEYS, at=1_830_000_000_000, standing=Standing.OK),),
    backups=(BackupKept(name="20261125-020000", at=1_795_420_000_000, bytes=3_000_000),),
    backing_up=False,
    drill=Drill(
        backup="20261125-020000", began_at=1_795_420_000_000, ended_at=1_795_420_009_000,
        clean=True, events=812, streams=140, parts=96,
    ),
    drilling=False,
    disk=Disk(free=80 << 30, total=100 << 30, store=3 << 20, parts=40 << 20, backups=3 << 20),
    versions=Versions(program="0.1.0", store="0077_operations", python="3.11.2", sqlite="3.40.1"),
    findings=(),
    examined_at=1_795_420_000_000,
)  # fmt: skip


class StillKeeper:
    """Tells always the same, and does nothing."""

    def __init__(self, found: Operations = QUIET) -> None:
        self.found = found
        self.asked: list[str] = []

    async def look(self) -> Operations:
        return self.found

    async def back_up(self, actor: Actor) -> None:
        del actor
        self.asked.append("backup")

    async def drill(self, actor: Actor) -> None:
        del actor
        self.asked.append("drill")

    async def examine(self) -> None:
        self.asked.append("examine")
