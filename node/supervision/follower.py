"""The follower that runs the rules: what they find of each case, matter and day, kept in a table.

Beside streams it looks at days, each under the name `day/<node>/<date>`: whenever something of a
day was looked at, and each day after the one before it. A day ends, and is looked at again while
people may still write things down about it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from federation import streams
from node.calendar.model import ONE_DAY
from node.cases import alive
from node.cases.life import History
from node.clock import from_ms, local_day
from node.database import Tx
from node.evaluation import reading as evaluations
from node.evaluation import redress_alive
from node.following import actions as following
from node.following.follower import Lives, Seen
from node.supervision import books, bookstore, dossiers, judging, store, watched
from node.supervision.books import Term
from node.supervision.judging import Verdicts
from node.supervision.model import Hit, Rule
from node.supervision.rules import RULES
from node.supervision.store import Row
from node.supervision.versions import Version
from node.supervision.watched import Watched
from node.work import Work
from schemas.ids import NodeId, StreamName, stream_creator
from schemas.supervision import RuleId

KINDS: Final = frozenset({"case", "note", "redress", "rulebook", "calendar"})
DAY: Final = "day"
DAY_PAUSE_MS: Final = 60_000  # a day is judged once a minute while it goes on, not at each event
SLICE: Final = 5000  # cases marked in one Work: tens of milliseconds
CALENDAR_REACH_MS: Final = 100 * 24 * 3_600_000
"""A calendar may change what was found of cases that were closed so long ago: a written notice has
sixty workdays at the most, which holidays stretch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """What follows from one look."""

    subject: str = ""
    """Whose findings these are; empty: nobody's."""
    rows: tuple[Row, ...] = ()
    faults: tuple[tuple[RuleId, str], ...] = ()
    watched: Watched | None = None
    days: tuple[date, ...] = ()
    """Days of this node that it speaks of."""
    day: date | None = None
    """The day that was looked at."""
    again: tuple[StreamName, ...] = ()
    """What else is looked at again because of it."""
    book: tuple[StreamName, int] | None = None
    """Up to which book or calendar of which stream the rules go from now on."""


@dataclass(frozen=True, slots=True)
class Published:
    """A book or a calendar that the rules have not gone by yet."""

    stream: StreamName
    number: int
    from_at: int
    """What was over by then is as it was."""


class Supervision:
    """Runs the rules behind the streams."""

    name = store.FOLLOWER
    kinds = KINDS

    def __init__(self, me: NodeId, rules: Sequence[Rule] = RULES, at_once: int = SLICE) -> None:
        self._me = me
        self._rules = rules
        self._at_once = at_once
        self._terms: dict[NodeId, tuple[Term, ...]] = {}
        self._versions: tuple[Version, ...] = ()

    def look(self, lives: Lives, stream: StreamName, now: int) -> Seen[Concluded] | None:
        """Judge what a name stands for."""
        match stream.partition("/")[0]:
            case "case":
                return self._case(lives, stream, now)
            case "day":
                return self._day(lives, stream, now)
            case "note":
                return self._note(lives, stream)
            case "redress":
                return self._matter(lives, stream, now)
            case "rulebook":
                return self._book(lives, stream, now)
            case "calendar":
                return self._calendar(lives, stream, now)
            case _:
                return None

    # ---- cases

    def _case(self, lives: Lives, stream: StreamName, now: int) -> Seen[Concluded] | None:
        life = lives.of(stream)
        if life is None:
            return None
        dossier = dossiers.of_case(lives, life, self._me)
        terms = [one for one in self._terms_of(lives, life.view.place) if one.ends > life.first.at]
        verdicts = judging.of_case(dossier, terms, self._rules, now)
        seen = watched.watched_of(life, self._me)
        concluded = Concluded(
            subject=stream,
            rows=tuple(self._rows(stream, verdicts, life)),
            faults=tuple(verdicts.faults.items()),
            watched=seen,
            days=() if seen is None else self._days_of(life),
        )
        return Seen(stream, concluded, verdicts.ahead)

    def _days_of(self, life: History) -> tuple[date, ...]:
        mine = (one.step.at for one in life.happenings if one.step.node == self._me)
        return tuple(dict.fromkeys(_day_of(at) for at in mine))

    # ---- evaluations, and what comes of them

    def _note(self, lives: Lives, stream: StreamName) -> Seen[Concluded] | None:
        """Judge a day anew on which somebody evaluated something here."""
        rating = evaluations.of_note(lives.tx, stream)
        if rating is None or rating.node != self._me:
            return None
        return Seen(stream, Concluded(days=(_day_of(rating.given_at),)))

    def _matter(self, lives: Lives, stream: StreamName, now: int) -> Seen[Concluded] | None:
        found = dossiers.of_matter(lives, stream)
        if found is None:
            return None
        matter, view = found
        terms = self._terms_of(lives, view.subject)
        verdicts = judging.of_matter(matter, terms, self._rules, now)
        life = None if view.case is None else lives.of(view.case)
        concluded = Concluded(
            subject=stream,
            rows=tuple(self._rows(stream, verdicts, life)),
            faults=tuple(verdicts.faults.items()),
        )
        return Seen(stream, concluded, verdicts.ahead)

    # ---- days

    def _day(self, lives: Lives, name: StreamName, now: int) -> Seen[Concluded]:
        day = date.fromisoformat(name.rpartition("/")[2])
        book = dossiers.of_day(lives, self._me, day)
        verdicts = judging.of_day(book, self._terms_of(lives, self._me), self._rules, now)
        rows = tuple(
            row
            for finding, hit in verdicts.found.items()
            for row in (
                self._row(name, finding, hit, None if hit.case is None else lives.of(hit.case)),
            )
        )
        concluded = Concluded(
            subject=name, rows=rows, faults=tuple(verdicts.faults.items()), day=day
        )
        goes_on = now < dossiers.known_by(day)
        ahead = [verdicts.ahead, now + DAY_PAUSE_MS if goes_on else None]
        return Seen(name, concluded, min((at for at in ahead if at is not None), default=None))

    # ---- rulebooks and calendars

    def _book(self, lives: Lives, stream: StreamName, now: int) -> Seen[Concluded]:
        """A book that was set may let something come about earlier, or at all."""
        tx = lives.tx
        number, _ = bookstore.latest(tx, stream)
        from_at = bookstore.begins_after(tx, stream, store.books_seen(tx, stream))
        if from_at is None:
            return Seen(stream, Concluded())
        return self._published(tx, Published(stream, number, from_at), now)

    def _calendar(self, lives: Lives, stream: StreamName, now: int) -> Seen[Concluded]:
        """Days that are published now may let something come about that was uncertain before.

        Not only by a clock whose last day moves: one that stands still has none, and the time for a
        written notice is no clock.
        """
        tx = lives.tx
        kept = streams.load(tx, stream)
        number = 0 if kept is None else kept.head_seq + 1
        if number <= store.books_seen(tx, stream):
            return Seen(stream, Concluded())
        return self._published(tx, Published(stream, number, now - CALENDAR_REACH_MS), now)

    def _published(self, tx: Tx, news: Published, now: int) -> Seen[Concluded]:
        """Let all be looked at again that was not over by an instant, and the days since.

        Cases a slice at a time, so that no Work is long; how far it has come is kept beside what
        the rules have gone by.
        """
        walked = StreamName(f"{news.stream}@{news.number}")
        publisher = stream_creator(news.stream)
        after = store.books_seen(tx, walked)
        found = alive.since(tx, news.from_at, publisher, after=after, most=self._at_once)
        if found:
            again = tuple(stream for _, stream in found)
            return Seen(news.stream, Concluded(again=again, book=(walked, found[-1][0])), now)
        days = store.days_since(tx, _day_of(news.from_at))
        again = (
            *redress_alive.since(tx, news.from_at, publisher),
            *(day_name(self._me, day) for day in days if self._me.startswith(publisher)),
        )
        return Seen(news.stream, Concluded(again=again, book=(news.stream, news.number)))

    def _terms_of(self, lives: Lives, place: NodeId) -> tuple[Term, ...]:
        versions = bookstore.versions(lives.tx)
        if versions is not self._versions:
            self._versions, self._terms = versions, {}
        terms = self._terms.get(place)
        if terms is None:
            terms = self._terms[place] = books.terms_of(versions, place)
        return terms

    # ---- what is kept

    def _rows(self, subject: str, verdicts: Verdicts, life: History | None) -> Iterable[Row]:
        return (self._row(subject, name, hit, life) for name, hit in verdicts.found.items())

    def _row(self, subject: str, name: str, hit: Hit, life: History | None) -> Row:
        rule = next(one for one in self._rules if one.id is hit.rule)
        item = None if life is None else life.item
        return Row(
            id=name,
            subject=subject,
            rule=hit.rule,
            rule_class=rule.rule_class,
            level=hit.level,
            at=hit.at,
            node=hit.node,
            department=hit.department,
            staff=hit.staff,
            case=None if life is None else life.stream,
            number=None if life is None else life.view.number,
            item="" if item is None else item.code,
            item_name="" if item is None else item.name,
            values=hit.values,
        )

    def keep(self, work: Work, seen: Sequence[Seen[Concluded]]) -> None:
        """Put what was found in the place of what was found of the same before."""
        soon: dict[StreamName, int] = {}
        for one in seen:
            found = one.found
            if found.subject:
                store.replace(work.tx, found.subject, found.rows, work.now_ms)
                store.put_faults(work.tx, found.subject, dict(found.faults), work.now_ms)
            if found.watched is not None:
                watched.put(work.tx, found.watched)
            if found.book is not None:
                store.see_books(work.tx, *found.book)
            soon |= dict.fromkeys(found.again, work.now_ms)
            soon |= {day_name(self._me, day): work.now_ms + DAY_PAUSE_MS for day in found.days}
            soon |= self._next_day(work, found.day)
        following.look_by(work, store.FOLLOWER, soon)

    def _next_day(self, work: Work, day: date | None) -> dict[StreamName, int]:
        """After a day comes the next, whether anything happened on it or not."""
        if day is None:
            return {}
        store.judged_day(work.tx, day)
        after = day + ONE_DAY
        if store.is_day_judged(work.tx, after):
            return {}
        return {day_name(self._me, after): max(work.now_ms, dossiers.span_of(after)[0])}

    def clear(self, work: Work) -> None:
        """Begin again: what stands stays until it is looked at, what was withdrawn goes."""
        store.forget_withdrawn(work.tx)
        store.forget_days(work.tx)


def day_name(me: NodeId, day: date) -> StreamName:
    """Name a day of a node, as the subject of findings."""
    return StreamName(f"{DAY}/{me}/{day}")


def _day_of(at: int) -> date:
    return local_day(from_ms(at))
