"""The sample county is real input: it loads whole, and every item can be taken and decided."""

import re
from pathlib import Path

import msgspec
import pytest

from levels.profiles import profile_of
from node.catalogue import model
from node.catalogue.files import load_departments, load_items
from node.staff.model import account_faults
from schemas.ids import Level, NodeId, level_of, parent_of, parse_node_id
from schemas.item_terms import CaseKind, Mode, StageKind
from schemas.items import Item
from schemas.places import PlacesFile
from schemas.staff import Role, StaffFile, StaffList
from tests.support.house import ROOT

SAMPLE = ROOT / "deploy/qianyang"
DEPARTMENTS = {
    department.id: department for department in load_departments(SAMPLE / "departments.toml")
}
ITEMS = load_items(SAMPLE / "items.toml")
BY_NAME = {item.name: item for item in ITEMS}
PLACES = msgspec.toml.decode((SAMPLE / "places.toml").read_bytes(), type=PlacesFile).places
CITY_DEPARTMENTS = {
    one.id: one
    for one in msgspec.toml.decode(
        (SAMPLE / "staff/city.toml").read_bytes(), type=StaffList
    ).departments
}
COUNTY, TOWN, VILLAGE = NodeId("610328"), NodeId("610328100"), NodeId("610328100201")


def people(tier: Level) -> tuple[StaffFile, ...]:
    return msgspec.toml.decode((SAMPLE / f"staff/{tier}.toml").read_bytes(), type=StaffList).staff


def kinds(item: Item) -> list[tuple[StageKind, Level]]:
    return [(stage.kind, stage.level) for stage in item.process]


def test_there_is_a_spread_of_items() -> None:
    assert len(ITEMS) == len(BY_NAME) == 53
    assert {item.case_kind for item in ITEMS} == set(CaseKind)
    assert {tier.mode for item in ITEMS for tier in item.tiers} == set(Mode)
    assert len({item.department for item in ITEMS}) >= 10


def test_the_homestead_is_decided_by_the_town() -> None:
    item = BY_NAME["农村村民宅基地审批"]
    assert kinds(item) == [(StageKind.ACCEPT, Level.TOWN), (StageKind.DECIDE, Level.TOWN)]
    other = NodeId("610328102201")
    assert {node for _, node in model.stages_for(item, other, VILLAGE)} == {TOWN}


def test_the_planning_permit_passes_three_tiers() -> None:
    ways = model.stages_for(BY_NAME["乡村建设规划许可"], VILLAGE, VILLAGE)
    assert [(stage.kind, node) for stage, node in ways] == [
        (StageKind.CHECK, TOWN),
        (StageKind.ACCEPT, COUNTY),
        (StageKind.DISPATCH, COUNTY),
        (StageKind.REVIEW, COUNTY),
        (StageKind.DECIDE, COUNTY),
    ]
    assert ways[-1][0].department == "zrzy"


def test_the_insurance_is_instant_and_a_county_window_chooses_the_town() -> None:
    item = BY_NAME["城乡居民医保参保登记"]
    assert item.case_kind is CaseKind.INSTANT
    assert model.takes_at(item, Level.COUNTY)
    assert model.needs_place(item, COUNTY) is Level.TOWN
    assert {node for _, node in model.stages_for(item, COUNTY, TOWN)} == {TOWN}


def test_the_allowance_is_a_benefit_checked_by_the_town() -> None:
    item = BY_NAME["高龄补贴"]
    assert (item.type_code, item.department) == ("05", "mzj")
    assert [kind for kind, _ in kinds(item)] == [
        StageKind.CHECK,
        StageKind.ACCEPT,
        StageKind.DISPATCH,
        StageKind.REVIEW,
        StageKind.DECIDE,
    ]


def test_the_hygiene_licence_is_taken_at_a_village_as_agency() -> None:
    item = BY_NAME["公共场所卫生许可"]
    assert model.mode_at(item.tiers, Level.VILLAGE) is Mode.AGENCY
    assert StageKind.CHECK not in [kind for kind, _ in kinds(item)]
    assert item.process[-1].department == "wjj"


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.code)
def test_each_item_can_be_taken_and_decided_from_every_tier_that_takes_it(item: Item) -> None:
    for origin in (COUNTY, TOWN, VILLAGE):
        if model.takes_at(item, level_of(origin)):
            place = TOWN if model.needs_place(item, origin) else origin
            ways = model.stages_for(item, origin, place)
            assert [one.kind for one, _ in ways if one.kind is not StageKind.ISSUE][-1] is (
                StageKind.DECIDE
            )


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.code)
def test_each_item_is_found_by_initials_and_has_an_english_name(item: Item) -> None:
    assert any(re.fullmatch(r"[a-z]{2,}", alias) for alias in item.aliases)
    assert any(not alias.isascii() for alias in item.aliases)
    assert item.name_en
    assert item.name_en.isascii()
    assert item.materials
    assert item.conditions
    assert item.result


def test_each_item_names_its_department_as_the_list_does() -> None:
    for item in ITEMS:
        if item.department in DEPARTMENTS:
            assert item.department_name == DEPARTMENTS[item.department].name


def test_a_check_by_the_town_that_the_law_demands_cannot_be_passed_by() -> None:
    for name in ("乡村建设规划许可", "农村公益性墓地建设审批"):
        assert not model.takes_at(BY_NAME[name], Level.COUNTY)


def test_the_places_are_a_city_a_county_its_seven_towns_and_sample_villages() -> None:
    ids = [parse_node_id(place.id) for place in PLACES]
    at = {level: [node for node in ids if level_of(node) is level] for level in Level}
    assert at[Level.CITY] == ["6103"]
    assert at[Level.COUNTY] == ["610328"]
    assert at[Level.TOWN] == [f"61032810{digit}" for digit in "0123457"]
    assert len(at[Level.VILLAGE]) >= 4
    assert len(set(ids)) == len(ids)
    for number, node in enumerate(ids):
        above = parent_of(node)
        assert above is None or above in ids[:number], "parents come before children"


def test_villages_are_marked_as_samples_and_nothing_else_is() -> None:
    for place in PLACES:
        assert place.sample == (level_of(place.id) is Level.VILLAGE)
        assert place.sample == ("示例" in place.zh) == ("Sample" in place.en)
        assert place.zh
        assert place.en


@pytest.mark.parametrize("tier", list(Level))
def test_the_sample_staff_fit_their_tier_and_have_no_passwords(tier: Level) -> None:
    known = DEPARTMENTS if tier is Level.COUNTY else CITY_DEPARTMENTS if tier is Level.CITY else {}
    logins = [one.login for one in people(tier)]
    assert len(set(logins)) == len(logins)
    for one in people(tier):
        assert one.password == ""
        assert not account_faults(
            profile_of(tier),
            known,
            login=one.login,
            name=one.name,
            roles=one.roles,
            department=one.department,
        )


def test_every_department_that_reviews_or_decides_has_people_for_it() -> None:
    for tier in (Level.CITY, Level.COUNTY):
        stages = [stage for item in ITEMS for stage in item.process if stage.level is tier]
        needed = {stage.department for stage in stages if stage.department}
        for role in (Role.HANDLER, Role.APPROVER):
            assert needed == {one.department for one in people(tier) if role in one.roles}
        beside = {department for stage in stages for department in stage.joint}
        assert beside <= needed, "who takes part in a review has people to do it"


@pytest.mark.parametrize(
    ("tier", "roles"),
    [
        (Level.VILLAGE, {Role.AGENT}),
        (Level.TOWN, {Role.OFFICER, Role.CLERK}),
        (Level.COUNTY, set(Role) - {Role.AGENT, Role.OFFICER}),
        (Level.CITY, {Role.CLERK, Role.SUPERVISOR, Role.PUBLISHER, Role.OPERATOR}),
    ],
)
def test_every_tier_has_the_posts_that_the_demo_needs(tier: Level, roles: set[Role]) -> None:
    assert roles <= {role for one in people(tier) for role in one.roles}


def test_items_are_drafted_by_two_departments_and_by_the_centre_for_all_others() -> None:
    editors = [one.department for one in people(Level.COUNTY) if Role.EDITOR in one.roles]
    assert sorted(editors, key=str) == [None, "wjj", "zrzy"]


def test_the_sample_folder_holds_nothing_else() -> None:
    found = sorted(str(path.relative_to(SAMPLE)) for path in SAMPLE.rglob("*") if path.is_file())
    assert found == [
        str(Path(name))
        for name in (
            "calendar-2026.toml",
            "departments.toml",
            "items.toml",
            "places.toml",
            "posts.toml",
            "staff/city.toml",
            "staff/county.toml",
            "staff/town.toml",
            "staff/village.toml",
        )
    ]
