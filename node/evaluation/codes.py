"""满意度 in the codes of others: the one place where the direction turns. Pure.

GB/T 39046 table A.8 counts 1 非常满意 … 5 非常不满意; interfaces of 好差评 count stars, 5 the best.
Ours are stars (`Grade`). Whoever mixes the two turns every statistic over without a sound, so
nothing else in the program may know A.8, and what is no code of a table is refused, never guessed.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from schemas.evaluation import Grade

A8: Final[Mapping[Grade, str]] = MappingProxyType(
    {
        Grade.VERY_SATISFIED: "1",
        Grade.SATISFIED: "2",
        Grade.FAIRLY_SATISFIED: "3",
        Grade.DISSATISFIED: "4",
        Grade.VERY_DISSATISFIED: "5",
    }
)
"""GB/T 39046-2020, table A.8."""
STARS: Final[Mapping[Grade, str]] = MappingProxyType({grade: str(grade.value) for grade in Grade})
"""Interfaces of 好差评 systems: 5 is 非常满意."""
_FROM_A8: Final = {code: grade for grade, code in A8.items()}
_FROM_STARS: Final = {code: grade for grade, code in STARS.items()}


class UnknownGradeError(ValueError):
    """The code is none of that table."""


def to_a8(grade: Grade) -> str:
    """Write a grade as table A.8 does."""
    return A8[grade]


def from_a8(code: str) -> Grade:
    """Read a code of table A.8. Raises `UnknownGradeError`."""
    return _read(_FROM_A8, code)


def to_stars(grade: Grade) -> str:
    """Write a grade as interfaces that count stars do."""
    return STARS[grade]


def from_stars(code: str) -> Grade:
    """Read a number of stars. Raises `UnknownGradeError`."""
    return _read(_FROM_STARS, code)


def _read(table: Mapping[str, Grade], code: str) -> Grade:
    grade = table.get(code.strip())
    if grade is None:
        raise UnknownGradeError(code[:20])
    return grade
