"""Reads `items.toml` and `departments.toml` strictly: every mistake is a sentence.

A sentence names file, item and field. Whether an item may be published is for
`node.catalogue.rules` to say; `check_items` joins the two for people who edit such files.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from node.catalogue import rules, wording
from schemas.ids import DepartmentId
from schemas.items import Item
from schemas.staff import Department

MAX_FILE_BYTES: Final = 8 * 1024 * 1024  # a county's whole catalogue is about 1 MB


class FileFaultsError(ValueError):
    """A file does not say what it should; `faults` are sentences, all of them at once."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def load_items(path: Path) -> tuple[Item, ...]:
    """Read the items of a file. Raises `FileFaultsError` with all that cannot be read."""
    faults: list[str] = []
    items: list[Item] = []
    for number, table in enumerate(_tables(path, "items"), start=1):
        where = f"{path.name}: {_name_of(table, number)}"
        try:
            item = msgspec.convert(table, Item)
            faults += (f"{where}: {field}: {_UNKNOWN}" for field in _unknown(table, item, ""))
            items.append(item)
        except msgspec.ValidationError as error:
            faults.append(f"{where}: {error}")
    faults += _repeated_codes(path, items)
    if faults:
        raise FileFaultsError(tuple(faults))
    return tuple(items)


def load_departments(path: Path) -> tuple[Department, ...]:
    """Read the departments of a file, each id once. Raises `FileFaultsError`."""
    tables = _tables(path, "departments")
    try:
        departments = msgspec.convert(tables, tuple[Department, ...])
    except msgspec.ValidationError as error:
        raise FileFaultsError((f"{path.name}: {error}",)) from error
    if len({department.id for department in departments}) != len(departments):
        raise FileFaultsError((f"{path.name}: 部门编号重复 · a department id is given twice",))
    return departments


def check_items(
    path: Path, *, departments: Collection[DepartmentId] | None = None
) -> tuple[Item, ...]:
    """Read the items of a file that are all fit to publish. Raises `FileFaultsError`."""
    items = load_items(path)
    faults = tuple(
        f"{path.name}: {item.name} ({item.code}): {flaw.field}: {wording.sentence_of(flaw)}"
        for item in items
        for flaw in rules.flaws_of(item, departments=departments)
    )
    if faults:
        raise FileFaultsError(faults)
    return items


_UNKNOWN: Final = "没有这个字段 · there is no such field"


def _tables(path: Path, array: str) -> list[Mapping[str, object]]:
    """Read `[[array]]` of a TOML file that holds nothing else."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise FileFaultsError((f"{path.name}: 文件过大 · larger than {MAX_FILE_BYTES} bytes",))
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileFaultsError((f"{path}: 无法读取 · cannot be read: {error.strerror}",)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        fault = f"{path.name}: 不是有效的 TOML · not valid TOML: {error}"
        raise FileFaultsError((fault,)) from error
    tables = read.pop(array, None)
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise FileFaultsError((f"{path.name}: 缺少 [[{array}]] · has no [[{array}]]",))
    if read:
        raise FileFaultsError(tuple(f"{path.name}: {field}: {_UNKNOWN}" for field in read))
    return tables


def _name_of(table: Mapping[str, object], number: int) -> str:
    name = table.get("name")
    return name if isinstance(name, str) and name else f"第 {number} 项 · item {number}"


def _unknown(table: object, read: object, path: str) -> Iterator[str]:
    """Name the fields of `table` that the Struct read from it does not have, at any depth."""
    if isinstance(table, Mapping) and isinstance(read, msgspec.Struct):
        for key, value in table.items():
            field = f"{path}.{key}" if path else str(key)
            if key in read.__struct_fields__:
                yield from _unknown(value, getattr(read, key), field)
            else:
                yield field
    elif isinstance(table, list) and isinstance(read, tuple):
        for number, (value, one) in enumerate(zip(table, read, strict=True)):
            yield from _unknown(value, one, f"{path}[{number}]")


def _repeated_codes(path: Path, items: list[Item]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for item in items:
        if item.code in seen:
            other = seen[item.code]
            yield (
                f"{path.name}: {item.name}: code: 事项编码“{item.code}”与“{other}”重复"
                f" · code {item.code!r} is also that of {other!r}"
            )
        seen.setdefault(item.code, item.name)
