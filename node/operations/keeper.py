"""Who looks after the machine: what the pages and the API ask of the runtime."""

from typing import Protocol, runtime_checkable

from node.work import Actor
from schemas.operations import Operations


@runtime_checkable  # Litestar looks
class Keeper(Protocol):
    """Looks at the machine, and does what takes long beside everything else.

    `back_up`, `drill` and `examine` begin their task if it does not run yet, and wait for it a
    moment, so that what is quick is done when they return.
    """

    async def look(self) -> Operations:
        """Tell how everything stands now."""

    async def back_up(self, actor: Actor) -> None:
        """Make a backup in the actor's name."""

    async def drill(self, actor: Actor) -> None:
        """Restore the latest backup beside the node, verify it, and keep what was found."""

    async def examine(self) -> None:
        """Let the doctor look."""
