"""What a command acts on, and who acts."""

from dataclasses import dataclass
from typing import Final

from node.errors import NotAllowedError
from node.runtime.network import Network
from node.runtime.opening import Node
from node.work import Actor
from schemas.ids import StaffId
from schemas.staff import Role

OPERATOR: Final = Actor(
    StaffId("operator"), frozenset({Role.OPERATOR, Role.SUPERVISOR}), name="命令行"
)
"""Who acts when the command is typed on the node's own machine by the owner of its files."""


@dataclass(frozen=True, slots=True)
class Station:
    """What a command acts on."""

    node: Node
    network: Network | None = None
    url: str = ""
    actor: Actor = OPERATOR

    @property
    def online(self) -> Network:
        """The network. Raises `NotAllowedError` while the node does not run."""
        if self.network is None:
            raise NotAllowedError("the node must be running for this: start it with `zhengwu run`")
        return self.network
