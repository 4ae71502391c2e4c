"""What the page of one case shows: pure values, made of the view and its events."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from node.cases import model, transitions
from node.cases.model import CaseView
from node.cases.page_ways import Way
from node.web.chrome import Fact, Mark, Told
from node.web.wording import Words
from schemas.cases import CaseState, Outcome
from schemas.ids import NodeId
from schemas.item_terms import LimitUnit
from schemas.items import Item, Limit, Stage

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
    ways: tuple[Way, ...]
    materials: tuple[Material, ...]
    life: tuple[LifeEntry, ...]
    ahead: str
    clocks: tuple[ClockCard, ...]
    applicant: MaskedPerson | None
    facts: tuple[Fact, ...]
    receipt: bool
    asked_mark: Mark
    inert_mark: Mark
    unknown_mark: Mark
    withdrawal_asked: tuple[Asking, ...] = ()
    erasures: tuple[str, ...] = ()
    """Who had papers destroyed, when and why."""
    applicant_erased: bool = False
    disputed: bool = False
    """Two branches of its life exist; a person must look."""
    told: Told | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    wrong_way: str = ""
    typed: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


_TONES: Final = {
    CaseState.RECEIVED: "brand",
    CaseState.CORRECTING: "still",
    CaseState.ACCEPTED: "brand",
    CaseState.DISPATCHED: "brand",
    CaseState.REVIEWED: "brand",
    CaseState.DECIDED: "green",
    CaseState.DELIVERED: "green",
    CaseState.REFUSED: "red",
    CaseState.WITHDRAWN: "plain",
    CaseState.CLOSED: "plain",
}


def mark_of(words: Words, state: CaseState, outcome: Outcome | None) -> Mark:
    """Show a state as a light; a decision and an end say their outcome."""
    said = words.say(f"state.{state}")
    if outcome is None or state in (CaseState.REFUSED, CaseState.WITHDRAWN):
        return Mark(_TONES[state], said)
    tone = "red" if outcome is Outcome.DENIED and state is not CaseState.CLOSED else _TONES[state]
    return Mark(tone, f"{said} · {words.say(f'outcome.{outcome}')}")


@dataclass(frozen=True, slots=True)
class Road:
    """What the stations of a case are drawn from."""

    view: CaseView
    item: Item | None
    done_at: Sequence[int]
    """When each stage that is behind was done: milliseconds UTC."""


def path_of(words: Words, road: Road, place_of: Callable[[NodeId], str]) -> tuple[PathStep, ...]:
    """Draw the stations: receipt, each stage of the process, and handing over."""
    view = road.view
    correcting = view.state is CaseState.CORRECTING
    ended = view.state in _AFTER_STAGES
    first = PathStep(
        place_of(view.origin),
        words.say("stage.correct" if correcting else "stage.receive"),
        "here" if correcting else "done",
        view.received_at,
    )
    steps = [first]
    for number, (stage, node) in enumerate(view.stages):
        here = number == view.stage and not ended and not correcting
        state = "done" if number < view.stage else "here" if here else ""
        desk = desk_of(stage, road.item) or place_of(node)
        when = road.done_at[number] if number < min(view.stage, len(road.done_at)) else None
        steps.append(PathStep(desk, stage_words(words, stage), state, when))
    closed = view.state is CaseState.CLOSED
    last = "done" if closed else "here" if ended else ""
    handed = PathStep(place_of(view.origin), words.say("stage.deliver"), last, view.delivered_at)
    steps.append(handed)
    return tuple(steps)


_AFTER_STAGES: Final = frozenset(
    {
        CaseState.DECIDED,
        CaseState.DELIVERED,
        CaseState.REFUSED,
        CaseState.WITHDRAWN,
        CaseState.CLOSED,
    }
)


def stage_words(words: Words, stage: Stage) -> str:
    """Say a stage: the item's own name in Chinese, the kind of stage in English."""
    kind = words.say(f"stage.{stage.kind}")
    return words.pick(stage.name, kind) or kind


def desk_of(stage: Stage, item: Item | None) -> str:
    """Name the department that does a stage, where the item says its name; else nothing."""
    is_known = item is not None and stage.department == item.department
    return item.department_name if item is not None and is_known else ""


def next_act(words: Words, view: CaseView) -> str:
    """Say what the case waits for."""
    duty = transitions.duty_of(view.state, view.stage_kind)
    if duty is None:
        return words.say("case.ended")
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


def facts_of(
    words: Words, view: CaseView, item: Item | None, place_of: Callable[[NodeId], str]
) -> Sequence[Fact]:
    """List what else is worth knowing."""
    facts = [Fact(words.say("fact.origin"), place_of(view.origin))]
    if view.place != view.origin:
        facts.append(Fact(words.say("fact.place"), place_of(view.place)))
    if item is not None:
        facts.append(Fact(words.say("fact.department"), item.department_name))
        facts.append(Fact(words.say("fact.promised"), limit_words(words, item.promised)))
        facts.append(Fact(words.say("fact.statutory"), limit_words(words, item.statutory)))
    facts.append(Fact(words.say("fact.holder"), place_of(view.holder)))
    return facts


def event_title(words: Words, kind: str) -> str:
    """Name an event's kind; a newer node's kind has no name here."""
    key = f"event.{kind.split('.', 1)[-1]}"
    return words.say(key if words.has(key) else "event.unknown")


def ahead(words: Words, view: CaseView) -> str:
    """Name the step that comes next in the life; empty once the case is closed."""
    duty = transitions.duty_of(view.state, view.stage_kind)
    if duty is None:
        return ""
    if view.state in _AFTER_STAGES or view.state is CaseState.CORRECTING:
        return words.say(f"act.{duty}")
    return words.pick(view.stage_name, words.say(f"act.{duty}")) or words.say(f"act.{duty}")
