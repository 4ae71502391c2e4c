"""What is written down of looking after the node, inside the caller's Work."""

from pathlib import PurePath

from node.audit import actions as audit
from node.database import Tx
from node.errors import NotAllowedError
from node.operations import store
from node.work import Actor, Work
from schemas.audit import Act
from schemas.operations import Drill
from schemas.staff import Role


def require_operator(actor: Actor) -> None:
    """Pass whoever looks after the machine. Raises `NotAllowedError`."""
    if Role.OPERATOR not in actor.roles:
        raise NotAllowedError("only an operator looks after the node")


def note_backup(work: Work, path: PurePath) -> None:
    """Write down that a backup was made."""
    audit.note(work, Act.BACKUP_MADE, path.name)


def note_drill(work: Work, drill: Drill) -> None:
    """Keep what a drill found, and write down that it was done."""
    store.add(work.tx, drill)
    audit.note(work, Act.BACKUP_DRILLED, drill.backup, {"clean": "yes" if drill.clean else "no"})


def last_drill(tx: Tx) -> Drill | None:
    """Tell of the last drill."""
    return store.last(tx)
