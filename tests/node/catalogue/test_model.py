import pytest
from msgspec.structs import replace

from node.catalogue import model
from node.errors import NoPlaceError
from node.streams import may_publish
from schemas.ids import Level, NodeId, StreamName
from schemas.item_terms import Mode, StageKind
from schemas.items import Item, Stage
from tests.support.catalogue import ENROLMENT, LICENCE

CITY, COUNTY = NodeId("6103"), NodeId("610328")
TOWN, OTHER_TOWN = NodeId("610328100"), NodeId("610328102")
VILLAGE, OTHER_VILLAGE = NodeId("610328100201"), NodeId("610328102201")
STREAM = StreamName("item/610328/aaaaaaaaaaaaaaaa")


def way(item: Item, origin: NodeId, place: NodeId) -> list[tuple[StageKind, NodeId]]:
    return [(stage.kind, node) for stage, node in model.stages_for(item, origin, place)]


def test_a_village_case_is_checked_by_its_town_and_decided_by_its_county() -> None:
    assert way(LICENCE, VILLAGE, VILLAGE) == [
        (StageKind.CHECK, TOWN),
        (StageKind.ACCEPT, COUNTY),
        (StageKind.DISPATCH, COUNTY),
        (StageKind.REVIEW, COUNTY),
        (StageKind.DECIDE, COUNTY),
    ]


def test_a_town_checks_what_its_own_window_took() -> None:
    assert way(LICENCE, TOWN, TOWN)[0] == (StageKind.CHECK, TOWN)


@pytest.mark.parametrize("place", [COUNTY, TOWN, VILLAGE])
def test_a_county_window_skips_the_town_check(place: NodeId) -> None:
    assert way(LICENCE, COUNTY, place)[0] == (StageKind.ACCEPT, COUNTY)


def test_a_matter_without_a_town_skips_the_town_check() -> None:
    assert way(LICENCE, VILLAGE, COUNTY)[0] == (StageKind.ACCEPT, COUNTY)


def test_the_place_decides_which_town_decides() -> None:
    assert way(ENROLMENT, OTHER_VILLAGE, VILLAGE) == [
        (StageKind.ACCEPT, TOWN),
        (StageKind.DECIDE, TOWN),
    ]
    assert way(ENROLMENT, COUNTY, OTHER_TOWN)[-1] == (StageKind.DECIDE, OTHER_TOWN)


def test_a_county_window_must_choose_the_town() -> None:
    with pytest.raises(NoPlaceError, match="choose the town the matter concerns") as caught:
        model.stages_for(ENROLMENT, COUNTY, COUNTY)
    assert caught.value.level is Level.TOWN
    assert set(caught.value.fields) == {"place"}
    assert model.needs_place(ENROLMENT, COUNTY) is Level.TOWN


@pytest.mark.parametrize(("item", "origin"), [(ENROLMENT, VILLAGE), (LICENCE, COUNTY)])
def test_a_window_on_the_line_need_not_choose(item: Item, origin: NodeId) -> None:
    assert model.needs_place(item, origin) is None


def test_an_item_may_name_who_decides() -> None:
    named = replace(LICENCE, decided_by=NodeId("610323"))
    assert way(named, VILLAGE, VILLAGE)[-1] == (StageKind.DECIDE, NodeId("610323"))
    assert way(named, VILLAGE, VILLAGE)[-2] == (StageKind.REVIEW, COUNTY)


def test_a_city_item_goes_one_hop_further_up() -> None:
    decide = Stage(name="决定", kind=StageKind.DECIDE, level=Level.CITY)
    city_item = replace(LICENCE, process=(LICENCE.process[1], decide))
    assert way(city_item, VILLAGE, VILLAGE) == [
        (StageKind.ACCEPT, COUNTY),
        (StageKind.DECIDE, CITY),
    ]


def test_tiers_say_whose_windows_take_it() -> None:
    assert [level for level in Level if model.takes_at(LICENCE, level)] == [
        Level.COUNTY,
        Level.TOWN,
        Level.VILLAGE,
    ]
    assert model.mode_at(LICENCE.tiers, Level.VILLAGE) is Mode.AGENCY
    assert model.mode_at(LICENCE.tiers, Level.CITY) is None


@pytest.mark.parametrize(
    ("place", "offered"),
    [(COUNTY, True), (TOWN, True), (VILLAGE, True), (CITY, False), (NodeId("610323"), False)],
)
def test_an_item_is_in_force_at_its_publisher_and_below(place: NodeId, *, offered: bool) -> None:
    assert model.offers_to(STREAM, place) is offered


@pytest.mark.parametrize(("node", "may"), [(CITY, True), (COUNTY, True), (TOWN, False)])
def test_the_upper_tiers_keep_catalogues(node: NodeId, *, may: bool) -> None:
    assert may_publish(node) is may


def test_search_text_folds_width_case_and_spaces() -> None:
    text = model.search_text(replace(LICENCE, aliases=("ＧＧＣＳ", " Hair  Salon ")))
    assert "\nggcs\n" in text
    assert "\nhair salon\n" in text
    assert model.search_words("  卫生　ＺＪＤ ") == ("卫生", "zjd")
