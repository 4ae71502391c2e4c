"""试算: what a book of rules would find in what has happened, before it is put in force.

Looks at the latest cases, what came of their evaluations, and the latest days of this node; on a
snapshot, slice by slice so that nobody waits for a reader, and writes nothing. Each is judged
twice: as the books were in force, and as if the candidate had always been.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from node.cases import alive
from node.clock import from_ms, local_day
from node.database import Tx
from node.errors import BadInputError
from node.evaluation import redress_reading as redress
from node.following.follower import Lives
from node.supervision import actions, books, dossiers, judging, saying
from node.supervision.judging import Verdicts
from node.supervision.model import Hit, Rule
from node.supervision.rules import RULES
from node.web.wording import Words
from node.work import Works
from schemas.ids import CaseNumber, NodeId, StreamName
from schemas.supervision import Rulebook, RuleId
from schemas.supervision_api import TrialExample, TrialLine, TrialResult, TryRulebook

MOST_CASES: Final = 20_000  # some twenty seconds of one reader
MOST_DAYS: Final = 366
MOST_EXAMPLES: Final = 20  # a page to read, not a heap
SLICE: Final = 50  # cases in one snapshot: tens of milliseconds
DAYS_SLICE: Final = 5


@dataclass(slots=True)
class _Tally:
    """One rule in a trial."""

    now: int = 0
    then: int = 0
    failed: int = 0
    examples: list[TrialExample] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Both:
    """One subject, judged twice."""

    number: CaseNumber | None
    now: Verdicts
    then: Verdicts


def faults_of(question: TryRulebook) -> dict[str, str]:
    """Say what is wrong with what is asked; nothing: it may be tried."""
    wrong = books.faults_of(question.book, RULES)
    if not 0 <= question.cases <= MOST_CASES:
        wrong["cases"] = "out_of_bounds"
    if not 0 <= question.days <= MOST_DAYS:
        wrong["days"] = "out_of_bounds"
    return wrong


async def tried(
    works: Works, question: TryRulebook, words: Words, rules: Sequence[Rule] = RULES
) -> TrialResult:
    """Try a book on what has happened. Raises `BadInputError`."""
    faults = faults_of(question)
    if faults:
        raise BadInputError(faults)
    me, now = works.ledger.me, works.now_ms
    tallies = {rule.id: _Tally() for rule in rules}
    court = _Court(me, question.book, rules, now)
    streams = await works.read(alive.latest, question.cases)
    for begins in range(0, len(streams), SLICE):
        for both in await works.read(court.cases, streams[begins : begins + SLICE]):
            _count(tallies, both, words)
    days = tuple(_days_before(local_day(from_ms(now)), question.days))
    for begins in range(0, len(days), DAYS_SLICE):
        for both in await works.read(court.days, days[begins : begins + DAYS_SLICE]):
            _count(tallies, both, words)
    return TrialResult(
        cases=len(streams),
        days=len(days),
        lines=tuple(
            TrialLine(
                rule=rule,
                name=words.say(f"rule_name.{rule}"),
                now=one.now,
                then=one.then,
                failed=one.failed,
                examples=tuple(one.examples),
            )
            for rule, one in tallies.items()
        ),
    )


class _Court:
    """Judges subjects twice, on a snapshot."""

    def __init__(self, me: NodeId, book: Rulebook, rules: Sequence[Rule], now: int) -> None:
        self._me = me
        self._rules = rules
        self._now = now
        self._then = books.alone(book)

    def cases(self, tx: Tx, streams: Sequence[StreamName]) -> tuple[_Both, ...]:
        """Judge some cases."""
        lives = Lives(tx)
        return tuple(both for one in streams for both in self._case(lives, one))

    def _case(self, lives: Lives, stream: StreamName) -> Iterator[_Both]:
        life = lives.of(stream)
        if life is None:
            return
        dossier = dossiers.of_case(lives, life, self._me)
        terms = actions.terms_of(lives.tx, life.view.place)
        yield _Both(
            life.view.number,
            judging.of_case(dossier, terms, self._rules, self._now),
            judging.of_case(dossier, self._then, self._rules, self._now),
        )
        for one in redress.of_case(lives.tx, stream):
            yield from self._matter(lives, one.stream, life.view.number)

    def _matter(self, lives: Lives, stream: StreamName, number: CaseNumber) -> Iterator[_Both]:
        found = dossiers.of_matter(lives, stream)
        if found is None:
            return
        matter, view = found
        terms = actions.terms_of(lives.tx, view.subject)
        yield _Both(
            number,
            judging.of_matter(matter, terms, self._rules, self._now),
            judging.of_matter(matter, self._then, self._rules, self._now),
        )

    def days(self, tx: Tx, days: Sequence[date]) -> tuple[_Both, ...]:
        """Judge some days of this node."""
        lives, terms = Lives(tx), actions.terms_of(tx, self._me)
        return tuple(
            _Both(
                None,
                judging.of_day(book, terms, self._rules, self._now),
                judging.of_day(book, self._then, self._rules, self._now),
            )
            for book in (dossiers.of_day(lives, self._me, day) for day in days)
        )


def _days_before(today: date, most: int) -> Iterator[date]:
    return (today - timedelta(days=back) for back in range(most))


def _count(tallies: Mapping[RuleId, _Tally], both: _Both, words: Words) -> None:
    for hit in both.now.found.values():
        tallies[hit.rule].now += 1
    for hit in both.then.found.values():
        tallies[hit.rule].then += 1
    for rule in both.then.faults:
        tallies[rule].failed += 1
    for name, hit in both.then.found.items():
        if name not in both.now.found:
            _show(tallies[hit.rule], both, hit, words, more=True)
    for name, hit in both.now.found.items():
        if name not in both.then.found:
            _show(tallies[hit.rule], both, hit, words, more=False)


def _show(tally: _Tally, both: _Both, hit: Hit, words: Words, *, more: bool) -> None:
    if len(tally.examples) < MOST_EXAMPLES:
        says = saying.says(words, hit.rule, hit.values)
        tally.examples.append(TrialExample(number=both.number, at=hit.at, says=says, more=more))
