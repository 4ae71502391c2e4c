"""Whose evaluations count, and which of two: the same at every node, whatever came first."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from federation import partstore
from federation.errors import NoPartError
from federation.streams import Verdict
from node.cases import reading as cases
from node.database import Tx
from node.errors import AlreadyDoneError, BadInputError
from node.evaluation import actions, model, reading, writing
from node.evaluation.actions import About, Given
from node.evaluation.kind import EvaluationNotes, read_evaluation
from node.evaluation.model import Served
from node.runtime.opening import kinds_of
from node.runtime.rebuilding import rebuild
from node.runtime.verifying import verify_home
from node.work import SYSTEM, Work
from schemas.evaluation import (
    Evaluated,
    EvaluationChannel,
    EvaluationForm,
    EvaluationView,
    Grade,
    RatingPart,
)
from schemas.events import Event
from schemas.ids import NO_HASH, KeyId, NodeId, StaffId, StreamName
from tests.support.casework import COUNTY, TOWN, VILLAGE, Casework, Office
from tests.support.dumps import dump
from tests.support.homes import homes
from tests.support.notices import AT, VIEW
from tests.support.rating import ELSEWHERE, asks, rate

SAID = Evaluated(
    case=VIEW.stream, given_at=AT, channel=EvaluationChannel.QR, grade=Grade.SATISFIED, table=1
)
WELL = EvaluationForm(grade=5)
POOR = EvaluationForm(grade=2, text="让我跑了三趟", contact="13812341234")


def note_by(node: NodeId, said: Evaluated = SAID) -> Event:
    return Event(
        stream=StreamName(f"note/{node}/aaaaaaaaaaaaaaaa"),
        seq=0,
        prev=NO_HASH,
        kind="note.evaluated",
        node=node,
        key=KeyId("0" * 16),
        actor=StaffId("system"),
        at=AT,
        holder=node,
        data=msgspec.Raw(msgspec.json.encode(said)),
    )


@pytest.mark.parametrize(
    ("node", "verdict"),
    [
        (VILLAGE, Verdict.EFFECTIVE),
        (TOWN, Verdict.EFFECTIVE),
        (COUNTY, Verdict.EFFECTIVE),
        (NodeId("6103"), Verdict.EFFECTIVE),
        (NodeId("610328101"), Verdict.INERT),
        (NodeId("610329"), Verdict.INERT),
    ],
)
def test_it_counts_from_a_node_that_the_case_came_through_or_lies_below(
    node: NodeId, verdict: Verdict
) -> None:
    assert EvaluationNotes(COUNTY).judge(VIEW, note_by(node)) is verdict


def test_a_stranger_is_not_judged_while_the_way_of_the_case_is_unknown() -> None:
    unknown = replace(VIEW, stages=())
    notes = EvaluationNotes(COUNTY)
    assert notes.judge(unknown, note_by(NodeId("610329"))) is Verdict.UNJUDGED
    assert notes.judge(unknown, note_by(VILLAGE)) is Verdict.EFFECTIVE
    assert notes.judge(None, note_by(VILLAGE)) is Verdict.UNJUDGED


def test_a_visit_is_evaluated_at_the_node_that_was_visited_alone() -> None:
    visit = replace(SAID, case="", visit="abcdefgh", stream=f"node/{VILLAGE}")
    notes = EvaluationNotes(COUNTY)
    assert notes.judge(None, note_by(VILLAGE, visit)) is Verdict.EFFECTIVE
    assert notes.judge(None, note_by(COUNTY, visit)) is Verdict.INERT


@pytest.mark.parametrize(
    "said",
    [
        replace(SAID, given_at=AT + 1),  # after the note itself
        replace(SAID, comment="nothing"),
        replace(SAID, device="staff"),
        replace(SAID, case="", stream=""),
    ],
)
def test_a_note_that_is_badly_formed_is_no_evaluation(said: Evaluated) -> None:
    assert read_evaluation(note_by(VILLAGE, said)) is None
    assert EvaluationNotes(COUNTY).judge(VIEW, note_by(VILLAGE, said)) is Verdict.UNJUDGED


def test_nobody_evaluates_a_case_before_it_is_received() -> None:
    notes, day = EvaluationNotes(COUNTY), 24 * 60 * 60 * 1000
    early = replace(SAID, given_at=1)
    assert notes.judge(VIEW, note_by(VILLAGE, early)) is Verdict.INERT
    received = replace(VIEW, received_at=AT + day)
    assert notes.judge(received, note_by(VILLAGE)) is Verdict.EFFECTIVE, "clocks differ by less"
    assert notes.judge(replace(VIEW, received_at=AT + day + 1), note_by(VILLAGE)) is Verdict.INERT


# ---- between nodes


async def test_a_later_note_that_claims_an_earlier_instant_does_not_count_instead(
    all_three: Casework,
) -> None:
    view = await all_three.licence_until("close")
    first = await rate(all_three.county, view, POOR)
    for claimed in (1, view.received_at):
        forged = Evaluated(
            case=view.stream, given_at=claimed, channel=EvaluationChannel.QR,
            grade=Grade.VERY_SATISFIED, table=1,
        )  # fmt: skip
        village = all_three.village
        village.node.works.clock.offset += timedelta(minutes=1)
        note = await village.node.works.run(SYSTEM, _begin_note, forged)
        for one in (first.note, note):
            await all_three.carry(one)
        for office in all_three.offices:
            found = await _counting(office, view.stream)
            assert found is not None
            assert (found.note, found.grade) == (first.note, Grade.DISSATISFIED), claimed


def _begin_note(work: Work, said: Evaluated) -> StreamName:
    return work.begin("note", said, holder=work.me).event.stream


async def test_where_the_clock_fell_back_behind_the_case_nothing_is_recorded(
    all_three: Casework,
) -> None:
    view = await all_three.licence_until("close")
    county = all_three.county
    county.node.works.clock.offset -= timedelta(days=2)
    with pytest.raises(BadInputError) as caught:
        await rate(county, view, WELL)
    assert caught.value.fields == {"number": "too_early"}
    assert await county.node.streams("note") == []


async def _counting(office: Office, case: StreamName) -> EvaluationView | None:
    return await office.node.works.read(reading.of_case, case)


async def test_two_nodes_rate_one_case_and_every_replica_counts_the_same(
    all_three: Casework,
) -> None:
    world = all_three
    view = await world.licence_until("close")
    later = await rate(world.village, view, POOR)
    world.county.node.works.clock.offset -= timedelta(minutes=1)
    first = await rate(world.county, view, WELL)
    assert (later.counts, first.counts) == (True, True)  # neither knows of the other
    await world.carry(first.note)
    await world.carry(later.note)
    for office in world.offices:
        found = await _counting(office, view.stream)
        assert found is not None
        assert (found.note, found.grade) == (first.note, Grade.VERY_SATISFIED)
        other = await office.node.works.read(reading.of_note, later.note)
        assert other is not None
        assert not other.counts
        with pytest.raises(AlreadyDoneError):
            await office.node.works.read(actions.require_ratable, view)


async def test_what_was_written_goes_to_who_handles_the_case_and_to_nobody_else(
    all_three: Casework,
) -> None:
    world = all_three
    view = await world.licence_until("close")
    made = await rate(world.village, view, POOR)
    await world.carry(made.note)
    digest = made.comment
    assert digest is not None
    village = world.village
    written = await village.node.works.read(reading.text_of, village.parts, made)
    assert written == RatingPart(text="让我跑了三趟", contact="13812341234")
    for office in (world.county, world.town):
        assert digest in await asks(office)
        assert await office.node.works.read(reading.text_of, office.parts, made) is None

    def entitled(tx: Tx) -> list[bool]:
        nodes = (COUNTY, TOWN, VILLAGE, NodeId("6103"), NodeId("610328101"))
        return [cases.may_have(tx, view.stream, digest, node) for node in nodes]

    assert await village.node.works.read(entitled) == [True, True, True, False, False]


async def test_what_was_written_is_shown_as_no_paper_of_the_case(all_three: Casework) -> None:
    village = all_three.village
    view = await all_three.licence_until("close")
    made = await rate(village, view, POOR)
    assert made.comment is not None
    works = village.node.works
    assert await works.read(partstore.is_kept_for, view.stream, made.comment)
    with pytest.raises(NoPartError):
        await works.read(cases.paper, view.stream, made.comment, VILLAGE)


async def test_a_bad_rating_sets_its_rectification_going_and_a_good_one_none(
    all_three: Casework,
) -> None:
    county = all_three.county
    view = await all_three.licence_until("close")
    made = await rate(county, view, POOR)
    assert made.grade is Grade.DISSATISFIED
    begun = await county.node.streams("redress")
    assert len(begun) == 1
    await rate(county, await all_three.licence_until("close"), WELL)
    assert await county.node.streams("redress") == begun


async def test_a_visit_is_known_all_the_way_up_its_words_stay_and_a_rebuild_gives_the_same(
    tmp_path: Path,
) -> None:
    async with homes(tmp_path) as world:
        village = world.nodes[VILLAGE]
        async with writing.rating_part(village.parts, model.part_of(POOR)) as part:
            given = Given(form=POOR, channel=EvaluationChannel.TABLET, origin=ELSEWHERE, part=part)
            about = About(served=Served(staff=StaffId("agent")), visit="abcdefgh")
            made = await village.works.run(SYSTEM, actions.take, about, given)
        await world.carry_all()
        for place, node in world.nodes.items():
            seen = await node.works.read(reading.of_visit, VILLAGE, "abcdefgh")
            assert seen is not None
            assert (seen.note, seen.case, seen.counts) == (made.note, None, True)
            written = await node.works.read(reading.text_of, node.parts, seen)
            assert (written is not None) is (place == VILLAGE), place
            before, after = await node.database.write(lambda tx, me=place: _rebuilt(tx, me))  # type: ignore[misc]
            assert before == after
            found = verify_home(world.home(place))
            assert found.clean, (place, [fault.sentence for fault in found.faults])


def _rebuilt(tx: Tx, me: NodeId) -> tuple[object, object]:
    before = dump(tx)
    rebuild(tx, kinds_of(me))
    return before, dump(tx)
