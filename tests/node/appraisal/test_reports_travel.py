"""Reports travel: who is below sees them and may object, and nobody can change them unseen."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from federation import proof, streams
from federation.encoding import b64, unb64
from federation.proof import verify_proof
from node.appraisal import reports_actions, reports_reading, reports_store
from node.database import Tx
from node.errors import AlreadyDoneError, NotAllowedError
from node.work import Actor, Work
from schemas.appraisal import Grain, Measure, Period
from schemas.events import Envelope
from schemas.ids import NodeId, StaffId, StreamName
from schemas.proofs import ProofFile
from schemas.reports import (
    CorrectReport,
    DecideObjection,
    IssueReport,
    Objection,
    ObjectionGround,
    ObjectToReport,
    Report,
    ReportObjected,
    ReportState,
)
from schemas.staff import Role
from tests.support.casework import COUNTY, TOWN, VILLAGE
from tests.support.homes import Homes, homes
from tests.support.reports import GOOD, OCTOBER, QUARTER, SUPERVISOR, at, counted, furnish

M = Measure
TOWN_HEAD = Actor(StaffId("head"), frozenset({Role.APPROVER}))
"""Answers for the town, which has no departments."""


def stream_of(report: Report) -> StreamName:
    assert report.row is not None
    return report.row.stream


async def issue(world: Homes, period: Period) -> Report:
    """Let the county issue a report, and everybody have it."""
    works = world.nodes[COUNTY].works
    for node in world.nodes.values():
        node.clock.offset = at("2026-11-26") - node.clock.wall()
    await furnish(works)
    for day in ("2026-08-12", "2026-10-12"):
        await counted(works, day, GOOD)
        await counted(works, day, {**GOOD, M.LATE: 2}, body=TOWN)
    made = await works.run(SUPERVISOR, reports_actions.issue, period, IssueReport())
    await world.carry(stream_of(made))
    return made


async def read(world: Homes, node: NodeId, stream: StreamName) -> Report:
    return await world.nodes[node].works.read(reports_reading.by_stream, stream)


async def write_objection(world: Homes, stream: StreamName) -> Objection:
    form = ObjectToReport(
        measure=M.LATE, ground=ObjectionGround.SYSTEM, text="镇上断网两天", claimed=0
    )
    return await world.nodes[TOWN].works.run(TOWN_HEAD, reports_actions.object_to, stream, form)


async def object_to(world: Homes, stream: StreamName) -> Objection:
    said = await write_objection(world, stream)
    await world.carry(said.note)
    return said


async def test_a_town_and_a_village_see_what_their_county_published(tmp_path: Path) -> None:
    async with homes(tmp_path) as world:
        made = await issue(world, OCTOBER)
        for place in (TOWN, VILLAGE):
            seen = await read(world, place, stream_of(made))
            assert seen == made


async def test_a_town_objects_and_the_county_decides(tmp_path: Path) -> None:
    async with homes(tmp_path) as world:
        made = await issue(world, QUARTER)
        said = await object_to(world, stream_of(made))
        (seen,) = (await read(world, COUNTY, stream_of(made))).objections
        assert (seen.node, seen.said.subject, seen.late) == (TOWN, TOWN, False)
        decision = DecideObjection(objection=said.note, upheld=True, reason="属实", after=0)
        works = world.nodes[COUNTY].works
        await works.run(SUPERVISOR, reports_actions.decide, stream_of(made), decision)
        await world.carry(stream_of(made))
        told = await read(world, TOWN, stream_of(made))
        (tally,) = [one for one in told.figures if (one.grain, one.subject) == (Grain.BODY, TOWN)]
        assert M.LATE not in tally.counts
        assert told.objections[0].upheld is True


async def test_nobody_below_changes_a_report(tmp_path: Path) -> None:
    async with homes(tmp_path) as world:
        made = await issue(world, QUARTER)
        works = world.nodes[TOWN].works
        for act in (
            lambda work: reports_actions.publish(work, stream_of(made)),
            lambda work: reports_actions.correct(work, stream_of(made), CorrectReport(reason="错")),
            lambda work: reports_actions.issue(work, OCTOBER, IssueReport()),
        ):
            with pytest.raises(NotAllowedError):
                await works.run(SUPERVISOR, act)
        seen = (await read(world, TOWN, stream_of(made))).row
        assert seen is not None
        assert seen.state is ReportState.IN_OBJECTION


async def test_a_report_is_folded_anew_to_the_same(tmp_path: Path) -> None:
    async with homes(tmp_path) as world:
        made = await issue(world, QUARTER)
        await object_to(world, stream_of(made))
        node = world.nodes[COUNTY]
        before = await read(world, COUNTY, stream_of(made))
        tables = await _rows(world)

        def refold(tx: Tx) -> None:
            for name in (stream_of(made), before.objections[0].note):
                stream = streams.load(tx, name)
                assert stream is not None
                node.ledger.refold(tx, stream)

        await node.database.write(refold)
        assert await _rows(world) == tables
        assert await read(world, COUNTY, stream_of(made)) == before


async def _rows(world: Homes) -> list[tuple[object, ...]]:
    def rows(tx: Tx) -> list[tuple[object, ...]]:
        return [
            row
            for table in ("reports", "report_objections", "report_decisions")
            for row in tx.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
        ]

    return await world.nodes[COUNTY].works.read(rows)


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> ProofFile:
    async def gather() -> ProofFile:
        async with homes(tmp_path_factory.mktemp("homes")) as world:
            made = await issue(world, OCTOBER)
            found = await world.nodes[TOWN].works.read(proof.gather, world.root, stream_of(made))
            assert found is not None
            return found

    return asyncio.run(gather())


def test_whoever_knows_the_root_can_check_a_report(proven: ProofFile) -> None:
    found = verify_proof(msgspec.json.encode(proven), proven.root)
    assert found.clean, found.faults
    assert found.proof is not None
    assert found.proof.counting == len(proven.events)


@pytest.mark.parametrize("place", [0, 1, -1], ids=["period", "figures", "text"])
def test_a_changed_number_is_found(proven: ProofFile, place: int) -> None:
    events = list(proven.events)
    envelope = msgspec.msgpack.decode(unb64(events[place]), type=Envelope)
    for old, new in (
        (b"2026-10", b"2026-09"),
        (b'"received":12', b'"received":13'),
        (b"12", b"13"),
    ):
        if old in envelope.payload:
            payload = envelope.payload.replace(old, new, 1)
            break
    else:
        pytest.fail("nothing to change")
    forged = msgspec.structs.replace(envelope, payload=payload)
    events[place] = b64(msgspec.msgpack.encode(forged))
    changed = msgspec.structs.replace(proven, events=tuple(events))
    assert not verify_proof(msgspec.json.encode(changed), proven.root).clean


async def test_an_objection_sent_in_time_is_decided_though_it_came_after_publication(
    tmp_path: Path,
) -> None:
    async with homes(tmp_path) as world:
        made = await issue(world, QUARTER)
        stream, county = stream_of(made), world.nodes[COUNTY]
        said = await write_objection(world, stream)  # and the town's line is down
        county.clock.offset = at("2026-12-04") - county.clock.wall()
        await county.works.run(SUPERVISOR, reports_actions.publish, stream)
        assert await waiting(world) == 0
        await world.carry(said.note)
        assert await waiting(world) == 1
        decision = DecideObjection(objection=said.note, upheld=True, reason="属实", after=0)
        await county.works.run(SUPERVISOR, reports_actions.decide, stream, decision)
        assert await waiting(world) == 0
        await world.carry(stream)
        for node in (COUNTY, TOWN):
            told = await read(world, node, stream)
            assert told.row is not None
            assert told.row.state is ReportState.PUBLISHED
            assert [(one.late, one.upheld) for one in told.objections] == [(False, True)]
            (tally,) = [one for one in told.figures if one.subject == TOWN and one.grain == "body"]
            assert M.LATE not in tally.counts


async def test_an_objection_that_came_too_late_waits_for_nobody(tmp_path: Path) -> None:
    async with homes(tmp_path) as world:
        made = await issue(world, QUARTER)
        stream, county, town = stream_of(made), world.nodes[COUNTY], world.nodes[TOWN]
        for node in (county, town):
            node.clock.offset = at("2026-12-04") - node.clock.wall()
        late = ReportObjected(
            stream=stream, subject=TOWN, grain=Grain.BODY, measure=M.LATE,
            ground=ObjectionGround.SYSTEM, text="断网",
        )  # fmt: skip

        def write(work: Work) -> StreamName:  # a node that does not look at the day
            return work.begin("note", late, holder=work.me).event.stream

        note = await town.works.run(TOWN_HEAD, write)
        await world.carry(note)
        seen = await read(world, COUNTY, stream)
        assert [(one.note, one.late) for one in seen.objections] == [(note, True)]
        assert await waiting(world) == 0
        decision = DecideObjection(objection=note, upheld=True, reason="属实", after=0)
        with pytest.raises(AlreadyDoneError):
            await county.works.run(SUPERVISOR, reports_actions.decide, stream, decision)
        published = await county.works.run(SUPERVISOR, reports_actions.publish, stream)
        assert published.objections[0].upheld is None


async def waiting(world: Homes) -> int:
    """Tell how many objections wait for the county."""
    return await world.nodes[COUNTY].works.read(reports_store.count_undecided, COUNTY)
