"""The tour that the pictures and the inspections follow."""

from tests.support.tour import TOUR


def test_every_picture_has_a_name_of_its_own() -> None:
    names = [stop.name for stop in TOUR]
    assert len(set(names)) == len(names)
