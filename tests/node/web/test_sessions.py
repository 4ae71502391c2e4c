"""Sessions as the node keeps them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.web import sessions as module
from node.web.sessions import Sessions
from node.work import Actor
from schemas.ids import DepartmentId, NodeId, StaffId
from schemas.staff import Role
from tests.support.network import Member, member

LI = Actor(StaffId("li"), frozenset({Role.HANDLER, Role.APPROVER}), DepartmentId("zrzy"), "李娜")


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Member]:
    async with member(tmp_path / "county", NodeId("610328"), {}) as made:
        yield made


def opened(county: Member) -> Sessions:
    return Sessions(county.works.database, county.works.clock)


async def test_a_session_outlives_a_restart_with_all_that_the_account_allowed(
    county: Member,
) -> None:
    begun = await opened(county).begin(LI)
    found = await opened(county).find(begun.token)
    assert found == begun.session
    assert found.actor == LI


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "中文"])
async def test_what_is_no_token_finds_nothing(county: Member, token: str) -> None:
    assert await opened(county).find(token) is None


async def test_who_signs_out_is_out_even_for_requests_under_way(county: Member) -> None:
    sessions = opened(county)
    begun = await sessions.begin(LI)
    for _ in range(20):
        await asyncio.gather(
            *(sessions.find(begun.token) for _ in range(5)), sessions.end(begun.session)
        )
        assert await sessions.find(begun.token) is None


async def test_another_process_is_believed_within_seconds(
    county: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REMEMBER_SECONDS", 0.0)
    sessions = opened(county)
    begun = await sessions.begin(LI)
    assert await sessions.find(begun.token)
    await county.works.database.write(lambda tx: module.end_all(tx, LI.staff))
    assert await sessions.find(begun.token) is None


async def test_one_persons_sessions_are_forgotten_and_no_others(county: Member) -> None:
    sessions = opened(county)
    other = Actor(StaffId("wang"))
    his, hers = await sessions.begin(other), await sessions.begin(LI)
    for begun in (his, hers):
        await sessions.find(begun.token)
    await county.works.database.write(lambda tx: module.end_all(tx, LI.staff))
    sessions.forget(LI.staff)
    assert await sessions.find(hers.token) is None
    assert await sessions.find(his.token)
