"""When something is due: pure judgements on instants in milliseconds UTC.

Each number is how long people may go without doing the thing, and when they are first told.
"""

from datetime import timedelta
from typing import Final

from schemas.doctor import Standing
from schemas.operations import Ending, Ends


def _ms(length: timedelta) -> int:
    return length // timedelta(milliseconds=1)


KEYS_LIFE: Final = _ms(timedelta(days=365))  # routine change, once a year
BACKUP_EVERY: Final = _ms(timedelta(days=1))
BACKUP_FAULT: Final = _ms(timedelta(days=7))  # a week's work to type in again from paper
DRILL_EVERY: Final = _ms(timedelta(days=92))  # once a quarter
SOON: Final = _ms(timedelta(days=30))
HOUR: Final = _ms(timedelta(hours=1))


def certificate(name: str, ends_at: int, now: int) -> Ends:
    """Judge a certificate: told a month before; a fault once it is over."""
    gone, soon = ends_at <= now, ends_at - now < SOON
    standing = Standing.FAULT if gone else Standing.WARNING if soon else Standing.OK
    return Ends(what=Ending.CERTIFICATE, name=name, at=ends_at, standing=standing)


def keys(since: int, now: int) -> Ends:
    """Judge this node's own keys: nothing stops when they are old, so it is never a fault."""
    due = since + KEYS_LIFE
    return Ends(what=Ending.KEYS, at=due, standing=_due(due, now))


def backup(last: int, now: int) -> Ends:
    """Judge the backups by the last one; 0 if there never was any."""
    due = last + BACKUP_EVERY if last else 0
    late = not last or now - last > BACKUP_FAULT
    standing = Standing.FAULT if late else _due(due + HOUR, now)
    return Ends(what=Ending.BACKUP, at=due, standing=standing)


def drill(last: int, now: int, *, clean: bool) -> Ends:
    """Judge the drills by the last one; 0 if there never was any."""
    due = last + DRILL_EVERY if last else 0
    standing = Standing.FAULT if last and not clean else _due(due, now)
    return Ends(what=Ending.DRILL, at=due, standing=standing)


def invitation(place: str, ends_at: int, now: int) -> Ends:
    """Judge an invitation that nobody has used yet."""
    return Ends(what=Ending.INVITATION, name=place, at=ends_at, standing=_due(ends_at, now))


def _due(at: int, now: int) -> Standing:
    return Standing.WARNING if at <= now else Standing.OK


def in_order(endings: tuple[Ends, ...]) -> tuple[Ends, ...]:
    """Put first what is wrong, then what comes first."""
    rank = {Standing.FAULT: 0, Standing.WARNING: 1, Standing.OK: 2}
    return tuple(sorted(endings, key=lambda one: (rank[one.standing], one.at)))
