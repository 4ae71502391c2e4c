"""Reads the four profiles once. Knows nothing of nodes, cases or items."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

import msgspec

from schemas.ids import Level
from schemas.levels import Profile


class _ProfilesFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    profiles: tuple[Profile, ...]


def profile_of(level: Level) -> Profile:
    """Give the profile of `level`."""
    return profiles()[level]


@cache
def profiles() -> Mapping[Level, Profile]:
    """Give all four profiles, from the city down."""
    return read_profiles((resources.files("levels") / "profiles.toml").read_bytes())


def read_profiles(toml: bytes) -> Mapping[Level, Profile]:
    """Read profiles from TOML: one for each level, nothing unknown.

    Raises `msgspec.ValidationError` or `ValueError` with what is wrong.
    """
    read = msgspec.toml.decode(toml, type=_ProfilesFile).profiles
    by_level = {profile.level: profile for profile in read}
    if len(read) != len(Level) or len(by_level) != len(Level):
        raise ValueError("profiles.toml must describe each of the four levels exactly once")
    return MappingProxyType({level: by_level[level] for level in Level})
