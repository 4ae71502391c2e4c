"""补录: an application taken down on a numbered paper form, and typed in later. Pure.

Both instants are kept: when it was taken on paper, and when it was typed in (the event's own).
Where the window is entrusted to receive, the paper's instant starts the limits, for the applicant
handed in everything then (行政许可法 §32); where it only acts for him (代办), what it wrote down
starts nothing, and the day of entry counts.
"""

import re
from datetime import datetime, timedelta
from typing import Final

from node.cases.facts import Fault
from node.catalogue.model import mode_at
from node.clock import from_ms
from schemas.case_terms import PaperReason, PaperReceipt
from schemas.cases import CaseReceived
from schemas.ids import NodeId, level_of
from schemas.item_terms import Mode
from schemas.items import Item

OLDEST: Final = timedelta(days=30)  # an application that lay about longer is taken anew
SLACK: Final = timedelta(days=1)  # by which a node's clock may be wrong before it says so itself
_NUMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{2,19}")
"""What is printed on pre-numbered forms; nobody's name fits in."""


def is_number(text: str) -> bool:
    """Say whether it may be the number of a paper form."""
    return _NUMBER.fullmatch(text) is not None


def fault_in(received: CaseReceived, at: int) -> Fault | None:
    """Say whether an event written `at` states a paper that cannot be, as every replica sees it."""
    paper = received.paper
    if not paper:
        return None
    is_in_time = at - _LONGEST_MS <= paper.captured_at <= at + _SLACK_MS
    is_in_order = received.received_at >= paper.captured_at
    is_told = is_number(paper.number) and bool(paper.why)
    return None if is_in_time and is_in_order and is_told else Fault.BAD_PAPER


_SLACK_MS: Final = SLACK // timedelta(milliseconds=1)
_LONGEST_MS: Final = (OLDEST + SLACK) // timedelta(milliseconds=1)


def faults_in(paper: PaperReceipt | None, now: datetime) -> dict[str, str]:
    """Say what is wrong with a paper that is typed in now; empty if nothing is, or none is."""
    if paper is None:
        return {}
    faults = {}
    if not is_number(paper.number):
        faults["paper.number"] = "paper_number"
    if paper.why not in _REASONS:
        faults["paper.why"] = "missing"
    taken = from_ms(paper.captured_at)
    if taken > now:
        faults["paper.captured_at"] = "paper_in_future"
    elif taken < now - OLDEST:
        faults["paper.captured_at"] = "paper_too_old"
    return faults


_REASONS: Final = frozenset(reason.value for reason in PaperReason)


def is_entrusted(item: Item, me: NodeId) -> bool:
    """Say whether what this place's windows receive is received: not where they only act (代办)."""
    return mode_at(item.tiers, level_of(me)) not in (None, Mode.AGENCY)


def receipt_instant(paper: PaperReceipt | None, item: Item, me: NodeId, now_ms: int) -> int:
    """Give the instant that starts the receipt clock."""
    if paper is None or not is_entrusted(item, me):
        return now_ms
    return paper.captured_at
