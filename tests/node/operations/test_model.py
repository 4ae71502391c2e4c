"""When something is due."""

from datetime import timedelta

import pytest

from node.operations import model
from schemas.doctor import Standing
from schemas.operations import Ending, Ends

NOW = 1_795_420_800_000
OK, WARNING, FAULT = Standing.OK, Standing.WARNING, Standing.FAULT


def ago(**length: float) -> int:
    return NOW - timedelta(**length) // timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("ends_at", "standing"),
    [(ago(days=-31), OK), (ago(days=-29), WARNING), (ago(hours=-1), WARNING), (NOW, FAULT)],
    ids=["far", "a month before", "an hour before", "over"],
)
def test_a_certificate_is_told_of_a_month_before_it_ends(ends_at: int, standing: Standing) -> None:
    assert model.certificate("server", ends_at, NOW).standing is standing


@pytest.mark.parametrize(
    ("last", "standing"),
    [(ago(hours=20), OK), (ago(hours=26), WARNING), (ago(days=8), FAULT), (0, FAULT)],
    ids=["yesterday evening", "a day missed", "a week missed", "never"],
)
def test_a_backup_is_due_every_day_and_missing_after_a_week(last: int, standing: Standing) -> None:
    assert model.backup(last, NOW).standing is standing


def test_a_drill_is_due_each_quarter_and_one_that_failed_is_a_fault_at_once() -> None:
    assert model.drill(ago(days=80), NOW, clean=True).standing is OK
    assert model.drill(ago(days=95), NOW, clean=True).standing is WARNING
    assert model.drill(0, NOW, clean=True).standing is WARNING
    assert model.drill(ago(hours=1), NOW, clean=False).standing is FAULT


def test_old_keys_are_told_of_and_stop_nothing() -> None:
    assert model.keys(ago(days=364), NOW).standing is OK
    assert model.keys(ago(days=4000), NOW).standing is WARNING


def test_what_is_wrong_stands_first_then_what_comes_first() -> None:
    def one(name: str, at: int, standing: Standing) -> Ends:
        return Ends(what=Ending.CERTIFICATE, name=name, at=at, standing=standing)

    listed = (one("c", 9, OK), one("b", 3, OK), one("d", 1, OK), one("a", 9, FAULT))
    assert [end.name for end in model.in_order(listed)] == ["a", "d", "b", "c"]
