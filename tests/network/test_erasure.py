"""Papers are destroyed on running nodes, and do not come back with an old backup."""

import shutil
from pathlib import Path

import pytest

from federation import partstore, streams
from federation.errors import RecoveringError
from node.cases import reading
from node.cases.caseview import CaseView
from node.database import Tx
from node.runtime import backups, commands
from node.runtime.verifying import verify_home
from schemas import control as c
from schemas.cases_api import CaseParts, EraseParts
from schemas.ids import NodeId, PartDigest, StreamName
from tests.support.nodes import COUNTY, THREE_TIERS, TOWN, VILLAGE, Net, until
from tests.support.windows import take, work_until_closed

HOLDERS = (COUNTY, VILLAGE)  # the town only passes this item on
ALL = EraseParts(reason="retention_ended", all=True)


async def closed_case(net: Net) -> tuple[CaseView, tuple[PartDigest, ...]]:
    """Take a case with a scan, close it, and wait until its papers are where they belong."""
    view = await take(net[VILLAGE], scan=True)
    await work_until_closed(net, view.number)
    digests = await net.read(VILLAGE, lambda tx: partstore.kept_of(tx, view.stream))
    for node in HOLDERS:
        await until(lambda one=node: holds(net, one, view.stream, digests))  # type: ignore[misc]
        await until(lambda one=node: told(net, one, view.stream, "received", COUNTY))  # type: ignore[misc]
    return view, digests


async def holds(net: Net, node: NodeId, case: StreamName, digests: tuple[PartDigest, ...]) -> bool:
    kept = await net.read(node, lambda tx: partstore.kept_of(tx, case))
    return set(kept) >= set(digests)


async def told(net: Net, node: NodeId, case: StreamName, kind: str, *authors: NodeId) -> bool:
    return set(await net.read(node, lambda tx: _authors(tx, case, kind))) == set(authors)


def _authors(tx: Tx, case: StreamName, kind: str) -> list[NodeId]:
    subject = streams.load(tx, case)
    notes = streams.notes_about(tx, subject) if subject else []
    return [
        stored.event.node
        for note in notes
        for stored in streams.events(tx, note)
        if stored.event.kind.endswith(kind)
    ]


async def erase(net: Net, number: str) -> CaseParts:
    return await commands.parts_erase(net[COUNTY], c.DestroyParts(case=number, form=ALL))


async def standing(net: Net, number: str) -> CaseParts:
    return await commands.parts_list(net[COUNTY], c.ListParts(case=number))


def files(net: Net, node: NodeId) -> list[Path]:
    return list(net.home(node).glob("parts/??/*"))


async def test_papers_go_everywhere_and_everybody_says_so(three: Net) -> None:
    view, digests = await closed_case(three)
    assert all(files(three, node) for node in HOLDERS)
    await erase(three, view.number)

    async def all_answered() -> bool:
        found = await standing(three, view.number)
        return all(one.erased_at and not one.waiting for one in found.parts)

    await until(all_answered)
    found = await standing(three, view.number)
    assert {one.digest for one in found.parts} >= set(digests)
    assert {one.answered for one in found.parts if one.digest in digests} <= {
        (COUNTY, VILLAGE), (VILLAGE, COUNTY),
    }  # fmt: skip
    for node in THREE_TIERS:
        assert not files(three, node)
        register = three[node].node.register
        assert await three.read(node, lambda tx, r=register: r.read(tx, view.stream)) is None  # type: ignore[misc]
    await three.quiet(*THREE_TIERS)
    authors = await three.read(COUNTY, lambda tx: _authors(tx, view.stream, "erasure_done"))
    await three.stop(*THREE_TIERS)
    await three.start(*THREE_TIERS)
    await three.quiet(*THREE_TIERS)
    again = await three.read(COUNTY, lambda tx: _authors(tx, view.stream, "erasure_done"))
    assert sorted(again) == sorted(authors) == sorted(HOLDERS)  # each once
    for node in THREE_TIERS:
        assert verify_home(three.home(node)).clean


async def test_an_erased_part_of_an_old_backup_is_not_served_and_is_erased_again(
    three: Net, tmp_path: Path
) -> None:
    view, digests = await closed_case(three)
    saved = await backups.back_up(three[VILLAGE].node)
    shutil.move(saved, tmp_path / "saved")
    await erase(three, view.number)
    await until(lambda: told(three, COUNTY, view.stream, "erasure_done", *HOLDERS))
    await three.stop(VILLAGE, TOWN)
    shutil.rmtree(three.home(VILLAGE))
    await backups.restore(three.home(VILLAGE), tmp_path / "saved")
    await three.start(VILLAGE)
    scan = digests[0]
    node = three[VILLAGE].node
    assert await holds(three, VILLAGE, view.stream, digests)
    with pytest.raises(RecoveringError):
        await node.works.read(reading.paper, view.stream, scan, VILLAGE)
    assert (await three.status(VILLAGE)).recovering
    await three.start(TOWN)

    async def recovered() -> bool:
        return not (await three.status(VILLAGE)).recovering and not files(three, VILLAGE)

    await until(recovered)
    assert await three.read(VILLAGE, lambda tx: partstore.kept_of(tx, view.stream)) == ()
    assert await node.works.read(node.register.read, view.stream) is None
    await three.quiet(VILLAGE, TOWN)
    authors = await three.read(COUNTY, lambda tx: _authors(tx, view.stream, "erasure_done"))
    assert sorted(authors) == sorted(HOLDERS)  # it has said so before


async def test_backups_end_and_with_them_what_was_destroyed(three: Net) -> None:
    folder = three.home(VILLAGE) / backups.BACKUPS
    for name in ("20200101-000000", "notes", "29990101-000000"):
        (folder / name).mkdir(parents=True)
    made = await backups.back_up(three[VILLAGE].node)
    assert {path.name for path in folder.iterdir()} == {made.name, "notes", "29990101-000000"}
