"""How far a paper may be relied on, in words: for every page that shows one."""

from node.web.chrome import Mark
from node.web.wording import Words
from schemas.case_terms import Trust

_TONES = {Trust.A: "green", Trust.B: "green", Trust.C: "yellow", Trust.D: "plain"}


def mark_of(words: Words, level: Trust | None, *, shared: bool = False) -> Mark | None:
    """Show a level as its letter and its meaning; nothing for papers from before it was asked."""
    if level is None:
        return None
    said = words.say(f"trust.{level}")
    return Mark(_TONES[level], words.say("trust.and_shared", said=said) if shared else said)


def short_of(words: Words, level: Trust | None, *, shared: bool) -> str:
    """Say a level in a cell of a printed table."""
    if level is None:
        return ""
    return words.say("trust.shared", level=level.value) if shared else words.say(f"trust.{level}")
