"""What a node serves beside the rest for posts that a village station's people never hold.

The roster is for nodes with nodes below; the trail is for auditors; filings are for the registrar,
the director, security and representatives. Where nobody can hold such a post, the modules of its
pages are not even loaded.
"""

from litestar.types import ControllerRouterHandler

from node.staff import filings
from schemas.levels import Capability, Profile
from schemas.staff import Role


def pages(profile: Profile) -> tuple[ControllerRouterHandler, ...]:
    """Give the pages of such posts that a node of this profile has."""
    found: list[ControllerRouterHandler] = []
    if Capability.ENROL in profile.capabilities:
        from node.roster import pages as roster  # noqa: PLC0415  # a village does without

        found.append(roster.router)
    if Role.AUDITOR in profile.roles:
        from node.audit import pages as audit  # noqa: PLC0415

        found.append(audit.router)
    if filings.readable_by(profile.roles):
        from node.staff import pages_filings  # noqa: PLC0415

        found.append(pages_filings.router)
    return tuple(found)
