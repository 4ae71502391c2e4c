"""Somebody's phone: makes the codes of a second factor."""

import base64
import re

from node.staff.second_factor import STEP_SECONDS, code_at


class Phone:
    """An authenticator that was shown a page with a secret."""

    def __init__(self, page: str) -> None:
        found = re.search(r'<b class="num">([A-Z2-7 ]+)</b>', page)
        assert found, page
        self.secret = base64.b32decode(found.group(1).replace(" ", ""))

    def code(self, now_ms: int, *, steps: int = 0) -> str:
        """Give the code that it shows now, or some half minutes away."""
        return code_at(self.secret, now_ms // (STEP_SECONDS * 1000) + steps)
