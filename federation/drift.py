"""How far a neighbour's clock is from ours, measured by a question and its answer.

Hellos, parcels and receipts say when they were written, and an answer repeats what the question
said. So whatever lay in a mailbox for hours measures nothing, and no memory is needed.
"""

from typing import Final

TRUSTED_TRIP_MS: Final = 10_000  # a slower answer says too little about the moment it was written
DAY_MS: Final = 24 * 60 * 60 * 1000


def measured(*, asked_at: int, answered_at: int, now: int) -> int | None:
    """Give the neighbour's clock minus ours, in milliseconds, or `None` if it cannot be told.

    `asked_at` and `now` are ours, `answered_at` is the neighbour's word. What lies within the error
    of the measurement is no drift.
    """
    trip = now - asked_at
    if not asked_at or not answered_at or not 0 <= trip <= TRUSTED_TRIP_MS:
        return None
    drift = answered_at - (asked_at + now) // 2
    return drift if abs(drift) > trip // 2 + 1 else 0
