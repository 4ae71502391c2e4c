"""Serves the site of a first run on the address that the node will have.

The address is taken once and kept: who comes while the node starts waits instead of being refused.
"""

import asyncio
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import uvicorn
from litestar.di import Provide
from typing_extensions import override

from federation.certificates import ensure_certificates
from node.runtime import first_run_site
from node.runtime.first_run import Setup
from node.settings import Http
from node.web import pages_base, problems
from node.web.gate import Gate
from node.web.lean import Lean
from schemas.ids import NodeId

STOP_SECONDS: Final = 3
BACKLOG: Final = 64


def site_of(setup: Setup) -> Gate:
    """Assemble the site."""

    async def give() -> Setup:
        return setup

    app = Lean(
        route_handlers=[pages_base.router, first_run_site.pages],
        dependencies={"setup": Provide(give)},
        exception_handlers=problems.handlers(None),
        openapi_config=None,
        logging_config=None,
    )
    return Gate(app)


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs the node."""

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(http: Http) -> socket.socket:
    """Take the node's address: the site and then the node itself answer on it. Raises `OSError`."""
    family = socket.AF_INET6 if ":" in http.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((http.host, http.port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def address_of(http: Http, listener: socket.socket) -> str:
    """Write where the site is reached."""
    return f"{'https' if http.tls else 'http'}://{http.host}:{listener.getsockname()[1]}"


async def set_up(setup: Setup, listener: socket.socket, ready: Callable[[str], None]) -> None:
    """Serve the site until the first run is over; whoever comes meanwhile waits for the node."""
    setup.resume()
    http = setup.http
    with tempfile.TemporaryDirectory() as folder:
        server = _Server(_config(setup, Path(folder)))
        task = asyncio.create_task(server.serve([listener.dup()]))
        try:
            while not server.started and not task.done():  # noqa: ASYNC110  # it sets no event
                await asyncio.sleep(0.01)
            if task.done():
                task.result()
            ready(address_of(http, listener))
            await setup.over.wait()
        finally:
            server.should_exit = True
            await setup.end()
            await asyncio.gather(task, return_exceptions=True)


def _config(setup: Setup, folder: Path) -> uvicorn.Config:
    http = setup.http
    certificate: Path | None = None
    key: Path | None = None
    if http.tls:  # of an authority that lives as long as this site: the node will have its own
        made = ensure_certificates(
            folder, node=NodeId("first-run"), names=(http.host,), now=setup.clock.wall()
        )
        certificate, key = made.certificate, made.private_key
    return uvicorn.Config(
        site_of(setup),
        ssl_certfile=certificate,
        ssl_keyfile=key,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        ws="none",
    )
