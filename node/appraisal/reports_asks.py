"""What reports ask of a person: to object in time, to mark, to decide objections, to issue."""

from typing import Final

from node.appraisal import reading, reports_model, reports_store
from node.cases.page_looker import Ask
from node.clock import from_ms, local_day
from node.database import Tx
from node.staff import actions as staff
from node.streams import may_publish
from node.work import Actor
from schemas.appraisal import Grain, Period, PeriodKind
from schemas.ids import NodeId, line_of

ISSUED_BY_HAND: Final = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)


def asks(tx: Tx, me: NodeId, actor: Actor, now: int) -> tuple[Ask, ...]:
    """Count what reports ask of somebody now."""
    today, found = local_day(from_ms(now)), []
    if actor.roles & reports_model.OBJECTORS:
        count = reports_store.count_open_to(tx, line_of(me), str(today))
        found.append(Ask(count, "reports.ask_object", "/reports?kind=quarter"))
    elif own := _open_to_himself(tx, me, actor, str(today)):
        found.append(Ask(own, "reports.ask_object", "/reports?kind=quarter"))
    if actor.roles & reports_model.OBJECTORS and actor.department and may_publish(me):
        unmarked = [
            one
            for one in reports_model.latest_over(today, ISSUED_BY_HAND)
            if _is_to_be_marked(tx, me, actor, one)
        ]
        kind = unmarked[0].kind if unmarked else PeriodKind.MONTH
        found.append(Ask(len(unmarked), "reports.ask_mark", f"/reports?kind={kind}"))
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


def _open_to_himself(tx: Tx, me: NodeId, actor: Actor, today: str) -> int:
    """Count the reports of this node in which he is listed and may still object for himself."""
    subject = f"{me}/{actor.staff}"
    rows = (one for one in reports_store.open_of(tx, me) if one.objections_until >= today)
    return sum(
        bool(reading.tallies(tx, one.period, Grain.STAFF, [subject])[subject]) for one in rows
    )


def _is_to_be_marked(tx: Tx, me: NodeId, actor: Actor, period: Period) -> bool:
    """Say whether somebody of his department was counted in a period and has no mark by him."""
    if reports_store.of_period(tx, me, period) is not None:
        return False
    people = [
        one.id
        for one in staff.listing(tx).staff
        if one.department == actor.department and one.active and one.id != actor.staff
    ]
    subjects = [f"{me}/{one}" for one in people]
    counted = reading.tallies(tx, period, Grain.STAFF, subjects)
    marked = reports_store.marks(tx, period)
    return any(counted[f"{me}/{one}"] and one not in marked for one in people)
