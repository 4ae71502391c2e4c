"""Identifier checks with the traps of the trade, and what a mask lets through."""

from datetime import date

import pytest
from msgspec.structs import replace

from node.applicants import model
from schemas.parts import Person

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "number", ["11010519491231002X", "610328190001010013", "610328190001010021"]
)
def test_an_id_number_with_the_right_check_digit_and_a_real_birthday_passes(number: str) -> None:
    assert model.id_number_fault(number, TODAY) is None


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("110105194912310021", "wrong_check"),
        ("610328190001010031", "wrong_check"),
        (
            "610328190002290037",
            "no_such_birthday",
        ),  # the check digit is right: 1900 had no leap day
        ("11010519491231002x", "not_18_digits"),
        ("110105491231002", "not_18_digits"),  # the 15 digits of old cards
        ("1101051949123100２X", "not_18_digits"),  # a full-width digit
        ("", "not_18_digits"),
        ("010105194912310020", "not_18_digits"),
        ("110105194912310O2X", "not_18_digits"),  # the letter O
        ("11010519491231002X ", "not_18_digits"),
        ("61032819000101001", "not_18_digits"),
    ],
)
def test_an_id_number_is_refused_with_its_reason(number: str, fault: str) -> None:
    assert model.id_number_fault(number, TODAY) == fault


def test_nobody_is_born_tomorrow() -> None:
    body = "61032820261124001"
    total = sum(
        weight * int(digit)
        for weight, digit in zip(model._ID_WEIGHTS, body, strict=True)  # noqa: SLF001
    )
    number = body + model._ID_CHECKS[total % 11]  # noqa: SLF001
    assert model.id_number_fault(number, TODAY) == "no_such_birthday"
    assert model.id_number_fault(number, date(2026, 11, 24)) is None


@pytest.mark.parametrize("region", ["99", "10", "17", "38", "66", "70"])
def test_a_region_that_no_province_has_is_refused(region: str) -> None:
    body = f"{region}032819000101001"
    total = sum(
        weight * int(digit)
        for weight, digit in zip(model._ID_WEIGHTS, body, strict=True)  # noqa: SLF001
    )
    assert model.id_number_fault(body + model._ID_CHECKS[total % 11], TODAY) == "unknown_region"  # noqa: SLF001


def test_a_body_applies_with_its_credit_code_and_a_person_with_his_id_number() -> None:
    firm = Person(
        kind="legal", name="某某公司", id_number="91350100M000100Y43", phone="0917-4241234"
    )
    assert model.faults_in(firm, TODAY) == {}
    swapped = replace(firm, kind="natural")
    assert model.faults_in(swapped, TODAY) == {"applicant.id_number": "not_18_digits"}
    mock = replace(firm, id_number="11440300007542785T")
    assert model.faults_in(mock, TODAY) == {"applicant.id_number": "wrong_check"}
    person = replace(firm, id_number="11010519491231002X")
    assert model.faults_in(person, TODAY) == {"applicant.id_number": "wrong_check"}


@pytest.mark.parametrize(
    ("phone", "good"),
    [
        ("13812341234", True),
        ("0917-4241234", True),
        ("01012345678", True),
        ("12812341234", False),
        ("1381234123", False),
        ("+8613812341234", False),
        ("", False),
    ],
)
def test_a_phone_is_a_mobile_or_a_landline_with_its_area(*, phone: str, good: bool) -> None:
    assert model.is_phone(phone) is good


def test_masks_show_enough_to_recognise_and_too_little_to_use() -> None:
    assert model.masked_name("张三") == "张*"
    assert model.masked_name("欧阳小明") == "欧***"
    assert model.masked_id("610328190001010013") == "610328********0013"
    assert model.masked_phone("13812341234") == "138****1234"


def test_every_field_that_is_wrong_is_said_at_once() -> None:
    person = Person(kind="ghost", name="张", id_number="1", phone="2", address="x" * 201)
    assert model.faults_in(person, TODAY) == {
        "applicant.kind": "unknown_kind",
        "applicant.name": "bad_length",
        "applicant.id_number": "not_18_digits",
        "applicant.phone": "not_a_phone",
        "applicant.address": "bad_length",
    }


def test_what_is_typed_carelessly_is_kept_normal() -> None:
    typed = Person(
        kind="natural",
        name="  张  三 ",
        id_number="110105 19491231 002x",
        phone="138 1234 1234",
    )
    kept = model.normal(typed)
    assert (kept.name, kept.id_number, kept.phone) == (
        "张 三",
        "11010519491231002X",
        "13812341234",
    )
    assert model.faults_in(kept, TODAY) == {}
