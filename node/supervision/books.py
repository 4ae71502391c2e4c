"""监察规则库: which book of rules was in force where and when. Pure.

A place follows the nearest publisher on its line that has set a book, from the instant at which
that book begins; before the first, everywhere, the program's own settings count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from node.supervision.model import Rule, Values
from node.supervision.versions import Version
from schemas.ids import NodeId, line_of
from schemas.supervision import Rulebook, RuleId, RuleSetting

USUAL: Final = Rulebook()
BEGINNING: Final = -(1 << 62)  # before anything that anybody could claim
FOREVER: Final = 1 << 62
LEAST_THRESHOLD: Final = 0  # workdays: yellow on the last day alone
MOST_THRESHOLD: Final = 60  # a quarter of a year: more would warn of everything always
MOST_THRESHOLDS: Final = 5000  # items of a large county
LONGEST_REASON: Final = 200  # characters: a few words
LONGEST_CODE: Final = 80  # of an item


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A stretch of time in which one book is in force."""

    begins: int
    ends: int
    """Not included."""
    book: Rulebook
    version: Version | None = None
    """Of which it is; `None`: the program's own settings."""

    def covers(self, at: int) -> bool:
        """Say whether an instant lies in it."""
        return self.begins <= at < self.ends


ALWAYS: Final = (Term(begins=BEGINNING, ends=FOREVER, book=USUAL),)


def terms_of(versions: Iterable[Version], place: NodeId) -> tuple[Term, ...]:
    """Lay out which book was in force at a place at any time, the oldest first."""
    begun: list[Version] = []
    ends = FOREVER
    for publisher in line_of(place):
        own = sorted(
            (one for one in versions if one.publisher == publisher and one.from_at < ends),
            key=lambda one: (one.from_at, one.number),
        )
        begun = [*own, *begun]
        ends = min((one.from_at for one in begun), default=FOREVER)
    if not begun:
        return ALWAYS
    starts = [*(one.from_at for one in begun), FOREVER]
    found = (
        Term(begins=first, ends=last, book=one.book, version=one)
        for one, (first, last) in zip(begun, pairwise(starts), strict=True)
    )
    before = Term(begins=BEGINNING, ends=starts[0], book=USUAL)
    return (before, *(one for one in found if one.begins < one.ends))


def at(terms: Sequence[Term], instant: int) -> Term:
    """Give what was in force at an instant."""
    return next(one for one in terms if one.covers(instant))


def alone(book: Rulebook) -> tuple[Term, ...]:
    """Pretend that a book had always been in force: for a trial."""
    return (Term(begins=BEGINNING, ends=FOREVER, book=book),)


def setting_of(book: Rulebook, rule: RuleId) -> RuleSetting | None:
    """Find how a book sets a rule; `None`: as the program has it."""
    return next((one for one in book.settings if one.rule is rule), None)


def is_on(book: Rulebook, rule: Rule) -> bool:
    """Say whether a rule is on by a book."""
    said = setting_of(book, rule.id)
    return rule.on if said is None else said.on


def values_of(book: Rulebook, rule: Rule) -> Values:
    """Give a rule's parameters by a book; one that is out of bounds is as the program has it."""
    said = setting_of(book, rule.id)
    if said is None or not said.values:
        return rule.usual
    return {
        name: said.values[name]
        if name in said.values and one.least <= said.values[name] <= one.most
        else one.usual
        for name, one in rule.parameters.items()
    }


def threshold_of(book: Rulebook, item: str) -> int | None:
    """Give the item's own threshold for yellow, in workdays; `None`: the usual one."""
    return next((one.yellow_workdays for one in book.thresholds if one.item == item), None)


def faults_of(book: Rulebook, rules: Sequence[Rule]) -> dict[str, str]:
    """Say what is wrong with a book, by the field of its form; nothing: it may be set."""
    known = {rule.id: rule for rule in rules}
    wrong: dict[str, str] = {}
    for one in book.settings:
        rule = known.get(one.rule)
        if rule is None:
            wrong[f"{one.rule}"] = "unknown"
            continue
        for name, value in one.values.items():
            bounds = rule.parameters.get(name)
            if bounds is None:
                wrong[f"{one.rule}.{name}"] = "unknown"
            elif not bounds.least <= value <= bounds.most:
                wrong[f"{one.rule}.{name}"] = "out_of_bounds"
    return wrong | _threshold_faults(book)


def _threshold_faults(book: Rulebook) -> dict[str, str]:
    wrong: dict[str, str] = {}
    codes = [one.item for one in book.thresholds]
    if len(codes) > MOST_THRESHOLDS:
        wrong["thresholds"] = "too_many"
    for one in book.thresholds:
        if not 0 < len(one.item) <= LONGEST_CODE:
            wrong["thresholds"] = "missing"
        elif codes.count(one.item) > 1:
            wrong["thresholds"] = "doubled"
        elif not LEAST_THRESHOLD <= one.yellow_workdays <= MOST_THRESHOLD:
            wrong["thresholds"] = "out_of_bounds"
    return wrong


def tidied(book: Rulebook, rules: Sequence[Rule]) -> Rulebook:
    """Leave out what is as the program has it anyway, and put the rest in order."""
    settings = []
    for rule in rules:
        said = setting_of(book, rule.id)
        if said is None:
            continue
        values = {
            name: value
            for name, value in sorted(said.values.items())
            if name in rule.parameters and value != rule.parameters[name].usual
        }
        if values or said.on is not rule.on:
            settings.append(RuleSetting(rule=rule.id, on=said.on, values=values))
    ordered = tuple(sorted(book.thresholds, key=lambda one: one.item))
    return Rulebook(settings=tuple(settings), thresholds=ordered)
