"""Read a payload's JSON more strictly than parsers do: no floats, no doubled keys, small integers.

Two readers that resolve `{"a":1,"a":2}` differently would see two different events under one
signature (protocol §7). The one module that uses the standard `json`.
"""

import json
import re
from typing import Final, Never

from federation.errors import MalformedError

MAX_INTEGER: Final = (1 << 53) - 1  # beyond this JavaScript and others lose digits
MAX_DEPTH: Final = 32  # ours are five deep; where parsers give up differs between versions
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


def _pairs(pairs: list[tuple[str, object]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise MalformedError("the payload names a key twice")


def _no_float(text: str) -> Never:
    raise MalformedError(f"the payload holds the number {text[:20]}, which is not a whole number")


def _small_int(text: str) -> None:
    if len(text) > 17 or abs(int(text)) > MAX_INTEGER:  # noqa: PLR2004  # 16 digits and a sign
        raise MalformedError("the payload holds an integer of 2^53 or more")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_float=_no_float, parse_int=_small_int, parse_constant=_no_float
)


def check(payload: bytes) -> None:
    """Pass if `payload` is strict JSON in UTF-8. Raises `MalformedError`."""
    if payload.count(b"[") + payload.count(b"{") > MAX_DEPTH and _depth(payload) > MAX_DEPTH:
        raise MalformedError(f"the payload is nested more than {MAX_DEPTH} deep")
    try:
        _DECODER.decode(payload.decode())
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise MalformedError(f"the payload is not JSON in UTF-8: {error}") from None


def _depth(payload: bytes) -> int:
    """Count how deep lists and objects lie in each other; brackets in strings are text."""
    deepest = depth = 0
    for byte in _STRING.sub(b"", payload):
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest
