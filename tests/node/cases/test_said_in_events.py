"""What people write at a step is checked before it stands in an event, which nothing takes back."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from federation.parts import salted
from node.cases import actions, intake, law_actions
from node.errors import BadInputError
from node.parts import actions as parts
from node.parts.model import SharedFrom
from node.work import Work
from schemas.case_forms import ExtendCase, SettleFee, SuspendCase
from schemas.case_terms import Ground, MaterialGiven, Trust
from schemas.cases import Action, Outcome
from schemas.cases_api import AcceptCase, DecideCase, ReceiveCase
from schemas.ids import StreamName
from schemas.item_terms import SpecialKind
from schemas.items import Item
from tests.support.bureau import (
    APPROVER,
    CLERK,
    GROUND,
    HANDLER,
    LONG,
    TO_DECISION,
    Bureau,
    bureau,
)
from tests.support.casework import COUNTY, ZHANG
from tests.support.laws import RICH, SERVICE, at_county

A = Action
UNTIMED = replace(SERVICE, code="wjj-41", statutory=None)


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with bureau(tmp_path, SERVICE, UNTIMED) as made:
        yield made


async def test_days_codes_and_grounds_are_such_wherever_they_are_given(county: Bureau) -> None:
    view = await county.path(await county.receive(), A.ACCEPT, A.DISPATCH)
    survey = SuspendCase(
        procedure=SpecialKind.SITE_SURVEY, amount=3, ground=GROUND, on="张三家 13812341234"
    )
    await county.refuses((HANDLER, law_actions.suspend, survey), view, {"on": "no_day"})
    waived = SettleFee(waived="陕价费〔2015〕1号", payment_code="张三 610328190001010013")
    paid = {"payment_code": "no_payment_code"}
    await county.refuses((CLERK, law_actions.settle_fee, waived), view, paid)
    free = await county.path(await county.receive(item="wjj-31"), A.ACCEPT, A.DISPATCH)
    free = await county.path(free, A.GIVE_OPINION, A.REVIEW)
    treatise = DecideCase(outcome=Outcome.GRANTED, ground=Ground(law=LONG, article="一"))
    await county.refuses((APPROVER, actions.decide, treatise), free, {"ground": "too_long"})
    over = DecideCase(outcome=Outcome.GRANTED, valid_until="2026-03-01")
    late = {"valid_until": "day_out_of_range"}
    await county.refuses((APPROVER, actions.decide, over), free, late)


async def test_where_no_law_sets_a_limit_nothing_is_extended_behind_the_promise(
    county: Bureau,
) -> None:
    view = await county.path(await county.receive(item="wjj-41"), A.ACCEPT, A.DISPATCH)
    county.go_to("2026-12-01")
    form = ExtendCase(amount=5, reason="complex_case", ground=GROUND)
    late = {"amount": "extension_too_late"}
    await county.refuses((APPROVER, law_actions.extend, form), view, late)


async def test_a_paper_of_another_case_is_nobodys_promise(county: Bureau) -> None:
    view = await county.receive(papers=2)
    ready = county.office.parts.prepare(salted("application/pdf", b"%PDF-1.4"))

    def hold(work: Work) -> None:
        shared = SharedFrom(
            case=StreamName("case/610328/a"), applicant=b"another", item="wjj-02", code="id",
            trust=Trust.B,
        )  # fmt: skip
        parts.hold_shared(work, ready, shared, media="application/pdf", size=8)

    await county.office.node.works.run(CLERK, hold)
    form = AcceptCase(pending=("map",), promise=ready.digest)
    await county.refuses((CLERK, actions.accept, form), view, {"promise": "no_promise"})


async def test_the_second_stage_is_for_whom_the_first_was_granted(tmp_path: Path) -> None:
    second = replace(SERVICE, code="wjj-42", follows="wjj-02")
    async with bureau(tmp_path, second) as county:
        first = await county.path(await county.receive(), *TO_DECISION)
        papers = tuple(MaterialGiven(code=one.code, originals=1) for one in second.materials)
        form = ReceiveCase(
            item=second.code, applicant=ZHANG, materials=papers, follows=first.number
        )
        other = replace(form, applicant=replace(ZHANG, id_number="610328190001010021"))
        with pytest.raises(BadInputError) as refused:
            await county.office.receive(other, CLERK)
        assert refused.value.fields == {"follows": "first_stage_not_granted"}
        assert (await county.office.receive(form, CLERK)).law.follows == first.number


RENEWED: Item = at_county(RICH)


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"expires_on": "20261231"}, {"expires_on": "no_day"}),  # a day that no clock would read
        ({"expires_on": "2026-W48-1"}, {"expires_on": "no_day"}),
        ({"follows": "张三 13812341234"}, {"follows": "no_first_stage"}),
        ({"situation": ("a",) * 9}, {"situation": "unknown"}),
    ],
)
def test_an_intake_writes_only_what_can_be_read_again(
    changed: dict[str, object], wrong: dict[str, str]
) -> None:
    item = replace(RENEWED, renewal=True)
    form = ReceiveCase(item=item.code, applicant=ZHANG, materials=(), **changed)  # type: ignore[arg-type]
    with pytest.raises(BadInputError) as refused:
        intake.require_fit(item, form, COUNTY, datetime(2026, 3, 2, tzinfo=UTC))
    assert refused.value.fields == wrong
