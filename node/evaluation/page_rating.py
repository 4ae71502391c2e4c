"""What the page of a case shows of its evaluation: `section` is handed over by the app.

Whoever served the applicant sees that he evaluated, and not what he said.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from node.applicants.model import masked_phone
from node.cases.caseview import CaseView
from node.cases.page_looker import Looker
from node.database import Tx
from node.evaluation import model, page_rate, reading, tablets
from node.evaluation.dimensions import dimension_name, tag_name
from node.evaluation.tablet_store import Tablet
from node.web.chrome import Choice, Fact, Mark, when
from node.web.wording import Words
from schemas.evaluation import EvaluationView, Grade, RatingPart
from schemas.levels import Capability

TONES = {5: "green", 4: "green", 3: "brand", 2: "yellow", 1: "red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingSection:
    """评价 on the page of a case."""

    number: str
    mark: Mark
    text: str = ""
    facts: tuple[Fact, ...] = ()
    tablets: tuple[Choice, ...] = ()
    """Where he may invite; none: he may not, or there is none."""
    link: bool = False
    """He may show the applicant the way."""
    phone: bool = False
    """He may type a call-back in."""
    all: bool = False
    """He may see what others said."""


def section(tx: Tx, looker: Looker, view: CaseView) -> RatingSection | None:
    """Read how a case was evaluated, as far as he may see it; `None` if it is nothing to him."""
    words, roles = looker.words, looker.actor.roles
    rated, at_window = reading.of_case(tx, view.stream), bool(roles & model.INVITERS)
    if rated is not None:
        return _rated(tx, looker, view, rated)
    ratable = model.is_ratable(view)
    phone = ratable and _may_call(tx, looker, view)
    if not (at_window or phone or (ratable and roles & model.READERS)):
        return None
    return RatingSection(
        number=view.number,
        mark=Mark("plain", words.say("rating.none")),
        text=words.say("rating.none_text" if ratable else "rating.later"),
        tablets=_places(tablets.offered(tx, looker.actor.staff)) if at_window else (),
        link=ratable and at_window and looker.sees_names,
        phone=phone,
        all=_reads(looker),
    )


def _reads(looker: Looker) -> bool:
    oversees = Capability.OVERSEE in looker.profile.capabilities
    return oversees and bool(looker.actor.roles & model.READERS)


def _may_call(tx: Tx, looker: Looker, view: CaseView) -> bool:
    if not looker.actor.roles & model.CALLERS:
        return False
    acted = reading.acted_in(tx, view.stream)
    return model.may_type_in(looker.actor.roles, looker.actor.staff, acted)


def _places(found: tuple[Tablet, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(one.id, one.name) for one in found)


def _rated(tx: Tx, looker: Looker, view: CaseView, rated: EvaluationView) -> RatingSection:
    words, roles = looker.words, looker.actor.roles
    served = looker.actor.staff in {rated.staff, *reading.acted_in(tx, view.stream)}
    if served or not roles & model.READERS:
        done = Mark("plain", words.say("rating.done"))
        return RatingSection(number=view.number, mark=done, text=words.say("rating.secret"))
    handles = bool(roles & model.HANDLERS)
    written = reading.text_of(tx, looker.parts, rated) if handles else None
    facts = tuple(facts_of(words, rated, written))
    mark = mark_of(words, rated.grade)
    return RatingSection(number=view.number, mark=mark, facts=facts, all=_reads(looker))


def mark_of(words: Words, grade: Grade) -> Mark:
    """Show a grade as a light."""
    return Mark(TONES[grade.value], page_rate.grade_name(words, grade))


def facts_of(words: Words, rated: EvaluationView, written: RatingPart | None) -> Iterator[Fact]:
    """Tell an evaluation, and what was written if that may be read."""
    yield Fact(words.say("rating.at"), when(rated.given_at))
    yield Fact(words.say("rating.channel"), page_rate.channel_name(words, rated.channel))
    graded = [
        f"{dimension_name(words, rated.table, one.dimension)} "
        f"{page_rate.grade_name(words, one.grade)}"
        for one in rated.dimensions
    ]
    if graded:
        yield Fact(words.say("rating.dimensions"), words.joined(graded))
    tags = [tag_name(words, rated.table, one) for one in rated.tags]
    if tags:
        yield Fact(words.say("rating.tags"), words.joined(tags))
    if written is not None and written.text:
        yield Fact(words.say("rating.text"), written.text)
    if written is not None and written.contact:
        yield Fact(words.say("rating.contact"), masked_phone(written.contact))
    elif rated.named:
        yield Fact(words.say("rating.contact"), words.say("rating.named"))
