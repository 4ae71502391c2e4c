"""Whatever happens on the way, a store verifies, and a rebuild gives the very same tables."""

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from federation.kinds import Kind
from node.database import open_plain
from node.runtime.fresh_fold import fresh_fold
from node.runtime.rebuilding import rebuild
from node.runtime.verifying import StoreCheck
from schemas.verification import Verification
from tests.federation.test_model import SCENARIOS, step
from tests.support.dumps import dump
from tests.support.places import CaseRules, Place, transaction
from tests.support.world import World

STEPS = 160


@pytest.fixture(params=[("all", 1), ("all", 2), ("revoke", 5), ("evil town", 4)], ids=str)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    scenario, seed = request.param
    made = World(tmp_path, random.Random(seed))
    made.start()
    for _ in range(STEPS):
        step(made, SCENARIOS[scenario])
    yield made
    made.close()


def kinds_at(place: Place) -> dict[str, Kind]:
    return {"case": CaseRules(place.me)}


def verify(place: Place) -> Verification:
    with (
        fresh_fold(kinds_at(place)) as fresh,
        closing(open_plain(place.folder / "node.db", read_only=True)) as tx,
    ):
        tx.execute("ATTACH ? AS fresh", (str(fresh.path),))
        tx.execute("BEGIN")
        check = StoreCheck(tx, fresh, place.ledger.root)
        check.streams()
        return check.result()


def test_every_store_verifies_and_rebuilds_to_itself(world: World) -> None:
    waiting = 0
    for place in world.places.values():
        found = verify(place)
        waiting += found.waiting
        assert found.clean, [fault.sentence for fault in found.faults]
        before = dump(place.tx)
        with transaction(place):
            rebuild(place.tx, kinds_at(place))
        assert dump(place.tx) == before
    assert waiting, "nothing branched: another seed would ask more"
