"""全程代办: nobody acts for another without authority, and no event says who he is."""

import msgspec
import pytest
from msgspec.structs import replace

from federation.envelope import read_envelope
from federation.parts import salted
from node.cases import facts, reading, rulings
from node.cases.facts import Fault, Step
from node.cases.rulings import Effect
from node.errors import BadInputError
from node.parts import actions as parts
from schemas.case_terms import Agency
from schemas.cases import CaseReceived
from schemas.cases_api import ReceiveCase
from schemas.ids import CaseNumber, PartDigest, StaffId, StreamName
from tests.support.casework import AGENT, CLERK, FORM, VILLAGE, ZHANG, Casework, Office
from tests.support.catalogue import ENROLMENT

SON = replace(ZHANG, agent_name="张小三", agent_id="11010519491231002X", agent_phone="13900001111")
RELATIVE = Agency(kind="relative")


async def _authority(office: Office) -> PartDigest:
    prepared = office.parts.prepare(salted("image/png", b"authority"))
    held = await office.node.works.run(AGENT, parts.hold, prepared, media="image/png", size=9)
    return held.digest


async def _by_son(office: Office) -> ReceiveCase:
    said = Agency(kind="relative", authority=await _authority(office))
    return replace(FORM, applicant=SON, agency=said)


async def test_the_authority_is_a_part_of_the_case_and_names_stay_out_of_the_event(
    all_three: Casework,
) -> None:
    village = all_three.village
    form = await _by_son(village)
    view = await village.receive(form)
    assert view.law.agency == form.agency
    assert form.agency is not None
    assert form.agency.authority is not None
    may = await village.node.works.read(
        reading.may_have, view.stream, form.agency.authority, VILLAGE
    )
    assert may
    (raw, *_) = await village.node.envelopes(view.stream)
    for said in ("张小三", "11010519491231002X", "13900001111"):
        assert said.encode() not in raw
    person = await village.node.works.read(village.register.read, view.stream)
    assert person is not None
    assert (person.agent_name, person.agent_id) == (SON.agent_name, SON.agent_id)
    await all_three.carry(view.stream)
    far = await all_three.county.node.works.read(reading.of_stream, view.stream)
    assert far is not None
    assert far.law.agency == form.agency


async def test_the_villages_own_agent_shows_no_authority_to_himself(all_three: Casework) -> None:
    own = replace(
        FORM, applicant=replace(ZHANG, agent_name="王代办"), agency=Agency(kind="station")
    )
    view = await all_three.village.receive(own)
    assert view.law.agency == Agency(kind="station")
    with pytest.raises(BadInputError) as error:
        await all_three.county.receive(own, CLERK)
    assert error.value.fields == {"agency.kind": "no_station_agent"}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"agency": RELATIVE}, {"agency.authority": "no_authority"}),
        ({"agency": replace(RELATIVE, kind="friend")}, {"agency.kind": "unknown"}),
        ({"agent_name": ""}, {"applicant.agent_name": "missing"}),
        ({"agent_id": "110105194912310021"}, {"applicant.agent_id": "wrong_check"}),
        ({"agent_id": ZHANG.id_number}, {"applicant.agent_id": "agent_is_applicant"}),
        ({"agent_phone": "12"}, {"applicant.agent_phone": "not_a_phone"}),
    ],
)
async def test_what_is_not_known_of_the_agent_is_asked_for(
    all_three: Casework, changed: dict[str, object], fault: dict[str, str]
) -> None:
    village = all_three.village
    form = await _by_son(village)
    if "agency" in changed:
        form = replace(form, agency=changed["agency"])
    else:
        form = replace(form, applicant=replace(SON, **changed))
    with pytest.raises(BadInputError) as error:
        await village.receive(form)
    assert fault.items() <= error.value.fields.items()


async def test_an_authority_that_is_not_held_makes_no_case(all_three: Casework) -> None:
    said = Agency(kind="entrusted", authority=PartDigest("a" * 64))
    with pytest.raises(BadInputError) as error:
        await all_three.village.receive(replace(FORM, applicant=SON, agency=said))
    assert error.value.fields == {f"parts.{'a' * 64}": "not_held"}
    assert not await all_three.village.node.streams("case")


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (None, None),
        (Agency(kind="station"), None),
        (Agency(kind="relative", authority=PartDigest("a" * 64)), None),
        (Agency(kind="of a newer node", authority=PartDigest("a" * 64)), None),
        (RELATIVE, Fault.NO_AUTHORITY),
        (Agency(kind="of a newer node"), Fault.NO_AUTHORITY),
    ],
)
def test_every_replica_sees_that_somebody_acts_without_authority(
    said: Agency | None, fault: Fault | None
) -> None:
    fact = CaseReceived(
        number=CaseNumber(f"{VILLAGE}-20260601-A0001"), item=StreamName("item/610328/x"),
        item_version=1, place=VILLAGE, received_at=1, applicant=PartDigest("0" * 64),
        materials=(), agency=said or msgspec.UNSET,
    )  # fmt: skip
    stages = tuple((stage, VILLAGE) for stage in ENROLMENT.process)
    step = Step(StreamName("case/x"), 0, 1, VILLAGE, VILLAGE, fact, StaffId("agent"))
    ruling = rulings.judge(None, step, stages)
    assert ruling.fault is fault
    assert (ruling.effect is Effect.EFFECTIVE) is (fault is None)
    named = facts.parts_named(fact)
    assert (said is not None and said.authority is not None) is (len(named) == 2)


async def test_an_event_with_nothing_to_say_of_either_is_written_as_before(
    all_three: Casework,
) -> None:
    view = await all_three.village.receive()
    (raw,) = await all_three.village.node.envelopes(view.stream)
    said = bytes(read_envelope(raw).event.data)
    assert b'"applicant"' in said
    assert b"agency" not in said
    assert b"paper" not in said
