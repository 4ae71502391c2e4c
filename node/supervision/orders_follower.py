"""Tells findings what has become of them, wherever the order was written: the follower `orders`."""

from collections.abc import Sequence

from node.following.follower import Lives, Seen
from node.supervision import actions as findings
from node.supervision import orders_store as store
from node.work import Work
from schemas.ids import StreamName
from schemas.orders import OrderView


class OrdersFollower:
    """Looks at orders. Their own projection is the streams'; findings are this node's."""

    name = "orders"
    kinds = frozenset({"order"})

    def look(self, lives: Lives, stream: StreamName, now: int) -> Seen[OrderView] | None:
        """Conclude where an order stands."""
        del now
        order = store.load(lives.tx, stream)
        return None if order is None else Seen(stream, order)

    def keep(self, work: Work, seen: Sequence[Seen[OrderView]]) -> None:
        """Say of what each is about what all orders about it have made of it."""
        for one in seen:
            findings.settle(work, one.found.findings)

    def clear(self, work: Work) -> None:
        """There is nothing of its own to forget."""
