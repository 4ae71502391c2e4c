"""What can be done with the catalogue: publish items, and find those in force.

Reading functions take the transaction alone; a Work's `tx` will do as well as a reader's snapshot.
"""

from collections.abc import Iterable, Sequence
from enum import Enum

from node.catalogue import model, rules, store, wording
from node.database import Tx
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.staff import actions as staff
from node.work import SYSTEM, Work
from schemas.ids import DepartmentId, Level, NodeId, StreamName
from schemas.items import Item, ItemPublished, ItemSummary, ItemView, PublishReport
from schemas.levels import Capability
from schemas.staff import Role


class _Did(Enum):
    BEGUN = "begun"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


def publish(work: Work, items: Sequence[Item]) -> PublishReport:
    """Put `items` in force in this node's catalogue: all of them, or none if one has a flaw.

    Each item code has one stream. An item that is in force word for word is left alone; items that
    are not named stay in force. Raises `NotAllowedError`, `BadInputError`, `CannotAppendError`.
    """
    work.require(Capability.PUBLISH_ITEMS)
    if Role.OPERATOR not in work.actor.roles and work.actor.staff != SYSTEM.staff:
        raise NotAllowedError("only an operator publishes items")
    _require_sound(work.tx, items)
    done: dict[_Did, list[str]] = {did: [] for did in _Did}
    for item in items:
        done[_put(work, item)].append(item.code)
    return PublishReport(
        begun=tuple(done[_Did.BEGUN]),
        changed=tuple(done[_Did.CHANGED]),
        unchanged=tuple(done[_Did.UNCHANGED]),
    )


def faults_of(items: Iterable[Item], departments: Iterable[DepartmentId]) -> dict[str, str]:
    """Say what keeps `items` from being published, as `<code>.<field>` → sentences."""
    known = frozenset(departments)
    faults: dict[str, str] = {}
    seen: set[str] = set()
    for item in items:
        if item.code in seen:
            faults[f"{item.code}.code"] = "事项编码重复 · the code is given twice"
        seen.add(item.code)
        for flaw in rules.flaws_of(item, departments=known):
            field, said = f"{item.code}.{flaw.field}", wording.sentence_of(flaw)
            faults[field] = f"{faults[field]}; {said}" if field in faults else said
    return faults


def item_at(tx: Tx, stream: StreamName, version: int) -> Item | None:
    """Find an item as it stood in `version`, which a running case keeps to; `None` if unknown."""
    return store.load(tx, stream, version)


def offered(
    tx: Tx, at: NodeId, query: str = "", *, taken_by: Level | None = None
) -> tuple[ItemSummary, ...]:
    """List the items in force at `at` that hold every word of `query`, best first.

    With `taken_by`, only those that windows of that tier take. Without words, by department
    and name.
    """
    found = store.search(tx, at, query) if query.strip() else store.current(tx, at)
    if taken_by is None:
        return found
    return tuple(one for one in found if model.mode_at(one.tiers, taken_by) is not None)


def guide(tx: Tx, at: NodeId, code: str) -> ItemView:
    """办事指南: find the item in force at `at` by its code. Raises `NotFoundError`."""
    found = store.view(tx, at, code)
    if found is None:
        raise NotFoundError(f"item {code}")
    return found


def _require_sound(tx: Tx, items: Sequence[Item]) -> None:
    departments = [department.id for department in staff.departments(tx)]
    faults = faults_of(items, departments)
    if faults:
        raise BadInputError(faults)


def _put(work: Work, item: Item) -> _Did:
    stream = store.stream_of(work.tx, work.me, item.code)
    if stream is None:
        work.begin("item", ItemPublished(version=1, item=item), holder=work.me)
        return _Did.BEGUN
    version = store.version_of(work.tx, stream)
    if store.load(work.tx, stream, version) == item:
        return _Did.UNCHANGED
    work.append(stream, ItemPublished(version=version + 1, item=item), holder=work.me)
    return _Did.CHANGED
