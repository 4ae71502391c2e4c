"""What the page of rules shows: pure values, made of what the API tells."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from node.network.actions import Places
from node.supervision import asking, books
from node.supervision.page_supervision import TONES
from node.supervision.rules import by_id
from node.web import chrome
from node.web.chrome import Mark, Told
from node.web.wording import Words
from schemas.supervision import RuleId
from schemas.supervision_api import RulebookView, RuleFault, RuleParameter, RuleView, TrialResult

TRIED_CASES: Final = 1000  # a second of one reader, and a month of a small county
TRIED_DAYS: Final = 31


@dataclass(frozen=True, slots=True)
class ValueField:
    """One number of a rule, in the form."""

    name: str
    label: str
    value: str
    usual: str
    least: int
    most: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule."""

    rule: RuleId
    name: str
    mark: Mark
    rule_class: str
    basis: str
    on: bool
    values: tuple[ValueField, ...]
    summary: str
    """The same in one line."""
    open: int

    @property
    def wrong(self) -> bool:
        """Say whether one of its numbers must be corrected."""
        return any(value.error for value in self.values)


@dataclass(frozen=True, slots=True)
class TriedLine:
    """One rule in a trial."""

    rule: RuleId
    name: str
    now: int
    then: int
    failed: int
    examples: tuple[tuple[str, str, str, int], ...]
    """Each: more or fewer, the case's number, the sentence, the instant."""


@dataclass(frozen=True, slots=True)
class Tried:
    """试算."""

    title: str
    lines: tuple[TriedLine, ...]
    same: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What a form said, to show it again; `None` where nothing was typed."""

    on: frozenset[str] | None = None
    numbers: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[tuple[str, str], ...] | None = None
    reason: str = ""
    cases: str = str(TRIED_CASES)
    days: str = str(TRIED_DAYS)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RulesPage:
    """监察规则库."""

    standing: str
    behind: str
    lines: tuple[RuleLine, ...]
    rows: tuple[tuple[str, str], ...]
    may_set: bool
    said: Said
    errors: Mapping[str, str]
    history: tuple[str, ...]
    faults: tuple[RuleFault, ...]
    tried: Tried | None = None
    told: Told | None = None


def drawn(
    words: Words,
    view: RulebookView,
    places: Places,
    said: Said,
    *,
    may_set: bool,
) -> RulesPage:
    """Lay out the rules as they are in force, or as somebody typed them."""
    rows = said.rows
    if rows is None:
        rows = tuple((one.item, str(one.yellow_workdays)) for one in view.book.thresholds)
    errors = dict(_errors(words, said.errors))
    return RulesPage(
        standing=_standing(words, view, places),
        behind=words.say("rulebook.behind", count=view.behind) if view.behind else "",
        lines=tuple(_line(words, one, said, errors) for one in view.rules),
        rows=(*(row for row in rows if any(row)), *(("", ""),) * asking.NEW_ROWS)
        if may_set
        else rows,
        may_set=may_set,
        said=said,
        errors=errors,
        history=tuple(
            words.say(
                "rulebook.history_line", place=places(one.publisher), n=one.number,
                day=chrome.day(one.from_at), why=one.reason,
            )
            for one in view.history
        ),
        faults=view.faults,
    )  # fmt: skip


def _standing(words: Words, view: RulebookView, places: Places) -> str:
    if view.publisher is None:
        return words.say("rulebook.by_program")
    return words.say(
        "rulebook.in_force", place=places(view.publisher), n=view.number,
        day=chrome.day(view.from_at), why=view.reason,
    )  # fmt: skip


def _line(words: Words, one: RuleView, said: Said, errors: Mapping[str, str]) -> RuleLine:
    values = tuple(_value(words, one.rule, value, said, errors) for value in one.parameters)
    return RuleLine(
        rule=one.rule,
        name=one.name,
        mark=Mark(TONES[one.level], words.say(f"finding_level.{one.level}")),
        rule_class=words.say(f"rule_class.{one.rule_class}"),
        basis=words.joined(one.basis),
        on=one.on if said.on is None else one.rule in said.on,
        values=values,
        summary=words.joined(f"{value.label} {value.value}" for value in values),
        open=one.open,
    )


def _value(
    words: Words, rule: RuleId, one: RuleParameter, said: Said, errors: Mapping[str, str]
) -> ValueField:
    name = f"{rule}.{one.name}"
    return ValueField(
        name=name,
        label=words.say(f"rule_value.{one.name}"),
        value=said.numbers.get(name, str(one.value)),
        usual=words.say("rulebook.usual", n=one.usual) if one.value != one.usual else "",
        least=one.least,
        most=one.most,
        error=errors.get(name, ""),
    )


def _errors(words: Words, faults: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Say what is wrong with a form, under the field that it is in."""
    for name in faults:
        rule, dot, parameter = name.partition(".")
        if dot and rule in tuple(RuleId):
            bounds = by_id(RuleId(rule)).parameters.get(parameter)
            least, most = (bounds.least, bounds.most) if bounds else (0, 0)
            yield name, words.say("rulebook.wrong_number", least=least, most=most)
        elif name in {"cases", "days"}:
            yield name, words.say("rulebook.wrong_span")
        elif name == "reason":
            yield name, words.say("rulebook.wrong_reason")
        else:
            yield "thresholds", words.say("rulebook.wrong_threshold")


def tried_of(words: Words, result: TrialResult) -> Tried:
    """Lay out what a trial found: the rules that find anything, by either book."""
    lines = tuple(
        TriedLine(
            rule=one.rule,
            name=one.name,
            now=one.now,
            then=one.then,
            failed=one.failed,
            examples=tuple(
                (
                    words.say("rulebook.more" if example.more else "rulebook.fewer"),
                    example.number or "",
                    example.says,
                    example.at,
                )
                for example in one.examples
            ),
        )
        for one in result.lines
        if one.now or one.then or one.failed
    )
    return Tried(
        title=words.say("rulebook.tried", cases=result.cases, days=result.days),
        lines=lines,
        same=not any(one.examples for one in lines),
    )


def typed_rows(codes: Sequence[str], days: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pair the codes and numbers of a form, as far as both are there."""
    return tuple(zip(codes, days, strict=False))[: books.MOST_THRESHOLDS + 1]
