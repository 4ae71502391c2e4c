"""The cases under a light, and the wall: what these pages show, and how it is read."""

from dataclasses import dataclass
from typing import Final

from node.database import Tx
from node.errors import BadInputError
from node.supervision import board_lines, board_network, lights_reading, page_board
from node.supervision.board_lines import Line, Named, Watcher
from node.supervision.board_tree import Tree
from node.supervision.lights import Head, Shown
from node.supervision.lights_store import Wanted
from node.supervision.page_board import MonthOf
from node.web.chrome import Choice, Fact, Mark, Tile, Told, quoted
from schemas.ids import BadNameError, NodeId, parse_node_id
from schemas.supervision import LightCount, LitCase

MOST_ON_WALL: Final = 6  # lines that are read from across a room
MOST_FOUND: Final = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One open case."""

    number: str
    item: str
    whose: str
    stage: str
    origin: str
    mark: Mark
    due: str
    since_ms: int


@dataclass(frozen=True, slots=True)
class CasesPage:
    """The open cases of a subject, all or under one light."""

    title: str
    light: str
    """In words; empty: all of them."""
    tiles: tuple[Tile, ...]
    rows: tuple[Row, ...]
    other: tuple[Choice, ...]
    """The same place the other way: what it has, and what it took."""
    below: tuple[Line, ...]
    tree: Tree | None
    older: str = ""


def head_of(by: str) -> Head:
    """Read what is counted by. Raises `BadInputError`."""
    try:
        return Head(by)
    except ValueError:
        raise BadInputError({"by": "unknown"}) from None


def wanted_of(by: str, subject: str, light: str) -> Wanted:
    """Read which cases are asked for. Raises `BadInputError`."""
    head = head_of(by)
    try:
        shown = Shown(light) if light else None
        if head in (Head.PLACE, Head.ORIGIN):
            parse_node_id(subject)
        elif head is Head.DEPARTMENT:
            parse_node_id(subject.partition("/")[0])
    except (ValueError, BadNameError):
        raise BadInputError({"subject": "unknown"}) from None
    return Wanted(head, subject, shown)


def cases_page(tx: Tx, watcher: Watcher, wanted: Wanted, after: str | None) -> CasesPage:
    """Read the cases of a subject. Raises `BadInputError`."""
    names = board_lines.named(tx, watcher)
    one = _counted(tx, watcher, wanted)
    page = lights_reading.cases(tx, wanted, watcher.now, after=after)
    every = Wanted(wanted.head, wanted.subject)
    is_place = wanted.head in (Head.PLACE, Head.ORIGIN)
    return CasesPage(
        title=names.of(wanted.head, one),
        light=watcher.words.say(f"lights.{wanted.shown}") if wanted.shown else "",
        tiles=(
            *board_lines.light_tiles(watcher.words, one, every),
            *board_lines.rare_tiles(watcher.words, one, every),
        ),
        rows=tuple(_row(watcher, names, case) for case in page.cases),
        other=_other(watcher, wanted) if is_place else (),
        below=_below(tx, watcher, names, wanted) if is_place else (),
        tree=board_network.tree_of(tx, watcher, names, NodeId(wanted.subject))
        if wanted.head is Head.PLACE and _lies_here(watcher, wanted.subject)
        else None,
        older=f"{board_lines.cases_href(wanted)}&after={quoted(page.next)}" if page.next else "",
    )


def _lies_here(watcher: Watcher, place: str) -> bool:
    """Say whether a place is this node, or lies below it."""
    return place.startswith(watcher.me)


def _counted(tx: Tx, watcher: Watcher, wanted: Wanted) -> LightCount:
    if wanted.head is Head.ITEM:
        return lights_reading.named_item(tx, wanted.subject, watcher.now)
    return lights_reading.count_of(tx, wanted.head, wanted.subject, watcher.now)


def _row(watcher: Watcher, names: Named, one: LitCase) -> Row:
    words = watcher.words
    origin = "" if one.origin is None else names.places(one.origin)
    return Row(
        number=one.number,
        item=one.item_name or words.say("list.item_unknown"),
        whose=names.desk(one.node, one.department),
        stage=words.pick(one.stage, ""),
        origin=origin,
        mark=board_lines.mark_of(words, one),
        due=one.due,
        since_ms=one.since,
    )


def _other(watcher: Watcher, wanted: Wanted) -> tuple[Choice, ...]:
    heads = (Head.PLACE, Head.ORIGIN)
    return tuple(
        Choice(
            board_lines.cases_href(Wanted(head, wanted.subject, wanted.shown)),
            watcher.words.say(f"lights.at_{head}"),
            "here" if head is wanted.head else "",
        )
        for head in heads
    )


def _below(tx: Tx, watcher: Watcher, names: Named, wanted: Wanted) -> tuple[Line, ...]:
    """Lay out the places right below, one by one."""
    lines = []
    for place in board_lines.children(tx, NodeId(wanted.subject)):
        one = lights_reading.count_of(tx, wanted.head, place, watcher.now)
        lines.append(board_lines.line_of(watcher.words, names, wanted.head, one, {}))
    return tuple(lines)


# ---- the wall


@dataclass(frozen=True, slots=True)
class WallLine:
    """Something that was found, for all to see: nobody's name and no number."""

    item: str
    whose: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class WallPage:
    """大屏: read from across a room."""

    place: str
    told: Told | None
    open: int
    tiles: tuple[Tile, ...]
    lines: tuple[Line, ...]
    found: tuple[WallLine, ...]
    facts: tuple[Fact, ...]
    tree: Tree
    now_ms: int
    seen: str


def wall_page(tx: Tx, watcher: Watcher, month_of: MonthOf) -> WallPage:
    """Read the wall."""
    names, month = board_lines.named(tx, watcher), month_of(tx, watcher)
    whole = lights_reading.count_of(tx, Head.ALL, "", watcher.now)
    by = page_board.where_most_lie(tx, watcher, names, whole.open)
    lines = board_lines.table(tx, watcher, names, by, month.on_time)
    found = page_board.first_lines(tx, watcher, names)[:MOST_FOUND]
    return WallPage(
        place=names.places(watcher.me),
        told=page_board.missing_calendar(tx, watcher),
        open=whole.open,
        tiles=board_lines.light_tiles(watcher.words, whole, Wanted(Head.ALL)),
        lines=lines[:MOST_ON_WALL],
        found=tuple(
            WallLine(
                item=one.item,
                whose=one.whose,
                mark=one.marks[0],
            )
            for one in found
        ),
        facts=month.facts,
        tree=board_network.tree_of(tx, watcher, names, watcher.me),
        now_ms=watcher.now,
        seen=page_board.mark_of_board(tx, watcher),
    )
