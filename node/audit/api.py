"""The API of the audit trail: `/api/v1/audit`, for auditors alone."""

from dataclasses import replace

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody

from node.audit import actions, asked
from node.audit.checking import checked
from node.web.lean import Router
from node.web.security import Desk
from schemas.audit import AuditCheck, AuditList, AuditVerdict


@get("/audit", summary="安全审计: who did what here, latest first")
async def list_entries(  # noqa: PLR0913, PLR0917  # the query's own words
    desk: NamedDependency[Desk],
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    act: FromQuery[str] = "",
    who: FromQuery[str] = "",
    subject: FromQuery[str] = "",
    before: FromQuery[int] = 0,
) -> AuditList:
    """List rows by day, act, person and subject, for auditors."""
    actions.require_auditor(desk.actor)
    wanted = asked.wanted(since=since, until=until, act=act, who=who, subject=subject)
    return await desk.read(actions.listing, replace(wanted, before=max(0, before)))


@post("/audit/checks", status_code=200, summary="Check that no row was changed or taken away")
async def check(data: JSONBody[AuditCheck], desk: NamedDependency[Desk]) -> AuditVerdict:
    """Check the whole trail; that it was checked is written down, for auditors."""
    actions.require_auditor(desk.actor)
    return await checked(desk, data)


router = Router("/api/v1", route_handlers=[list_entries, check], tags=["audit"])
