"""The real stream and link code against the invariants of the protocol's model, with faults."""

import random
from pathlib import Path

import pytest

from federation import links
from schemas.ids import NodeId, is_ancestor, parent_of
from tests.support.places import ALL, NEIGHBOURS, C, T
from tests.support.world import World

STEPS = 200
SCENARIOS = {
    "no faults": frozenset[str](),
    "version skew": frozenset({"skew"}),
    "reclaim": frozenset({"reclaim"}),
    "restore": frozenset({"restore"}),
    "revoke": frozenset({"revoke"}),
    "evil town": frozenset({"evil"}),
    "replaced root": frozenset({"reclaim", "restore", "replace"}),
    "all": frozenset({"skew", "reclaim", "restore", "revoke", "evil"}),
    "all, and a replaced root": frozenset(
        {"skew", "reclaim", "restore", "revoke", "evil", "replace"}
    ),
}


def step(world: World, faults: frozenset[str]) -> None:
    """Let one thing happen somewhere; what is no fault of the scenario is a pause."""
    dice = world.dice
    roll, me = dice.random(), dice.choice(ALL)
    if roll < 0.45:
        a = dice.choice(ALL)
        world.deliver(a, dice.choice(NEIGHBOURS[a]))
    elif roll < 0.55:
        if len(me) == 12:
            world.begin(me)
    elif roll < 0.85:
        act(world, me, odd="skew" in faults and dice.random() < 0.1)
    else:
        fault(world, me, roll, faults)


def fault(world: World, me: NodeId, roll: float, faults: frozenset[str]) -> None:
    for name, below, happens in (
        ("reclaim", 0.89, reclaim),
        ("restore", 0.94, back_up_or_restore),
        ("revoke", 0.95, revoke),
        ("evil", 0.97, evil),
        ("replace", 0.999, replace),
    ):
        if roll < below:
            if name in faults:
                happens(world, me)
            return


def act(world: World, me: NodeId, *, odd: bool) -> None:
    mine = [s.name for s in world.streams(world.places[me]) if s.holder == me]
    if mine:
        name = world.dice.choice(mine)
        origin = NodeId(name.split("/")[1])
        to = world.dice.choice([me, parent_of(me) or me, origin, world.dice.choice(ALL)])
        world.act(me, name, to, odd=odd)


def reclaim(world: World, me: NodeId) -> None:
    below = [s.name for s in world.streams(world.places[me]) if is_ancestor(me, s.holder)]
    if below:
        world.reclaim(
            me, world.dice.choice(below), world.dice.choice([me, me, world.dice.choice(ALL)])
        )


def back_up_or_restore(world: World, me: NodeId) -> None:
    """One node at a time is restored, and only when all have answered the one before."""
    for place in world.places.values():
        if place.ledger.recovering and all(
            link.answered for link in links.load_all(place.tx) if link.open == links.OPEN
        ):
            place.ledger.recovering = False
    quiet = not any(place.ledger.recovering for place in world.places.values())
    if world.backups and quiet and world.dice.random() < 0.6:
        world.restore(world.dice.choice(sorted(world.backups)))
    else:
        world.back_up(me)


def revoke(world: World, me: NodeId) -> None:
    if me != C:
        above = world.dice.choice([n for n in ALL if is_ancestor(n, me)])
        if not world.places[above].ledger.recovering:
            world.revoke(above, me)


def evil(world: World, me: NodeId) -> None:
    """A town reclaims from the middle of a stream that has long gone on."""
    del me
    town = world.places[T]
    old = [
        (s.name, row[0])
        for s in world.streams(town)
        for row in town.tx.execute(
            "SELECT hash, holder FROM events WHERE stream = ? AND hash <> ?", (s.id, s.head)
        ).fetchall()
        if is_ancestor(T, row[1])
    ]
    if old:
        name, at = world.dice.choice(old)
        world.reclaim(T, name, T, at=at)


def replace(world: World, me: NodeId) -> None:
    """The root's recovery key is taken from its safe, sometimes after a theft."""
    del me
    if not world.places[C].ledger.recovering:
        world.replace_root(stolen=world.dice.random() < 0.5)


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("seed", range(60))
def test_replicas_agree_and_nothing_receipted_is_lost(
    tmp_path: Path, scenario: str, seed: int
) -> None:
    world = World(tmp_path, random.Random(seed))
    try:
        world.start()
        for _ in range(STEPS):
            step(world, SCENARIOS[scenario])
        world.settle()
        for place in world.places.values():
            place.ledger.recovering = False
        world.adopt_all()
        streams_made = sum(len(world.streams(place)) for place in world.places.values())
        assert streams_made > 0
        assert world.receipted
        assert not world.check()
    finally:
        world.close()
