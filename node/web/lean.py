"""Litestar without what it adds that this product does not use."""

from copy import copy, deepcopy
from typing import Any

import litestar
from litestar.plugins import PluginProtocol
from litestar.plugins.core import MsgspecDIPlugin
from litestar.routes import ASGIRoute, BaseRoute, HTTPRoute, WebSocketRoute
from litestar.types import ControllerRouterHandler
from typing_extensions import override

Route = HTTPRoute | ASGIRoute | WebSocketRoute


class Router(litestar.Router):
    """A router that answers OPTIONS nowhere: only a page of another site would ask, and none may.

    Litestar adds a handler for it to every path, each weighed, copied and kept like any other:
    almost half of them all.
    """

    @override
    def register(self, value: ControllerRouterHandler) -> list[BaseRoute]:
        routes = super().register(value)
        for route in routes:
            if isinstance(route, HTTPRoute):
                route.route_handlers[:] = [
                    one for one in route.route_handlers if one.http_methods != {"OPTIONS"}
                ]
                route.methods.discard("OPTIONS")
        return routes

    def __deepcopy__(self, memo: dict[int, Any]) -> "Router":
        """Copy what registering changes: an application copies each of its routers so.

        Litestar copies whatever a handler holds, too, a hundred thousand small things that nobody
        ever changes.
        """
        made = memo[id(self)] = copy(self)
        made.owner = deepcopy(self.owner, memo)
        made.dependencies = deepcopy(self.dependencies, memo)
        made.routes = [_copied(route, memo) for route in self.routes]
        return made


def _copied(route: Route, memo: dict[int, Any]) -> Route:
    if not isinstance(route, HTTPRoute):
        return deepcopy(route, memo)
    made = copy(route)
    made.route_handler_map = {}
    made.route_handlers = []
    for handler in route.route_handlers:
        if id(handler) not in memo:
            one = memo[id(handler)] = copy(handler)
            one.owner = deepcopy(handler.owner, memo)
        made.route_handlers.append(memo[id(handler)])
    return made


class Lean(litestar.Litestar, Router):  # type: ignore[misc]  # `register` adds to `Router`'s
    """Litestar without OPTIONS, and without what it adds for pydantic and attrs: 8 MB and 0.2 s."""

    @staticmethod
    @override
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return [*plugins, MsgspecDIPlugin()]
