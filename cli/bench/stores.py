"""Looks into a node's store from outside, read only: what is durable there counts, nothing else."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from node.database import Tx, open_plain
from node.runtime.opening import DATABASE
from schemas.ids import Level, NodeId, level_of


@contextmanager
def looking(home: Path) -> Iterator[Tx]:
    """Read a node's store while the block lasts, whether the node runs or not."""
    tx = open_plain(home / DATABASE, read_only=True)
    try:
        yield tx
    finally:
        tx.close()


def items(home: Path) -> int:
    """How many items the node knows."""
    with looking(home) as tx:
        return int(tx.execute("SELECT count(DISTINCT stream) FROM items").fetchone()[0])


def held(home: Path) -> int:
    """Which release of the county's catalogue the node holds whole; 0 if none."""
    with looking(home) as tx:
        row = tx.execute("SELECT coalesce(max(number), 0) FROM release_held").fetchone()
        return int(row[0])


def items_for(home: Path, node: NodeId) -> int:
    """How many of the items that this store knows concern `node`."""
    depth = tuple(Level).index(level_of(node))
    with looking(home) as tx:
        row = tx.execute(
            "SELECT count(DISTINCT stream) FROM items WHERE depth >= ?", (depth,)
        ).fetchone()
        return int(row[0])


def arrivals(home: Path) -> int:
    """How many events have arrived at a store so far."""
    with looking(home) as tx:
        row = tx.execute("SELECT coalesce(max(arrival), 0) FROM events").fetchone()
        return int(row[0])


def envelopes(home: Path, author: NodeId) -> Counter[bytes]:
    """Every event of cases that `author` signed and this store holds, by hash, with its verdict."""
    with looking(home) as tx:
        rows = tx.execute(
            "SELECT hash FROM events WHERE node = ? AND kind LIKE 'case.%' AND verdict = 1",
            (author,),
        )
        return Counter(row[0] for row in rows)


def closed(home: Path, origin: NodeId) -> int:
    """How many cases of `origin` the projection of this store shows as closed."""
    with looking(home) as tx:
        row = tx.execute(
            "SELECT coalesce(sum(cases), 0) FROM case_counts WHERE origin = ? AND state = 'closed'",
            (origin,),
        ).fetchone()
        return int(row[0])


def taken(tx: Tx, peer: NodeId) -> int:
    """Up to which number this node holds what `peer` sent."""
    return int(tx.execute("SELECT taken FROM links WHERE peer = ?", (peer,)).fetchone()[0])


def waiting(tx: Tx, peer: NodeId) -> int:
    """How many entries for `peer` have no receipt yet."""
    row = tx.execute(
        "SELECT count(*) FROM outbox WHERE link = (SELECT id FROM links WHERE peer = ?)", (peer,)
    ).fetchone()
    return int(row[0])


def data_bytes(home: Path) -> int:
    """Bytes of the database that hold something: pages in use, whatever the file's length."""
    with looking(home) as tx:
        pages = tx.execute("PRAGMA page_count").fetchone()[0]
        free = tx.execute("PRAGMA freelist_count").fetchone()[0]
        size = tx.execute("PRAGMA page_size").fetchone()[0]
        return int((pages - free) * size)
