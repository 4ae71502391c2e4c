"""Draws the table of indicators for `docs/appraisal.md`, out of what figures are made by."""

from node.appraisal.indicators import INDICATORS, Indicator
from schemas.appraisal import Formula, Measure


def indicators_table() -> str:
    """Draw every indicator: what it is made of, and the sentence that people read."""
    rows = ["| id | 指标 | made of | better | 怎么算的 |", "|---|---|---|---|---|"]
    rows += [
        f"| `{one.id}` | {one.name[0]} · {one.name[1]} | {formula(one)} | {one.direction} |"
        f" {one.says[0]} |"
        for one in INDICATORS
    ]
    return "\n".join(rows)


def formula(one: Indicator) -> str:
    """Write what an indicator is made of, in the names of measures."""
    above = _named(one.numerator, " + ")
    if one.minus:
        above += f" − {_named(one.minus, ' − ')}"
    match one.formula:
        case Formula.STOCK:
            return f"all until the end: {above}"
        case Formula.SUM:
            return above
        case Formula.LESS:
            return f"1 − {above} ÷ {_named(one.denominator, ' + ')}"
        case _:
            return f"{above} ÷ {_named(one.denominator, ' + ')}"


def _named(measures: tuple[Measure, ...], between: str) -> str:
    return between.join(f"`{one}`" for one in measures)
