"""The tables of notices: what was issued, the serials, the county's texts, the PDFs. Plain SQL."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from schemas.ids import NodeId, PartDigest, StaffId, StreamName
from schemas.notices import NoticeIssued, NoticeKind

Tx = sqlite3.Connection
_COLUMNS: Final = "stream, seq, about, notice, number, code, case_seq, page, issuer, issued_at"


@dataclass(frozen=True, slots=True)
class Row:
    """A notice that a note says was issued."""

    note: StreamName
    seq: int
    """Of the event in the note's stream."""
    issuer: NodeId
    said: NoticeIssued


# ---- what was issued: the projection


def add(tx: Tx, row: Row) -> None:
    """Remember a notice."""
    said = row.said
    tx.execute(
        "INSERT OR REPLACE INTO notices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.note, row.seq, said.case, said.notice, said.number, said.code, said.seq,
            bytes.fromhex(said.page), row.issuer, said.issued_at,
        ),
    )  # fmt: skip


def forget(tx: Tx, note: StreamName) -> None:
    """Drop what the projection holds of one note stream."""
    tx.execute("DELETE FROM notices WHERE stream = ?", (note,))


def of_case(tx: Tx, case: StreamName) -> tuple[Row, ...]:
    """List the notices of a case, oldest first."""
    return tuple(_rows(tx, "about = ? ORDER BY issued_at, stream, seq", case))


def by_code(tx: Tx, code: str) -> Row | None:
    """Find the notice of a code; should two nodes have printed one code, the first to do so."""
    return next(_rows(tx, "code = ? ORDER BY issued_at, stream, seq LIMIT 1", code), None)


def _rows(tx: Tx, where: str, *values: object) -> Iterator[Row]:
    found = tx.execute(f"SELECT {_COLUMNS} FROM notices WHERE {where}", values)  # noqa: S608  # ours
    return map(_row, found.fetchall())


def _row(row: tuple[Any, ...]) -> Row:
    note, seq, about, notice, number, code, case_seq, page, issuer, issued_at = row
    said = NoticeIssued(
        case=StreamName(about),
        notice=NoticeKind(notice),
        number=number,
        code=code,
        seq=case_seq,
        page=PartDigest(page.hex()),
        issued_at=issued_at,
    )
    return Row(StreamName(note), seq, NodeId(issuer), said)


# ---- numbers


def next_serial(tx: Tx, series: str, year: int) -> int:
    """Give out the next serial of a series in a year."""
    row = tx.execute(
        "INSERT INTO notice_serials VALUES (?, ?, 1)"
        " ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last",
        (series, year),
    ).fetchone()
    return int(row[0])


# ---- the county's texts


def text_of(tx: Tx, kind: NoticeKind) -> str | None:
    """Give the text that this node uses for a kind; `None` if it keeps to the program's own."""
    row = tx.execute("SELECT text FROM notice_texts WHERE notice = ?", (kind,)).fetchone()
    return None if row is None else str(row[0])


def put_text(tx: Tx, kind: NoticeKind, text: str, staff: StaffId, now_ms: int) -> None:
    """Use this text for a kind from now on."""
    tx.execute(
        "INSERT OR REPLACE INTO notice_texts VALUES (?, ?, ?, ?)", (kind, text, staff, now_ms)
    )


def drop_text(tx: Tx, kind: NoticeKind) -> None:
    """Go back to the program's own text."""
    tx.execute("DELETE FROM notice_texts WHERE notice = ?", (kind,))


def changed_texts(tx: Tx) -> dict[NoticeKind, int]:
    """Name the kinds whose text was changed here, and when."""
    rows = tx.execute("SELECT notice, at FROM notice_texts")
    return {NoticeKind(notice): at for notice, at in rows}


# ---- PDFs


def pdf_of(tx: Tx, page: PartDigest) -> PartDigest | None:
    """Name the PDF that was made from a page."""
    row = tx.execute(
        "SELECT pdf FROM notice_pdfs WHERE page = ?", (bytes.fromhex(page),)
    ).fetchone()
    return None if row is None else PartDigest(row[0].hex())


def put_pdf(tx: Tx, page: PartDigest, pdf: PartDigest) -> None:
    """Remember the PDF of a page: the first stays."""
    tx.execute(
        "INSERT OR IGNORE INTO notice_pdfs VALUES (?, ?)",
        (bytes.fromhex(page), bytes.fromhex(pdf)),
    )


def drop_pdfs(tx: Tx, pages: Iterable[PartDigest]) -> tuple[PartDigest, ...]:
    """Forget the PDFs of these pages, and name them."""
    found = [(page, pdf_of(tx, page)) for page in pages]
    for page, _ in found:
        tx.execute("DELETE FROM notice_pdfs WHERE page = ?", (bytes.fromhex(page),))
    return tuple(pdf for _, pdf in found if pdf is not None)
