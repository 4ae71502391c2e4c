"""What the lists of cases show: the inbox and the overview. Pure values and their making."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from node.cases.page_case import mark_of
from node.cases.transitions import HOME_IS_STAGE
from node.web.chrome import Choice, Mark, Tile
from node.web.wording import Language, Words
from schemas.cases import Action, CaseState
from schemas.cases_api import CaseLine
from schemas.ids import NodeId

PlaceOf = Callable[[NodeId], str]


@dataclass(frozen=True, slots=True)
class Row:
    """A case in a list of those who work on it."""

    number: str
    item: str
    applicant: str
    mark: Mark
    where: str
    since_ms: int
    act: str
    """What this person's node does next; empty if the case waits elsewhere."""
    owed: Mark | None = None
    """By when the applicant is to bring papers, or that the day has passed."""


@dataclass(frozen=True, slots=True)
class InboxPage:
    """办件: a list and its search."""

    query: str
    box: str
    boxes: tuple[Choice, ...]
    rows: tuple[Row, ...]
    older: str = ""


@dataclass(frozen=True, slots=True)
class BoardLine:
    """The cases that one place took, by state."""

    place: str
    href: str
    counts: tuple[int, ...]
    all: int


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A case as the overview shows it: no names."""

    number: str
    item: str
    origin: str
    holder: str
    mark: Mark
    since_ms: int


@dataclass(frozen=True, slots=True)
class BoardPage:
    """总览: how cases stand, everywhere below."""

    tiles: tuple[Tile, ...]
    columns: tuple[Choice, ...]
    places: tuple[BoardLine, ...]
    list_title: str
    rows: tuple[BoardRow, ...]
    older: str = ""


def row_of(words: Words, line: CaseLine, place_of: PlaceOf, today: date) -> Row:
    """Show one case in a list."""
    held = words.say("list.held_by", place=place_of(line.holder))
    stage = words.pick(line.stage_name, "") if line.state in HOME_IS_STAGE else ""
    return Row(
        number=line.number,
        item=line.item_name or words.say("list.item_unknown"),
        applicant=line.applicant,
        mark=mark_of(words, line.state, line.outcome),
        where=f"{held} · {stage}" if stage and words.language is Language.ZH else held,
        since_ms=line.since,
        act=line.duty or "",
        owed=_owed(words, line, today),
    )


def _owed(words: Words, line: CaseLine, today: date) -> Mark | None:
    if not line.until:
        return None
    if str(today) > line.until:
        return Mark("red", words.say("list.owed_over", day=line.until))
    return Mark("plain", words.say("list.owed_by", day=line.until))


URGENCY: Final = (
    Action.CORRECT,  # somebody was told what is missing, and waits
    Action.SEND_ON,
    Action.ADMIT,  # five days run since it was sent in
    Action.DELIVER,
    Action.CLOSE,
    Action.DECIDE,
    Action.CERTIFY,
    Action.GIVE_OPINION,  # others wait for it
    Action.REVIEW,
    Action.REPORT,
    Action.DISPATCH,
    Action.ACCEPT,
    Action.FORWARD,
    Action.CHECK,
    Action.RESUME,  # what it waits for happens elsewhere
)
"""Which duty comes first on the home page; within one, the oldest."""


def in_order(lines: Sequence[CaseLine]) -> list[CaseLine]:
    """Put what must be done now in the order in which to do it."""

    def rank(line: CaseLine) -> tuple[int, int]:
        place = URGENCY.index(line.duty) if line.duty in URGENCY else len(URGENCY)
        return place, line.since

    return sorted(lines, key=rank)


S = CaseState
COLUMNS: Final = (
    (S.APPLIED, S.RECEIVED),
    (S.CORRECTING,),
    (S.ACCEPTED, S.DISPATCHED, S.REVIEWED, S.REPORTED, S.SUSPENDED),
    (S.DECIDED, S.CERTIFIED, S.READY, S.DELIVERED),
    (S.CLOSED, S.REFUSED, S.RETURNED, S.WITHDRAWN, S.TERMINATED, S.REVOKED),
)
"""Every state but void: what was entered by mistake is counted nowhere."""
_COLUMN_WORDS: Final = ("received", "correcting", "accepted", "decided", "ended")


def columns(words: Words) -> tuple[Choice, ...]:
    """Name the overview's columns."""
    return tuple(Choice(word, words.say(f"board.column_{word}")) for word in _COLUMN_WORDS)


def board_lines(
    counts: Mapping[NodeId, Mapping[CaseState, int]], place_of: PlaceOf
) -> tuple[BoardLine, ...]:
    """Lay out how many cases of each place stand where, by division code."""
    return tuple(
        BoardLine(
            place=place_of(origin),
            href=f"/board?origin={origin}",
            counts=tuple(sum(states.get(state, 0) for state in group) for group in COLUMNS),
            all=sum(cases for state, cases in states.items() if state is not S.VOIDED),
        )
        for origin, states in sorted(counts.items())
    )


def board_row(words: Words, line: CaseLine, place_of: PlaceOf) -> BoardRow:
    """Show one case to those who oversee; never who applied."""
    return BoardRow(
        number=line.number,
        item=line.item_name or words.say("list.item_unknown"),
        origin=place_of(line.origin),
        holder=place_of(line.holder),
        mark=mark_of(words, line.state, line.outcome),
        since_ms=line.since,
    )
