"""The exchange number: of the national form, and of one case alone."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.cases import numbers
from node.cases.caseview import CaseView
from schemas.cases import CaseState
from schemas.ids import CaseNumber, NodeId, StreamName
from schemas.item_terms import CodeLayer, CodeScheme
from schemas.items import ItemCode
from tests.support.catalogue import LICENCE
from tests.support.public import IMPLEMENTATION, ONLINE

COUNTY_ITEM = StreamName("item/610328/aaaaaaaaaaaaaaaa")
CITY_ITEM = StreamName("item/6103/aaaaaaaaaaaaaaaa")


def case(number: str, item: StreamName = COUNTY_ITEM) -> CaseView:
    origin = NodeId(number.split("-", maxsplit=1)[0])
    return CaseView(
        stream=StreamName("case/610328/aaaaaaaaaaaaaaaa"), number=CaseNumber(number), item=item,
        item_version=1, origin=origin, place=origin, stages=(), state=CaseState.RECEIVED,
        holder=origin, seq=0, received_at=0, since=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "tail"),
    [
        ("610328100201-20261109-A0007", "100201A0007"),
        ("610328100-20261109-A0007", "100000A0007"),
        ("610328-20261109-B9999", "000000B9999"),
    ],
)
def test_within_its_county_it_ends_with_window_and_serial(number: str, tail: str) -> None:
    assert numbers.exchange_number(case(number), ONLINE) == f"{IMPLEMENTATION}20261109{tail}"


@pytest.mark.parametrize(
    ("number", "item"),
    [
        ("610328100201-20261109-A0007", CITY_ITEM),
        ("610328100201-20261109-A10007", COUNTY_ITEM),
        ("610328100201-20261109-AB0007", COUNTY_ITEM),
        ("610328000-20261109-A0007", COUNTY_ITEM),
        ("6103-20261109-A0007", COUNTY_ITEM),
        ("610326100201-20261109-A0007", COUNTY_ITEM),
    ],
)
def test_where_that_would_not_do_it_ends_with_what_looks_like_no_serial(
    number: str, item: StreamName
) -> None:
    told = numbers.exchange_number(case(number, item), ONLINE)
    assert len(told) == 50
    assert told[39].isalpha()
    assert told == numbers.exchange_number(case(number, item), ONLINE)


def test_an_item_without_a_code_of_the_national_form_gives_none() -> None:
    number = "610328-20261109-A0001"
    local = ItemCode(layer=CodeLayer.IMPLEMENTATION, scheme=CodeScheme.LOCAL, text=IMPLEMENTATION)
    assert numbers.exchange_number(case(number), None) == ""
    assert numbers.exchange_number(case(number), LICENCE) == ""
    odd = msgspec.structs.replace(ONLINE, codes=(local,))
    assert numbers.exchange_number(case(number), odd) == ""
    assert numbers.exchange_number(case("610328-<script>"), ONLINE) == ""


NODES = st.sampled_from(("6103", "610328", "610326", "610328000")) | st.builds(
    lambda county, town, village: f"{county}{town:03d}{village}",
    st.sampled_from(("610328", "610326")),
    st.integers(0, 999),
    st.sampled_from(("", "000", "100", "201", "999")),
)
SERIALS = st.builds(
    lambda series, serial: f"{series}{serial:04d}",
    st.sampled_from(("A", "B", "Z", "AA", "ZA", "AAAA")),
    st.integers(1, 120_000),
)


@settings(max_examples=40)
@given(
    st.sets(st.tuples(NODES, SERIALS), min_size=2, max_size=20),
    st.sampled_from((COUNTY_ITEM, CITY_ITEM)),
)
def test_no_two_cases_of_an_item_and_day_have_one(
    cases: set[tuple[str, str]], item: StreamName
) -> None:
    given_out = {
        numbers.exchange_number(case(f"{origin}-20261109-{serial}", item), ONLINE)
        for origin, serial in cases
    }
    assert len(given_out) == len(cases)
    assert all(len(told) == 50 and told.isascii() and told.isalnum() for told in given_out)
