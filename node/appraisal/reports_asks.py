"""What reports ask of a person: to object in time, to decide objections, to issue what is due."""

from typing import Final

from node.appraisal import reports_model, reports_store
from node.cases.page_looker import Ask
from node.clock import from_ms, local_day
from node.database import Tx
from node.streams import may_publish
from node.work import Actor
from schemas.appraisal import PeriodKind
from schemas.ids import NodeId, line_of

ISSUED_BY_HAND: Final = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)


def asks(tx: Tx, me: NodeId, actor: Actor, now: int) -> tuple[Ask, ...]:
    """Count what reports ask of somebody now."""
    today, found = local_day(from_ms(now)), []
    if actor.roles & reports_model.OBJECTORS:
        count = reports_store.count_open_to(tx, line_of(me), str(today))
        found.append(Ask(count, "reports.ask_object", "/reports?kind=quarter"))
    if actor.roles & reports_model.ISSUERS and may_publish(me):
        latest = reports_model.latest_over(today, ISSUED_BY_HAND)
        due = [one for one in latest if reports_store.of_period(tx, me, one) is None]
        kind = due[0].kind if due else PeriodKind.MONTH
        undecided = reports_store.count_undecided(tx, me)
        found += [
            Ask(undecided, "reports.ask_decide", "/reports?kind=quarter", "yellow"),
            Ask(len(due), "reports.ask_issue", f"/reports?kind={kind}"),
        ]
    return tuple(found)
