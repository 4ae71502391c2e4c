"""流程图: draws an item's process from its stages, in lanes of the tiers that take part. Pure.

Time runs to the right (`across`) or down (`down`, for phones); both are one drawing with its axes
changed. Each column of time holds one stage, so an arrow that keeps its lane until just before its
goal never runs over a box. Colours are classes of the style sheet: the policy forbids inline style.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from node.catalogue.process_plan import Box, Flow, plan
from node.web.wording import Language, Words
from schemas.ids import DepartmentId, NodeId
from schemas.items import Item

TYPE: Final = 13  # px; a character of Chinese is as wide
NAME_TYPE: Final = 14  # px, of the name of what is done
LINE: Final = 20  # px
GUTTER: Final = 18  # px between two columns of time: an arrow and its head
PAD: Final = 8  # px around the text of a box
LANE_NAME: Final = {Language.ZH: 30, Language.EN: 64}  # px for the name of a lane
NARROW: Final = 336  # px: what a phone of 390 leaves
WIDE: Final = 690  # px: what the main column leaves
THINNEST: Final = {Language.ZH: 70, Language.EN: 100}  # px: a department's name on two lines
MOST_LINES: Final = 3  # of one text in a box
NARROW_LETTER: Final = 0.58  # of a Latin letter, in characters of Chinese
_WORDS: Final = re.compile(r"[!-~]+|\s+|.", re.DOTALL)
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The process drawn twice, and told once."""

    across: Markup
    """Empty where it would not fit."""
    down: Markup
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where columns of time and lanes lie. `head`: the lanes' names before the first column."""

    is_down: bool
    box_width: float
    box_height: float
    head: float
    columns: int
    lanes: int

    @property
    def long(self) -> float:
        """How long a box is in the direction of time."""
        return self.box_height if self.is_down else self.box_width

    @property
    def lane_breadth(self) -> float:
        return (self.box_width if self.is_down else self.box_height) + PAD

    @property
    def size(self) -> Point:
        time = self.head + self.columns * (self.long + GUTTER)
        return self.turn(time - GUTTER / 2, self.lanes * self.lane_breadth)

    def begin(self, box: Box) -> float:
        return self.head + box.column * (self.long + GUTTER)

    def middle(self, lane: int) -> float:
        return (lane + 0.5) * self.lane_breadth

    def turn(self, time: float, across: float) -> Point:
        """Give a place in time and across the lanes as x and y."""
        return (across, time) if self.is_down else (time, across)


def draw_process(
    words: Words,
    item: Item,
    *,
    departments: Mapping[DepartmentId, str],
    place_of: Callable[[NodeId], str],
) -> Drawing | None:
    """Draw an item's process; `None` if it has none."""
    if not item.process:
        return None
    flow = plan(words, item, departments=departments, place_of=place_of)
    head = LANE_NAME[words.language]
    thin = (WIDE - head) / flow.columns - GUTTER
    across = _svg(flow, _across(flow, head, thin)) if thin >= THINNEST[words.language] else Markup()
    return Drawing(across, _svg(flow, _down(flow)), flow.steps)


def _across(flow: Flow, head: float, thin: float) -> _Grid:
    width = min(thin, TYPE * 8 + 2 * PAD)
    return _Grid(
        is_down=False, box_width=width, box_height=_height(flow, width), head=head,
        columns=flow.columns, lanes=len(flow.lanes),
    )  # fmt: skip


def _down(flow: Flow) -> _Grid:
    width = min(NARROW / len(flow.lanes), TYPE * 10 + 2 * PAD) - PAD
    return _Grid(
        is_down=True, box_width=width, box_height=_height(flow, width), head=LINE + PAD * 2,
        columns=flow.columns, lanes=len(flow.lanes),
    )  # fmt: skip


def _height(flow: Flow, width: float) -> float:
    return max(len(_lines(box, width)) for box in flow.boxes) * LINE + 2 * PAD


def _svg(flow: Flow, grid: _Grid) -> Markup:
    width, height = grid.size
    kind = "down" if grid.is_down else "across"
    inside = Markup().join(
        (*_lanes(flow, grid), *(_arrow(grid, *one) for one in flow.arrows),
         *(_box(grid, box) for box in flow.boxes))
    )  # fmt: skip
    return Markup(
        '<svg class="flow {}" width="{}" height="{}" viewBox="0 0 {} {}" aria-hidden="true"'
        ' focusable="false">{}</svg>'
    ).format(kind, *map(_n, (width, height, width, height)), inside)


def _lanes(flow: Flow, grid: _Grid) -> Iterator[Markup]:
    length = grid.head + grid.columns * (grid.long + GUTTER) - GUTTER / 2
    for number, name in enumerate(flow.lanes):
        x, y = grid.turn(0, number * grid.lane_breadth)
        width, height = grid.turn(length, grid.lane_breadth)
        shade = "lane" if number % 2 else "lane odd"
        yield _rect(shade, x, y, width, height)
        x, y = grid.turn((grid.head - GUTTER / 2) / 2, grid.middle(number))
        yield _text("name", x, y + TYPE / 3, name)


def _box(grid: _Grid, box: Box) -> Markup:
    time = grid.begin(box)
    x, y = grid.turn(time, box.lane * grid.lane_breadth + PAD / 2)
    breadth = (box.last - box.lane + 1) * grid.lane_breadth - PAD
    width, height = grid.turn(grid.long, breadth)
    lines = _lines(box, width)
    first = y + height / 2 - (len(lines) - 1) * LINE / 2 + TYPE / 3
    return Markup().join(
        (
            _rect(f"box {box.tone}".strip(), x, y, width, height),
            *(
                _text("strong" if strong else "", x + width / 2, first + number * LINE, line)
                for number, (line, strong) in enumerate(lines)
            ),
        )
    )


def _arrow(grid: _Grid, start: Box, goal: Box) -> Markup:
    """Draw an arrow that changes lanes just before its goal."""
    goal_lane = min(max(start.lane, goal.lane), goal.last)
    begin, end = grid.begin(start) + grid.long, grid.begin(goal)
    bend = end - GUTTER / 2
    points = [(begin, grid.middle(start.lane))]
    if goal_lane != start.lane:
        points += [(bend, grid.middle(start.lane)), (bend, grid.middle(goal_lane))]
    points.append((end, grid.middle(goal_lane)))
    path = " L".join(_pair(grid.turn(*point)) for point in points)
    time, across = points[-1]
    head = [(time, across), (time - 7, across - 4), (time - 7, across + 4)]
    tip = " ".join(_pair(grid.turn(*point)) for point in head)
    return Markup('<path d="M{}"/><polygon points="{}"/>').format(path, tip)


def _rect(kind: str, x: float, y: float, width: float, height: float) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        kind, *map(_n, (x, y, width, height))
    )


def _text(kind: str, x: float, y: float, line: str) -> Markup:
    named = Markup(' class="{}"').format(kind) if kind else ""
    return Markup('<text x="{}" y="{}"{}>{}</text>').format(_n(x), _n(y), named, escape(line))


def _pair(point: Point) -> str:
    return " ".join(map(_n, point))


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _lines(box: Box, width: float) -> list[tuple[str, bool]]:
    """Break a box's texts into lines that fit; the first text stands out."""
    return [
        (line, not number)
        for number, text in enumerate(box.texts)
        for line in broken(text, (width - PAD) / (TYPE if number else NAME_TYPE))
    ]


def broken(text: str, room: float) -> list[str]:
    """Break a text into even lines of at most `room` characters.

    There are at most three; what is too long for them ends in ….
    """
    pieces = tuple(_pieces(text, room))
    lines = _filled(pieces, room)
    if len(lines) <= MOST_LINES:
        return _evened(pieces, room, lines)
    last = lines[MOST_LINES - 1]
    while last and _width(last + "…") > room:
        last = last[:-1]
    return [*lines[: MOST_LINES - 1], last + "…"]


def _evened(pieces: Sequence[str], room: float, lines: list[str]) -> list[str]:
    """Fill no line to the brim if that leaves one character alone on the last."""
    narrow = _width("".join(pieces)) / max(1, len(lines))
    while narrow < room:
        tried = _filled(pieces, narrow)
        if len(tried) <= len(lines):
            return tried
        narrow += NARROW_LETTER
    return lines


def _filled(pieces: Sequence[str], room: float) -> list[str]:
    lines = [""]
    for word in pieces:
        if _width(lines[-1] + word.rstrip()) > room:
            lines.append("")
        lines[-1] += word if lines[-1] else word.lstrip()
    return [line.rstrip() for line in lines if line.strip()]


def _pieces(text: str, room: float) -> Iterator[str]:
    """Split where a line may break: between words, between Chinese characters, in endless words."""
    longest = max(1, int(room / NARROW_LETTER))
    for word in _WORDS.findall(text):
        yield from (word[at : at + longest] for at in range(0, len(word), longest))


def _width(text: str) -> float:
    return sum(1 if unicodedata.east_asian_width(one) in "WF" else NARROW_LETTER for one in text)
