"""What tells a case's life: its events as they are read, and the one who puts them in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from federation import partstore, recovery, streams
from federation.streams import Stored, Verdict
from node.cases import rulings
from node.cases.caseview import CaseView
from node.cases.facts import BEGINNINGS, Fact, Step
from node.cases.kind import read_fact
from node.cases.page_looker import Looker
from node.cases.rulings import Effect
from node.database import Tx
from node.network.actions import Places
from node.staff import actions as staff
from node.web.wording import Words
from node.work import SYSTEM
from schemas.case_terms import Ground
from schemas.ids import DepartmentId, PartDigest, StaffId
from schemas.items import Item


@dataclass(frozen=True, slots=True)
class Told:
    """One event with what it says, if this version knows its kind."""

    stored: Stored
    fact: Fact | None

    @property
    def counts(self) -> Fact | None:
        """What it says, if it has effect."""
        return self.fact if self.stored.verdict is Verdict.EFFECTIVE else None


def life_of(tx: Tx, view: CaseView) -> tuple[Told, ...]:
    """Read the events of a case that stand on its path, first to last, and what each says."""
    stream = streams.load(tx, view.stream)
    if stream is None:
        return ()
    return tuple(
        Told(stored, read_fact(stored.event))
        for stored in streams.events(tx, stream)
        if stored.verdict is not Verdict.PENDING
    )


_EFFECTS: Final = {Verdict.EFFECTIVE: Effect.EFFECTIVE, Verdict.INERT: Effect.INERT}


def stages_done(view: CaseView, told: Sequence[Told]) -> Mapping[int, int]:
    """Say when each stage that is behind was done, by going the way again."""
    done: dict[int, int] = {}
    now: CaseView | None = None
    for one in told:
        event = one.stored.event
        step = Step(event.stream, event.seq, event.at, event.node, event.holder, one.fact)
        if now is None:
            if not isinstance(one.fact, BEGINNINGS):
                return done
            now = rulings.begin(step, one.fact, view.stages)
            continue
        after = rulings.apply(now, step, _EFFECTS.get(one.stored.verdict, Effect.UNJUDGED))
        done.update(dict.fromkeys(range(now.stage, after.stage), event.at))
        now = after
    return done


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells a case's life to one person."""

    looker: Looker
    places: Places
    item: Item | None
    desks: Mapping[DepartmentId, str]
    """Names of the departments of the node that looks."""
    people: dict[StaffId, str] = field(default_factory=dict)
    """Names of people who work here, each looked up once."""

    @property
    def words(self) -> Words:
        """In his language."""
        return self.looker.words

    def name_of(self, one: DepartmentId) -> str:
        """Name a department, as far as this node can; empty if it cannot."""
        item = self.item
        own = item.department_name if item is not None and one == item.department else ""
        return self.desks.get(one) or own

    def department(self, one: DepartmentId) -> str:
        """Say to which department a case was given."""
        name = self.name_of(one)
        if name:
            return self.words.say("case.to_department", department=name)
        return self.words.say("case.to_unnamed", department=one)

    def papers(self, codes: Sequence[str]) -> str:
        """Name some materials."""
        named = paper_names(self.item)
        return self.words.joined(named.get(code, code) for code in codes)

    def reason(self, reason: str) -> str:
        """Say why."""
        key = f"reason.{reason}"
        said = self.words.say(key) if self.words.has(key) else reason
        return self.words.say("case.reason", reason=said)

    def ground(self, ground: Ground | None) -> list[str]:
        """Name law and article, if they are."""
        if ground is None:
            return []
        return [self.words.say("life.ground", law=ground.law, article=ground.article)]

    def text(self, tx: Tx, key: str, part: PartDigest | None) -> list[str]:
        """Read a sealed text, if this node has it and this person works on cases."""
        looker = self.looker
        if part is None or not looker.sees_names or recovery.is_recovering(tx):
            return []
        if not partstore.is_digest(part) or not partstore.has(tx, part):
            return []
        text = looker.parts.read(tx, part).content.decode("utf-8", "replace")
        return [self.words.say(key, text=text)]

    def person(self, tx: Tx, one: Told) -> str:
        """Who did it, if he works here: events carry only a random staff id."""
        event = one.stored.event
        if event.actor == SYSTEM.staff:
            return self.words.say("life.system")
        if event.node != self.looker.me:
            return ""
        if event.actor not in self.people:
            account = staff.account(tx, event.actor)
            self.people[event.actor] = "" if account is None else account.name
        return self.people[event.actor]


def paper_names(item: Item | None) -> Mapping[str, str]:
    """Name the materials of an item by their codes."""
    return {need.code: need.name for need in item.materials} if item else {}
