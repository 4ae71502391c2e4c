"""Every page of a node, once: where it is seen, and by whom. The registry of pages.

`tests/browser/test_axe.py` fails on a page of the app that nobody visits here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, get_args

from litestar import Litestar, Response
from litestar.routes import HTTPRoute

from schemas.ids import NodeId
from tests.support.nodes import CITY, COUNTY, TOWN, VILLAGE

NOBODY: Final = ""


@dataclass(frozen=True)
class Stop:
    """One look at a page."""

    name: str
    """Names its picture."""
    route: str
    """The route of the app that answers."""
    node: NodeId
    login: str
    path: str
    """With `{…}` for what `tests/support/qianyang.py` noted."""


def _stops(node: NodeId, login: str, *looks: tuple[str, str, str]) -> tuple[Stop, ...]:
    return tuple(Stop(name, route, node, login, path or route) for name, route, path in looks)


# fmt: off
TOUR: Final = (
    *_stops(VILLAGE, NOBODY,
        ("sign-in", "/sign-in", ""),
        ("verify-ask", "/v", ""),
        ("verify", "/v/{code:str}", "/v/{notice}"),
        ("rate", "/rate", ""),
        ("rate-done", "/rate/done", ""),
        ("ask", "/ask", ""),
        ("ask-answer", "/ask/answer", ""),
        ("tablet", "/tablet/{secret:str}", "/tablet/{tablet}"),
    ),
    *_stops(VILLAGE, "wang",
        ("home-agent", "/", ""),
        ("intake-item", "/intake", ""),
        ("intake-applicant", "/intake/{draft:str}/applicant", "/intake/{asking}/applicant"),
        ("intake-materials", "/intake/{draft:str}/materials", "/intake/{draft}/materials"),
        ("intake-scans", "/intake/{draft:str}/scans", "/intake/{draft}/scans"),
        ("intake-check", "/intake/{draft:str}/check", "/intake/{draft}/check"),
        ("receipt", "/cases/{number:str}/receipt", "/cases/{case}/receipt"),
        ("notice", "/cases/{number:str}/notices/{code:str}", "/cases/{case}/notices/{notice}"),
        ("case-agent", "/cases/{number:str}", "/cases/{case}"),
        ("case-returned", "/cases/{number:str}", "/cases/{returned}"),
        ("cases-agent", "/cases", "/cases?box=all"),
        ("tasks-agent", "/tasks", ""),
        ("redress-new", "/redress/new", ""),
        ("task", "/tasks/{task:str}", "/tasks/{task}"),
        ("items", "/items", ""),
        ("item", "/items/{code:str}", "/items/{item}"),
        ("intake-agency", "/intake/{draft:str}/agency", "/intake/{asking}/agency"),
        ("intake-paper", "/intake/{draft:str}/paper", "/intake/{asking}/paper"),
        ("lists", "/intake/lists", ""),
        ("list", "/intake/lists/{named:str}", "/intake/lists/{list}"),
        ("list-receipts", "/intake/lists/{named:str}/receipts", "/intake/lists/{taken}/receipts"),
        ("agency", "/agency", ""),
        ("tablets", "/tablets", ""),
        ("case-rating", "/cases/{number:str}/rating", "/cases/{case}/rating"),
        ("links-village", "/links", ""),
        ("me", "/me", ""),
        ("password", "/password", ""),
        ("not-found", "/cases/{number:str}", "/cases/none"),
    ),
    *_stops(COUNTY, NOBODY,
        ("open", "/open", ""),
        ("open-day", "/open/{date:str}", "/open/{yesterday}"),
    ),
    *_stops(TOWN, "zhao",
        ("home-officer", "/", ""),
        ("case-officer", "/cases/{number:str}", "/cases/{town_case}"),
    ),
    *_stops(TOWN, "sun", ("home-town-approver", "/", "")),
    *_stops(TOWN, "cheng", ("board-town", "/supervision", "")),
    *_stops(COUNTY, "li",
        ("home-clerk", "/", ""),
        ("intake-situation", "/intake/{draft:str}/situation", "/intake/{situation}/situation"),
        ("case-clerk", "/cases/{number:str}", "/cases/{scan_case}"),
        ("case-tasks", "/cases/{number:str}/tasks", "/cases/{scan_case}/tasks"),
        ("cases-clerk", "/cases", "/cases?box=all"),
        ("search", "/search", "/search?q=公共场所"),
        ("kept", "/kept", ""),
        ("findings-clerk", "/supervision/findings", ""),
    ),
    *_stops(COUNTY, "chu",
        ("home-handler", "/", ""),
        ("case-handler", "/cases/{number:str}", "/cases/{overdue}"),
        ("phrases", "/phrases", ""),
        ("redress-handler", "/redress", ""),
        ("redress-matter", "/redress/{matter:str}", "/redress/{matter}"),
    ),
    *_stops(COUNTY, "lian", ("home-reviewer", "/", "")),
    *_stops(COUNTY, "wu",
        ("home-approver", "/", ""),
        ("order", "/supervision/orders/{order:str}", "/supervision/orders/{order}"),
        ("case-approver", "/cases/{number:str}", "/cases/{case}"),
    ),
    *_stops(COUNTY, "cen",
        ("home-representative", "/", ""),
        ("report-department", "/reports/{kind:str}/{date:str}", "/reports/quarter/{quarter}"),
        ("report-marks", "/reports/{kind:str}/{date:str}/marks", "/reports/month/{month}/marks"),
    ),
    *_stops(COUNTY, "bao",
        ("home-director", "/", ""),
        ("posts", "/posts", ""),
        ("post", "/posts/{place:str}", "/posts/{post}"),
        ("windows", "/windows", ""),
        ("window", "/windows/{window:str}", "/windows/{window}"),
        ("filings", "/filings", ""),
        ("absence-new", "/absences/new", ""),
    ),
    *_stops(COUNTY, "chen",
        ("board", "/supervision", ""),
        ("board-cases", "/supervision/cases", "/supervision/cases?by=place&subject=610328"),
        ("board-wall", "/supervision/wall", ""),
        ("risks", "/supervision/risks", ""),
        ("evaluations", "/evaluations", ""),
        ("redress", "/redress", ""),
        ("orders", "/supervision/orders", ""),
        ("order-new", "/supervision/orders/new", "/supervision/orders/new?case={overdue}"),
        ("accounted", "/supervision/accountability", ""),
        ("case-watched", "/cases/{number:str}", "/cases/{overdue}"),
        ("not-allowed", "/intake", ""),
        ("findings", "/supervision/findings", "/supervision/findings?state=all"),
        ("reports-indicators", "/reports/indicators", ""),
        ("reports-drill", "/reports/drill",
         "/reports/drill?period={month}&grain=place&subject=610328&measure=received"),
        ("reports-day", "/reports/{kind:str}/{date:str}", "/reports/day/{yesterday}"),
        ("reports", "/reports", ""),
        ("report", "/reports/{kind:str}/{date:str}", "/reports/month/{month}"),
        ("report-quarter", "/reports/{kind:str}/{date:str}", "/reports/quarter/{quarter}"),
        ("report-more", "/reports/{kind:str}/{date:str}/more", "/reports/month/{month}/more"),
        ("report-score", "/reports/{kind:str}/{date:str}/score",
         "/reports/quarter/{quarter}/score?grain=body&subject=610328/zrzy"),
        ("report-notice", "/reports/{kind:str}/{date:str}/notice",
         "/reports/month/{month}/notice"),
        ("finding", "/supervision/findings/{finding:str}", "/supervision/findings/{finding}"),
        ("rules", "/supervision/rules", ""),
    ),
    *_stops(COUNTY, "lu",
        ("revisions", "/revisions", ""),
        ("revision-new", "/revisions/new", ""),
        ("revision", "/revisions/{revision:str}", "/revisions/{revision}"),
        ("revision-notice", "/revisions/{revision:str}/notice", "/revisions/{approved}/notice"),
        ("revision-add", "/revisions/{revision:str}/add", "/revisions/{revision}/add"),
        ("revision-line", "/revisions/{revision:str}/lines/{line:int}",
         "/revisions/{revision}/lines/{line}"),
        ("revision-section", "/revisions/{revision:str}/lines/{line:int}/{section:str}",
         "/revisions/{revision}/lines/{line}/process"),
        ("revision-import", "/revisions/import", ""),
        ("item-difference", "/items/{code:str}/diff", "/items/{item}/diff"),
    ),
    *_stops(COUNTY, "yufb",
        ("releases", "/releases", ""),
        ("release", "/releases/{publisher:str}/{number:int}", "/releases/{release}"),
        ("release-new", "/releases/new", ""),
    ),
    *_stops(COUNTY, "guan",
        ("staff", "/staff", ""),
        ("nodes", "/nodes", ""),
        ("node", "/nodes/{node:str}", "/nodes/610328100"),
        ("node-act", "/nodes/{node:str}/{act:str}", "/nodes/610328100/suspend"),
        ("operations", "/operations", ""),
        ("links", "/links", ""),
        ("calendar", "/calendar", ""),
        ("calendar-unknown", "/calendar/{year:int}", "/calendar/2050"),
        ("notice-texts", "/notices/templates", ""),
        ("notice-text", "/notices/templates/{kind:str}", "/notices/templates/denial"),
    ),
    *_stops(COUNTY, "shibei",
        ("home-registrar", "/", ""),
        ("filing", "/filings/{number:str}", "/filings/{filing}"),
    ),
    *_stops(COUNTY, "tang",
        ("home-security", "/", ""),
        ("staff-person", "/staff/{staff:str}", "/staff/{staff}"),
        ("departments", "/departments", ""),
        ("second-factor", "/second-factor", ""),
        ("second-factors", "/second-factors", ""),
        ("roster", "/roster", ""),
        ("roster-new", "/roster/new", ""),
        ("roster-person", "/roster/{account:str}", "/roster/{granted}"),
    ),
    *_stops(COUNTY, "fei",
        ("home-auditor", "/", ""),
        ("audit", "/audit", ""),
    ),
    *_stops(CITY, "liu",
        ("board-city", "/supervision", ""),
        ("case-city", "/cases/{number:str}", "/cases/{case}"),
        ("findings-city", "/supervision/findings", ""),
    ),
    *_stops(CITY, "mu", ("home-city-handler", "/", "")),
)
# fmt: on


def pages_of(app: Litestar) -> set[str]:
    """Name the routes of an app that answer with a page."""
    return {
        route.path
        for route in app.routes
        if isinstance(route, HTTPRoute) and any(_shows(one) for one in _annotations(route))
    }


def _annotations(route: HTTPRoute) -> Iterable[object]:
    for handler in route.route_handlers:
        if "GET" in handler.http_methods:
            yield handler.parsed_fn_signature.return_type.annotation


def _shows(answer: object) -> bool:
    return answer == Response[str] or Response[str] in get_args(answer)
