"""Places of a network as a deployment lists them: codes and names, nothing about machines."""

import msgspec

from schemas.ids import NodeId


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One city, county, town or village. Its level and its parent are in its code."""

    id: NodeId
    zh: str
    en: str
    sample: bool = False
    """Not a real place: to be replaced by the official list."""


class PlacesFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`places.toml`: parents before children."""

    places: tuple[Place, ...]
