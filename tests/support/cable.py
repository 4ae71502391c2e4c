"""A line between client and server that can be made to swallow everything, as a dead radio does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Cable:
    """Carries bytes both ways; while `dead` it reads nothing and closes nothing."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._pumps: set[asyncio.Task[None]] = set()
        self._alive = asyncio.Event()
        self._alive.set()
        self.port = 0

    def die(self) -> None:
        """Everything now on the line, and every line made until `heal`, is lost."""
        self._alive.clear()

    def heal(self) -> None:
        """New lines work again; those that were dead stay so."""
        for pump in self._pumps:
            pump.cancel()
        self._alive.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._alive.wait()
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        pumps = [
            asyncio.create_task(self._pump(reader, far_writer)),
            asyncio.create_task(self._pump(far_reader, writer)),
        ]
        self._pumps.update(pumps)
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            writer.transport.abort()
            far_writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while more := await reader.read(65536):
            await self._alive.wait()
            writer.write(more)
            await writer.drain()


@asynccontextmanager
async def lay_cable(target: int) -> AsyncIterator[Cable]:
    cable = Cable(target)
    carried: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            carried.add(task)
        try:
            await cable.carry(reader, writer)
        except (OSError, asyncio.CancelledError):
            writer.transport.abort()

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    cable.port = server.sockets[0].getsockname()[1]
    try:
        yield cable
    finally:
        server.close()
        for one in carried:
            one.cancel()
        await asyncio.gather(*carried, return_exceptions=True)
