"""Frames over a real broker: stored, delivered in order, again until taken, and never in clear."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from cli.bench.cable import lay_cable
from federation import joincode, nkey
from federation.broker_config import BrokerUser
from federation.broker_process import find_server
from federation.certificates import ensure_certificates
from federation.errors import (
    DamagedStoreError,
    NotAdmittedError,
    PeerUnreachableError,
    WrongKeyError,
)
from federation.post import ask_to_join, next_batch, open_post
from federation.transport import MAX_FRAME_BYTES, SEND_SECONDS
from schemas.ids import NodeId
from tests.support.brokers import (
    COUNTY,
    NEW,
    NOW,
    OTHER_TOWN,
    TOWN,
    VILLAGE,
    County,
    Letterbox,
    new_seed,
    run_county,
    send_until_stored,
    until,
)
from tests.support.wire import dial

pytestmark = pytest.mark.broker
SOON = SEND_SECONDS / 2  # by knowing, not by having waited as long as one waits


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[County]:
    async with run_county(tmp_path) as county:
        yield county


@asynccontextmanager
async def owner_of(county: County) -> AsyncIterator[None]:
    async with county.post(COUNTY, Letterbox().take) as owner:
        await until(lambda: owner.connected)
        await owner.ensure_mailboxes([TOWN, OTHER_TOWN, VILLAGE])
        yield


async def test_frames_arrive_once_in_order_and_with_their_sender(county: County) -> None:
    box = Letterbox()
    frames = [b"%d" % number for number in range(300)]
    async with (
        owner_of(county),
        county.post(TOWN, box.take) as town,
        county.post(VILLAGE, Letterbox().take) as village,
    ):
        await until(lambda: town.connected and village.connected)
        for frame in frames:
            assert await village.send(TOWN, frame)
        await until(lambda: len(box.came) >= len(frames))
        assert box.came == [(VILLAGE, frame) for frame in frames]
        assert town.last_contact_monotonic is not None
        assert time.monotonic() - town.last_contact_monotonic < 5


async def test_many_may_be_sent_at_a_time(county: County) -> None:
    box = Letterbox()
    async with (
        owner_of(county),
        county.post(TOWN, box.take),
        county.post(VILLAGE, Letterbox().take) as village,
    ):
        await until(lambda: village.connected)
        large = b"x" * (MAX_FRAME_BYTES - 200)
        sends = (village.send(TOWN, large) for _ in range(8))
        assert all(await asyncio.gather(*sends))
        await until(lambda: len(box.came) == 8)
        with pytest.raises(ValueError, match="fits no broker"):
            await village.send(TOWN, b"x" * (MAX_FRAME_BYTES + 1))


async def test_mail_waits_for_a_place_that_is_away(county: County) -> None:
    box = Letterbox()
    async with owner_of(county), county.post(VILLAGE, Letterbox().take) as village:
        await until(lambda: village.connected)
        assert await village.send(TOWN, b"waits")
        async with county.post(TOWN, box.take):
            await until(lambda: box.frames() == [b"waits"])
        async with county.post(TOWN, box.take) as town:
            await until(lambda: town.connected)
            assert await village.send(TOWN, b"next")
            await until(lambda: box.frames() == [b"waits", b"next"])


async def test_mail_that_fails_comes_again_and_holds_up_nothing(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("federation.post.NAK_SECONDS", 0.2)
    tried: list[bytes] = []

    async def take(_: NodeId, frame: bytes) -> None:
        tried.append(frame)
        if frame == b"bad" and tried.count(frame) < 3:
            raise DamagedStoreError("not yet")
        if frame == b"hopeless":
            raise WrongKeyError("never")

    async with (
        owner_of(county),
        county.post(TOWN, take),
        county.post(VILLAGE, Letterbox().take) as village,
    ):
        await until(lambda: village.connected)
        assert await village.send(TOWN, b"bad")
        assert await village.send(TOWN, b"hopeless")
        assert await village.send(TOWN, b"good")
        await until(lambda: tried.count(b"bad") == 3)
        assert tried[:3] == [b"bad", b"hopeless", b"good"]
        assert tried.count(b"hopeless") == 1


async def test_nothing_is_sent_to_strangers_or_without_a_connection(county: County) -> None:
    async with owner_of(county), county.post(VILLAGE, Letterbox().take) as village:
        assert not await village.send(TOWN, b"too early")
        await until(lambda: village.connected)
        sending = asyncio.create_task(village.send(OTHER_TOWN, b"not a neighbour"))
        assert await village.send(TOWN, b"neighbour")
        await county.broker.set_users(county.users(VILLAGE))
        assert not await sending
        await until(lambda: not village.connected)
        began = time.monotonic()
        assert not await village.send(TOWN, b"revoked")
        assert time.monotonic() - began < SOON


async def test_every_connection_is_told(county: County) -> None:
    told: list[float] = []
    async with open_post(
        url=county.broker.url,
        region=COUNTY,
        node=VILLAGE,
        nkey_seed=county.seeds[VILLAGE].encode(),
        ca_pem=county.certificates.authority,
        on_mail=Letterbox().take,
        owner=False,
        on_connect=lambda: told.append(time.monotonic()),
    ):
        await until(lambda: len(told) == 1)
        await county.broker.set_users(county.users(VILLAGE))
        await county.broker.set_users(county.users())
        await until(lambda: len(told) == 2)


async def test_a_deleted_stream_comes_back_while_the_server_runs(county: County) -> None:
    box = Letterbox()
    async with (
        owner_of(county),
        county.post(TOWN, box.take) as town,
        county.post(VILLAGE, Letterbox().take) as village,
    ):
        await until(lambda: village.connected and town.connected)
        async with dial(
            county.broker.port, county.seeds[COUNTY], county.certificates.authority
        ) as operator:
            await operator.subscribe(f"_INBOX.{COUNTY}.x")
            said = await operator.publish("$JS.API.STREAM.DELETE.MAIL", b"", f"_INBOX.{COUNTY}.x")
            assert b'"success":true' in said + await operator.rest(0.2)
        began = time.monotonic()
        assert not await village.send(TOWN, b"nobody keeps it")
        assert time.monotonic() - began < SOON  # the server says so; no waiting
        await send_until_stored(village, TOWN, b"after")
        await until(lambda: b"after" in box.frames())


async def test_a_dead_line_is_noticed_and_replaced_even_with_a_full_buffer(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("federation.transport.PING_SECONDS", 0.2)
    box = Letterbox()
    async with (
        owner_of(county),
        county.post(TOWN, box.take) as town,
        lay_cable(county.broker.port) as cable,
    ):
        await until(lambda: town.connected)
        others = library_tasks()
        async with open_post(
            url=f"tls://127.0.0.1:{cable.port}",
            region=COUNTY,
            node=VILLAGE,
            nkey_seed=county.seeds[VILLAGE].encode(),
            ca_pem=county.certificates.authority,
            on_mail=Letterbox().take,
            owner=False,
        ) as village:
            await until(lambda: village.connected)
            cable.die()
            large = b"x" * 800_000  # more than any buffer on the way takes
            sends = [asyncio.create_task(village.send(TOWN, large)) for _ in range(20)]
            await until(lambda: not village.connected, SOON)
            async with asyncio.timeout(SOON):
                assert not any(await asyncio.gather(*sends))
            await until(lambda: library_tasks() == others, SOON)  # nothing hangs on the dead line
            cable.heal()
            await until(lambda: village.connected)
            await send_until_stored(village, TOWN, b"after")
            await until(lambda: b"after" in box.frames())


def library_tasks() -> int:
    return sum("Client." in repr(task.get_coro()) for task in asyncio.all_tasks())


async def test_a_nats_of_ones_own_serves_as_well(tmp_path: Path) -> None:
    """No child of ours, no TLS, on this machine: the owner's seed is all it takes."""
    seed, box = new_seed(), Letterbox()
    config = {
        "listen": "127.0.0.1:-1",
        "ports_file_dir": str(tmp_path),
        "jetstream": {"store_dir": str(tmp_path / "store"), "sync_interval": "always"},
        "authorization": {"users": [{"nkey": nkey.public_of(seed)}]},
    }
    file = tmp_path / "nats.json"
    file.write_bytes(msgspec.json.encode(config))
    server = await asyncio.create_subprocess_exec(
        find_server(), "-c", file, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        ports = tmp_path / f"nats-server_{server.pid}.ports"
        await until(lambda: ports.exists() and ports.read_bytes().endswith(b"}"))
        url = msgspec.json.decode(ports.read_bytes(), type=dict[str, list[str]])["nats"][0]
        assert url.startswith("nats://")
        async with open_post(
            url=url,
            region=COUNTY,
            node=COUNTY,
            nkey_seed=seed.encode(),
            ca_pem="",
            on_mail=box.take,
            owner=True,
        ) as post:
            await until(lambda: post.connected)
            assert await post.send(COUNTY, b"to itself")
            await until(lambda: box.came == [(COUNTY, b"to itself")])
    finally:
        server.terminate()
        await server.wait()


async def test_a_server_that_speaks_in_clear_learns_nothing(county: County) -> None:
    heard = b""

    async def clear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal heard
        writer.write(b'INFO {"server_id":"x","version":"2.15.1","nonce":"abc","headers":true}\r\n')
        heard += await reader.read(4096)
        writer.close()

    server = await asyncio.start_server(clear, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        async with open_post(
            url=f"tls://127.0.0.1:{port}",
            region=COUNTY,
            node=VILLAGE,
            nkey_seed=county.seeds[VILLAGE].encode(),
            ca_pem=county.certificates.authority,
            on_mail=Letterbox().take,
            owner=False,
        ) as village:
            await until(lambda: heard != b"")
            assert not village.connected
    assert b"CONNECT" not in heard
    assert heard[:2] == b"\x16\x03"  # a TLS greeting and nothing else


async def test_the_broker_answers_nobody_in_clear_and_no_old_tls(county: County) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", county.broker.port)
    writer.write(b"CONNECT {}\r\nPING\r\n")
    assert b"INFO" not in await reader.read(4096)
    writer.close()
    old = ssl.create_default_context(cadata=county.certificates.authority)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection("127.0.0.1", county.broker.port, ssl=old)


async def test_another_authoritys_server_is_not_believed(county: County, tmp_path: Path) -> None:
    other = ensure_certificates(tmp_path / "other", node=COUNTY, names=(), now=NOW + timedelta(1))
    async with open_post(
        url=county.broker.url,
        region=COUNTY,
        node=VILLAGE,
        nkey_seed=county.seeds[VILLAGE].encode(),
        ca_pem=other.authority,
        on_mail=Letterbox().take,
        owner=False,
    ) as village:
        await asyncio.sleep(0.3)
        assert not village.connected


@pytest.mark.parametrize(
    "url", ["nats://10.1.2.3:4222", "nats://broker.example:4222", "http://127.0.0.1", "tls://", ""]
)
async def test_only_this_machine_may_be_spoken_to_in_clear(url: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        async with open_post(
            url=url,
            region=COUNTY,
            node=VILLAGE,
            nkey_seed=b"",
            ca_pem="",
            on_mail=Letterbox().take,
            owner=False,
        ):
            pass


async def test_a_place_asks_to_join_with_its_code_and_once_only(county: County) -> None:
    invitation = joincode.Invitation(
        f"127.0.0.1:{county.broker.port}", COUNTY, TOWN, NEW, joincode.new_code()
    )
    assert joincode.parse_invitation(f" {invitation.text}\n") == invitation
    keys = joincode.derive(invitation.code, parent=TOWN, child=NEW)
    guest = BrokerUser(NEW, keys.public_nkey, (TOWN,), temporary_for=TOWN)
    await county.broker.set_users((*county.users(), guest))
    asked: list[NodeId] = []

    async def answer(child: NodeId, request: bytes) -> bytes:
        asked.append(child)
        question = joincode.open_protected(keys.mac_key, joincode.ASK, request)
        return joincode.protect(keys.mac_key, joincode.ANSWER, b"welcome, " + question)

    async def ask(seed: bytes, request: bytes, seconds: float = 5.0) -> bytes:
        return await ask_to_join(
            url=invitation.url,
            region=COUNTY,
            parent=TOWN,
            child=NEW,
            code_seed=seed,
            request=request,
            timeout_seconds=seconds,
        )

    request = joincode.protect(keys.mac_key, joincode.ASK, b"three keys")
    async with county.post(TOWN, Letterbox().take) as town:
        await until(lambda: town.connected)
        with pytest.raises(PeerUnreachableError):
            await ask(keys.nkey_seed, request)  # nobody answers yet
        await town.answer_joins(answer)
        said = await ask(keys.nkey_seed, request)
        assert (
            joincode.open_protected(keys.mac_key, joincode.ANSWER, said) == b"welcome, three keys"
        )
        assert asked == [NEW]
        with pytest.raises(PeerUnreachableError):
            await ask(keys.nkey_seed, b"x" * 32 + b"made without the code", 0.5)
        wrong = joincode.derive(joincode.new_code(), parent=TOWN, child=NEW)
        with pytest.raises(NotAdmittedError):
            await ask(wrong.nkey_seed, request)
        await county.broker.set_users(county.users())
        with pytest.raises(NotAdmittedError):
            await ask(keys.nkey_seed, request)


def test_the_batch_follows_the_line() -> None:
    assert next_batch(4, came=4, seconds=0.1) == 8
    assert next_batch(16, came=16, seconds=0.1) == 16
    assert next_batch(16, came=16, seconds=6) == 8
    assert next_batch(1, came=1, seconds=9) == 1
    assert next_batch(8, came=3, seconds=0.1) == 8
