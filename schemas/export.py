"""Writes `schemas/json/`: the JSON Schema of every Struct and enumeration, one file per module.

For programs in other languages, and so that a review sees every change of a wire type as a diff.
Structs that travel as MessagePack arrays appear as arrays; their bytes appear as base64 text.
"""

import inspect
import pkgutil
import sys
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

import msgspec

FOLDER: Final = Path(__file__).parent / "json"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def public_types(module: ModuleType) -> list[type]:
    """List the Structs and enumerations that `module` itself defines, in its own order."""
    return [
        value
        for name, value in vars(module).items()
        if isinstance(value, type)
        and issubclass(value, (msgspec.Struct, Enum))
        and value.__module__ == module.__name__
        and not name.startswith("_")
    ]


def modules() -> list[ModuleType]:
    """Import every module of this package that defines a public type, by name."""
    names = sorted(found.name for found in pkgutil.iter_modules([str(FOLDER.parent)]))
    found = [import_module(f"schemas.{name}") for name in names if name != "export"]
    return [module for module in found if public_types(module)]


def render(module: ModuleType) -> bytes:
    """Render the schema of what `module` defines, and of what that refers to, as indented JSON."""
    _, components = msgspec.json.schema_components(
        public_types(module), ref_template="#/$defs/{name}"
    )
    document = {
        "$schema": DIALECT,
        "title": module.__name__,
        "description": module.__doc__,
        "$defs": {name: _plain(components[name]) for name in sorted(components)},
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _plain(component: dict[str, object]) -> dict[str, object]:
    """Give a type's promise without its indentation, which Python 3.13 strips and 3.11 keeps."""
    described = component.get("description")
    if not isinstance(described, str):
        return component
    return {**component, "description": inspect.cleandoc(described)}


def render_all() -> dict[str, bytes]:
    """Render every module's schema, by file name. Touches no file."""
    return {f"{module.__name__.rpartition('.')[2]}.json": render(module) for module in modules()}


def write_all(folder: Path) -> list[str]:
    """Make `folder` hold exactly what `render_all` gives, and name the files that changed."""
    folder.mkdir(exist_ok=True)
    wanted = render_all()
    present = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    for name in present.keys() - wanted.keys():
        (folder / name).unlink()
    for name, text in wanted.items():
        if present.get(name) != text:
            (folder / name).write_bytes(text)
    return sorted(n for n in present.keys() | wanted.keys() if present.get(n) != wanted.get(n))


if __name__ == "__main__":
    changed = write_all(FOLDER)
    sys.stdout.write(f"schemas/json: {', '.join(changed) or 'nothing'} changed\n")
