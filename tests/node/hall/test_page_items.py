from collections.abc import Iterable

from node.hall import page_items
from schemas.ids import StreamName
from schemas.items import ItemSummary
from tests.support.catalogue import LICENCE


def _item(code: str, *topics: str) -> ItemSummary:
    return ItemSummary(
        stream=StreamName(f"item/610328/{code}"), version=1, code=code, name=code, name_en="",
        type_code="01", case_kind=LICENCE.case_kind, department=LICENCE.department,
        department_name="", promised=LICENCE.promised, tiers=(), topics=topics,
    )  # fmt: skip


def _codes(items: Iterable[ItemSummary]) -> str:
    return "".join(one.code for one in items)


OFFERED = tuple(_item(code) for code in "abcdefgh")


def test_what_is_taken_most_comes_first_and_the_rest_keeps_its_order() -> None:
    ordered, often = page_items.in_order(OFFERED, {"c": 2, "f": 9, "gone": 5})
    assert (_codes(ordered), often) == ("fcabdegh", 2)


def test_few_lines_are_above_the_others() -> None:
    uses = dict.fromkeys("abcdefgh", 1)
    ordered, often = page_items.in_order(OFFERED, uses)
    assert (_codes(ordered), often) == ("abcdefgh", page_items.MOST_USED)


def test_a_topic_is_offered_if_it_has_items_and_the_chosen_one_leads_back() -> None:
    offered = [_item("a", "社会保障", "医疗卫生"), _item("b", "医疗卫生"), _item("c")]
    tiles = page_items.topic_tiles(offered, "社会保障")
    assert [(one.name, one.count, one.here) for one in tiles] == [
        ("医疗卫生", 2, False),
        ("社会保障", 1, True),
    ]
    assert tiles[1].href == "/intake"
