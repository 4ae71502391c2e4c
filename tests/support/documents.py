"""Reads the documents as a stranger does: commands, paths, names and links."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.house import ROOT

FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE: Final = re.compile(r"`([^`\n]+)`")
LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)
README: Final = ("README.md", "README.zh-CN.md")
WRITTEN: Final = (
    *README, "GLOSSARY.md", "CONTRIBUTING.md", "CHANGELOG.md", *sorted(
        str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md")
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Document:
    """One page."""

    name: str
    text: str

    def blocks(self, language: str) -> list[str]:
        """The fenced blocks in `language`, in order."""
        return [body for kind, body in FENCE.findall(self.text) if kind == language]

    @property
    def prose(self) -> str:
        """The page without its fenced blocks."""
        return FENCE.sub("", self.text)

    def inline(self) -> list[str]:
        """What stands between single backquotes."""
        return INLINE.findall(self.prose)

    def shell_lines(self) -> Iterator[str]:
        """Every command line of the shell blocks, continued lines joined, without comments."""
        for block in self.blocks("sh"):
            for line in block.replace("\\\n", " ").splitlines():
                if line.strip() and not line.lstrip().startswith("#"):
                    yield line.strip()

    def commands(self, program: str) -> Iterator[list[str]]:
        """The arguments of every use of `program`, in blocks and between backquotes."""
        for line in (*self.shell_lines(), *self.inline()):
            if line == program or line.startswith(f"{program} "):
                yield shlex.split(line.replace("…", ""))[1:]


def read(name: str) -> Document:
    """Read a page of the repository."""
    return Document(name, (ROOT / name).read_text(encoding="utf-8"))


def written() -> list[Document]:
    """Every page that people wrote."""
    return [read(name) for name in WRITTEN]


def anchor(heading: str) -> str:
    """Name a heading as links do."""
    plain = re.sub(r"[^\w\s-]", "", heading.strip().lower())
    return re.sub(r"\s", "-", plain)


def exists(path: str, *, seen_from: Path) -> bool:
    """Say whether a path, perhaps with `*`, leads to something in the repository."""
    if "*" in path:
        return any(seen_from.glob(path))
    return (seen_from / path).exists()
