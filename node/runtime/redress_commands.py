"""What an operator's command tells of bad ratings, complaints and questions: facts, no names."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from node.clock import local_day
from node.database import Tx
from node.evaluation import redress_reading as reading
from node.evaluation.redress_reading import Caller
from node.evaluation.redress_store import Wanted
from node.runtime.station import Station
from schemas.redress import RedressView
from schemas.redress_desk import AskRedress, ListRedress, RedressList


async def listing(station: Station, asked: ListRedress) -> RedressList:
    """List the newest first. Raises `NotFoundError` for a page that cannot be."""
    works = station.node.works
    wanted, today = Wanted(is_open=asked.open), local_day(works.clock.now())
    caller = Caller(station.node.me, station.actor)
    return await works.read(
        reading.page, caller, wanted, today, late=asked.late, before=asked.before
    )


async def show(station: Station, asked: AskRedress) -> RedressView:
    """Tell of one. Raises `NotFoundError`."""
    caller = Caller(station.node.me, station.actor)

    def read(tx: Tx) -> RedressView:
        return reading.fresh(tx, reading.find(tx, caller, asked.matter))

    return await station.node.works.read(read)


Run = Callable[[Station, Any], Awaitable[msgspec.Struct]]
COMMANDS: Final[Mapping[str, tuple[type[msgspec.Struct], Run]]] = MappingProxyType(
    {"redress.list": (ListRedress, listing), "redress.show": (AskRedress, show)}
)
