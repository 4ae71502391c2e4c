"""The table of dimensions and ready-made remarks, by version (评价指标).

`dimensions.toml` holds every version that was ever in force: an old evaluation is still read by
the names that it was given under. One of a newer node's version is shown by its codes.
"""

from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType
from typing import Final

import msgspec

from node.web.wording import Words
from schemas.evaluation import DimensionTable


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tables: tuple[DimensionTable, ...]


def _load() -> Mapping[int, DimensionTable]:
    raw = (resources.files("node.evaluation") / "dimensions.toml").read_bytes()
    tables = msgspec.toml.decode(raw, type=_File).tables
    return MappingProxyType({one.version: one for one in tables})


TABLES: Final = _load()
CURRENT: Final = TABLES[max(TABLES)]
"""What people are asked now."""


def dimension_name(words: Words, version: int, code: str) -> str:
    """Name a dimension; by its code where this program does not know the version."""
    table = TABLES.get(version)
    found = {} if table is None else {one.code: one for one in table.dimensions}
    return words.pick(found[code].zh, found[code].en) if code in found else code


def tag_name(words: Words, version: int, code: str) -> str:
    """Name a ready-made remark; by its code where this program does not know the version."""
    table = TABLES.get(version)
    found = {} if table is None else {one.code: one for one in table.tags}
    return words.pick(found[code].zh, found[code].en) if code in found else code
