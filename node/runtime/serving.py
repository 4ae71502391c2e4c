"""The node's HTTP service: pages and API, from the open node and its network."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import uvicorn
from litestar.types import ControllerRouterHandler
from typing_extensions import override

from federation.certificates import ensure_certificates
from node.app import Fittings, create_app
from node.calendar import pages as calendar_pages
from node.cases import pages as case_pages
from node.cases import pages_lists, pages_phrases
from node.cases.page_looker import NO_PANELS, Panels
from node.catalogue import pages as catalogue_pages
from node.catalogue import pages_releases
from node.clock import to_ms
from node.database import Tx
from node.evaluation import (
    pages_ask,
    pages_case_rating,
    pages_rate,
    pages_redress,
    pages_tablets,
)
from node.hall import (
    agency_pages,
    lists_pages,
    pages_applicant,
    pages_authority,
    pages_fallback,
    pages_keeping,
    pages_papers,
    pages_scans,
    pages_search,
    pages_signing,
    pages_today,
)
from node.hall import pages as hall_pages
from node.network import actions as lines
from node.network import api as network_api
from node.network import pages as network_pages
from node.network import pages_acts, pages_nodes
from node.notices import pages as notice_pages
from node.notices import pages_texts
from node.operations import api as operations_api
from node.operations import pages as operations_pages
from node.runtime import posted, rostering, timekeeping
from node.runtime.caretaking import Caretaker
from node.runtime.governing import control_of
from node.runtime.network import CERTIFICATES, Network
from node.runtime.opening import KEYS, Node
from node.runtime.printing import Address, press_of
from node.settings import Http
from node.staff import pages as staff_pages
from node.staff import (
    pages_person,
    pages_posts,
    pages_second_factor,
    pages_sign_in,
)
from node.tasks import pages as task_pages
from node.web import pages_base, pages_kept
from node.web.chrome import LinkLine
from node.web.live import Live
from node.web.pages_base import Pages
from node.web.probes import Lacks, Measure, Measuring
from node.web.sessions import Sessions, Times
from schemas.levels import Capability, Profile

_PAGES: Final = (
    pages_base.router,
    calendar_pages.router,
    catalogue_pages.router,
    pages_releases.router,
    pages_sign_in.router,
    pages_second_factor.router,
    pages_kept.router,
    staff_pages.router,
    pages_person.router,
    pages_posts.router,
    case_pages.router,
    pages_lists.router,
    pages_phrases.router,
    pages_authority.router,
    pages_fallback.router,
    agency_pages.router,
    lists_pages.router,
    hall_pages.router,
    pages_applicant.router,
    pages_keeping.router,
    pages_papers.router,
    pages_scans.router,
    pages_signing.router,
    pages_today.router,
    pages_search.router,
    task_pages.router,
    pages_rate.router,
    pages_tablets.router,
    pages_case_rating.router,
    pages_redress.router,
    pages_ask.router,
    notice_pages.router,
    pages_texts.router,
    network_api.router,
    network_pages.router,
    pages_nodes.router,
    pages_acts.router,
    operations_api.router,
    operations_pages.router,
)
"""The pages of every node, beside the API of `node.app`."""
STOP_SECONDS: Final = 3  # for requests under way; live pages are told to go first
BACKLOG: Final = 512


Handlers = tuple[ControllerRouterHandler, ...]


def served_by(profile: Profile) -> tuple[Handlers, Handlers]:
    """Give the pages of a node of this profile, and what its API has beside every node's."""
    pages: Handlers = (*_PAGES, *posted.pages(profile))
    api: Handlers = ()
    if Capability.OVERSEE in profile.capabilities:
        from node.runtime import overseeing  # noqa: PLC0415  # a village does without

        pages, api = (*pages, *overseeing.PAGES), (*api, *overseeing.API)
    if Capability.PUBLISH_ITEMS in profile.capabilities:
        from node.runtime import publishing  # noqa: PLC0415  # 5 MB that a village does without

        pages, api = (*pages, *publishing.PAGES), (*api, *publishing.API)
    return pages, api


def panels_of(profile: Profile) -> Panels:
    """Give what a node of this profile adds to the pages of cases, beside every node's."""
    if Capability.OVERSEE not in profile.capabilities:
        return NO_PANELS
    from node.runtime import overseeing  # noqa: PLC0415  # a village does without

    return overseeing.panels()


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs the node."""

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def served(
    node: Node, network: Network, listener: socket.socket | None = None
) -> AsyncIterator[str]:
    """Serve until the block ends, on `listener` if that took the address already; gives it."""
    live = Live()
    node.on_commit.append(live.publish)
    network.watcher.on_seen.append(live.publish)  # boards change once a follower has looked
    address = Address(node.settings)
    press = press_of(node, address)
    caretaker = Caretaker(node)
    fittings = replace(_fittings(node, network, live, caretaker), press=press)
    forget = partial(rostering.forget_sessions, fittings.sessions)
    node.on_commit.append(forget)
    server = _Server(_config(node, fittings))
    task = asyncio.create_task(server.serve([listener] if listener else None))
    try:
        while not server.started:
            if task.done():
                task.result()
                raise RuntimeError("the HTTP server ended at once")
            await asyncio.sleep(0.005)
        address.here = _url(node.settings.http, server)
        yield address.here
    finally:
        await caretaker.end()
        node.on_commit.remove(live.publish)
        network.watcher.on_seen.remove(live.publish)
        node.on_commit.remove(forget)
        live.close()
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await task


def _url(http: Http, server: uvicorn.Server) -> str:
    port = server.servers[0].sockets[0].getsockname()[1]
    return f"{'https' if http.tls else 'http'}://{http.host}:{port}"


def _config(node: Node, fittings: Fittings) -> uvicorn.Config:
    http = node.settings.http
    certificate: Path | None = None
    key: Path | None = None
    if http.tls:
        made = ensure_certificates(
            node.home / KEYS / CERTIFICATES,
            node=node.me,
            names=node.settings.reached_as,
            now=node.clock.wall(),
        )
        certificate, key = made.certificate, made.private_key
    return uvicorn.Config(
        create_app(fittings),
        host=http.host,
        port=http.port,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        lifespan="on",
        backlog=BACKLOG,
        timeout_graceful_shutdown=STOP_SECONDS,
        ws="none",
    )


def _fittings(node: Node, network: Network, live: Live, caretaker: Caretaker) -> Fittings:
    pages = Pages(
        node=node.me,
        names=node.settings.names,
        profile=node.profile,
        clock=node.clock,
        link_line=_link_line(node, network),
    )
    routers, items_api = served_by(node.profile)
    return Fittings(
        works=node.works,
        sessions=Sessions(node.database, node.clock, _times(node)),
        asks_second_factor=node.settings.asks_second_factor,
        live=live,
        parts=node.parts,
        register=node.register,
        lacks=_lacks(network),
        measuring=_measuring(node, network),
        routers=routers,
        items_api=items_api,
        values={"pages": pages, "control": control_of(node, network), "keeper": caretaker},
        error_page=pages.error_page,
        panels=panels_of(node.profile),
        valid_months=node.settings.materials.valid_months,
    )


def _times(node: Node) -> Times:
    rules = node.settings.sign_in
    return Times(timedelta(minutes=rules.idle_minutes), timedelta(hours=rules.longest_hours))


def _link_line(node: Node, network: Network) -> Callable[[], Awaitable[LinkLine]]:
    async def look() -> LinkLine:
        return await node.works.read(
            partial(lines.link_line, in_touch=network.in_touch, turned_away=network.turned_away)
        )

    return look


def _lacks(network: Network) -> Lacks:
    async def lacks() -> tuple[str, ...]:
        node, now = network.node, to_ms(network.node.clock.now())
        doubtful = await node.works.read(lambda tx: timekeeping.ahead(tx, node.me, now))
        facts = (("recovery", node.ledger.recovering), ("clock", bool(doubtful)))
        return tuple(name for name, lacking in facts if lacking)

    return lacks


def _measuring(node: Node, network: Network) -> Measuring:
    async def measure() -> Iterable[Measure]:
        numbers = await node.works.read(_numbers)
        wal = node.database.path.with_name(node.database.path.name + "-wal")
        size = wal.stat().st_size if wal.exists() else 0
        return (
            *(Measure(name=name, meaning=meaning, value=value) for name, meaning, value in numbers),
            Measure(name="wal_bytes", meaning="Size of the write-ahead log.", value=size),
            Measure(name="writes_waiting", meaning="Works that wait.", value=node.database.waiting),
            Measure(
                name="parts_refused_total", meaning="Asks refused.", value=network.round.refused
            ),
            Measure(name="in_touch", meaning="The broker answers.", value=float(network.in_touch)),
        )

    return measure


def _numbers(tx: Tx) -> list[tuple[str, str, float]]:
    def one(sql: str) -> float:
        return float(tx.execute(sql).fetchone()[0])

    return [
        ("outbox_entries", "Entries with no receipt yet.", one("SELECT count(*) FROM outbox")),
        ("parked_events", "Events that wait for others.", one("SELECT count(*) FROM parked")),
        ("events", "Events stored.", one("SELECT coalesce(max(arrival), 0) FROM events")),
        ("findings", "Network findings.", one("SELECT count(*) FROM network_findings")),
    ]
