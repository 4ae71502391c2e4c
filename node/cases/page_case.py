"""What the page of one case shows: pure values, made of the view and its events."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from node.cases import guards, model, numbers, transitions
from node.cases.caseview import CaseView
from node.cases.page_fields import Ways
from node.web.chrome import Fact, Mark, Told
from node.web.wording import Words
from schemas.cases import Action, CaseState, Outcome
from schemas.ids import DepartmentId, NodeId
from schemas.item_terms import LimitUnit
from schemas.items import Item, Limit, Stage

NO_DESKS: Final[Mapping[DepartmentId, str]] = MappingProxyType({})
SHORT_KEY: Final = 8  # hex digits of a key id: enough to tell two keys apart on a page


@dataclass(frozen=True, slots=True)
class PathStep:
    """One station of the case's way. `state`: `done`, `here` or empty."""

    place: str
    what: str
    state: str
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class LifeEntry:
    """One event, as the timeline shows it. `verdict`: `effective`, `inert` or `unknown`."""

    title: str
    kind: str
    place: str
    person: str
    at_ms: int
    verdict: str
    key: str
    hash: str
    holder: str
    """Who has the case since then; empty if that did not change."""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan of a material; without an address if it has not come to this node, or is gone."""

    href: str
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Material:
    """A material of the item, and what was handed in."""

    name: str
    given: bool
    asked: bool
    originals: int = 0
    copies: int = 0
    scans: tuple[Scan, ...] = ()
    trust: Mark | None = None
    """How far it may be relied on."""


@dataclass(frozen=True, slots=True)
class Voice:
    """What one department says in a joint review."""

    who: str
    mark: Mark
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """One thing that the law adds to the case: what it is, and why."""

    title: str
    lines: tuple[str, ...] = ()
    voices: tuple[Voice, ...] = ()


@dataclass(frozen=True, slots=True)
class MaskedPerson:
    """The applicant as everybody at the desk may see him."""

    name: str
    id_number: str
    phone: str


@dataclass(frozen=True, slots=True)
class Asking:
    """Another node says that the applicant wants to withdraw."""

    place: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class ClockCard:
    """One clock as the page of its case shows it."""

    name: str
    limit: str
    due: str
    """The last day; if there is none, what it waits for."""
    mark: Mark
    provisional: Mark | None
    hint: str
    """What makes the day provisional."""
    ask: str
    """What the steps answer."""
    steps: tuple[str, ...]
    earlier: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clocks:
    """时限: those that run or stand still, those that do not run yet, those that have ended."""

    now: tuple[ClockCard, ...] = ()
    later: tuple[ClockCard, ...] = ()
    past: tuple[ClockCard, ...] = ()


@dataclass(frozen=True, slots=True)
class Coming:
    """What this person does next, in his own queue."""

    number: str
    item: str
    act: str


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """The page of a case."""

    number: str
    item: str
    case_kind: str
    version: int
    guide: str
    """The guide as it stood in that version; empty if it is not known here."""
    other_place: str
    mark: Mark
    live: str
    seen: int
    path: tuple[PathStep, ...]
    holder: str
    passed_on: bool
    """Another node holds it now."""
    since_ms: int
    next_act: str
    ways: Ways
    boxes: tuple[Block, ...]
    """What must be known before anything else is read."""
    standing: tuple[Block, ...]
    colleague: str
    """Who handles it, if that is somebody else of the department."""
    materials: tuple[Material, ...]
    life: tuple[LifeEntry, ...]
    ahead: str
    clocks: Clocks
    applicant: MaskedPerson | None
    facts: tuple[Fact, ...]
    receipt: bool
    asked_mark: Mark
    inert_mark: Mark
    unknown_mark: Mark
    notices: object = None  # this and those behind it are read by whoever keeps them
    tasks: object = None
    supervision: object = None
    evaluation: object = None
    redress: object = None
    risks: object = None
    withdrawal_asked: tuple[Asking, ...] = ()
    erasures: tuple[str, ...] = ()
    """Who had papers destroyed, when and why."""
    applicant_erased: bool = False
    disputed: bool = False
    """Two branches of its life exist; a person must look."""
    coming: Coming | None = None
    """下一件; none when nothing else waits for him."""
    written: tuple[Fact, ...] = ()
    """What he wrote in a form that is no longer open."""
    told: Told | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    wrong_way: str = ""
    typed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_TONES: Final = {
    CaseState.APPLIED: "yellow",
    CaseState.RECEIVED: "brand",
    CaseState.CORRECTING: "still",
    CaseState.ACCEPTED: "brand",
    CaseState.DISPATCHED: "brand",
    CaseState.REVIEWED: "brand",
    CaseState.REPORTED: "brand",
    CaseState.SUSPENDED: "still",
    CaseState.DECIDED: "green",
    CaseState.CERTIFIED: "green",
    CaseState.READY: "green",
    CaseState.DELIVERED: "green",
    CaseState.REFUSED: "red",
    CaseState.RETURNED: "plain",
    CaseState.WITHDRAWN: "plain",
    CaseState.TERMINATED: "plain",
    CaseState.CLOSED: "plain",
    CaseState.REVOKED: "red",
    CaseState.VOIDED: "plain",
}
_SAY_IT_THEMSELVES: Final = frozenset(
    {
        CaseState.REFUSED, CaseState.RETURNED, CaseState.WITHDRAWN, CaseState.TERMINATED,
        CaseState.REVOKED, CaseState.VOIDED,
    }
)  # fmt: skip
"""States whose name is their outcome."""


def mark_of(words: Words, state: CaseState, outcome: Outcome | None) -> Mark:
    """Show a state as a light; a decision and an end say their outcome."""
    said = words.say(f"state.{state}")
    if outcome is None or state in _SAY_IT_THEMSELVES:
        return Mark(_TONES[state], said)
    tone = "red" if outcome is Outcome.DENIED and state is not CaseState.CLOSED else _TONES[state]
    return Mark(tone, f"{said} · {words.say(f'outcome.{outcome}')}")


@dataclass(frozen=True, slots=True)
class Road:
    """What the stations of a case are drawn from."""

    view: CaseView
    item: Item | None
    done_at: Mapping[int, int]
    """When each stage that is behind was done: milliseconds UTC."""
    desks: Mapping[DepartmentId, str] = field(default_factory=dict)
    """Names of the departments of `desks_at`."""
    desks_at: NodeId | None = None
    """The node that looks: it names its own departments."""

    def desk(self, stage: Stage, node: NodeId) -> str:
        """Name the department that does a stage; empty if there is none, or it is not known."""
        if stage.department is not None and node == self.desks_at:
            return self.desks.get(stage.department) or desk_of(stage, self.item)
        return desk_of(stage, self.item)


def path_of(words: Words, road: Road, place_of: Callable[[NodeId], str]) -> tuple[PathStep, ...]:
    """Draw the stations: receipt, each stage of the process, and handing over."""
    view = road.view
    at_window = view.state in _AT_WINDOW
    ended = is_behind_stages(view)
    first = PathStep(
        place_of(view.origin),
        words.say(_AT_WINDOW.get(view.state, "stage.receive")),
        "here" if at_window else "done",
        view.received_at,
    )
    steps = [first]
    for number, (stage, node) in enumerate(view.stages):
        here = number == view.stage and not ended and not at_window
        state = "done" if number < view.stage else "here" if here else ""
        desk = road.desk(stage, node) or place_of(node)
        when = road.done_at.get(number) if number < view.stage else None
        steps.append(PathStep(desk, stage_words(words, stage), state, when))
    if view.state in _OVER:
        last = "done" if view.state is CaseState.CLOSED or view.delivered_at is not None else ""
    else:
        last = "here" if ended else ""
    handed = PathStep(place_of(view.origin), words.say("stage.deliver"), last, view.delivered_at)
    steps.append(handed)
    return tuple(steps)


_AT_WINDOW: Final = {CaseState.APPLIED: "stage.admit", CaseState.CORRECTING: "stage.correct"}
_OVER: Final = frozenset({CaseState.CLOSED, CaseState.REVOKED, CaseState.VOIDED})


def is_behind_stages(view: CaseView) -> bool:
    """Say whether all stages are behind: what is left is the window's, or nothing."""
    if view.state in _AT_WINDOW or guards.is_being_made(view):
        return False
    return view.state not in transitions.HOME_IS_STAGE


def stage_words(words: Words, stage: Stage) -> str:
    """Say a stage: the item's own name in Chinese, the kind of stage in English."""
    kind = words.say(f"stage.{stage.kind}")
    return words.pick(stage.name, kind) or kind


def desk_of(stage: Stage, item: Item | None) -> str:
    """Name the department that does a stage, where the item says its name; else nothing."""
    is_known = item is not None and stage.department == item.department
    return item.department_name if item is not None and is_known else ""


def duty_of(view: CaseView) -> Action | None:
    """Name what the case waits for, wherever it is; `None` once nothing is left to do."""
    if view.state is CaseState.CLOSED:
        return Action.CHECK if guards.is_to_be_checked(view) else None
    duty = transitions.duty_of(view.state, view.stage_kind)
    if duty is Action.REVIEW and guards.missing_opinions(view):
        return Action.GIVE_OPINION
    return duty


def next_act(words: Words, view: CaseView) -> str:
    """Say what the case waits for."""
    duty = duty_of(view)
    if duty is None:
        return words.say("case.ended" if view.state is CaseState.CLOSED else "case.nothing_left")
    if model.is_astray(view):
        return words.say("case.next_act", act=words.say("act.send_on"))
    return words.say("case.next_act", act=words.say(f"act.{duty}"))


def limit_words(words: Words, limit: Limit | None) -> str:
    """Say a time limit."""
    if limit is None:
        return "—"
    if not limit.amount:
        return words.say("limit.at_once")
    units = {LimitUnit.WORKDAY: "workday", LimitUnit.DAY: "day", LimitUnit.MONTH: "month"}
    return words.say(f"limit.{units[limit.unit]}", n=limit.amount)


def extension_words(words: Words, item: Item | None, amount: int) -> str:
    """Say by how much a limit was extended: in the unit of the item's limit."""
    limit = Limit(amount=0) if item is None else item.statutory or item.promised
    return limit_words(words, replace(limit, amount=amount))


def facts_of(
    words: Words,
    view: CaseView,
    item: Item | None,
    place_of: Callable[[NodeId], str],
    desks: Mapping[DepartmentId, str] = NO_DESKS,
) -> Sequence[Fact]:
    """List what else is worth knowing; `desks` are names of departments."""
    facts = [Fact(words.say("fact.origin"), place_of(view.origin))]
    if view.place != view.origin:
        facts.append(Fact(words.say("fact.place"), place_of(view.place)))
    if item is not None:
        department = desks.get(item.department) or item.department_name
        facts.append(Fact(words.say("fact.department"), department))
        facts.append(Fact(words.say("fact.promised"), limit_words(words, item.promised)))
        facts.append(Fact(words.say("fact.statutory"), limit_words(words, item.statutory)))
    if item is not None and item.fees:
        paid = "fact.fee_settled" if view.law.fee_settled else "fact.fee_open"
        facts.append(Fact(words.say("fact.fee"), words.say(paid)))
    facts += _of_result(words, view)
    exchanged = numbers.exchange_number(view, item)
    if exchanged:
        facts.append(Fact(words.say("public.exchange_number"), exchanged))
    facts.append(Fact(words.say("fact.holder"), place_of(view.holder)))
    return facts


def _of_result(words: Words, view: CaseView) -> Iterator[Fact]:
    law = view.law
    said = {
        "certificate": law.certificate,
        "valid_until": law.valid_until,
        "expires_on": law.expires_on,
    }
    return (Fact(words.say(f"fact.{name}"), value) for name, value in said.items() if value)


def event_title(words: Words, kind: str) -> str:
    """Name an event's kind; a newer node's kind has no name here."""
    key = f"event.{kind.split('.', 1)[-1]}"
    return words.say(key if words.has(key) else "event.unknown")


def ahead(words: Words, view: CaseView) -> str:
    """Name the step that comes next in the life; empty once nothing is left to do."""
    duty = duty_of(view)
    if duty is None:
        return ""
    act = words.say(f"act.{duty}")
    if duty is Action.GIVE_OPINION:
        return act
    if view.state in _AT_WINDOW or view.state is CaseState.SUSPENDED or is_behind_stages(view):
        return act
    return words.pick(view.stage_name, act) or act
