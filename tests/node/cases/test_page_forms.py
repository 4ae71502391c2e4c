"""What the fields of a page's forms bring, as the forms that the API takes."""

import pytest

from node.cases.page_readings import READINGS, Filled, count
from node.errors import BadInputError
from node.web.pages_base import Typed
from schemas.case_forms import GiveOpinion, SettleFee, SupplyCase, SuspendCase
from schemas.case_terms import Ground, MaterialGiven, Remedies
from schemas.cases import Action, Outcome
from schemas.cases_api import AcceptCase, DecideCase
from schemas.ids import PartDigest
from schemas.item_terms import LimitUnit, SpecialKind

DIGEST = PartDigest("a" * 64)
WHERE = {"review_body": ("县政府",), "court": ("县法院",)}
BASIS = {"law": ("行政许可法",), "article": ("第三十八条",)}


def _read(action: Action, **values: object) -> object:
    typed = {
        name.replace("__", "-"): value if isinstance(value, tuple) else (value,)
        for name, value in values.items()
    }
    return READINGS[action].form(Filled(Typed(typed)))


def test_a_number_of_papers_is_read_and_nothing_is_none() -> None:
    assert count(Typed({"originals-id": ("2",)}), "originals-id") == 2
    assert count(Typed({}), "originals-id") == 0


@pytest.mark.parametrize("text", ["-1", "1.5", "abc", "100", "9" * 5000, "²", "٣"])
def test_what_is_no_number_of_papers_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(BadInputError) as refused:
        count(Typed({"copies-id": (text,)}), "copies-id")
    assert refused.value.fields == {"copies-id": "bad_count"}


def test_a_denial_brings_its_ground_and_remedies_and_a_grant_brings_neither() -> None:
    denied = _read(Action.DECIDE, outcome="denied", reason="other", **WHERE, **BASIS, seen="4")
    assert denied == DecideCase(
        outcome=Outcome.DENIED,
        reason="other",
        ground=Ground(law="行政许可法", article="第三十八条"),
        remedies=Remedies(review_body="县政府", court="县法院"),
        seen=4,
    )
    granted = _read(Action.DECIDE, outcome="granted", **WHERE, **BASIS)
    assert granted == DecideCase(outcome=Outcome.GRANTED)


def test_no_remedies_are_none_so_that_the_law_refuses_them() -> None:
    form = _read(Action.DECIDE, outcome="denied", review_body="", court="", law="", article="")
    assert isinstance(form, DecideCase)
    assert (form.ground, form.remedies) == (None, None)


def test_the_form_that_was_sent_says_whether_it_is_a_commitment() -> None:
    held = {"kept__promise": (DIGEST,)}
    assert _read(Action.ACCEPT, way="accept_commitment", **held) == AcceptCase(
        promise=DIGEST, commitment=True
    )
    pending = _read(Action.ACCEPT, way="accept_pending", pending=("map", "tax"), **held)
    assert pending == AcceptCase(pending=("map", "tax"), promise=DIGEST)
    assert _read(Action.ACCEPT, way="accept") == AcceptCase()


def test_of_pending_papers_only_those_that_came_are_handed_in() -> None:
    form = _read(
        Action.SUPPLY,
        originals__map="1", copies__map="0", originals__tax="0", copies__tax="",
        originals__plan="0", kept__scan__plan=(DIGEST,),
    )  # fmt: skip
    assert isinstance(form, SupplyCase)
    assert form.materials == (
        MaterialGiven(code="map", originals=1),
        MaterialGiven(code="plan", parts=(DIGEST,)),
    )


@pytest.mark.parametrize(
    ("typed", "fen"), [("80", 8000), ("0.5", 50), ("80.05", 8005), ("80 元", 8000), ("", 0)]
)
def test_an_amount_of_yuan_is_told_in_fen(typed: str, fen: int) -> None:
    form = _read(Action.SETTLE_FEE, fen=typed, payment_code="12345678")
    assert form == SettleFee(fen=fen, payment_code="12345678")


@pytest.mark.parametrize(
    "typed", ["eighty", "0.005", "-1", "1e9", "NaN", "Infinity", "1" * 5000, "80,00"]
)
def test_what_is_no_amount_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(BadInputError) as refused:
        _read(Action.SETTLE_FEE, fen=typed)
    assert refused.value.fields == {"fen": "no_amount"}


def test_a_waiver_pays_nothing_whatever_else_was_typed() -> None:
    assert _read(Action.SETTLE_FEE, fen="80", waived="小微企业") == SettleFee(waived="小微企业")


def test_a_procedure_of_the_guide_needs_neither_ground_nor_days() -> None:
    form = _read(
        Action.SUSPEND,
        procedure="hearing", law="", article="", amount="", unit="workday", on="2026-12-04",
        place="会议室",
    )  # fmt: skip
    assert form == SuspendCase(
        procedure=SpecialKind.HEARING, unit=LimitUnit.WORKDAY, on="2026-12-04", place="会议室"
    )


@pytest.mark.parametrize(
    ("action", "values", "field"),
    [
        (Action.DECIDE, {"outcome": "perhaps"}, "outcome"),
        (Action.SUSPEND, {"procedure": "dance", "unit": "day"}, "procedure"),
        (Action.SUSPEND, {"procedure": "hearing", "unit": "year"}, "unit"),
        (Action.SUSPEND, {"procedure": "hearing", "amount": "x"}, "amount"),
        (Action.EXTEND, {"amount": ""}, "amount"),
        (Action.CHECK, {"kept": "perhaps"}, "kept"),
    ],
)
def test_what_no_form_offers_is_refused_at_its_field(
    action: Action, values: dict[str, object], field: str
) -> None:
    with pytest.raises(BadInputError) as refused:
        _read(action, **values)
    assert list(refused.value.fields) == [field]


def test_yes_and_no_are_what_was_chosen() -> None:
    assert _read(Action.GIVE_OPINION, agrees="no", opinion="不行") == GiveOpinion(
        agrees=False, opinion="不行"
    )
