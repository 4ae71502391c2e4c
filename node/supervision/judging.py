"""Judge a case, a matter or a day by the rules, as they were set when each thing came about. Pure.

A hit counts under the book that was in force at the hit's own instant. What lies behind `now` is
found; the first that lies ahead says when to look again. A rule that fails at a subject is written
down, and the other rules are heard all the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from node.supervision import books, model
from node.supervision.books import Term
from node.supervision.model import DayBook, Dossier, Hit, Matter, Rule
from schemas.supervision import FindingLevel, RuleId

Asking = Callable[[Rule, Term], Iterator[Hit] | None]
"""Asks one rule by one book; `None` if the rule does not look at such subjects."""

LONGEST_ERROR: Final = 300  # characters: what a person needs to find the fault


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the rules say of one subject."""

    found: Mapping[str, Hit]
    """By the finding's id."""
    ahead: int | None
    """The first instant that lies ahead at which there will be one more; `None`: none."""
    faults: Mapping[RuleId, str]


def of_case(dossier: Dossier, terms: Sequence[Term], rules: Iterable[Rule], now: int) -> Verdicts:
    """Judge a case."""
    item = dossier.life.item
    code = "" if item is None else item.code
    thresholds = {id(term): books.threshold_of(term.book, code) for term in terms}
    if not any(one is not None for one in thresholds.values()):
        return _judged(dossier.life.stream, terms, rules, now, _asks_case(dossier))

    def ask(rule: Rule, term: Term) -> Iterator[Hit] | None:
        own = replace(dossier, yellow_workdays=thresholds[id(term)])
        return _asks_case(own)(rule, term)

    return _judged(dossier.life.stream, terms, rules, now, ask)


def _asks_case(dossier: Dossier) -> Asking:
    def ask(rule: Rule, term: Term) -> Iterator[Hit] | None:
        return rule.of_case and rule.of_case(dossier, books.values_of(term.book, rule))

    return ask


def of_matter(matter: Matter, terms: Sequence[Term], rules: Iterable[Rule], now: int) -> Verdicts:
    """Judge a bad rating, a complaint or a question."""

    def ask(rule: Rule, term: Term) -> Iterator[Hit] | None:
        return rule.of_matter and rule.of_matter(matter, books.values_of(term.book, rule))

    return _judged(matter.stream, terms, rules, now, ask)


def of_day(day: DayBook, terms: Sequence[Term], rules: Iterable[Rule], now: int) -> Verdicts:
    """Judge a day."""

    def ask(rule: Rule, term: Term) -> Iterator[Hit] | None:
        return rule.of_day and rule.of_day(day, books.values_of(term.book, rule))

    return _judged(day.subject, terms, rules, now, ask)


def _judged(
    subject: str, terms: Sequence[Term], rules: Iterable[Rule], now: int, ask: Asking
) -> Verdicts:
    found: dict[str, Hit] = {}
    ahead: int | None = None
    faults: dict[RuleId, str] = {}
    for rule in rules:
        try:
            hits = tuple(_hits(rule, terms, ask))
        except Exception as error:  # noqa: BLE001  # whatever a rule does, the others are heard
            faults[rule.id] = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
            continue
        for hit in hits:
            if hit.at <= now:
                _keep(found, model.finding_id(subject, hit), hit)
            elif ahead is None or hit.at < ahead:
                ahead = hit.at
    return Verdicts(found, ahead, faults)


def _hits(rule: Rule, terms: Sequence[Term], ask: Asking) -> Iterator[Hit]:
    """Ask a rule once for each way in which it was set, and take of each what lies in its time."""
    for term in terms:
        if books.is_on(term.book, rule):
            yield from (hit for hit in ask(rule, term) or () if term.covers(hit.at))


def _keep(found: dict[str, Hit], name: str, hit: Hit) -> None:
    """Of two hits about the same, keep the graver, then the earlier."""
    former = found.get(name)
    if former is None or _weight(hit) < _weight(former):
        found[name] = hit


def _weight(hit: Hit) -> tuple[bool, int]:
    return hit.level is not FindingLevel.RED, hit.at
