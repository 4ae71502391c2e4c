"""补录: both instants are kept, the limits run from the right one, and no paper counts twice."""

import msgspec
import pytest
from msgspec.structs import replace

from node.cases import fallback, reading, rulings
from node.cases.facts import Fault, Step
from node.cases.rulings import Effect
from node.errors import BadInputError
from schemas.case_terms import PaperReceipt
from schemas.cases import CaseReceived
from schemas.cases_api import ReceiveCase
from schemas.ids import CaseNumber, PartDigest, StaffId, StreamName
from schemas.item_terms import Mode
from tests.support.casework import FORM, PAPERS, VILLAGE, ZHANG, Casework, Office
from tests.support.catalogue import ENROLMENT, LICENCE

DAY_MS = 24 * 3600 * 1000
ENROL = ReceiveCase(item=ENROLMENT.code, applicant=ZHANG, materials=PAPERS[1:])


def paper(office: Office, days_ago: float, **said: str) -> PaperReceipt:
    taken = office.node.works.now_ms - int(days_ago * DAY_MS)
    return PaperReceipt(**{"number": "QY-000123", "why": "no_power", **said}, captured_at=taken)


async def _events(office: Office) -> int:
    found: int = await office.node.works.read(
        lambda tx: tx.execute("SELECT count(*) FROM events").fetchone()[0]
    )
    return found


async def test_where_the_village_is_entrusted_the_limits_run_from_the_paper(
    all_three: Casework,
) -> None:
    village = all_three.village
    said = paper(village, 2)
    view = await village.receive(replace(ENROL, paper=said))
    assert view.received_at == said.captured_at
    assert view.law.paper == said
    assert view.law.entered_at - said.captured_at >= 2 * DAY_MS
    await all_three.carry(view.stream)
    for office in (all_three.town, all_three.county):
        seen = await office.node.works.read(reading.of_stream, view.stream)
        assert seen is not None
        assert (seen.received_at, seen.law.paper) == (said.captured_at, said)


async def test_where_it_only_acts_for_people_the_day_of_entry_counts(all_three: Casework) -> None:
    village = all_three.village
    said = paper(village, 2)
    view = await village.receive(replace(FORM, paper=said))
    assert view.received_at == view.law.entered_at > said.captured_at
    assert view.law.paper == said


@pytest.mark.parametrize(
    ("days_ago", "said", "fault"),
    [
        (-0.1, {}, {"paper.captured_at": "paper_in_future"}),
        (31, {}, {"paper.captured_at": "paper_too_old"}),
        (1, {"number": "张三"}, {"paper.number": "paper_number"}),
        (1, {"number": ""}, {"paper.number": "paper_number"}),
        (1, {"why": "因为"}, {"paper.why": "missing"}),
    ],
)
async def test_a_paper_that_cannot_be_is_refused_and_nothing_is_written(
    all_three: Casework, days_ago: float, said: dict[str, str], fault: dict[str, str]
) -> None:
    village = all_three.village
    before = await _events(village)
    with pytest.raises(BadInputError) as error:
        await village.receive(replace(FORM, paper=paper(village, days_ago, **said)))
    assert error.value.fields == fault
    assert await _events(village) == before


async def test_a_numbered_form_is_typed_in_once(all_three: Casework) -> None:
    village = all_three.village
    await village.receive(replace(FORM, paper=paper(village, 1, number="qy-000777")))
    before = await _events(village)
    with pytest.raises(BadInputError) as error:
        await village.receive(replace(FORM, paper=paper(village, 1, number="QY-000777")))
    assert error.value.fields == {"paper.number": "paper_used"}
    assert await _events(village) == before


AT = 1_780_000_000_000
SOUND = PaperReceipt(number="QY-1", captured_at=AT - DAY_MS, why="no_power")


@pytest.mark.parametrize(
    ("said", "received_at"),
    [
        (replace(SOUND, captured_at=AT - 40 * DAY_MS), AT),
        (replace(SOUND, captured_at=AT + 2 * DAY_MS), AT + 2 * DAY_MS),
        (replace(SOUND, number="张三 610328190001010013"), AT),
        (replace(SOUND, why=""), AT),
        (SOUND, AT - 5 * DAY_MS),
    ],
    ids=["a month and more ago", "of the day after tomorrow", "no number", "no reason", "earlier"],
)
def test_every_replica_sees_a_paper_that_cannot_be(said: PaperReceipt, received_at: int) -> None:
    assert _judged(said, received_at).fault is Fault.BAD_PAPER
    assert _judged(SOUND, AT - DAY_MS).effect is Effect.EFFECTIVE
    assert _judged(SOUND, AT).effect is Effect.EFFECTIVE
    assert _judged(None, 0).effect is Effect.EFFECTIVE, "what older programs wrote stays sound"


def test_only_where_a_place_acts_for_others_is_it_not_entrusted() -> None:
    tiers = {tier.level: tier for tier in LICENCE.tiers}
    assert not fallback.is_entrusted(LICENCE, VILLAGE)
    modes = (Mode.DIRECT, Mode.ACCEPT_FORWARD, Mode.REVIEW_FORWARD, Mode.DELEGATED)
    for mode in modes:
        changed = tuple(replace(tier, mode=mode) for tier in tiers.values())
        assert fallback.is_entrusted(replace(LICENCE, tiers=changed), VILLAGE)


def _judged(said: PaperReceipt | None, received_at: int) -> rulings.Ruling:
    fact = CaseReceived(
        number=CaseNumber(f"{VILLAGE}-20260601-A0001"), item=StreamName("item/610328/x"),
        item_version=1, place=VILLAGE, received_at=received_at, applicant=PartDigest("0" * 64),
        materials=(), paper=said or msgspec.UNSET,
    )  # fmt: skip
    stages = tuple((stage, VILLAGE) for stage in ENROLMENT.process)
    step = Step(StreamName("case/x"), 0, AT, VILLAGE, VILLAGE, fact, StaffId("agent"))
    return rulings.judge(None, step, stages)
