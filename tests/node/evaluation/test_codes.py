"""满意度 in others' codes: table A.8 counts down, stars count up, and neither is guessed."""

import pytest

from node.evaluation import codes
from node.evaluation.codes import UnknownGradeError
from schemas.evaluation import BAD, Grade

TABLE = [
    (Grade.VERY_SATISFIED, "1", "5"),
    (Grade.SATISFIED, "2", "4"),
    (Grade.FAIRLY_SATISFIED, "3", "3"),
    (Grade.DISSATISFIED, "4", "2"),
    (Grade.VERY_DISSATISFIED, "5", "1"),
]
"""GB/T 39046-2020 A.8, and stars."""


@pytest.mark.parametrize(("grade", "a8", "stars"), TABLE)
def test_each_grade_has_its_code_in_both_directions(grade: Grade, a8: str, stars: str) -> None:
    assert (codes.to_a8(grade), codes.to_stars(grade)) == (a8, stars)
    assert codes.from_a8(f" {a8} ") is codes.from_stars(stars) is grade


def test_the_two_tables_run_against_each_other() -> None:
    assert {one for one, _, _ in TABLE} == set(Grade) == set(codes.A8) == set(codes.STARS)
    assert codes.from_a8("5") is codes.from_stars("1") is Grade.VERY_DISSATISFIED
    bad = [grade for grade in Grade if grade <= BAD]
    assert [codes.to_a8(one) for one in bad] == ["4", "5"]
    assert [codes.to_stars(one) for one in bad] == ["2", "1"]


@pytest.mark.parametrize("code", ["", "0", "6", "05", "满意", "5.0", "-1"])
def test_what_is_no_code_is_refused(code: str) -> None:
    for read in (codes.from_a8, codes.from_stars):
        with pytest.raises(UnknownGradeError):
            read(code)
