"""The tables of supervision orders: plain SQL, no decisions."""

from typing import Any, Final

import msgspec

from node.database import Tx
from node.supervision.orders_model import end_of
from node.supervision.orders_table import TOLD
from schemas.ids import NodeId, StreamName
from schemas.orders import OrderState, OrderView

_NAMES: Final = {"order": "kind", "case": "about"}
"""Fields of the view whose names SQL keeps for itself."""
_FIELDS: Final = OrderView.__struct_fields__
_COLUMNS: Final = ", ".join(_NAMES.get(one, one) for one in _FIELDS)


def save(tx: Tx, order: OrderView) -> None:
    """Write an order as it now is."""
    marks = ", ".join("?" * (len(_FIELDS) + 1))
    tx.execute(
        f"INSERT OR REPLACE INTO orders ({_COLUMNS}, id) VALUES ({marks})",  # noqa: S608
        (*map(_cell, msgspec.structs.astuple(order)), end_of(order.stream)),
    )
    for finding in order.findings:
        tx.execute("INSERT OR IGNORE INTO order_findings VALUES (?, ?)", (finding, order.stream))


def move(tx: Tx, stream: StreamName, holder: NodeId, seq: int) -> None:
    """Note who holds an order now."""
    tx.execute("UPDATE orders SET holder = ?, seq = ? WHERE stream = ?", (holder, seq, stream))


def forget(tx: Tx, stream: StreamName) -> None:
    """Drop what the projection holds of one stream."""
    tx.execute("DELETE FROM orders WHERE stream = ?", (stream,))
    tx.execute("DELETE FROM order_findings WHERE stream = ?", (stream,))


def load(tx: Tx, stream: StreamName) -> OrderView | None:
    """Read an order by its stream, whoever asks."""
    return next(iter(find(tx, "stream = ?", stream)), None)


def governing(what: str, finding: str, node: str) -> str:
    """Say in SQL what the order that counts for a finding has in `what`; NULL if there is none.

    It counts if whoever it asks answers for what `node` does; of several, the one from highest up,
    and then the first. So whatever came when, and whoever names it, each replica finds the same.
    """
    return (
        f"(SELECT {what} FROM order_findings n JOIN orders o ON o.stream = n.stream"  # noqa: S608
        f" WHERE n.finding = {finding} AND o.subject = substr({node}, 1, length(o.subject))"
        " ORDER BY length(o.issuer), o.issued_at, o.stream LIMIT 1)"
    )


def named(tx: Tx, name: str) -> tuple[OrderView, ...]:
    """List the orders of that address or number; two places may use one number."""
    return find(tx, "id = ?1 OR number = ?1", name, order="issued_at DESC, stream")


def of_finding(tx: Tx, finding: str) -> OrderView | None:
    """Read the order that counts for what was found here."""
    about = f"stream = (SELECT {governing('o.stream', 'f.id', 'f.node')} FROM findings f WHERE f.id = ?)"  # noqa: S608, E501
    return next(iter(find(tx, about, finding, most=1)), None)


def of_case(tx: Tx, case: StreamName) -> tuple[OrderView, ...]:
    """List the orders about a case, oldest first."""
    return find(tx, "about = ?", case, order="issued_at, stream")


def find(
    tx: Tx, where: str, *values: object, order: str = "reply_by, issued_at, stream", most: int = 500
) -> tuple[OrderView, ...]:
    """List the orders of which `where`, SQL of this package's own, is true."""
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM orders WHERE {where} ORDER BY {order} LIMIT {most:d}",  # noqa: S608
        values,
    )
    return tuple(map(_view, rows))


def count(tx: Tx, where: str, *values: object) -> int:
    """Count the orders of which `where`, SQL of this package's own, is true."""
    return int(tx.execute(f"SELECT count(*) FROM orders WHERE {where}", values).fetchone()[0])  # noqa: S608


def unappealed(tx: Tx, me: NodeId, today: str, most: int) -> tuple[OrderView, ...]:
    """List what `me` holds, was judged, and can no longer be appealed against."""
    where = "subject = ?1 AND state = ?2 AND appeal_by < ?3 AND holder = ?1"
    return find(tx, where, me, OrderState.JUDGED, today, most=most)


def undelivered(tx: Tx, me: NodeId, most: int) -> tuple[OrderView, ...]:
    """List what has come to `me`, who is asked, and of which the issuer does not know that yet."""
    where = "subject = ?1 AND state IN (?2, ?3, ?4) AND NOT delivered AND holder = ?1"
    return find(tx, where, me, *TOLD, most=most)


def next_serial(tx: Tx, series: str, year: int) -> int:
    """Give out the next serial of a series in a year."""
    row = tx.execute(
        "INSERT INTO order_serials VALUES (?, ?, 1)"
        " ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last",
        (series, year),
    ).fetchone()
    return int(row[0])


def _cell(value: object) -> object:
    match value:
        case msgspec.Struct():
            return msgspec.json.encode(value).decode()
        case tuple():
            return " ".join(value)
        case bool():
            return int(value)
        case _:
            return value


def _view(row: tuple[Any, ...]) -> OrderView:
    found = dict(zip(_FIELDS, row, strict=True))
    said = found["accountability"]
    found["findings"] = found["findings"].split()
    found["hands"] = found["hands"].split()
    found["accountability"] = None if said is None else msgspec.json.decode(said)
    found["replied_late"] = bool(found["replied_late"])
    found["delivered"] = bool(found["delivered"])
    return msgspec.convert(found, type=OrderView)
