"""效能监察 over the API and on the command line: rules, findings, the trial of a rulebook."""

import msgspec

from schemas.ids import CaseNumber, DepartmentId, NodeId
from schemas.supervision import (
    Finding,
    FindingLevel,
    FindingState,
    Rulebook,
    RuleClass,
    RuleId,
)


class FindingPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of findings, latest first."""

    findings: tuple[Finding, ...]
    older: str | None = None
    """Give it as `after` for the next page; absent: this is the last."""


class FindingQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which findings; what is left out does not narrow."""

    open: bool = True
    """Only those that wait for somebody: open, or ordered and not judged."""
    state: FindingState | None = None
    rule_class: RuleClass | None = None
    level: FindingLevel | None = None
    rule: RuleId | None = None
    node: NodeId | None = None
    """Whose doing it is; a place stands for all below it."""
    department: DepartmentId | None = None
    staff: str = ""
    item: str = ""
    since: str = ""
    """`yyyy-mm-dd`: of the instant that caused it; both days included."""
    until: str = ""
    after: str = ""


class NoteFinding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """已阅: looked at, no order needed; why."""

    reason: str


class RuleParameter(msgspec.Struct, frozen=True, kw_only=True):
    """One number of a rule as it is in force."""

    name: str
    value: int
    usual: int
    least: int
    most: int


class RuleView(msgspec.Struct, frozen=True, kw_only=True):
    """One rule as it is in force."""

    rule: RuleId
    name: str
    rule_class: RuleClass
    level: FindingLevel
    on: bool
    parameters: tuple[RuleParameter, ...] = ()
    basis: tuple[str, ...] = ()
    open: int = 0
    """Findings of it that wait for somebody."""


class RuleFault(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that failed at a subject; the other rules were kept."""

    rule: RuleId
    subject: str
    error: str
    at: int


class BookVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One book that was set."""

    publisher: NodeId
    number: int
    from_at: int
    reason: str
    book: Rulebook


class RulebookView(msgspec.Struct, frozen=True, kw_only=True):
    """监察规则库 as it is in force at a place."""

    publisher: NodeId | None
    """Who set the book in force; absent: the program's own settings."""
    number: int = 0
    from_at: int = 0
    reason: str = ""
    book: Rulebook
    rules: tuple[RuleView, ...]
    history: tuple[BookVersion, ...] = ()
    """Latest first."""
    faults: tuple[RuleFault, ...] = ()
    behind: int = 0
    """Events that the rules have not seen yet."""


class SetRulebook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """发布: put a book in force from now on."""

    book: Rulebook
    reason: str


class TryRulebook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """试算: what a book would find in what has happened."""

    book: Rulebook
    cases: int = 1000
    """The latest so many."""
    days: int = 31
    """Of this node, the latest so many."""


class TrialExample(msgspec.Struct, frozen=True, kw_only=True):
    """One that the candidate finds and the book in force does not, or the other way round."""

    number: CaseNumber | None
    at: int
    says: str
    more: bool
    """Whether the candidate finds it; else the book in force does."""


class TrialLine(msgspec.Struct, frozen=True, kw_only=True):
    """One rule in a trial."""

    rule: RuleId
    name: str
    now: int
    """Found by the books as they were in force."""
    then: int
    """Found if the candidate had been in force all the time."""
    failed: int = 0
    """Subjects at which the rule failed."""
    examples: tuple[TrialExample, ...] = ()


class TrialResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a trial found."""

    cases: int
    days: int
    lines: tuple[TrialLine, ...]


class RerunDone(msgspec.Struct, frozen=True, kw_only=True):
    """What a run over everything looked at, and what stands then."""

    looks: int
    """0 while the node runs: it goes on by itself."""
    findings: int
