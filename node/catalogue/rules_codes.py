"""编码校验: the codes that registries give an item and its body (GB/T 39554, GB/T 39046, GB 32100).

A code is opaque to all else: nothing but these rules looks inside.
"""

import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from node.catalogue.flaws import Flaw, Rule
from schemas.credit_codes import credit_code_fault
from schemas.item_terms import LICENCE, CodeLayer, CodeScheme
from schemas.items import Item, ItemCode

BODY: Final = slice(0, 18)  # of a GB/T 39554 implementation code: 统一社会信用代码
LEVEL: Final = 18  # one digit, 行使层级
LEVELS: Final = "1234567"  # GB/T 39046 A.2
BASIC: Final = slice(19, 31)
IMPLEMENTATION: Final = slice(0, 31)  # of a handling code

SHAPES: Final = MappingProxyType(
    {
        (CodeScheme.GB39554, CodeLayer.BASIC): re.compile(r"[0-9A-Za-z]{12}"),
        (CodeScheme.GB39554, CodeLayer.IMPLEMENTATION): re.compile(r"[0-9A-Za-z]{31}"),
        (CodeScheme.GB39554, CodeLayer.HANDLING): re.compile(r"[0-9A-Za-z]{31}[0-9]{2}"),
        (CodeScheme.GB39046, CodeLayer.BASIC): re.compile(r"[0-9A-Za-z]{1,10}"),
        (CodeScheme.GB39046, CodeLayer.IMPLEMENTATION): re.compile(r"[0-9A-Za-z]{1,24}"),
    }
)
"""The form of a code; GB/T 39046 has no 业务办理项编码."""


def code_flaws(item: Item) -> Iterator[Flaw]:
    """List what is wrong with the codes of `item` and of its body."""
    for number, code in enumerate(item.codes):
        yield from _shape_flaws(code, f"codes[{number}]")
    yield from _repetition_flaws(item.codes)
    yield from _agreement_flaws(item)
    if item.body_code and (fault := credit_code_fault(item.body_code)):
        yield Flaw("body_code", Rule.BODY_CODE, (item.body_code, fault))
    national = {CodeScheme.GB39554, CodeScheme.GB39046}
    if item.type_code == LICENCE and not any(
        code.layer is CodeLayer.BASIC and code.scheme in national for code in item.codes
    ):
        yield Flaw("codes", Rule.LICENCE_WITHOUT_CODE)


def _shape_flaws(code: ItemCode, field: str) -> Iterator[Flaw]:
    shape = SHAPES.get((code.scheme, code.layer))
    if code.scheme is CodeScheme.LOCAL:
        if not code.text.strip():
            yield Flaw(f"{field}.text", Rule.EMPTY)
    elif shape is None:
        yield Flaw(f"{field}.layer", Rule.CODE_LAYER)
    elif not shape.fullmatch(code.text):
        yield Flaw(f"{field}.text", Rule.CODE_SHAPE, (code.text, code.scheme, code.layer))
    elif code.scheme is CodeScheme.GB39554 and code.layer is not CodeLayer.BASIC:
        if credit_code_fault(code.text[BODY]):
            yield Flaw(f"{field}.text", Rule.CODE_BODY, (code.text[BODY],))
        if code.text[LEVEL] not in LEVELS:
            yield Flaw(f"{field}.text", Rule.CODE_LEVEL, (code.text[LEVEL],))


def _repetition_flaws(codes: tuple[ItemCode, ...]) -> Iterator[Flaw]:
    """One code of each layer and scheme, but several handling items may share one guide."""
    seen = set()
    for number, code in enumerate(codes):
        several = code.layer is CodeLayer.HANDLING or code.scheme is CodeScheme.LOCAL
        key = (code.scheme, code.layer, code.text if several else "")
        if key in seen:
            yield Flaw(f"codes[{number}]", Rule.CODE_TWICE, (code.text,))
        seen.add(key)


def _agreement_flaws(item: Item) -> Iterator[Flaw]:
    """Compare the parts of GB/T 39554 codes with the codes that they are made of."""
    given = {
        code.layer: code.text
        for code in item.codes
        if code.scheme is CodeScheme.GB39554 and code.layer is not CodeLayer.HANDLING
    }
    for number, code in enumerate(item.codes):
        if code.scheme is not CodeScheme.GB39554 or code.layer is CodeLayer.BASIC:
            continue
        parts = [(code.text[BODY], item.body_code), (code.text[BASIC], given.get(CodeLayer.BASIC))]
        if code.layer is CodeLayer.HANDLING:
            parts.append((code.text[IMPLEMENTATION], given.get(CodeLayer.IMPLEMENTATION)))
        for part, whole in parts:
            if whole and part != whole:
                yield Flaw(f"codes[{number}].text", Rule.CODES_DISAGREE, (part, whole))
