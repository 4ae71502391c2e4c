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

M = Measure
ANSWERS: Final = frozenset({Role.REPRESENTATIVE, Role.APPROVER, Role.REVIEWER})
"""Who looks behind the numbers of his own department."""
OF_RATINGS: Final = frozenset(
    {M.RATED, M.GRADES, M.SATISFIED, M.PRAISED, M.BAD, M.BAD_MENDED, M.BAD_NAMED, M.BAD_CALLED}
)
"""What an evaluation adds: behind these stands which citizen gave which grade."""
OF_COMPLAINTS: Final = frozenset({M.COMPLAINTS, M.COMPLAINTS_TRUE, M.CONSULTED})
"""What a complaint or a question adds: behind these stands who complained."""
_MONTH: Final = len("2026-11")
_DAY: Final = len("2026-11-26")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, at which node."""

    me: NodeId
    actor: Actor

    def may_see(self, grain: Grain, subject: str) -> bool:
        """Say whether the numbers of a subject are his business."""
        if self.actor.roles & OVERSEERS:
            return True
        match grain:
            case Grain.BODY:
                return bool(self.actor.roles & ANSWERS) and subject == self._own_body
            case Grain.STAFF:
                return subject == self._himself
            case _:
                return False

    def may_open(self, grain: Grain, subject: str, measure: Measure) -> bool:
        """Say whether he may look at the cases behind a number of a subject.

        Behind ratings and complaints not as others do: whoever was rated knows that he was, and
        never by whom. A representative sees the grades of his department.
        """
        if not self.may_see(grain, subject):
            return False
        if measure not in OF_RATINGS | OF_COMPLAINTS:
            return True
        if self.actor.roles & OVERSEERS:
            return subject != self._himself
        represents = Role.REPRESENTATIVE in self.actor.roles and self.actor.department is not None
        return represents and grain is Grain.BODY and measure in OF_RATINGS

    @property
    def _himself(self) -> str:
        return f"{self.me}/{self.actor.staff}"

    @property
    def _own_body(self) -> str:
        department = self.actor.department
        return f"{self.me}/{department}" if department else self.me

    def require(self, grain: Grain, subject: str) -> None:
        """Pass whoever may. Raises `NotAllowedError`."""
        if not self.may_see(grain, subject):
            raise NotAllowedError("numbers are for who oversees, and for who answers for them")

    def require_open(self, grain: Grain, subject: str, measure: Measure) -> None:
        """Pass whoever may look behind a number. Raises `NotAllowedError`."""
        if not self.may_open(grain, subject, measure):
            raise NotAllowedError("what is behind a number is for who answers for it, not for all")

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
