"""The two numbers of a case: the printed one, and the one under which it is exchanged. Pure.

The exchange number (PROJECT_NO, at most 50 characters) has the form that is common nationally: the
31 characters of the item's implementation code, the date, and a serial. The serial needs no central
counter: it is what the printed number has and code and date do not say.
"""

import hashlib
import re
from typing import Final

from node.cases.caseview import CaseView
from schemas.ids import CaseNumber, NodeId, StreamName, stream_creator
from schemas.item_terms import CodeLayer, CodeScheme
from schemas.items import Item

IMPLEMENTATION_CHARACTERS: Final = 31  # 18 of the body, 1 of the tier, 12 of the basic code
TAIL_CHARACTERS: Final = 11  # with code and date of 8, the 50 that the exchange takes
_NUMBER: Final = re.compile(r"([0-9]{4,12})-([0-9]{8})-([A-Z]{1,8}[0-9]{4,9})")
_USUAL_SERIAL: Final = re.compile(r"[A-Z][0-9]{4}")
_COUNTY_DIGITS: Final = 6
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CHARACTERS: Final = "0123456789" + _LETTERS


def is_number(text: str) -> bool:
    """Say whether `text` has the form of a printed number."""
    return _NUMBER.fullmatch(text) is not None


def exchange_number(view: CaseView, item: Item | None) -> str:
    """Give the number under which a case is exchanged; empty without an implementation code."""
    code = "" if item is None else _implementation_code(item)
    found = _NUMBER.fullmatch(view.number)
    if not code or found is None:
        return ""
    origin, day, serial = found.groups()
    usual = _usual_tail(view.item, NodeId(origin), serial)
    return f"{code}{day}{usual or _tail(view.number)}"


def _implementation_code(item: Item) -> str:
    codes = (
        code.text
        for code in item.codes
        if code.scheme is CodeScheme.GB39554 and code.layer is CodeLayer.IMPLEMENTATION
    )
    code = next(codes, "")
    return code if len(code) == IMPLEMENTATION_CHARACTERS else ""


def _usual_tail(item: StreamName, origin: NodeId, serial: str) -> str:
    """Give `100201A0007`: the last six digits of the window, and its serial of the day.

    Within the county whose body has the code this is unique; empty where it might not be.
    """
    county, below = origin[:_COUNTY_DIGITS], origin[_COUNTY_DIGITS:]
    is_county_body = stream_creator(item)[:_COUNTY_DIGITS] == county
    is_plain = len(county) == _COUNTY_DIGITS and "000" not in (below[:3], below[3:])
    if not (is_county_body and is_plain and _USUAL_SERIAL.fullmatch(serial)):
        return ""
    return f"{below:0<6}{serial}"


def _tail(number: CaseNumber) -> str:
    """Give eleven characters that stand for the whole printed number, the first a letter.

    No usual one begins so. Of ten thousand cases of one item and day, two have the same with a
    chance below 1 in 10^9.
    """
    rest = int.from_bytes(hashlib.sha256(f"zw/exchange/1\n{number}".encode()).digest())
    rest, first = divmod(rest, len(_LETTERS))
    tail = _LETTERS[first]
    while len(tail) < TAIL_CHARACTERS:
        rest, digit = divmod(rest, len(_CHARACTERS))
        tail += _CHARACTERS[digit]
    return tail
