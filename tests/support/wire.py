"""Speaks NATS by hand, byte by byte: what an attacker with a valid key may try."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation import nkey


class Info(msgspec.Struct):
    nonce: str


class Wire:
    """A connection on which every sentence is answered before the next."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def greet(self, seed: str) -> None:
        info = (await self._reader.readline()).removeprefix(b"INFO ")
        nonce = msgspec.json.decode(info, type=Info).nonce
        raw = base64.b32decode(seed + "=" * (-len(seed) % 8))[2:-2]
        signature = Ed25519PrivateKey.from_private_bytes(raw).sign(nonce.encode())
        options = {
            "verbose": False,
            "headers": True,
            "no_responders": True,
            "nkey": nkey.public_of(seed),
            "sig": base64.urlsafe_b64encode(signature).rstrip(b"=").decode(),
        }
        answer = await self.say(b"CONNECT " + msgspec.json.encode(options))
        if b"-ERR" in answer:
            raise ConnectionRefusedError(answer.decode())

    async def say(self, line: bytes, payload: bytes | None = None) -> bytes:
        """Say one thing; give all that comes until the server has dealt with it."""
        body = b"" if payload is None else payload + b"\r\n"
        self._writer.write(line + b"\r\n" + body + b"PING\r\n")
        heard = b""
        while b"PONG\r\n" not in heard:
            more = await self._reader.read(65536)
            if not more:
                return heard
            heard += more
        return heard

    async def publish(self, subject: str, payload: bytes = b"x", reply: str = "") -> bytes:
        return await self.say(f"PUB {subject} {reply} {len(payload)}".encode(), payload)

    async def subscribe(self, subject: str, sid: int = 1) -> bytes:
        return await self.say(f"SUB {subject} {sid}".encode())

    async def rest(self, seconds: float) -> bytes:
        """Give what still comes by itself within `seconds`."""
        heard = b""
        try:
            async with asyncio.timeout(seconds):
                while more := await self._reader.read(65536):
                    heard += more
        except TimeoutError:
            pass
        return heard


@asynccontextmanager
async def dial(port: int, seed: str, authority: str) -> AsyncIterator[Wire]:
    tls = ssl.create_default_context(cadata=authority)
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=tls, server_hostname="localhost"
    )
    try:
        wire = Wire(reader, writer)
        await wire.greet(seed)
        yield wire
    finally:
        writer.transport.abort()
