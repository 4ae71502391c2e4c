"""How long each matter may take, as data, and when its steps are late. Pure.

The events say the last days; a calendar that is published later moves them for who looks, never to
an earlier day: nobody is late by a holiday that was not known yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

import msgspec

from node.calendar.model import Calendar
from node.cases.guards import read_day
from node.clock import from_ms, local_day
from schemas.redress import Complexity, RedressKind, RedressState, RedressView


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Working days, the day that sets them running not counted, the last day counted."""

    verify: int
    """Until it is verified; of a question: until it is answered."""
    simple: int
    """Until it is answered, where it is simple."""
    complex: int
    whole: bool = False
    """Whether `simple` and `complex` run from the day it came, not from the day of verifying."""
    basis: str = ""
    """Under what such matters are handled. It asks for a limit and names no number."""

    def answer(self, complexity: Complexity) -> int:
        """Tell how long mending or explaining may take."""
        return self.complex if complexity is Complexity.COMPLEX else self.simple


_RATING: Final = "国办发〔2019〕51号"
_COMPLAINT: Final = "GB/T 36113"
LIMITS: Final[Mapping[RedressKind, Limit]] = MappingProxyType(
    {
        RedressKind.BAD_RATING: Limit(verify=1, simple=5, complex=15, basis=_RATING),
        RedressKind.COMPLAINT: Limit(
            verify=10, simple=10, complex=10, whole=True, basis=_COMPLAINT
        ),
        RedressKind.UNRESOLVED: Limit(
            verify=10, simple=10, complex=10, whole=True, basis=_COMPLAINT
        ),
        RedressKind.CONSULTATION: Limit(verify=5, simple=5, complex=5, whole=True),
    }
)
"""Usual limits, as cities have set them (5 and 15) and as one service centre promises (10, the
tenth included); no national number is known. An extension, once, is no longer than the limit."""


def verify_by(kind: RedressKind, opened: date, days: Calendar) -> date:
    """Give the last day to verify what came on a day."""
    return days.after(opened, LIMITS[kind].verify)


def answer_by(view: RedressView, complexity: Complexity, verified: date, days: Calendar) -> date:
    """Give the last day to answer what is verified on a day.

    An appeal that failed has given its days back to the day of verifying: what runs from the day
    it came is not due before that.
    """
    limit = LIMITS[view.redress]
    start = local_day(from_ms(view.opened_at)) if limit.whole else verified
    last = days.after(start, limit.answer(complexity))
    resumed_to = read_day(view.verify_by) if view.appealed_at is not None else None
    return max(last, resumed_to) if limit.whole and resumed_to is not None else last


def latest_extension(view: RedressView, days: Calendar) -> date | None:
    """Give the latest day to which it may be extended; `None` if its own day is none."""
    due = read_day(view.due)
    if due is None:
        return None
    limit = LIMITS[view.redress]
    return days.after(due, limit.answer(view.complexity or Complexity.SIMPLE))


def given_back(due: str, appealed: date, decided: date, days: Calendar) -> str:
    """Give the last day of a step after an appeal: as many workdays are left as were left then.

    One at least: the day of the decision is not counted. What was late already stays late.
    """
    last = read_day(due)
    if last is None or last < appealed:
        return due
    return days.after(decided, max(days.count(appealed, last), 1)).isoformat()


def resumed(view: RedressView, stood: RedressState, decided: date, days: Calendar) -> str:
    """Give the last day of the step that stood still while an appeal was decided."""
    if view.appealed_at is None:
        return ""
    due = view.verify_by if stood is RedressState.OPENED else view.answer_by
    return given_back(due, local_day(from_ms(view.appealed_at)), decided, days)


# ---- what is late


def reckoned(view: RedressView, days: Calendar) -> RedressView:
    """Say of a matter when its next step is due and which steps were late, by the days of now."""
    verify, verify_unsure = _verify_day(view, days)
    answer, answer_unsure = _answer_day(view, days)
    direct = view.redress is RedressKind.CONSULTATION
    due, unsure = "", False
    if view.state is RedressState.OPENED:
        due, unsure = (answer or verify) if direct else verify, verify_unsure
    elif view.state is RedressState.VERIFIED:
        due, unsure = answer, answer_unsure
    last = (answer or verify) if direct else answer
    return msgspec.structs.replace(
        view,
        due=due,
        unsure=unsure,
        verified_late=not verify_unsure and _is_behind(view.verified_at, verify),
        answered_late=not answer_unsure and _is_behind(view.answered_at, last),
    )


def is_late(view: RedressView, today: date) -> bool:
    """Say whether what is to be done next should have been done before today."""
    due = read_day(view.due)
    return due is not None and due < today and not view.unsure


def _is_behind(at: int | None, last: str) -> bool:
    day = read_day(last)
    return at is not None and day is not None and local_day(from_ms(at)) > day


def _verify_day(view: RedressView, days: Calendar) -> tuple[str, bool]:
    start = local_day(from_ms(view.opened_at))
    return later(view.verify_by, start, LIMITS[view.redress].verify, days)


def _answer_day(view: RedressView, days: Calendar) -> tuple[str, bool]:
    if not view.answer_by:
        return "", False
    limit, began = LIMITS[view.redress], view.opened_at
    if not limit.whole and view.verified_at is not None:
        began = view.verified_at
    workdays = limit.answer(view.complexity or Complexity.SIMPLE)
    return later(view.answer_by, local_day(from_ms(began)), workdays, days)


def later(stated: str, start: date, workdays: int, days: Calendar) -> tuple[str, bool]:
    """Give the later of a stated day and what the calendar says now; and whether that is unsure."""
    said, now = read_day(stated), days.after(start, workdays)
    last = now if said is None else max(said, now)
    unsure = any(days.year(year).provisional for year in range(start.year, last.year + 1))
    return last.isoformat(), unsure
