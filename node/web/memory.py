"""Keeps an idle node small: large blocks go back to the system as soon as they are freed.

glibc raises its threshold for such blocks to the largest that was ever freed, so after the first
password (19 MiB) or scan (20 MiB) every later one would stay with the process for good.
"""

import ctypes
from typing import Final

LARGE_BYTES: Final = 1 << 20
_M_MMAP_THRESHOLD: Final = -3  # mallopt(3)


def give_back_large_blocks() -> None:
    """Fix glibc's threshold for this process; nothing where the C library has no such knob."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, TypeError, AttributeError):  # no such library or function on this system
        return
    mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)
