"""What pages show of notices: the section of a case's page, and the lines of a list. Draws nothing.

`section` is for the page of a case, which lies below this capability: whoever assembles the node
hands it over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from node.cases.caseview import CaseView
from node.cases.page_case import event_title
from node.cases.page_looker import Looker
from node.database import Tx
from node.network.actions import Places, place_names
from node.notices import reading
from node.notices.model import Call
from node.notices.reading import Occasion
from node.web.wording import Words
from schemas.notices import NoticeKind, NoticeView


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice that was issued."""

    title: str
    number: str
    issuer: str
    at_ms: int
    href: str
    """Empty if its page is not here, or not for him."""


@dataclass(frozen=True, slots=True)
class DueLine:
    """A notice that may be issued here."""

    notice: NoticeKind
    seq: int
    title: str
    why: str
    """The event that calls for it, and the law that wants it in writing."""


@dataclass(frozen=True, slots=True)
class NoticeSection:
    """文书 on the page of a case."""

    number: str
    issued: tuple[NoticeLine, ...]
    required: tuple[DueLine, ...]
    other: tuple[DueLine, ...]


def section(tx: Tx, looker: Looker, view: CaseView) -> NoticeSection:
    """Read the notices of a case that he may see."""
    words = looker.words
    found = reading.occasions(tx, view, looker.me) if looker.sees_names else ()
    known = reading.beside(tx, view, looker.me, found)
    places = Places(place_names(tx), words)
    due = {(one.notice, one.seq) for one in known.due}
    open_here = [
        (occasion, call) for occasion, call in found if (call.notice, occasion.step.seq) in due
    ]
    return NoticeSection(
        number=view.number,
        issued=tuple(_line(words, places, view, one, looker) for one in known.issued),
        required=tuple(_due(words, open_here, required=True)),
        other=tuple(_due(words, open_here, required=False)),
    )


def _line(
    words: Words, places: Places, view: CaseView, one: NoticeView, looker: Looker
) -> NoticeLine:
    shown = one.here and looker.sees_names
    return NoticeLine(
        title=title_of(words, one.notice),
        number=one.number,
        issuer=places(one.issuer),
        at_ms=one.issued_at,
        href=f"/cases/{view.number}/notices/{one.code}" if shown else "",
    )


def _due(words: Words, found: list[tuple[Occasion, Call]], *, required: bool) -> Iterator[DueLine]:
    for occasion, call in found:
        if call.required is required:
            event = event_title(words, str(type(occasion.step.fact).__struct_config__.tag))
            key = "notices.why_law" if required else "notices.why"
            why = words.say(key, event=event, **({"law": call.law} if required else {}))
            yield DueLine(call.notice, occasion.step.seq, title_of(words, call.notice), why)


def title_of(words: Words, notice: NoticeKind) -> str:
    """Name a kind of notice."""
    return words.say(f"notice_kind.{notice}")


FRAMED: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'self'; sandbox allow-modals"
    ),
    "X-Frame-Options": "SAMEORIGIN",
}
"""Under which a notice's own page is given to a browser: it runs nothing, loads nothing, and only
our own pages may show it in a frame."""
