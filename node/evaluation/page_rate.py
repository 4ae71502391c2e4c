"""What the pages show on which people evaluate: the five grades, the details, and what is wrong.

The same form at a tablet, on a phone and at a kiosk; without script, and with one tap if that is
all that somebody wants to do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from node.evaluation.dimensions import CURRENT
from node.web.chrome import Choice
from node.web.pages_base import Typed
from node.web.wording import Words
from schemas.evaluation import EvaluationChannel, EvaluationForm, Grade

DIMENSION: Final = "d-"
"""What the names of fields of dimensions begin with."""
BEST_FIRST: Final = tuple(sorted(Grade, reverse=True))
BY_LINK: Final[Mapping[str, EvaluationChannel]] = {
    "qr": EvaluationChannel.QR,
    "sms": EvaluationChannel.SMS,
    "kiosk": EvaluationChannel.KIOSK,
}
"""What `v` in an address says of how somebody came."""
MOST_DIGITS: Final = 2  # of a grade: more is none


@dataclass(frozen=True, slots=True, kw_only=True)
class RateForm:
    """The form."""

    action: str
    hidden: tuple[tuple[str, str], ...]
    grades: tuple[Choice, ...]
    """The best first."""
    dimensions: tuple[Choice, ...]
    good: tuple[Choice, ...]
    bad: tuple[Choice, ...]
    errors: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def form_of(
    words: Words,
    action: str,
    hidden: tuple[tuple[str, str], ...] = (),
    *,
    typed: Typed | None = None,
    errors: Mapping[str, str] | None = None,
) -> RateForm:
    """Make the form, with what was typed before and what is wrong with it."""
    tags = [(one, Choice(one.code, words.pick(one.zh, one.en))) for one in CURRENT.tags]
    return RateForm(
        action=action,
        hidden=hidden,
        grades=grades(words),
        dimensions=tuple(
            Choice(DIMENSION + one.code, words.pick(one.zh, one.en)) for one in CURRENT.dimensions
        ),
        good=tuple(choice for one, choice in tags if Grade.VERY_SATISFIED in one.grades),
        bad=tuple(choice for one, choice in tags if Grade.VERY_SATISFIED not in one.grades),
        errors=_said(words, errors or {}),
        typed={} if typed is None else typed.values,
    )


def grades(words: Words) -> tuple[Choice, ...]:
    """List the five grades, the best first."""
    return tuple(Choice(str(one.value), grade_name(words, one)) for one in BEST_FIRST)


def grade_name(words: Words, grade: Grade) -> str:
    """Name a grade."""
    return words.say(f"grade.{grade.value}")


def channel_name(words: Words, channel: EvaluationChannel) -> str:
    """Name a channel."""
    return words.say(f"evaluation_channel.{channel}")


def form_from(typed: Typed) -> EvaluationForm:
    """Read what was sent; what is no number is no grade."""
    details = {
        name.removeprefix(DIMENSION): _grade(typed.text(name))
        for name in typed.values
        if name.startswith(DIMENSION) and typed.text(name)
    }
    return EvaluationForm(
        grade=_grade(typed.text("grade")),
        dimensions=details,
        tags=tuple(dict.fromkeys(typed.texts("tag"))),
        text=typed.text("text").replace("\r\n", "\n"),
        contact=typed.text("contact"),
    )


def _grade(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if is_number else 0


def _said(words: Words, faults: Mapping[str, str]) -> Mapping[str, str]:
    """Say what is wrong, under the name of the field of the page."""
    named = {
        field.replace("dimensions.", DIMENSION).split(".")[0]: code
        for field, code in faults.items()
    }
    return {field: words.say(f"fault.{code}") for field, code in named.items()}
