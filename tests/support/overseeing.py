"""Lets followers see all that there is: boards, findings and counts are then up to date."""

from node.following.actions import Following
from node.runtime.following import followers_of
from node.work import Works


async def overseen(works: Works) -> None:
    """Let every follower of the node see all that there is now."""
    await Following(works, followers_of(works.profile, works.ledger.me)).catch_up()
