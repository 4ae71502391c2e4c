"""Looking after a running node: backups, drills, what ends, the doctor, disk and versions."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from federation import partstore
from node.audit import actions as audit
from node.audit.store import Wanted
from node.runtime import backups, commands
from node.runtime.backups import BACKUPS, BackupError
from node.runtime.drilling import FOLDER
from node.runtime.opening import DATABASE, open_node
from node.runtime.station import Station
from node.runtime.verifying import verify_home
from schemas import control as c
from schemas.audit import Act
from schemas.doctor import Standing
from schemas.operations import Ending, Operations
from tests.support.nodes import COUNTY, NEW_TOWN, TOWN, VILLAGE, Net, until
from tests.support.operators import AGENT, at_desk
from tests.support.visitors import Visitor
from tests.support.windows import HOMESTEAD, take


async def _ask(operator: Visitor, what: str = "") -> Operations:
    path = "/api/v1/operations"
    if what:
        headers = {"X-CSRF-Token": operator.csrf}
        answer = await operator.http.post(f"{path}/{what}", headers=headers)
        assert answer.status_code == 202, answer.text
    else:
        answer = await operator.http.get(path)
    return msgspec.json.decode(answer.content, type=Operations)


async def _settled(operator: Visitor) -> Operations:
    """Wait until nothing runs any more."""
    found: list[Operations] = []

    async def is_still() -> bool:
        found.append(await _ask(operator))
        return not (found[-1].backing_up or found[-1].drilling or found[-1].examining)

    await until(is_still, every=0.2)
    return found[-1]


async def test_a_backup_is_made_and_proven_by_a_drill_that_leaves_nothing(three: Net) -> None:
    taken = await take(three[VILLAGE], HOMESTEAD, scan=True)

    async def has_the_papers() -> bool:
        return bool(await three.read(TOWN, lambda tx: partstore.kept_of(tx, taken.stream)))

    await until(has_the_papers)  # they follow the event, asked for one by one
    await three.quiet()
    async with at_desk(three[TOWN]) as operator:
        first = await operator.get("/operations")
        assert "还没有备份" in first.text
        assert "refresh" in first.headers  # the doctor looks: the page will look again
        await operator.went("/operations/backup")
        made = await _settled(operator)
        assert len(made.backups) == 1
        assert made.backups[0].name in await operator.page("/operations?done=backup")
        await operator.went("/operations/drill")
        done = (await _settled(operator)).drill
        assert done is not None
        assert (done.clean, done.backup, done.faults) == (True, made.backups[0].name, 0)
        assert done.parts > 0
        page = await operator.page("/operations")
        assert f"备份 {done.backup} 能恢复" in page
    home = three.home(TOWN)
    assert not (home / BACKUPS / FOLDER).exists()
    assert verify_home(home).clean  # the node itself is as it was
    rows = await three.read(TOWN, lambda tx: audit.exported(tx, Wanted(), 9))
    assert {Act.BACKUP_MADE, Act.BACKUP_DRILLED} <= {one.act for one in rows}


async def test_a_backup_that_was_altered_fails_its_drill_and_that_is_a_fault(three: Net) -> None:
    async with at_desk(three[TOWN]) as operator:
        await _ask(operator, "backup")
        name = (await _settled(operator)).backups[0].name
        copy = three.home(TOWN) / BACKUPS / name / DATABASE
        with closing(sqlite3.connect(copy)) as raw:  # noqa: TID251  # as a broken disk would
            raw.execute("UPDATE events SET signature = randomblob(64) WHERE arrival = 2")
            raw.commit()
        await _ask(operator, "drill")
        found = await _settled(operator)
        assert found.drill is not None
        assert not found.drill.clean
        assert found.drill.faults > 0
        due = next(one for one in found.endings if one.what is Ending.DRILL)
        assert due.standing is Standing.FAULT
        assert "演练没有通过" in await operator.page("/operations")
    assert verify_home(three.home(TOWN)).clean


async def test_a_backup_that_is_no_backup_says_why(three: Net) -> None:
    async with at_desk(three[TOWN]) as operator:
        await _ask(operator, "backup")
        name = (await _settled(operator)).backups[0].name
        (three.home(TOWN) / BACKUPS / name / "node.toml").unlink()
        await _ask(operator, "drill")
        done = (await _settled(operator)).drill
        assert done is not None
        assert not done.clean
        assert "node.toml" in done.said


async def test_a_backup_that_cannot_be_made_is_said_on_the_page(three: Net) -> None:
    folder = three.home(TOWN) / BACKUPS
    folder.write_text("in the way")
    async with at_desk(three[TOWN]) as operator:
        await operator.went("/operations/backup")
        assert not (await _settled(operator)).backups
        page = await operator.page("/operations?done=backup")
        assert "这次备份没有做成" in page
        folder.unlink()
        await operator.went("/operations/backup")
        assert len((await _settled(operator)).backups) == 1
        assert "没有做成" not in await operator.page("/operations")
        assert (await operator.post("/operations/whim")).status_code == 404


async def test_the_page_tells_of_certificates_keys_invitations_disk_and_versions(
    three: Net,
) -> None:
    await three.invite(NEW_TOWN)
    async with at_desk(three[COUNTY]) as operator:
        await _ask(operator, "examine")
        found = await _settled(operator)
        ends = {(one.what, one.name) for one in found.endings}
        assert {(Ending.CERTIFICATE, "server"), (Ending.KEYS, "")} <= ends
        assert (Ending.INVITATION, NEW_TOWN) in ends
        assert found.disk.free > 0
        assert found.disk.store > 0
        assert found.versions.broker.startswith("2.")
        assert found.versions.store.split("_")[0].isdigit()
        page = await operator.page("/operations")
        for said in (
            "本站的证书（网页和消息）",
            "给南寨镇的邀请",
            found.versions.broker,
            "备份（每天一次）",
        ):
            assert said in page
        assert found.versions.broker in page


async def test_only_the_operator_looks_after_the_machine(three: Net) -> None:
    async with at_desk(three[VILLAGE], AGENT) as agent:
        assert (await agent.get("/operations")).status_code == 403
        assert (await agent.post("/operations/backup")).status_code == 403
        assert (await agent.get("/api/v1/operations")).status_code == 403
    assert backups.kept(three.home(VILLAGE)) == []


async def test_a_drill_is_done_from_the_command_line_on_a_node_that_does_not_run(
    homes: Net,
) -> None:
    async with open_node(homes.home(VILLAGE)) as node:
        with pytest.raises(BackupError):
            await commands.drill(Station(node), c.Nothing())
        made = await commands.backup(Station(node), c.Nothing())
        done = await commands.drill(Station(node), c.Nothing())
        assert done.clean
        assert done.backup == Path(made.path).name
