"""What leaves a page as a table for a spreadsheet. Pure but for the answer it makes."""

import csv
import io
from collections.abc import Iterable
from typing import Final

from litestar import Response

CSV: Final = "text/csv; charset=utf-8"
BOM: Final = "\ufeff"  # without it a spreadsheet takes Chinese for something else
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a cell must not begin with: a spreadsheet would reckon it."""


def as_csv(head: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    """Write a table; a cell that would be reckoned is made a text."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    writer.writerow(head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return (BOM + sheet.getvalue()).encode()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def attached(name: str, table: bytes) -> Response[bytes]:
    """Answer with a table as a file of this name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(table, media_type=CSV, headers=headers)
