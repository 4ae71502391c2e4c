"""The rules of a kind may have faults: what they fail at stops nothing else (protocol §4.6)."""

import sqlite3

import pytest
from typing_extensions import override

from federation import enrolment, links, streams
from federation.errors import MalformedError
from federation.streams import Stored, Verdict
from schemas.events import Event
from schemas.ids import NodeId, StreamName
from schemas.reasons import Reason
from tests.support.places import Acted, C, CaseRules, K, Place, T, V, transaction
from tests.support.world import World, row

PRIVATE = "张三 610328199001011234"  # what an exception might say


class FailingRules(CaseRules):
    """Fail at one stream, in one of the three calls, after having written something."""

    def __init__(self, me: NodeId, at: StreamName, where: str, error: Exception) -> None:
        super().__init__(me)
        self.at, self.where, self.error = at, where, error

    def _fail(self, tx: sqlite3.Connection, stream: StreamName, where: str) -> None:
        if stream == self.at and where == self.where:
            tx.execute("INSERT INTO local_facts VALUES ('half', 'done')")
            raise self.error

    @override
    def judge(self, tx: sqlite3.Connection, stream: StreamName, event: Event) -> Verdict:
        self._fail(tx, stream, "judge")
        return super().judge(tx, stream, event)

    @override
    def project(self, tx: sqlite3.Connection, stream: StreamName, stored: Stored) -> None:
        self._fail(tx, stream, "project")

    @override
    def reset(self, tx: sqlite3.Connection, stream: StreamName) -> None:
        self._fail(tx, stream, "reset")


class Unlocking(CaseRules):
    unlocks = True


def begun(world: World, me: NodeId = V) -> list[StreamName]:
    """Begin three cases that nobody else knows yet, and give the last two to the town."""
    for _ in range(3):
        world.begin(me)
    names = [one.name for one in world.streams(world.places[me])][-3:]
    for name in names[1:]:
        world.act(me, name, T)
    return names


def verdicts(place: Place, name: StreamName) -> list[Verdict]:
    return [one.verdict for one in streams.events(place.tx, row(place, name))]


def failing(place: Place, at: StreamName, where: str, error: Exception | None = None) -> None:
    error = error or ValueError(PRIVATE)
    place.ledger.fold.kinds["case"] = FailingRules(place.me, at, where, error)


def mend(place: Place) -> None:
    place.ledger.fold.kinds["case"] = CaseRules(place.me)


def findings(place: Place) -> list[tuple[str, str, str]]:
    return place.tx.execute("SELECT kind, subject, detail FROM network_findings").fetchall()


GOOD = [Verdict.EFFECTIVE, Verdict.EFFECTIVE]
LEFT = [Verdict.UNJUDGED, Verdict.UNJUDGED]


@pytest.mark.parametrize("where", ["judge", "project"])
@pytest.mark.parametrize("error", [ValueError(PRIVATE), MalformedError(PRIVATE), KeyError(PRIVATE)])
def test_what_rules_fail_at_is_stored_and_passed_on_and_the_rest_of_the_parcel_arrives(
    world: World, where: str, error: Exception
) -> None:
    first, bad, last = begun(world)
    town = world.places[T]
    failing(town, bad, where, error)
    world.settle()
    assert verdicts(town, first) == [Verdict.EFFECTIVE]
    assert verdicts(town, last) == GOOD
    assert verdicts(town, bad) == LEFT
    assert row(town, bad).holder == T  # custody is the chain's, not the rules'
    assert row(town, bad).unjudged
    assert verdicts(world.places[K], bad) == GOOD  # whose rules do not fail
    link = links.load(world.places[V].tx, T)
    assert link is not None
    assert links.waiting(world.places[V].tx, link.id)[0] == 0  # the receipt came
    assert not link.refused
    assert findings(town) == [("kind_failed", bad, f"case: {type(error).__name__}")]
    assert not town.tx.execute("SELECT 1 FROM local_facts").fetchone()  # nothing half done
    assert not world.check()


def test_mended_rules_fold_it_anew_at_the_next_start(world: World) -> None:
    _, bad, _ = begun(world)
    town = world.places[T]
    failing(town, bad, "project")
    world.settle()
    with transaction(town):
        town.ledger.judge_again(town.tx)  # a start that mended nothing
    assert verdicts(town, bad) == LEFT
    mend(town)
    with transaction(town):
        town.ledger.judge_again(town.tx)
    assert verdicts(town, bad) == GOOD
    assert not row(town, bad).unjudged
    world.act(T, bad, V)
    world.settle()
    assert row(world.places[V], bad).holder == V


def test_it_is_folded_anew_when_something_comes_that_it_may_have_waited_for(world: World) -> None:
    _, bad, last = begun(world)
    town = world.places[T]
    failing(town, bad, "judge")
    world.settle()
    mend(town)
    town.ledger.fold.kinds["poem"] = Unlocking(T)
    with transaction(town):
        town.ledger.begin(town.tx, "poem", Acted(nonce=1), holder=T, hand=world.hand())
    assert verdicts(town, bad) == verdicts(town, last) == GOOD


def test_one_stream_that_fails_again_does_not_keep_the_others_unjudged(world: World) -> None:
    _, bad, last = begun(world)
    town = world.places[T]
    failing(town, last, "judge")
    world.settle()
    failing(town, bad, "reset")
    with transaction(town):
        for name in (bad, last):
            town.tx.execute("UPDATE streams SET unjudged = 1 WHERE name = ?", (name,))
        town.ledger.judge_again(town.tx)
    assert verdicts(town, last) == GOOD
    assert verdicts(town, bad) == LEFT
    assert (row(town, bad).holder, row(town, bad).head_seq) == (T, 1)


def test_failing_rules_save_nobody_from_being_revoked(world: World) -> None:
    first, bad, _ = begun(world)
    world.settle()
    town = world.places[T]
    failing(town, first, "project")
    with transaction(town):
        taken = enrolment.revoke(town.ledger, town.tx, V, Reason.KEY_STOLEN, world.hand())
    assert first in taken
    assert row(town, first).unjudged
    assert not row(town, bad).unjudged
    world.settle()
    assert {row(world.places[n], first).head for n in (C, K, T)} == {row(town, first).head}


def test_a_full_disk_is_nobodys_rules(world: World) -> None:
    _, bad, last = begun(world)
    town = world.places[T]
    failing(town, bad, "judge", sqlite3.OperationalError("database or disk is full"))
    with pytest.raises(sqlite3.OperationalError):
        world.settle()
    assert streams.load(town.tx, bad) is None
    assert not findings(town)
    mend(town)
    world.settle()
    assert verdicts(town, bad) == verdicts(town, last) == GOOD


def test_what_rules_fail_at_here_is_not_signed_here(world: World) -> None:
    names = begun(world)
    village = world.places[V]
    failing(village, names[0], "judge")
    with pytest.raises(ValueError, match="张三"):
        world.act(V, names[0], T)
    assert row(village, names[0]).head_seq == 0
