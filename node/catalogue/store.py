"""The table of items: its projection from `item/…` streams, and its queries. Decides nothing."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import msgspec

from node.catalogue import model
from schemas.ids import NodeId, StreamName, line_of, stream_creator
from schemas.item_terms import EndReason
from schemas.items import Item, ItemEnded, ItemPublished, ItemSummary, ItemVersion, ItemView

KEPT_ITEMS: Final = 1024  # decoded items kept: a county publishes a few hundred, versions included
KEPT_SUMMARIES: Final = 4096  # some 1 KB each: a list of 1,500 is read in 6 ms, not in 20
Tx = sqlite3.Connection

_COUNTS: Final = """
(i.effective_at <= :now AND (i.release = 0 OR i.release <= coalesce(
  (SELECT value FROM json_each(:held) WHERE key = i.catalogue), 0)))
"""
"""A step counts from its day on, at a node that holds its release whole."""
_LATER: Final = f"""
EXISTS (SELECT 1 FROM items j WHERE j.stream = i.stream AND j.ord > i.ord
  AND {_COUNTS.replace("i.", "j.")})
"""  # noqa: S608  # no word of a stranger's
_LINE: Final = "i.creator IN (SELECT value FROM json_each(:line))"
_NEARER: Final = f"""
EXISTS (SELECT 1 FROM items n WHERE n.code = i.code AND length(n.creator) > length(i.creator)
  AND {_LINE.replace("i.", "n.")} AND {_COUNTS.replace("i.", "n.")})
"""  # noqa: S608
_STANDING: Final = f"FROM items i WHERE {_LINE} AND {_COUNTS} AND NOT {_LATER} AND NOT {_NEARER}"
"""The step of each item's life that stands now: a version in force, or an end.

Of publishers above one another that use one code the nearest counts, even if its item has ended.
"""
_VIEWS: Final = (
    "SELECT i.stream, i.version, i.published_at, i.body,"  # no word of a stranger's
    f" coalesce(json_extract(i.summary, '$.effective_from'), ''), i.release {_STANDING}"
    " AND i.ends IS NULL"
)
_EXACT_FIRST: Final = """
CASE WHEN instr(i.search, char(10) || :whole || char(10)) THEN 0
     WHEN instr(i.search, char(10) || :whole) THEN 1 ELSE 2 END, length(i.name), i.code
"""


@dataclass(frozen=True, slots=True)
class When:
    """The instant that a question is about, and the releases that the node holds."""

    now: int
    """Milliseconds UTC."""
    held: Mapping[StreamName, int]

    def asked(self, at: NodeId) -> dict[str, object]:
        """Give what the queries ask for."""
        return {
            "now": self.now,
            "held": msgspec.json.encode(self.held).decode(),
            "line": msgspec.json.encode(line_of(at)).decode(),
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an item's stream has come, whether it is in force yet or not."""

    version: int
    ends: EndReason | None
    code: str
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedStep:
    """What a release did to one item that this node holds."""

    release: int
    code: str
    name: str
    name_en: str
    version: int
    ends: EndReason | None
    count: int
    """How many items held here the release did something to."""


# ---- the projection


def publish(tx: Tx, stream: StreamName, published: ItemPublished, *, at: int) -> None:
    """Remember a version."""
    item = published.item
    _insert(
        tx,
        stream,
        published,
        {
            "ends": None, "code": item.code, "name": item.name, "successors": "", "at": at,
            "depth": model.depth_of(model.reach_of(item)), "search": model.search_text(item),
            "summary": msgspec.json.encode(_summary(stream, published)),
            "body": msgspec.json.encode(item),
        },
    )  # fmt: skip


def end(tx: Tx, stream: StreamName, ended: ItemEnded, *, at: int) -> None:
    """Remember that a version ends."""
    row = tx.execute(
        "SELECT code, name, search, summary, body FROM items WHERE stream = ? AND version = ?",
        (stream, ended.version),
    ).fetchone()
    code, name, search, summary, body = row
    said = msgspec.structs.replace(
        msgspec.json.decode(summary, type=ItemSummary),
        ends=ended.reason, effective_from=ended.effective_from, release=ended.release,
    )  # fmt: skip
    _insert(
        tx,
        stream,
        ended,
        {
            "ends": ended.reason, "code": code, "name": name, "depth": 0, "at": at,
            "successors": " ".join(ended.successors), "search": search,
            "summary": msgspec.json.encode(said), "body": body,
        },
    )  # fmt: skip


def _insert(
    tx: Tx, stream: StreamName, step: ItemPublished | ItemEnded, row: Mapping[str, object]
) -> None:
    tx.execute(
        "INSERT INTO items SELECT :stream, coalesce(max(ord), 0) + 1, :version, :ends, :creator,"
        " :code, :name, :effective_at, :catalogue, :release, :revision,"
        " max(:depth, coalesce(max(depth), 0)), :successors, :at, :search, :summary, :body"
        " FROM items WHERE stream = :stream",
        {
            "stream": stream,
            "version": step.version,
            "creator": stream_creator(stream),
            "effective_at": model.instant_of(step.effective_from),
            "catalogue": step.catalogue,
            "release": step.release,
            "revision": step.revision,
            **row,
        },
    )


def forget(tx: Tx, stream: StreamName) -> None:
    """Drop all versions of the stream's item."""
    tx.execute("DELETE FROM items WHERE stream = ?", (stream,))


# ---- one item


def standing(tx: Tx, stream: StreamName) -> Standing | None:
    """Tell how far the stream has come; `None` if it holds no version."""
    row = tx.execute(
        "SELECT version, ends, code, depth FROM items WHERE stream = ? ORDER BY ord DESC LIMIT 1",
        (stream,),
    ).fetchone()
    if row is None:
        return None
    version, ends, code, depth = row
    return Standing(version, None if ends is None else EndReason(ends), code, depth)


def load(tx: Tx, stream: StreamName, version: int) -> Item | None:
    """Find the item as it stood in `version`; `None` if that is unknown here."""
    row = tx.execute(
        "SELECT body FROM items WHERE stream = ? AND version = ? AND ends IS NULL",
        (stream, version),
    ).fetchone()
    return None if row is None else _item(row[0])


def last_view(tx: Tx, stream: StreamName) -> ItemView | None:
    """Find the stream's last version, in force or not."""
    found = standing(tx, stream)
    return None if found is None else version_view(tx, stream, found.version)


def version_view(tx: Tx, stream: StreamName, version: int) -> ItemView | None:
    """Find one version, in force or not."""
    row = tx.execute(
        "SELECT version, published_at, body,"
        " coalesce(json_extract(summary, '$.effective_from'), ''), release"
        " FROM items WHERE stream = ? AND version = ? AND ends IS NULL",
        (stream, version),
    ).fetchone()
    return None if row is None else _view(stream, *row)


def view(tx: Tx, at: NodeId, code: str, when: When) -> ItemView | None:
    """Find the item in force at a place by its code, the nearest publisher's first."""
    row = tx.execute(
        f"{_VIEWS} AND i.code = :code ORDER BY length(i.creator) DESC, i.stream LIMIT 1",
        {**when.asked(at), "code": code},
    ).fetchone()
    return None if row is None else _view(*row)


def _view(
    stream: StreamName, version: int, at: int, body: bytes, effective_from: str, release: int
) -> ItemView:
    return ItemView(
        stream=stream, version=version, published_at=at, item=_item(body),
        effective_from=effective_from, release=release,
    )  # fmt: skip


def stream_at(tx: Tx, at: NodeId, code: str) -> StreamName | None:
    """Name the stream of the item `code` for a place, in force or not: the nearest publisher's."""
    row = tx.execute(
        f"SELECT i.stream FROM items i WHERE {_LINE} AND i.code = :code"  # noqa: S608
        " ORDER BY length(i.creator) DESC, i.published_at DESC, i.stream LIMIT 1",
        {"line": msgspec.json.encode(line_of(at)).decode(), "code": code},
    ).fetchone()
    return None if row is None else StreamName(row[0])


def code_of(tx: Tx, stream: StreamName) -> str:
    """Give the code that an item has, or had last; empty if it is not known here."""
    row = tx.execute(
        "SELECT code FROM items WHERE stream = ? ORDER BY ord DESC LIMIT 1", (stream,)
    ).fetchone()
    return "" if row is None else str(row[0])


def stream_of(tx: Tx, creator: NodeId, code: str) -> StreamName | None:
    """Name the stream in which `creator` keeps the item `code`."""
    row = tx.execute(
        "SELECT stream FROM items WHERE creator = ? AND code = ? ORDER BY stream",
        (creator, code),
    ).fetchone()
    return None if row is None else StreamName(row[0])


def standings(
    tx: Tx, creator: NodeId, codes: Iterable[str]
) -> dict[str, tuple[int, EndReason | None]]:
    """Tell how each of these items of `creator` last stands, as version and end, by code."""
    rows = tx.execute(
        "SELECT i.code, i.version, i.ends FROM items i WHERE i.creator = ? AND i.code IN"
        " (SELECT value FROM json_each(?)) AND NOT EXISTS"
        " (SELECT 1 FROM items j WHERE j.stream = i.stream AND j.ord > i.ord)"
        " ORDER BY i.stream DESC",  # of two streams of a code the first counts, as in `stream_of`
        (creator, msgspec.json.encode(list(codes)).decode()),
    )
    return {
        code: (version, None if ends is None else EndReason(ends)) for code, version, ends in rows
    }


def history(tx: Tx, stream: StreamName, when: When) -> tuple[ItemVersion, ...]:
    """List the steps of an item's life, the newest first, and mark the version in force."""
    asked = {**when.asked(stream_creator(stream)), "stream": stream}
    row = tx.execute(
        f"SELECT i.ord {_STANDING} AND i.stream = :stream AND i.ends IS NULL", asked
    ).fetchone()
    rows = tx.execute(
        "SELECT ord, version, published_at, json_extract(summary, '$.effective_from'), ends,"
        " release, revision, successors FROM items WHERE stream = ? ORDER BY ord DESC",
        (stream,),
    )
    return tuple(_step(one, None if row is None else row[0]) for one in rows)


def _step(row: tuple[Any, ...], in_force: int | None) -> ItemVersion:
    ord_, version, at, effective_from, ends, release, revision, successors = row
    return ItemVersion(
        version=version, published_at=at, effective_from=effective_from or "",
        ends=None if ends is None else EndReason(ends), release=release, revision=revision,
        successors=tuple(successors.split()), in_force=ord_ == in_force,
    )  # fmt: skip


# ---- lists


def current(tx: Tx, at: NodeId, when: When) -> tuple[ItemSummary, ...]:
    """List the items in force at a place, by department and name."""
    asked = when.asked(at)
    found = _summaries(tx.execute(f"SELECT i.summary {_STANDING} AND i.ends IS NULL", asked))
    return tuple(sorted(found, key=lambda one: (one.department, one.name)))


def search(tx: Tx, at: NodeId, query: str, when: When) -> tuple[ItemSummary, ...]:
    """List the items in force at a place that hold every word of `query`, best first."""
    return _summaries(_searched(tx, f"{_STANDING} AND i.ends IS NULL", query, when.asked(at)))


def known(tx: Tx, at: NodeId, query: str) -> tuple[ItemSummary, ...]:
    """List the last step of every item of a place that holds every word of `query`."""
    newest = (
        f"FROM items i WHERE {_LINE} AND NOT EXISTS"  # noqa: S608
        " (SELECT 1 FROM items j WHERE j.stream = i.stream AND j.ord > i.ord)"
    )
    return _summaries(_searched(tx, newest, query, When(0, {}).asked(at)))


def not_in_force(tx: Tx, at: NodeId, query: str, when: When) -> tuple[ItemSummary, ...]:
    """List the items whose last step is no version in force: an end, or one still to come."""
    newest = (
        f"FROM items i WHERE {_LINE} AND NOT ({_COUNTS} AND i.ends IS NULL) AND NOT EXISTS"  # noqa: S608
        " (SELECT 1 FROM items j WHERE j.stream = i.stream AND j.ord > i.ord)"
    )
    return _summaries(_searched(tx, newest, query, when.asked(at)))


def bodies(tx: Tx, at: NodeId, when: When) -> tuple[ItemView, ...]:
    """Give every item in force at a place, whole, by code."""
    rows = tx.execute(
        f"{_VIEWS} ORDER BY i.code, i.stream",
        when.asked(at),
    )
    return tuple(_view(*row) for row in rows)


def released(
    tx: Tx, catalogue: StreamName, number: int | None, *, first: int, most: int
) -> tuple[ReleasedStep, ...]:
    """List what one release did to items, or what each of a publisher's did, the newest first.

    Of each release by code, from `first` on at `most` so many.
    """
    rows = tx.execute(
        "SELECT release, code, name, json_extract(summary, '$.name_en'), version, ends, count FROM"
        " (SELECT release, code, name, summary, version, ends,"  # a body is long: not that
        " row_number() OVER (PARTITION BY release ORDER BY code) AS place,"
        " count(*) OVER (PARTITION BY release) AS count FROM items"
        " WHERE catalogue = :catalogue AND release = coalesce(:number, release))"
        " WHERE place > :first AND place <= :first + :most ORDER BY release DESC, code",
        {"catalogue": catalogue, "number": number, "first": first, "most": most},
    )
    return tuple(
        ReleasedStep(
            release=release, code=code, name=name, name_en=name_en or "", version=version,
            ends=None if ends is None else EndReason(ends), count=count,
        )
        for release, code, name, name_en, version, ends, count in rows
    )  # fmt: skip


def _searched(
    tx: Tx, scope: str, query: str, asked: Mapping[str, object]
) -> Iterable[tuple[bytes]]:
    words = model.search_words(query)
    named = {f"word{number}": word for number, word in enumerate(words)}
    holding = "".join(f" AND instr(i.search, :{name})" for name in named)
    return tx.execute(
        f"SELECT i.summary {scope}{holding} ORDER BY {_EXACT_FIRST}",
        {**asked, "whole": " ".join(words), **named},
    )


def _summaries(rows: Iterable[tuple[bytes]]) -> tuple[ItemSummary, ...]:
    return tuple(_read_summary(summary) for (summary,) in rows)


@lru_cache(maxsize=KEPT_SUMMARIES)
def _read_summary(summary: bytes) -> ItemSummary:
    return msgspec.json.decode(summary, type=ItemSummary)


def _summary(stream: StreamName, published: ItemPublished) -> ItemSummary:
    item = published.item
    return ItemSummary(
        stream=stream,
        version=published.version,
        code=item.code,
        name=item.name,
        name_en=item.name_en,
        type_code=item.type_code,
        case_kind=item.case_kind,
        department=item.department,
        department_name=item.department_name,
        promised=item.promised,
        tiers=item.tiers,
        topics=item.topics,
        effective_from=published.effective_from,
        release=published.release,
    )


@lru_cache(maxsize=KEPT_ITEMS)
def _item(body: bytes) -> Item:
    return msgspec.json.decode(body, type=Item)
