"""The restore drill: a backup is put back into a folder of its own and verified, then removed.

It runs in a process of its own, at low priority, so that nobody at a window waits for it. The
folder lies beside the backups: papers are linked, not copied, and the disk need not hold them
twice. What was restored is never started: two machines with one key would write two branches.
"""

import asyncio
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from federation.errors import FederationError
from node.clock import to_ms
from node.errors import NodeError, SettingsError
from node.runtime import backups
from node.runtime.backups import BACKUPS, BackupError
from node.runtime.opening import HomeInUseError, Node
from schemas.operations import Drill
from schemas.verification import Verification

FOLDER: Final = ".drill"
GENTLE: Final = 10  # niceness: windows come first
FAILED: Final = 3  # exit code: nothing could be restored; the reason is on stdout
REFUSALS: Final = (
    BackupError, FederationError, NodeError, SettingsError, HomeInUseError, OSError,
)  # fmt: skip


class DrillError(Exception):
    """Nothing could be restored: the sentence says why."""


async def drill(home: Path, backup: Path) -> Verification:
    """Restore `backup` beside the others, verify it, and leave nothing behind.

    Raises what `backups.restore` and `verify_home` raise.
    """
    from node.runtime.verifying import verify_home  # noqa: PLC0415  # a running node does without

    folder = home / BACKUPS / FOLDER
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)  # of one that was cut off
    try:
        await backups.restore(folder, backup, linked=True)
        return await asyncio.to_thread(verify_home, folder)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def drill_apart(home: Path, backup: Path) -> Verification:
    """Do the same in a process of its own, which ends with the caller. Raises `DrillError`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, str(home), str(backup), stdout=asyncio.subprocess.PIPE
    )
    try:
        said, _ = await process.communicate()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
    if process.returncode:
        raise DrillError(said.decode(errors="replace").strip() or "the drill was cut off")
    return msgspec.json.decode(said, type=Verification)


async def drill_latest(node: Node) -> Drill:
    """Drill the latest backup in a process of its own, and tell what was found.

    Raises `BackupError` if there is none.
    """
    latest = next(iter(await asyncio.to_thread(backups.kept, node.home)), None)
    if latest is None:
        raise BackupError("there is no backup to restore: make one first")
    began = to_ms(node.clock.now())
    found, said = Verification(root=node.ledger.root, clean=False), ""
    try:
        found = await drill_apart(node.home, node.home / BACKUPS / latest.name)
    except DrillError as error:
        said = str(error)
    return Drill(
        backup=latest.name,
        began_at=began,
        ended_at=to_ms(node.clock.now()),
        clean=found.clean,
        events=found.events,
        streams=found.streams,
        parts=found.parts,
        faults=len(found.faults) + found.more_faults,
        said=said or next((one.sentence for one in found.faults), ""),
    )


def main() -> int:
    """Drill in this process: the home and the backup are its arguments."""
    os.nice(GENTLE)
    home, backup = (Path(one) for one in sys.argv[1:])
    try:
        found = asyncio.run(drill(home, backup))
    except REFUSALS as error:
        sys.stdout.write(str(error))
        return FAILED
    sys.stdout.write(msgspec.json.encode(found).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
