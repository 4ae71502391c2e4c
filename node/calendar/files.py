"""Reads a table of days from a TOML file, or the days that a person pasted into a form.

Whether the table may be published is for `node.calendar.rules` to say.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from node.calendar.model import ONE_DAY
from node.calendar.rules import DATE_FORM
from schemas.calendar import TableKind, YearTable

MAX_FILE_BYTES: Final = 64 * 1024  # a year's table is under 1 kB
MAX_SPAN: Final = 31  # days of one range: no break is longer
RANGE: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.\.|~|至|—)(\d{4}-\d{2}-\d{2})", re.ASCII)
BETWEEN: Final = re.compile(r"[\s,;,、;]+")


class FileFaultError(ValueError):
    """A file that cannot be read as a table; the message is a sentence."""


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file may say."""

    year: int
    kind: TableKind = TableKind.COUNCIL
    document: str = ""
    rest: tuple[str, ...] = ()
    work: tuple[str, ...] = ()


def load_table(path: Path) -> YearTable:
    """Read the table in a file; ranges are spelt out. Raises `FileFaultError`."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise FileFaultError(f"{path.name}: 文件过大 · larger than {MAX_FILE_BYTES} bytes")
        read = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    except OSError as error:
        raise FileFaultError(f"{path}: 无法读取 · cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FileFaultError(f"{path.name}: 不是有效的 TOML · not valid TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise FileFaultError(f"{path.name}: {error}") from error
    return YearTable(
        year=read.year,
        kind=read.kind,
        document=read.document.strip(),
        rest=spelt_out(read.rest),
        work=spelt_out(read.work),
    )


def dates_in(text: str) -> tuple[str, ...]:
    """Read pasted days: separated by spaces, lines, commas; `a..b` or `a至b` is a range."""
    return spelt_out(word for word in BETWEEN.split(text) if word)


def spelt_out(words: Iterable[str]) -> tuple[str, ...]:
    """Put every day of a range in its place; what is no range stays as it is."""
    return tuple(day for word in words for day in _days(word.strip()))


def _days(word: str) -> Iterator[str]:
    hit = RANGE.fullmatch(word)
    span = hit and _span(hit.group(1), hit.group(2))
    yield from span or (word,)


def _span(first: str, last: str) -> tuple[str, ...] | None:
    """Name the days from `first` to `last`; `None` if that is no range of a break."""
    if not (DATE_FORM.fullmatch(first) and DATE_FORM.fullmatch(last)):
        return None
    try:
        begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    length = (ends - begins).days + 1
    if not 1 <= length <= MAX_SPAN:
        return None
    return tuple(str(begins + ONE_DAY * n) for n in range(length))
