"""监察规则目录: every rule there is (domain §5.3). Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from node.supervision import (
    rules_content,
    rules_course,
    rules_day,
    rules_fee,
    rules_matter,
    rules_time,
)
from node.supervision.model import Rule
from schemas.supervision import RuleId

_FOUND: Final = (
    *rules_time.RULES,
    *rules_course.RULES,
    *rules_content.RULES,
    *rules_fee.RULES,
    *rules_matter.RULES,
    *rules_day.RULES,
)
RULES: Final[tuple[Rule, ...]] = tuple(
    sorted(_FOUND, key=lambda rule: tuple(RuleId).index(rule.id))
)
"""In the order of the catalogue."""
_BY_ID: Final[Mapping[RuleId, Rule]] = MappingProxyType({one.id: one for one in RULES})


def by_id(rule: RuleId) -> Rule:
    """Give a rule of the catalogue."""
    return _BY_ID[rule]
