"""Structs of any shape that msgspec can build, however little sense they make."""

from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec
from hypothesis import strategies as st

from schemas.items import Item

TEXTS = st.text(max_size=6) | st.sampled_from(
    ("第一条", "某法", "2026-01-31", "2026-02-30", "受理", "610328", "申请表", "11610328099900016F")
)
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.integers(-1, 9)


def any_of(struct: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Build any `struct`."""
    fields = msgspec.structs.fields(struct)
    return st.builds(struct, **{field.name: _values(field.type) for field in fields})


def any_item() -> st.SearchStrategy[Item]:
    """Build any item."""
    return any_of(Item)


def _values(kind: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401  # a type, or a form of types
    if get_origin(kind) is tuple:
        return st.lists(_values(get_args(kind)[0]), max_size=3).map(tuple)
    if get_origin(kind) in {Union, UnionType}:  # of NewTypes it is the former
        return st.one_of(*(_values(one) for one in get_args(kind)))
    plain = getattr(kind, "__supertype__", kind)  # a NewType is the type below it
    if issubclass(plain, msgspec.Struct):
        return any_of(plain)
    if issubclass(plain, Enum):
        return st.sampled_from(list(plain))
    return {str: TEXTS, int: NUMBERS}.get(plain, st.from_type(plain))
