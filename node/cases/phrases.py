"""常用语: phrases for opinions and notices, a person's own and his department's.

A phrase is text and nothing more: choosing one fills a field, which may then be changed. It belongs
to one form of one step, for what fits a grant does not fit a denial. What every office needs comes
with the program (`desk.phrase_…` among the words).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from node.cases import phrasebook, transitions
from node.cases.page_fields import Entry, Kind, Way
from node.database import Tx
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.web.chrome import Choice
from node.web.wording import Words
from node.work import Actor, Work
from schemas.cases import Action
from schemas.phrases import NewPhrase, Phrase, PhraseOwner

MOST: Final = 40  # of one owner: a list that is longer is read by nobody
LONGEST: Final = 300  # characters: a phrase, not an opinion
SHOWN: Final = 36  # characters of a phrase in its list
FIELD: Final = "-phrase"
"""The select beside a text field is named by the field and this."""
FIELDS: Final = ("opinion", "note")
"""Free text that phrases are offered for."""
USES: Final = (
    "forward", "request_correction", "refuse", "review", "review_denied", "decide",
    "decide_denied", "send_back", "give_opinion", "report", "return",
)  # fmt: skip
"""Forms for which phrases are kept, by the key of their way."""
KEPT_WITH_US: Final = 4  # numbers that the words of a use may carry: `desk.phrase_review_1` …


@dataclass(frozen=True, slots=True)
class Book:
    """The phrases that somebody is offered, by the form that they are for."""

    by_use: Mapping[str, tuple[str, ...]]

    def offer(self, ways: Sequence[Way]) -> tuple[Way, ...]:
        """Put the phrases beside the free text of each form."""
        return tuple(self._with_phrases(way) for way in ways)

    def _with_phrases(self, way: Way) -> Way:
        texts = self.by_use.get(way.key, ())
        if not texts:
            return way
        return replace(way, entries=tuple(_offered(one, texts) for one in way.entries))


def _offered(entry: Entry, texts: tuple[str, ...]) -> Entry:
    if entry.kind is not Kind.PROSE or entry.name not in FIELDS:
        return entry
    return replace(entry, options=tuple(Choice(text, _short(text)) for text in texts))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"


def book(tx: Tx, actor: Actor, words: Words) -> Book:
    """Gather what he is offered: his own, his department's, then what comes with the program."""
    found: dict[str, tuple[str, ...]] = {}
    for phrase in phrasebook.listing(tx, _owners(actor)):
        found[phrase.use] = (*found.get(phrase.use, ()), phrase.text)
    for use in USES:
        ours = (f"phrase.{use}_{number}" for number in range(1, KEPT_WITH_US + 1))
        usual = tuple(words.say(key) for key in ours if words.has(key))
        found[use] = tuple(dict.fromkeys((*found.get(use, ()), *usual)))
    return Book(found)


def listing(tx: Tx, actor: Actor) -> tuple[Phrase, ...]:
    """List what he and his department have kept. Raises `NotAllowedError`."""
    _require_desk(actor)
    return phrasebook.listing(tx, _owners(actor))


def add(work: Work, new: NewPhrase) -> tuple[Phrase, ...]:
    """Keep a phrase. Raises `BadInputError`, `NotAllowedError`."""
    actor = work.actor
    _require_desk(actor)
    text = "\n".join(line.rstrip() for line in new.text.strip().splitlines())
    owner = _owner(actor, new.owner)
    if new.use not in USES:
        raise BadInputError({"use": "unknown" if new.use else "missing"})
    if not text or len(text) > LONGEST:
        raise BadInputError({"text": "too_long" if text else "missing"})
    if owner is None:
        raise BadInputError({"owner": "no_department"})
    if phrasebook.count(work.tx, owner) >= MOST:
        raise BadInputError({"text": "too_many"})
    phrasebook.add(work.tx, owner, new.use, text, work.now_ms)
    return listing(work.tx, actor)


def drop(work: Work, phrase: int) -> tuple[Phrase, ...]:
    """Forget a phrase of his, or of his department. Raises `NotFoundError`."""
    _require_desk(work.actor)
    if not phrasebook.drop(work.tx, phrase, tuple(_owners(work.actor))):
        raise NotFoundError(f"phrase {phrase}")
    return listing(work.tx, work.actor)


def _require_desk(actor: Actor) -> None:
    """Go on only if he works on cases: nobody else writes opinions."""
    if not actor.roles & transitions.ANYONE:
        raise NotAllowedError("phrases are for who works on cases")


def _owner(actor: Actor, owner: PhraseOwner) -> str | None:
    if owner is PhraseOwner.MINE:
        return f"staff:{actor.staff}"
    return None if actor.department is None else f"department:{actor.department}"


def _owners(actor: Actor) -> dict[str, PhraseOwner]:
    named = ((_owner(actor, owner), owner) for owner in PhraseOwner)
    return {name: owner for name, owner in named if name is not None}


def action_of(use: str) -> Action:
    """Name the step that a form takes."""
    return Action(use.removesuffix("_denied"))
