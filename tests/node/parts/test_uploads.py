"""Uploads: what a file is, by its bytes; and how it is held."""

import struct
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.partstore import PartStore
from node.clock import to_ms
from node.errors import UnreadableFileError
from node.parts import actions, model
from schemas.staff import Role
from tests.support.webnode import WebNode, web_node


def chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


THUMBNAIL = b"\xff\xe1\x00\x08\xff\xd8\xff\xd9\x00\x00"
JPEG = b"\xff\xd8" + THUMBNAIL + b"\xff\xda\x00\x04ab" + b"picture" * 9 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"x" * 13) + chunk(b"IDAT", b"y" * 50)
PNG += chunk(b"IEND", b"")
PDF = b"%PDF-1.7\n1 0 obj\n" + b"z" * 40 + b"\nstartxref\n9\n%%EOF\n"


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (PDF, "application/pdf"),
        ("申请书\n".encode(), "text/plain"),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, media: str) -> None:
    assert model.media_of(content) == media


@pytest.mark.parametrize("content", [JPEG, PNG, PDF], ids=["jpeg", "png", "pdf"])
def test_a_file_cut_off_anywhere_is_refused(content: bytes) -> None:
    start = 10
    for end in range(start, len(content) - 2):
        with pytest.raises(UnreadableFileError) as caught:
            model.media_of(content[:end])
        assert dict(caught.value.fields) == {"file": "truncated"}


def test_a_png_with_a_damaged_byte_is_refused() -> None:
    damaged = bytearray(PNG)
    damaged[60] ^= 1
    with pytest.raises(UnreadableFileError):
        model.media_of(bytes(damaged))


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01", b"GIF89a\x00\x01", b"\xff\xd8", b"PK\x03\x04"]
)
def test_other_kinds_are_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        model.media_of(content)


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(content: bytes) -> None:
    for head in (b"", b"\xff\xd8\xff", PNG[:8], b"%PDF-"):
        try:
            model.media_of(head + content)
        except UnreadableFileError:
            continue


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[WebNode]:
    async with web_node(tmp_path) as node:
        await node.account("clerk", Role.CLERK)
        yield node


async def test_a_multipart_form_brings_a_file_too(served: WebNode) -> None:
    shown = await served.as_("clerk")
    files = {"scan": ("x.exe", PDF, "application/x-msdownload")}
    answer = await served.http.post("/api/v1/parts", files=files, headers=shown)
    assert (answer.status_code, answer.json()["media"]) == (201, "application/pdf")


async def test_the_same_bytes_twice_have_two_digests(served: WebNode) -> None:
    shown = await served.as_("clerk")
    answers = [
        (await served.http.post("/api/v1/parts", content=PDF, headers=shown)).json()
        for _ in range(2)
    ]
    assert answers[0]["digest"] != answers[1]["digest"]
    keyed = {**shown, "Idempotency-Key": "scan-1"}
    same = [
        (await served.http.post("/api/v1/parts", content=PDF, headers=keyed)).content
        for _ in range(2)
    ]
    assert same[0] == same[1]


@pytest.mark.parametrize(
    ("content", "status", "kind"),
    [
        (JPEG[:-2], 422, "unreadable-file"),
        (b"", 422, "unreadable-file"),
        (b"x" * ((20 << 20) + 1), 413, "too-large"),
        (b"x" * (21 << 20), 413, "too-large"),
    ],
    ids=["truncated", "empty", "a byte too many", "far too many"],
)
async def test_what_cannot_be_used_is_refused_and_not_held(
    served: WebNode, content: bytes, status: int, kind: str, tmp_path: Path
) -> None:
    shown = await served.as_("clerk")
    answer = await served.http.post("/api/v1/parts", content=content, headers=shown)
    assert answer.status_code == status
    assert answer.json()["type"] == f"urn:zhengwu:problem:{kind}"
    assert not list((tmp_path / "parts").glob("??/*"))


async def test_nobody_uploads_without_signing_in(served: WebNode) -> None:
    assert (await served.http.post("/api/v1/parts", content=PDF)).status_code == 401


async def test_an_upload_is_held_for_half_a_day(served: WebNode) -> None:
    shown = await served.as_("clerk")
    await served.http.post("/api/v1/parts", content=PDF, headers=shown)
    held = await _held(served)
    assert len(held) == 1
    served.clock.passed += timedelta(hours=12, minutes=1)
    shown = await served.as_("clerk")
    assert not await _held(served)
    await served.http.post("/api/v1/parts", content=PDF, headers=shown)
    rows = await served.works.read(lambda tx: tx.execute("SELECT count(*) FROM uploads").fetchone())
    assert rows == (1,)


async def test_a_held_upload_outlives_a_restart_and_its_sweep(
    served: WebNode, tmp_path: Path
) -> None:
    shown = await served.as_("clerk")
    await served.http.post("/api/v1/parts", content=PDF, headers=shown)
    restarted = PartStore(tmp_path / "parts", served.works.ledger.identity)
    held = await _held(served)
    assert await served.works.read(restarted.sweep, held) == 0
    assert await served.works.read(restarted.sweep) == 1


async def _held(served: WebNode) -> frozenset[str]:
    return await served.works.read(actions.held_files, to_ms(served.clock.now()))
