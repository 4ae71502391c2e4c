"""Which findings somebody asks for, and which rulebook, as queries and forms say it. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, TypeVar

from node.errors import BadInputError
from node.supervision.model import Rule
from schemas.ids import DepartmentId, NodeId
from schemas.supervision import (
    FindingLevel,
    FindingState,
    ItemThreshold,
    Rulebook,
    RuleClass,
    RuleId,
    RuleSetting,
)
from schemas.supervision_api import FindingQuery

E = TypeVar("E", bound=StrEnum)
FIELDS: Final = (
    "state", "class", "level", "rule", "node", "department", "staff", "item", "since", "until",
    "after",
)  # fmt: skip
WAITING: Final = "waiting"
EVERYTHING: Final = "all"
NEW_ROWS: Final = 3  # empty rows for further items; more are added by saving
LONGEST_NUMBER: Final = 9  # digits that a form's number may have


def query_of(said: Mapping[str, str]) -> FindingQuery:
    """Read a question; what is empty does not narrow. Raises `BadInputError`."""
    state = said.get("state") or WAITING
    return FindingQuery(
        open=state == WAITING,
        state=None if state in (WAITING, EVERYTHING) else _member(FindingState, "state", state),
        rule_class=_member(RuleClass, "class", said.get("class", "")),
        level=_member(FindingLevel, "level", said.get("level", "")),
        rule=_member(RuleId, "rule", said.get("rule", "")),
        node=NodeId(said["node"]) if said.get("node") else None,
        department=DepartmentId(said["department"]) if said.get("department") else None,
        staff=said.get("staff", ""),
        item=said.get("item", "").strip(),
        since=said.get("since", ""),
        until=said.get("until", ""),
        after=said.get("after", ""),
    )


def _member(kind: type[E], field: str, text: str) -> E | None:
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        raise BadInputError({field: "unknown"}) from None


def book_of(
    rules: Iterable[Rule],
    on: Iterable[str],
    numbers: Mapping[str, str],
    rows: Iterable[tuple[str, str]],
) -> Rulebook:
    """Read a rulebook from a form: which rules are ticked, `T7.hours` and the like, the items.

    Raises `BadInputError` where something is no number.
    """
    ticked = set(on)
    wrong: dict[str, str] = {}
    settings = []
    for rule in rules:
        values = {}
        for name in rule.parameters:
            field = f"{rule.id}.{name}"
            number = _number(numbers.get(field, ""))
            if number is None:
                wrong[field] = "not_a_number"
            else:
                values[name] = number
        settings.append(RuleSetting(rule=rule.id, on=rule.id in ticked, values=values))
    thresholds = []
    for code, days in rows:
        if not code and not days:
            continue
        number = _number(days)
        if number is None or not code:
            wrong["thresholds"] = "not_a_number" if code else "missing"
            continue
        thresholds.append(ItemThreshold(item=code, yellow_workdays=number))
    if wrong:
        raise BadInputError(wrong)
    return Rulebook(settings=tuple(settings), thresholds=tuple(thresholds))


def _number(text: str) -> int | None:
    plain = text.strip()
    is_number = plain.isascii() and plain.isdecimal() and len(plain) <= LONGEST_NUMBER
    return int(plain) if is_number else None
