"""Reads the repository as its rules see it: files, modules, syntax trees."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("schemas", "federation", "levels", "node", "cli")
MADE = {"build", "dist", "homes", "__pycache__"}  # by tools; never part of the source
KEPT_HIDDEN = {".ci", ".editorconfig", ".gitignore"}


@dataclass(frozen=True)
class Source:
    """One Python file: its path within the repository and its text."""

    path: Path
    text: str

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    def imported(self) -> Iterator[str]:
        """Name everything imported: `from a.b import c` gives `a.b.c`."""
        for found in ast.walk(self.tree):
            if isinstance(found, ast.Import):
                yield from (name.name for name in found.names)
            elif isinstance(found, ast.ImportFrom) and found.module:
                yield from (f"{found.module}.{name.name}" for name in found.names)


def files(root: Path = ROOT) -> Iterator[Path]:
    """Name every file of the source, within `root`."""
    for folder, below, names in os.walk(root):
        below[:] = sorted(n for n in below if _is_source(n))
        for name in sorted(n for n in names if _is_source(n)):
            yield (Path(folder) / name).relative_to(root)


def sources(*packages: str) -> list[Source]:
    """Read the Python files of `packages`."""
    return [
        Source(path, (ROOT / path).read_text(encoding="utf-8"))
        for path in files()
        if path.suffix == ".py" and path.parts[0] in packages
    ]


def _is_source(name: str) -> bool:
    if name.startswith("."):
        return name in KEPT_HIDDEN
    return name not in MADE and not name.endswith(".egg-info")
