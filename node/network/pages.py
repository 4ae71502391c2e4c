"""The page of the line: what waits for whom, what did not arrive, and how it is sent again.

Everybody who is signed in may look and send again: what goes is the very envelope that this node
had signed before.
"""

from dataclasses import dataclass, replace
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect

from federation.links import OPEN
from node.database import Tx
from node.errors import NotFoundError
from node.network import actions
from node.network.actions import Neighbour, Places
from node.network.control import Control
from node.network.store import Finding
from node.web.chrome import Mark, Told
from node.web.pages_base import Pages, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.ids import NodeId, stream_kind
from schemas.network import FailedEvent, ParkedFact
from schemas.staff import Role


@dataclass(frozen=True, slots=True)
class Line:
    """One neighbour on the page of links."""

    place: str
    node: NodeId
    mark: Mark
    unsent: int
    refused: int
    contact_ms: int | None
    received: int


@dataclass(frozen=True, slots=True)
class Found:
    """A finding in words."""

    at_ms: int
    words: str


@dataclass(frozen=True, slots=True)
class FailedRow:
    """One event that did not arrive: what of, why, and what to do."""

    event: str
    name: str
    """The item, or what kind of thing it is."""
    number: str
    """The case's number; empty if it is no case known here."""
    by: str
    why: str
    at_ms: int
    ours: bool
    """Whether it can be sent again from here."""


@dataclass(frozen=True, slots=True)
class LinksPage:
    """线路."""

    lines: tuple[Line, ...]
    failed: tuple[FailedRow, ...]
    parked: tuple[Found, ...]
    findings: tuple[Found, ...]
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What one snapshot tells."""

    neighbours: tuple[Neighbour, ...]
    failed: tuple[FailedRow, ...]
    parked: tuple[Found, ...]
    findings: tuple[Finding, ...]
    places: Places


def _look(tx: Tx, words: Words, control: Control) -> _Known:
    places = Places(actions.place_names(tx), words)
    return _Known(
        neighbours=actions.neighbours(tx),
        failed=tuple(_failed_row(tx, one, places, control) for one in actions.failed(tx)),
        parked=tuple(_parked(places, one) for one in actions.parked(tx)),
        findings=actions.findings(tx),
        places=places,
    )


@get("/links")
async def links(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    control: NamedDependency[Control],
    sent: FromQuery[str] = "",
) -> Response[str]:
    """Show what waits for whom, what did not arrive, and when each neighbour was last heard."""
    words = words_for(request)
    known = await desk.read(_look, words, control)
    in_touch = (await pages.link_line()).in_touch
    lines = tuple(_line(words, known.places, one, in_touch=in_touch) for one in known.neighbours)
    page = LinksPage(lines, known.failed, (), (), _told(words, sent))
    if Role.OPERATOR in desk.actor.roles:
        found = tuple(Found(one.at, _say_finding(words, one)) for one in known.findings)
        page = replace(page, parked=known.parked, findings=found)
    return await pages.show(request, desk, "links.html", page)


def _told(words: Words, sent: str) -> Told | None:
    if sent == "again":
        return Told("done", words.say("links.sent_again"), words.say("links.sent_again_text"))
    if sent == "gone":
        return Told("", words.say("links.sent_gone"))
    return None


@post("/links/resend")
async def resend(
    request: Asked, desk: NamedDependency[Desk], control: NamedDependency[Control]
) -> Redirect:
    """Send a refused event again, and show the line."""
    if control.resend is None:
        raise NotFoundError("resend")
    queued = await control.resend(desk, (await forms(request)).text("event"))
    return see(f"/links?sent={'again' if queued else 'gone'}")


def _line(words: Words, places: Places, one: Neighbour, *, in_touch: bool) -> Line:
    if one.open != OPEN:
        mark = Mark("red", words.say("links.suspended"))
    elif not one.greeted:
        mark = Mark("plain", words.say("links.opening"))
    elif not in_touch:
        mark = Mark("still", words.say("links.silent"))
    elif one.unsent:
        mark = Mark("yellow", words.say("links.waiting"))
    else:
        mark = Mark("green", words.say("links.open"))
    return Line(
        places(one.node), one.node, mark, one.unsent, one.refused, one.contact_ms, one.received
    )


def _failed_row(tx: Tx, one: FailedEvent, places: Places, control: Control) -> FailedRow:
    words = places.words
    subject = None if one.stream is None else control.subject(tx, one.stream)
    kind = "gone" if one.stream is None else stream_kind(one.stream)
    named = f"failed.kind_{kind}"
    why = f"failed.why_{one.reason}"
    return FailedRow(
        event=one.event,
        name=subject.item if subject else words.say(named if words.has(named) else "failed.kind"),
        number=subject.number if subject else "",
        by=places(one.by),
        why=words.say(why if words.has(why) else "failed.why", code=one.reason),
        at_ms=one.at,
        ours=one.stream is not None,
    )


def _parked(places: Places, one: ParkedFact) -> Found:
    words = places.words
    key = f"links.wants_{one.wants.partition(':')[0]}"
    wants = words.say(key if words.has(key) else "links.wants_other")
    return Found(one.since, f"{wants} · {one.stream}")


def _say_finding(words: Words, one: Finding) -> str:
    key = f"finding.{one.kind}"
    said = words.say(key if words.has(key) else "finding.other", kind=one.kind)
    return " · ".join(part for part in (said, one.subject, one.detail) if part)


router: Final = router_of(links, resend)
