"""材料可信等级: how far a paper may be relied on (国办函〔2016〕108号). Pure.

One rule for every window, so that the same paper has the same level wherever it is handed in:

- D: what the applicant writes himself, whoever looks at it: the guide says that it is his own
  (自备) and offers a blank form for it, or its name says what it is (申请表, 承诺书, 声明…).
- B: anything else of which a window saw the original: it keeps it, or ticks 已核对原件 on a copy.
- C: of the rest, what he sends in or hands in as a copy; D where a third party made it (其他).
- A comes from the issuing authority alone, and no window can claim it: a paper is A here only if
  the paper verified before was A.

A window may say less than the rule allows, never more.
"""

import re
from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from schemas.case_terms import MaterialGiven, Trust
from schemas.ids import PartDigest
from schemas.item_terms import MaterialSource
from schemas.items import MaterialNeed

_HIS_WORD: Final = re.compile(
    r"(申请表|申请书|申请审批表|审批表|审核表|登记表|登记书|备案表|承诺书|保证书|声明|声明书|委托书|说明)$"
)
"""How papers end that the applicant writes himself."""
_AFTERTHOUGHT: Final = re.compile(r"[(（][^()（）]*[)）]$")
AT_WINDOWS: Final = frozenset({"window", "agent"})
"""Channels in which somebody of ours sees the papers (窗口, 代办)."""
ORDER: Final = (Trust.A, Trust.B, Trust.C, Trust.D)
"""From the most reliable to the least."""


def is_self_made(need: MaterialNeed) -> bool:
    """Say whether the applicant writes this paper himself: it stays his word, whoever sees it."""
    if need.source is not MaterialSource.APPLICANT:
        return False
    name = _AFTERTHOUGHT.sub("", need.name.strip())
    return bool(need.blank) or _HIS_WORD.search(name) is not None


def best(need: MaterialNeed, *, at_window: bool) -> Trust:
    """Give the highest level that a window, or nobody's window, may claim for a paper."""
    if is_self_made(need):
        return Trust.D
    if at_window:
        return Trust.B
    return Trust.D if need.source is MaterialSource.OTHER else Trust.C


def usual(need: MaterialNeed, given: MaterialGiven, *, at_window: bool) -> Trust:
    """Give the level of a paper of which nothing is said: B where the original was handed in."""
    return best(need, at_window=at_window and given.originals > 0)


def lower(one: Trust, other: Trust) -> Trust:
    """Give the less reliable of two levels."""
    return max(one, other, key=ORDER.index)


def settled(
    need: MaterialNeed,
    given: MaterialGiven,
    shared: Mapping[PartDigest, Trust],
    *,
    at_window: bool,
) -> MaterialGiven | None:
    """Give the paper with its level; `None` if more is claimed than the rule allows.

    `shared` holds the copies of papers verified before, with the level that they had.
    """
    if not (given.parts or given.originals or given.copies):
        return replace(given, trust=None, shared=False)
    levels = [shared[part] for part in given.parts if part in shared]
    if levels and len(levels) == len(given.parts):
        level = max(levels, key=ORDER.index)
        if not _allows(level, given.trust):
            return None
        return replace(given, trust=given.trust or level, shared=True)
    if given.shared or not _allows(best(need, at_window=at_window), given.trust):
        return None
    level = given.trust or usual(need, given, at_window=at_window)
    return replace(given, trust=level, shared=False)


def _allows(highest: Trust, claimed: Trust | None) -> bool:
    return claimed is None or lower(highest, claimed) is claimed
