"""Draws the tables of `docs/notices.md` out of those that are in force: `make docs`."""

from collections.abc import Iterable, Iterator

from node.notices import placeholders
from node.notices.model import CALLS, SERIES
from node.notices.placeholders import NEEDED
from node.web.wording import WORDS, Language


def calls_table() -> str:
    """Which event calls for which notice, and what the law says of it."""
    words = WORDS[Language.ZH]
    rows = [("event", "notice", "文书", "字号", "the law wants it in writing")]
    rows.append(("---",) * 5)
    for row in CALLS:
        notice = row.call.notice
        rows.append(
            (
                f"`{row.kind}`{' (some)' if row.some else ''}",
                f"`{notice}`",
                words.say(f"notice_kind.{notice}"),
                SERIES[notice],
                row.call.law or "–",
            )
        )
    return _table(rows)


def placeholders_table() -> str:
    """What a text may be filled with."""
    rows = [("write", "含义", "wanted in")]
    rows.append(("---",) * 3)
    for name, meaning in (*placeholders.WORDS.items(), *placeholders.TABLES.items()):
        wanted = ", ".join(f"`{kind}`" for kind, names in NEEDED.items() if name in names)
        rows.append((f"`{{{{ {name} }}}}`", meaning, wanted))
    return _table(rows)


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(_lines(rows))


def _lines(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for cells in rows:
        yield f"| {' | '.join(cells)} |"
