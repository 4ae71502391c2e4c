"""A report as a workbook (XLSX): one sheet for each grain, figures with what they are made of.

Import this module where a workbook is made: openpyxl comes with it, and no other node needs that in
memory.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from node.appraisal import bulletin, indicators
from node.appraisal.bulletin import Facts
from node.appraisal.indicators import INDICATORS
from node.web.tables_out import FORMULA
from node.web.wording import Words
from schemas.appraisal import Formula, Grain
from schemas.reports import Score

GRAINS: Final = (Grain.BODY, Grain.WINDOW, Grain.STAFF, Grain.PLACE)
BOLD: Final = Font(bold=True)
WIDE: Final = 26  # characters of the column with names
TEXT: Final = "s"
"""A cell's type that no spreadsheet computes, whatever it begins with."""
PER_CENT: Final = 10_000  # of a figure's ten-thousandths
HUNDRED: Final = 100
Value = str | int | float | None


class _Page:
    """One sheet of the workbook, written row by row."""

    def __init__(self, book: Workbook, name: str) -> None:
        self._sheet = book.create_sheet(name)
        self._sheet.column_dimensions["A"].width = WIDE

    def write(self, row: Sequence[Value], *, bold: bool = False) -> None:
        """Write a row; a text stays a text, whatever it begins with."""
        self._sheet.append([self._cell(value, bold=bold) for value in row])

    def _cell(self, value: Value, *, bold: bool) -> Cell:
        clean = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
        cell = WriteOnlyCell(self._sheet, clean)
        if isinstance(value, str):
            cell.data_type = TEXT
            cell.quotePrefix = value.startswith(FORMULA)
        if bold:
            cell.font = BOLD
        return cell


def write(facts: Facts) -> bytes:
    """Write the workbook."""
    book = Workbook(write_only=True)
    _text(book, facts)
    for grain in GRAINS:
        _figures(book, facts, grain)
    _changes(book, facts)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _text(book: Workbook, facts: Facts) -> None:
    page = _Page(book, facts.words.say("reports.sheet_text"))
    for line in (facts.report.text or bulletin.text_of(facts)).splitlines():
        page.write([line])


def _figures(book: Workbook, facts: Facts, grain: Grain) -> None:
    """List the subjects of a grain: rank, points, each figure, and the counts it is made of."""
    words = facts.words
    listed = [one for one in facts.report.figures if one.grain is grain]
    if not listed:
        return
    page = _Page(book, words.say(f"reports.sheet_{grain}"))
    made = [one for one in INDICATORS if one.formula is not Formula.STOCK]
    heads = [words.say("reports.subject"), words.say("reports.rank"), words.say("reports.points")]
    for one in made:
        heads.append(words.pick(*one.name))
        if one.is_divided:
            heads += [words.say("reports.above"), words.say("reports.below")]
    page.write(heads, bold=True)
    scores = {one.subject: one for one in facts.report.scores if one.grain is grain}
    listed.sort(key=lambda one: _order(scores.get(one.subject), one.subject))
    for tally in listed:
        row: list[Value] = [facts.names(grain, tally.subject), *_standing(scores, tally.subject)]
        for one in made:
            figure = indicators.figure(one, tally.counts)
            if not one.is_divided:
                row.append(figure.numerator if figure else 0)
            elif figure is None:
                row += [None, None, 0]
            else:
                row += [figure.exact / PER_CENT, figure.numerator, figure.denominator]
        page.write(row)


def _order(score: Score | None, subject: str) -> tuple[int, str]:
    return (score.rank if score and score.rank else 1 << 30, subject)


def _standing(scores: dict[str, Score], subject: str) -> tuple[Value, Value]:
    score = scores.get(subject)
    if score is None or score.total is None or not score.rank:
        return None, None  # by too few cases nobody is judged
    return score.rank, score.total / HUNDRED


def _changes(book: Workbook, facts: Facts) -> None:
    """List every correction, with what stood there before."""
    words: Words = facts.words
    changed = [
        (one.reason, adjustment)
        for one in facts.report.corrections
        for adjustment in one.adjustments
    ]
    if not changed:
        return
    page = _Page(book, words.say("reports.corrections"))
    heads = ("subject", "measure", "before", "after", "reason")
    page.write([words.say(f"reports.{head}") for head in heads], bold=True)
    for reason, one in changed:
        name = facts.names(one.grain, one.subject)
        measure = words.say(f"measure.{one.measure}")
        page.write([name, measure, one.before, one.after, reason])
