"""What is wrong with the changes of a revision, by line and field: the catalogue's own rules."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from node.catalogue import actions as catalogue
from node.catalogue import model, rules, wording
from node.database import Tx
from node.errors import NotFoundError
from node.revisions import model as revising
from node.staff import actions as staff
from schemas.ids import DepartmentId, NodeId
from schemas.item_terms import EndReason
from schemas.items import Item
from schemas.revisions import ItemChange

Standing = tuple[int, EndReason | None]
"""The last version that an item has in the catalogue, and why it ended."""
NEVER: Final[Standing] = (0, None)


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong with one line: sentences by field, one a line, each in both languages."""

    errors: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)


def of_lines(tx: Tx, me: NodeId, lines: Mapping[int, ItemChange]) -> dict[int, Found]:
    """Look at every line, also beside the others and beside the catalogue in force."""
    times = Counter(change.code for change in lines.values())
    return of_some(tx, me, lines, times)


def of_some(
    tx: Tx, me: NodeId, lines: Mapping[int, ItemChange], times: Mapping[str, int]
) -> dict[int, Found]:
    """Look at some lines of a revision; `times` tells how often it changes each item."""
    departments = known_departments(tx)
    standing = catalogue.versions_of(tx, me, (change.code for change in lines.values()))
    return {
        line: _found(
            change, departments, standing.get(change.code, NEVER),
            is_twice=times.get(change.code, 0) > 1,
        )
        for line, change in lines.items()
    }  # fmt: skip


def of_line(tx: Tx, me: NodeId, change: ItemChange, *, is_twice: bool) -> Found:
    """Look at one line; `is_twice` if another of its revision changes the same item."""
    standing = catalogue.version_of(tx, me, change.code)
    return _found(change, known_departments(tx), standing, is_twice=is_twice)


def known_departments(tx: Tx) -> frozenset[DepartmentId]:
    """Name the departments that an item may belong to."""
    return frozenset(department.id for department in staff.departments(tx))


def _found(
    change: ItemChange,
    departments: frozenset[DepartmentId],
    standing: Standing,
    *,
    is_twice: bool,
) -> Found:
    one = of_change(change, departments)
    said = _beside_catalogue(change, standing)
    if is_twice:
        said["code"] = "同一事项有两处变更 · the item is changed twice"
    return Found({**one.errors, **said}, one.warnings)


def of_change(change: ItemChange, departments: frozenset[DepartmentId]) -> Found:
    """Look at one change by itself."""
    if change.item is None or change.ends is not None:
        return Found(_end_faults(change))
    errors: dict[str, str] = {}
    warnings: dict[str, str] = {}
    for flaw in rules.flaws_of(change.item, departments=departments):
        into = warnings if flaw.is_warning else errors
        said = wording.sentence_of(flaw)
        into[flaw.field] = f"{into[flaw.field]}\n{said}" if flaw.field in into else said
    return Found(errors, warnings)


def _end_faults(change: ItemChange) -> dict[str, str]:
    if not revising.is_single(change):
        return {"ends": NOT_SINGLE}
    if change.ends in _TAKEN_OVER and not change.successors:
        return {"successors": "拆分、合并要写明由哪些事项接替 · say which items take its place"}
    return {}


_TAKEN_OVER = frozenset({EndReason.SPLIT, EndReason.MERGED})
NOT_SINGLE = "一处变更要么改内容, 要么结束事项 · a change says either a text or an end of the item"


def foreign(tx: Tx, me: NodeId, change: ItemChange, own: DepartmentId | None) -> dict[str, str]:
    """Say whether a department lays hands on an item that is, or would be, another's.

    Nothing is another's to the service centre, whose `own` is none.
    """
    if own is None:
        return {}
    texts = (change.item, catalogue.last_text(tx, me, change.code))
    if all(text is None or text.department == own for text in texts):
        return {}
    return {"department": "部门只能修改本部门的事项 · not this department's item"}


def outrun(tx: Tx, me: NodeId, changes: Iterable[ItemChange]) -> dict[str, str]:
    """Say which changes were drafted against a version that is no longer the last, by code."""
    listed = tuple(changes)
    standing = catalogue.versions_of(tx, me, (change.code for change in listed))
    found = {}
    for change in listed:
        version, _ = standing.get(change.code, NEVER)
        if version != change.base:
            found[f"{change.code}.base"] = _OUTRUN.format(change.base, version)
    return found


_OUTRUN = (
    "起草时是第 {0} 版，目录已有第 {1} 版，须以第 {1} 版为基础重新对照"
    " · drafted against version {0}, but the catalogue has version {1} by now: go on from that"
)


def _beside_catalogue(change: ItemChange, standing: Standing) -> dict[str, str]:
    version, ends = standing
    if model.is_over(ends):
        return {"code": "事项已经取消, 应使用新的编码 · the item has ended: give it a new code"}
    said = {} if version == change.base else {"base": _OUTRUN.format(change.base, version)}
    if change.item is None and not version:
        said["code"] = "目录中没有这个事项 · there is no such item to end"
    if change.item is None and ends is EndReason.SUSPENDED is change.ends:
        said["ends"] = "事项已经暂停 · the item is suspended already"
    if change.item is not None and change.item.code != change.code:
        said["code"] = "编码不能更改, 改编码应取消旧事项、另立新事项 · its code cannot change"
    return said


def differing(tx: Tx, me: NodeId, items: Sequence[Item], now: int) -> dict[str, ItemChange]:
    """Make a change of each item that is new or not word for word as the catalogue has it.

    What is word for word as it is in force also stays: the workbook that the catalogue gives out
    takes back nothing that is decided for a later day.
    """
    standing = catalogue.versions_of(tx, me, (item.code for item in items))
    changes = {}
    for item in items:
        version, ends = standing.get(item.code, NEVER)
        if version and _stands(tx, me, item, ends, now):
            continue
        changes[item.code] = ItemChange(code=item.code, base=version, item=item)
    return changes


def _stands(tx: Tx, me: NodeId, item: Item, ends: EndReason | None, now: int) -> bool:
    if ends is None and model.is_same(catalogue.last_text(tx, me, item.code), item):
        return True
    try:
        return model.is_same(catalogue.guide(tx, me, item.code, now=now).item, item)
    except NotFoundError:  # nothing of it is in force
        return False
