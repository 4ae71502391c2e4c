"""拼音首字母: what a clerk types to find an item, made of its names when it is drafted.

The table of readings takes some 50 MB, so it is read by a process of its own that ends at once.
Where it cannot run an item has no initials and is found by its names and aliases alone.
"""

import logging
import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from schemas.items import Item

SECONDS: Final = 60.0  # for a whole catalogue; a name takes a millisecond
LONGEST: Final = 24  # letters: nobody types more of a name's initials
log = logging.getLogger(__name__)


def filled(items: Sequence[Item]) -> tuple[Item, ...]:
    """Give the items with the initials of their names. Slow: call it in a thread, before the Work.

    Initials that an item has already are made anew.
    """
    names = [[item.name, *item.aliases] for item in items]
    found = _asked([name for group in names for name in group])
    done = []
    for item, group in zip(items, names, strict=True):
        made = (found.get(name, "") for name in group)
        typed = {alias.casefold() for alias in item.aliases}
        initials = tuple(dict.fromkeys(one for one in made if one and one not in typed))
        done.append(msgspec.structs.replace(item, initials=initials))
    return tuple(done)


def _asked(names: Sequence[str]) -> dict[str, str]:
    lines = [name.replace("\n", " ") for name in dict.fromkeys(names) if not name.isascii()]
    if not lines:
        return {}
    try:
        answer = subprocess.run(  # ourselves
            [sys.executable, "-m", "node.catalogue.initials"],
            input="\n".join(lines), capture_output=True, encoding="utf-8", timeout=SECONDS,
            check=True,
        ).stdout.split("\n")  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("initials.failed", extra={"error": type(error).__name__})
        return {}
    return dict(zip(lines, answer, strict=False))


def _spelled(names: Iterable[str]) -> Iterable[str]:
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415  # 50 MB, for this process alone

    for name in names:
        letters = lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore")
        yield "".join(letters).lower()[:LONGEST]


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # whatever the locale
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write("\n".join(_spelled(sys.stdin.read().split("\n"))))
