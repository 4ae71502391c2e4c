"""情形校验: what is wrong with the questions whose answers choose the papers."""

import re
from collections.abc import Iterator
from typing import Final

from node.catalogue.flaws import Flaw, Rule, repeated
from schemas.items import Answer, Item

FEWEST_ANSWERS: Final = 2  # a question with one answer asks nothing
ANSWER_FORM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")  # goes into forms and events


def situation_flaws(item: Item) -> Iterator[Flaw]:
    """List what is wrong with the situations of `item` (办理情形)."""
    answers = [one for question in item.situations for one in question.answers]
    for code in repeated(one.code for one in answers):
        yield Flaw("situations", Rule.ANSWER_TWICE, (code,))
    for text in repeated(question.text for question in item.situations):
        yield Flaw("situations", Rule.QUESTION_TWICE, (text,))
    known = {material.code for material in item.materials}
    for number, question in enumerate(item.situations):
        field = f"situations[{number}]"
        if not question.text.strip():
            yield Flaw(f"{field}.text", Rule.EMPTY)
        if len(question.answers) < FEWEST_ANSWERS:
            yield Flaw(f"{field}.answers", Rule.QUESTION_WITHOUT_CHOICE, (question.text,))
        for at, answer in enumerate(question.answers):
            yield from _answer_flaws(answer, f"{field}.answers[{at}]", known)


def _answer_flaws(answer: Answer, field: str, known: set[str]) -> Iterator[Flaw]:
    if not answer.text.strip():
        yield Flaw(f"{field}.text", Rule.EMPTY)
    if not ANSWER_FORM.fullmatch(answer.code):
        yield Flaw(f"{field}.code", Rule.ANSWER_CODE, (answer.code,))
    for code in answer.materials:
        if code not in known:
            yield Flaw(f"{field}.materials", Rule.ANSWER_MATERIAL_UNKNOWN, (code, answer.text))
