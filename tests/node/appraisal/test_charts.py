"""Drawings: every number is where it belongs, and nothing is drawn where nothing was."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from node.appraisal import charts


def test_bars_are_as_long_as_their_numbers_and_never_leave_the_drawing() -> None:
    drawn = charts.bars(
        [("卫健局", 40, "40", ""), ("民政局", 10, "10", ""), ("林业局", 0, "0", "")]
    )
    long, short, none = (one.width for one in drawn.bars)
    assert (long, none) == (charts.WIDTH - charts.LABEL - charts.VALUE, 0)
    assert short == long // 4
    assert drawn.height == 3 * charts.ROW


def test_no_bars_and_bars_of_nothing_can_be_drawn() -> None:
    assert charts.bars([]).height == 0
    assert charts.bars([("a", 0, "0", "")]).bars[0].width == 0


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=12))
def test_a_line_rises_where_the_numbers_rise(values: list[int]) -> None:
    drawn = charts.trend([(str(at), value) for at, value in enumerate(values)])
    assert [one.text for one in drawn.points] == [str(one) for one in values]
    for (before, after), (low, high) in zip(pairwise(drawn.points), pairwise(values), strict=True):
        assert before.x < after.x
        assert (after.y <= before.y) or high < low
    assert all(drawn.top <= one.y <= drawn.base for one in drawn.points)


def test_heat_shows_each_hour_and_also_the_unusual_one_that_counts() -> None:
    drawn = charts.heat({(1, 9): 8, (5, 16): 1, (6, 22): 2})
    assert [one.count for one in drawn.cells if one.count] == [8, 1, 2]
    assert [one.shade for one in drawn.cells] == ["shade-4", "shade-1", "shade-1"]
    assert [hour for _, hour in drawn.hours] == list(range(7, 23))
    assert charts.heat({}).cells == ()
