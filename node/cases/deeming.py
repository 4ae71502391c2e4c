"""What time itself brings about (超时默认), written by the system at whoever holds the case.

Every replica can derive it; only the holder records it, as an event that states the instant by
which it came, so that a replay gives the same.
"""

from typing import Final

from federation.errors import CannotAppendError
from node.cases import clockbook, guards, stepping, store
from node.cases.caseview import CaseView
from node.cases.requirements import RENEWAL_GROUND
from node.catalogue import actions as catalogue
from node.clock import from_ms, local_day
from node.database import Tx
from node.errors import ActionNotOpenError, BadInputError
from node.work import Work
from schemas.case_law import CaseDeemedAccepted, CaseDeemedGranted
from schemas.cases import Action, CaseEvent, CaseState
from schemas.clocks import ClockKind
from schemas.ids import NodeId, StreamName
from schemas.item_terms import LICENCE

AT_ONCE: Final = 50  # cases in one Work: some 30 ms


def is_due(tx: Tx, me: NodeId, now: int) -> bool:
    """Say whether time may have brought something about here that is not written down yet."""
    return bool(_waiting(tx, me, now))


def deem(work: Work) -> tuple[StreamName, ...]:
    """Write down what time has brought about, up to some fifty cases; name them."""
    done = []
    for stream in _waiting(work.tx, work.me, work.now_ms):
        view = store.load(work.tx, stream)
        fact = None if view is None else _brought_about(work, view)
        if view is None or fact is None:
            continue
        try:
            stepping.do_by_system(work, view, fact)
        except (ActionNotOpenError, BadInputError, CannotAppendError):
            continue  # it waits for something else: the next round looks again
        done.append(stream)
    return tuple(done)


def _waiting(tx: Tx, me: NodeId, now: int) -> tuple[StreamName, ...]:
    now += min(0, stepping.drift(tx, me))  # a clock that is fast brings nothing about early
    today = str(local_day(from_ms(now)))
    late = clockbook.run_out(tx, me, now, AT_ONCE)
    return tuple(dict.fromkeys((*late, *store.expired(tx, me, today, AT_ONCE))))


def _brought_about(work: Work, view: CaseView) -> CaseEvent | None:
    item = catalogue.item_at(work.tx, view.item, view.item_version)
    if item is None or item.type_code != LICENCE:  # 行政许可法 is about licences alone
        return None
    if view.state in (CaseState.APPLIED, CaseState.RECEIVED):
        return _accepted(work, view)
    return _granted(view)


def _accepted(work: Work, view: CaseView) -> CaseDeemedAccepted | None:
    """视为受理: neither accepted nor told what is missing within five working days (§32(4))."""
    timer = next(
        (
            kept.timer
            for kept in clockbook.load(work.tx, view.stream)
            if kept.timer.clock is ClockKind.ACCEPTANCE
        ),
        None,
    )
    if timer is None or timer.due_at is None or not guards.is_open(view, Action.DEEM_ACCEPTED):
        return None
    return CaseDeemedAccepted(accepted_at=view.received_at, caused_at=timer.due_at)


def _granted(view: CaseView) -> CaseDeemedGranted | None:
    """视为准予延续: not decided before the licence expired (§50)."""
    ends = guards.lapses_at(view)
    return None if ends is None else CaseDeemedGranted(caused_at=ends, ground=RENEWAL_GROUND)
