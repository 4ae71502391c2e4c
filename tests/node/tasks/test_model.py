from datetime import date

import msgspec
import pytest

from node.cases import destroying
from node.cases.caseview import CaseView
from node.tasks import kind, model
from node.tasks.model import Urgency
from schemas.cases import CaseState
from schemas.events import Event
from schemas.ids import (
    NO_HASH,
    CaseNumber,
    EventHash,
    KeyId,
    NodeId,
    PartDigest,
    StaffId,
    StreamName,
)
from schemas.parts import Person
from schemas.staff import Role
from schemas.tasks import (
    AskTask,
    Errand,
    TaskAnswered,
    TaskAsked,
    TaskCancelled,
    TaskDeclined,
    TaskEvent,
    TaskResult,
    TaskState,
    TaskView,
)
from tests.support import steps
from tests.support.catalogue import LICENCE

CITY = NodeId("6103")
COUNTY, TOWN, VILLAGE = NodeId("610328"), NodeId("610328100"), NodeId("610328100201")
ELSEWHERE = NodeId("610329100201")
STREAM = StreamName("task/610328/aaaaaaaaaaaaaaaa")
BRIEF, REPORT, PHOTO = (PartDigest(letter * 64) for letter in "bcd")
ASKED = TaskAsked(
    case=StreamName("case/610328100201/bbbbbbbbbbbbbbbb"),
    number=CaseNumber("610328100201-20261123-A0001"),
    item_name="最低生活保障",
    errand=Errand.HOUSEHOLD_SURVEY,
    to=VILLAGE,
    due="2026-11-30",
    brief=BRIEF,
)
ANSWERED = TaskAnswered(result=TaskResult.TRUE, answered_at=2, report=REPORT, photos=(PHOTO,))
DECLINED = TaskDeclined(reason="wrong_recipient")
CANCELLED = TaskCancelled(reason="case_moot")


def event(fact: TaskEvent, node: NodeId, holder: NodeId, seq: int = 1) -> Event:
    return Event(
        stream=STREAM, seq=seq, prev=NO_HASH if not seq else EventHash("e" * 64),
        kind=str(type(fact).__struct_config__.tag), at=seq + 1, node=node, key=KeyId("k" * 16),
        actor=StaffId("somebody"), holder=holder, data=msgspec.Raw(msgspec.json.encode(fact)),
    )  # fmt: skip


def begun() -> TaskView:
    return model.begin(event(ASKED, COUNTY, VILLAGE, 0), ASKED)


def ended(fact: TaskAnswered | TaskDeclined | TaskCancelled) -> TaskView:
    return model.apply(begun(), event(fact, VILLAGE, COUNTY), fact)


# ---- what counts


@pytest.mark.parametrize(
    ("before", "fact", "node", "holder", "counts"),
    [
        (None, ASKED, COUNTY, VILLAGE, True),
        (None, ASKED, TOWN, VILLAGE, True),
        (None, ASKED, COUNTY, COUNTY, False),  # nobody was asked
        (None, ASKED, VILLAGE, VILLAGE, False),  # nobody asks himself
        (None, ASKED, ELSEWHERE, VILLAGE, False),  # not above
        (None, msgspec.structs.replace(ASKED, to=COUNTY), VILLAGE, COUNTY, False),  # upwards
        ("asked", ASKED, COUNTY, VILLAGE, False),  # once
        (None, ANSWERED, VILLAGE, COUNTY, False),  # nothing was asked
        ("asked", ANSWERED, VILLAGE, COUNTY, True),
        ("asked", ANSWERED, VILLAGE, VILLAGE, False),  # it must go back
        ("asked", ANSWERED, COUNTY, COUNTY, False),  # nobody answers for the village
        ("asked", ANSWERED, TOWN, COUNTY, False),
        ("asked", DECLINED, VILLAGE, COUNTY, True),
        ("asked", DECLINED, TOWN, COUNTY, False),
        ("asked", CANCELLED, COUNTY, COUNTY, True),
        ("asked", CANCELLED, VILLAGE, COUNTY, False),
        ("answered", ANSWERED, VILLAGE, COUNTY, False),  # twice
        ("answered", DECLINED, VILLAGE, COUNTY, False),
        ("answered", CANCELLED, COUNTY, COUNTY, False),
        ("declined", ANSWERED, VILLAGE, COUNTY, False),
        ("cancelled", ANSWERED, VILLAGE, COUNTY, False),
    ],
)
def test_what_may_follow_what(
    before: str | None, fact: TaskEvent, node: NodeId, holder: NodeId, *, counts: bool
) -> None:
    states = {
        None: None,
        "asked": begun(),
        "answered": ended(ANSWERED),
        "declined": ended(DECLINED),
        "cancelled": ended(CANCELLED),
    }
    assert model.is_sound(states[before], event(fact, node, holder), fact) is counts


def test_an_answer_is_kept_whole() -> None:
    task = ended(ANSWERED)
    assert (task.state, task.holder, task.result) == (
        TaskState.ANSWERED, COUNTY, TaskResult.TRUE,
    )  # fmt: skip
    assert model.parts_of(task) == (BRIEF, REPORT, PHOTO)


@pytest.mark.parametrize(
    "broken",
    [
        {"case": "nothing"}, {"to": "610328100201x"}, {"brief": "short"}, {"errand": "dance"},
        {"case": None},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_badly_formed_is_not_judged(broken: dict[str, object]) -> None:
    good = event(ASKED, COUNTY, VILLAGE, 0)
    said = {**msgspec.json.decode(good.data, type=dict[str, object]), **broken}
    bad = msgspec.structs.replace(good, data=msgspec.Raw(msgspec.json.encode(said)))
    assert kind.read_fact(good) == ASKED
    assert kind.read_fact(bad) is None


# ---- who may see what


def test_only_who_asked_and_who_was_asked_may_have_the_papers() -> None:
    for task in (begun(), ended(ANSWERED), ended(DECLINED), ended(CANCELLED)):
        may = {node: model.parts_for(task, None, node) for node in (CITY, COUNTY, TOWN, VILLAGE)}
        whole = model.parts_of(task)
        assert may == {CITY: (), COUNTY: whole, TOWN: (), VILLAGE: whole}


CASE = steps.begun(LICENCE)
"""Taken at the village, checked by the town, decided by the county."""
AT_TOWN = msgspec.structs.replace(begun(), asker=TOWN, case=CASE.stream)
FOUND_FOR_TOWN = msgspec.structs.replace(ended(ANSWERED), asker=TOWN, case=CASE.stream)
NEIGHBOUR = NodeId("610328100202")


def test_who_goes_on_with_the_case_may_have_report_and_photos_but_no_brief() -> None:
    line = (CITY, COUNTY, TOWN, VILLAGE, NEIGHBOUR)
    assert {node: model.parts_for(FOUND_FOR_TOWN, CASE, node) for node in line} == {
        CITY: (), COUNTY: (REPORT, PHOTO), TOWN: (BRIEF, REPORT, PHOTO),
        VILLAGE: (BRIEF, REPORT, PHOTO), NEIGHBOUR: (),
    }  # fmt: skip
    by_neighbour = msgspec.structs.replace(FOUND_FOR_TOWN, to=NEIGHBOUR)  # the case came from here
    assert model.parts_for(by_neighbour, CASE, VILLAGE) == (REPORT, PHOTO)


@pytest.mark.parametrize(
    ("task", "case"),
    [
        (AT_TOWN, CASE),  # not answered
        (msgspec.structs.replace(FOUND_FOR_TOWN, state=TaskState.DECLINED), CASE),
        (msgspec.structs.replace(FOUND_FOR_TOWN, state=TaskState.CANCELLED), CASE),
        (FOUND_FOR_TOWN, None),  # the case is not known
        (FOUND_FOR_TOWN, msgspec.structs.replace(CASE, stages=())),  # nor its item
        (msgspec.structs.replace(FOUND_FOR_TOWN, case=ASKED.case), CASE),  # of another case
        (msgspec.structs.replace(FOUND_FOR_TOWN, asker=NodeId("610328102")), CASE),  # a stranger's
    ],
)
def test_nobody_else_gets_any_of_it(task: TaskView, case: CaseView | None) -> None:
    assert model.parts_for(task, case, COUNTY) == ()
    assert not model.goes_on_with(task, case, COUNTY)


def test_an_errand_is_moot_once_its_case_has_ended() -> None:
    for state in CaseState:
        case = msgspec.structs.replace(CASE, state=state)
        over = {"refused", "returned", "withdrawn", "terminated", "closed", "revoked", "voided"}
        assert model.is_moot(AT_TOWN, case) is (state in over)
        assert not model.is_moot(FOUND_FOR_TOWN, case)
    assert not model.is_moot(AT_TOWN, None)


ZHANG = Person(
    kind="natural", name="张三", id_number="610328190001010013", phone="13812341234",
    address="城关镇东大街 3 号",
)  # fmt: skip


@pytest.mark.parametrize("errand", Errand)
def test_an_errand_is_never_told_an_id_number(errand: Errand) -> None:
    brief = model.brief_of(errand, "请核实", ZHANG)
    assert ZHANG.id_number not in str(brief)
    assert brief.name == "张三"


def test_a_public_display_is_told_no_telephone_and_no_address() -> None:
    brief = model.brief_of(Errand.PUBLIC_DISPLAY, "公示七天", ZHANG)
    assert (brief.phone, brief.address) == ("", "")
    visit = model.brief_of(Errand.HOUSEHOLD_SURVEY, "看看", ZHANG)
    assert (visit.phone, visit.address) == (ZHANG.phone, ZHANG.address)


def test_once_there_is_nothing_to_do_the_applicant_is_masked() -> None:
    brief = model.brief_of(Errand.HOUSEHOLD_SURVEY, "看看", ZHANG)
    assert model.tells_person(begun(), VILLAGE)
    assert not model.tells_person(begun(), COUNTY)
    assert not model.tells_person(ended(ANSWERED), VILLAGE)
    hidden = model.masked(brief, whole=False)
    assert hidden is not None
    assert (hidden.name, hidden.phone, hidden.address) == ("张*", "", "")


def test_who_may_have_its_papers_destroyed() -> None:
    line = (CITY, COUNTY, TOWN, VILLAGE)
    assert [one for one in line if destroying.may_erase_errand(STREAM, one)] == [CITY, COUNTY]


def test_handlers_ask_and_only_windows_answer() -> None:
    assert Role.HANDLER in model.ASKERS
    assert not model.ANSWERERS & {Role.HANDLER, Role.APPROVER, Role.SUPERVISOR, Role.OPERATOR}


# ---- how it stands, and forms


@pytest.mark.parametrize(
    ("today", "left", "stands"),
    [
        (27, 1, Urgency.SOON),
        (26, 2, Urgency.CALM),
        (30, 0, Urgency.TODAY),
        (29, 0, Urgency.SOON),  # the last day was made a day of rest meanwhile
    ],
)
def test_how_a_task_stands(today: int, left: int, stands: Urgency) -> None:
    assert model.urgency(date(2026, 11, today), date(2026, 11, 30), left) is stands


def test_a_day_behind_the_last_is_late_even_on_a_sunday() -> None:
    assert model.urgency(date(2026, 11, 29), date(2026, 11, 27), 0) is Urgency.LATE


def test_what_is_open_comes_first_by_its_day_then_what_is_done() -> None:
    soon = msgspec.structs.replace(begun(), due="2026-11-20")
    odd = msgspec.structs.replace(begun(), due="9")
    assert model.in_order([ended(ANSWERED), begun(), odd, soon]) == (
        soon, begun(), odd, ended(ANSWERED),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"to": NodeId("")}, "to"),
        ({"workdays": 0}, "workdays"),
        ({"workdays": 61}, "workdays"),
        ({"workdays": -3}, "workdays"),
        ({"instruction": "  \n"}, "instruction"),
    ],
    ids=str,
)
def test_a_request_says_at_the_field_what_is_wrong(change: dict[str, object], fault: str) -> None:
    form = AskTask(errand=Errand.OTHER, to=VILLAGE, workdays=3, instruction="看看")
    assert not model.faults_of_asking(form)
    assert list(model.faults_of_asking(msgspec.structs.replace(form, **change))) == [fault]


@pytest.mark.parametrize(
    ("errand", "result", "photos", "faults"),
    [
        (Errand.PUBLIC_DISPLAY, TaskResult.TRUE, 0, {"photos": "missing"}),
        (Errand.PUBLIC_DISPLAY, TaskResult.TRUE, 1, {}),
        (Errand.PUBLIC_DISPLAY, TaskResult.UNDECIDED, 0, {}),
        (Errand.HOUSEHOLD_SURVEY, TaskResult.TRUE, 0, {}),
        (Errand.HOUSEHOLD_SURVEY, TaskResult.TRUE, 10, {"photos": "too_many"}),
    ],
)
def test_which_errands_need_a_photo(
    errand: Errand, result: TaskResult, photos: int, faults: dict[str, str]
) -> None:
    assert model.faults_of_answer(errand, result, photos) == faults


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01", "20261231", "soon", ""])
def test_a_day_beyond_any_calendar_is_no_day(text: str) -> None:
    assert model.day_of(text) is None
    assert model.day_of("2026-12-31") == date(2026, 12, 31)
