"""What stands around every page, and the few values that pages are made of. Pure.

Nothing here reads a request or a table; `node.web.pages_base` fills it in and renders.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from node.clock import CHINA, from_ms
from node.web.wording import Language, Words
from node.work import Cover
from schemas.levels import Capability
from schemas.nodes import NodeNames
from schemas.staff import CATALOGUE_POSTS, KEEPERS, OVERSEERS, Role

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class LinkLine:
    """The line in one breath: what waits to be sent, and when a neighbour was last heard."""

    unsent: int
    contact_ms: int | None
    in_touch: bool
    turned_away: bool = False
    """The broker is there but refuses this node."""
    failed: int = 0
    """What a neighbour refused: a person must look. Being cut off is normal, this is not."""

    @property
    def state(self) -> str:
        """How the line's light burns: `failed`, `waiting` or `open`."""
        if self.failed or self.turned_away:
            return "failed"
        return "open" if self.in_touch and not self.unsent else "waiting"


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, as the shell shows him."""

    name: str
    post: str


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry of the main navigation."""

    word: str
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class Chrome:
    """The shell around one page."""

    place: str
    node: str
    now_ms: int
    moved: bool
    """The node runs on a shifted clock: said on every page."""
    large: bool
    switch_language: str
    switch_type: str
    nav: tuple[NavEntry, ...] = ()
    link: LinkLine = field(default=LinkLine(unsent=0, contact_ms=None, in_touch=False))
    person: Person | None = None
    csrf: str = ""
    covers: tuple[Cover, ...] = ()
    """Whom the person covers now (顶岗): said on every page."""


@dataclass(frozen=True, slots=True)
class Told:
    """A notice at the head of a page. `tone`: `done`, `mind`, `stop`."""

    tone: str
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A light: colour, shape and word. `tone`: green, yellow, red, still, plain or brand."""

    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select, of radio buttons or of check boxes."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that leads somewhere."""

    count: int
    label: str
    href: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class _Door:
    """A page of the navigation, for whom it is, and what the node must be able to do."""

    word: str
    href: str
    roles: frozenset[Role]
    needs: Capability | None = None


_EVERYONE: Final = frozenset(Role)
_CASE_WORKERS: Final = _EVERYONE - KEEPERS - CATALOGUE_POSTS
_DESKS: Final = _CASE_WORKERS - OVERSEERS
_REVISERS: Final = CATALOGUE_POSTS | {Role.SUPERVISOR}
_WINDOW: Final = frozenset({Role.AGENT, Role.CLERK, Role.OFFICER})
_OPERATORS: Final = frozenset({Role.OPERATOR})
_ASKED: Final = frozenset({Role.HANDLER, Role.REVIEWER, Role.APPROVER})
_ARRANGERS: Final = frozenset({Role.DIRECTOR, Role.SECURITY, Role.REPRESENTATIVE})

_DOORS: Final = (
    _Door("nav.today", "/", _DESKS),
    _Door("nav.intake", "/intake", _WINDOW, Capability.RECEIVE),
    _Door("nav.cases", "/cases", _CASE_WORKERS),
    _Door("nav.tasks", "/tasks", _DESKS),
    _Door("nav.redress", "/redress", _DESKS),
    _Door("nav.orders", "/supervision/orders", _ASKED, Capability.OVERSEE),
    _Door("nav.supervision", "/supervision", OVERSEERS, Capability.OVERSEE),
    _Door("nav.revisions", "/revisions", _REVISERS, Capability.PUBLISH_ITEMS),
    _Door("nav.items", "/items", _EVERYONE),
    _Door("nav.releases", "/releases", frozenset({Role.PUBLISHER, Role.OPERATOR})),
    _Door("nav.calendar", "/calendar", _EVERYONE),
    _Door("nav.links", "/links", _EVERYONE),
    _Door("nav.operations", "/operations", _OPERATORS),
    _Door("nav.nodes", "/nodes", _OPERATORS, Capability.ENROL),
    _Door("nav.staff", "/staff", _OPERATORS | {Role.SECURITY}),
    _Door("nav.roster", "/roster", _OPERATORS | {Role.SECURITY}, Capability.ENROL),
    _Door("nav.posts", "/posts", _ARRANGERS),
    _Door("nav.windows", "/windows", frozenset({Role.DIRECTOR})),
    _Door("nav.filings", "/filings", frozenset({Role.REGISTRAR, Role.DIRECTOR})),
    _Door("nav.notices", "/notices/templates", _OPERATORS),
    _Door("nav.audit", "/audit", frozenset({Role.AUDITOR})),
)


def nav_for(
    roles: frozenset[Role], capabilities: frozenset[Capability], path: str
) -> tuple[NavEntry, ...]:
    """List what this person may go to, marking where he is."""
    return tuple(
        NavEntry(door.word, door.href, here=_is_under(path, door.href))
        for door in _DOORS
        if door.roles & roles and (door.needs is None or door.needs in capabilities)
    )


def door_of(path: str) -> str:
    """Name the part of the node that an address belongs to: the key of its word, perhaps none."""
    found = [door for door in _DOORS if door.href != "/" and _is_under(path, door.href)]
    return max(found, key=lambda door: len(door.href)).word if found else ""


def _is_under(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(f"{href}/"))


def place_name(words: Words, names: NodeNames, title: str) -> str:
    """Name the place and its office: 千阳县政务服务中心."""
    name = words.pick(names.zh, names.en)
    if words.language is Language.ZH:
        return name if title in name else f"{name}{title}"
    kind, _, rest = title.partition(" ")
    return f"{name} {rest}" if name.endswith(kind) else f"{name} {title}"


def posts(words: Words, roles: Iterable[Role]) -> str:
    """Name somebody's posts in a stable order."""
    held = frozenset(roles)
    return words.joined(words.say(f"role.{role}") for role in Role if role in held)


def link_words(words: Words, link: LinkLine, now_ms: int) -> str:
    """Say the line's state: 12 件未发送 · 3 分钟前联系."""
    counts = {"failed": link.failed, "unsent": link.unsent}
    said = [words.say(f"link.{key}", count=count) for key, count in counts.items() if count]
    unsent = " · ".join(said) or words.say("link.sent")
    if link.in_touch:
        return f"{unsent} · {words.say('link.in_touch')}"
    if link.turned_away:
        return f"{unsent} · {words.say('link.turned_away')}"
    if link.contact_ms is None:
        return f"{unsent} · {words.say('link.never')}"
    return f"{unsent} · {words.say('link.contact', ago=ago(words, link.contact_ms, now_ms))}"


def ago(words: Words, at_ms: int | None, now_ms: int) -> str:
    """Say how long ago something was, roughly."""
    if at_ms is None:
        return words.say("ago.none")
    passed = max(0, now_ms - at_ms)
    if passed < MINUTE_MS:
        return words.say("ago.now")
    for unit, length in (("days", DAY_MS), ("hours", HOUR_MS), ("minutes", MINUTE_MS)):
        if passed >= length:
            return words.say(f"ago.{unit}", n=passed // length)
    return words.say("ago.now")


def day(at_ms: int) -> str:
    """Write a local date: 2026-11-23."""
    return f"{from_ms(at_ms).astimezone(CHINA):%Y-%m-%d}"


def clock_time(at_ms: int) -> str:
    """Write a local time of day: 15:40."""
    return f"{from_ms(at_ms).astimezone(CHINA):%H:%M}"


def when(at_ms: int) -> str:
    """Write a local instant without its year: 11-23 15:40."""
    return f"{from_ms(at_ms).astimezone(CHINA):%m-%d %H:%M}"


def weekday(words: Words, at_ms: int) -> str:
    """Name the local day of the week."""
    return words.say(f"weekday.{from_ms(at_ms).astimezone(CHINA).weekday()}")


def switch(path: str, to: str) -> str:
    """Build the address that changes language or type size and comes back to `path`."""
    return f"{to}?back={quote(path)}"


def quoted(text: str) -> str:
    """Make `text` fit for a query."""
    return quote(text, safe="")


def is_own_path(path: str) -> bool:
    """Say whether an address given in a query leads to this very node."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
