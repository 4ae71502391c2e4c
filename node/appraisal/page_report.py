"""What the page of a report shows: figures with their sentences, drawings, who stands where.

Every number leads to the cases behind it, for whoever may look at those; every heading leads to the
sentence that says how it is counted. Beside a rate stands what it is made of.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from node.appraisal import bulletin, charts, indicators
from node.appraisal.bulletin import Facts
from node.appraisal.charts import Bars
from node.web.chrome import Tile
from node.web.wording import Words
from schemas.appraisal import Formula, Grain, Measure, Period
from schemas.reports import Score

M = Measure
Counts = Mapping[Measure, int]
MayOpen = Callable[[Grain, str, Measure], bool]
"""Whether the reader may look behind a number of a subject."""
MOST_BODIES: Final = 30  # of a table: with its links a page stays below 60 KB
MOST_OTHERS: Final = 18  # of windows, and of people: they share a page
MOST_BARS: Final = 20  # more are not taken in at a glance
TILES: Final = ("received", "accepted", "finished", "in_process", "overdue")
BODY_COLUMNS: Final = (
    "accepted", "finished", "on_time_rate", "late", "satisfaction", "yellow_cards", "red_cards",
    "points",
)  # fmt: skip
WINDOW_COLUMNS: Final = ("received", "accepted", "correction_rate", "satisfaction", "red_cards")
STAFF_COLUMNS: Final = ("finished", "step_late_rate", "satisfaction", "red_cards", "points")
RATING_FIGURES: Final = (
    "rating_share", "satisfaction", "praise", "mean_grade", "mend_rate", "call_rate", "complaints",
    "complaints_true", "consulted",
)  # fmt: skip
DUTY_FIGURES: Final = (
    "late", "statutory_late_rate", "orders", "orders_late", "yellow_cards", "red_cards", "exempt",
    "points",
)  # fmt: skip
WORK_FIGURES: Final = (
    "finish_rate", "on_time_rate", "early_rate", "speedup", "mean_workdays", "instant_rate",
    "online_rate", "mean_visits", "correction_rate", "refusal_rate", "return_rate",
    "forward_rate", "step_late_rate", "agency",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """One number: what it says, what it is made of, where its cases are."""

    text: str
    made_of: str = ""
    href: str = ""
    """Empty where he may not look, or there is nothing."""


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column, and the sentence of how it is counted."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Row:
    """One subject of a table."""

    name: str
    rank: str
    points: Cell
    """Leads to how they came about."""
    cells: tuple[Cell, ...]
    own: bool = False
    """The reader's own department, or himself."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of subjects."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    bars: Bars | None = None
    """The points, drawn."""
    label: str = ""
    """The drawing in words."""
    idle: str = ""
    """Those of whom nothing was counted, by name."""
    more: int = 0
    """How many more there are than a page holds: the table file has them all."""


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure of a list."""

    name: str
    how: str
    """Where its sentence stands."""
    cell: Cell


class Sheet:
    """Makes cells and tables of one report for one reader."""

    def __init__(self, facts: Facts, may_open: MayOpen, own: frozenset[str], of: str = "") -> None:
        self.facts = facts
        self._may_open = may_open
        self._own = own
        self._of = {"of": of} if of else {}

    @property
    def _words(self) -> Words:
        return self.facts.words

    @property
    def _period(self) -> Period:
        return self.facts.report.period

    def tiles(self) -> tuple[Tile, ...]:
        """Show the volumes of all that was taken here and below."""
        return tuple(map(self._tile, TILES))

    def _tile(self, name: str) -> Tile:
        one = indicators.BY_ID[name]
        counts = self.facts.stocks if one.formula is Formula.STOCK else self.facts.whole
        figure = indicators.figure(one, counts)
        count = 0 if figure is None else figure.numerator
        tone = "red" if name == "overdue" and count else ""
        return Tile(count, self._words.pick(*one.name), how(name), tone)

    def cell(self, name: str, grain: Grain, subject: str, counts: Counts) -> Cell:
        """Show a figure of a subject."""
        one = indicators.BY_ID[name]
        figure = indicators.figure(one, counts)
        if figure is None:
            return Cell(self._words.say("bulletin.no_figure"))
        href = ""
        leads = one.formula is not Formula.STOCK and figure.numerator
        if leads and self._may_open(grain, subject, one.numerator[0]):
            href = drill(self._period, grain, subject, one.numerator[0])
        if not figure.denominator:
            return Cell(f"{figure.numerator}", "", href)
        text, _, rest = bulletin.value_words(self._words, figure).partition(
            self._words.pick("（", " (")
        )
        return Cell(text, rest.rstrip("）)"), href)

    def figures(self, names: Iterable[str]) -> tuple[FigureLine, ...]:
        """List figures of all that was taken here and below."""
        node = self.facts.report.node
        return tuple(
            FigureLine(
                self._words.pick(*indicators.BY_ID[name].name),
                how(name),
                self.cell(name, Grain.PLACE, node, self.facts.whole),
            )
            for name in names
        )

    def table(self, grain: Grain, names: tuple[str, ...]) -> Table:
        """List the subjects of a grain, by rank."""
        columns = tuple(
            Column(self._words.pick(*indicators.BY_ID[name].name), how(name)) for name in names
        )
        scores = [one for one in self.facts.report.scores if one.grain is grain]
        listed = [one.subject for one in scores]
        scored = {one.subject: one for one in scores}
        listed += [
            one.subject
            for one in self.facts.report.figures
            if one.grain is grain and one.subject not in scored
        ]
        idle = [one for one in listed if not self.facts.counts(grain, one)]
        listed = [one for one in listed if one not in idle]
        most = MOST_BODIES if grain is Grain.BODY else MOST_OTHERS
        shown = [one for at, one in enumerate(listed) if at < most or one in self._own]
        rows = tuple(self._row(grain, one, names, scored.get(one)) for one in shown)
        drawn = [one for one in scores if one.rank][:MOST_BARS]
        return Table(
            columns,
            rows,
            self._bars(drawn) if drawn else None,
            self._said(drawn),
            self._words.joined(self.facts.names(grain, one) for one in idle),
            len(listed) - len(shown),
        )

    def _row(self, grain: Grain, subject: str, names: tuple[str, ...], score: Score | None) -> Row:
        counts = self.facts.counts(grain, subject)
        return Row(
            name=self.facts.names(grain, subject),
            rank=str(score.rank) if score and score.rank else "—",
            points=self._points(score),
            cells=tuple(self.cell(name, grain, subject, counts) for name in names),
            own=subject in self._own,
        )

    def _points(self, score: Score | None) -> Cell:
        if score is None or not score.rank:  # by too few cases nobody is judged
            return Cell(bulletin.points_words(None))
        asked = urlencode({"grain": score.grain.value, "subject": score.subject, **self._of})
        href = f"/reports/{self._period.kind}/{self._period.key}/score?{asked}"
        return Cell(bulletin.points_words(score.total), "", href)

    def _bars(self, scores: list[Score]) -> Bars:
        return charts.bars(
            [
                (
                    self.facts.names(one.grain, one.subject),
                    one.total or 0,
                    bulletin.points_words(one.total),
                    "own" if one.subject in self._own else "",
                )
                for one in scores
            ],
            whole=100 * 100,
        )

    def _said(self, scores: list[Score]) -> str:
        return self._words.joined(
            f"{self.facts.names(one.grain, one.subject)} {bulletin.points_words(one.total)}"
            for one in scores
        )


def how(indicator: str) -> str:
    """Give the address of the sentence that says how a figure is counted."""
    return f"/reports/indicators#{indicator}"


def drill(period: Period, grain: Grain, subject: str, measure: Measure) -> str:
    """Give the address of the cases behind a number."""
    asked = {
        "period": period.key,
        "grain": grain.value,
        "subject": subject,
        "measure": measure.value,
    }
    return f"/reports/drill?{urlencode(asked)}"
