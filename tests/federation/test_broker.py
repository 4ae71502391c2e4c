"""The broker is there, comes back, dies with its node, and works by what the node last said."""

import asyncio
import os
import shutil
import signal
import sys
import textwrap
from pathlib import Path

import msgspec
import pytest

from federation import nkey
from federation.broker import run_broker
from federation.broker_config import BrokerUser
from federation.broker_process import ask, check, find_server
from federation.certificates import ensure_certificates
from federation.errors import BrokerError
from schemas.ids import NodeId
from tests.support.brokers import (
    COUNTY,
    NOW,
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


class JetStreamVars(msgspec.Struct):
    config: dict[str, object]


class Vars(msgspec.Struct):
    jetstream: JetStreamVars
    max_payload: int
    tls_required: bool


def alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


async def test_the_live_server_syncs_every_message_and_speaks_only_tls(tmp_path: Path) -> None:
    async with run_county(tmp_path) as county:
        page = await county.broker.metrics()
        assert page is not None
        found = msgspec.json.decode(page, type=Vars)
        assert found.jetstream.config["sync_always"] is True
        assert found.tls_required
        assert found.max_payload == 1 << 20


async def test_a_killed_broker_is_replaced_on_its_port_and_mail_goes_on(tmp_path: Path) -> None:
    box = Letterbox()
    async with (
        run_county(tmp_path) as county,
        county.post(COUNTY, Letterbox().take) as owner,
        county.post(TOWN, box.take) as town,
        county.post(VILLAGE, Letterbox().take) as village,
    ):
        await owner.ensure_mailboxes([TOWN, VILLAGE])
        await until(lambda: town.connected and village.connected and owner.connected)
        port, pid = county.broker.port, county.broker.pid
        assert pid is not None
        assert await village.send(TOWN, b"before")
        os.kill(pid, signal.SIGKILL)
        await until(lambda: not village.connected)
        assert not await village.send(TOWN, b"while it is down")
        await until(lambda: village.connected and town.connected)
        assert (county.broker.port, county.broker.restarts) == (port, 1)
        assert await village.send(TOWN, b"after")
        await until(lambda: b"after" in box.frames())
        assert b"before" in box.frames()
        assert b"while it is down" not in box.frames()


def _is_deleted(folder: Path) -> bool:
    """Delete what is there; the server, still running, may put a file into it meanwhile."""
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


async def test_mailboxes_come_back_when_the_whole_folder_is_deleted(tmp_path: Path) -> None:
    box = Letterbox()
    async with (
        run_county(tmp_path) as county,
        county.post(COUNTY, Letterbox().take) as owner,
        county.post(TOWN, box.take) as town,
        county.post(VILLAGE, Letterbox().take) as village,
    ):
        await owner.ensure_mailboxes([TOWN, VILLAGE])
        await until(lambda: town.connected and village.connected and owner.connected)
        assert await village.send(TOWN, b"before")
        await until(lambda: b"before" in box.frames())
        await until(lambda: _is_deleted(county.folder))
        await until(lambda: county.broker.restarts >= 1)
        await until(lambda: village.connected)
        await send_until_stored(village, TOWN, b"after")
        await until(lambda: b"after" in box.frames())


async def test_a_server_that_hangs_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("federation.broker.WATCH_SECONDS", 0.05)
    monkeypatch.setattr("federation.broker_process.PROBE_SECONDS", 0.1)
    monkeypatch.setattr("federation.broker_process.STOP_SECONDS", 0.2)
    async with run_county(tmp_path) as county:
        pid = county.broker.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        await until(lambda: county.broker.restarts == 1 and county.broker.pid not in {pid, None})
        assert not alive(pid)
        await can_speak(county, TOWN)


async def test_users_set_while_the_server_is_down_are_those_of_the_next(tmp_path: Path) -> None:
    async with run_county(tmp_path) as county:
        pid = county.broker.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await county.broker.set_users(county.users(VILLAGE))
        await until(lambda: county.broker.restarts == 1 and county.broker.pid not in {pid, None})
        await can_speak(county, TOWN)
        with pytest.raises((ConnectionRefusedError, ConnectionResetError)):
            await can_speak(county, VILLAGE)


async def test_the_broker_dies_with_its_node_however_that_dies(tmp_path: Path) -> None:
    program = textwrap.dedent(f"""
        import asyncio, pathlib, sys
        sys.path[:0] = {sys.path!r}
        from tests.support.brokers import run_county
        async def main():
            async with run_county(pathlib.Path({str(tmp_path)!r})) as county:
                print(county.broker.pid, flush=True)
                await asyncio.sleep(60)
        asyncio.run(main())
    """)
    node = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    assert node.stdout is not None
    broker = int(await node.stdout.readline())
    assert alive(broker)
    node.kill()
    await node.wait()
    try:
        await until(lambda: not alive(broker))
    finally:
        if alive(broker):
            os.kill(broker, signal.SIGKILL)


async def test_a_server_left_behind_by_an_earlier_run_is_ended_first(tmp_path: Path) -> None:
    async with run_county(tmp_path) as county:
        port, config = county.broker.port, county.folder / "nats.json"
    left = await asyncio.create_subprocess_exec(
        find_server(), "-c", config, stderr=asyncio.subprocess.DEVNULL
    )
    written = county.folder / "nats.pid"
    await until(lambda: written.exists() and written.read_text().strip() == str(left.pid))
    try:
        async with run_county(tmp_path) as county:
            assert county.broker.port == port
            assert left.returncode is not None or await left.wait() is not None
            assert county.broker.pid != left.pid
    finally:
        if left.returncode is None:
            left.kill()
            await left.wait()


async def test_a_broker_that_cannot_start_says_so(tmp_path: Path) -> None:
    async with run_county(tmp_path) as county:
        certificates = county.certificates
        with pytest.raises(BrokerError):
            async with run_broker(
                tmp_path / "second",
                owner=COUNTY,
                owner_nkey=nkey.public_of(new_seed()),
                port=county.broker.port,
                certificate=certificates.certificate,
                private_key=certificates.private_key,
                users=(),
            ):
                pass


async def test_users_that_the_server_refuses_change_nothing(tmp_path: Path) -> None:
    async with run_county(tmp_path) as county:
        before = (county.folder / "nats.json").read_bytes()
        spoilt = BrokerUser(NodeId("no..place"), nkey.public_of(new_seed()), (COUNTY,))
        with pytest.raises(BrokerError):
            await county.broker.set_users((*county.users(), spoilt))
        assert (county.folder / "nats.json").read_bytes() == before
        await can_speak(county, TOWN)


async def test_a_bad_or_borrowed_key_shuts_out_nobody_else(tmp_path: Path) -> None:
    async with run_county(tmp_path) as county:
        borrowed = nkey.public_of(county.seeds[COUNTY])
        stolen = nkey.public_of(county.seeds[TOWN])
        evil = NodeId("610328102")
        bad = [BrokerUser(evil, key, (COUNTY,)) for key in (borrowed, stolen, "UNOKEY", "")]
        await county.broker.set_users((*county.users(), *bad))
        await can_speak(county, TOWN)
        async with dial(
            county.broker.port, county.seeds[COUNTY], county.certificates.authority
        ) as owner:
            assert b"-ERR" not in await owner.subscribe("zw.>")


async def test_revoking_cuts_the_line_at_once_and_leaves_the_others_alone(tmp_path: Path) -> None:
    async with run_county(tmp_path) as county:
        port, authority = county.broker.port, county.certificates.authority
        async with (
            dial(port, county.seeds[VILLAGE], authority) as village,
            dial(port, county.seeds[TOWN], authority) as town,
        ):
            await county.broker.set_users(county.users(VILLAGE))
            assert b"PONG" not in await village.say(b"PING")
            assert b"PONG" in await town.say(b"PING")
        with pytest.raises((ConnectionRefusedError, ConnectionResetError)):
            await can_speak(county, VILLAGE)
        await county.broker.set_users(county.users())
        await can_speak(county, VILLAGE)


async def test_the_checker_reads_the_configuration_before_the_server_does(tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.json"
    spoilt.write_text('{"port": "no"}')
    with pytest.raises(BrokerError, match="refuses"):
        await check(find_server(), spoilt)


async def test_a_silent_monitoring_port_is_no_answer() -> None:
    assert await ask(1, "/healthz") is None


def test_certificates_are_kept_until_they_end_or_lack_a_name(tmp_path: Path) -> None:
    first = ensure_certificates(tmp_path / "tls", node=COUNTY, names=(), now=NOW)
    made = first.certificate.read_bytes()
    again = ensure_certificates(tmp_path / "tls", node=COUNTY, names=(), now=NOW)
    assert again == first
    assert again.certificate.read_bytes() == made
    named = ensure_certificates(tmp_path / "tls", node=COUNTY, names=("10.1.2.3",), now=NOW)
    renewed = named.certificate.read_bytes()
    assert renewed != made
    assert named.authority == first.authority
    late = ensure_certificates(
        tmp_path / "tls", node=COUNTY, names=("10.1.2.3",), now=named.expires_at
    )
    assert late.certificate.read_bytes() != renewed
    assert late.expires_at > named.expires_at


async def can_speak(county: County, node: NodeId) -> None:
    async with dial(county.broker.port, county.seeds[node], county.certificates.authority) as wire:
        assert b"-ERR" not in await wire.subscribe(f"_INBOX.{node}.>")
