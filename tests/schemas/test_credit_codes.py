"""A unified social credit code is proven by its check character."""

import pytest

from schemas.credit_codes import credit_code_fault

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize(
    "code",
    [
        "12441500196720244T",
        "91350100M000100Y43",
        "11511301008778183N",
        "115113010833722043",
        "11610328099900016F",
        "11610328099900024A",
        "11610328099900059W",
    ],
)
def test_a_credit_code_with_the_right_check_character_passes(code: str) -> None:
    assert credit_code_fault(code) is None


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("11440300007542785T", "wrong_check"),
        ("11610328099900016G", "wrong_check"),
        ("1161032809990001IF", "not_18_characters"),  # I, O, S, V and Z are not in the alphabet
        ("11610328O99900016F", "not_18_characters"),
        ("11610328099900016", "not_18_characters"),
        ("11610328099900016f", "not_18_characters"),
    ],
)
def test_a_credit_code_is_refused_with_its_reason(code: str, fault: str) -> None:
    assert credit_code_fault(code) == fault


def _checked(first: str) -> str:
    """Give a code its right last character."""
    return next(
        first + last for last in ALPHABET if credit_code_fault(first + last) != "wrong_check"
    )


@pytest.mark.parametrize("kind", ["11", "12", "51", "52", "53", "91", "92", "93", "N1", "Y1"])
def test_every_kind_of_body_has_codes(kind: str) -> None:
    assert credit_code_fault(_checked(f"{kind}610328MA6X12345")) is None


@pytest.mark.parametrize("first", ["01610328099900016", "B1610328099900016", "9161A328099900016"])
def test_a_body_that_nobody_registers_is_refused(first: str) -> None:
    assert credit_code_fault(_checked(first)) == "wrong_body"
