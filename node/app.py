"""The web application of a node, assembled by hand: the only file that knows every router.

What it serves is `Gate`, plain ASGI. Whoever runs it closes `live` before asking the server to
stop, so that open pages do not hold it up.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, YamlRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ControllerRouterHandler

from federation.partstore import PartStore
from node.applicants.actions import Register
from node.calendar import api as calendar_api
from node.cases import api as cases_api
from node.cases import clock_api, erasure_api, law_api, phrases_api, steps_api
from node.cases.counter import Counters, Preparing
from node.cases.page_looker import NO_PANELS, Panels
from node.catalogue import api as catalogue_api
from node.evaluation import api as evaluation_api
from node.evaluation import (
    page_rating,
    page_redress_list,
    redress_api,
    redress_public,
    redress_reading,
)
from node.evaluation.address import RatingAddress
from node.evaluation.booth import Booth
from node.hall import agency_pages, lists_api
from node.materials import api as materials_api
from node.materials.actions import Sharing
from node.materials.model import VALID_MONTHS
from node.notices import api as notices_api
from node.notices import page_notices
from node.notices.office import PLAIN, Office, Press
from node.notices.proving import Prover
from node.parts import api as parts_api
from node.parts import arriving_api
from node.parts.api import Uploads
from node.public import api as public_api
from node.public.door import PublicDoor
from node.releases import api as releases_api
from node.staff import api as staff_api
from node.staff import people_api
from node.staff.signing_in import Reception
from node.supervision.own_thresholds import own_thresholds
from node.tasks import api as tasks_api
from node.tasks import page_tasks
from node.web import memory, probes, problems
from node.web.gate import Gate
from node.web.lean import Lean, Router
from node.web.limits import MAX_BODY_BYTES
from node.web.live import Live
from node.web.probes import Lacks, Measure, Measuring, Probes
from node.web.problems import ErrorPage
from node.web.security import Doorkeeper
from node.web.sessions import Sessions
from node.work import Works
from schemas.levels import Capability, Profile
from schemas.staff import Role

VERSION = "1"
"""Of the API: `/api/v1`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fittings:
    """What the application is fitted with."""

    works: Works
    sessions: Sessions
    live: Live
    parts: PartStore
    register: Register
    lacks: Lacks
    measuring: Measuring
    routers: Sequence[ControllerRouterHandler] = ()
    """Pages, and whatever else the runtime adds."""
    items_api: Sequence[ControllerRouterHandler] = ()
    """What `/api/v1` offers about items beside what every node does."""
    values: Mapping[str, object] = field(default_factory=dict)
    """What those routers ask for by name, beside what is here."""
    error_page: ErrorPage | None = None
    press: Press = PLAIN
    """What notices are printed with."""
    asks_second_factor: bool = False
    """Whether operators, security and auditors must prove a second factor."""
    panels: Panels = NO_PANELS
    """What capabilities that not every node has add to its pages."""
    valid_months: int = VALID_MONTHS
    """How long a paper that was verified once is relied on."""


def create_app(fittings: Fittings) -> Gate:
    """Assemble the application."""
    memory.give_back_large_blocks()
    doorkeeper = Doorkeeper(
        fittings.sessions, fittings.works, asks_proof=fittings.asks_second_factor
    )
    preparing = Preparing(fittings.parts, fittings.register)
    rating_address = RatingAddress(fittings.press.public_url)
    panels = replace(
        fittings.panels,
        notices=page_notices.section,
        tasks=page_tasks.section,
        evaluation=page_rating.section,
        redress=page_redress_list.section,
        asks=(*fittings.panels.asks, redress_reading.asks),
        thresholds=own_thresholds,
        rating_square=rating_address.square_of_case,
    )
    counters = Counters(doorkeeper, preparing, fittings.live, panels)
    gate: list[Gate] = []
    door = fittings.values.get("door")
    door = door if isinstance(door, PublicDoor) else PublicDoor()
    booth = Booth(fittings.works, fittings.sessions, door, fittings.parts, fittings.live)
    doorkeeper.on_seen = booth.saw

    async def measuring() -> Iterable[Measure]:
        return (*await fittings.measuring(), *_of_the_gate(gate[0], fittings.live))

    values: dict[str, object] = {
        "works": fittings.works,
        "live": fittings.live,
        "reception": Reception(fittings.works, fittings.sessions),
        "uploads": Uploads(fittings.parts),
        "part_store": fittings.parts,
        "preparing": preparing,
        "register": fittings.register,
        "notice_office": Office(fittings.press, fittings.parts, fittings.register),
        "prover": Prover(fittings.works),
        "door": door,
        "booth": booth,
        "rating_address": rating_address,
        "kept": doorkeeper.kept,
        "sharing": Sharing(fittings.register, fittings.valid_months),
        "probes": Probes(fittings.lacks, measuring),
        **fittings.values,
    }
    app = Lean(
        route_handlers=[
            probes.router,
            staff_api.router,
            people_api.router,
            *api_of_posts(fittings.works.profile),
            parts_api.router,
            arriving_api.router,
            Router(
                "/api/v1",
                route_handlers=[catalogue_api.router, releases_api.router, *fittings.items_api],
                tags=["items"],
            ),
            Router("/api/v1", route_handlers=[calendar_api.router], tags=["calendar"]),
            Router(
                "/api/v1",
                route_handlers=[
                    cases_api.router,
                    clock_api.router,
                    steps_api.router,
                    law_api.router,
                    erasure_api.router,
                    phrases_api.router,
                    lists_api.router,
                    agency_pages.api,
                ],
                tags=["cases"],
            ),
            Router("/api/v1", route_handlers=[tasks_api.router], tags=["tasks"]),
            Router("/api/v1", route_handlers=[evaluation_api.router], tags=["evaluations"]),
            Router(
                "/api/v1",
                route_handlers=[redress_api.router, redress_public.router],
                tags=["redress"],
            ),
            Router("/api/v1", route_handlers=[materials_api.router], tags=["materials"]),
            Router("/api/v1", route_handlers=[notices_api.router], tags=["notices"]),
            Router("/api/v1", route_handlers=[public_api.router], tags=["public"]),
            *fittings.routers,
        ],
        dependencies={
            "desk": Provide(doorkeeper.desk),
            "visitor": Provide(doorkeeper.visitor),
            "counter": Provide(counters.counter),
            **{name: Provide(_giving(value)) for name, value in values.items()},
        },
        exception_handlers=problems.handlers(fittings.error_page),
        openapi_config=_openapi(),
        logging_config=None,
        request_max_body_size=MAX_BODY_BYTES,
    )
    gate.append(Gate(app))
    return gate[0]


def api_of_posts(profile: Profile) -> Iterable[ControllerRouterHandler]:
    """Give the API for posts that a village station's people never hold."""
    if Role.AUDITOR in profile.roles:
        from node.audit import api as audit_api  # noqa: PLC0415  # a village does without

        yield audit_api.router
    if Capability.ENROL in profile.capabilities:
        from node.roster import api as roster_api  # noqa: PLC0415

        yield Router("/api/v1", route_handlers=[roster_api.router], tags=["staff"])


def _giving(value: object) -> Callable[[], Awaitable[object]]:
    async def give() -> object:
        return value

    return give


def _of_the_gate(gate: Gate, live: Live) -> Iterable[Measure]:
    yield Measure(name="http_changing", meaning="Changes under way.", value=gate.changing)
    yield Measure(name="http_live_pages", meaning="Pages that watch.", value=live.watching)
    for (method, status), count in gate.answered.items():
        labels = MappingProxyType({"method": method, "status": str(status)})
        yield Measure(
            name="http_answers_total", meaning="Answers given.", value=count, labels=labels
        )


def _openapi() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Zhengwu 政务",
        version=VERSION,
        description="Errors are RFC 9457 problem documents with types `urn:zhengwu:problem:…`.",
        path="/schema",
        render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"]), YamlRenderPlugin()],
        use_handler_docstrings=True,
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(type="http", scheme="bearer"),
                "cookie": SecurityScheme(
                    type="apiKey", security_scheme_in="cookie", name="zw_session"
                ),
            }
        ),
    )
