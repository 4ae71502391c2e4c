"""What a node of each tier loads: a village's PC carries nothing that nobody there can use."""

import subprocess
import sys

import pytest

from levels.profiles import profile_of
from node.app import api_of_posts
from node.runtime.serving import Handlers, served_by
from schemas.ids import NodeId, level_of
from tests.support.house import ROOT

VILLAGE, TOWN, COUNTY = NodeId("610328100201"), NodeId("610328100"), NodeId("610328")
ONLY_ABOVE = (
    "node.appraisal.reading",
    "node.audit.api",
    "node.audit.pages",
    "node.revisions.actions",
    "node.revisions.pages",
    "node.roster.api",
    "node.roster.pages",
    "node.runtime.commands",
    "node.runtime.doctoring",
    "node.runtime.overseeing",
    "node.runtime.publishing",
    "node.staff.pages_filings",
    "node.supervision.follower",
    "node.supervision.reading",
    "node.supervision.rules",
)
NOWHERE = ("click.testing", "nacl", "nkeys", "pydantic", "rich", "typer")
SERVE = """
import sys
from cli import alone
from levels.profiles import profile_of
from node.app import api_of_posts
from node.runtime.following import followers_of
from node.runtime.serving import panels_of, served_by
from schemas.ids import level_of

me = {node!r}
profile = profile_of(level_of(me))
served_by(profile), panels_of(profile), tuple(api_of_posts(profile)), followers_of(profile, me)
print(*(name for name in {names!r} if name in sys.modules))
"""


def loaded(node: NodeId, names: tuple[str, ...]) -> list[str]:
    """Tell which of these modules a process that serves this node has loaded."""
    typed = [sys.executable, "-c", SERVE.format(node=node, names=names)]
    done = subprocess.run(typed, capture_output=True, encoding="utf-8", check=True, cwd=ROOT)
    return done.stdout.split()


def paths(handlers: Handlers) -> set[str]:
    return {route.path for router in handlers for route in router.routes}  # type: ignore[union-attr]


def test_a_village_loads_nothing_that_only_nodes_above_use() -> None:
    assert loaded(VILLAGE, (*ONLY_ABOVE, *NOWHERE)) == []


def test_a_county_loads_what_its_posts_use_and_commands_when_one_is_typed() -> None:
    late = {"node.runtime.commands", "node.runtime.doctoring"}
    assert set(loaded(COUNTY, (*ONLY_ABOVE, *NOWHERE))) >= set(ONLY_ABOVE) - late - {
        "node.revisions.actions"
    }


@pytest.mark.parametrize("node", [TOWN, COUNTY])
def test_whoever_has_the_posts_has_their_pages(node: NodeId) -> None:
    profile = profile_of(level_of(node))
    assert {"/audit", "/filings", "/roster"} <= paths(served_by(profile)[0])
    offered = paths(tuple(api_of_posts(profile)))
    assert {"/api/v1/audit", "/api/v1/roster"} <= offered


def test_a_village_has_no_pages_for_posts_that_nobody_there_holds() -> None:
    profile = profile_of(level_of(VILLAGE))
    found = paths(served_by(profile)[0])
    assert not {"/audit", "/filings", "/roster"} & found
    assert {"/", "/cases", "/intake", "/staff", "/calendar"} <= found
    assert paths(tuple(api_of_posts(profile))) == set()
