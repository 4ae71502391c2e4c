"""Following a case with its number and code: what a guesser gets, what is told of each state."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from node.cases import query
from node.database import Tx
from node.errors import LockedOutError
from node.public.door import (
    APPLIED_A_MINUTE,
    MOST_NUMBERS,
    MOST_WRONG,
    READ_AT_ONCE,
    READ_AT_ONCE_EACH,
    TRACKED_A_MINUTE,
    WRONG_SECONDS,
    Guesses,
)
from node.web.wording import WORDS
from schemas.cases import CaseState, Outcome
from schemas.ids import CaseNumber
from tests.support.public import APPLICATIONS, FORM, TAIL, Home, Ticks

SOME = CaseNumber("610328-20261109-A0001")


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


async def test_a_wrong_code_and_a_wrong_number_are_answered_alike(home: Home) -> None:
    number, code = await home.applied()
    answers = [
        await home.track(number, wrong(code)),
        await home.track(f"{number[:-1]}9", code),
        await home.track("' OR 1=1 --", code),
        await home.track("case/610328/aaaaaaaaaaaaaaaa", code),
        await home.track("", ""),
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (404, answers[0].content)
    }
    assert (await home.track(f" {number.lower()} ", f" {code} ")).status_code == 200


async def test_after_ten_wrong_codes_a_number_is_shut_for_an_hour(home: Home) -> None:
    number, code = await home.applied()
    for tried in (number, "610328-20260101-A0001"):
        for _ in range(MOST_WRONG):
            assert (await home.track(tried, wrong(code))).status_code == 404
            home.ticks.seconds -= 50  # of the minute that lies between two forms
        shut = await home.track(tried, code)
        assert shut.status_code == 429
        assert 0 < int(shut.headers["Retry-After"]) <= WRONG_SECONDS
        assert "分钟后再试" in shut.json()["detail"]
    path = f"{APPLICATIONS}/{number}/withdraw"
    assert (await home.post(path, {"code": code, "id_tail": TAIL})).status_code == 429
    home.ticks.seconds += WRONG_SECONDS
    assert (await home.track(number, code)).status_code == 200


async def test_one_address_does_not_wear_the_door_out(home: Home) -> None:
    ask = {"number": SOME, "code": "123456"}
    answers = [
        (await home.node.http.post("/api/v1/public/track", json=ask)).status_code
        for _ in range(TRACKED_A_MINUTE // 3 + 1)
    ]
    assert answers[-1] == 429
    applying = [
        await home.node.http.post(APPLICATIONS, json=FORM | {"consent": False})
        for _ in range(APPLIED_A_MINUTE // 3 + 1)
    ]
    assert [one.status_code for one in applying] == [422] * (APPLIED_A_MINUTE // 3) + [429]
    assert int(applying[-1].headers["Retry-After"]) > 0
    assert (await home.apply()).status_code == 201  # a minute later


async def test_slow_senders_take_no_more_than_their_places(home: Home) -> None:
    go_on = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await go_on.wait()

    async def send(place: int) -> int:
        headers = {"Content-Type": "application/json", "X-Forwarded-For": f"10.0.0.{place}"}
        return (
            await home.node.http.post(APPLICATIONS, content=slow(), headers=headers)
        ).status_code

    async with asyncio.TaskGroup() as group:
        sent = [group.create_task(send(place)) for place in range(READ_AT_ONCE)]
        while home.door.reading < READ_AT_ONCE:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.01)
        busy = await home.apply()
        go_on.set()
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "5")
    assert {one.result() for one in sent} == {400}
    assert (await home.apply()).status_code == 201


async def test_one_slow_address_takes_two_places_and_leaves_the_others(home: Home) -> None:
    go_on = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await go_on.wait()

    async def send(address: str) -> int:
        headers = {"Content-Type": "application/json", "X-Forwarded-For": address}
        answer = await home.node.http.post(APPLICATIONS, content=slow(), headers=headers)
        return answer.status_code

    async with asyncio.TaskGroup() as group:
        sent = [group.create_task(send("10.0.0.7")) for _ in range(READ_AT_ONCE_EACH)]
        while home.door.reading < READ_AT_ONCE_EACH:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.01)
        headers = {"X-Forwarded-For": "10.0.0.7"}
        third = await home.node.http.post(APPLICATIONS, json={}, headers=headers)
        assert third.status_code == 429
        sent.append(group.create_task(send("10.0.0.9")))
        while home.door.reading <= READ_AT_ONCE_EACH:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        go_on.set()
    assert [one.result() for one in sent] == [400] * 3
    assert home.door.reading == 0


class WrongError(Exception):
    """What a wrong code raises here."""


def guess(guesses: Guesses, number: str, *, is_right: bool = False) -> None:
    with suppress(WrongError), guesses.one(number):
        if not is_right:
            raise WrongError


def test_a_right_code_uncounts_its_own_try_alone() -> None:
    guesses = Guesses(Ticks())
    for _ in range(MOST_WRONG - 1):
        guess(guesses, "a")
    for _ in range(3):
        guess(guesses, "a", is_right=True)
    guess(guesses, " A ")
    with pytest.raises(LockedOutError) as shut:
        guess(guesses, "a", is_right=True)
    assert shut.value.retry_after_seconds == WRONG_SECONDS
    guess(guesses, "b")


def test_wrong_codes_fill_no_memory() -> None:
    guesses = Guesses(Ticks())
    for number in range(MOST_NUMBERS + 100):
        guess(guesses, str(number))
    assert len(guesses) == MOST_NUMBERS


def test_a_code_is_checked_for_its_own_number() -> None:
    code = query.new_code()
    check = query.check_of(SOME, code)
    assert len(check) == 16
    assert check != query.check_of(CaseNumber(f"{SOME[:-1]}2"), code)
    assert check != query.check_of(SOME, wrong(code))
    assert len({query.new_code() for _ in range(50)}) > 40


def test_every_state_is_told_in_both_languages() -> None:
    ended = [f"{state}_{out}" for state in ("closed", "decided") for out in ("granted", "denied")]
    keys = [*CaseState, *ended]
    keys += [f"closed_{out}" for out in Outcome if out not in (Outcome.VOIDED, Outcome.REVOKED)]
    for words in WORDS.values():
        assert not [key for key in keys if not words.has(f"track.{key}")]


async def test_a_check_that_another_node_made_up_opens_nothing(home: Home) -> None:
    number, code = await home.applied()

    def spoil(tx: Tx) -> None:
        tx.execute("UPDATE cases SET law = json_set(law, '$.query', '口令')")

    await home.node.database.write(spoil)
    assert (await home.track(number, code)).status_code == 404
