from importlib import resources

import msgspec
import pytest

from levels.profiles import profile_of, profiles, read_profiles
from schemas.ids import Level
from schemas.levels import Capability
from schemas.staff import Role

GOOD = (resources.files("levels") / "profiles.toml").read_bytes()


@pytest.mark.parametrize("level", list(Level))
def test_each_level_has_its_own_profile(level: Level) -> None:
    assert profile_of(level).level is level
    assert profile_of(level).title
    assert Role.OPERATOR in profile_of(level).roles


def test_every_tier_with_windows_receives_and_the_city_oversees() -> None:
    receiving = {level for level in Level if Capability.RECEIVE in profile_of(level).capabilities}
    assert receiving == {Level.COUNTY, Level.TOWN, Level.VILLAGE}
    assert Capability.OVERSEE in profile_of(Level.CITY).capabilities


def test_a_village_only_receives() -> None:
    assert profile_of(Level.VILLAGE).capabilities == {Capability.RECEIVE}
    assert Role.AGENT in profile_of(Level.VILLAGE).roles


def test_only_towns_check_and_only_the_upper_tiers_publish_and_run_brokers() -> None:
    def having(capability: Capability) -> set[Level]:
        return {level for level in Level if capability in profile_of(level).capabilities}

    assert having(Capability.CHECK) == {Level.TOWN}
    assert having(Capability.PUBLISH_ITEMS) == {Level.CITY, Level.COUNTY}
    assert having(Capability.BROKER) == {Level.CITY, Level.COUNTY}
    assert having(Capability.ENROL) == {Level.CITY, Level.COUNTY, Level.TOWN}


def test_every_capability_is_somebodys() -> None:
    given = {capability for level in Level for capability in profile_of(level).capabilities}
    assert given == set(Capability)


def test_profiles_read_back_as_they_are() -> None:
    assert read_profiles(GOOD) == profiles()


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field `colour`"):
        read_profiles(GOOD.replace(b"title_en", b"colour", 1))


def test_an_unknown_capability_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="levitate"):
        read_profiles(GOOD.replace(b'"receive"', b'"levitate"', 1))


def test_a_level_described_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="exactly once"):
        read_profiles(GOOD.replace(b'level = "town"', b'level = "village"', 1))
