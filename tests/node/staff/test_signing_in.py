"""Hashing, lockouts, staff files."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from levels.profiles import profile_of
from node.errors import BadInputError, LockedOutError, SignInFailedError, TooBusyError
from node.staff import actions, passwords
from node.staff.files import load_staff_file
from node.staff.passwords import Passwords, hash_password, is_password
from node.staff.signing_in import LOCKED_SECONDS, MAX_LOGINS, Lockouts, Reception, load
from node.web.sessions import Sessions
from node.work import SYSTEM
from schemas.ids import DepartmentId, Level, NodeId
from schemas.staff import Department, Role, StaffFile, StaffList
from tests.support.network import Member, member

GOOD = "seven green gates"


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Member]:
    async with member(tmp_path / "county", NodeId("610328"), {}) as made:
        yield made


def test_the_hash_of_nobody_costs_what_a_real_one_costs() -> None:
    parameters = hash_password(GOOD).split("$")[1:4]
    assert passwords.NOBODY.split("$")[1:4] == parameters
    assert not is_password(passwords.NOBODY, GOOD)


def test_a_password_is_the_same_on_any_keyboard() -> None:
    hashed = hash_password("ｓｅｖｅｎ green gates")
    assert is_password(hashed, GOOD)
    assert not is_password(hashed, GOOD + " ")


async def test_a_burst_of_sign_ins_waits_in_a_short_line() -> None:
    many = Passwords()
    results = await asyncio.gather(
        *(many.verify("", "x") for _ in range(passwords.LONGEST_LINE + 10)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, TooBusyError) for one in results) == 10
    assert await many.verify("", "x") is False


class Seconds:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_lock_opens_after_five_minutes_and_success_forgets() -> None:
    seconds = Seconds()
    lockouts = Lockouts(seconds)
    for _ in range(4):
        lockouts.failed("li")
    lockouts.require_open("li")
    lockouts.succeeded("li")
    for _ in range(5):
        lockouts.failed("li")
    with pytest.raises(LockedOutError):
        lockouts.require_open("li")
    lockouts.require_open("wang")
    seconds.now += LOCKED_SECONDS
    lockouts.require_open("li")
    lockouts.failed("li")
    lockouts.require_open("li")


def test_counts_are_bounded() -> None:
    lockouts = Lockouts(Seconds())
    for number in range(MAX_LOGINS + 50):
        lockouts.failed(str(number))
    assert len(lockouts._failures) == MAX_LOGINS  # noqa: SLF001  # the bound is the promise


LISTED = StaffList(
    departments=(Department(id=DepartmentId("zrzy"), name="自然资源局"),),
    staff=(
        StaffFile(
            login="Li.Na",
            name="李娜",
            roles=(Role.HANDLER,),
            department=DepartmentId("zrzy"),
            password=GOOD,
        ),
        StaffFile(login="wang", name="王五", roles=(Role.CLERK,)),
    ),
)


async def test_loading_a_staff_file_twice_changes_nothing_more(county: Member) -> None:
    works = county.works
    reception = Reception(works, Sessions(works.database, works.clock))
    first = await load(works, SYSTEM, LISTED, reception.passwords)
    again = await load(works, SYSTEM, LISTED, reception.passwords)
    assert first == again
    assert [one.login for one in again] == ["li.na", "wang"]
    signed = await reception.sign_in("LI.NA", GOOD)
    assert signed.account.department == "zrzy"
    with pytest.raises(SignInFailedError):  # listed without a password: not yet
        await reception.sign_in("wang", "")


async def test_one_unsound_account_keeps_the_whole_file_out(county: Member) -> None:
    wrong = StaffList(
        departments=LISTED.departments,
        staff=(*LISTED.staff, StaffFile(login="x y", name="x", roles=(Role.AGENT,))),
    )
    with pytest.raises(BadInputError) as caught:
        await load(county.works, SYSTEM, wrong, Passwords())
    assert set(caught.value.fields) == {"login", "roles"}
    found = await county.works.read(actions.listing)
    assert (found.staff, found.departments) == ((), ())


async def test_weak_passwords_are_named_by_their_account(county: Member) -> None:
    weak = StaffList(
        staff=(StaffFile(login="li", name="李", roles=(Role.CLERK,), password="short"),)  # noqa: S106
    )
    with pytest.raises(BadInputError) as caught:
        await load(county.works, SYSTEM, weak, Passwords())
    assert dict(caught.value.fields) == {"li.password": "too_short"}


@pytest.mark.parametrize("text", ["[[staff]]\nlogin = 1\n", "staff = [", "[[staf]]\n"])
def test_a_file_that_is_no_staff_file_says_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "staff.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError, match=r"staff\.toml"):
        load_staff_file(path)


@pytest.mark.parametrize("level", list(Level))
async def test_the_sample_people_fit_their_tier(tmp_path: Path, level: Level) -> None:
    sample = Path(__file__).parents[3] / "deploy" / "qianyang"
    node = {
        Level.CITY: "6103",
        Level.COUNTY: "610328",
        Level.TOWN: "610328100",
        Level.VILLAGE: "610328100201",
    }[level]
    listed = load_staff_file(sample / "staff" / f"{level}.toml")
    departments = load_staff_file(sample / "departments.toml").departments
    if DepartmentId("scjg") in {one.department for one in listed.staff}:
        listed = StaffList(departments=departments, staff=listed.staff)
    async with member(tmp_path / node, NodeId(node), {}) as made:
        assert made.works.profile == profile_of(level)
        assert await load(made.works, SYSTEM, listed, Passwords())
