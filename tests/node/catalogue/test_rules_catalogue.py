"""Items of one catalogue fit together, and every rule there is can be broken and is told."""

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from node.catalogue.flaws import WARNINGS, Flaw, Rule
from node.catalogue.rules import catalogue_flaws, errors_of, flaws_of, warnings_of
from node.catalogue.wording import SENTENCES, sentence_of
from schemas.items import Item
from tests.node.catalogue import (
    test_rules,
    test_rules_codes,
    test_rules_grounds,
    test_rules_guide,
    test_rules_law,
)
from tests.support.catalogue import ENROLMENT, LICENCE
from tests.support.shapes import any_item

ALONE = [
    pair
    for module in (
        test_rules,
        test_rules_codes,
        test_rules_grounds,
        test_rules_guide,
        test_rules_law,
    )
    for pair in module.PAIRS
]


def chain(**follows: str) -> tuple[Item, ...]:
    return tuple(replace(ENROLMENT, code=code, follows=one) for code, one in follows.items())


TOGETHER: list[tuple[Rule, tuple[Item, ...], tuple[Item, ...]]] = [
    (Rule.CODE_TAKEN, (LICENCE, replace(ENROLMENT, code=LICENCE.code)), (LICENCE, ENROLMENT)),
    (Rule.FOLLOWS_CYCLE, chain(a="b", b="a"), chain(a="b", b="")),
    (Rule.FOLLOWS_CYCLE, chain(a="b", b="c", c="a"), chain(a="b", b="c", c="")),
    (Rule.FOLLOWS_UNKNOWN, chain(a="b"), chain(a="b", b="")),
    (
        Rule.PREDECESSOR_UNKNOWN,
        (replace(LICENCE, predecessors=("old",)),),
        (replace(LICENCE, predecessors=(ENROLMENT.code,)), ENROLMENT),
    ),
]


def misfits(items: tuple[Item, ...]) -> set[Rule]:
    return {misfit.flaw.rule for misfit in catalogue_flaws(items)}


@pytest.mark.parametrize(("rule", "bad", "good"), TOGETHER)
def test_items_that_do_not_fit_together_are_told(
    rule: Rule, bad: tuple[Item, ...], good: tuple[Item, ...]
) -> None:
    assert rule in misfits(bad)
    assert rule not in misfits(good)


def test_each_item_of_a_pair_with_one_code_is_named_by_its_place() -> None:
    found = catalogue_flaws((ENROLMENT, LICENCE, replace(ENROLMENT, name="x")))
    assert [(misfit.number, misfit.flaw.field) for misfit in found] == [(0, "code"), (2, "code")]


def test_an_item_that_leads_into_a_ring_is_not_in_it() -> None:
    found = catalogue_flaws(chain(a="b", b="c", c="b"))
    assert [misfit.number for misfit in found] == [1, 2]


def test_what_is_in_force_already_is_known() -> None:
    assert catalogue_flaws(chain(a="b"), in_force=["b"]) == ()


def test_every_rule_has_a_case_that_breaks_it_and_a_sentence() -> None:
    assert {rule for rule, *_ in ALONE} | {rule for rule, *_ in TOGETHER} == set(Rule)
    assert set(SENTENCES) == set(Rule)


@pytest.mark.parametrize("rule", sorted({rule for rule, *_ in TOGETHER}))
def test_a_misfit_is_told_in_two_languages(rule: Rule) -> None:
    chinese, english = sentence_of(Flaw("code", rule, ("a-1",))).split(" · ")
    assert chinese != english
    assert "a-1" in chinese
    assert "a-1" in english


def test_an_error_stops_and_a_warning_is_listed() -> None:
    item = replace(LICENCE, responsible="", contact="")
    assert [flaw.rule for flaw in errors_of(item)] == [Rule.NO_RESPONSIBLE]
    assert [flaw.rule for flaw in warnings_of(item)] == [Rule.NOT_DISPLAYED]
    assert set(Rule) > WARNINGS


@given(any_item())
@settings(max_examples=150, deadline=None)
def test_whatever_an_item_says_its_flaws_are_told_and_never_raised(item: Item) -> None:
    flaws = flaws_of(item, departments=())
    assert {flaw.rule for flaw in flaws} >= {Rule.DEPARTMENT_UNKNOWN}
    for flaw in flaws:
        assert flaw.field
        assert "{0" not in SENTENCES[flaw.rule][0] or flaw.facts
        assert " · " in sentence_of(flaw)
    assert len(errors_of(item)) + len(warnings_of(item)) == len(flaws_of(item))
    catalogue_flaws((item, item))
