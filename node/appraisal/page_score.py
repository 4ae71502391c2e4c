"""How one score came about: each line of the sheet, what was taken off and added, both lines."""

from dataclasses import dataclass

from node.appraisal import bulletin, indicators
from node.appraisal.bulletin import Facts
from node.appraisal.page_report import how
from node.errors import NotFoundError
from node.web.wording import Words
from schemas.appraisal import Grain, Unit
from schemas.reports import Score, ScoreLine, Sheet, SheetLine

PER_CENT = 100  # ten-thousandths in one


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet."""

    name: str
    href: str
    """Where its sentence stands; empty for what is no indicator."""
    value: str
    of: str
    range: str
    """From which value on there is a point, and from which all."""
    points: str
    most: str


@dataclass(frozen=True, slots=True)
class Extra:
    """What stands below the lines."""

    name: str
    points: str


@dataclass(frozen=True, slots=True)
class ScorePage:
    """得分构成."""

    title: str
    base: str
    of: str
    period: str
    total: str
    rank: str
    lines: tuple[Line, ...]
    extras: tuple[Extra, ...]
    few: str
    """Why there is no rank; empty where there is one."""


def score_page(facts: Facts, grain: Grain, subject: str, base: str, of: str) -> ScorePage:
    """Make the page of a score. Raises `NotFoundError`."""
    report, words = facts.report, facts.words
    score = next(
        (one for one in report.scores if (one.grain, one.subject) == (grain, subject)), None
    )
    sheet = next((one for one in report.sheets if one.grain is grain), None)
    if score is None or sheet is None:
        raise NotFoundError(f"score of {subject}")
    few = words.say("reports.too_few", count=score.population, least=sheet.least)
    return ScorePage(
        title=facts.names(grain, subject),
        base=base,
        of=of,
        period=bulletin.period_words(words, report.period),
        total=bulletin.points_words(score.total),
        rank=str(score.rank or "—"),
        lines=tuple(
            _line(words, asked, got) for asked, got in zip(sheet.lines, score.lines, strict=True)
        ),
        extras=tuple(_extras(words, score, sheet)),
        few="" if score.rank else few,
    )


def _line(words: Words, asked: SheetLine, got: ScoreLine) -> Line:
    known = indicators.BY_ID.get(asked.indicator)
    name = words.pick(*known.name) if known else words.say(f"reports.{asked.indicator}")
    unit = known.unit if known else Unit.PERCENT
    missing = words.say("reports.line_missing")
    return Line(
        name=name,
        href=how(asked.indicator) if known else "",
        value=missing if got.value is None else _value(words, unit, got.value),
        of="" if got.value is None else str(got.of),
        range=words.say(
            "reports.range", zero=_value(words, unit, asked.zero),
            full=_value(words, unit, asked.full),
        ),
        points="" if got.value is None else bulletin.points_words(got.points),
        most=bulletin.points_words(got.weight),
    )  # fmt: skip


def _value(words: Words, unit: Unit, exact: int) -> str:
    if unit is Unit.PERCENT:
        return f"{exact / PER_CENT:.1f}".removesuffix(".0") + "%"
    return words.say(f"reports.unit_{unit}", value=f"{exact / PER_CENT / PER_CENT:.1f}")


def _extras(words: Words, score: Score, sheet: Sheet) -> list[Extra]:
    said = [
        (key, bulletin.points_words(n))
        for key, n in (("deducted", score.deducted), ("bonus", score.bonus))
        if n
    ]
    if sheet.department_weight:
        said.append(("centre", bulletin.points_words(score.centre)))
        said.append(("by_department", bulletin.points_words(score.department)))
    weight = sheet.department_weight
    return [
        Extra(words.say(f"reports.{key}", weight=weight, rest=100 - weight), points)
        for key, points in said
    ]
