"""Who sat at which window at an instant: by his turns at posts, and by where these were."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from node.staff import store
from node.staff.covering import Turn
from node.staff.seating import Seats
from schemas.ids import StaffId
from schemas.staff import Post, Role, Window
from tests.support.parts import open_store

LI, WANG = StaffId("li"), StaffId("wang")


@pytest.fixture
def seats(tmp_path: Path) -> Iterator[Seats]:
    """Post p1: Li at A01 from 10 on, the post moves to A05 at 20 and to no window at 30.

    Wang is B of p1 from 10 on, and A of p2 at B02 from 15 to 25.
    """
    tx = open_store(tmp_path / "node.db")
    for name in ("A01", "A05", "B02"):
        store.put_window(tx, Window(id=name, name=name))
    for post in ("p1", "p2"):
        store.put_post(tx, Post(id=post, name=post, roles=(Role.CLERK,)))
    moves = (("p1", "A01", 5), ("p2", "B02", 0), ("p1", "A05", 20), ("p1", None, 30))
    for post, window, at in moves:
        store.move_post(tx, post, window, at)
    for turn in (Turn("p1", "a", LI, 10), Turn("p1", "b", WANG, 10), Turn("p2", "a", WANG, 15)):
        store.begin_turn(tx, turn, LI)
    store.end_turn(tx, "p2", "a", 25)
    yield Seats(tx)
    tx.close()


@pytest.mark.parametrize(
    ("at", "window"),
    [(5, ""), (9, ""), (10, "A01"), (19, "A01"), (20, "A05"), (29, "A05"), (30, "")],
)
def test_a_post_that_moves_takes_its_people_along_from_then_on(
    seats: Seats, at: int, window: str
) -> None:
    assert seats.of(LI, at) == window


@pytest.mark.parametrize(("at", "window"), [(14, "A01"), (15, "B02"), (24, "B02"), (25, "A05")])
def test_whoever_covers_another_window_sits_at_his_own(seats: Seats, at: int, window: str) -> None:
    assert seats.of(WANG, at) == window


def test_who_has_no_post_sits_at_no_window(seats: Seats) -> None:
    assert seats.of(StaffId("zhang"), 20) == ""
