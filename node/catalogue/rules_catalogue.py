"""目录校验: what is wrong among the items of one catalogue, that none of them shows alone."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from node.catalogue.flaws import Flaw, Rule
from schemas.items import Item


@dataclass(frozen=True, slots=True)
class Misfit:
    """A flaw of one of several items. Codes may repeat, so it tells the item's place."""

    number: int
    """Which item, from 0, in the order given."""
    flaw: Flaw


def catalogue_flaws(items: Sequence[Item], *, in_force: Collection[str] = ()) -> tuple[Misfit, ...]:
    """List codes given twice, items that follow each other in a ring, and codes of no item.

    `in_force` are codes that the catalogue has besides; an item given may take one's place.
    """
    known = {item.code for item in items} | set(in_force)
    times = Counter(item.code for item in items)
    before = {item.code: item.follows for item in items if item.follows}
    return tuple(
        Misfit(number, flaw)
        for number, item in enumerate(items)
        for flaw in _misfits(item, known, times, before)
    )


def _misfits(
    item: Item, known: set[str], times: Mapping[str, int], before: Mapping[str, str]
) -> Iterator[Flaw]:
    if times[item.code] > 1:
        yield Flaw("code", Rule.CODE_TAKEN, (item.code,))
    if item.follows and item.follows not in known:
        yield Flaw("follows", Rule.FOLLOWS_UNKNOWN, (item.follows,))
    if item.follows != item.code and _is_in_ring(item.code, before):
        yield Flaw("follows", Rule.FOLLOWS_CYCLE, (item.code,))
    for number, code in enumerate(item.predecessors):
        if code not in known:
            yield Flaw(f"predecessors[{number}]", Rule.PREDECESSOR_UNKNOWN, (code,))


def _is_in_ring(code: str, before: Mapping[str, str]) -> bool:
    passed: set[str] = set()
    at = before.get(code)
    while at is not None and at != code and at not in passed:
        passed.add(at)
        at = before.get(at)
    return at == code
