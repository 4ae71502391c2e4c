"""What pages show of a case's clocks: pure values, made of what the API tells."""

from collections.abc import Sequence
from datetime import date
from typing import Final, assert_never

from node.cases.caseview import CaseView
from node.cases.page_case import ClockCard, Clocks, limit_words
from node.web import chrome
from node.web.chrome import Fact, Mark
from node.web.wording import Language, Words
from schemas.clocks import CaseClock, ClockKind, ClockState, DueChange
from schemas.item_terms import LimitStart


def clocks_of(words: Words, view: CaseView, clocks: Sequence[CaseClock], today: date) -> Clocks:
    """Lay out those of a case's clocks that say something: the running ones first."""
    told = [one for one in clocks if _says_something(view, one)]
    return Clocks(
        now=tuple(card_of(words, one, today) for one in told if one.state in _NOW),
        later=tuple(card_of(words, one, today) for one in told if one.state is ClockState.WAITING),
        past=tuple(card_of(words, one, today) for one in told if one.state is ClockState.ENDED),
    )


_NOW: Final = (ClockState.RUNNING, ClockState.PAUSED)


def _says_something(view: CaseView, clock: CaseClock) -> bool:
    """Leave out what never ran, what says it twice, and a check where nobody gave his word."""
    if clock.state is ClockState.ENDED:
        return clock.start is not None
    if clock.clock is ClockKind.STAGE:
        return clock.state is ClockState.RUNNING
    return clock.clock is not ClockKind.CHECK or view.law.commitment


def card_of(words: Words, clock: CaseClock, today: date) -> ClockCard:
    """Lay out one clock."""
    stage = clock.stage if words.language is Language.ZH else ""
    name = words.say(f"clock.{clock.clock}")
    return ClockCard(
        name=f"{name}（{stage}）" if stage else name,
        limit=limit_words(words, clock.limit),
        due=_due(words, clock),
        mark=_mark(words, clock, today),
        provisional=Mark("yellow", words.say("clock.provisional")) if clock.provisional else None,
        hint=_hint(words, clock),
        ask=words.say("clock.why" if clock.due else "clock.why_none"),
        steps=tuple(words.pick(step.zh, step.en) for step in clock.steps),
        earlier=tuple(_earlier(words, change) for change in clock.changes),
    )


def receipt_facts(words: Words, clocks: tuple[CaseClock, ...]) -> tuple[Fact, ...]:
    """Say on the receipt by when the case will be decided, if that is known."""
    return tuple(
        Fact(words.say("clock.due_date"), _printed(words, clock))
        for clock in clocks
        if clock.clock is ClockKind.PROMISED and clock.due and clock.ended is None
    )


def _printed(words: Words, clock: CaseClock) -> str:
    day = _day(words, clock.due)
    return words.say("clock.subject_to", day=day) if clock.provisional else day


def _due(words: Words, clock: CaseClock) -> str:
    if clock.due:
        return _day(words, clock.due)
    if clock.state is ClockState.ENDED:
        return words.say("clock.never_ran") if clock.start is None else ""
    if clock.paused_since:
        return words.say("clock.when_it_goes_on")
    return words.say(_AWAITED.get(clock.limit.start, "clock.after_acceptance"))


_AWAITED: Final = {
    LimitStart.BATCH_CLOSED: "clock.after_batch",
    LimitStart.DECIDED: "clock.after_decision",
}


def _mark(words: Words, clock: CaseClock, today: date) -> Mark:
    match clock.state:
        case ClockState.WAITING:
            return Mark("plain", words.say("clock.not_begun"))
        case ClockState.PAUSED:
            since = clock.paused_since or ""
            return Mark("still", words.say("clock.paused_since", day=since))
        case ClockState.ENDED:
            return _ended(words, clock)
        case ClockState.RUNNING:
            return _running(words, clock, today)
        case _:
            assert_never(clock.state)


def _running(words: Words, clock: CaseClock, today: date) -> Mark:
    left = clock.remaining or 0
    if left > 0:
        return Mark("brand", _counted(words, "left", left))
    if clock.due and clock.due < str(today):
        tone = "red" if clock.overdue else "yellow"
        return Mark(tone, _counted(words, "over", -left) if left else words.say("clock.over_rest"))
    return Mark("yellow", words.say("clock.today"))


def _ended(words: Words, clock: CaseClock) -> Mark:
    """Say how it ended, in words that no later calendar changes."""
    due = _due_then(clock)
    if not due or not clock.ended or (clock.ended > due and clock.provisional):
        return Mark("plain", words.say("clock.ended"))
    if clock.clock not in (ClockKind.PROMISED, ClockKind.STATUTORY):
        late = clock.ended > due
        return Mark("red" if late else "plain", words.say(f"clock.kept_{_KEPT[late]}"))
    if clock.ended > due:
        return Mark("red", words.say("clock.late"))
    return Mark("plain", words.say("clock.early" if clock.ended < due else "clock.in_time"))


_KEPT: Final = {False: "in_time", True: "late"}


def _due_then(clock: CaseClock) -> str | None:
    """Give the due day by which people worked: what calendars moved since it ended does not count.

    `ended` and `due` are days, and so compare as texts.
    """
    ended = clock.ended or ""
    return next((one.was for one in clock.changes if chrome.day(one.at) > ended), clock.due)


def _counted(words: Words, key: str, count: int) -> str:
    return words.say(f"clock.{key}_one") if count == 1 else words.say(f"clock.{key}", n=count)


def _hint(words: Words, clock: CaseClock) -> str:
    if not clock.provisional:
        return ""
    years = words.joined(map(str, clock.lacking_years))
    key = "missing" if clock.calendar_missing else "lacking"
    return words.say(f"clock.{key}", years=years)


def _earlier(words: Words, change: DueChange) -> str:
    at = chrome.day(change.at)
    if change.was == change.due:
        return words.say("clock.confirmed", at=at)
    return words.say(
        "clock.earlier", was=_day(words, change.was), due=_day(words, change.due), at=at
    )


def _day(words: Words, text: str | None) -> str:
    day = date.fromisoformat(text or "")
    return words.say(
        "clock.day",
        year=day.year,
        month=words.say(f"calendar.month_{day.month}"),
        day=day.day,
        weekday=words.say(f"weekday.{day.weekday()}"),
    )
