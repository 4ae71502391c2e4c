"""What the lists of cases show: the inbox, and cases by place. Pure values and their making."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, assert_never

from node.cases import transitions
from node.cases.page_case import mark_of
from node.cases.transitions import HOME_IS_STAGE
from node.web.chrome import Choice, Mark
from node.web.wording import Language, Words
from schemas.cases import Action, CaseState
from schemas.cases_api import CaseLine
from schemas.clocks import Light
from schemas.ids import NodeId
from schemas.staff import Role

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
    """What his post does next with it; empty if it waits for somebody else."""
    owed: Mark | None = None
    """By when the applicant is to bring papers, or that the day has passed."""
    light: Mark | None = None
    """How near the end of its limit is; none where no limit runs."""
    due: str = ""
    """The last day of that limit."""
    acts: tuple[Action, ...] = ()
    """What can be done to several at once, this one among them."""


@dataclass(frozen=True, slots=True)
class InboxPage:
    """办件: a list and its search."""

    query: str
    box: str
    boxes: tuple[Choice, ...]
    rows: tuple[Row, ...]
    acts: tuple[Choice, ...] = ()
    """What can be done to those that are ticked."""
    live: str = ""
    """Where the list learns that it has changed; empty where it need not."""
    older: str = ""


@dataclass(frozen=True, slots=True)
class BoardLine:
    """The cases that one place took, by state."""

    place: str
    href: str
    counts: tuple[int, ...]
    all: int


def row_of(
    words: Words, line: CaseLine, place_of: PlaceOf, today: date, roles: frozenset[Role]
) -> Row:
    """Show one case in a list to somebody of these posts."""
    held = words.say("list.held_by", place=place_of(line.holder))
    stage = words.pick(line.stage_name, "") if line.state in HOME_IS_STAGE else ""
    return Row(
        number=line.number,
        item=line.item_name or words.say("list.item_unknown"),
        applicant=line.applicant,
        mark=mark_of(words, line.state, line.outcome),
        where=f"{held} · {stage}" if stage and words.language is Language.ZH else held,
        since_ms=line.since,
        act=line.duty if line.duty and transitions.doers_of(line.duty) & roles else "",
        owed=_owed(words, line, today),
        light=light_of(words, line),
        due=line.due,
        acts=at_once(line),
    )


def light_of(words: Words, line: CaseLine) -> Mark | None:
    """Say in colour, shape and words how near the end of the limit is."""
    return None if line.light is None else light_mark(words, line.light, line.left, line.due)


def light_mark(words: Words, light: Light, left: int, due: str) -> Mark:
    """Say a light with the workdays that are left, or over, and the day where it is in doubt."""
    match light:
        case Light.STILL:
            return Mark("still", words.say("desk.still"))
        case Light.UNSURE:
            return Mark("yellow", words.say("desk.unsure"))
        case Light.MISSING:
            return Mark("plain", words.say("lights.missing_until", day=due))
        case Light.RED:
            return Mark("red", counted(words, "over", -left))
        case Light.GREEN | Light.YELLOW:
            return Mark(light.value, counted(words, "left", left))
        case _:
            assert_never(light)


def counted(words: Words, key: str, workdays: int) -> str:
    """Count in workdays: none are left on the last day, and over a rest day none have passed."""
    if workdays == 0:
        return words.say("clock.today" if key == "left" else "clock.over_rest")
    return words.say(f"clock.{key}_one") if workdays == 1 else words.say(f"clock.{key}", n=workdays)


AT_ONCE: Final = (Action.SIGN_IN, Action.DISPATCH, Action.CLOSE)
"""What may be done to several cases in one go: it decides nothing, and its form asks nothing."""


def at_once(line: CaseLine) -> tuple[Action, ...]:
    """Say what of that may be done to this case, as far as the list tells."""
    if line.duty in AT_ONCE:
        return (line.duty,)
    signs = line.duty is Action.REVIEW and line.state is CaseState.DISPATCHED and not line.handler
    return (Action.SIGN_IN,) if signs else ()


def _owed(words: Words, line: CaseLine, today: date) -> Mark | None:
    if not line.until:
        return None
    if str(today) > line.until:
        return Mark("red", words.say("list.owed_over", day=line.until))
    return Mark("plain", words.say("list.owed_by", day=line.until))


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
            href=f"/supervision/cases?by=origin&subject={origin}",
            counts=tuple(sum(states.get(state, 0) for state in group) for group in COLUMNS),
            all=sum(cases for state, cases in states.items() if state is not S.VOIDED),
        )
        for origin, states in sorted(counts.items())
    )
