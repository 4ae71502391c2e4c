"""对照: what differs between two versions of an item, and between two catalogues.

Pure. Rows within an item are matched by what people know them by (a material by its code, a stage
by its name), so that a row put in the middle is one change and not a change of all that follow.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import msgspec

from node.catalogue.labels import NOTHING, full_label, label, plain, row_name, words_at
from node.catalogue.model import is_same
from node.catalogue.words import Words
from schemas.items import (
    Answer,
    Basis,
    Batch,
    Faq,
    Fee,
    Item,
    ItemCode,
    MaterialNeed,
    Question,
    Risk,
    SpecialProcedure,
    Stage,
    Tier,
)


class ChangeKind(StrEnum):
    """What became of a field or row."""

    ADDED = "added"  # 新增
    REMOVED = "removed"  # 删除
    CHANGED = "changed"  # 修改
    MOVED = "moved"  # 调整次序


MADE_BY_PROGRAM: Final = "initials"
"""A field that nobody writes: it follows the names."""
KIND_WORDS: Final[Mapping[ChangeKind, Words]] = MappingProxyType(
    {
        ChangeKind.ADDED: ("新增", "added"),
        ChangeKind.REMOVED: ("删除", "removed"),
        ChangeKind.CHANGED: ("修改", "changed"),
        ChangeKind.MOVED: ("调整次序", "moved"),
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """One field, or one row of a list, that differs."""

    kind: ChangeKind
    path: str
    """With keys for positions: `materials[id].copies`, `aliases[卫生证]`."""
    label: Words
    """Field and row as a person names them: 申请材料“身份证” · 份数."""
    old: Words
    new: Words
    """Side by side; 无 where there is nothing. Of what moved, the places."""


@dataclass(frozen=True, slots=True)
class ItemChanges:
    """An item that is in both catalogues but not the same."""

    code: str
    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class CatalogueDifferences:
    """What to do to the old catalogue to get the new one; items by code, in the new one's order."""

    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    changed: tuple[ItemChanges, ...]
    unchanged: tuple[str, ...]


_KEYS: Final[Mapping[type, Callable[[Any], tuple[str, ...]]]] = MappingProxyType(
    {
        Basis: lambda row: (row.law, row.article),
        MaterialNeed: lambda row: (row.code,),
        Stage: lambda row: (row.name,),
        Tier: lambda row: (row.level,),
        ItemCode: lambda row: (row.layer, row.scheme),
        Fee: lambda row: (row.name,),
        SpecialProcedure: lambda row: (row.name,),
        Batch: lambda row: (row.opens,),
        Risk: lambda row: (row.stage, row.risk),
        Faq: lambda row: (row.question,),
        Question: lambda row: (row.text,),
        Answer: lambda row: (row.code,),
    }
)
"""What people know a row by."""


def compare(old: Item | None, new: Item | None) -> tuple[Change, ...]:
    """List what differs, field by field in their order; `None` is an item that is not there.

    The initials are left out: a program makes them of the names.
    """
    return tuple(
        change
        for name in Item.__struct_fields__
        if name != MADE_BY_PROGRAM
        for change in _field(name, _of(old, name, new), _of(new, name, old))
    )


def compare_catalogues(old: Sequence[Item], new: Sequence[Item]) -> CatalogueDifferences:
    """Compare two catalogues whose items each have a code of their own."""
    before, after = {item.code: item for item in old}, {item.code: item for item in new}
    both = [code for code in after if code in before]
    return CatalogueDifferences(
        added=tuple(item for code, item in after.items() if code not in before),
        removed=tuple(item for code, item in before.items() if code not in after),
        changed=tuple(
            ItemChanges(code, after[code].name, compare(before[code], after[code]))
            for code in both
            if not is_same(before[code], after[code])
        ),
        unchanged=tuple(code for code in both if is_same(before[code], after[code])),
    )


def _of(item: Item | None, name: str, other: Item | None) -> object:
    """Give a field's value; of an item that is not there, emptiness of the same kind."""
    if item is not None:
        return getattr(item, name)
    return () if isinstance(getattr(other, name, None), tuple) else None


def _field(path: str, old: object, new: object) -> Iterator[Change]:
    if old == new or (_is_empty(old) and _is_empty(new)):
        return
    if isinstance(old, tuple) and isinstance(new, tuple):
        yield from _rows(path, old, new)
    else:
        yield _change(path, full_label(path), old, new)


def _change(path: str, named: Words, old: object, new: object) -> Change:
    kind = ChangeKind.CHANGED
    if _is_empty(old) or _is_empty(new):
        kind = ChangeKind.ADDED if _is_empty(old) else ChangeKind.REMOVED
    return Change(kind, path, named, words_at(path, old), words_at(path, new))


def _is_empty(value: object) -> bool:
    return value is None or value in ("", ())


def _rows(path: str, old: tuple[object, ...], new: tuple[object, ...]) -> Iterator[Change]:
    """Compare two lists row by row: gone, changed, come, moved."""
    before, after = _keyed(old), _keyed(new)
    for key, row in before.items():
        if key not in after:
            named = _named(path, row)
            yield Change(ChangeKind.REMOVED, _at(path, key), named, words_at(path, row), NOTHING)
    for key, row in after.items():
        if key not in before:
            yield Change(
                ChangeKind.ADDED, _at(path, key), _named(path, row), NOTHING, words_at(path, row)
            )
        elif isinstance(row, msgspec.Struct):
            yield from _row(_at(path, key), before[key], row)
    yield from _moves(path, before, after)


def _row(path: str, old: object, new: msgspec.Struct) -> Iterator[Change]:
    """Compare the fields of one row that is in both lists."""
    for name in new.__struct_fields__:
        was, is_now = getattr(old, name), getattr(new, name)
        if was != is_now and not (_is_empty(was) and _is_empty(is_now)):
            inner = f"{path}.{name}"
            if isinstance(was, tuple) and isinstance(is_now, tuple) and _has_rows(*was, *is_now):
                yield from _rows(inner, was, is_now)
                continue
            whole, own = _named(path, new), label(inner)
            named = (f"{whole[0]} · {own[0]}", f"{whole[1]} · {own[1]}")
            yield _change(inner, named, was, is_now)


def _has_rows(*values: object) -> bool:
    """Say whether a field of a row is a list of rows itself, as the answers of a question are."""
    return any(isinstance(one, msgspec.Struct) for one in values)


def _moves(
    path: str, before: Mapping[tuple[str, ...], object], after: Mapping[tuple[str, ...], object]
) -> Iterator[Change]:
    """Name the rows that left their place among those which are in both lists."""
    was = [key for key in before if key in after]
    is_now = [key for key in after if key in before]
    stayed = {
        key
        for block in SequenceMatcher(None, was, is_now, autojunk=False).get_matching_blocks()
        for key in was[block.a : block.a + block.size]
    }
    old_places, new_places = list(before), list(after)
    for key in is_now:
        if key not in stayed:
            old, new = old_places.index(key) + 1, new_places.index(key) + 1
            yield Change(
                ChangeKind.MOVED, _at(path, key), _named(path, after[key]),
                (f"第 {old} 项", f"no. {old}"), (f"第 {new} 项", f"no. {new}"),
            )  # fmt: skip


def _keyed(rows: tuple[object, ...]) -> dict[tuple[str, ...], object]:
    """Give each row a key; what occurs again gets its number besides."""
    found: dict[tuple[str, ...], object] = {}
    times: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        key = _KEYS[type(row)](row) if type(row) in _KEYS else (str(row),)
        times[key] += 1
        found[key if times[key] == 1 else (*key, f"#{times[key]}")] = row
    return found


def _at(path: str, key: tuple[str, ...]) -> str:
    return f"{path}[{' '.join(key)}]"


def _named(path: str, row: object) -> Words:
    """Name a list, and a row of it if it has a name: 申请材料“身份证”."""
    zh, en = full_label(plain(path))
    if not isinstance(row, msgspec.Struct):
        return zh, en
    named = row_name(row)
    return f"{zh}“{named[0]}”", f"{en} “{named[1]}”"
