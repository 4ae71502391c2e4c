from tests.support.nodes import FOUR_TIERS, VILLAGE, Net
from tests.support.windows import HOMESTEAD, heads, take, work_until_closed


async def test_a_case_goes_through_four_tiers_and_ends_closed_with_equal_heads(homes: Net) -> None:
    await homes.start(*FOUR_TIERS)
    taken = [await take(homes[VILLAGE]), await take(homes[VILLAGE], HOMESTEAD)]
    await work_until_closed(homes, *(one.number for one in taken))
    for one in taken:
        assert len(await heads(homes, one.stream)) == 1
