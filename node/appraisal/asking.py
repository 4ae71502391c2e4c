"""Who may ask for which numbers, and how people ask: periods, subjects and measures as texts."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from node.appraisal import periods
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.work import Actor
from schemas.appraisal import Grain, Measure, Period, PeriodKind
from schemas.ids import NodeId
from schemas.staff import OVERSEERS, Role

ANSWERS: Final = frozenset({Role.REPRESENTATIVE, Role.APPROVER, Role.REVIEWER})
"""Who looks behind the numbers of his own department."""
_MONTH: Final = len("2026-11")
_DAY: Final = len("2026-11-26")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, at which node."""

    me: NodeId
    actor: Actor

    def may_see(self, grain: Grain, subject: str) -> bool:
        """Say whether he may look behind the numbers of a subject."""
        if self.actor.roles & OVERSEERS:
            return True
        match grain:
            case Grain.BODY:
                return bool(self.actor.roles & ANSWERS) and subject == self._own_body
            case Grain.STAFF:
                return subject == f"{self.me}/{self.actor.staff}"
            case _:
                return False

    @property
    def _own_body(self) -> str:
        department = self.actor.department
        return f"{self.me}/{department}" if department else self.me

    def require(self, grain: Grain, subject: str) -> None:
        """Pass whoever may. Raises `NotAllowedError`."""
        if not self.may_see(grain, subject):
            raise NotAllowedError("numbers are for who oversees, and for who answers for them")

    def require_overseer(self) -> None:
        """Pass whoever sees the numbers of everybody. Raises `NotAllowedError`."""
        if not self.actor.roles & OVERSEERS:
            raise NotAllowedError("numbers of everybody are for who oversees")


def read_period(text: str) -> Period:
    """Read `2026-11-26`, `2026-11`, `2026-Q4` or `2026`. Raises `BadInputError`."""
    said = text.strip().upper()
    if "Q" in said:
        return periods.parse(PeriodKind.QUARTER, said)
    kinds = {_DAY: PeriodKind.DAY, _MONTH: PeriodKind.MONTH}
    return periods.parse(kinds.get(len(said), PeriodKind.YEAR), said)


def read_day(text: str) -> date:
    """Read a day. Raises `BadInputError`."""
    return periods.bounds(periods.parse(PeriodKind.DAY, text))[0]


def require_over(day: date, today: date) -> date:
    """Pass a day that is over: what a day brought is told on the next. Raises `NotFoundError`."""
    if day >= today:
        raise NotFoundError(f"the day {day} is not over")
    return day


def read_grain(text: str) -> Grain:
    """Read a grain. Raises `BadInputError`."""
    try:
        return Grain(text)
    except ValueError:
        raise BadInputError({"grain": "unknown"}) from None


def read_measure(text: str) -> Measure:
    """Read a measure. Raises `BadInputError`."""
    try:
        return Measure(text)
    except ValueError:
        raise BadInputError({"measure": "unknown"}) from None
