"""版本对照: what differs between two texts of an item, side by side. Pure.

`rows` serves every page that shows such a difference; `_diff.html` draws them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from node.catalogue import differences
from node.catalogue.differences import KIND_WORDS, ChangeKind
from node.catalogue.page_items import capital
from node.web.chrome import Choice, Mark
from node.web.wording import Words
from schemas.items import Item

TONES: Final = {
    ChangeKind.ADDED: "green",
    ChangeKind.REMOVED: "red",
    ChangeKind.CHANGED: "brand",
    ChangeKind.MOVED: "plain",
}
LIKE: Final = 0.5  # texts that share less than half are shown whole, not letter by letter
LONGEST: Final = 1_000  # characters: comparing letters takes time in the square of them


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, and whether it is to stand out from what both sides say."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One field, or one row of a list, that differs."""

    label: str
    mark: Mark
    old: tuple[Piece, ...]
    """Empty where there was nothing."""
    new: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class DiffPage:
    """Two versions of an item, side by side."""

    code: str
    name: str
    versions: tuple[Choice, ...]
    old: int
    new: int
    rows: tuple[DiffRow, ...]


def rows(words: Words, old: Item | None, new: Item | None) -> tuple[DiffRow, ...]:
    """Tell what differs, field by field in the order of the guide; `None` is no item at all."""
    return tuple(_row(words, change) for change in differences.compare(old, new))


def _row(words: Words, change: differences.Change) -> DiffRow:
    old, new = words.pick(*change.old), words.pick(*change.new)
    mark = Mark(TONES[change.kind], capital(words.pick(*KIND_WORDS[change.kind])))
    label = capital(words.pick(*change.label))
    if change.kind is ChangeKind.ADDED:
        return DiffRow(label, mark, (), (Piece(new, differs=False),))
    if change.kind is ChangeKind.REMOVED:
        return DiffRow(label, mark, (Piece(old, differs=False),), ())
    before, after = pieces(old, new)
    return DiffRow(label, mark, before, after)


def pieces(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Point out what differs within two texts: all of them if they have little in common."""
    whole = (Piece(old, differs=True),), (Piece(new, differs=True),)
    if max(len(old), len(new)) > LONGEST:
        return whole
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < LIKE:
        return whole
    codes = matcher.get_opcodes()
    before = [(old[a:b], tag != "equal") for tag, a, b, _, _ in codes]
    after = [(new[a:b], tag != "equal") for tag, _, _, a, b in codes]
    return tuple(_said(before)), tuple(_said(after))


def _said(stretches: list[tuple[str, bool]]) -> Iterator[Piece]:
    return (Piece(text, differs) for text, differs in stretches if text)
