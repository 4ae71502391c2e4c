"""What the page of the applicant shows: what was typed, what the number says, who came before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from node.applicants import model as applicants
from node.hall.page_intake import Head
from node.hall.recognising import Known
from node.web.chrome import Choice, day
from node.web.wording import Words
from schemas.item_terms import ApplicantKind
from schemas.parts import Person

NUMBER_LENGTH: Final = 18  # of either kind of number: when it is whole it is looked at
REQUIRED: Final = ("id_number", "name", "phone")
"""In the order in which they are asked."""


@dataclass(frozen=True, slots=True)
class KnownLine:
    """Somebody who came before, in words, masked."""

    text: str
    id_number: str


@dataclass(frozen=True, slots=True)
class NumberLine:
    """What the number itself says, beside the field where it was typed."""

    fault: str = ""
    """What is wrong with it; empty while it is not whole."""
    says: str = ""
    """Birthday, age and sex, to be compared with the card."""
    known: KnownLine | None = None


@dataclass(frozen=True, slots=True)
class ApplicantPage:
    """填申请人."""

    head: Head
    kinds: tuple[Choice, ...]
    person: Person
    number: NumberLine
    focus: str
    """The field to begin with."""
    errors: Mapping[str, str] = field(default_factory=dict)


def number_line(words: Words, person: Person, today: date, known: Known | None) -> NumberLine:
    """Say of a whole number what is wrong with it, or what it tells."""
    number = person.id_number
    if len(number) < NUMBER_LENGTH:
        return NumberLine()
    fault = applicants.faults_in(person, today).get("applicant.id_number", "")
    if fault:
        return NumberLine(fault=fault_words(words, person, "id_number", fault))
    if known is None or (person.name and person.phone):
        return NumberLine(says=_says(words, person, today))
    line = KnownLine(_known_words(words, known), number)
    return NumberLine(says=_says(words, person, today), known=line)


def _says(words: Words, person: Person, today: date) -> str:
    born = applicants.born(person.id_number, today)
    if born is None or person.kind == ApplicantKind.LEGAL:
        return ""
    sex = words.say("applicant.woman" if born.is_woman else "applicant.man")
    return words.say("applicant.says", day=born.day.isoformat(), age=born.age, sex=sex)


def _known_words(words: Words, known: Known) -> str:
    item = words.pick(known.item, known.item_en) or words.say("list.item_unknown")
    return words.say(
        "applicant.known", name=known.name, phone=known.phone, day=day(known.at_ms), item=item
    )


def focus_of(person: Person, number: NumberLine, errors: Mapping[str, str]) -> str:
    """Name where to type next: the first thing wrong, else the first thing empty, else go on."""
    if errors:
        return next(iter(errors))
    if number.known is not None:
        return "known"
    return next((name for name in REQUIRED if not getattr(person, name)), "next")


def fault_words(words: Words, person: Person, name: str, fault: str) -> str:
    """Say what is wrong with a field of the applicant."""
    key = f"intake.{name}_wrong"
    if name == "id_number":
        key = f"{'code' if person.kind == ApplicantKind.LEGAL else 'id'}.{fault}"
    return words.say(key if words.has(key) else "form.empty")
