"""Which lines a wish makes, and how sentences in both languages are told apart."""

import pytest
from msgspec.structs import replace

from node.revisions import page_marks
from node.revisions.drafting import Base, UnfitError, Wish, changes_for
from node.web.wording import WORDS, Language
from schemas.item_terms import EndReason
from tests.support.catalogue import ENROLMENT, LICENCE

ONE, OTHER = Base(LICENCE, 3), Base(ENROLMENT, 1)
ZH, EN = WORDS[Language.ZH], WORDS[Language.EN]


def test_a_change_begins_with_the_text_and_version_in_force() -> None:
    (change,) = changes_for(Wish.REVISE, [ONE], ())
    assert (change.code, change.base, change.item) == (LICENCE.code, 3, LICENCE)


@pytest.mark.parametrize(
    ("wish", "reason"),
    [(Wish.SUSPEND, EndReason.SUSPENDED), (Wish.ABOLISH, EndReason.ABOLISHED)],
)
def test_an_end_names_its_reason_and_the_version_that_ends(wish: Wish, reason: EndReason) -> None:
    ended = changes_for(wish, [ONE, OTHER], ())
    assert [(one.ends, one.base, one.item) for one in ended] == [
        (reason, 3, None),
        (reason, 1, None),
    ]


def test_a_merge_ends_each_and_begins_one_that_knows_them_all() -> None:
    *ended, begun = changes_for(Wish.MERGE, [ONE, OTHER], ("new-1",))
    assert [(one.code, one.ends, one.successors) for one in ended] == [
        (LICENCE.code, EndReason.MERGED, ("new-1",)),
        (ENROLMENT.code, EndReason.MERGED, ("new-1",)),
    ]
    assert begun.base == 0
    assert begun.item == replace(
        LICENCE, code="new-1", codes=(), predecessors=(LICENCE.code, ENROLMENT.code)
    )


@pytest.mark.parametrize(
    ("wish", "bases", "codes", "field"),
    [
        (Wish.SPLIT, [ONE, OTHER], ("a", "b"), "items"),
        (Wish.SPLIT, [ONE], ("a",), "codes"),
        (Wish.MERGE, [ONE], ("a",), "items"),
        (Wish.MERGE, [ONE, OTHER], ("a", "b"), "codes"),
    ],
    ids=["two split at once", "split into one", "one merged", "merged into two"],
)
def test_a_wish_that_does_not_fit_names_the_field_to_change(
    wish: Wish, bases: list[Base], codes: tuple[str, ...], field: str
) -> None:
    with pytest.raises(UnfitError) as caught:
        changes_for(wish, bases, codes)
    assert caught.value.field == field
    assert all(caught.value.words)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("没有依据 · no basis", "没有依据", "no basis"),
        ("甲 · a\n乙 · b", "甲；乙", "a; b"),
        ("申请材料 · 份数 · materials · copies", "申请材料 · 份数", "materials · copies"),
        ("0–60", "0–60", "0–60"),
    ],
    ids=["one", "two", "with a path", "of no language"],
)
def test_a_sentence_in_both_languages_is_said_in_one(text: str, zh: str, en: str) -> None:
    assert (page_marks.spoken(ZH, text), page_marks.spoken(EN, text)) == (zh, en)
