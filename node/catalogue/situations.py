"""办理情形 as rows: one answer a row, as a sheet of a workbook and a page of the editor have them.

Rows of one question stand together and repeat its text. Pure.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

import msgspec

from schemas.items import Answer, Item, Question

FIELD: Final = "situations"
UNANSWERED: Final = Answer(code="", text="")
"""What the one row of a question without answers holds."""
_PATH: Final = re.compile(r"situations\[(\d+)\](?:\.(text|answers))?(?:\[(\d+)\])?(?:\.(\w+))?")


class SituationRow(msgspec.Struct, frozen=True, kw_only=True):
    """An answer, with the question to which it is one. Its fields have the paths of theirs."""

    text: str
    answers: Answer


def rows_of(item: Item, field: str) -> tuple[object, ...]:
    """Give the rows of a list of an item, as its sheet has them."""
    return flat(item.situations) if field == FIELD else tuple(getattr(item, field))


def flat(questions: Iterable[Question]) -> tuple[SituationRow, ...]:
    """Give a row for each answer; a question without answers has one that is empty."""
    return tuple(
        SituationRow(text=question.text, answers=answer)
        for question in questions
        for answer in question.answers or (UNANSWERED,)
    )


def grouped(rows: Sequence[SituationRow]) -> tuple[Question, ...]:
    """Put rows of one question that stand together into that question."""
    found = []
    for text, group in groupby(rows, key=lambda row: row.text):
        answers = tuple(row.answers for row in group)
        found.append(Question(text=text, answers=() if answers == (UNANSWERED,) else answers))
    return tuple(found)


def flat_path(questions: Sequence[Question], path: str) -> str:
    """Lead to the row of a flaw: `situations[1].answers[0].code` is `situations[2].answers.code`.

    Other paths stay as they are.
    """
    hit = _PATH.fullmatch(path)
    if hit is None:
        return path
    question, whole, answer, field = hit.groups()
    before = flat(questions[: int(question)])
    row = len(before) + int(answer or 0)
    return ".".join(filter(None, (f"{FIELD}[{row}]", whole, field)))
