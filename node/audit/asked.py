"""Which rows somebody asks for, as queries and forms say it."""

from datetime import date, datetime, time, timedelta

from node.audit.store import Wanted
from node.clock import CHINA, to_ms
from node.errors import BadInputError
from schemas.audit import Act


def wanted(
    *, since: str = "", until: str = "", act: str = "", who: str = "", subject: str = ""
) -> Wanted:
    """Read a question: days `yyyy-mm-dd` in China, both included. Raises `BadInputError`."""
    last = _day("until", until)
    return Wanted(
        from_ms=_begins(_day("since", since)),
        to_ms=_begins(last + timedelta(days=1)) if last else 0,
        act=_act(act),
        person=" ".join(who.split()),
        subject=subject.strip(),
    )


def _day(field: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInputError({field: "bad_day"}) from None


def _begins(day: date | None) -> int:
    return 0 if day is None else to_ms(datetime.combine(day, time(), CHINA))


def _act(text: str) -> Act | None:
    if not text:
        return None
    if text not in tuple(Act):
        raise BadInputError({"act": "unknown"})
    return Act(text)
