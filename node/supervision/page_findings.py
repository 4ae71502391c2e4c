"""What the pages of findings show: pure values, and the reading that they are made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

from node.cases import clock_answers, page_clock
from node.cases import reading as cases
from node.cases.page_case import Clocks
from node.database import Tx
from node.errors import BadInputError
from node.network.actions import Places, place_names
from node.staff import actions as staff
from node.supervision import asking, reading, rulebook_reading, store
from node.supervision import orders_matter as matters
from node.supervision.page_supervision import TONES
from node.supervision.reading import Sight
from node.web import chrome
from node.web.chrome import Choice, Fact, Mark, Told
from node.web.wording import Words
from schemas.ids import DepartmentId, NodeId, StaffId, StreamName
from schemas.staff import Role
from schemas.supervision import Finding, FindingLevel, FindingState, RuleClass, RuleId
from schemas.supervision_api import FindingPage, RuleView

COLUMNS: Final = (
    "id", "at", "found_at", "level", "class", "rule", "what", "number", "item_name", "node",
    "department", "staff", "state",
)  # fmt: skip
NO_CLOCKS: Final = Clocks()


@dataclass(frozen=True, slots=True)
class Line:
    """One finding in a list."""

    id: str
    mark: Mark
    rule: str
    says: str
    number: str
    item: str
    whose: str
    at_ms: int
    state: str
    orders: bool
    """Whether whoever looks may order or note it."""


@dataclass(frozen=True, slots=True)
class FindingsPage:
    """监察异常."""

    lead: str
    lines: tuple[Line, ...]
    older: str
    query: str
    """To come back with, and for the table."""
    said: Mapping[str, str]
    states: tuple[Choice, ...]
    classes: tuple[Choice, ...]
    levels: tuple[Choice, ...]
    rules: tuple[Choice, ...]
    departments: tuple[Choice, ...]
    oversees: bool
    empty: str
    told: Told | None = None

    @property
    def orders(self) -> bool:
        """Whether an order may be issued about some of them."""
        return any(one.orders for one in self.lines)

    @property
    def is_narrowed(self) -> bool:
        """Say whether only some are asked for."""
        return any(self.said.get(name) for name in asking.FIELDS if name != "after")


@dataclass(frozen=True, slots=True)
class FindingSheet:
    """The page of one finding."""

    id: str
    mark: Mark
    rule: str
    says: str
    state: Mark
    facts: tuple[Fact, ...]
    number: str
    basis: tuple[str, ...]
    set_by: str
    values: tuple[Fact, ...]
    clocks: Clocks
    others: tuple[Line, ...]
    withdrawn: bool
    noted: str
    order: str
    """The address of the order about it; empty: none."""
    may_order: bool
    may_note: bool
    told: Told | None = None
    errors: Mapping[str, str] | None = None
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Naming:
    """Names for what findings speak of, as far as this node knows them."""

    me: NodeId
    places: Places
    departments: Mapping[DepartmentId, str]
    people: Mapping[StaffId, str]

    def whose(self, words: Words, one: Finding) -> str:
        """Say whose doing it is."""
        named = (self.places(one.node), self.department(one), self.person(one))
        return words.pick(" ", ", ").join(name for name in named if name)

    def department(self, one: Finding) -> str:
        """Name the department, if it is one of this node; else nothing."""
        if one.node != self.me or one.department is None:
            return ""
        return self.departments.get(one.department, "")

    def person(self, one: Finding) -> str:
        """Name the member of staff, if he is one of this node; else nothing."""
        if one.node != self.me or one.staff is None:
            return ""
        return self.people.get(one.staff, "")


def naming(tx: Tx, me: NodeId, words: Words) -> Naming:
    """Read the names that this node knows."""
    listed = staff.listing(tx)
    return Naming(
        me,
        Places(place_names(tx), words),
        {one.id: words.pick(one.name, one.name_en) for one in staff.departments(tx)},
        {one.id: one.name for one in listed.staff},
    )


# ---- the list


def listed(tx: Tx, sight: Sight, words: Words, said: Mapping[str, str]) -> FindingsPage:
    """Read a page of findings; what cannot be read is said, and nothing is lost."""
    names = naming(tx, sight.me, words)
    told: Told | None = None
    try:
        found = reading.page(tx, asking.query_of(said), words, sight=sight)
    except BadInputError:
        told, found = Told("stop", words.say("findings.bad_query")), FindingPage(findings=())
    kept = {name: value for name, value in said.items() if value and name in asking.FIELDS}
    query = urlencode({name: value for name, value in kept.items() if name != "after"})
    older = f"?{query}{'&' if query else ''}after={found.older}" if found.older else ""
    acts = Role.SUPERVISOR in sight.actor.roles
    return FindingsPage(
        lead=words.say("findings.lead" if sight.sees_all else "findings.lead_own"),
        lines=tuple(line(words, names, one, acts=acts) for one in found.findings),
        older=older and f"/supervision/findings{older}",
        query=query,
        said={name: said.get(name, "") for name in asking.FIELDS},
        states=_states(words),
        classes=_choices(words, "rule_class", RuleClass),
        levels=_choices(words, "finding_level", FindingLevel),
        rules=tuple(Choice(one, f"{one} {words.say(f'rule_name.{one}')}") for one in RuleId),
        departments=tuple(Choice(one, name) for one, name in names.departments.items()),
        oversees=sight.sees_all,
        empty=words.say("findings.none" if kept else "findings.none_open"),
        told=told,
    )


def _states(words: Words) -> tuple[Choice, ...]:
    first = (
        Choice(asking.WAITING, words.say("findings.waiting")),
        Choice(asking.EVERYTHING, words.say("findings.everything")),
    )
    return (*first, *_choices(words, "finding_state", FindingState))


def _choices(words: Words, group: str, members: Iterable[StrEnum]) -> tuple[Choice, ...]:
    return tuple(Choice(one, words.say(f"{group}.{one}")) for one in members)


def line(words: Words, names: Naming, one: Finding, *, acts: bool) -> Line:
    """Lay out one finding."""
    return Line(
        id=one.id,
        mark=Mark(TONES[one.level], words.say(f"finding_level.{one.level}")),
        rule=words.say(f"rule_name.{one.rule}"),
        says=one.says,
        number=one.number or "",
        item=one.item_name,
        whose=names.whose(words, one),
        at_ms=one.at,
        state=words.say(f"finding_state.{one.state}"),
        orders=acts and one.state in (FindingState.OPEN, FindingState.NOTED),
    )


def table(tx: Tx, sight: Sight, words: Words, said: Mapping[str, str]) -> Iterator[Sequence[str]]:
    """Give the findings that are asked for as rows of a table. Raises `BadInputError`."""
    names = naming(tx, sight.me, words)
    query = asking.query_of({**said, "after": ""})
    found = reading.page(tx, query, words, sight=sight, most=reading.MOST_EXPORTED)
    for one in found.findings:
        yield (
            one.id, _instant(one.at), _instant(one.found_at),
            words.say(f"finding_level.{one.level}"), words.say(f"rule_class.{one.rule_class}"),
            f"{one.rule} {words.say(f'rule_name.{one.rule}')}", one.says, one.number or "",
            one.item_name, names.places(one.node),
            names.department(one), names.person(one),
            words.say(f"finding_state.{one.state}"),
        )  # fmt: skip


def _instant(at: int) -> str:
    return f"{chrome.day(at)} {chrome.clock_time(at)}"


# ---- one finding


def sheet(tx: Tx, sight: Sight, words: Words, finding: str, today: date) -> FindingSheet:
    """Read one finding and what stands around it. Raises `NotFoundError`."""
    one = reading.seen(tx, sight, finding, words)
    names = naming(tx, sight.me, words)
    rule, term = rulebook_reading.as_it_was(tx, one.rule, one.node, one.at, words)
    version = term.version
    acts = Role.SUPERVISOR in sight.actor.roles
    return FindingSheet(
        id=one.id,
        mark=Mark(TONES[one.level], words.say(f"finding_level.{one.level}")),
        rule=rule.name,
        says=one.says,
        state=_state_mark(words, one.state),
        facts=tuple(_facts(words, names, one)),
        number=one.number or "",
        basis=rule.basis,
        set_by=words.say("findings.by_program")
        if version is None
        else words.say(
            "findings.by_book",
            place=names.places(version.publisher),
            n=version.number,
            day=chrome.day(version.from_at),
        ),
        values=values_of(words, rule),
        clocks=_clocks(tx, words, one.case, today),
        others=tuple(_others(tx, words, names, one, sight)),
        withdrawn=one.state is FindingState.WITHDRAWN,
        noted=_noted(tx, words, names, finding),
        order="" if one.order is None else f"/supervision/orders/{one.order.rpartition('/')[2]}",
        may_order=acts and matters.may_be_ordered(one, sight.me),
        may_note=acts and one.state is FindingState.OPEN,
    )


def values_of(words: Words, rule: RuleView) -> tuple[Fact, ...]:
    """Name the numbers that a rule depends on, as they are set."""
    return tuple(
        Fact(words.say(f"rule_value.{one.name}"), str(one.value)) for one in rule.parameters
    )


def _state_mark(words: Words, state: FindingState) -> Mark:
    tones = {FindingState.OPEN: "yellow", FindingState.ORDERED: "brand"}
    return Mark(tones.get(state, "plain"), words.say(f"finding_state.{state}"))


def _facts(words: Words, names: Naming, one: Finding) -> Iterator[Fact]:
    yield Fact(words.say("findings.whose"), names.whose(words, one))
    if one.item_name:
        yield Fact(words.say("findings.item_name"), one.item_name)
    yield Fact(words.say("findings.class"), words.say(f"rule_class.{one.rule_class}"))
    yield Fact(words.say("findings.at"), _instant(one.at))
    yield Fact(words.say("findings.found_at"), _instant(one.found_at))
    yield Fact(words.say("findings.id"), one.id)


def _clocks(tx: Tx, words: Words, case: StreamName | None, today: date) -> Clocks:
    view = None if case is None else cases.of_stream(tx, case)
    if view is None:
        return NO_CLOCKS
    return page_clock.clocks_of(words, view, clock_answers.told_of(tx, view, today), today)


def _others(tx: Tx, words: Words, names: Naming, one: Finding, sight: Sight) -> Iterator[Line]:
    if one.case is None:
        return
    for other in reading.of_case(tx, one.case, words):
        if other.id != one.id and sight.reads(other):
            yield line(words, names, other, acts=False)


def _noted(tx: Tx, words: Words, names: Naming, finding: str) -> str:
    mark = store.mark_of(tx, finding)
    if mark is None or not mark.why:
        return ""
    name = names.people.get(mark.by, mark.by)
    return words.say("findings.noted_by", name=name, day=chrome.day(mark.at), why=mark.why)
