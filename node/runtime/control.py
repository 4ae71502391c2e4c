"""The control channel: how the `zhengwu` command reaches a node that is running.

A loopback port and a token in `run.json`, which only the owner of the home may read. One line of
JSON each way.
"""

import asyncio
import hmac
import logging
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from federation.errors import FederationError
from node.errors import NodeError
from node.runtime.backups import BackupError
from node.runtime.opening import HomeInUseError, open_node
from node.runtime.station import Station
from schemas.control import ControlAnswer, ControlAsk, RunFile

log = logging.getLogger(__name__)

RUN_FILE: Final = "run.json"
MAX_LINE: Final = 32 << 20  # a catalogue of 1,500 items that fill every field is some 11 MB
NOTHING: Final = msgspec.Raw(b"null")
REFUSALS: Final = (NodeError, FederationError, BackupError)


class CommandError(Exception):
    """The node refused: one plain sentence. `kind` is the error's class name."""

    def __init__(self, sentence: str, kind: str) -> None:
        super().__init__(sentence)
        self.kind = kind


@asynccontextmanager
async def controlled(station: Station) -> AsyncIterator[None]:
    """Answer commands until the block ends."""
    token = secrets.token_urlsafe(32)
    conversation = _Conversation(station, token)
    server = await asyncio.start_server(conversation.hold, "127.0.0.1", 0, limit=MAX_LINE)
    port = server.sockets[0].getsockname()[1]
    run = RunFile(pid=os.getpid(), url=station.url, control_port=port, token=token)
    path = station.node.home / RUN_FILE
    _write_private(path, msgspec.json.encode(run))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        server.close()


def _write_private(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(content)


class _Conversation:
    def __init__(self, station: Station, token: str) -> None:
        self._station = station
        self._token = token

    async def hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one ask and hang up."""
        with suppress(OSError, ValueError, asyncio.IncompleteReadError):
            line = await reader.readline()
            writer.write(msgspec.json.encode(await self._answer(line)) + b"\n")
            await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async def _answer(self, line: bytes) -> ControlAnswer:
        try:
            ask = msgspec.json.decode(line, type=ControlAsk)
        except msgspec.DecodeError as error:
            return ControlAnswer(result=NOTHING, error=str(error), kind="MalformedError")
        if not hmac.compare_digest(ask.token.encode(), self._token.encode()):
            return ControlAnswer(result=NOTHING, error="wrong token", kind="NotAllowedError")
        try:
            result = await perform(self._station, ask.command, ask.arguments)
        except CommandError as error:
            return ControlAnswer(result=NOTHING, error=str(error), kind=error.kind)
        return ControlAnswer(result=msgspec.Raw(result))


async def perform(station: Station, command: str, arguments: msgspec.Raw | bytes) -> bytes:
    """Run one command; the result as JSON. Raises `CommandError`."""
    from node.runtime.commands import COMMANDS  # noqa: PLC0415  # 2 MB until one is asked for

    known = COMMANDS.get(command)
    if known is None:
        raise CommandError(f"no command {command!r}", "NotFoundError")
    kind, run = known
    try:
        asked = msgspec.json.decode(arguments, type=kind)
        return msgspec.json.encode(await run(station, asked))
    except msgspec.DecodeError as error:
        raise CommandError(str(error), "BadInputError") from None
    except REFUSALS as error:
        raise CommandError(str(error), type(error).__name__) from error
    except Exception as error:
        log.exception("control.failed", extra={"command": command})
        raise CommandError(f"{type(error).__name__}: {error}", "Failure") from error


def running(home: Path) -> RunFile | None:
    """Read how to reach the node of this home, if one says it runs."""
    try:
        return msgspec.json.decode((home / RUN_FILE).read_bytes(), type=RunFile)
    except (OSError, msgspec.DecodeError):
        return None


async def command(home: Path, name: str, arguments: msgspec.Struct) -> bytes:
    """Run a command at the node of `home`: through its running process, or on the files alone.

    Raises `CommandError`, `SettingsError`, `KeysError`.
    """
    encoded = msgspec.json.encode(arguments)
    run = running(home)
    if run is not None:
        answer = await _ask(run, name, encoded)
        if answer is not None:
            if answer.error:
                raise CommandError(answer.error, answer.kind)
            return bytes(answer.result)
    try:
        async with open_node(home) as node:
            return await perform(Station(node), name, encoded)
    except HomeInUseError as error:
        raise CommandError(f"{error}, which does not answer", "HomeInUseError") from None


async def _ask(run: RunFile, name: str, arguments: bytes) -> ControlAnswer | None:
    try:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", run.control_port, limit=MAX_LINE
        )
    except OSError:
        return None  # it died and left its file behind
    try:
        ask = ControlAsk(token=run.token, command=name, arguments=msgspec.Raw(arguments))
        writer.write(msgspec.json.encode(ask) + b"\n")
        await writer.drain()
        line = await reader.readline()
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    return msgspec.json.decode(line, type=ControlAnswer) if line else None
