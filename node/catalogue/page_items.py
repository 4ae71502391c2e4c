"""What the list of items shows: what is in force here, what is not, and by which release. Pure.

The marks that say where an item stands serve the guide and its versions as well.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from node.catalogue.labels import value_words
from node.web.chrome import Choice, Mark, quoted
from node.web.wording import Words
from schemas.ids import DepartmentId, Level, NodeId
from schemas.item_terms import EndReason
from schemas.items import ItemSummary, ItemVersion, Limit
from schemas.releases import HeldRelease
from schemas.topics import CORPORATE_TOPICS, PERSONAL_TOPICS

PER_PAGE: Final = 50  # rows: some 25 KB
TOPICS: Final = tuple(dict.fromkeys((*PERSONAL_TOPICS, *CORPORATE_TOPICS)))
END_TONES: Final = {
    EndReason.SUSPENDED: "still",
    EndReason.ABOLISHED: "red",
    EndReason.SPLIT: "plain",
    EndReason.MERGED: "plain",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list was asked for."""

    query: str = ""
    topic: str = ""
    department: str = ""
    page: int = 1

    def admits(self, one: ItemSummary) -> bool:
        """Say whether an item is of the topic and the department asked for."""
        return (not self.topic or self.topic in one.topics) and (
            self.department in ("", one.department)
        )

    @property
    def is_narrow(self) -> bool:
        """Whether something was looked for: else the list is of all there is."""
        return bool(self.query or self.topic or self.department)

    def at(self, *, page: int = 1, topic: str | None = None) -> str:
        """Build the address of the same list at another page or topic."""
        asked = {
            "q": self.query,
            "topic": self.topic if topic is None else topic,
            "department": self.department,
            "page": str(page) if page > 1 else "",
        }
        query = "&".join(f"{name}={quoted(value)}" for name, value in asked.items() if value)
        return f"/items?{query}" if query else "/items"


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of a list."""

    href: str
    code: str
    name: str
    department: str
    limit: str
    here: str
    taken: bool
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class TopicLink:
    """A topic, and how many of the items it has."""

    name: str
    count: int
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class HeldLine:
    """Which release of a publisher this node works by."""

    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class ItemsPage:
    """事项."""

    asked: Asked
    total: int
    rows: tuple[ItemRow, ...]
    out: tuple[ItemRow, ...]
    """Those that no window takes now."""
    out_more: int
    topics: tuple[TopicLink, ...]
    no_topic: str
    departments: tuple[Choice, ...]
    held: tuple[HeldLine, ...]
    nothing: str
    """Why no item in force is listed."""
    nothing_hint: str
    span: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Here:
    """The node whose list it is."""

    level: Level
    departments: Mapping[DepartmentId, str]
    held: tuple[HeldLine, ...]

    def department(self, one: ItemSummary) -> str:
        """Name the department that answers for an item."""
        return self.departments.get(one.department, one.department_name)


def draw_items(
    words: Words,
    asked: Asked,
    *,
    offered: Sequence[ItemSummary],
    beside: Sequence[ItemSummary],
    at: Here,
) -> ItemsPage:
    """Draw the items in force and, beside them, the last steps that are ends or still to come."""
    coming_up = {one.stream: one for one in beside}
    shown = [one for one in offered if asked.admits(one)]
    offers = {one.stream for one in offered}
    out = [one for one in beside if one.stream not in offers and asked.admits(one)]
    page = min(asked.page, max(1, -(-len(shown) // PER_PAGE)))
    first = (page - 1) * PER_PAGE
    rows = shown[first : first + PER_PAGE]
    return ItemsPage(
        asked=asked,
        total=len(shown),
        rows=tuple(_row(words, one, at, _ahead(words, coming_up.get(one.stream))) for one in rows),
        out=tuple(_row(words, one, at, step_mark(words, one)) for one in out[:PER_PAGE]),
        out_more=max(0, len(out) - PER_PAGE),
        topics=tuple(_topics(asked, offered)),
        no_topic=asked.at(topic=""),
        departments=_departments((*offered, *beside), at),
        held=at.held,
        nothing=words.say(f"items.{_why_none(asked, at)}"),
        nothing_hint=words.say("items.nothing_hint") if asked.is_narrow else "",
        span=words.say("items.span", first=first + 1, last=first + len(rows), total=len(shown)),
        before=asked.at(page=page - 1) if page > 1 else "",
        after=asked.at(page=page + 1) if first + PER_PAGE < len(shown) else "",
    )


def _why_none(asked: Asked, at: Here) -> str:
    """Name the sentence that says why a list is empty."""
    if asked.is_narrow:
        return "nothing"
    return "none_in_force" if at.held else "unpublished"


def _row(words: Words, one: ItemSummary, at: Here, mark: Mark | None) -> ItemRow:
    mode = next((tier.mode for tier in one.tiers if tier.level is at.level), None)
    return ItemRow(
        href=f"/items/{quoted(one.code)}",
        code=one.code,
        name=words.pick(one.name, one.name_en),
        department=at.department(one),
        limit=brief_limit(words, one.promised),
        here=words.say("items.no_part" if mode is None else f"mode.{mode}"),
        taken=mode is not None,
        mark=mark,
    )


def capital(text: str) -> str:
    """Begin with a capital, as headings and lights do; Chinese stays as it is."""
    return text[:1].upper() + text[1:]


def brief_limit(words: Words, limit: Limit) -> str:
    """Say a limit in a line: how long, and from when."""
    return words.pick(*value_words(replace(limit, note="")))


def _ahead(words: Words, step: ItemSummary | None) -> Mark | None:
    """Say what will become of an item that is in force."""
    return None if step is None else Mark("yellow", coming(words, step))


def step_mark(words: Words, step: ItemSummary | ItemVersion) -> Mark:
    """Say of an item that is not in force how it ended, or from when it will be."""
    if step.ends is not None:
        return Mark(END_TONES[step.ends], words.say(f"ended.{step.ends}"))
    return Mark("brand", coming(words, step))


def coming(words: Words, step: ItemSummary | ItemVersion) -> str:
    """Say what a step will bring, and when: on its day, or once its release is here whole."""
    when = words.say("items.from_day", day=step.effective_from)
    if not step.effective_from:
        when = words.say("items.from_release", number=step.release)
    if step.ends is not None:
        return words.say(f"items.will_be_{step.ends}", when=when)
    return words.say("items.will_change", when=when, version=step.version)


def _topics(asked: Asked, offered: Iterable[ItemSummary]) -> Iterable[TopicLink]:
    counts = Counter(topic for one in offered for topic in one.topics)
    for name in TOPICS:
        if counts[name]:
            yield TopicLink(name, counts[name], asked.at(topic=name), here=name == asked.topic)


def _departments(items: Iterable[ItemSummary], at: Here) -> tuple[Choice, ...]:
    named = {one.department: at.department(one) for one in items}
    return tuple(Choice(one, named[one]) for one in sorted(named))


def held_line(words: Words, one: HeldRelease, place_of: Callable[[NodeId], str]) -> HeldLine:
    """Say which release of a publisher counts here, and whether the newest is here whole."""
    place = place_of(one.publisher)
    if one.missing:
        facts = {"place": place, "number": one.latest, "missing": one.missing}
        text = (
            words.say("held.behind", held=one.held, **facts)
            if one.held
            else words.say("held.none", **facts)
        )
        return HeldLine(text, Mark("yellow", words.say("held.missing", missing=one.missing)))
    text = words.say(
        "held.whole",
        place=place,
        number=one.latest,
        total=one.items,
        concerning=one.items_concerning,
    )
    return HeldLine(text, Mark("green", words.say("held.complete")))
