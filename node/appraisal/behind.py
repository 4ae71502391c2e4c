"""What is behind a number, for whoever may look there.

Of ratings and complaints nobody is shown those of a case in which he acted: who oversees may sit at
a window, too.
"""

from msgspec.structs import replace

from node.appraisal import reading
from node.appraisal.asking import Asking
from node.database import Tx
from node.evaluation import reading as evaluations
from node.evaluation import redress_reading as redress
from schemas.appraisal import Counted, DrillEntry, DrillPage, Grain, Measure, Period
from schemas.evaluation import EvaluationView
from schemas.ids import StaffId
from schemas.redress import RedressView


def behind(
    tx: Tx, who: Asking, period: Period, asked: tuple[Grain, str, Measure], after: str = ""
) -> DrillPage:
    """List what makes up a number, fifty at a time; a page may be shorter than that.

    Raises `NotAllowedError`; `BadInputError` for an `after` that no page gave.
    """
    who.require_open(*asked)
    found = reading.drill(tx, period, asked, after)
    me = StaffId(who.actor.staff)
    return replace(found, entries=tuple(one for one in found.entries if not _is_of(tx, one, me)))


def _is_of(tx: Tx, entry: DrillEntry, staff: StaffId) -> bool:
    """Say whether it is a rating or a complaint about what he did."""
    view: EvaluationView | RedressView | None
    match entry.counted:
        case Counted.EVALUATION:
            view = evaluations.of_note(tx, entry.stream)
        case Counted.REDRESS:
            view = redress.view(tx, entry.stream)
        case _:
            return False
    if view is None:
        return False
    acted = frozenset() if view.case is None else evaluations.acted_in(tx, view.case)
    return staff == view.staff or staff in acted
