"""Which evaluations somebody sees, and what they come to: for those who oversee, without texts.

A department's representative sees those of his department; who oversees sees all that this node
knows. Nobody else does, and nobody what was said of himself.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from node.calendar.model import due_instant
from node.cases import tally
from node.clock import to_ms
from node.database import Tx
from node.errors import BadInputError, NotAllowedError
from node.evaluation import reading, store
from node.evaluation.store import Wanted
from node.work import Actor
from schemas.evaluation import EvaluationChannel, EvaluationList, EvaluationView, Grade
from schemas.ids import NodeId
from schemas.staff import OVERSEERS, Role

PAGE: Final = 50  # lines that a person looks through at once
USUAL_DAYS: Final = 30
MOST_DAYS: Final = 400  # a year and what a comparison needs; days are counted one by one
FIRST: Final = (1 << 62, "")
"""Before the latest of all."""
GOOD: Final = frozenset({Grade.VERY_SATISFIED, Grade.SATISFIED, Grade.FAIRLY_SATISFIED})
"""满意: the three best (domain §13)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for, as it was typed."""

    first: str = ""
    last: str = ""
    grade: str = ""
    channel: str = ""
    window: str = ""
    node: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What the evaluations of some days come to."""

    by_grade: Mapping[Grade, int]
    """Of those that count."""
    rated: int
    """Cases among them."""
    answered: int | None
    """Cases that were answered in these days, as far as they are known here; `None` where only
    some grades, channels or windows are asked for: of cases nobody knows by which they would be."""

    @property
    def all(self) -> int:
        """How many count."""
        return sum(self.by_grade.values())

    @property
    def good(self) -> int:
        """How many are satisfied."""
        return sum(count for grade, count in self.by_grade.items() if grade in GOOD)


def require_reader(actor: Actor) -> None:
    """Go on only if he may see grades at all. Raises `NotAllowedError`."""
    if not (actor.roles & OVERSEERS or _represents(actor)):
        raise NotAllowedError("evaluations are seen by who oversees, and by representatives")


def _represents(actor: Actor) -> bool:
    return Role.REPRESENTATIVE in actor.roles and actor.department is not None


def wanted(me: NodeId, actor: Actor, today: date, asked: Asked) -> Wanted:
    """Read what is asked for, within what he may see.

    Raises `NotAllowedError`; `BadInputError` under what is no day, no grade or no channel.
    """
    require_reader(actor)
    last = _day("last", asked.last, today)
    first = _day("first", asked.first, last - timedelta(days=USUAL_DAYS - 1))
    if not timedelta(0) <= last - first <= timedelta(days=MOST_DAYS):
        raise BadInputError({"first": "day_out_of_range"})
    if asked.grade and asked.grade not in {str(one.value) for one in Grade}:
        raise BadInputError({"grade": "out_of_scale"})
    if asked.channel and asked.channel not in tuple(EvaluationChannel):
        raise BadInputError({"channel": "unknown"})
    own = None
    if not actor.roles & OVERSEERS and actor.department is not None:
        own = (actor.department, me)
    return Wanted(
        first_ms=to_ms(due_instant(first - timedelta(days=1))),
        last_ms=to_ms(due_instant(last)),
        grade=int(asked.grade) if asked.grade else None,
        channel=asked.channel,
        window=asked.window,
        node=asked.node,
        department=own,
        not_of=actor.staff,
    )


def _day(field: str, text: str, otherwise: date) -> date:
    if not text:
        return otherwise
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInputError({field: "not_a_day"}) from None


def page(tx: Tx, which: Wanted, after: str, most: int | None = None) -> EvaluationList:
    """List the latest first, from behind `after`, by pages. Raises `BadInputError`.

    Nothing of whom the reader served himself: a page may be shorter than others.
    """
    most = PAGE if most is None else most
    found = store.listing(tx, which, _place(after), most + 1)
    shown = found[:most]
    more = mark_of(shown[-1]) if len(found) > most else ""
    return EvaluationList(evaluations=tuple(_unserved(tx, which, shown)), next=more)


def _unserved(tx: Tx, which: Wanted, shown: Iterable[EvaluationView]) -> Iterator[EvaluationView]:
    """Leave out the cases in which the reader acted."""
    for one in shown:
        acted = frozenset() if one.case is None else reading.acted_in(tx, one.case)
        if which.not_of not in acted:
            yield one


def mark_of(view: EvaluationView) -> str:
    """Name the place of a line."""
    return f"{view.given_at}-{view.note}"


def _place(after: str) -> tuple[int, str]:
    if not after:
        return FIRST
    at, _, note = after.partition("-")
    if not (at.isascii() and at.isdigit() and len(at) < len(str(FIRST[0]))):
        raise BadInputError({"after": "unknown"})
    return int(at), note


def total(tx: Tx, which: Wanted) -> Sum:
    """Reckon what they come to: by grade, and how many cases were evaluated of those answered."""
    counting = Wanted(
        first_ms=which.first_ms,
        last_ms=which.last_ms,
        grade=which.grade,
        channel=which.channel,
        window=which.window,
        node=which.node,
        department=which.department,
        counting=True,
    )
    answered = None
    if which.grade is None and not (which.channel or which.window or which.node):
        answered = tally.answered_between(tx, which.first_ms, which.last_ms, which.department)
    return Sum(
        by_grade=store.by_grade(tx, counting),
        rated=store.count_cases(tx, counting),
        answered=answered,
    )


def windows(tx: Tx, which: Wanted) -> tuple[str, ...]:
    """Name the windows that were evaluated in these days."""
    return store.windows(tx, which.first_ms, which.last_ms)
