"""What every page of revisions says alike: the light of a state, a sentence, a person, a change."""

from collections.abc import Callable, Iterable
from typing import Final

from node.catalogue import actions as catalogue
from node.database import Tx
from node.errors import NotFoundError
from node.staff import actions as staff
from node.web.chrome import Mark
from node.web.wording import Words
from schemas.ids import NodeId, StaffId
from schemas.items import Item
from schemas.revisions import ItemChange, RevisionBrief, RevisionState

COMMAND_LINE: Final = StaffId("operator")
"""Whoever works at the machine itself: he has no account."""
_TONES: Final = {
    RevisionState.DRAFT: "plain",
    RevisionState.SUBMITTED: "brand",
    RevisionState.REVIEWED: "yellow",
    RevisionState.APPROVED: "still",
    RevisionState.RELEASED: "green",
    RevisionState.RETURNED: "red",
    RevisionState.WITHDRAWN: "plain",
}


def state_mark(words: Words, brief: RevisionBrief, today: str) -> Mark:
    """Light the state of a revision; an approved one says whether its public notice still runs."""
    if brief.state is RevisionState.APPROVED and brief.notice_until < today:
        return Mark("yellow", words.say("revision.state_ready"))
    said = words.say(f"revision.state_{brief.state}", until=brief.notice_until)
    return Mark(_TONES[brief.state], said)


def spoken(words: Words, text: str) -> str:
    """Say, in the page's language, sentences that stand in both: 中文 · English, one a line."""
    return in_a_row(words, (_one(words, line) for line in text.split("\n")))


def in_a_row(words: Words, sentences: Iterable[str]) -> str:
    """Put sentences one after the other."""
    return words.pick("；", "; ").join(sentences)


def _one(words: Words, sentence: str) -> str:
    parts = sentence.split(" · ")
    half = len(parts) // 2
    if not half or len(parts) % 2:
        return sentence
    return words.pick(" · ".join(parts[:half]), " · ".join(parts[half:]))


def fault(words: Words, said: str) -> str:
    """Say what an action found wrong with a field: a word of ours, or sentences."""
    key = f"revision.fault_{said}"
    return words.say(key) if words.has(key) else spoken(words, said)


def end_of(stream: str) -> str:
    """Give the random end of a stream's name, by which pages call a revision."""
    return stream.rpartition("/")[2]


def change_words(words: Words, change: ItemChange) -> str:
    """Say what a line does to its item."""
    if change.ends is not None:
        return words.say(f"revision.change_{change.ends}")
    return words.say("revision.change_revised" if change.base else "revision.change_new")


def before(tx: Tx, me: NodeId, change: ItemChange) -> Item | None:
    """Give the text that a line was drafted against; `None` of a new item."""
    try:
        return catalogue.version(tx, me, change.code, change.base).item if change.base else None
    except NotFoundError:
        return None


def name_of(tx: Tx, me: NodeId, words: Words, change: ItemChange) -> str:
    """Name the item of a line, also of one that ends it."""
    item = change.item or catalogue.last_text(tx, me, change.code)
    return change.code if item is None else words.pick(item.name, item.name_en) or change.code


def people(tx: Tx, words: Words) -> Callable[[StaffId], str]:
    """Give what names members of staff; whoever works at another node has no name here."""

    def name(person: StaffId) -> str:
        if person == COMMAND_LINE:
            return words.say("revision.command_line")
        account = staff.account(tx, person)
        return words.say("revision.elsewhere") if account is None else account.name

    return name
