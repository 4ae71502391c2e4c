"""Every field and every choice of an item has its words in both languages, told apart."""

from enum import StrEnum

import msgspec
import pytest

from node.catalogue import columns, rules
from node.catalogue.labels import FIELDS, full_label, label, row_name, value_words, words_at
from node.catalogue.words import CHOICES, TYPES
from schemas import item_terms as terms
from schemas.ids import Level
from schemas.item_terms import ResultKind, ServiceObject, SpecialKind
from schemas.items import Basis, Item
from tests.support.catalogue import LICENCE, RISK


def test_every_field_has_a_name_and_no_other() -> None:
    whole = {sheet.field for sheet in columns.SHEETS if sheet.field} | {
        column.path.partition(".")[0] for column in columns.SHEETS[0].columns
    }
    inner = {
        f"{sheet.field}.{path}"
        for sheet in columns.SHEETS
        if sheet.field
        for column in sheet.columns
        for path in (column.path, column.path.partition(".")[0])
    }
    parts = {column.path for column in columns.SHEETS[0].columns}
    assert set(FIELDS) == whole | {path.lstrip(".") for path in inner} | parts
    assert whole == set(Item.__struct_fields__)
    assert all(zh and en for zh, en in FIELDS.values())


def test_every_choice_has_words_that_tell_its_members_apart() -> None:
    kinds = {
        kind
        for kind in vars(terms).values()
        if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
    } - {terms.EndReason}
    assert set(CHOICES) == kinds | {Level}
    for kind, words in CHOICES.items():
        assert set(words) == set(kind)
        for language in (0, 1):
            assert len({said[language] for said in words.values()}) == len(words), kind
        assert not any(sign in zh for zh, _ in words.values() for sign in ";；,，、"), kind


def test_every_type_that_the_rules_know_has_words() -> None:
    assert set(TYPES) == rules.TYPE_CODES


@pytest.mark.parametrize(
    ("path", "zh"),
    [
        ("promised", "承诺时限"), ("materials[2].copies", "份数"), ("materials[id].copies", "份数"),
        ("special[0].limit.amount", "时限"), ("process", "办理环节"), ("x.y", "x.y"),
    ],
)  # fmt: skip
def test_a_path_is_named_with_or_without_positions(path: str, zh: str) -> None:
    assert label(path)[0] == zh


def test_a_field_of_a_row_can_be_named_after_what_holds_it() -> None:
    assert full_label("materials[2].copies") == ("申请材料 · 份数", "materials · copies")
    assert full_label("name") == ("事项名称", "name")


def test_members_that_are_equal_as_texts_keep_their_own_words() -> None:
    assert value_words(ServiceObject.OTHER) == ("其他组织", "other body")
    assert value_words(ResultKind.OTHER) == value_words(SpecialKind.OTHER) == ("其他", "other")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ("无", "none")), ("", ("无", "none")), ((), ("无", "none")), (True, ("是", "yes")),
        (0, ("0", "0")), (("甲", "乙"), ("甲；乙", "甲; 乙")),
        (LICENCE, (LICENCE.name, LICENCE.name_en)),
    ],
)  # fmt: skip
def test_a_value_is_said_in_words(value: object, words: tuple[str, str]) -> None:
    assert value_words(value) == words


def test_a_field_may_say_how_its_value_is_read() -> None:
    assert words_at("fees[0].fen", 829) == ("8.29 元", "8.29 yuan")
    assert words_at("type_code", "20") == ("公共服务", "public service")
    assert words_at("type_code", "11") == ("11", "11")
    assert row_name(RISK) == (RISK.risk, RISK.risk)


def test_a_row_that_says_nothing_is_said_to() -> None:
    assert value_words(Basis(law="", article="")) == ("无", "none")


def test_every_row_of_an_item_has_a_name() -> None:
    for sheet in columns.SHEETS:
        for row in getattr(LICENCE, sheet.field, ()) if sheet.field else ():
            assert isinstance(row, msgspec.Struct)
            assert all(row_name(row))
