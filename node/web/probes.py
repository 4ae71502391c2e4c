"""What machines ask: `/health`, `/ready`, `/metrics` (Prometheus text). Never about a person."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from node.web.lean import Router

TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
NOT_READY: Final = 503


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The node answers, and, for `ready`, what it still lacks to do its work."""

    status: str
    """`ok` or `waiting`."""
    waiting_for: tuple[str, ...] = ()


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One number to watch."""

    name: str
    """Without the prefix `zhengwu_`; counters end in `_total`."""
    meaning: str
    value: float
    labels: Mapping[str, str] = MappingProxyType({})


Lacks = Callable[[], Awaitable[tuple[str, ...]]]
"""Names what the node still lacks to serve people; nothing when it is ready."""
Measuring = Callable[[], Awaitable[Iterable[Measure]]]
"""Takes the measures of the moment."""


class Probes:
    """What the probes look at: put together by whoever assembles the node."""

    def __init__(self, lacks: Lacks, measuring: Measuring) -> None:
        self.lacks = lacks
        self.measuring = measuring


@get("/health")
async def health() -> Health:
    """Tell that the process lives."""
    return Health(status="ok")


@get("/ready", raises=[])
async def ready(probes: NamedDependency[Probes]) -> Response[Health]:
    """Tell whether people can be served: 200, or 503 with what is still missing."""
    lacking = await probes.lacks()
    if not lacking:
        return Response(Health(status="ok"))
    return Response(Health(status="waiting", waiting_for=lacking), status_code=NOT_READY)


@get("/metrics", media_type=TEXT)
async def metrics(probes: NamedDependency[Probes]) -> str:
    """Give the node's numbers in the Prometheus text format."""
    return in_text(await probes.measuring())


def in_text(measures: Iterable[Measure]) -> str:
    """Write measures in the Prometheus text format, those of one name together."""
    by_name: dict[str, list[Measure]] = {}
    for measure in measures:
        by_name.setdefault(measure.name, []).append(measure)
    lines: list[str] = []
    for name, group in by_name.items():
        kind = "counter" if name.endswith("_total") else "gauge"
        lines += [f"# HELP zhengwu_{name} {group[0].meaning}", f"# TYPE zhengwu_{name} {kind}"]
        lines += [f"zhengwu_{name}{_labels(one.labels)} {one.value:g}" for one in group]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


router = Router("/", route_handlers=[health, ready, metrics], tags=["probes"])
