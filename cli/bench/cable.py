"""A line between a client and a server: as slow as one says, counted, and cut when one says."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

PIECE: Final = 1024  # bytes: an eighth of a second at 64 kbit/s
KEPT: Final = 4096  # bytes that the line itself may hold: a modem's buffer, not a second of it


class Cable:
    """Carries bytes both ways; while `dead` it reads nothing and closes nothing."""

    def __init__(self, target: int, bytes_per_s: float = 0.0) -> None:
        self._target = target
        self._rate = bytes_per_s
        self._pumps: set[asyncio.Task[None]] = set()
        self._alive = asyncio.Event()
        self._alive.set()
        self._free_at = [0.0, 0.0]
        self.port = 0
        self.carried = [0, 0]
        """Bytes carried so far: to the server, and from it."""

    def die(self) -> None:
        """Everything now on the line, and every line made until `heal`, is lost."""
        self._alive.clear()

    def heal(self) -> None:
        """New lines work again; those that were dead stay so."""
        for pump in self._pumps:
            pump.cancel()
        self._alive.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either side ends it."""
        await self._alive.wait()
        far_reader, far_writer = await asyncio.open_connection(
            "127.0.0.1", self._target, limit=self._kept
        )
        pumps = [
            asyncio.create_task(self._pump(reader, far_writer, 0)),
            asyncio.create_task(self._pump(far_reader, writer, 1)),
        ]
        self._pumps.update(pumps)
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            writer.transport.abort()
            far_writer.transport.abort()

    @property
    def _kept(self) -> int:
        return KEPT if self._rate else 1 << 16

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: int
    ) -> None:
        if self._rate:
            writer.transport.set_write_buffer_limits(high=KEPT)
        while more := await reader.read(PIECE if self._rate else 1 << 16):
            await self._alive.wait()
            self.carried[way] += len(more)
            await self._take_time(len(more), way)
            writer.write(more)
            await writer.drain()

    async def _take_time(self, count: int, way: int) -> None:
        """Let the bytes take as long as the line needs; all connections of a way share it."""
        if not self._rate:
            return
        begins = max(time.monotonic(), self._free_at[way])
        self._free_at[way] = begins + count / self._rate
        await asyncio.sleep(max(0.0, self._free_at[way] - time.monotonic()))


@asynccontextmanager
async def lay_cable(target: int, bytes_per_s: float = 0.0) -> AsyncIterator[Cable]:
    """Lay a line to a port of this machine until the block ends; 0 is as fast as it goes."""
    cable = Cable(target, bytes_per_s)
    carried: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            carried.add(task)
        try:
            await cable.carry(reader, writer)
        except (OSError, asyncio.CancelledError):
            writer.transport.abort()

    server = await asyncio.start_server(
        carry, "127.0.0.1", 0, limit=KEPT if bytes_per_s else 1 << 16
    )
    cable.port = server.sockets[0].getsockname()[1]
    try:
        yield cable
    finally:
        server.close()
        for one in carried:
            one.cancel()
        await asyncio.gather(*carried, return_exceptions=True)
