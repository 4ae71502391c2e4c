"""Figures are made of counts by the table of indicators, and by nothing else."""

import pytest

from node.appraisal.indicators import BY_ID, INDICATORS, SMALL, figure
from node.web.wording import WORDS, Language
from schemas.appraisal import Direction, Figure, Formula, Measure, Unit

M = Measure


def of(name: str, **counts: int) -> Figure | None:
    return figure(BY_ID[name], {Measure(key): n for key, n in counts.items()})


@pytest.mark.parametrize(
    ("name", "counts", "value", "exact"),
    [
        ("on_time_rate", {"on_time": 2, "finished": 3}, 66.67, 6667),
        ("on_time_rate", {"on_time": 1, "finished": 3}, 33.33, 3333),
        ("finish_rate", {"finished": 12, "accepted": 8}, 150.0, 15_000),
        ("speedup", {"workdays": 52, "workdays_promised": 100}, 48.0, 4_800),
        ("speedup", {"workdays": 150, "workdays_promised": 100}, -50.0, -5_000),
        ("mean_workdays", {"workdays": 52, "finished": 10}, 5.2, 52_000),
        ("mean_grade", {"grades": 13, "rated": 3}, 4.33, 43_333),
        ("in_process", {"accepted": 9, "ended_accepted": 7}, 2.0, 20_000),
        ("received", {}, 0.0, 0),
    ],
)
def test_a_figure_is_what_its_sentence_says(
    name: str, counts: dict[str, int], value: float, exact: int
) -> None:
    made = of(name, **counts)
    assert made is not None
    assert (made.value, made.exact) == (value, exact)


def test_without_anything_to_divide_by_there_is_no_rate() -> None:
    divided = [one for one in INDICATORS if one.is_divided]
    assert divided
    assert all(figure(one, {}) is None for one in divided)


def test_of_few_the_counts_are_read_beside_the_rate() -> None:
    few, many = (of("on_time_rate", on_time=1, finished=n) for n in (SMALL - 1, SMALL))
    assert few is not None
    assert many is not None
    assert few.small
    assert not many.small
    assert (few.numerator, few.denominator) == (1, SMALL - 1)


@pytest.mark.parametrize("one", INDICATORS, ids=lambda one: str(one.id))
def test_every_indicator_is_whole(one: object) -> None:
    made = next(each for each in INDICATORS if each is one)
    assert bool(made.denominator) == (made.formula in {Formula.RATE, Formula.LESS, Formula.MEAN})
    assert (made.unit is Unit.PERCENT) == (made.formula in {Formula.RATE, Formula.LESS})
    assert not made.minus or made.formula is Formula.STOCK
    assert made.direction in Direction
    for language in Language:
        view = made.view(WORDS[language])
        assert view.name
        assert view.says
        assert view.population
    for measure in made.measures:
        assert WORDS[Language.ZH].has(f"measure.{measure}")
