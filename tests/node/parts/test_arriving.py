"""A file that comes piece by piece over a line that breaks."""

import zlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from schemas.staff import Role
from tests.node.parts.test_uploads import PDF
from tests.support.webnode import WebNode, web_node

SENT = PDF + b"%" + b"x" * 3000 + b"\nstartxref\n0\n%%EOF\n"
PIECE = 1000
PATH = "/api/v1/parts/uploads"


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[WebNode]:
    async with web_node(tmp_path) as node:
        await node.account("clerk", Role.CLERK)
        await node.account("other", Role.CLERK)
        yield node


class Sender:
    """Somebody's browser."""

    def __init__(self, served: WebNode, shown: dict[str, str]) -> None:
        self.http, self.shown = served.http, shown

    async def begin(self, key: str = "card.pdf|1", size: int = len(SENT)) -> httpx.Response:
        form = {"key": key, "bytes": size}
        return await self.http.post(PATH, json=form, headers=self.shown)

    async def put(self, name: str, offset: int, piece: bytes) -> httpx.Response:
        path = f"{PATH}/{name}?offset={offset}"
        return await self.http.put(path, content=piece, headers=self.shown)

    async def done(self, name: str) -> httpx.Response:
        return await self.http.post(f"{PATH}/{name}/done", headers=self.shown)

    async def send(self, name: str, *, first: int = 0, content: bytes = SENT) -> None:
        for at in range(first, len(content), PIECE):
            answer = await self.put(name, at, content[at : at + PIECE])
            assert answer.status_code == 200, answer.text


async def _sender(served: WebNode, login: str = "clerk") -> Sender:
    return Sender(served, await served.as_(login))


async def test_a_file_in_pieces_becomes_one_scan(served: WebNode) -> None:
    clerk = await _sender(served)
    name = (await clerk.begin()).json()["id"]
    await clerk.send(name)
    answer = await clerk.done(name)
    assert answer.status_code == 201
    assert (answer.json()["media"], answer.json()["bytes"]) == ("application/pdf", len(SENT))
    left = await served.works.read(
        lambda tx: tx.execute("SELECT count(*) FROM arriving_pieces").fetchone()
    )
    assert left == (0,)


async def test_a_cut_line_goes_on_where_it_broke(served: WebNode) -> None:
    clerk = await _sender(served)
    name = (await clerk.begin()).json()["id"]
    await clerk.put(name, 0, SENT[:PIECE])
    again = (await clerk.begin()).json()
    assert (again["id"], again["offset"]) == (name, PIECE)
    assert again["crc32"] == zlib.crc32(SENT[:PIECE])
    await clerk.send(name, first=PIECE)
    assert (await clerk.done(name)).status_code == 201


async def test_a_piece_sent_twice_or_out_of_place_changes_nothing(served: WebNode) -> None:
    clerk = await _sender(served)
    name = (await clerk.begin()).json()["id"]
    await clerk.put(name, 0, SENT[:PIECE])
    for offset in (0, 2 * PIECE):
        answer = await clerk.put(name, offset, SENT[offset : offset + PIECE])
        assert answer.json()["offset"] == PIECE
    await clerk.send(name, first=PIECE)
    assert (await clerk.done(name)).json()["bytes"] == len(SENT)


async def test_done_is_answered_the_same_when_asked_again(served: WebNode) -> None:
    clerk = await _sender(served)
    name = (await clerk.begin()).json()["id"]
    await clerk.send(name)
    answers = {(await clerk.done(name)).content for _ in range(2)}
    assert len(answers) == 1
    held = await served.works.read(lambda tx: tx.execute("SELECT count(*) FROM uploads").fetchone())
    assert held == (1,)


async def test_a_file_that_is_not_all_here_is_no_scan(served: WebNode) -> None:
    clerk = await _sender(served)
    name = (await clerk.begin()).json()["id"]
    await clerk.put(name, 0, SENT[:PIECE])
    answer = await clerk.done(name)
    assert (answer.status_code, answer.json()["codes"]) == (422, {"bytes": "truncated"})
    assert (await clerk.begin()).json()["offset"] == PIECE, "what is here stays"


async def test_a_file_that_cannot_be_read_may_be_sent_anew(served: WebNode) -> None:
    clerk, junk = await _sender(served), b"\x00" * 10
    name = (await clerk.begin(size=len(junk))).json()["id"]
    await clerk.put(name, 0, junk)
    assert (await clerk.done(name)).json()["type"] == "urn:zhengwu:problem:unreadable-file"
    assert (await clerk.begin(size=len(junk))).json()["offset"] == 0


async def test_nobody_goes_on_with_anothers_file(served: WebNode) -> None:
    clerk, other = await _sender(served), await _sender(served, "other")
    name = (await clerk.begin()).json()["id"]
    assert (await other.put(name, 0, SENT[:PIECE])).status_code == 404
    assert (await other.done(name)).status_code == 404
    assert (await other.begin()).json()["id"] != name


@pytest.mark.parametrize("size", [0, (20 << 20) + 1, 40 << 20])
async def test_a_file_too_large_or_empty_is_refused_before_it_is_sent(
    served: WebNode, size: int
) -> None:
    clerk = await _sender(served)
    assert (await clerk.begin(size=size)).status_code in {413, 422}


async def test_more_than_was_announced_is_refused(served: WebNode) -> None:
    clerk = await _sender(served)
    name = (await clerk.begin(size=PIECE)).json()["id"]
    assert (await clerk.put(name, 0, SENT[: PIECE + 1])).status_code == 413
    assert (await clerk.begin(size=PIECE)).json()["offset"] == 0


async def test_what_lies_here_half_sent_is_sealed_and_forgotten(served: WebNode) -> None:
    clerk = await _sender(served)
    name = (await clerk.begin()).json()["id"]
    await clerk.put(name, 0, SENT[:PIECE])
    (sealed,) = await served.works.read(
        lambda tx: tx.execute("SELECT sealed FROM arriving_pieces").fetchone()
    )
    assert SENT[:20] not in sealed
    served.clock.passed += timedelta(hours=13)
    clerk = await _sender(served)
    await clerk.begin(key="another")
    rows = await served.works.read(
        lambda tx: tx.execute(
            "SELECT (SELECT count(*) FROM arriving), (SELECT count(*) FROM arriving_pieces)"
        ).fetchone()
    )
    assert rows == (1, 0)
