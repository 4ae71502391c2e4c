"""What the fields of the item editor offer to choose from: closed sets, what this node knows."""

from collections.abc import Sequence
from typing import Final

from node.catalogue import labels
from node.catalogue.columns import Column, Kind
from node.catalogue.words import CHOICES, TYPES
from node.revisions import entries
from node.web.chrome import Choice
from node.web.wording import Words
from schemas.ids import DepartmentId
from schemas.item_terms import LimitStart
from schemas.items import Item
from schemas.staff import Department
from schemas.topics import CORPORATE_TOPICS, PERSONAL_TOPICS

TOWN: Final = DepartmentId("town")
"""The town itself, where a department is asked for."""
_ALL_TOPICS: Final = tuple(dict.fromkeys((*PERSONAL_TOPICS, *CORPORATE_TOPICS)))


def choices(
    words: Words, path: str, column: Column, item: Item, departments: Sequence[Department]
) -> tuple[Choice, ...]:
    """List what a field may hold, if that is a closed set, or one that this node knows."""
    known = tuple(Choice(one.id, words.pick(one.name, one.name_en)) for one in departments)
    match path:
        case "department" | "process.department":
            town = Choice(TOWN, words.say("editor.town"))
            return (Choice("", words.say("editor.nobody")), *known, town)
        case "process.joint":
            return known
        case "risks.stage":
            stages = dict.fromkeys(stage.name for stage in item.process if stage.name)
            return tuple(Choice(name, name) for name in stages)
        case "situations.answers.materials":
            return tuple(Choice(one.code, one.name) for one in item.materials if one.code)
        case "topics":
            return tuple(Choice(one, one) for one in _ALL_TOPICS)
        case _:
            return _closed(words, path, column)


def _closed(words: Words, path: str, column: Column) -> tuple[Choice, ...]:
    if column.kind is Kind.TYPE:
        return tuple(Choice(code, f"{code} {words.pick(*both)}") for code, both in TYPES.items())
    if column.kind is Kind.YES_NO:
        yes, no = words.pick(*labels.YES), words.pick(*labels.NO)
        return Choice(entries.YES, yes), Choice(entries.NO, no)
    if column.choices is None:
        return ()
    said = CHOICES[column.choices].items()
    return tuple(
        Choice(member, words.pick(*both)) for member, both in said if _may_be(path, column, member)
    )


def _may_be(path: str, column: Column, member: str) -> bool:
    """Say whether a limit may count so: from the decision only the check after a commitment."""
    if column.choices is not LimitStart:
        return True
    return (member == LimitStart.DECIDED) == (path == "commitment_check.start")


def with_current(offered: tuple[Choice, ...], values: Sequence[str]) -> tuple[Choice, ...]:
    """Offer also what stands there now, so that looking at a form never changes it."""
    known = {one.value for one in offered}
    return (*offered, *(Choice(one, one or "—") for one in values if one not in known))
