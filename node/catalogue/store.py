"""The table of items: its projection from `item/…` streams, and its queries. Decides nothing."""

import sqlite3
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import msgspec

from node.catalogue import model
from schemas.ids import NodeId, StreamName, line_of, stream_creator
from schemas.items import Item, ItemPublished, ItemSummary, ItemView

KEPT_ITEMS: Final = 1024  # decoded items kept: a county publishes a few hundred, versions included

_IN_FORCE: Final = """
SELECT summary FROM items
WHERE current = 1 AND creator IN (SELECT value FROM json_each(:line))
"""
_EXACT_FIRST: Final = """
CASE WHEN instr(search, char(10) || :whole || char(10)) THEN 0
     WHEN instr(search, char(10) || :whole) THEN 1 ELSE 2 END, length(name), code
"""


def publish(
    tx: sqlite3.Connection, stream: StreamName, published: ItemPublished, *, at: int
) -> None:
    """Remember a version and put it in force instead of the one before."""
    item = published.item
    tx.execute("UPDATE items SET current = 0 WHERE stream = ? AND current = 1", (stream,))
    tx.execute(
        "INSERT INTO items VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?)",
        (
            stream,
            published.version,
            stream_creator(stream),
            item.code,
            item.name,
            at,
            model.search_text(item),
            msgspec.json.encode(_summary(stream, published.version, item)),
            msgspec.json.encode(item),
        ),
    )


def forget(tx: sqlite3.Connection, stream: StreamName) -> None:
    """Drop all versions of the stream's item."""
    tx.execute("DELETE FROM items WHERE stream = ?", (stream,))


def version_of(tx: sqlite3.Connection, stream: StreamName) -> int:
    """Tell the version in force; 0 if none is."""
    row = tx.execute(
        "SELECT max(version) FROM items WHERE stream = ? AND current = 1", (stream,)
    ).fetchone()
    version: int = row[0] or 0
    return version


def load(tx: sqlite3.Connection, stream: StreamName, version: int) -> Item | None:
    """Find the item as it stood in `version`; `None` if that is unknown here."""
    row = tx.execute(
        "SELECT body FROM items WHERE stream = ? AND version = ?", (stream, version)
    ).fetchone()
    return None if row is None else _item(row[0])


def current(tx: sqlite3.Connection, at: NodeId) -> tuple[ItemSummary, ...]:
    """List the items in force at a place, by department and name."""
    found = _summaries(tx.execute(_IN_FORCE, {"line": _line(at)}))
    return tuple(sorted(found, key=lambda one: (one.department, one.name)))


def search(tx: sqlite3.Connection, at: NodeId, query: str) -> tuple[ItemSummary, ...]:
    """List the items in force at a place that hold every word of `query`, best first."""
    words = model.search_words(query)
    named = {f"word{number}": word for number, word in enumerate(words)}
    holding = "".join(f" AND instr(search, :{name})" for name in named)
    asked = {"line": _line(at), "whole": " ".join(words), **named}
    return _summaries(tx.execute(f"{_IN_FORCE}{holding} ORDER BY {_EXACT_FIRST}", asked))


def view(tx: sqlite3.Connection, at: NodeId, code: str) -> ItemView | None:
    """Find the item in force at a place by its code, the nearest publisher's first."""
    row = tx.execute(
        "SELECT stream, version, published_at, body FROM items WHERE current = 1 AND code = ?"
        " AND creator IN (SELECT value FROM json_each(?)) ORDER BY length(creator) DESC, stream",
        (code, _line(at)),
    ).fetchone()
    if row is None:
        return None
    stream, version, published_at, body = row
    return ItemView(stream=stream, version=version, published_at=published_at, item=_item(body))


def stream_of(tx: sqlite3.Connection, creator: NodeId, code: str) -> StreamName | None:
    """Name the stream in which `creator` keeps the item `code`."""
    row = tx.execute(
        "SELECT stream FROM items WHERE current = 1 AND creator = ? AND code = ? ORDER BY stream",
        (creator, code),
    ).fetchone()
    return None if row is None else StreamName(row[0])


def _summaries(rows: Iterable[tuple[bytes]]) -> tuple[ItemSummary, ...]:
    return tuple(msgspec.json.decode(summary, type=ItemSummary) for (summary,) in rows)


def _summary(stream: StreamName, version: int, item: Item) -> ItemSummary:
    return ItemSummary(
        stream=stream,
        version=version,
        code=item.code,
        name=item.name,
        name_en=item.name_en,
        type_code=item.type_code,
        case_kind=item.case_kind,
        department=item.department,
        department_name=item.department_name,
        promised=item.promised,
        tiers=item.tiers,
    )


def _line(at: NodeId) -> str:
    return msgspec.json.encode(line_of(at)).decode()


@lru_cache(maxsize=KEPT_ITEMS)
def _item(body: bytes) -> Item:
    return msgspec.json.decode(body, type=Item)
