"""Sessions as the node keeps them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from node.web import sessions as module
from node.web.sessions import Need, Sessions, Times
from node.work import Actor
from schemas.ids import DepartmentId, NodeId, StaffId
from schemas.staff import Role
from tests.support.network import Member, member
from tests.support.webnode import Wrist

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


async def test_what_is_still_owed_and_what_was_proven_outlive_a_restart(county: Member) -> None:
    begun = await opened(county).begin(LI, needs=Need.CODE, proven=True)
    found = await opened(county).find(begun.token)
    assert found is not None
    assert (found.needs, found.proven) == (Need.CODE, True)


@pytest.mark.parametrize(
    ("passed", "is_open"),
    [
        ([4], True),
        ([6], False),
        ([4, 4, 4, 4], True),  # each click begins the idle time again
        ([4] * 16, False),  # but the longest time is the longest
    ],
)
async def test_sessions_last_as_long_as_the_settings_say(
    county: Member, passed: list[int], *, is_open: bool
) -> None:
    clock = Wrist()
    times = Times(idle=timedelta(minutes=5), longest=timedelta(hours=1))
    sessions = Sessions(county.works.database, clock, times)
    token = (await sessions.begin(LI)).token
    found = None
    for minutes in passed:
        clock.passed += timedelta(minutes=minutes)
        found = await sessions.find(token)
    assert (found is not None) is is_open


async def test_an_ended_session_is_known_by_its_forms_for_a_day_and_opens_nothing(
    county: Member,
) -> None:
    clock = Wrist()
    sessions = Sessions(county.works.database, clock)
    begun = await sessions.begin(LI)
    csrf = begun.session.csrf
    await sessions.end(begun.session)
    assert await sessions.find(begun.token) is None
    assert await county.works.read(module.owner_of, csrf) == LI.staff
    assert await county.works.read(module.open_actors) == ()
    clock.passed += module.KEPT_ENDED + module.IDLE + timedelta(minutes=1)
    await sessions.begin(Actor(StaffId("wang")))
    assert await county.works.read(module.owner_of, csrf) is None
