"""The sentences that whoever asked reads: where it stands, and what was wrong with his form."""

from collections.abc import Mapping
from typing import Final

from node.evaluation import redress_writing as writing
from node.web.wording import WORDS, Language, Words
from schemas.public import Said
from schemas.redress import RedressState, RedressView

_MOST: Final = {
    "title": writing.MOST_TITLE,
    "text": writing.MOST_TEXT,
    "name": writing.MOST_NAME,
    "phone": writing.MOST_PHONE,
}


def standing(view: RedressView) -> str:
    """Give the key of the sentence that says where a matter stands."""
    if view.set_aside:
        return "redress_told.set_aside"
    state = RedressState.ANSWERED if view.answered_at is not None else view.state
    return f"redress_told.{state}"


def where(view: RedressView) -> Said:
    """Say where a matter stands, in both languages."""
    key = standing(view)
    return Said(zh=WORDS[Language.ZH].say(key), en=WORDS[Language.EN].say(key))


def faults(words: Words, fields: Mapping[str, str]) -> dict[str, str]:
    """Say what is wrong with each field of a form."""
    return {name: _fault(words, name, fault) for name, fault in fields.items()}


def _fault(words: Words, name: str, fault: str) -> str:
    keys = (f"redress_fault.{name}_{fault}", f"redress_fault.{fault}")
    key = next((one for one in keys if words.has(one)), "form.empty")
    most = _MOST.get(name)
    wants_most = most is not None and "{most}" in words.say(key)
    return words.say(key, most=most) if wants_most else words.say(key)
