"""What a password and an account may be."""

import pytest

from levels.profiles import profiles
from node.staff import model
from schemas.ids import DepartmentId, Level
from schemas.staff import Role


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("three blue herons", None),
        ("山高水长风清月白日暖", None),
        ("山高水长", "too_short"),
        ("123456789", "too_short"),
        ("x" * 300, "too_long"),
        ("1234567890", "well_known"),
        ("QWERTYUIOP", "well_known"),
        ("１２３４５６７８９０", "well_known"),  # full-width
        ("wang.li2026", "well_known"),
        ("aaaaaaaaaaaa", "too_simple"),
        ("121212121212", "too_simple"),
        ("cdefghijklmn", "too_simple"),
        ("zyxwvutsrqpo", "too_simple"),
    ],
)
def test_a_password_is_judged_by_length_and_by_what_everybody_tries(
    password: str, fault: str | None
) -> None:
    assert model.password_faults("wang.li", password).get("password") == fault


def test_the_list_holds_only_what_length_lets_through() -> None:
    assert len(model.breached()) > 250
    assert all(len(word) >= model.SHORTEST_PASSWORD for word in model.breached())
    assert all(word == word.casefold() for word in model.breached())


@pytest.mark.parametrize("level", list(Level))
def test_an_account_has_only_posts_of_its_tier(level: Level) -> None:
    profile = profiles()[level]
    for role in Role:
        faults = model.account_faults(
            profile,
            (DepartmentId("zrzy"),),
            login="li.na",
            name="李娜",
            roles=(role,),
            department=DepartmentId("zrzy"),
        )
        assert ("roles" in faults) == (role not in profile.roles)


def test_a_post_in_a_department_needs_one_where_there_are_some() -> None:
    town, county = profiles()[Level.TOWN], profiles()[Level.COUNTY]
    for profile, departments, missing in (
        (county, (DepartmentId("zrzy"),), True),
        (town, (), False),
    ):
        faults = model.account_faults(
            profile, departments, login="li", name="李", roles=(Role.APPROVER,), department=None
        )
        assert ("department" in faults) == missing


@pytest.mark.parametrize(
    ("roles", "at_county", "at_town"),
    [
        ((Role.AUDITOR,), None, None),
        ((Role.AUDITOR, Role.DIRECTOR), "auditor_alone", "auditor_alone"),
        ((Role.OPERATOR, Role.SECURITY), "kept_apart", None),
        ((Role.OPERATOR, Role.CLERK), "keeps_and_works", None),
        ((Role.SECURITY, Role.APPROVER), "keeps_and_works", None),
        ((Role.SECURITY, Role.DIRECTOR), None, None),
    ],
)
def test_system_security_and_audit_lie_with_different_people(
    roles: tuple[Role, ...], at_county: str | None, at_town: str | None
) -> None:
    for level, fault in ((Level.COUNTY, at_county), (Level.TOWN, at_town)):
        faults = model.account_faults(
            profiles()[level], (), login="li", name="李", roles=roles, department=None
        )
        assert faults.get("roles") == fault


def test_accounts_are_the_operators_only_where_nobody_keeps_security() -> None:
    assert model.may_keep({Role.OPERATOR}, has_security=False)
    assert not model.may_keep({Role.OPERATOR}, has_security=True)
    assert model.may_keep({Role.SECURITY}, has_security=True)
    assert not model.may_keep({Role.DIRECTOR}, has_security=False)
