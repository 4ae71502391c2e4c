"""What an evaluation may say, when a case can be evaluated, who types in what was said."""

import pytest
from msgspec.structs import replace

from node.evaluation import model
from node.evaluation.dimensions import CURRENT, TABLES, dimension_name, tag_name
from node.evaluation.model import Origin
from node.web.wording import WORDS, Language
from schemas.cases import CaseState
from schemas.evaluation import (
    DimensionGrade,
    Evaluated,
    EvaluationChannel,
    EvaluationForm,
    Grade,
    RatingPart,
)
from schemas.ids import PartDigest, StaffId
from schemas.staff import Role
from tests.support.notices import VIEW

FORM = EvaluationForm(grade=4, dimensions={"policy": 5, "speed": 2}, tags=("fast",))
NOTE = Evaluated(
    case=VIEW.stream, given_at=1, channel=EvaluationChannel.QR, grade=Grade.SATISFIED, table=1
)
ZH, EN = WORDS[Language.ZH], WORDS[Language.EN]


def test_the_first_table_has_the_four_dimensions_of_the_plan() -> None:
    first = [one.zh for one in TABLES[1].dimensions]
    assert first == ["政策水平", "服务态度", "工作质量", "办事效率"]
    assert max(TABLES) == CURRENT.version
    offered = {grade for one in CURRENT.tags for grade in one.grades}
    assert offered == set(Grade)


def test_an_old_or_a_newer_evaluation_is_read_by_its_own_table() -> None:
    assert dimension_name(ZH, 1, "speed") == "办事效率"
    assert dimension_name(EN, 1, "speed") == "Speed"
    assert tag_name(ZH, 1, "fast") == "办得快"
    assert dimension_name(ZH, 99, "speed") == tag_name(EN, 99, "speed") == "speed"


def test_a_form_that_says_what_it_may_has_no_fault() -> None:
    assert model.faults_of(FORM, CURRENT) == {}
    assert model.graded(FORM) == (
        DimensionGrade(dimension="policy", grade=Grade.VERY_SATISFIED),
        DimensionGrade(dimension="speed", grade=Grade.DISSATISFIED),
    )


@pytest.mark.parametrize(
    ("form", "faults"),
    [
        (replace(FORM, grade=0), {"grade": "missing"}),
        (replace(FORM, grade=6), {"grade": "out_of_scale"}),
        (replace(FORM, grade=-1), {"grade": "out_of_scale"}),
        (replace(FORM, dimensions={"weather": 5}), {"dimensions.weather": "unknown"}),
        (replace(FORM, dimensions={"speed": 9}), {"dimensions.speed": "out_of_scale"}),
        (replace(FORM, tags=("nice",)), {"tags.nice": "unknown"}),
        (replace(FORM, text="长" * 501), {"text": "too_long"}),
        (replace(FORM, contact="12345"), {"contact": "wrong_phone"}),
    ],
)
def test_each_fault_is_said_under_its_field_and_in_words(
    form: EvaluationForm, faults: dict[str, str]
) -> None:
    assert model.faults_of(form, CURRENT) == faults
    assert all(words.has(f"fault.{code}") for code in faults.values() for words in (ZH, EN))


def test_what_was_written_is_sealed_and_nothing_is_sealed_of_nothing() -> None:
    assert model.part_of(replace(FORM, text=" ", contact="")) is None
    said = replace(FORM, text=" 等了很久 ", contact=" 13812341234 ")
    assert model.part_of(said) == RatingPart(text="等了很久", contact="13812341234")


ANSWERED = {
    CaseState.DECIDED, CaseState.CERTIFIED, CaseState.READY, CaseState.DELIVERED,
    CaseState.CLOSED, CaseState.REFUSED, CaseState.RETURNED, CaseState.WITHDRAWN,
    CaseState.TERMINATED, CaseState.REVOKED,
}  # fmt: skip


@pytest.mark.parametrize("state", list(CaseState))
def test_a_case_is_evaluated_once_it_is_answered(state: CaseState) -> None:
    assert model.is_ratable(replace(VIEW, state=state)) is (state in ANSWERED)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.DIRECTOR, True),
        (Role.SUPERVISOR, True),
        (Role.CLERK, True),
        (Role.HANDLER, False),
        (Role.AGENT, False),
        (Role.LEADER, False),
    ],
)
def test_a_call_back_is_typed_in_by_who_had_no_part_in_the_case(role: Role, may: bool) -> None:  # noqa: FBT001  # a column
    assert model.may_type_in({role}, StaffId("a"), {StaffId("b")}) is may
    assert not model.may_type_in({role, Role.DIRECTOR}, StaffId("a"), {StaffId("a")})


def test_a_device_is_told_apart_within_a_day_and_no_longer() -> None:
    phone = Origin(address="10.0.0.7", agent="a phone")
    one = model.device_of(b"monday", phone)
    assert len(one) == 8
    assert one == model.device_of(b"monday", phone)
    assert one != model.device_of(b"tuesday", phone)
    assert one != model.device_of(b"monday", replace_agent(phone))


def replace_agent(origin: Origin) -> Origin:
    return Origin(address=origin.address, agent="another phone")


@pytest.mark.parametrize(
    "said",
    [
        replace(NOTE, case=""),
        replace(NOTE, visit="x", stream="node/610328"),  # of two things at once
        replace(NOTE, table=0),
        replace(NOTE, given_at=0),
        replace(NOTE, device="ABCDEF01"),
        replace(NOTE, device="abc"),
        replace(NOTE, tags=("x" * 65,)),
        replace(NOTE, tags=tuple(f"t{n}" for n in range(33))),
        replace(NOTE, window="长" * 65),
    ],
)
def test_a_note_that_says_more_than_it_may_is_none(said: Evaluated) -> None:
    assert model.is_sound(NOTE)
    assert not model.is_sound(said)


def test_a_note_has_room_for_what_is_sealed_apart() -> None:
    assert model.is_sound(
        replace(NOTE, comment=PartDigest("a" * 64), named=True, device="0a1b2c3d")
    )
