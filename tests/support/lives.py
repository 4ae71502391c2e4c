"""Lives of cases as pure values, folded by the rules of cases: what supervision looks at.

`Life` takes steps at stated local instants, each by whoever usually does it; whatever the law
forbids is written down all the same, without effect, as a neighbour's program might have done it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from node.calendar.model import Calendar
from node.calendar.sources import calendar_from
from node.cases import clocks, rulings
from node.cases.caseview import CaseView
from node.cases.clocks import Move, Timer
from node.cases.facts import Fact, Step
from node.cases.life import Happening, History
from node.cases.rulings import Effect
from node.cases.transitions import Clock
from node.catalogue.model import stages_for
from node.clock import CHINA, from_ms, to_ms
from node.supervision.model import Dossier, Hit, Values
from node.supervision.rules import by_id
from schemas.case_law import CaseApplied, CaseDeemedAccepted, CaseDeemedGranted
from schemas.case_terms import MaterialGiven
from schemas.cases import Action, CaseEvent, CaseReceived
from schemas.cases_api import CaseFinding, CaseNote
from schemas.clocks import ClockKind
from schemas.ids import NodeId, PartDigest, StaffId
from schemas.items import Item
from schemas.notices import NoticeKind, NoticeView
from schemas.supervision import RuleId
from tests.support.casework import COUNTY
from tests.support.catalogue import LICENCE
from tests.support.laws import at_county
from tests.support.steps import fact_of, next_step, received, replaced

A = Action
PLAIN: Final = at_county(LICENCE)
"""Five workdays promised, twenty by law; a day to accept and dispatch, two to review and decide."""
PUBLISHED: Final = calendar_from(())
"""The working days as the program knows them: 2026 is published, 2027 is not."""
DOERS: Final[Mapping[Action, str]] = MappingProxyType(
    {
        A.RECEIVE: "clerk", A.FORWARD: "officer", A.REVIEW: "handler", A.SIGN_IN: "handler",
        A.SUSPEND: "handler", A.RESUME: "handler", A.EXTEND: "approver", A.DECIDE: "approver",
        A.CERTIFY: "handler", A.DEEM_ACCEPTED: "system", A.DEEM_GRANTED: "system",
    }
)  # fmt: skip
WHOLE: Final = (MaterialGiven(code="form", originals=1), MaterialGiven(code="id", copies=1))


def ms(when: str) -> int:
    """Read a local instant, `03-05 10:00` or `2026-03-05 10:00`, as milliseconds UTC."""
    text = when if when.startswith("20") else f"2026-{when}"
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=CHINA))


def told(instant: int) -> str:
    """Write an instant as `ms` reads it, without the year; the end of a day as 24:00."""
    local = from_ms(instant).astimezone(CHINA)
    if (local.hour, local.minute) == (0, 0):
        return f"{local - timedelta(days=1):%m-%d} 24:00"
    return f"{local:%m-%d %H:%M}"


@dataclass
class Life:
    """A case that is lived step by step."""

    item: Item = PLAIN
    origin: NodeId = COUNTY
    calendar: Calendar = PUBLISHED
    happenings: list[Happening] = field(default_factory=list)
    faults: list[CaseFinding] = field(default_factory=list)
    notices: list[NoticeView] = field(default_factory=list)
    notes: list[CaseNote] = field(default_factory=list)

    def receive(self, when: str = "03-02 10:00", **said: object) -> "Life":
        """Take the application at a window, all its papers there (2026-03-02 is a Monday)."""
        at = ms(when)
        step = received(self.item, self.origin, at=at, actor=StaffId("clerk"))
        assert isinstance(step.data, CaseReceived)
        stated = {"received_at": at, "materials": WHOLE} | said
        fact = replace(step.data, **stated)
        return self.begin(replaced(step, data=fact))

    def begin(self, step: Step) -> "Life":
        """Begin with an event as it stands."""
        assert isinstance(step.data, CaseReceived | CaseApplied)
        stages = stages_for(self.item, self.origin, self.origin)
        view = rulings.begin(step, step.data, stages, self.item)
        timers = self._reckoned(clocks.begin(view, self.item))
        first = Happening(
            step=step, effect=Effect.EFFECTIVE, received_at=step.at, before=None, after=view,
            timers=timers,
        )  # fmt: skip
        self.happenings.append(first)
        return self

    @property
    def view(self) -> CaseView:
        return self.happenings[-1].after

    def do(self, action: Action, when: str, *, by: str = "", **said: object) -> "Life":
        """Take a step of that kind; `said` is what its event says otherwise than the usual one."""
        fact = _at(fact_of(action, self.view), ms(when))
        return self.write(replace(fact, **said), when, by or DOERS.get(action, "clerk"))

    def path(self, when: str, *actions: Action) -> "Life":
        """Take these steps, a second apart."""
        for number, action in enumerate(actions):
            second = datetime.fromisoformat(f"2026-{when}") + timedelta(seconds=number)
            self.do(action, f"{second:%m-%d %H:%M:%S}")
        return self

    def write(self, fact: Fact, when: str, by: str, **changes: object) -> "Life":
        """Write an event that says `fact`, whether or not it may be."""
        changes |= {"at": ms(when), "actor": StaffId(by)}
        return self.append(next_step(self.view, fact, **changes))

    def append(self, step: Step) -> "Life":
        """Judge and fold an event."""
        last = self.happenings[-1]
        ruling = rulings.judge(last.after, step, None)
        after = rulings.apply(last.after, step, ruling.effect)
        timers = last.timers
        if ruling.effect is Effect.EFFECTIVE:
            timers = self._moved(last, after, step)
        if ruling.fault is not None:
            self.faults.append(
                CaseFinding(
                    seq=step.seq, event="", kind=type(step.data).__name__, node=step.node,
                    fault=ruling.fault.value, at=step.at,
                )
            )  # fmt: skip
        self.happenings.append(
            Happening(
                step=step, effect=ruling.effect, received_at=step.at, before=last.after,
                after=after, timers=timers,
            )
        )  # fmt: skip
        return self

    def issue(self, notice: NoticeKind, when: str, seq: int | None = None) -> "Life":
        """Issue a document about the last event, or an earlier one."""
        self.notices.append(
            NoticeView(
                notice=notice, number="1", code="c", case=self.view.stream,
                seq=self.view.seq if seq is None else seq, issuer=COUNTY, issued_at=ms(when),
                page=PartDigest("a" * 64), here=True,
            )
        )  # fmt: skip
        return self

    def _moved(self, last: Happening, after: CaseView, step: Step) -> tuple[Timer, ...]:
        effect = clocks.effect_of(last.after, step.data)
        if effect is Clock.NONE:
            return last.timers
        move = Move(effect, clocks.day_of_effect(after, step.data), step.data, after)
        moved = [clocks.moved(timer, move) for timer in last.timers]
        if effect is Clock.DECIDES:
            moved = [one for one in moved if one.clock is not ClockKind.DELIVERY]
            moved.append(clocks.delivery(after, move.day))
        return self._reckoned(moved)

    def _reckoned(self, timers: Iterable[Timer]) -> tuple[Timer, ...]:
        return tuple(clocks.reckoned(one, self.calendar) for one in timers)

    # ---- what rules look at

    @property
    def history(self) -> History:
        return History(
            stream=self.view.stream, item=self.item, happenings=tuple(self.happenings),
            notes=tuple(self.notes), without_effect=tuple(self.faults),
        )  # fmt: skip

    def dossier(self, *, yellow_workdays: int | None = None) -> Dossier:
        return Dossier(
            life=self.history, calendar=lambda _: self.calendar, notices=tuple(self.notices),
            yellow_workdays=yellow_workdays,
        )  # fmt: skip

    def hits(self, rule: str, values: Values | None = None) -> tuple[Hit, ...]:
        """Ask one rule, with its usual parameters but for those named."""
        return asked(rule, self.dossier(), values)

    def found(self, rule: str, values: Values | None = None) -> tuple[tuple[str, str, str], ...]:
        """The same in short: the level, the local instant, the mark."""
        return short(self.hits(rule, values))


def asked(rule: str, dossier: Dossier, values: Values | None = None) -> tuple[Hit, ...]:
    """Ask one rule of a case."""
    one = by_id(RuleId(rule))
    assert one.of_case is not None
    return tuple(one.of_case(dossier, {**one.usual, **(values or {})}))


def short(hits: Iterable[Hit]) -> tuple[tuple[str, str, str], ...]:
    """Write hits in short: the level, the local instant, the mark."""
    return tuple((one.level.value, told(one.at), one.mark) for one in hits)


def cut(dossier: Dossier, count: int) -> Dossier:
    """The same case as it was known after that many events."""
    life = dossier.life
    kept = life.happenings[:count]
    last = kept[-1].step.seq
    at = max(one.step.at for one in kept)
    earlier = replace(
        life, happenings=kept, notes=tuple(one for one in life.notes if one.at <= at),
        without_effect=tuple(one for one in life.without_effect if one.seq <= last),
    )  # fmt: skip
    return Dossier(
        life=earlier, calendar=dossier.calendar, yellow_workdays=dossier.yellow_workdays,
        notices=tuple(one for one in dossier.notices if one.issued_at <= at),
    )  # fmt: skip


def _at(fact: CaseEvent, at: int) -> CaseEvent:
    """Let an event state the instant at which it is written, as our program does."""
    if isinstance(fact, CaseDeemedAccepted | CaseDeemedGranted):
        return fact
    stated = {name: at for name in fact.__struct_fields__ if name.endswith("_at")}
    return replace(fact, **stated)
