"""Codes are opaque, yet a registry's code that cannot be right is refused."""

import pytest
from msgspec.structs import replace

from node.catalogue.flaws import Rule
from node.catalogue.rules import flaws_of
from schemas.item_terms import CodeLayer, CodeScheme
from schemas.items import Item, ItemCode
from tests.support.catalogue import LICENCE

BODY = "12441500196720244T"
BASIC = "442199806003"
WHOLE = f"{BODY}3{BASIC}"  # the specimen of domain §2.2
FORGED = "11440300007542785T"  # looks right; its check character is not
NEW, OLD, LOCAL = CodeScheme.GB39554, CodeScheme.GB39046, CodeScheme.LOCAL
FIRST, SECOND, THIRD = CodeLayer.BASIC, CodeLayer.IMPLEMENTATION, CodeLayer.HANDLING


def coded(*codes: tuple[CodeScheme, CodeLayer, str], body: str = "") -> Item:
    return replace(
        LICENCE,
        body_code=body,
        codes=tuple(
            ItemCode(scheme=scheme, layer=layer, text=text) for scheme, layer, text in codes
        ),
    )


PAIRS: list[tuple[Rule, Item, Item]] = [
    (Rule.CODE_SHAPE, coded((NEW, FIRST, BASIC[1:])), coded((NEW, FIRST, BASIC))),
    (Rule.CODE_SHAPE, coded((NEW, SECOND, WHOLE + "0")), coded((NEW, SECOND, WHOLE))),
    (Rule.CODE_SHAPE, coded((NEW, THIRD, WHOLE)), coded((NEW, THIRD, WHOLE + "01"))),
    (Rule.CODE_SHAPE, coded((NEW, THIRD, WHOLE + "0A")), coded((NEW, THIRD, WHOLE + "02"))),
    (Rule.CODE_SHAPE, coded((NEW, FIRST, "44219980600-")), coded((LOCAL, FIRST, "千-1"))),
    (Rule.CODE_SHAPE, coded((OLD, FIRST, "0" * 11)), coded((OLD, FIRST, "0" * 10))),
    (Rule.CODE_SHAPE, coded((OLD, SECOND, "0" * 25)), coded((OLD, SECOND, "0" * 24))),
    (Rule.CODE_LAYER, coded((OLD, THIRD, "0")), coded((LOCAL, THIRD, "0"))),
    (Rule.CODE_BODY, coded((NEW, SECOND, f"{FORGED}3{BASIC}")), coded((NEW, SECOND, WHOLE))),
    (Rule.CODE_LEVEL, coded((NEW, SECOND, f"{BODY}8{BASIC}")), coded((NEW, SECOND, WHOLE))),
    (Rule.CODE_LEVEL, coded((NEW, THIRD, f"{BODY}0{BASIC}01")), coded((NEW, THIRD, WHOLE + "01"))),
    (
        Rule.CODE_TWICE,
        coded((NEW, FIRST, BASIC), (NEW, FIRST, "0" * 12)),
        coded((NEW, FIRST, BASIC), (OLD, FIRST, "0" * 10)),
    ),
    (
        Rule.CODE_TWICE,
        coded((NEW, THIRD, WHOLE + "01"), (NEW, THIRD, WHOLE + "01")),
        coded((NEW, THIRD, WHOLE + "01"), (NEW, THIRD, WHOLE + "02")),
    ),
    (
        Rule.CODES_DISAGREE,
        coded((NEW, FIRST, "0" * 12), (NEW, SECOND, WHOLE)),
        coded((NEW, FIRST, BASIC), (NEW, SECOND, WHOLE)),
    ),
    (
        Rule.CODES_DISAGREE,
        coded((NEW, SECOND, f"{BODY}4{BASIC}"), (NEW, THIRD, WHOLE + "01")),
        coded((NEW, SECOND, WHOLE), (NEW, THIRD, WHOLE + "01")),
    ),
    (
        Rule.CODES_DISAGREE,
        coded((NEW, SECOND, WHOLE), body="11610328099900016F"),
        coded((NEW, SECOND, WHOLE), body=BODY),
    ),
    (Rule.BODY_CODE, coded(body=FORGED), coded(body="11610328099900024A")),
    (Rule.BODY_CODE, coded(body=BODY[:17]), coded(body=BODY)),
    (Rule.EMPTY, coded((LOCAL, FIRST, " ")), coded((LOCAL, FIRST, "x"))),
    (Rule.LICENCE_WITHOUT_CODE, coded((LOCAL, FIRST, "x")), coded((NEW, FIRST, BASIC))),
    (Rule.LICENCE_WITHOUT_CODE, coded(), replace(coded(), type_code="07")),
]


@pytest.mark.parametrize(("rule", "bad", "good"), PAIRS)
def test_a_code_is_checked_by_its_own_scheme(rule: Rule, bad: Item, good: Item) -> None:
    assert rule in {flaw.rule for flaw in flaws_of(bad)}
    assert rule not in {flaw.rule for flaw in flaws_of(good)}


def test_the_specimen_of_the_standard_has_no_flaw() -> None:
    codes = ((NEW, FIRST, BASIC), (NEW, SECOND, WHOLE), (NEW, THIRD, WHOLE + "01"))
    assert flaws_of(coded(*codes, body=BODY)) == ()
