"""What an evil village may write into a case: kept, without effect, and it stops nobody."""

import msgspec
import pytest

from federation.streams import Verdict
from node.cases import clocks, reading
from node.web import chrome
from node.work import Work
from schemas.case_terms import MaterialGiven
from schemas.cases import CaseReceived
from schemas.ids import CaseNumber, PartDigest
from tests.support.casework import AGENT, CLERK, COUNTY, SUPERVISOR, TOWN, VILLAGE, Casework

GOOD = PartDigest("a" * 64)


async def evil_case(world: Casework, **changed: object) -> str:
    """Begin a case at the village by hand, with something wrong in it; carry it to all."""
    good = await world.village.receive()
    seen = await world.village.see(AGENT, good.number)
    fact = CaseReceived(
        number=CaseNumber(f"{VILLAGE}-20261123-A0099"),
        item=seen.item, item_version=seen.item_version, place=VILLAGE,
        received_at=seen.received_at, applicant=GOOD, materials=(), channel="window",
    )  # fmt: skip
    twisted = msgspec.structs.replace(fact, **changed)

    def begin(work: Work) -> str:
        return work.begin("case", twisted, holder=TOWN).event.stream

    stream = await world.village.node.works.run(AGENT, begin)
    await world.carry(stream)  # type: ignore[arg-type]
    return stream


@pytest.mark.parametrize(
    "named",
    [
        {"applicant": "zz"},
        {"applicant": "../../../etc/passwd"},
        {"materials": (MaterialGiven(code="form", parts=(PartDigest("A" * 64),)),)},
        {"materials": (MaterialGiven(code="form", parts=(GOOD, PartDigest(""))),)},
    ],
    ids=str,
)
async def test_a_case_that_names_what_is_no_digest_stops_no_link(
    all_three: Casework, named: dict[str, object]
) -> None:
    stream = await evil_case(all_three, **named)
    for office in all_three.offices:
        assert await office.node.verdicts(stream) == [Verdict.UNJUDGED]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "number",
    [
        f"{VILLAGE}-",
        f"{VILLAGE}-<script>",
        f"{VILLAGE}-20261123-A0001\r\nSet-Cookie: x=y",
        f'{VILLAGE}-20261123-A0001"; filename="x',
        f"{VILLAGE}-20261123-A" + "9" * 5000,
        f"{COUNTY}-20261123-A0001",
    ],
    ids=range(6),
)
async def test_a_number_of_another_form_or_node_makes_no_case(
    all_three: Casework, number: str
) -> None:
    stream = await evil_case(all_three, number=number)
    for office in all_three.offices:
        assert await office.node.verdicts(stream) == [Verdict.INERT]  # type: ignore[arg-type]


@pytest.mark.parametrize("instant", [(1 << 53) - 1, 253_402_300_800_000, -(1 << 53) + 1, -1])
async def test_an_impossible_instant_can_be_shown(all_three: Casework, instant: int) -> None:
    stream = await evil_case(all_three, received_at=instant)
    county = all_three.county
    seen = await county.see(SUPERVISOR, stream)
    for shown in (chrome.day, chrome.clock_time, chrome.when):
        assert shown(seen.received_at)
    reader = reading.reader_of(COUNTY, county.node.works.profile, CLERK)
    today = clocks.day_of(county.node.works.now_ms)
    seeker = reading.Seeker(reader, CLERK.roles, county.register, today)
    page = await county.node.works.read(reading.search, seeker, "")
    assert stream in {line.stream for line in page.cases}
