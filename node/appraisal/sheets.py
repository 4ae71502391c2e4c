"""评分表: the score sheets in force, and what indicators make of counts for them. Pure."""

import hashlib
from collections.abc import Mapping
from fractions import Fraction
from importlib import resources
from typing import Final

import msgspec

from node.appraisal import indicators, scoring
from node.appraisal.scoring import Value
from schemas.appraisal import Measure, PeriodKind
from schemas.reports import Sheet, SheetLine

POINTS: Final = 100  # the weights of a sheet together
_MARK_DIGITS: Final = 16


class _Sheets(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of sheets."""

    sheets: tuple[Sheet, ...]


def load(text: bytes) -> tuple[Sheet, ...]:
    """Read score sheets. Raises `ValueError` with what is wrong with which."""
    found = msgspec.toml.decode(text, type=_Sheets).sheets
    named = {(one.period, one.grain) for one in found}
    if len(named) != len(found):
        raise ValueError("two sheets for one kind of period and grain")
    for one in found:
        _require_sound(one)
    return found


def _require_sound(sheet: Sheet) -> None:
    name = f"{sheet.period.value} {sheet.grain.value}"
    if sum(line.weight for line in sheet.lines) != POINTS:
        raise ValueError(f"{name}: the weights are not {POINTS} together")
    for line in sheet.lines:
        known = line.indicator in indicators.BY_ID or line.indicator in scoring.BESIDE
        if not known or line.weight <= 0 or line.zero == line.full:
            raise ValueError(f"{name}: {line.indicator} is unknown, weighs nothing or has no slope")
        if not _is_the_right_way_round(line):
            raise ValueError(f"{name}: {line.indicator} rewards what should be less")
    if any(one.each <= 0 or one.most < one.each for one in (*sheet.deductions, *sheet.bonuses)):
        raise ValueError(f"{name}: a deduction or bonus counts for nothing")


def _is_the_right_way_round(line: SheetLine) -> bool:
    known = indicators.BY_ID.get(line.indicator)
    wanted = None if known is None else known.direction
    return wanted is None or wanted.value != ("down" if line.full > line.zero else "up")


SHEETS: Final = load((resources.files("node.appraisal") / "sheets.toml").read_bytes())


def for_period(kind: PeriodKind) -> tuple[Sheet, ...]:
    """Give the sheets of one kind of period; a day is not scored."""
    return tuple(one for one in SHEETS if one.period is kind)


def value_of(indicator: str, counts: Mapping[Measure, int]) -> Value | None:
    """Give the figure of an indicator, as scores take it."""
    known = indicators.BY_ID.get(indicator)
    figure = None if known is None else indicators.figure(known, counts)
    if figure is None:
        return None
    return Value(Fraction(figure.exact, scoring.SCALE), figure.denominator)


def mark_of_indicators() -> str:
    """Name the table of indicators by its content: every report says by which it was made."""
    text = msgspec.json.encode(indicators.INDICATORS)
    return hashlib.sha256(text).hexdigest()[:_MARK_DIGITS]
