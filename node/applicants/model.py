"""What an applicant's papers must say: identifier and phone checks, and what may be shown of them.

Pure. The day against which dates are checked is the caller's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from schemas.credit_codes import credit_code_fault
from schemas.ids import PartDigest
from schemas.item_terms import ApplicantKind
from schemas.parts import Person

# GB 11643-1999 公民身份号码
_ID_FORM: Final = re.compile(r"[1-9][0-9]{16}[0-9X]")
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"
_PROVINCES: Final = frozenset(
    (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55))
) | frozenset((*range(61, 66), 71, 81, 82, 83, 91))  # GB/T 2260; 83 residents of Taiwan, 91 abroad

_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE: Final = re.compile(r"0[0-9]{2,3}-?[0-9]{7,8}")

MAX_NAME: Final = 60  # the longest registered company names stay below; cards hold 30
MAX_ADDRESS: Final = 200
ID_LENGTH: Final = 18
MAX_PHONE: Final = 20
MAX_RELATION: Final = 20  # characters: 户主、配偶、子女…


@dataclass(frozen=True, slots=True)
class SealedApplicant:
    """An applicant ready to be stored: nothing in it can be read without this node's keys."""

    part: PartDigest
    sealed: bytes = field(repr=False)
    name: bytes
    id_number: bytes
    phone: bytes
    agent: bytes | None = None
    """Hash of the ID number of who acts for him; `None` if nobody does, or it is not known."""


def normal(person: Person) -> Person:
    """Give `person` as it is kept: no stray spaces, a final `x` in upper case."""
    return Person(
        kind=person.kind,
        name=" ".join(person.name.split()),
        id_number=person.id_number.replace(" ", "").upper(),
        phone=person.phone.replace(" ", ""),
        address=person.address.strip(),
        agent_name=" ".join(person.agent_name.split()),
        agent_id=person.agent_id.replace(" ", "").upper(),
        agent_phone=person.agent_phone.replace(" ", ""),
        relation=" ".join(person.relation.split()),
    )


def faults_in(person: Person, today: date) -> Mapping[str, str]:
    """Say what is wrong with each field of a normal `person`; empty if nothing is."""
    checks = {
        "kind": None if person.kind in _KINDS else "unknown_kind",
        "name": None if 1 < len(person.name) <= MAX_NAME else "bad_length",
        "id_number": _id_fault(person, today),
        "phone": None if is_phone(person.phone) else "not_a_phone",
        "address": None if len(person.address) <= MAX_ADDRESS else "bad_length",
        "agent_name": None if len(person.agent_name) <= MAX_NAME else "bad_length",
        "agent_id": None if len(person.agent_id) <= ID_LENGTH else "bad_length",
        "agent_phone": None if len(person.agent_phone) <= MAX_PHONE else "bad_length",
        "relation": None if len(person.relation) <= MAX_RELATION else "bad_length",
    }
    return {f"applicant.{field}": fault for field, fault in checks.items() if fault is not None}


_KINDS: Final = frozenset(kind.value for kind in ApplicantKind)


def _id_fault(person: Person, today: date) -> str | None:
    if person.kind == ApplicantKind.LEGAL:
        return credit_code_fault(person.id_number)
    return id_number_fault(person.id_number, today)


def id_number_fault(text: str, today: date) -> str | None:
    """Say what is wrong with a citizen's ID number (GB 11643); `None` if nothing is.

    `not_18_digits`, `wrong_check`, `unknown_region` or `no_such_birthday`; the old 15-digit form
    is refused.
    """
    if not _ID_FORM.fullmatch(text):
        return "not_18_digits"
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, text[:17], strict=True))
    if _ID_CHECKS[total % 11] != text[17]:
        return "wrong_check"
    if int(text[:2]) not in _PROVINCES:
        return "unknown_region"
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return "no_such_birthday"
    return None if _FIRST_BIRTHDAY <= born <= today else "no_such_birthday"


_FIRST_BIRTHDAY: Final = date(1900, 1, 1)  # nobody older is alive; catches slips of the century


@dataclass(frozen=True, slots=True)
class Born:
    """What a citizen's number says of its holder, to be compared with the face and the card."""

    day: date
    age: int
    """Whole years (周岁)."""
    is_woman: bool


def born(id_number: str, today: date) -> Born | None:
    """Read birthday and sex from a sound ID number; `None` from anything else."""
    if id_number_fault(id_number, today) is not None:
        return None
    day = date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    had_birthday = (today.month, today.day) >= (day.month, day.day)
    age = today.year - day.year - (not had_birthday)
    return Born(day, age, is_woman=int(id_number[16]) % 2 == 0)


def is_phone(text: str) -> bool:
    """Say whether it is a mobile number, or a landline with its area code."""
    return bool(_MOBILE.fullmatch(text) or _LANDLINE.fullmatch(text))


def masked_name(name: str) -> str:
    """Show the first character alone: 张*, 千***公司 as 千*****."""
    return name[:1] + "*" * (len(name) - 1)


def masked_id(number: str) -> str:
    """Show where it was given and its tail: 610328********0013."""
    return number[:6] + "*" * max(0, len(number) - 10) + number[-4:]


def masked_phone(phone: str) -> str:
    """Show 138****1234."""
    return phone[:3] + "*" * max(0, len(phone) - 7) + phone[-4:]
