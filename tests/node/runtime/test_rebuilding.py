"""A rebuild gives the same tables, whatever lived in them."""

import sqlite3
from pathlib import Path

import pytest

from federation import enrolment, streams, wishes
from node.applicants import actions as applicants
from node.cases import actions, erasure, stepping
from node.cases.caseview import CaseView
from node.cases.kind import CaseKind
from node.database import Tx
from node.runtime import rotation
from node.runtime.derived import DERIVED, FROM_PARTS, KEPT
from node.runtime.opening import HomeInUseError, kinds_of
from node.runtime.rebuilding import rebuild, rebuild_applicants, rebuild_home
from node.runtime.verifying import verify_home
from node.work import SYSTEM, Work
from schemas.case_law import CaseApplied
from schemas.cases import CaseDecided, Outcome
from schemas.cases_api import EraseParts, ForwardCase, WithdrawCase
from schemas.ids import CaseNumber, StreamName
from schemas.parts import Person
from schemas.reasons import Reason
from tests.support.casework import AGENT, COUNTY, OFFICER, OPERATOR, TOWN, VILLAGE, ZHANG, Office
from tests.support.dumps import dump
from tests.support.homes import CITY, LINE, Homes, homes


def _rebuilt(tx: Tx, me: str) -> tuple[object, object]:
    before = dump(tx)
    rebuild(tx, kinds_of(me))  # type: ignore[arg-type]
    return before, dump(tx)


async def _same_everywhere(world: Homes) -> None:
    for place in LINE:
        node = world.nodes[place]
        before, after = await node.database.write(lambda tx, me=place: _rebuilt(tx, me))  # type: ignore[misc]
        assert before == after
        found = verify_home(world.home(place))
        assert found.clean, [fault.sentence for fault in found.faults]


async def test_whole_lives_come_back(tmp_path: Path) -> None:
    async with homes(tmp_path) as world:
        for last in ("receive", "forward", "review", "decide", "close"):
            view = await world.work.licence_until(last)
            await world.carry(view.stream)
        await _same_everywhere(world)


async def test_branches_and_events_without_effect_come_back(tmp_path: Path) -> None:
    async with homes(tmp_path) as world:
        view = await world.work.licence_until("receive")
        await world.carry(view.stream)
        town = world.nodes[TOWN].works
        await town.run(OFFICER, actions.forward, view.number, ForwardCase())
        await world.nodes[COUNTY].works.run(OFFICER, _reclaim, view.stream)
        await world.carry(view.stream)
        decided = CaseDecided(outcome=Outcome.GRANTED, decided_at=1)
        await world.nodes[COUNTY].works.run(OFFICER, _append, view.stream, decided)
        await world.carry(view.stream)
        for place in LINE:
            assert verify_home(world.home(place)).waiting == 1
            findings = await world.nodes[place].works.read(_findings)
            assert findings == [("case.decided", COUNTY)]
        await _same_everywhere(world)


async def test_a_revocation_comes_back(tmp_path: Path) -> None:
    async with homes(tmp_path) as world:
        known = await world.work.licence_until("forward")
        await world.carry(known.stream)
        await world.work.village.receive()
        await world.nodes[TOWN].works.run(OFFICER, _revoke)  # which knows nothing of that one yet
        await world.carry_all()
        await _same_everywhere(world)
        assert verify_home(world.home(CITY)).waiting > 0


@pytest.mark.parametrize("where", ["judge", "project"])
async def test_a_stream_at_which_rules_fail_comes_back_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    async with homes(tmp_path) as world:
        good = await world.work.licence_until("forward")
        bad = await world.work.licence_until("forward")
        sound = getattr(CaseKind, where)

        def failing(kind: CaseKind, tx: Tx, stream: StreamName, what: object) -> object:
            if stream == bad.stream:
                raise KeyError(stream)
            return sound(kind, tx, stream, what)

        with monkeypatch.context() as faulty:
            faulty.setattr(CaseKind, where, failing)
            for view in (good, bad):
                await world.carry(view.stream)
            city = world.nodes[CITY]
            row = await city.works.read(streams.load, bad.stream)
            assert row is not None
            assert (row.holder, row.unjudged) == (COUNTY, True)
            before, after = await city.database.write(lambda tx: _rebuilt(tx, CITY))
            assert before == after
            found = verify_home(world.home(CITY))
            assert found.clean, [fault.sentence for fault in found.faults]
        await city.database.write(city.ledger.judge_again)
        row = await city.works.read(streams.load, bad.stream)
        assert row is not None
        assert not row.unjudged
        await _same_everywhere(world)


async def test_notes_and_wishes_come_back(tmp_path: Path) -> None:
    async with homes(tmp_path) as world:
        view = await world.work.licence_until("accept")
        await world.carry(view.stream)
        village = world.nodes[VILLAGE]
        asked = WithdrawCase(reason=Reason.APPLICANT_WITHDREW)
        await village.works.run(AGENT, actions.withdraw, view.number, asked)
        await rotation.rotate_own(village, SYSTEM)
        await world.carry_all()
        await world.nodes[TOWN].works.run(SYSTEM, rotation.grant_wishes)
        await world.carry_all()
        await _same_everywhere(world)
        for table in ("case_notes", "wishes"):
            assert await village.works.read(lambda tx, t=table: dump(tx)[t])  # type: ignore[misc]
        assert not await world.nodes[TOWN].works.read(wishes.pending)


async def test_erased_papers_stay_erased(tmp_path: Path) -> None:
    async with homes(tmp_path) as world:
        view = await world.work.licence_until("close")
        await world.carry(view.stream)
        form = EraseParts(reason=Reason.RETENTION_ENDED, all=True)
        await world.nodes[COUNTY].works.run(OPERATOR, erasure.erase, view.number, form)
        await world.carry_all()
        await _same_everywhere(world)
        village = world.nodes[VILLAGE]
        assert await village.works.read(lambda tx: village.register.read(tx, view.stream)) is None
        found = await village.database.write(
            lambda tx: rebuild_applicants(tx, village.parts, village.register)
        )
        assert found == (0, 0)
        assert verify_home(world.home(VILLAGE)).parts == 0


async def test_applicants_are_read_again_from_their_papers(tmp_path: Path) -> None:
    async with homes(tmp_path) as world:
        view = await world.work.licence_until("receive")
        online = await _apply(world.work.village, view)
        node = world.nodes[VILLAGE]

        def known(tx: Tx) -> list[Person | None]:
            return [node.register.read(tx, stream) for stream in (view.stream, online)]

        def again(tx: Tx) -> tuple[int, int]:
            tx.execute("DELETE FROM applicants")
            return rebuild_applicants(tx, node.parts, node.register)

        before = await node.works.read(known)
        assert [one.id_number for one in before if one] == [ZHANG.id_number] * 2
        assert await node.database.write(again) == (2, 0)
        assert await node.works.read(known) == before


async def _apply(office: Office, like: CaseView) -> StreamName:
    """An application that came through the network, for the item of another case."""
    ready = office.ready()
    fact = CaseApplied(
        number=CaseNumber(f"{like.number[:-4]}9001"), item=like.item,
        item_version=like.item_version, place=like.place, received_at=like.received_at,
        applicant=ready.applicant.digest, materials=(),
    )  # fmt: skip

    def apply(work: Work) -> StreamName:
        stream = work.begin("case", fact, holder=work.me).event.stream
        stepping.keep(work, stream, (ready.applicant,))
        applicants.keep(work.tx, stream, ready.sealed)
        return stream

    return await office.node.works.run(SYSTEM, apply)


async def test_a_stopped_home_is_rebuilt_and_a_running_one_is_not(tmp_path: Path) -> None:
    async with homes(tmp_path) as world:
        await world.work.licence_until("close")
        with pytest.raises(HomeInUseError):
            await rebuild_home(world.home(VILLAGE))
    done = await rebuild_home(tmp_path / VILLAGE)
    assert (done.node, done.applicants, done.unreadable_parts) == (VILLAGE, 1, 0)
    assert done.events > 10
    assert verify_home(tmp_path / VILLAGE).clean


async def test_every_table_is_either_derived_or_kept(tmp_path: Path) -> None:
    async with homes(tmp_path) as world:
        tables = await world.nodes[CITY].works.read(_tables)
    derived = {one.table for one in DERIVED}
    assert tables == derived | FROM_PARTS | KEPT
    assert not derived & KEPT


def _tables(tx: sqlite3.Connection) -> set[str]:
    rows = tx.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return {name for (name,) in rows}


def _reclaim(work: Work, stream: StreamName) -> None:
    work.ledger.reclaim(
        work.tx, stream, reason=Reason.HOLDER_SILENT.value, holder=work.me, hand=work.hand
    )


def _findings(tx: sqlite3.Connection) -> list[tuple[str, str]]:
    return tx.execute("SELECT kind, node FROM case_findings").fetchall()


def _append(work: Work, stream: StreamName, data: CaseDecided) -> None:
    work.ledger.append(work.tx, stream, data, holder=work.me, hand=work.hand)


def _revoke(work: Work) -> None:
    enrolment.revoke(work.ledger, work.tx, VILLAGE, Reason.KEY_STOLEN, work.hand)
