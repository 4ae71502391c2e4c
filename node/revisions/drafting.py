"""Which lines a wish makes: to change items, suspend or abolish them, split or merge them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from node.catalogue.words import Words
from schemas.item_terms import EndReason
from schemas.items import Item
from schemas.revisions import ItemChange


class Wish(StrEnum):
    """What a person wants done with items that are in the catalogue."""

    REVISE = "revise"  # 修改
    SUSPEND = "suspend"  # 暂停
    ABOLISH = "abolish"  # 取消
    SPLIT = "split"  # 拆分
    MERGE = "merge"  # 合并


@dataclass(frozen=True, slots=True)
class Base:
    """An item as the catalogue last had it."""

    item: Item
    version: int


@dataclass(frozen=True, slots=True)
class UnfitError(Exception):
    """The wish does not fit what was chosen; `field` is the one of the form to change."""

    field: str
    words: Words


FEWEST_MERGED = 2
_NO_CODES: Words = (
    "请填写新事项的编码：拆分至少两个，合并一个",
    "Give the codes of the new items: two or more to split, one to merge",
)
_TOO_FEW: Words = ("合并至少要选两个事项", "Choose two items or more to merge")
_ONE_ONLY: Words = ("一次只能拆分一个事项", "Split one item at a time")


def changes_for(wish: Wish, bases: Sequence[Base], codes: Sequence[str]) -> tuple[ItemChange, ...]:
    """Make the lines; of a split or merge also those of the new items. Raises `UnfitError`."""
    match wish:
        case Wish.REVISE:
            return tuple(
                ItemChange(code=one.item.code, base=one.version, item=one.item) for one in bases
            )
        case Wish.SUSPEND | Wish.ABOLISH:
            reason = EndReason.SUSPENDED if wish is Wish.SUSPEND else EndReason.ABOLISHED
            return tuple(_ended(one, reason, ()) for one in bases)
        case Wish.SPLIT:
            return _split(bases, codes)
        case Wish.MERGE:
            return _merged(bases, codes)


def _split(bases: Sequence[Base], codes: Sequence[str]) -> tuple[ItemChange, ...]:
    if len(bases) != 1:
        raise UnfitError("items", _ONE_ONLY)
    if len(codes) < FEWEST_MERGED:
        raise UnfitError("codes", _NO_CODES)
    (old,) = bases
    return (_ended(old, EndReason.SPLIT, codes), *(_begun(old, code, bases) for code in codes))


def _merged(bases: Sequence[Base], codes: Sequence[str]) -> tuple[ItemChange, ...]:
    if len(bases) < FEWEST_MERGED:
        raise UnfitError("items", _TOO_FEW)
    if len(codes) != 1:
        raise UnfitError("codes", _NO_CODES)
    return (
        *(_ended(one, EndReason.MERGED, codes) for one in bases),
        _begun(bases[0], codes[0], bases),
    )


def _ended(base: Base, reason: EndReason, codes: Sequence[str]) -> ItemChange:
    return ItemChange(
        code=base.item.code, base=base.version, ends=reason, successors=tuple(codes)
    )  # fmt: skip


def _begun(model: Base, code: str, bases: Sequence[Base]) -> ItemChange:
    """Begin a new item with the text of an old one, to be worked over."""
    came_from = tuple(one.item.code for one in bases)
    item = msgspec.structs.replace(model.item, code=code, codes=(), predecessors=came_from)
    return ItemChange(code=code, item=item)
