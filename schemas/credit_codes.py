"""统一社会信用代码 (GB 32100-2015): whether an 18-character code of a body can be right.

It stands here because both applicants and the bodies of the catalogue have such codes.
"""

import re
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z
_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_FORM: Final = re.compile(rf"[{_ALPHABET}]{{18}}")


def credit_code_fault(text: str) -> str | None:
    """Say what is wrong with a unified social credit code; `None` if nothing is.

    `not_18_characters` (also for I, O, S, V, Z, which the alphabet lacks) or `wrong_check`.
    """
    if not _FORM.fullmatch(text):
        return "not_18_characters"
    values = [_ALPHABET.index(letter) for letter in text]
    total = sum(weight * value for weight, value in zip(_WEIGHTS, values[:17], strict=True))
    return None if (31 - total % 31) % 31 == values[17] else "wrong_check"
