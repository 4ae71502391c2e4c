"""Cases that arrive: what has no effect, what is not known yet, and whose papers these are."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from federation import partstore, partwants, streams
from node.cases import actions, clocks, reading
from node.catalogue.actions import guide
from node.errors import (
    ActionNotOpenError,
)
from node.work import SYSTEM, Work
from schemas.cases import CaseDecided, CaseState, Outcome
from schemas.cases_api import (
    AcceptCase,
    SendOnCase,
)
from schemas.ids import NodeId, PartDigest
from tests.support import casework as support
from tests.support.casework import (
    AGENT,
    CLERK,
    COUNTY,
    OFFICER,
    SUPERVISOR,
    TOWN,
    VILLAGE,
    ZHANG,
    Casework,
)

CITY = NodeId("6103")
EFFECTIVE, INERT, UNJUDGED = 1, 2, 3


# ---- what has no effect, and what is not known


async def test_a_village_that_decides_leaves_a_finding_and_nothing_else(
    all_three: Casework,
) -> None:
    view = await all_three.licence_until("receive")
    town = all_three.town.node

    def overreach(work: Work) -> None:
        fact = CaseDecided(outcome=Outcome.GRANTED, decided_at=work.now_ms)
        work.append(view.stream, fact, holder=VILLAGE)

    await town.works.run(OFFICER, overreach)
    await all_three.carry(view.stream)
    for office in all_three.offices:
        seen = await office.see(SUPERVISOR, view.number)
        assert (seen.state, seen.outcome, seen.holder) == (CaseState.RECEIVED, None, VILLAGE)
        (finding,) = await office.node.works.read(reading.findings, seen)
        assert (finding.seq, finding.fault, finding.node) == (1, "not_open", TOWN)
        assert await office.node.verdicts(view.stream) == [EFFECTIVE, INERT]
    back = await all_three.village.node.works.run(
        AGENT, actions.send_on, view.number, SendOnCase(reason="wrong_recipient")
    )
    assert (back.state, back.holder) == (CaseState.RECEIVED, TOWN)


class CaseBlessed(msgspec.Struct, frozen=True, kw_only=True, tag="case.blessed", tag_field="kind"):
    """Of a newer version."""


async def test_after_an_unknown_kind_nothing_is_open_and_nothing_is_lost(
    all_three: Casework,
) -> None:
    view = await all_three.licence_until("receive")
    await all_three.town.node.works.run(
        OFFICER, lambda work: work.append(view.stream, CaseBlessed(), holder=COUNTY)
    )
    await all_three.carry(view.stream)
    seen = await all_three.county.see(CLERK, view.number)
    assert (seen.unjudged, seen.holder) == (True, COUNTY)
    with pytest.raises(ActionNotOpenError):
        await all_three.county.node.works.run(CLERK, actions.accept, view.number, AcceptCase())


async def test_a_case_that_comes_before_its_item_is_judged_when_the_item_comes(
    tmp_path: Path, all_three: Casework
) -> None:
    view = await all_three.licence_until("forward")
    works = all_three.county.node.works
    item = await works.read(guide, COUNTY, "wjj-01", now=works.now_ms)
    async with support.open_office(tmp_path, CITY) as city:
        await city.node.knows(*(office.node for office in all_three.offices))
        for raw in await all_three.county.node.envelopes(view.stream):
            await city.node.receive(raw, COUNTY)
        assert await city.node.verdicts(view.stream) == [UNJUDGED, UNJUDGED]
        early = await city.see(SUPERVISOR, view.number)
        assert (early.unjudged, early.holder) == (True, COUNTY)
        for raw in await all_three.county.node.envelopes(item.stream):
            await city.node.receive(raw, COUNTY)
        assert await city.node.verdicts(view.stream) == [EFFECTIVE, EFFECTIVE]
        assert await city.see(SUPERVISOR, view.number) == view


# ---- parts, and who may have them


async def test_parts_are_asked_for_by_those_whom_the_item_names(all_three: Casework) -> None:
    view = await all_three.licence_until("receive")
    (applicant,) = await all_three.village.node.works.read(partstore.kept_of, view.stream)
    for office in (all_three.county, all_three.town):
        asks = await office.node.works.database.write(
            lambda tx, me=office.node.me: partwants.due_asks(tx, me, 1 << 50, 10)  # type: ignore[misc]
        )
        assert [(ask.digest, ask.to) for ask in asks] == [(applicant, VILLAGE)]
    may = all_three.village.node.works.read
    assert await may(reading.may_have, view.stream, applicant, TOWN)
    assert not await may(reading.may_have, view.stream, applicant, CITY)
    assert not await may(reading.may_have, view.stream, PartDigest("b" * 64), TOWN)


async def test_an_applicant_that_arrives_is_found_by_his_exact_name_alone(
    all_three: Casework,
) -> None:
    view = await all_three.licence_until("receive")
    (digest,) = await all_three.village.node.works.read(partstore.kept_of, view.stream)
    part = await all_three.village.node.works.read(all_three.village.parts.read, digest)
    town = all_three.town
    await town.node.works.run(
        SYSTEM, actions.part_arrived, town.register, view.stream, digest, part
    )
    works = town.node.works
    reader = reading.reader_of(TOWN, works.profile, OFFICER)
    today = clocks.day_of(works.now_ms)
    seeker = reading.Seeker(reader, OFFICER.roles, town.register, today)
    for text in ("张三", "610328190001010013", "138 1234 1234"):
        page = await works.read(reading.search, seeker, text)
        assert [(line.number, line.applicant) for line in page.cases] == [(view.number, "张*")]
    page = await works.read(reading.search, seeker, "张")
    assert page.cases == ()
    watching = reading.reader_of(TOWN, works.profile, SUPERVISOR)
    overseer = reading.Seeker(watching, SUPERVISOR.roles, town.register, today)
    page = await works.read(reading.search, overseer, "")
    assert [(line.number, line.applicant) for line in page.cases] == [(view.number, "")]


async def test_nothing_personal_lies_open_in_the_store(tmp_path: Path, all_three: Casework) -> None:
    await all_three.licence_until("close")
    secrets = tuple(text.encode() for text in (ZHANG.name, ZHANG.id_number, ZHANG.phone))
    contents = tuple(open_bytes(tmp_path))
    assert len(contents) > 3
    assert not any(secret in content for content in contents for secret in secrets)


def open_bytes(folder: Path) -> Iterator[bytes]:
    return (file.read_bytes() for file in folder.rglob("*") if file.is_file())


# ---- the projection is a fold


async def test_folding_a_case_anew_gives_the_same_tables(all_three: Casework) -> None:
    view = await all_three.licence_until("close")
    node = all_three.county.node
    tables = ("cases", "case_counts", "case_routes", "case_findings")

    def dump(tx: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
        return [tx.execute(f"SELECT * FROM {table}").fetchall() for table in tables]  # noqa: S608

    def refold(work: Work) -> None:
        found = streams.load(work.tx, view.stream)
        assert found is not None
        work.ledger.refold(work.tx, found)

    before = await node.works.read(dump)
    await node.works.run(SYSTEM, refold)
    after = await node.works.read(dump)
    assert before == after
