"""统一社会信用代码 (GB 32100-2015): whether an 18-character code of a body can be right.

It stands here because both applicants and the bodies of the catalogue have such codes.
"""

import re
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z
_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_REGISTRIES: Final = frozenset("123456789ANY")
"""登记管理部门: 1 机构编制, 5 民政, 9 市场监管, A 军队, N 农业农村, Y 其他…; no other is first."""
_DIVISION: Final = slice(2, 8)
_FORM: Final = re.compile(rf"[{_ALPHABET}]{{18}}")


def credit_code_fault(text: str) -> str | None:
    """Say what is wrong with a unified social credit code; `None` if nothing is.

    `not_18_characters` (also for I, O, S, V, Z, which the alphabet lacks), `wrong_check`, or
    `wrong_body` if nobody registers such a body. The organisation code within has a check digit of
    its own (GB 11714), which is not asked for: old ones were given without.
    """
    if not _FORM.fullmatch(text):
        return "not_18_characters"
    values = [_ALPHABET.index(letter) for letter in text]
    total = sum(weight * value for weight, value in zip(_WEIGHTS, values[:17], strict=True))
    if (31 - total % 31) % 31 != values[17]:
        return "wrong_check"
    is_registered = text[0] in _REGISTRIES and text[_DIVISION].isdigit()
    return None if is_registered else "wrong_body"
