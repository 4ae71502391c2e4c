"""What boards read of lights: counts by head, and pages of the cases under a light.

Counts are sums up to an instant, so they cost the same however many cases there are.
"""

import re
from typing import Final

from msgspec.structs import replace

from node.calendar import model as days
from node.cases.clockwork import Calendars
from node.clock import from_ms, local_day
from node.database import Tx
from node.errors import BadInputError
from node.supervision import lights_store
from node.supervision.lights import Head, OpenCase, Shown
from node.supervision.lights_store import Counts, Place, Wanted
from schemas.clocks import Light
from schemas.lights import LitPage
from schemas.supervision import LightCount, LitCase

PAGE: Final = 50  # lines that a person looks through at once
_PLACE: Final = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})")
"""An instant and a row, each within SQLite's own integers."""


def counts(tx: Tx, by: Head, now: int) -> tuple[LightCount, ...]:
    """Count the open cases of every subject of a head that has any, by light."""
    found = bare_counts(tx, by, now)
    return tuple(with_name(tx, one) for one in found) if by is Head.ITEM else found


def bare_counts(tx: Tx, by: Head, now: int) -> tuple[LightCount, ...]:
    """Count the same, and name no items: that costs a look at each."""
    found = lights_store.sums(tx, by, now)
    return tuple(_told(subject, lit) for subject, lit in sorted(found.items()))


def with_name(tx: Tx, item: LightCount) -> LightCount:
    """Name the item that was counted."""
    return replace(item, name=lights_store.name_of_item(tx, item.subject))


def count_of(tx: Tx, by: Head, subject: str, now: int) -> LightCount:
    """Count the open cases of one subject; zeros if it has none."""
    return _told(subject, lights_store.sum_of(tx, by, subject, now))


def named_item(tx: Tx, code: str, now: int) -> LightCount:
    """Count the open cases of an item, with its name."""
    return with_name(tx, count_of(tx, Head.ITEM, code, now))


def cases(
    tx: Tx, wanted: Wanted, now: int, *, after: str | None = None, most: int = PAGE
) -> LitPage:
    """List open cases, the first to end first. Raises `BadInputError` for a wrong `after`."""
    found = lights_store.listed(tx, wanted, now, after=_place(after), most=most + 1)
    page = found[:most]
    more = f"{page[-1][0].due_at}.{page[-1][0].row}" if len(found) > most else None
    known = Calendars()
    known.look(tx)
    return LitPage(cases=tuple(lit_case(tx, one, now, known) for _, one in page), next=more)


def lit_case(tx: Tx, one: OpenCase, now: int, known: Calendars) -> LitCase:
    """Tell of one open case what its light is at an instant."""
    light = one.light_at(now)
    due = None if one.timer is None else one.timer.due
    left = 0
    if one.timer is not None and due is not None:
        today = local_day(from_ms(now))
        left = days.remaining(known.of(tx, one.timer.place), today, due)
    return LitCase(
        case=one.stream,
        number=one.number,
        item=one.item,
        item_name=one.item_name,
        node=one.holder,
        department=one.department,
        light=light,
        overdue=light is Light.RED,
        statutory=one.statutory_at <= now,
        due="" if due is None else str(due),
        left=left,
        since=one.since,
        origin=one.origin,
        window=one.window,
        stage=one.stage,
    )


def _told(subject: str, lit: Counts) -> LightCount:
    return LightCount(
        subject=subject, green=lit[Shown.GREEN], yellow=lit[Shown.YELLOW], red=lit[Shown.RED],
        dark=lit[Shown.DARK], still=lit[Shown.STILL], unsure=lit[Shown.UNSURE],
        missing=lit[Shown.MISSING], free=lit[Shown.FREE],
    )  # fmt: skip


def _place(after: str | None) -> Place:
    if not after:
        return Place()
    found = _PLACE.fullmatch(after)
    if found is None:
        raise BadInputError({"after": "not a place in this list"})
    return Place(int(found[1]), int(found[2]))
