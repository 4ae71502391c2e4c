"""The courier: what comes at once takes effect in order; only what has something to do wakes."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from federation import links
from federation.courier import HELLO_PAUSE, Courier, run_courier
from federation.lane import LINE_SECONDS, PROOF_SECONDS, SILENT_RETRY, Flight, Lane
from federation.ledger import Outcome
from federation.link import Link
from federation.links import LinkRow, Position
from federation.packing import pack
from federation.parcel import read_frame
from node.database import Tx
from node.work import SYSTEM, Work
from schemas.ids import NodeId
from schemas.links import Frame, Hello
from tests.support.ending import ends
from tests.support.network import NOW, Member, enrol, member
from tests.support.places import Acted, CaseRules

COUNTY, TOWN = NodeId("610328"), NodeId("610328100")
EVENTS = 600  # five parcels: more than are handed over at one time
SETTLE_SECONDS = 60.0


@dataclass
class Line:
    """Hands every frame over at once, beside those that are still being taken."""

    sender: NodeId
    connected: bool = False
    other: Courier | None = None
    frames: int = 0
    parcels: int = 0
    deaf: bool = False
    """What is sent is lost on the way."""
    taking: set[asyncio.Task[None]] = field(default_factory=set)

    async def send(self, to: NodeId, frame: bytes) -> bool:
        del to
        self.frames += 1
        if self.other is None or not self.connected:
            return False
        self.parcels += read_frame(frame).purpose == "parcel"
        if self.deaf:
            return True
        task = asyncio.create_task(self.other.on_mail(self.sender, frame))
        self.taking.add(task)
        task.add_done_callback(self.taking.discard)
        return True


@dataclass
class Two:
    """A town and its county, with couriers and a line each way."""

    county: Member
    town: Member
    up: Line
    down: Line
    couriers: tuple[Courier, Courier]

    def plug_in(self) -> None:
        self.up.connected = self.down.connected = True
        for courier in self.couriers:
            courier.connected()

    async def row(self, me: Member, peer: NodeId) -> LinkRow:
        found = await me.works.read(links.load, peer)
        assert found is not None
        return found

    async def settled(self) -> None:
        """Wait until the town waits for no receipt of a log that both have begun."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            row = await self.row(self.town, COUNTY)
            waiting, _ = await self.town.works.read(links.waiting, row.id)
            if row.epoch and not waiting:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("the town still waits for receipts")


async def _no_parts(sender: NodeId, frame: Frame, raw: bytes) -> None:
    del sender, frame, raw


@asynccontextmanager
async def _two(folder: Path) -> AsyncIterator[Two]:
    async with AsyncExitStack() as stack:
        county, town = [
            await stack.enter_async_context(member(folder / me, me, {"case": CaseRules(me)}))
            for me in (COUNTY, TOWN)
        ]
        await county.knows(town)
        await town.knows(county)
        lines = Line(COUNTY), Line(TOWN)
        made = []
        for node, line in zip((county, town), lines, strict=True):
            link = Link(node.works.ledger)
            await node.works.database.write(link.follow_directory)
            courier = Courier(
                node.works.database, node.works.ledger, link,
                mail_to=lambda _, found=line: found,  # type: ignore[misc]
                now=lambda: NOW, on_parts=_no_parts, on_taken=lambda: None,
            )  # fmt: skip
            made.append(await stack.enter_async_context(run_courier(courier)))
        lines[0].other, lines[1].other = made[1], made[0]
        yield Two(county, town, lines[1], lines[0], (made[0], made[1]))


def _write(work: Work, count: int, holder: NodeId | None = None) -> list[str]:
    acts = (Acted(nonce=i) for i in range(count))
    return [work.begin("case", act, holder=holder or work.me).hash for act in acts]


def _hashes(tx: Tx) -> list[str]:
    rows = tx.execute("SELECT hash FROM events WHERE kind = 'case.acted' ORDER BY arrival")
    return [row[0].hex() for row in rows]


async def _let_work(node: Member, count: int) -> list[str]:
    return await node.works.run(SYSTEM, _write, count)


async def test_parcels_given_at_once_are_stored_in_order_once_and_settled(tmp_path: Path) -> None:
    async with _two(tmp_path) as two:
        written = await _let_work(two.town, EVENTS)
        two.plug_in()
        await two.settled()
        assert await two.county.works.read(_hashes) == written
        ours, theirs = await two.row(two.town, COUNTY), await two.row(two.county, TOWN)
        assert (ours.settled, ours.settled_head) == (theirs.taken, theirs.taken_head)
        assert theirs.refused == ()


async def test_nothing_is_packed_for_a_line_that_is_down(tmp_path: Path) -> None:
    async with _two(tmp_path) as two:
        await _let_work(two.town, 3)
        two.couriers[1].wake()
        await asyncio.sleep(0.1)
        assert two.up.frames == 0
        assert await two.county.works.read(_hashes) == []


async def test_a_look_names_the_neighbours_for_whom_something_was_queued(tmp_path: Path) -> None:
    async with _two(tmp_path) as two:
        before = await two.town.works.read(links.stirring, 0)
        await _let_work(two.town, 2)
        found = await two.town.works.read(links.stirring, before.row)
        assert found.stirred == {COUNTY}
        assert (await two.town.works.read(links.stirring, found.row)).stirred == frozenset()
        assert set(found.standing) == {COUNTY}


def test_a_line_full_of_parcels_is_not_taken_for_a_slow_one() -> None:
    lane = Lane(COUNTY)
    sent = time.monotonic() - 0.8
    for number in range(1, 9):  # sent together; each takes the line a tenth of a second
        lane.flying.append(Flight(number, 100_000, sent))
    for number in range(1, 9):
        lane.landed_at = time.monotonic() - 0.1 if number > 1 else 0.0
        lane.landed(number)
    assert lane.rate > 500_000  # a million bytes a second, nearly learned


def test_a_parcel_behind_others_is_late_only_when_the_line_was_its_own() -> None:
    lane, now = Lane(COUNTY), time.monotonic()
    lane.flying.extend([Flight(1, 16_000, now - 4), Flight(2, 16_000, now - 4)])
    assert lane.late_in() < 0
    lane.landed(1)
    assert lane.late_in() > 0


def test_after_a_loss_one_parcel_flies_and_each_receipt_doubles_them() -> None:
    lane = Lane(COUNTY)
    for number, window in ((1, 2), (2, 4), (3, 8), (4, 8)):
        lane.sent(number, 1_000, 4_000)
        lane.landed(number)
        assert lane.window == window
    lane.landed_at = time.monotonic() - 60
    lane.flying.append(Flight(5, 1_000, lane.landed_at))
    lane.go_back_if_late()
    assert (lane.window, len(lane.flying), lane.greets) == (1, 0, True)


async def test_nothing_but_greetings_is_sent_to_a_neighbour_that_does_not_answer(
    tmp_path: Path,
) -> None:
    async with _two(tmp_path) as two:
        two.plug_in()
        await two.settled()
        two.up.deaf = True
        await _let_work(two.town, 3)
        lane = two.couriers[1]._lanes[COUNTY]  # noqa: SLF001  # what it remembers is not told
        lane.retry = SILENT_RETRY
        before, frames = two.up.parcels, two.up.frames
        for _ in range(5):
            await two.couriers[1].step(lane)
        assert two.up.parcels == before
        assert two.up.frames == frames + 1, "greeted once, whatever woke us"
        lane.greet_at = 0.0
        two.up.deaf = False
        await asyncio.sleep(HELLO_PAUSE)  # the county says the same hello once a second at most
        await two.couriers[1].step(lane)
        await two.settled()
        assert two.up.parcels > before


def test_what_was_sent_twice_teaches_nothing_of_the_line() -> None:
    lane = Lane(COUNTY)
    lane.sent(1, 16_000, 64_000)
    lane.go_back()
    before = lane.rate
    lane.sent(1, 16_000, 64_000)  # the first copy's receipt comes at once
    lane.landed(1)
    assert lane.rate == before


def test_a_parcel_is_as_large_as_the_line_carries_once_it_is_compressed() -> None:
    lane = Lane(COUNTY)
    for number in range(1, 20):
        lane.sent(number, 1_000, 4_000)
    assert lane.room == pytest.approx(4 * lane.rate * LINE_SECONDS, rel=0.01)


async def test_what_compresses_badly_goes_in_parcels_that_the_neighbour_takes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def write(work: Work) -> None:
        for number in range(60):  # 60 × 50 kB of noise: 3 MB, compressed to half of that
            noise = random.Random(number).randbytes(25_000).hex()
            work.begin("case", Acted(nonce=number, filling=noise), holder=work.me)

    async with _two(tmp_path) as two:
        await two.town.works.run(SYSTEM, write)
        two.plug_in()  # after the first parcel the line seems to carry everything at once
        await two.settled()
        assert len(await two.county.works.read(_hashes)) == 60
    assert "mail.dropped" not in caplog.text


def test_when_what_flew_was_only_slow_nothing_of_it_is_sent_again() -> None:
    lane = Lane(COUNTY)
    for number in (10, 20, 30):
        lane.sent(number, 16_000, 64_000)
    lane.position = end = Position(30, b"", 3)
    lane.go_back()
    lane.sent(5, 8_000, 32_000)  # sent again, in smaller parcels
    lane.position = Position(5, b"", 1)
    lane.landed(10)
    assert [flight.number for flight in lane.flying] == [20, 30]
    assert lane.position == end


def test_when_what_flew_was_lost_it_is_sent_again_whole() -> None:
    lane = Lane(COUNTY)
    for number in (10, 20, 30):
        lane.sent(number, 16_000, 64_000)
    lane.position = Position(30, b"", 3)
    lane.go_back()
    for number in (5, 10, 15):
        lane.sent(number, 8_000, 32_000)
        lane.position = again = Position(number, b"", number)
        lane.landed(number)
        assert lane.position == again
    assert not lane.flying


def test_what_was_stored_beyond_what_we_sent_again_is_not_numbered_anew() -> None:
    lane = Lane(COUNTY)
    lane.sent(10, 16_000, 64_000)
    lane.go_back()
    lane.sent(5, 8_000, 32_000)
    lane.position = Position(5, b"", 1)
    lane.ghosts.clear()
    lane.landed(10)
    assert lane.position is None


async def test_a_parcel_packed_while_a_receipt_settles_more_is_numbered_from_there(
    tmp_path: Path,
) -> None:
    async with _two(tmp_path) as two:
        two.plug_in()
        await two.settled()
        two.up.deaf = True
        await _let_work(two.town, 6)
        works, link = two.town.works, Link(two.town.works.ledger)
        row = await two.row(two.town, COUNTY)
        lane = Lane(COUNTY, epoch=row.epoch)
        behind = await pack(works.database, link, lane, at=NOW)
        assert behind is not None
        lane.position = Position(row.settled - 1, b"not the head there", 0)
        again = await pack(works.database, link, lane, at=NOW)
        assert again is not None
        assert again.position == behind.position


def test_our_records_go_to_a_silent_neighbour_now_and_then_until_it_answers() -> None:
    lane, due = Lane(COUNTY), []
    due.append(lane.proof_due)  # it is not silent
    lane.retry = SILENT_RETRY
    due.append(lane.proof_due)
    lane.greeted(proving=True)
    due.append(lane.proof_due)
    lane.proved_at -= PROOF_SECONDS
    due.append(lane.proof_due)
    lane.greeted(proving=True)
    lane.answered()
    lane.retry = SILENT_RETRY
    due.append(lane.proof_due)
    assert due == [False, True, False, True, True]


def test_records_are_asked_for_less_and_less_often_until_something_is_believed() -> None:
    lane = Lane(COUNTY)
    assert [lane.may_ask(), lane.may_ask()] == [True, False]
    lane.ask_at = 0.0
    pause = lane.ask_pause
    assert lane.may_ask()
    assert lane.ask_pause == 2 * pause
    lane.answered()
    assert lane.may_ask()


@pytest.mark.parametrize("lost", [0, 2])
async def test_a_neighbour_whose_new_key_is_not_known_is_asked_to_prove_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    monkeypatch.setattr("federation.lane.FIRST_ASK", 0.05)
    async with _two(tmp_path) as two:
        two.plug_in()
        await two.settled()
        proofs = _prove_with_words(two, lost, monkeypatch)
        await two.county.works.database.write(_forget_town)
        await two.couriers[0]._refresh_keys()  # noqa: SLF001  # as a restart would
        two.couriers[0]._lanes[TOWN].ask_pause = 0.05  # noqa: SLF001  # not two seconds
        # the town has nothing to send but answers, so it never notices that none is believed
        written = await two.county.works.run(SYSTEM, _write, 3, TOWN)
        two.couriers[0].wake()
        deadline = time.monotonic() + SETTLE_SECONDS
        row = await two.row(two.county, TOWN)
        while (await two.county.works.read(links.waiting, row.id))[0]:
            assert time.monotonic() < deadline, "the county never believed the town's new key"
            await asyncio.sleep(0.01)
        assert await two.town.works.read(_hashes) == written
        assert lost < len(proofs) <= lost + 2


def _forget_town(tx: Tx) -> None:
    tx.execute("DELETE FROM node_records WHERE node = ?", (TOWN,))
    tx.execute("DELETE FROM node_keys WHERE node = ?", (TOWN,))
    tx.execute("DELETE FROM signers WHERE node = ?", (TOWN,))


def _prove_with_words(two: Two, lost: int, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Let the town's records be a word that the county believes from the `lost + 1`th on."""
    town, county = two.couriers[1]._link, two.couriers[0]._ledger  # noqa: SLF001  # stand-in records
    says, heard = town.hello, list[bytes]()

    def hello(tx: Tx, link: LinkRow, seen: bytes) -> Hello:
        return replace(says(tx, link, seen), proof=(b"the town's records",))

    def receive(tx: Tx, raw: bytes, **_: object) -> Outcome:
        heard.append(raw)
        if len(heard) == lost + 1:
            enrol(tx, two.town.identity)
        return Outcome.STORED

    monkeypatch.setattr(town, "hello", hello)
    monkeypatch.setattr(county, "receive", receive)
    return heard


async def test_a_courier_that_is_ended_as_it_is_woken_ends(tmp_path: Path) -> None:
    async with _two(tmp_path) as two:
        courier = two.couriers[1]
        lane = Lane(COUNTY)
        assert await ends(courier.keep_lanes, courier.wake)
        assert await ends(lambda: courier._keep(lane), lane.wake.set)  # noqa: SLF001  # one link's loop
