"""What an operator's command can read of supervision orders, whether the node runs or not: facts.

A village oversees nobody: what this needs is loaded where it is asked for, and not there.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from node.database import Tx
from node.errors import NotAllowedError, NotFoundError
from node.runtime.station import Station
from schemas import control as c
from schemas.levels import Capability
from schemas.orders import AskOrder, OrderList, OrderView


async def orders(station: Station, _: c.Nothing) -> OrderList:
    """List what is open by its day, and then what was closed last."""
    _require_overseeing(station)
    from node.supervision import orders_reading  # noqa: PLC0415

    return await station.node.works.read(orders_reading.overview)


async def order(station: Station, asked: AskOrder) -> OrderView:
    """Show one order. Raises `NotFoundError`."""
    _require_overseeing(station)
    from node.supervision import orders_reading  # noqa: PLC0415

    def read(tx: Tx) -> OrderView:
        found = orders_reading.named(tx, asked.order)
        if found is None:
            raise NotFoundError(f"order {asked.order}")
        return found

    return await station.node.works.read(read)


def _require_overseeing(station: Station) -> None:
    if Capability.OVERSEE not in station.node.profile.capabilities:
        raise NotAllowedError("a village oversees nobody: ask at the town, the county or the city")


COMMANDS: Final[Mapping[str, tuple[type[msgspec.Struct], Any]]] = MappingProxyType(
    {
        "supervision.orders": (c.Nothing, orders),
        "supervision.order": (AskOrder, order),
    }
)
