from datetime import date

import pytest

from node.applicants.model import Born, born


@pytest.mark.parametrize(
    ("number", "today", "said"),
    [
        ("11010519491231002X", date(2026, 12, 30), Born(date(1949, 12, 31), 76, is_woman=True)),
        ("11010519491231002X", date(2026, 12, 31), Born(date(1949, 12, 31), 77, is_woman=True)),
        ("610328190001010013", date(2026, 1, 1), Born(date(1900, 1, 1), 126, is_woman=False)),
    ],
    ids=["the day before his birthday", "on it", "an odd digit is a man"],
)
def test_a_sound_number_tells_birthday_age_and_sex(number: str, today: date, said: Born) -> None:
    assert born(number, today) == said


@pytest.mark.parametrize(
    "number", ["610328190001010014", "610328190002290037", "", "91350100M000100Y43"]
)
def test_any_other_number_tells_nothing(number: str) -> None:
    assert born(number, date(2026, 1, 1)) is None
