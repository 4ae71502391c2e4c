"""What follows from places and profiles alone, without any record."""

from levels.profiles import profile_of
from schemas.ids import NodeId, level_of, line_of
from schemas.levels import Capability


def usual_region(child: NodeId) -> NodeId | None:
    """Name the place whose broker `child` is usually reached through: the nearest that runs one.

    `None` for a place that has nobody above it. A node whose operator set up its broker otherwise
    says so in its invitations.
    """
    for place in line_of(child)[1:]:
        if Capability.BROKER in profile_of(level_of(place)).capabilities:
            return place
    return None
