"""The texts of notices: a small closed language that the county edits, with no code in it. Pure.

Line by line:

- `# …`        the title, on the first line that says anything
- `## …`       a heading
- `- …`        an entry of a list
- `{{ name }}` alone on its line, where `name` is a table: that table
- anything else is a paragraph; lines that say nothing are skipped

Within a line `{{ name }}` is a fact; a line with a `{{ name? }}` that has nothing to say is left
out. `placeholders` lists the names. Whatever a text or a fact holds is shown as written: markup is
put around it only later, and it is escaped there.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from node.notices import placeholders
from schemas.notices import NoticeKind

MAX_TEXT: Final = 20_000  # characters: ten pages of a form
MAX_LINE: Final = 2_000
_PLACE: Final = re.compile(r"\{\{\s*([a-z_]{1,32})(\?)?\s*\}\}")
_BLANK: Final = "＿＿＿＿＿＿"
"""What stands for a fact that this node does not have: to be written in by hand."""


class Form(Enum):
    """What a line of a text is."""

    TITLE = "title"
    HEADING = "heading"
    ENTRY = "entry"
    TABLE = "table"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text: `body` is its words, or the name of its table."""

    number: int
    form: Form
    body: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a text, at which line; 0: with the whole of it. `fault` is a key."""

    line: int
    fault: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A text that was read and found sound."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a notice."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a notice is filled with: the facts that are known, and the tables."""

    words: Mapping[str, str]
    tables: Mapping[str, Table]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a filled notice, still without markup."""

    form: Form
    text: str = ""
    table: Table | None = None


class FlawedTextError(Exception):
    """The text cannot be used; `flaws` says why, line by line."""

    def __init__(self, flaws: tuple[Flaw, ...]) -> None:
        super().__init__("; ".join(f"line {one.line}: {one.fault} {one.what}" for one in flaws))
        self.flaws = flaws


def read(kind: NoticeKind, text: str) -> Template:
    """Read a text for notices of `kind`. Raises `FlawedTextError` with all that is wrong."""
    if len(text) > MAX_TEXT:
        raise FlawedTextError((Flaw(0, "too_long", str(MAX_TEXT)),))
    lines = tuple(_lines(text))
    flaws = [flaw for line in lines for flaw in _flaws_in(line)]
    flaws += _flaws_of_whole(kind, lines)
    if flaws:
        raise FlawedTextError(tuple(sorted(flaws, key=lambda flaw: (not flaw.line, flaw.line))))
    return Template(lines[0].body, lines[1:])


def _lines(text: str) -> Iterator[Line]:
    for number, raw in enumerate(text.splitlines(), 1):
        words = raw.strip()
        if words:
            yield _line(number, words)


def _line(number: int, words: str) -> Line:
    for mark, form in (("## ", Form.HEADING), ("# ", Form.TITLE), ("- ", Form.ENTRY)):
        if words.startswith(mark):
            return Line(number, form, words.removeprefix(mark).strip())
    alone = _PLACE.fullmatch(words)
    if alone is not None and alone.group(1) in placeholders.TABLES:
        return Line(number, Form.TABLE, alone.group(1))
    return Line(number, Form.PARAGRAPH, words)


def _flaws_in(line: Line) -> Iterator[Flaw]:
    if len(line.body) > MAX_LINE:
        yield Flaw(line.number, "line_too_long", str(MAX_LINE))
    if line.form is Form.TABLE:
        return
    for found in _PLACE.finditer(line.body):
        name = found.group(1)
        if name in placeholders.TABLES:
            yield Flaw(line.number, "table_not_alone", name)
        elif name not in placeholders.WORDS:
            yield Flaw(line.number, "unknown", name)
    rest = _PLACE.sub("", line.body)
    mark = next((mark for mark in ("{{", "}}", "{%", "{#") if mark in rest), "")
    if mark:
        yield Flaw(line.number, "stray_braces", mark)
    if not all(one.isprintable() for one in line.body):
        yield Flaw(line.number, "unprintable")


def _flaws_of_whole(kind: NoticeKind, lines: tuple[Line, ...]) -> Iterator[Flaw]:
    if not lines or lines[0].form is not Form.TITLE or not lines[0].body:
        yield Flaw(lines[0].number if lines else 0, "no_title")
    yield from (Flaw(line.number, "second_title") for line in lines[1:] if line.form is Form.TITLE)
    for name in sorted(placeholders.NEEDED.get(kind, frozenset()) - _named(lines)):
        yield Flaw(0, "needed", name)


def _named(lines: tuple[Line, ...]) -> frozenset[str]:
    tables = {line.body for line in lines if line.form is Form.TABLE}
    words = {
        found.group(1)
        for line in lines
        if line.form is not Form.TABLE
        for found in _PLACE.finditer(line.body)
    }
    return frozenset(tables | words)


def fill(template: Template, facts: Facts) -> tuple[Block, ...]:
    """Fill a text. A fact that is not known leaves a blank to write in, or takes its line away."""
    return tuple(block for line in template.lines if (block := _block(line, facts)) is not None)


def title(template: Template, facts: Facts) -> str:
    """Fill the title. A fact that is not known is left out."""
    return _PLACE.sub(lambda found: facts.words.get(found.group(1), ""), template.title)


def _block(line: Line, facts: Facts) -> Block | None:
    if line.form is Form.TABLE:
        table = facts.tables.get(line.body)
        return Block(line.form, table=table) if table is not None and table.rows else None
    for found in _PLACE.finditer(line.body):
        if found.group(2) and not facts.words.get(found.group(1)):
            return None
    return Block(
        line.form, _PLACE.sub(lambda found: facts.words.get(found.group(1)) or _BLANK, line.body)
    )
