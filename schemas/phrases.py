"""常用语: what people write again and again in opinions and notices. Kept at one node alone."""

from enum import StrEnum

import msgspec


class PhraseOwner(StrEnum):
    """Whose a phrase is."""

    MINE = "mine"
    DEPARTMENT = "department"
    """Of everybody in the writer's department."""


class NewPhrase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A phrase as somebody writes it."""

    use: str
    """For which form: an action, or an action and `_denied`."""
    text: str
    owner: PhraseOwner = PhraseOwner.MINE


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase that is kept."""

    id: int
    use: str
    text: str
    owner: PhraseOwner


class Phrases(msgspec.Struct, frozen=True, kw_only=True):
    """The phrases that somebody is offered: his own, then his department's."""

    phrases: tuple[Phrase, ...]
