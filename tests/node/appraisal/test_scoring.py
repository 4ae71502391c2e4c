"""Scores: what a sheet makes of counts, whoever is scored and in whichever order."""

from collections.abc import Mapping
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from node.appraisal import scoring
from node.appraisal.scoring import Value
from schemas.appraisal import Grain, Measure, PeriodKind
from schemas.reports import Score, Sheet, SheetCount, SheetLine

M = Measure
Own = dict[Measure, int]
SHEET = Sheet(
    period=PeriodKind.QUARTER,
    grain=Grain.BODY,
    population=M.ACCEPTED,
    least=3,
    lines=(
        SheetLine(indicator="on_time", weight=40, zero=8000),
        SheetLine(indicator="satisfied", weight=30, zero=5000),
        SheetLine(indicator="corrected", weight=20, zero=3000, full=0),
        SheetLine(indicator=scoring.ATTENDANCE, weight=10),
    ),
    deductions=(SheetCount(measure=M.POINTS, each=100, most=3000),),
    bonuses=(SheetCount(measure=M.AGENCY, each=50, most=200),),
    most_bonus=200,
    honours=1,
)
SHARES: Mapping[str, tuple[Measure, Measure]] = {
    "on_time": (M.ON_TIME, M.FINISHED),
    "satisfied": (M.SATISFIED, M.RATED),
    "corrected": (M.CORRECTED, M.ACCEPTED),
}
GOOD: Own = {
    M.ACCEPTED: 10, M.FINISHED: 10, M.ON_TIME: 10, M.RATED: 4, M.SATISFIED: 4, M.CORRECTED: 0,
}  # fmt: skip


def value_of(indicator: str, counts: Mapping[Measure, int]) -> Value | None:
    part, whole = SHARES[indicator]
    of = counts.get(whole, 0)
    return Value(Fraction(counts.get(part, 0), of), of) if of else None


def own_counts() -> st.SearchStrategy[Own]:
    def build(numbers: tuple[int, ...]) -> Own:
        accepted, finished, on_time, rated, satisfied, points, agency = numbers
        return {
            M.ACCEPTED: accepted, M.FINISHED: finished, M.ON_TIME: min(on_time, finished),
            M.RATED: rated, M.SATISFIED: min(satisfied, rated), M.POINTS: points,
            M.AGENCY: agency, M.CORRECTED: min(agency, accepted),
        }  # fmt: skip

    return st.tuples(*[st.integers(0, 40)] * 7).map(build)


many = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), own_counts(), max_size=8)


def score_of(own: Own, sheet: Sheet = SHEET, **marks: int) -> Score:
    (score,) = scoring.reckon(sheet, {"a": own}, value_of, marks)
    return score


def test_whoever_does_everything_well_has_a_hundred() -> None:
    score = score_of(GOOD)
    assert (score.total, score.rank) == (10_000, 1)
    assert [one.points for one in score.lines] == [4445, 3333, 2222, 0]


def test_the_weight_of_a_line_without_a_figure_is_spread_over_the_others_visibly() -> None:
    score = score_of({**GOOD, M.RATED: 0, M.SATISFIED: 0})
    assert [(one.weight, one.value) for one in score.lines] == [
        (6667, 10_000),
        (0, None),
        (3333, 0),
        (0, None),
    ]
    assert score.total == 10_000


def test_points_taken_off_and_added_have_their_bounds() -> None:
    assert score_of({**GOOD, M.POINTS: 7}).total == 9_300
    assert score_of({**GOOD, M.POINTS: 99}).total == 7_000
    assert score_of({**GOOD, M.AGENCY: 3}).total == 10_150
    assert score_of({**GOOD, M.AGENCY: 99}).total == 10_200


def test_the_mark_of_the_department_weighs_as_the_sheet_says_and_is_missed_by_nobody() -> None:
    two_lines = replace(SHEET, grain=Grain.STAFF, department_weight=40)
    marked = score_of(GOOD, two_lines, a=80)
    assert (marked.centre, marked.department, marked.total) == (10_000, 8_000, 9_200)
    unmarked = score_of(GOOD, two_lines)
    assert (unmarked.department, unmarked.total) == (None, 10_000)
    assert score_of(GOOD, SHEET, a=80).total == 10_000


def test_too_few_cases_are_listed_and_not_ranked() -> None:
    few = {**GOOD, M.ACCEPTED: 2, M.FINISHED: 2, M.ON_TIME: 2}
    scores = scoring.reckon(SHEET, {"few": few, "none": {}, "many": GOOD}, value_of)
    assert [(one.subject, one.rank) for one in scores] == [("many", 1), ("few", 0), ("none", 0)]
    assert [one.total for one in scores] == [10_000, 10_000, None]


def test_equals_share_a_rank_and_the_next_is_left_out() -> None:
    worse = {**GOOD, M.ON_TIME: 9}
    scores = scoring.reckon(SHEET, {"b": GOOD, "c": worse, "a": GOOD}, value_of)
    assert [(one.subject, one.rank) for one in scores] == [("a", 1), ("b", 1), ("c", 3)]


def test_volume_is_measured_beside_the_busiest() -> None:
    lines = (SheetLine(indicator=scoring.VOLUME, weight=1),)
    counts = {"a": GOOD, "b": {**GOOD, M.ACCEPTED: 4}, "c": {}}
    scores = scoring.reckon(replace(SHEET, lines=lines), counts, value_of)
    assert {one.subject: one.total for one in scores} == {"a": 10_000, "b": 4_000, "c": None}


def test_an_award_is_for_the_first_without_a_blemish_and_for_his_equals() -> None:
    counts = {"a": {**GOOD, M.BAD: 1}, "b": GOOD, "c": GOOD, "d": {**GOOD, M.ON_TIME: 9}}
    scores = scoring.reckon(SHEET, counts, value_of)
    assert [one.subject for one in scoring.honours(SHEET, scores, counts)] == ["b", "c"]
    none = replace(SHEET, honours=0)
    assert scoring.honours(none, scores, counts) == ()


@given(many, st.randoms())
def test_the_order_in_which_they_are_told_changes_nothing(
    counts: dict[str, Own], random: Random
) -> None:
    names = list(counts)
    random.shuffle(names)
    shuffled = {name: counts[name] for name in names}
    assert scoring.reckon(SHEET, shuffled, value_of) == scoring.reckon(SHEET, counts, value_of)


@given(own_counts())
def test_better_figures_never_give_a_lower_score(own: Own) -> None:
    before = score_of(own).total
    for up, bound in ((M.ON_TIME, M.FINISHED), (M.SATISFIED, M.RATED)):
        if own[up] < own[bound]:
            after = score_of({**own, up: own[up] + 1}).total
            assert before is not None
            assert after is not None
            assert after >= before
    for down in (M.CORRECTED, M.POINTS):
        if own[down]:
            after = score_of({**own, down: own[down] - 1}).total
            assert (after or 0) >= (before or 0)


@given(many)
def test_a_score_adds_up_and_keeps_its_bounds(counts: dict[str, Own]) -> None:
    for one in scoring.reckon(SHEET, counts, value_of):
        has_figure = any(line.value is not None for line in one.lines)
        assert sum(line.weight for line in one.lines) == (10_000 if has_figure else 0)
        assert (one.total is None) is not has_figure
        if one.total is not None:
            added = sum(line.points for line in one.lines) - one.deducted + one.bonus
            assert one.total == max(added, 0)
            assert one.total <= 10_200
        assert one.rank == 0 or one.population >= SHEET.least


@pytest.mark.parametrize("weights", [[1, 1, 1], [3, 3, 1, 7], [10], [0, 5, 0]])
def test_weights_are_spread_to_a_hundred_exactly(weights: list[int]) -> None:
    assert sum(scoring.spread(weights)) == 10_000
