"""What a rule found, as a sentence for the clerk: what happened, and why it is a finding. Pure."""

from collections.abc import Sequence
from typing import Final

from node.web.wording import Words
from schemas.supervision import RuleId

CODE: Final = "="
"""A value that begins so is a code, `=again|2`: its words stand under `rule_why`, with {v} and {w}
for what stands behind it."""
MOST_VALUES: Final = 5  # that any rule's sentence names
UNKNOWN: Final = "–"  # in the place of a value that the program which found it did not give


def says(words: Words, rule: RuleId, values: Sequence[str]) -> str:
    """Say in the reader's language what was found: `rule.<id>`, filled with the hit's values.

    A value that is a code is said in words; one that a newer program wrote is shown as it is.
    """
    told = [*(_told(words, value) for value in values), *[UNKNOWN] * MOST_VALUES][:MOST_VALUES]
    return words.say(f"rule.{rule}", **{f"v{number}": one for number, one in enumerate(told)})


def _told(words: Words, value: str) -> str:
    if not value.startswith(CODE):
        return value
    code, first, second = (*value.removeprefix(CODE).split("|", 2), "", "")[:3]
    key = f"rule_why.{code}"
    return words.say(key, v=first, w=second) if words.has(key) else value
