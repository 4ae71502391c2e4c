"""The second factor in the store: what a code is, that it is good once, who may reset it."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.audit import actions as audit
from node.audit.store import Wanted
from node.clock import to_ms
from node.errors import AlreadyDoneError, NotAllowedError, NotFoundError
from node.staff import actions, second_factor, sign_in_store
from node.staff.second_factor import code_at, counter_of
from node.work import SYSTEM, Actor, Work
from schemas.audit import Act
from schemas.ids import NodeId
from schemas.staff import NewAccount, Role, StaffAccount
from tests.support.network import Member, member

RFC_SECRET = b"12345678901234567890"
STEP_MS = second_factor.STEP_SECONDS * 1000


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Member]:
    async with member(tmp_path / "county", NodeId("610328"), {}) as made:
        yield made


async def account(county: Member, login: str, *roles: Role) -> Actor:
    new = NewAccount(login=login, name=login, roles=roles, department=None, password="")
    made: StaffAccount = await county.works.run(SYSTEM, actions.add, new, "")
    return actions.actor_of(made)


def now_of(county: Member) -> int:
    return to_ms(county.works.clock.wall())


async def set_up(county: Member, who: Actor) -> tuple[bytes, tuple[str, ...], int]:
    """Set somebody's factor up; gives the secret, the recovery codes, and when that was."""
    now = now_of(county)
    drawn = await county.works.run(who, second_factor.draw, now)
    first = code_at(drawn.secret, now // STEP_MS)
    codes = await county.works.run(who, second_factor.confirm, first, now)
    assert codes is not None
    return drawn.secret, codes, now


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(RFC_SECRET, seconds // 30) == code  # RFC 6238, appendix B, its last six digits


@pytest.mark.parametrize(
    ("off", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_phone_may_be_half_a_minute_off_and_no_more(off: int, *, taken: bool) -> None:
    code = code_at(RFC_SECRET, 1000 + off)
    found = counter_of(RFC_SECRET, code, now_ms=1000 * STEP_MS, last=0)
    assert found == (1000 + off if taken else None)


async def test_a_code_is_good_once_and_none_before_it_is_good_after_it(county: Member) -> None:
    who = await account(county, "op", Role.OPERATOR)
    secret, _, now = await set_up(county, who)
    here = now // STEP_MS

    async def takes(step: int) -> bool:
        code = code_at(secret, here + step)
        return await county.works.run(who, second_factor.take, code, now)

    assert not await takes(0)  # it set the factor up
    assert not await takes(-1)
    assert await takes(1)
    assert not await takes(1)
    assert not await takes(0)


@pytest.mark.parametrize("code", ["", "000000x", "abcdef", "１２３", "9" * 400, "' OR 1=1 --"])
async def test_what_is_no_code_is_refused(county: Member, code: str) -> None:
    who = await account(county, "op", Role.OPERATOR)
    _, _, now = await set_up(county, who)
    assert not await county.works.run(who, second_factor.take, code, now)


async def test_a_code_may_be_typed_with_spaces_and_on_a_chinese_keyboard(county: Member) -> None:
    who = await account(county, "op", Role.OPERATOR)
    secret, _, now = await set_up(county, who)
    code = code_at(secret, now // STEP_MS + 1)
    wide = "".join(chr(ord(one) + 0xFEE0) for one in code)
    assert await county.works.run(who, second_factor.take, f" {wide[:3]} {wide[3:]}", now)


async def test_each_recovery_code_stands_in_once_and_for_its_owner_alone(county: Member) -> None:
    who, other = [await account(county, name, Role.OPERATOR) for name in ("op", "op2")]
    _, codes, now = await set_up(county, who)
    await set_up(county, other)
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert not await county.works.run(other, second_factor.take, codes[0], now)
    assert await county.works.run(who, second_factor.take, codes[0].lower(), now)
    assert not await county.works.run(who, second_factor.take, codes[0], now)
    assert await county.works.run(who, second_factor.take, codes[9].replace(" ", "-"), now)
    assert await county.works.read(second_factor.codes_left, who.staff) == 8
    found = await county.works.read(audit.listing, Wanted(act=Act.RECOVERY_CODE_USED))
    assert [one.staff for one in found.entries] == [who.staff, who.staff]


async def test_neither_secret_nor_recovery_code_lies_open_in_the_store(county: Member) -> None:
    who = await account(county, "op", Role.OPERATOR)
    secret, codes, _ = await set_up(county, who)
    await county.works.database.settle()
    path = county.works.database.path
    content = path.read_bytes() + path.with_name(f"{path.name}-wal").read_bytes()
    plain = codes[0].replace(" ", "")
    for told in (secret, base64.b32encode(secret), codes[0].encode(), plain.encode()):
        assert told not in content


async def test_a_wrong_first_code_sets_nothing_up(county: Member) -> None:
    who = await account(county, "op", Role.OPERATOR)
    now = now_of(county)
    with pytest.raises(NotFoundError):
        await county.works.run(who, second_factor.confirm, "123456", now)
    drawn = await county.works.run(who, second_factor.draw, now)
    assert await county.works.run(who, second_factor.confirm, "12345", now) is None
    assert not await county.works.read(second_factor.is_set, who.staff)
    assert (await county.works.run(who, second_factor.draw, now)).secret == drawn.secret
    later = await county.works.run(who, second_factor.draw, now + second_factor.DRAWN_LIFE_MS)
    assert later.secret != drawn.secret


async def test_who_has_a_factor_draws_no_other_over_it(county: Member) -> None:
    who = await account(county, "op", Role.OPERATOR)
    secret, _, now = await set_up(county, who)
    with pytest.raises(AlreadyDoneError):
        await county.works.run(who, second_factor.draw, now)
    with pytest.raises(AlreadyDoneError):
        await county.works.run(who, second_factor.confirm, code_at(secret, now // STEP_MS + 1), now)


async def test_another_keeper_resets_it_and_nobody_his_own(county: Member) -> None:
    security = await account(county, "sec", Role.SECURITY)
    clerk = await account(county, "clerk", Role.CLERK)
    operator = await account(county, "op", Role.OPERATOR)
    await set_up(county, security)
    await set_up(county, operator)
    for who, whose in ((security, security), (clerk, operator), (operator, security)):
        with pytest.raises(NotAllowedError):
            await county.works.run(who, second_factor.reset, whose.staff, "手机丢失")
    assert await county.works.read(second_factor.is_set, security.staff)
    await county.works.run(security, second_factor.reset, operator.staff, "手机丢失")
    assert not await county.works.read(second_factor.is_set, operator.staff)
    assert await county.works.read(second_factor.codes_left, operator.staff) == 0
    (row,) = (await county.works.read(audit.listing, Wanted(act=Act.SECOND_FACTOR_RESET))).entries
    assert (row.staff, row.subject, row.detail["why"]) == (
        security.staff,
        operator.staff,
        "手机丢失",
    )
    with pytest.raises(NotFoundError):
        await county.works.run(security, second_factor.reset, operator.staff, "手机丢失")


async def test_a_first_password_is_one_to_be_changed_until_it_was(county: Member) -> None:
    who = await account(county, "wang", Role.CLERK)
    assert not await county.works.read(sign_in_store.must_change, who.staff)
    for must in (True, False):
        await county.works.run(SYSTEM, _expect, who, must=must)
        assert await county.works.read(sign_in_store.must_change, who.staff) is must


def _expect(work: Work, who: Actor, *, must: bool) -> None:
    sign_in_store.expect_new_password(work.tx, who.staff, must=must)
