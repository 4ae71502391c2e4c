import shutil
from pathlib import Path

import pytest

from federation.errors import RecoveringError
from node.runtime import backups, commands
from schemas import control as c
from schemas.cases import CaseState
from tests.support.nodes import COUNTY, THREE_TIERS, TOWN, VILLAGE, Net, until
from tests.support.windows import HOMESTEAD, heads, see, step, take, work_until_closed


async def decided(net: Net, number: str) -> bool:
    await step(net[TOWN], number)
    view = await see(net[VILLAGE], number)
    return view is not None and view.state is CaseState.DECIDED


async def restored(net: Net, backup: Path, kept: Path) -> None:
    """Lose the village's machine, and put the backup on another."""
    await net.stop(VILLAGE)
    shutil.copytree(backup, kept)
    shutil.rmtree(net.home(VILLAGE))
    await backups.restore(net.home(VILLAGE), kept)


async def recovered(net: Net) -> bool:
    return not (await net.status(VILLAGE)).recovering


async def test_neighbours_fill_what_an_old_backup_lacks(three: Net, tmp_path: Path) -> None:
    first = await take(three[VILLAGE], HOMESTEAD)
    await until(lambda: decided(three, first.number))
    await three.quiet(*THREE_TIERS)
    backup = await backups.back_up(three[VILLAGE].node)
    second = await take(three[VILLAGE])
    await step(three[VILLAGE], first.number)
    await three.quiet(*THREE_TIERS)
    await three.stop(TOWN)
    await restored(three, backup, tmp_path / "kept")
    await three.start(VILLAGE)
    assert not await recovered(three)
    with pytest.raises(RecoveringError):  # it has delivered this one, and does not remember
        await step(three[VILLAGE], first.number)
    third = await take(three[VILLAGE])  # what is new may begin, under a number of its own
    assert third.number.rsplit("-", 1)[1].startswith("B")
    await three.start(TOWN)
    await until(lambda: recovered(three))
    back = await see(three[VILLAGE], second.number)
    assert back is not None
    await work_until_closed(three, first.number, second.number, third.number)
    for one in (first, second, third):
        assert len(await heads(three, one.stream)) == 1


async def test_a_neighbour_that_will_not_answer_may_be_waived(three: Net, tmp_path: Path) -> None:
    first = await take(three[VILLAGE], HOMESTEAD)
    await until(lambda: decided(three, first.number))
    await three.quiet(*THREE_TIERS)
    backup = await backups.back_up(three[VILLAGE].node)
    await three.stop(TOWN, COUNTY)
    await restored(three, backup, tmp_path / "kept")
    await three.start(VILLAGE)
    state = await commands.nodes_waive(three[VILLAGE], c.WaivePeer(node=TOWN))
    assert state.findings
    await until(lambda: recovered(three))
    assert await step(three[VILLAGE], first.number) is not None
    await three.start(COUNTY, TOWN)
    await work_until_closed(three, first.number)


async def test_a_home_is_not_restored_over_another(three: Net, tmp_path: Path) -> None:
    backup = await backups.back_up(three[TOWN].node)
    with pytest.raises(backups.BackupError):
        await backups.restore(three.home(VILLAGE), backup)
    with pytest.raises(backups.BackupError):
        await backups.restore(tmp_path / "new", tmp_path)
    assert not (tmp_path / "new").exists()
