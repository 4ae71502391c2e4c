"""What waits on the desks when a demonstration begins fits the sample county."""

from datetime import date
from itertools import pairwise

import pytest

from cli.demo import sample
from cli.demo.desks import LEFT, Left
from cli.demo.walks import WALKS
from node.applicants.model import faults_in
from node.catalogue import model
from node.catalogue.files import load_items
from schemas.cases import Action
from schemas.ids import level_of

ITEMS = {item.code: item for item in load_items(sample.SAMPLE / "items.toml")}


@pytest.mark.parametrize("left", LEFT, ids=[one.walk.kind for one in LEFT])
def test_a_case_on_a_desk_is_of_an_item_taken_there_and_stops_before_its_last_turn(
    left: Left,
) -> None:
    walk, item = left.walk, ITEMS[left.walk.item]
    assert walk.origin in sample.NODES
    assert model.takes_at(item, level_of(walk.origin))
    assert not faults_in(walk.applicant, date(2026, 7, 1))
    assert walk.applicant.kind in item.applicants
    assert [turn.later for turn in walk.turns] == [False] * (len(walk.turns) - 1) + [True]
    assert {turn.stage for turn in walk.turns} <= {"", *(stage.name for stage in item.process)}


def test_the_clocks_only_come_nearer_to_today() -> None:
    assert all(one.days_ago >= after.days_ago for one, after in pairwise(LEFT))
    assert LEFT[-1].days_ago == 0


def test_nobody_lies_on_two_desks_or_walks_as_well() -> None:
    numbers = [one.applicant.id_number for one in (*WALKS, *(left.walk for left in LEFT))]
    assert len(set(numbers)) == len(numbers)


def test_every_kind_of_desk_has_something_on_it() -> None:
    waits_for = {left.walk.turns[-1].action for left in LEFT}
    assert waits_for >= {
        Action.FORWARD, Action.ADMIT, Action.ACCEPT, Action.DISPATCH, Action.REVIEW,
        Action.DECIDE, Action.CORRECT, Action.RESUME, Action.DELIVER,
    }  # fmt: skip
