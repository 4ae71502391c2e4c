"""Folds the whole life of a case from its events: see `node.cases.life`.

For whoever looks back on a case, as supervision and appraisal do. Nothing is stored: the life is
folded anew from the case's own events, by the same rules and with the verdicts that they have here,
and by the calendar of now, as the clocks in force are.
"""

from collections.abc import Iterable
from typing import Final

from federation import streams
from federation.streams import Stored, Verdict
from node.cases import clocks, facts, rulings, store
from node.cases.caseview import CaseView
from node.cases.clocks import Move, Timer
from node.cases.clockwork import Calendars
from node.cases.facts import BEGINNINGS, Step
from node.cases.kind import read_fact, stages_of
from node.cases.life import Happening, History
from node.cases.rulings import Effect
from node.cases.transitions import Clock
from node.catalogue.actions import item_at
from node.database import Tx
from schemas.clocks import ClockKind
from schemas.ids import StreamName
from schemas.items import Item

_EFFECTS: Final = {
    Verdict.EFFECTIVE: Effect.EFFECTIVE,
    Verdict.INERT: Effect.INERT,
    Verdict.UNJUDGED: Effect.UNJUDGED,
}


def load(tx: Tx, stream: StreamName, known: Calendars) -> History | None:
    """Fold the life of a case; `None` if this node does not know one of that name.

    `known` is kept by the caller from case to case, and must have looked at the calendar in force.
    """
    kept = streams.load(tx, stream)
    if kept is None:
        return None
    counting = [one for one in streams.events(tx, kept) if one.verdict is not Verdict.PENDING]
    begun = _begun(tx, counting, known)
    if begun is None:
        return None
    first, item = begun
    return History(
        stream=stream,
        item=item,
        happenings=tuple(_folded(tx, first, counting[1:], known)),
        notes=store.notes(tx, stream),
        without_effect=store.findings(tx, stream),
    )


def _begun(
    tx: Tx, counting: list[Stored], known: Calendars
) -> tuple[Happening, Item | None] | None:
    if not counting:
        return None
    stored = counting[0]
    step = step_of(stored)
    if not isinstance(step.data, BEGINNINGS) or stored.verdict is Verdict.INERT:
        return None  # nothing that this version could call a case
    item = item_at(tx, step.data.item, step.data.item_version)
    ways = None if item is None else stages_of(item, step.data.place, step.node)
    view = rulings.begin(step, step.data, ways, item)
    timers: tuple[Timer, ...] = ()
    if item is not None and stored.verdict is Verdict.EFFECTIVE:
        timers = _reckoned(tx, clocks.begin(view, item), known)
    begun = Happening(
        step=step,
        effect=_EFFECTS[stored.verdict],
        received_at=stored.received_at,
        before=None,
        after=view,
        timers=timers,
    )
    return begun, item


def _folded(
    tx: Tx, first: Happening, behind: list[Stored], known: Calendars
) -> Iterable[Happening]:
    last = first
    yield last
    for stored in behind:
        step, effect = step_of(stored), _EFFECTS[stored.verdict]
        after = rulings.apply(last.after, step, effect)
        timers = last.timers
        if effect is Effect.EFFECTIVE:
            timers = _moved(tx, last, after, step, known)
        last = Happening(
            step=step,
            effect=effect,
            received_at=stored.received_at,
            before=last.after,
            after=after,
            timers=timers,
        )
        yield last


def step_of(stored: Stored) -> Step:
    """Read a stored event as the rules see it."""
    event = stored.event
    return Step(
        event.stream, event.seq, event.at, event.node, event.holder, read_fact(event), event.actor,
        is_old=facts.predates_law(event),
    )  # fmt: skip


def _moved(
    tx: Tx, last: Happening, after: CaseView, step: Step, known: Calendars
) -> tuple[Timer, ...]:
    """Do to the clocks what the event does: as `node.cases.clockwork` does to those in force."""
    effect = clocks.effect_of(last.after, step.data)
    if effect is Clock.NONE:
        return last.timers
    move = Move(effect, clocks.day_of_effect(after, step.data), step.data, after)
    moved = [clocks.moved(timer, move) for timer in last.timers]
    if effect is Clock.DECIDES and after.stages:
        moved = [one for one in moved if one.clock is not ClockKind.DELIVERY]
        moved.append(clocks.delivery(after, move.day))
    return _reckoned(tx, moved, known)


def _reckoned(tx: Tx, timers: Iterable[Timer], known: Calendars) -> tuple[Timer, ...]:
    return tuple(clocks.reckoned(timer, known.of(tx, timer.place)) for timer in timers)
