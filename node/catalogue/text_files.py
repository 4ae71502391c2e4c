"""The catalogue as text: TOML and JSON, read strictly and written so that reading gives it back.

Both hold one array, `items`. A field that is not known, or a key given twice, is a fault: here a
slip of the pen must not pass for a field left out.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec
import tomli_w

from federation import strict_json
from federation.errors import MalformedError
from node.catalogue.faults import Fault, FileFaultsError
from schemas.items import Item

MAX_FILE_BYTES: Final = 32 * 1024 * 1024  # 1,500 full items as indented JSON are some 16 MB
ITEMS: Final = "items"
UNKNOWN: Final = "没有这个字段 · there is no such field"
_AT: Final = re.compile(r" - at `\$\.?([^`]*)`$")
_MISSING: Final = re.compile(r"Object missing required field `([^`]*)`")


def read_items(path: Path) -> tuple[tuple[Item, ...], tuple[Fault, ...]]:
    """Read the items of a TOML or JSON file, and what is wrong with the others.

    Raises `FileFaultsError` if the file has no items to look at.
    """
    faults: list[Fault] = []
    items: list[Item] = []
    for number, table in enumerate(read_tables(path, ITEMS), start=1):
        name = _name_of(table, number)
        try:
            item = msgspec.convert(table, Item)
        except msgspec.ValidationError as error:
            faults.append(_refused(path, name, str(error)))
            continue
        faults += (
            Fault(file=path.name, item=name, field=field, sentence=UNKNOWN)
            for field in _unknown(table, item, "")
        )
        items.append(item)
    return tuple(items), tuple(faults)


def read_tables(path: Path, array: str) -> list[Mapping[str, object]]:
    """Read the tables of an array in a file that holds nothing else. Raises `FileFaultsError`."""
    read = _READERS.get(path.suffix.lower(), _read_toml)(path.name, _bytes_of(path))
    tables = read.pop(array, None)
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise FileFaultsError((f"{path.name}: 缺少 [[{array}]] · has no [[{array}]]",))
    if read:
        raise FileFaultsError(tuple(f"{path.name}: {field}: {UNKNOWN}" for field in read))
    return tables


def dump_toml(items: Iterable[Item]) -> bytes:
    """Write items as TOML, without the fields that say what they would say anyway."""
    return tomli_w.dumps({ITEMS: [_table(item) for item in items]}).encode()


def dump_json(items: Iterable[Item]) -> bytes:
    """Write items as JSON, every field of them."""
    return msgspec.json.format(msgspec.json.encode({ITEMS: list(items)}), indent=2) + b"\n"


def _table(struct: msgspec.Struct) -> dict[str, object]:
    return {
        field.name: _plain(value)
        for field in msgspec.structs.fields(struct)
        if (value := getattr(struct, field.name)) != field.default
    }


def _plain(value: object) -> object:
    if isinstance(value, msgspec.Struct):
        return _table(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return msgspec.to_builtins(value)


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise FileFaultsError((f"{path.name}: 文件过大 · larger than {MAX_FILE_BYTES} bytes",))
        return path.read_bytes()
    except OSError as error:
        raise FileFaultsError((f"{path}: 无法读取 · cannot be read: {error.strerror}",)) from error


def _read_toml(name: str, content: bytes) -> dict[str, object]:
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        fault = f"{name}: 不是有效的 TOML · not valid TOML: {error}"
        raise FileFaultsError((fault,)) from error


def _read_json(name: str, content: bytes) -> dict[str, object]:
    try:
        strict_json.check(content)
        return msgspec.json.decode(content, type=dict[str, object])
    except (MalformedError, msgspec.DecodeError) as error:
        fault = f"{name}: 不是有效的 JSON · not valid JSON: {error}"
        raise FileFaultsError((fault,)) from error


_READERS: Final[Mapping[str, Callable[[str, bytes], dict[str, object]]]] = MappingProxyType(
    {".toml": _read_toml, ".json": _read_json}
)


def _name_of(table: Mapping[str, object], number: int) -> str:
    name = table.get("name")
    return name if isinstance(name, str) and name else f"第 {number} 项 · item {number}"


def _refused(path: Path, name: str, said: str) -> Fault:
    hit = _AT.search(said)
    field = hit.group(1) if hit else ""
    sentence = f"取值不对 · {_AT.sub('', said)}"
    if missing := _MISSING.match(said):
        field = f"{field}.{missing.group(1)}" if field else missing.group(1)
        sentence = "没有填写 · is missing"
    return Fault(file=path.name, item=name, field=field, sentence=sentence)


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
