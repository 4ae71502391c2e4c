"""The board of supervision: what it shows, and how that is read. Facts alone, nobody's name."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from node.calendar import actions as calendar
from node.cases import page_lists, reading
from node.clock import CHINA, to_ms
from node.database import Tx
from node.staff import page_posts
from node.supervision import board_lines, board_network, lights_reading, orders_asks
from node.supervision import reading as findings
from node.supervision.board_lines import Line, Named, Watcher
from node.supervision.board_tree import Tree
from node.supervision.lights import Head, Shown
from node.supervision.lights_store import Wanted
from node.web.chrome import Choice, Fact, Mark, Tile, Told
from schemas.cases import CaseState
from schemas.ids import NodeId, parent_of
from schemas.levels import Capability
from schemas.staff import Role
from schemas.supervision import Finding, LitCase

MOST_FINDINGS: Final = 20  # of the gravest that are looked at: several may be about one case
MOST_FIRST: Final = 5  # lines above all else: who has more begins with these
MOST_MARKS: Final = 3  # of one case
MOST_LATE: Final = 5
TABS: Final = (Head.DEPARTMENT, Head.PLACE, Head.ORIGIN, Head.WINDOW, Head.ITEM)


@dataclass(frozen=True, slots=True)
class Month:
    """What a month came to so far."""

    facts: tuple[Fact, ...] = ()
    on_time: Mapping[str, str] = field(default_factory=dict)
    """按时办结 of each department, `node/department`, in words."""


MonthOf = Callable[[Tx, Watcher], Month]
"""Reads this month; handed over by appraisal, which lies above."""


@dataclass(frozen=True, slots=True)
class States:
    """The cases that one place took, by state."""

    columns: tuple[Choice, ...]
    lines: tuple[page_lists.BoardLine, ...]


@dataclass(frozen=True, slots=True)
class First:
    """Something to look at before all else."""

    item: str
    number: str
    whose: str
    since_ms: int
    marks: tuple[Mark, ...]
    """What was found, the gravest first."""
    says: str
    href: str
    act: str
    act_href: str


@dataclass(frozen=True, slots=True)
class BoardPage:
    """效能监察: how the open cases stand."""

    told: Told | None
    tiles: tuple[Tile, ...]
    more_tiles: tuple[Tile, ...]
    open: int
    first: tuple[First, ...]
    tab: Head
    tabs: tuple[Choice, ...]
    lines: tuple[Line, ...]
    states: States | None
    tree: Tree
    month: Month
    seen: str
    """A mark of what is shown: another one says that it has changed."""


def board_page(tx: Tx, watcher: Watcher, by: Head | None, month_of: MonthOf) -> BoardPage:
    """Read the board."""
    names, month = board_lines.named(tx, watcher), month_of(tx, watcher)
    whole = lights_reading.count_of(tx, Head.ALL, "", watcher.now)
    tab = by if by in TABS else where_most_lie(tx, watcher, names, whole.open)
    first = first_lines(tx, watcher, names)
    gaps = page_posts.gap_tiles(tx, watcher.actor, watcher.words, watcher.today)
    asked = orders_asks.tiles(tx, watcher.me, watcher.actor, watcher.words, watcher.now)
    return BoardPage(
        told=missing_calendar(tx, watcher),
        tiles=board_lines.light_tiles(watcher.words, whole, Wanted(Head.ALL)),
        more_tiles=(*asked, *gaps, *board_lines.rare_tiles(watcher.words, whole, Wanted(Head.ALL))),
        open=whole.open,
        first=first,
        tab=tab,
        tabs=tuple(
            Choice(one, watcher.words.say(f"lights.by_{one}"))
            for one in TABS
            if one is not Head.WINDOW or names.windows
        ),
        lines=()
        if tab is Head.ORIGIN
        else board_lines.table(tx, watcher, names, tab, month.on_time),
        states=states(tx, watcher, names) if tab is Head.ORIGIN else None,
        tree=board_network.tree_of(tx, watcher, names, watcher.me),
        month=month,
        seen=mark_of_board(tx, watcher),
    )


def where_most_lie(tx: Tx, watcher: Watcher, names: Named, whole: int) -> Head:
    """Begin with the departments, but where most of what is open lies with the places below."""
    below = sum(
        lights_reading.count_of(tx, Head.PLACE, one, watcher.now).open
        for one in board_lines.children(tx, watcher.me)
    )
    return Head.DEPARTMENT if names.departments and below * 2 <= whole else Head.PLACE


def mark_of_board(tx: Tx, watcher: Watcher) -> str:
    """Give a short mark of what a board shows now."""
    counted = lights_reading.bare_counts(tx, Head.DEPARTMENT, watcher.now)
    late = lights_reading.cases(tx, Wanted(Head.ALL, "", Shown.RED), watcher.now, most=MOST_LATE)
    found = findings.open_first(tx, watcher.words, MOST_FINDINGS)
    said = (
        orders_asks.asks(tx, watcher.me, watcher.actor, watcher.now),
        counted, [(one.case, one.since) for one in late.cases],
        [(one.id, one.state) for one in found],
    )  # fmt: skip
    return hashlib.sha256(repr(said).encode()).hexdigest()[:MARK_DIGITS]


MARK_DIGITS: Final = 16  # hex: two boards of one node never meet by chance


def missing_calendar(tx: Tx, watcher: Watcher) -> Told | None:
    """Say that a year has begun without its calendar: the publisher's fault, and what to do."""
    lacking = calendar.lacking(tx, watcher.me, watcher.today)
    if lacking is None or not lacking.missing:
        return None
    words = watcher.words
    way = "lights.calendar_ours" if _publishes(watcher) else "lights.calendar_above"
    return Told("stop", words.say("lights.calendar_missing", year=lacking.year), words.say(way))


def first_lines(tx: Tx, watcher: Watcher, names: Named) -> tuple[First, ...]:
    """Name the gravest findings that wait, then cases that are late and of which none speaks."""
    found = findings.open_first(tx, watcher.words, MOST_FINDINGS)
    together: dict[str, list[Finding]] = {}
    for one in found:
        together.setdefault(one.case or one.id, []).append(one)
    wanted = Wanted(Head.ALL, "", Shown.RED)
    late = lights_reading.cases(tx, wanted, watcher.now, most=MOST_LATE).cases
    return (
        *_of_calendar(tx, watcher, names),
        *(_of_findings(watcher, names, some) for some in list(together.values())[:MOST_FIRST]),
        *(_of_case(watcher, names, one) for one in late if one.case not in together),
    )


def _of_findings(watcher: Watcher, names: Named, some: Sequence[Finding]) -> First:
    words, one = watcher.words, some[0]
    orders = Role.SUPERVISOR in watcher.actor.roles and one.order is None
    return First(
        item=one.item_name or words.say(f"rule_name.{one.rule}"),
        number=one.number or "",
        whose=names.desk(one.node, one.department),
        since_ms=one.at,
        marks=tuple(
            Mark(each.level, words.say(f"rule_name.{each.rule}")) for each in some[:MOST_MARKS]
        ),
        says=one.says,
        href=f"/cases/{one.number}" if one.number else f"/supervision/findings/{one.id}",
        act=words.say("lights.order" if orders else "lights.look"),
        act_href=f"/supervision/orders/new?finding={one.id}"
        if orders
        else f"/supervision/findings/{one.id}",
    )


def _of_calendar(tx: Tx, watcher: Watcher, names: Named) -> Iterator[First]:
    """Hold a year that has begun without its calendar against whoever is to publish it."""
    lacking = calendar.lacking(tx, watcher.me, watcher.today)
    if lacking is None or not lacking.missing:
        return
    words = watcher.words
    begun = datetime(lacking.year, 1, 1, tzinfo=CHINA)
    publisher = watcher.me if _publishes(watcher) else parent_of(watcher.me) or watcher.me
    yield First(
        item=words.say("lights.calendar_of", year=lacking.year),
        number="",
        whose=names.places(publisher),
        since_ms=to_ms(begun),
        marks=(Mark("red", words.say("lights.missing")),),
        says=words.say("lights.calendar_missing", year=lacking.year),
        href="/calendar",
        act=words.say("lights.look"),
        act_href="/calendar",
    )


def _publishes(watcher: Watcher) -> bool:
    return Capability.PUBLISH_ITEMS in watcher.profile.capabilities


def _of_case(watcher: Watcher, names: Named, one: LitCase) -> First:
    words = watcher.words
    return First(
        item=one.item_name or words.say("list.item_unknown"),
        number=one.number,
        whose=names.desk(one.node, one.department),
        since_ms=one.since,
        marks=(board_lines.mark_of(words, one),),
        says=words.say("lights.due", day=one.due),
        href=f"/cases/{one.number}",
        act=words.say("lights.look"),
        act_href=f"/cases/{one.number}",
    )


def states(tx: Tx, watcher: Watcher, names: Named) -> States:
    """Lay out how many cases of each place stand where, ended ones among them."""
    counted: dict[NodeId, dict[CaseState, int]] = {}
    for taken_at, state, cases in reading.board(tx):
        counted.setdefault(taken_at, {})[state] = cases
    words = watcher.words
    return States(page_lists.columns(words), page_lists.board_lines(counted, names.places))
