"""The days of an order, as forms offer and take them."""

from datetime import date

import pytest

from node.calendar.sources import calendar_from
from node.supervision import orders_days as days
from node.supervision import orders_model as model
from schemas.orders import OrderKind, OrderVerdict

MONDAY = date(2026, 11, 23)
CALENDAR = calendar_from(())


def test_the_usual_days_are_working_days() -> None:
    friday = date(2026, 11, 27)
    assert days.usual_reply_by(OrderKind.WARNING, friday, CALENDAR) == date(2026, 12, 2)
    assert days.usual_reply_by(OrderKind.ORDER, friday, CALENDAR) == date(2026, 12, 4)
    assert days.usual_reply_by(OrderKind.ADVICE, friday, CALENDAR) == date(2026, 12, 11)
    assert days.appeal_by(friday, CALENDAR) == date(2026, 12, 4)
    assert set(model.REPLY_WORKDAYS) == set(days.SERIES) == set(OrderKind)
    assert set(days.GROUNDS) == set(OrderVerdict)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("2026-11-24", ""), ("2026-11-23", "beyond"), ("2026-11-22", "beyond"),
        ("2027-11-24", "beyond"), ("", "unreadable"), ("24.11.2026", "unreadable"),
    ],
)  # fmt: skip
def test_the_last_day_lies_ahead_and_not_too_far(text: str, fault: str) -> None:
    assert days.fault_of_day(text, MONDAY, CALENDAR) == fault
