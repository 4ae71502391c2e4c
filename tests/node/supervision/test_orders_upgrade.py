"""What a store of the version before knows of its orders, once it is opened by this one."""

from importlib import resources

import pytest

from node.database import Tx
from node.following.actions import Following
from node.supervision import orders_actions as actions
from node.supervision.orders_follower import OrdersFollower
from tests.support import orders
from tests.support.casework import Casework
from tests.support.dumps import dump
from tests.support.orders import (
    ANSWER,
    APPEAL,
    ASKED,
    BACK,
    CHEN,
    EXEMPT,
    HAND,
    HEAD,
    TOWN_ORDER,
    UPHELD,
    WEN,
    ZHAO,
)  # fmt: skip

BEGIN = "CREATE TEMP TABLE told"


def as_before(tx: Tx) -> None:
    """Take away what this version added, and let its migration say it again."""
    script = (resources.files("node") / "migrations" / "0090_orders.sql").read_text("utf-8")
    tx.execute("UPDATE orders SET hands = '', said_at = 0, delivered = 0, late_after = ''")
    for statement in (BEGIN + script.partition(BEGIN)[2]).split(";"):
        tx.execute(statement)


def to_look_at(tx: Tx) -> int:
    found = tx.execute("SELECT count(*) FROM follow_next WHERE follower = 'orders' AND at = 0")
    return int(found.fetchone()[0])


async def lives_of_every_kind(world: Casework) -> None:
    """Let orders be answered in time and late, sent back, judged unanswered, appealed, closed."""
    county, town = world.county, world.town
    await orders.judged(county)
    late = await orders.issue(county)
    silent = await orders.issue(county)
    away = await orders.issue(county, TOWN_ORDER)
    there = await orders.issue(county, TOWN_ORDER)
    await world.carry(there.stream)
    await orders.do(town, ZHAO, actions.acknowledge, there)
    await world.carry(there.stream)
    await orders.do(county, HAND, actions.acknowledge, late)
    orders.everywhere(world, 30)
    await orders.do(county, HEAD, actions.reply, late, ANSWER)
    await orders.do(county, CHEN, actions.send_back, late, BACK)
    orders.everywhere(world, 30)
    await orders.do(county, HAND, actions.reply, late, ANSWER)
    await orders.do(county, CHEN, actions.judge, late, UPHELD)
    await orders.do(county, HEAD, actions.appeal, late, APPEAL)
    await orders.do(county, WEN, actions.decide_appeal, late, EXEMPT)
    await orders.do(county, CHEN, actions.judge, silent, EXEMPT)
    await orders.do(county, CHEN, actions.judge, there, EXEMPT)
    await world.carry(away.stream)
    await orders.replied(county, ASKED)


@pytest.mark.parametrize("place", ["county", "town"])
async def test_orders_that_were_here_before_say_what_a_fresh_fold_says(
    all_three: Casework, place: str
) -> None:
    await orders.open_accounts(all_three.county)
    await lives_of_every_kind(all_three)
    works = getattr(all_three, place).node.works
    database = works.database
    await Following(works, [OrdersFollower()]).catch_up()
    folded = (await database.read(dump))["orders"]
    await database.write(as_before)
    assert (await database.read(dump))["orders"] == folded
    said = await database.read(
        lambda tx: {
            name: {one for (one,) in tx.execute(f"SELECT DISTINCT {name} FROM orders")}  # noqa: S608
            for name in ("hands", "delivered", "late_after")
        }
    )
    assert len(said["delivered"]) == 2
    assert await database.read(to_look_at) == len(folded), "what followed from them is told anew"
    if place == "county":
        assert {"", "zhao", "hand head-of-wjj"} <= said["hands"]
        assert len(said["late_after"]) == 2, "nobody is late, or on the first last day that went by"
