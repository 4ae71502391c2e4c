"""Lines, bars, tiles and names of boards: how counts of lights are laid out. Facts alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from federation.directory import records
from node.cases import page_lists
from node.clock import from_ms, local_day
from node.database import Tx
from node.network import actions as network
from node.network.actions import Places
from node.staff import actions as staff
from node.staff import posting
from node.supervision import lights_reading
from node.supervision.lights import Head, Shown
from node.supervision.lights_store import Wanted
from node.web.chrome import Mark, Tile, quoted
from node.web.wording import Words
from node.work import Actor
from schemas.ids import NodeId, level_of, parent_of
from schemas.levels import Profile
from schemas.supervision import LightCount, LitCase

MOST_ITEMS: Final = 40  # rows of a table: the rest has fewer open cases
BAR: Final = 180  # units of the picture's width
LEAST: Final = 3  # of these, of whatever is there at all: it must be seen
NO_RATES: Final[Mapping[str, str]] = MappingProxyType({})

TONES: Final[Mapping[Shown, str]] = {
    Shown.GREEN: "green", Shown.YELLOW: "yellow", Shown.RED: "red", Shown.DARK: "red",
    Shown.STILL: "still", Shown.UNSURE: "unsure", Shown.MISSING: "unsure", Shown.FREE: "plain",
}  # fmt: skip
BARS: Final = (
    Shown.GREEN, Shown.YELLOW, Shown.RED, Shown.STILL, Shown.UNSURE, Shown.MISSING, Shown.FREE,
)  # fmt: skip
"""The parts of a bar: every open case is in exactly one."""
TABS: Final = (Head.DEPARTMENT, Head.PLACE, Head.ORIGIN, Head.WINDOW, Head.ITEM)


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who looks at boards here, and when."""

    me: NodeId
    profile: Profile
    actor: Actor
    words: Words
    now: int

    @property
    def today(self) -> date:
        """The local day."""
        return local_day(from_ms(self.now))


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar."""

    tone: str
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Line:
    """One subject of a table."""

    name: str
    href: str
    open: int
    says: str
    """All its counts in words: what the bar shows."""
    parts: str
    """The counts that people look for, in short: 78 · 7 · 1."""
    bar: tuple[Segment, ...] = ()
    more: str = ""
    """按时办结 of this month."""


# ---- words


def all_words(words: Words, one: LightCount) -> str:
    """Say all counts that are not nothing: 绿灯 78，黄灯 7."""
    said = [
        words.say("lights.n_of", light=words.say(f"lights.{shown}"), n=getattr(one, shown))
        for shown in (*BARS, Shown.DARK)
        if getattr(one, shown)
    ]
    return words.joined(said) if said else words.say("lights.none_open")


def mark_of(words: Words, one: LitCase) -> Mark:
    """Say in colour, shape and words how an open case stands; a limit by law is said apart."""
    if one.light is None:
        return Mark("plain", words.say("lights.free"))
    if one.overdue and one.statutory:
        days = page_lists.counted(words, "over", -one.left)
        return Mark("red", words.say("lights.dark_by", days=days))
    return page_lists.light_mark(words, one.light, one.left, one.due)


@dataclass(frozen=True, slots=True)
class Named:
    """Names subjects: places, departments, windows, items."""

    watcher: Watcher
    places: Places
    departments: Mapping[str, str]
    windows: Mapping[str, str]

    def of(self, by: Head, one: LightCount) -> str:
        """Name a subject."""
        words = self.watcher.words
        match by:
            case Head.DEPARTMENT:
                return self.desk(*one.subject.partition("/")[::2])
            case Head.PLACE | Head.ORIGIN:
                return self.places(NodeId(one.subject))
            case Head.WINDOW:
                window = one.subject.partition("/")[2]
                return self.windows.get(window, window)
            case Head.ITEM:
                return one.name or one.subject
            case Head.ALL:
                return words.say("lights.everything")

    def desk(self, node: str, department: str | None) -> str:
        """Name whose hands a case is in: a department, a hall, or another place."""
        words = self.watcher.words
        if node != self.watcher.me:
            return self.places(NodeId(node))
        if department:
            return self.departments.get(department, department)
        return words.say(f"lights.hall_{level_of(self.watcher.me)}")


def named(tx: Tx, watcher: Watcher) -> Named:
    """Read what subjects are called here."""
    words = watcher.words
    departments = {str(one.id): words.pick(one.name, one.name_en) for one in staff.departments(tx)}
    windows = {one.id: f"{one.id} {one.name}" for one in posting.windows(tx)}
    return Named(watcher, Places(network.place_names(tx), words), departments, windows)


# ---- tiles


def cases_href(wanted: Wanted) -> str:
    """Give the address of the cases of a subject under a light."""
    light = f"&light={wanted.shown}" if wanted.shown else ""
    return f"/supervision/cases?by={wanted.head}&subject={quoted(wanted.subject)}{light}"


def light_tiles(words: Words, one: LightCount, of: Wanted) -> tuple[Tile, ...]:
    """Count the lights that every board has."""
    every = (Shown.GREEN, Shown.YELLOW, Shown.RED, Shown.STILL)
    return tuple(_tile(words, one, Wanted(of.head, of.subject, shown)) for shown in every)


def rare_tiles(words: Words, one: LightCount, of: Wanted) -> tuple[Tile, ...]:
    """Count what there should be none of, where there is."""
    rare = (Shown.DARK, Shown.UNSURE, Shown.MISSING, Shown.FREE)
    return tuple(
        _tile(words, one, Wanted(of.head, of.subject, shown))
        for shown in rare
        if getattr(one, shown)
    )


def _tile(words: Words, one: LightCount, wanted: Wanted) -> Tile:
    shown = wanted.shown or Shown.FREE
    label = words.say(f"lights.{shown}")
    return Tile(getattr(one, shown), label, cases_href(wanted), TONES[shown])


# ---- tables


def table(
    tx: Tx, watcher: Watcher, names: Named, by: Head, on_time: Mapping[str, str] = NO_RATES
) -> tuple[Line, ...]:
    """Lay out the open cases of each subject; who has none is shown with zeros.

    `on_time` tells how much of what departments finished this month was in time.
    """
    counted = {one.subject: one for one in lights_reading.bare_counts(tx, by, watcher.now)}
    shown = (
        counted.get(one, LightCount(subject=one))
        for one in _subjects(tx, watcher, names, by, counted)
    )
    if by is Head.ITEM:
        shown = (lights_reading.with_name(tx, one) for one in shown)
    lines = tuple(line_of(watcher.words, names, by, one, on_time) for one in shown)
    return (_own_line(watcher, counted), *lines) if by is Head.PLACE else lines


def _own_line(watcher: Watcher, counted: Mapping[str, LightCount]) -> Line:
    """Lay out what this place has itself: all that lies here or below, less what lies below."""
    nothing = LightCount(subject=watcher.me)
    parts = [one for place, one in counted.items() if parent_of(NodeId(place)) == watcher.me]
    whole = counted.get(watcher.me, nothing)
    own = {
        shown.value: getattr(whole, shown) - sum(getattr(one, shown) for one in parts)
        for shown in Shown
    }
    one = replace(nothing, **own)
    return Line(
        name=watcher.words.say("lights.own"),
        href="/supervision?by=department",
        open=one.open,
        says=all_words(watcher.words, one),
        parts=_parts(watcher.words, one),
        bar=bar_of(one),
    )


def _subjects(
    tx: Tx, watcher: Watcher, names: Named, by: Head, counted: Mapping[str, LightCount]
) -> Sequence[str]:
    """Name whom a table has, in its order."""
    match by:
        case Head.DEPARTMENT:
            own = [f"{watcher.me}/{one}" for one in ("", *names.departments)]
            return sorted(own, key=lambda one: _grave(counted.get(one)))
        case Head.PLACE | Head.ORIGIN:
            return children(tx, watcher.me)
        case Head.WINDOW:
            known = [f"{watcher.me}/{one}" for one in names.windows]
            return (*known, *(one for one in counted if one not in known))
        case Head.ITEM | Head.ALL:
            return sorted(counted, key=lambda one: _grave(counted[one]))[:MOST_ITEMS]


def _grave(one: LightCount | None) -> tuple[int, int, int]:
    """Order subjects: what is late first, then what soon will be, then the many."""
    return (0, 0, 0) if one is None else (-one.red, -one.yellow, -one.open)


def line_of(
    words: Words, names: Named, by: Head, one: LightCount, on_time: Mapping[str, str]
) -> Line:
    """Lay out one subject."""
    return Line(
        name=names.of(by, one),
        href=cases_href(Wanted(by, one.subject)),
        open=one.open,
        says=all_words(words, one),
        parts=_parts(words, one),
        bar=bar_of(one),
        more=on_time.get(one.subject, ""),
    )


def _parts(words: Words, one: LightCount) -> str:
    """Write what people look for, and that there is more beside: its bar says what."""
    parts = f"{one.green} · {one.yellow} · {one.red}"
    others = one.open - one.green - one.yellow - one.red
    return f"{parts} {words.say('lights.and_others', n=others)}" if others else parts


def bar_of(one: LightCount) -> tuple[Segment, ...]:
    """Lay out a bar of all open cases; of whatever there is at all, something is seen."""
    counts = {shown: n for shown in BARS if (n := getattr(one, shown))}
    widths = {shown: max(LEAST, n * BAR // one.open) for shown, n in counts.items()}
    if not widths:
        return ()
    longest = max(widths, key=widths.__getitem__)
    widths[longest] += BAR - sum(widths.values())
    x, parts = 0, []
    for shown, width in widths.items():
        parts.append(Segment(TONES[shown], x, width))
        x += width
    return tuple(parts)


def children(tx: Tx, place: NodeId) -> tuple[NodeId, ...]:
    """Name the places right below one, by code, as far as this node knows them."""
    return tuple(
        sorted(one.node for one in records(tx, below=place) if parent_of(one.node) == place)
    )
