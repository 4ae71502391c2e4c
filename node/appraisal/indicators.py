"""考评指标: what figures are made of counts, and how. Pure; the table is `indicators.toml`."""

from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType
from typing import Final, assert_never

import msgspec

from node.web.wording import Words
from schemas.appraisal import Direction, Figure, Formula, IndicatorView, Measure, Unit

SMALL: Final = 10  # below ten a single case moves a rate by more than ten points
WHOLE: Final = 10_000
"""One, as `Figure.exact` has it."""
_PER_CENT: Final = 100


class Indicator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One figure: how it is made, and the sentence that says so, in Chinese and in English."""

    id: str = ""
    name: tuple[str, str]
    formula: Formula
    numerator: tuple[Measure, ...]
    minus: tuple[Measure, ...] = ()
    denominator: tuple[Measure, ...] = ()
    unit: Unit
    direction: Direction
    population: tuple[str, str]
    says: tuple[str, str]

    @property
    def measures(self) -> tuple[Measure, ...]:
        """All counts that it is made of."""
        return (*self.numerator, *self.minus, *self.denominator)

    @property
    def is_divided(self) -> bool:
        """Whether it is a rate or an average: without a case there is no figure."""
        return bool(self.denominator)

    def view(self, words: Words) -> IndicatorView:
        """Give it in one language."""
        return IndicatorView(
            id=self.id, name=words.pick(*self.name), formula=self.formula,
            numerator=self.numerator, minus=self.minus, denominator=self.denominator,
            unit=self.unit, direction=self.direction, population=words.pick(*self.population),
            says=words.pick(*self.says),
        )  # fmt: skip


def _load() -> tuple[Indicator, ...]:
    text = (resources.files("node.appraisal") / "indicators.toml").read_bytes()
    found = msgspec.toml.decode(text, type=dict[str, Indicator])
    return tuple(msgspec.structs.replace(one, id=name) for name, one in found.items())


INDICATORS: Final = _load()
"""In the order in which reports have them."""
BY_ID: Final[Mapping[str, Indicator]] = MappingProxyType({one.id: one for one in INDICATORS})


def figure(indicator: Indicator, counts: Mapping[Measure, int]) -> Figure | None:
    """Make the figure of what was counted; `None` where there is nothing to divide by.

    Of a stock the counts must be those from the first day to the last of the period
    (`reading.stocks`).
    """
    above = _sum(counts, indicator.numerator) - _sum(counts, indicator.minus)
    below = _sum(counts, indicator.denominator)
    if indicator.is_divided and below == 0:
        return None
    exact = _exact(indicator.formula, above, below)
    scale = WHOLE // _PER_CENT if indicator.unit is Unit.PERCENT else WHOLE
    return Figure(
        indicator=indicator.id,
        value=round(_rounded(exact * _PER_CENT, scale) / _PER_CENT, 2),
        exact=exact,
        numerator=above,
        denominator=below,
        unit=indicator.unit,
        small=indicator.is_divided and below < SMALL,
    )


def _sum(counts: Mapping[Measure, int], measures: tuple[Measure, ...]) -> int:
    return sum(counts.get(one, 0) for one in measures)


def _exact(formula: Formula, above: int, below: int) -> int:
    match formula:
        case Formula.SUM | Formula.STOCK:
            return above * WHOLE
        case Formula.RATE | Formula.MEAN:
            return _rounded(above * WHOLE, below)
        case Formula.LESS:
            return WHOLE - _rounded(above * WHOLE, below)
        case _:
            assert_never(formula)


def _rounded(above: int, below: int) -> int:
    """Divide, halves up."""
    return (2 * above + below) // (2 * below)
