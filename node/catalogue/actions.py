"""What can be done with the catalogue: put items in force or end them, and find them.

Reading functions take the transaction alone; a Work's `tx` will do as well as a reader's snapshot.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from federation.streams import Verdict
from node.catalogue import model, rules, store, wording
from node.catalogue.store import ReleasedStep, Standing, When
from node.clock import local_day
from node.database import Tx
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.releases import actions as releases
from node.releases import holding
from node.staff import actions as staff
from node.work import SYSTEM, Work
from schemas.ids import DepartmentId, Level, NodeId, StreamName
from schemas.item_terms import EndReason
from schemas.items import (
    Item,
    ItemEnded,
    ItemHistory,
    ItemPublished,
    ItemSummary,
    ItemView,
    PublishReport,
)
from schemas.levels import Capability
from schemas.releases import ReleaseEntry
from schemas.staff import Role

PUBLISHED: Final = "目录发布"
"""What a release is called if nobody says."""


class _Did(Enum):
    BEGUN = "begun"
    CHANGED = "changed"
    ENDED = "ended"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a release does to one item: a new text, or an end."""

    code: str
    item: Item | None = None
    ends: EndReason | None = None
    successors: tuple[str, ...] = ()
    revision: StreamName | None = None
    """The revision that was reviewed and approved; none: on paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Under which name, by which decision, and from which day a release counts."""

    title: str = PUBLISHED
    document: str = ""
    effective_from: str = ""


def publish(work: Work, items: Sequence[Item], terms: Terms | None = None) -> PublishReport:
    """Put `items` in force that were approved on paper: all of them, or none if one has a flaw.

    Each item code has one stream. An item that is in force word for word is left alone; items that
    are not named stay in force. Raises `NotAllowedError`, `BadInputError`, `CannotAppendError`.
    """
    work.require(Capability.PUBLISH_ITEMS)
    if Role.OPERATOR not in work.actor.roles and work.actor.staff != SYSTEM.staff:
        raise NotAllowedError("only an operator publishes items that were approved on paper")
    return release(work, [Step(code=item.code, item=item) for item in items], terms or Terms())


def release(work: Work, steps: Sequence[Step], terms: Terms) -> PublishReport:
    """Make one release of these steps: all of them, or none if one has a flaw.

    Whoever calls this has seen to who may. Raises as `publish`.
    """
    work.require(Capability.PUBLISH_ITEMS)
    _require_sound(work, steps, terms)
    done: dict[_Did, list[str]] = {did: [] for did in _Did}
    entries = []
    into = None
    for step in steps:
        stream = store.stream_of(work.tx, work.me, step.code)
        if _stands_so(work.tx, stream, step):
            done[_Did.UNCHANGED].append(step.code)
            continue
        into = into or releases.next_release(work)
        did, entry = _take(work, stream, step, (terms, *into))
        done[did].append(step.code)
        entries.append(entry)
    number = 0
    if entries:
        number = releases.publish(
            work, entries, title=terms.title, document=terms.document,
            effective_from=terms.effective_from,
        )  # fmt: skip
    return PublishReport(
        begun=tuple(done[_Did.BEGUN]),
        changed=tuple(done[_Did.CHANGED]),
        ended=tuple(done[_Did.ENDED]),
        unchanged=tuple(done[_Did.UNCHANGED]),
        release=number,
    )


def errors_in(items: Iterable[Item], departments: Iterable[DepartmentId]) -> dict[str, str]:
    """Say what keeps `items` from being published, as `<code>.<field>` → sentences."""
    known = frozenset(departments)
    faults: dict[str, str] = {}
    seen: set[str] = set()
    for item in items:
        if item.code in seen:
            faults[f"{item.code}.code"] = "事项编码重复 · the code is given twice"
        seen.add(item.code)
        for flaw in rules.errors_of(item, departments=known):
            field, said = f"{item.code}.{flaw.field}", wording.sentence_of(flaw)
            faults[field] = f"{faults[field]}; {said}" if field in faults else said
    return faults


def item_at(tx: Tx, stream: StreamName, version: int) -> Item | None:
    """Find an item as it stood in `version`, which a running case keeps to; `None` if unknown."""
    return store.load(tx, stream, version)


def offered(
    tx: Tx, at: NodeId, query: str = "", *, now: int, taken_by: Level | None = None
) -> tuple[ItemSummary, ...]:
    """List the items in force at `at` that hold every word of `query`, best first.

    With `taken_by`, only those that windows of that tier take. Without words, by department
    and name. `now` is milliseconds UTC.
    """
    when = _when(tx, now)
    found = store.search(tx, at, query, when) if query.strip() else store.current(tx, at, when)
    if taken_by is None:
        return found
    return tuple(one for one in found if model.mode_at(one.tiers, taken_by) is not None)


def known(tx: Tx, at: NodeId, query: str = "") -> tuple[ItemSummary, ...]:
    """List every item there ever was at `at`, in force or not, as it last stood."""
    return store.known(tx, at, query)


def not_in_force(tx: Tx, at: NodeId, query: str = "", *, now: int) -> tuple[ItemSummary, ...]:
    """List the last step of every item of `at` where that step is an end, or is still to come."""
    return store.not_in_force(tx, at, query, _when(tx, now))


def whole(tx: Tx, at: NodeId, *, now: int) -> tuple[ItemView, ...]:
    """Give every item in force at `at`, whole, by code."""
    return store.bodies(tx, at, _when(tx, now))


def guide(tx: Tx, at: NodeId, code: str, *, now: int) -> ItemView:
    """办事指南: find the item in force at `at` by its code. Raises `NotFoundError`."""
    found = store.view(tx, at, code, _when(tx, now))
    if found is None:
        raise NotFoundError(f"item {code}")
    return found


def code_of(tx: Tx, stream: StreamName) -> str:
    """Give the code that an item has, or had last; empty if it is not known here."""
    return store.code_of(tx, stream)


def last_guide(tx: Tx, at: NodeId, code: str) -> ItemView:
    """Find the last text that an item had at `at`, in force or not. Raises `NotFoundError`."""
    stream = store.stream_at(tx, at, code)
    found = None if stream is None else store.last_view(tx, stream)
    if found is None:
        raise NotFoundError(f"item {code}")
    return found


def version(tx: Tx, at: NodeId, code: str, number: int) -> ItemView:
    """Find one version of an item of `at`, in force or not. Raises `NotFoundError`."""
    stream = store.stream_at(tx, at, code)
    found = None if stream is None else store.version_view(tx, stream, number)
    if found is None:
        raise NotFoundError(f"item {code} version {number}")
    return found


def history(tx: Tx, at: NodeId, code: str, *, now: int) -> ItemHistory:
    """List the versions and ends of an item, the newest first. Raises `NotFoundError`."""
    stream = store.stream_at(tx, at, code)
    if stream is None:
        raise NotFoundError(f"item {code}")
    steps = store.history(tx, stream, _when(tx, now))
    name = last_guide(tx, at, code).item.name
    return ItemHistory(stream=stream, code=code, name=name, versions=steps)


def version_of(tx: Tx, publisher: NodeId, code: str) -> tuple[int, EndReason | None]:
    """Tell the last version that `publisher` gave an item, and why it ended; 0 if it has none."""
    stream = store.stream_of(tx, publisher, code)
    found = None if stream is None else store.standing(tx, stream)
    return (0, None) if found is None else (found.version, found.ends)


def versions_of(
    tx: Tx, publisher: NodeId, codes: Iterable[str]
) -> dict[str, tuple[int, EndReason | None]]:
    """Tell of many items what `version_of` tells of one; those without a version are left out."""
    return store.standings(tx, publisher, codes)


def last_text(tx: Tx, publisher: NodeId, code: str) -> Item | None:
    """Give the last text that `publisher` gave an item; `None` if it has none."""
    stream = store.stream_of(tx, publisher, code)
    found = None if stream is None else store.last_view(tx, stream)
    return None if found is None else found.item


def released(
    tx: Tx, catalogue: StreamName, number: int | None = None, *, first: int = 0, most: int
) -> tuple[ReleasedStep, ...]:
    """List what one release did to items held here, or what each of a publisher's did.

    The newest first; of each release by code, from `first` on at `most` so many.
    """
    return store.released(tx, catalogue, number, first=first, most=most)


def _when(tx: Tx, now: int) -> When:
    return When(now, holding.numbers(tx))


def _require_sound(work: Work, steps: Sequence[Step], terms: Terms) -> None:
    """Raise `BadInputError` with all that is wrong with any step."""
    departments = [department.id for department in staff.departments(work.tx)]
    faults = errors_in((one.item for one in steps if one.item is not None), departments)
    if model.instant_of(terms.effective_from) is None:
        faults["effective_from"] = "不是有效日期，格式如 2027-01-01 · not a day like 2027-01-01"
    elif "" < terms.effective_from < local_day(work.now).isoformat():
        faults["effective_from"] = "施行日期不能早于今天 · it cannot count from a day in the past"
    codes = [step.code for step in steps]
    for step in steps:
        fault = _fault_in(work, step)
        if fault or codes.count(step.code) > 1:
            faults[f"{step.code}.code"] = fault or "同一事项有两处变更 · the item is changed twice"
    if faults:
        raise BadInputError(faults)


def _fault_in(work: Work, step: Step) -> str:
    """Say what is wrong with a step, given what became of the item so far; empty if nothing is."""
    _, ends = version_of(work.tx, work.me, step.code)
    if model.is_over(ends):
        return "事项已经取消, 应使用新的编码 · the item has ended for good: give it a new code"
    if step.item is not None:
        return "" if step.item.code == step.code else "编码不能更改 · its code cannot change"
    exists = last_text(work.tx, work.me, step.code) is not None
    if step.ends is None or not exists:
        return "目录中没有这个事项 · there is no such item to end"
    return "事项已经暂停 · the item is suspended already" if ends is step.ends else ""


def _stands_so(tx: Tx, stream: StreamName | None, step: Step) -> bool:
    """Say whether the item's last version is this very text."""
    found = None if stream is None else store.standing(tx, stream)
    if stream is None or found is None or step.item is None or found.ends is not None:
        return False
    return model.is_same(store.load(tx, stream, found.version), step.item)


def _take(
    work: Work, stream: StreamName | None, step: Step, into: tuple[Terms, StreamName, int]
) -> tuple[_Did, ReleaseEntry]:
    terms, catalogue, number = into
    before = None if stream is None else store.standing(work.tx, stream)
    version = 0 if before is None else before.version
    fact: ItemPublished | ItemEnded
    if step.item is not None:
        fact = ItemPublished(
            version=version + 1, item=step.item, effective_from=terms.effective_from,
            catalogue=catalogue, release=number, revision=step.revision,
        )  # fmt: skip
    else:
        fact = ItemEnded(
            version=version, reason=step.ends or EndReason.ABOLISHED,
            effective_from=terms.effective_from, catalogue=catalogue, release=number,
            revision=step.revision, successors=step.successors,
        )  # fmt: skip
    stored = (
        work.begin("item", fact, holder=work.me)
        if stream is None
        else work.append(stream, fact, holder=work.me)
    )
    if stored.verdict is not Verdict.EFFECTIVE:  # nobody may be told that it was released
        raise BadInputError({f"{step.code}.code": "这一步不能生效 · this step has no effect"})
    name = stored.event.stream
    after = store.standing(work.tx, name) or Standing(0, None, step.code, 0)
    entry = ReleaseEntry(name, stored.hash, tuple(Level)[after.depth])
    if step.item is None:
        return _Did.ENDED, entry
    return (_Did.BEGUN if stream is None else _Did.CHANGED), entry
