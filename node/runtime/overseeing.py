"""The pages and the API of nodes that oversee others: supervision and appraisal.

Imported by those alone: a village's PC does without them.
"""

from typing import Final

from litestar.types import ControllerRouterHandler

from node.appraisal import api as counts_api
from node.appraisal import (
    board_month,
    pages_day,
    pages_indicators,
    pages_marks,
    pages_report_forms,
    pages_reports,
    reports_api,
    reports_asks,
)
from node.cases.page_looker import Asks, Panels
from node.evaluation import pages_evaluations
from node.supervision import api as supervision_api
from node.supervision import (
    api_lights,
    api_risks,
    orders_api,
    orders_asks,
    page_supervision,
    pages_board,
    pages_findings,
    pages_orders,
    pages_risks,
    pages_rules,
)

PAGES: Final[tuple[ControllerRouterHandler, ...]] = (
    pages_board.router_showing(board_month.month_of),
    pages_findings.router,
    pages_orders.router,
    pages_rules.router,
    pages_risks.router,
    pages_evaluations.router,
    pages_day.router,
    pages_indicators.router,
    pages_marks.router,
    pages_reports.router,
    pages_report_forms.router,
)
API: Final[tuple[ControllerRouterHandler, ...]] = (
    api_lights.router,
    supervision_api.router,
    api_risks.router,
    orders_api.router,
    counts_api.router,
    reports_api.router,
)
"""Under `/api/v1`."""

ASKS: Final[tuple[Asks, ...]] = (page_supervision.asks, orders_asks.asks, reports_asks.asks)
"""What waits for a person beside his cases: one function of each capability, one line each."""


def panels() -> Panels:
    """Give what supervision and appraisal add to the pages of cases."""
    return Panels(supervision=page_supervision.section, asks=ASKS)
