"""The turnstile at doors that need no sign-in: so many requests a minute from one address.

Counts in memory, of this process, and forgets: it keeps a machine from being worked to death by
one caller, and tells nobody who came.
"""

import time
from collections.abc import Callable
from typing import Final

from node.errors import TooBusyError
from node.web.security import Asked

MOST_ADDRESSES: Final = 4096  # remembered at once; beyond, all are forgiven


class Turnstile:
    """Lets `a_minute` requests a minute pass from each address, and a third of them at once."""

    def __init__(self, a_minute: int, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._per_second = a_minute / 60
        self._burst = max(1.0, a_minute / 3)
        self._monotonic = monotonic
        self._left: dict[str, tuple[float, float]] = {}

    def let_in(self, request: Asked) -> None:
        """Pass, or raise `TooBusyError` with how long to wait."""
        self.count(request.client.host if request.client else "")

    def count(self, address: str) -> None:
        """Count one request of an address. Raises `TooBusyError`."""
        now = self._monotonic()
        left, at = self._left.get(address, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._per_second)
        if left < 1:
            raise TooBusyError(int((1 - left) / self._per_second) + 1)
        if len(self._left) >= MOST_ADDRESSES:
            self._left.clear()
        self._left[address] = (left - 1, now)
