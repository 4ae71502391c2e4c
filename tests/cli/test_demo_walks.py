"""The demonstration's scripts fit the sample county, and show all that they promise to show."""

from datetime import date

import msgspec
import pytest

from cli.demo import papers, sample
from cli.demo.command import ShownCase, is_as_told
from cli.demo.walks import WALKS, By, Walk
from node.applicants.model import faults_in
from node.catalogue import model
from node.catalogue.files import load_items
from schemas.cases import Action, Outcome
from schemas.ids import NodeId, level_of
from schemas.item_terms import Channel, StageKind

ITEMS = {item.code: item for item in load_items(sample.SAMPLE / "items.toml")}
IDS = [f"{walk.item}-{number}" for number, walk in enumerate(WALKS)]


@pytest.mark.parametrize("walk", WALKS, ids=IDS)
def test_a_walk_begins_where_its_item_is_taken_and_turns_at_stages_that_it_has(walk: Walk) -> None:
    item = ITEMS[walk.item]
    assert walk.origin in sample.NODES
    assert model.takes_at(item, level_of(walk.origin))
    assert not faults_in(walk.applicant, date(2026, 7, 1))
    assert walk.applicant.kind in item.applicants
    assert not walk.online or Channel.WEB in item.channels
    assert bool(walk.expires_in) is item.renewal
    names = {stage.name for stage in item.process}
    codes = {material.code for material in item.materials}
    for turn in walk.turns:
        assert turn.stage in {"", *names}
        assert set(turn.papers) <= codes
        assert (turn.form is None) == (turn.by in {By.APPLICANT, By.TIME})
        assert (turn.by is not By.TIME) or turn.later
    assert set(walk.without) <= {one.code for one in item.materials if one.deferrable}
    answers = {one.code for question in item.situations for one in question.answers}
    assert set(walk.situation) <= answers


def test_nobody_applies_twice() -> None:
    numbers = [walk.applicant.id_number for walk in WALKS]
    assert len(set(numbers)) == len(numbers)


def test_the_ways_of_the_law_are_all_shown() -> None:
    taken = {turn.action for walk in WALKS for turn in walk.turns}
    assert taken >= {
        Action.REQUEST_CORRECTION, Action.SUSPEND, Action.RESUME, Action.EXTEND,
        Action.GIVE_OPINION, Action.SUPPLY, Action.SETTLE_FEE, Action.CHECK, Action.WITHDRAW,
        Action.DEEM_ACCEPTED, Action.DEEM_GRANTED,
    }  # fmt: skip
    assert {walk.outcome for walk in WALKS} >= {
        Outcome.GRANTED, Outcome.DENIED, Outcome.REFUSED, Outcome.WITHDRAWN,
    }  # fmt: skip
    kinds = {stage.kind for walk in WALKS for stage in ITEMS[walk.item].process}
    assert kinds == set(StageKind)
    assert any(len(stage.joint) == 2 for walk in WALKS for stage in ITEMS[walk.item].process)
    deciders = {
        stage.level.value
        for walk in WALKS
        for stage in ITEMS[walk.item].process
        if stage.kind is StageKind.DECIDE
    }
    assert deciders == {"city", "county", "town"}
    assert any(walk.online for walk in WALKS)


def test_papers_are_those_of_the_situation() -> None:
    registration = ITEMS["zrzy-02"]
    assert papers.asked_for(registration, ("first",)) == ("form", "id", "source")
    assert papers.asked_for(registration, ("mortgage",)) == ("form", "id", "title", "contract")


def shown_as(**changes: object) -> ShownCase:
    case = ShownCase(
        number="610328-20260701-A0001", item="取水许可", state="closed", outcome="granted",
        deemed=False, events=(), verified=True,
        replicas={NodeId("6103"): "a", NodeId("610328"): "a"},
    )  # fmt: skip
    return msgspec.structs.replace(case, **changes)


@pytest.mark.parametrize(
    ("shown", "is_good"),
    [
        (shown_as(), True),
        (shown_as(outcome="denied"), False),
        (shown_as(state="delivered"), False),
        (shown_as(deemed=True), False),
        (shown_as(verified=False), False),
        (shown_as(replicas={NodeId("6103"): "a", NodeId("610328"): "b"}), False),
    ],
)
def test_only_a_case_that_ended_as_told_everywhere_is_good(
    shown: ShownCase, *, is_good: bool
) -> None:
    assert is_as_told(WALKS[0], shown) is is_good
