"""What is said when a case has moved on before somebody's step came: who did what, and when.

Two people open one case, a page is stale, the back button sends a form again: each time nothing is
done twice, and whoever pressed the button is told what happened and keeps what he wrote.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from node.cases import page_case, page_teller, reading
from node.cases.facts import action_of
from node.cases.page_looker import Looker
from node.cases.page_teller import Teller
from node.cases.page_teller import Told as Event
from node.clock import from_ms, local_day
from node.database import Tx
from node.network.actions import Places, place_names
from node.web import chrome
from node.web.chrome import Fact, Told
from schemas.cases import Action
from schemas.events import HolderAdopted, HolderReclaimed

WRITTEN: Final = ("opinion", "note")
"""Fields whose text somebody would not like to write twice."""


def told(tx: Tx, looker: Looker, number: str, tried: Action) -> Told:
    """Say who was first. Raises `NotFoundError`."""
    words = looker.words
    view = reading.case(tx, looker.reader, number)
    last = _last(page_teller.life_of(tx, view))
    if last is None:
        return Told("stop", words.say("error.not_open"), words.say("error.not_open_text"))
    event = last.stored.event
    teller = Teller(looker, Places(place_names(tx), words), None, {})
    facts = {"act": page_case.event_title(words, event.kind), "at": _clock(looker, event.at)}
    if event.actor == looker.actor.staff and event.node == looker.me:
        key = "own_again" if _is(last, tried) else "own"
        return Told("mind", words.say(f"moved.{key}", **facts), words.say("moved.fresh"))
    who = teller.person(tx, last) or teller.places(event.node)
    return Told("stop", words.say("moved.other", who=who, **facts), words.say("moved.fresh"))


def _last(life: Sequence[Event]) -> Event | None:
    counting = [one for one in life if one.counts is not None]
    return counting[-1] if counting else None


def _is(last: Event, tried: Action) -> bool:
    fact = last.fact
    if fact is None or isinstance(fact, HolderReclaimed | HolderAdopted):
        return False
    return action_of(fact) is tried


def _clock(looker: Looker, at_ms: int) -> str:
    """Say the time of day, and the day if it was another."""
    same = local_day(from_ms(at_ms)) == looker.today
    return chrome.clock_time(at_ms) if same else chrome.when(at_ms)


def written(looker: Looker, typed: Mapping[str, tuple[str, ...]]) -> tuple[Fact, ...]:
    """Give back what was written in a form that is no longer open, to be copied."""
    say = looker.words.say
    return tuple(
        Fact(say(f"moved.{name}"), typed[name][0])
        for name in WRITTEN
        if name in typed and typed[name] and typed[name][0]
    )
