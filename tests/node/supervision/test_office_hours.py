"""办公时间: hours of work as rules count them."""

import pytest

from node.supervision import office_hours
from node.supervision.model import Values
from tests.support.lives import PUBLISHED, ms, told

USUAL: Values = {name: one.usual for name, one in office_hours.PARAMETERS.items()}
OVER_NOON: Values = {**USUAL, "noon_from_hour": 12, "noon_to_hour": 12}
NEVER: Values = {**USUAL, "opens_hour": 18, "noon_to_hour": 18}


@pytest.mark.parametrize(
    ("start", "hours", "values", "over"),
    [
        ("03-02 09:00", 2, USUAL, "03-02 11:00"),
        ("03-02 11:00", 2, USUAL, "03-02 15:00"),
        ("03-02 12:30", 1, USUAL, "03-02 15:00"),
        ("03-02 17:00", 2, USUAL, "03-03 09:00"),
        ("03-02 20:00", 8, USUAL, "03-03 18:00"),
        ("03-06 17:00", 2, USUAL, "03-09 09:00"),
        ("03-07 10:00", 1, USUAL, "03-09 09:00"),
        ("04-30 17:30", 1, USUAL, "05-06 08:30"),
        ("03-02 11:00", 2, OVER_NOON, "03-02 13:00"),
        ("03-02 11:00", 2, NEVER, "03-04 24:00"),
    ],
    ids=[
        "in the morning", "over noon", "begun at noon", "into the next day", "begun at night",
        "over the weekend", "begun on a Saturday", "over a holiday", "open at noon",
        "no hour is worked",
    ],
)  # fmt: skip
def test_only_hours_of_work_pass(start: str, hours: int, values: Values, over: str) -> None:
    assert told(office_hours.after(ms(start), hours, PUBLISHED, values)) == over


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("03-02 08:00", True),
        ("03-02 07:59", False),
        ("03-02 12:00", False),
        ("03-02 14:00", True),
        ("03-02 18:00", False),
        ("03-07 10:00", False),
        ("02-14 10:00", True),  # a Saturday that is worked
    ],
)
def test_offices_are_open_on_workdays(when: str, is_open: bool) -> None:  # noqa: FBT001  # a case
    assert office_hours.is_open(ms(when), PUBLISHED, USUAL) is is_open


def test_an_instant_that_no_calendar_knows_is_given_back() -> None:
    assert office_hours.after(10**15, 4, PUBLISHED, USUAL) == 10**15
