"""The list of reports: what was issued, by whom, and what is due. And who looks at reports."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from node.appraisal import bulletin, periods, reports_model, reports_reading, sheets
from node.appraisal.asking import Asking
from node.clock import from_ms, local_day
from node.database import Tx
from node.network import actions as network
from node.network.actions import Places
from node.web.chrome import Choice, Mark
from node.web.wording import Words
from schemas.appraisal import Period, PeriodKind
from schemas.ids import NodeId
from schemas.levels import Capability, Profile
from schemas.reports import ReportRow, ReportState

KINDS: Final = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR, PeriodKind.DAY)
_TONES: Final = {ReportState.IN_OBJECTION: "yellow", ReportState.PUBLISHED: "green"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, where, in which language, on which day."""

    asking: Asking
    profile: Profile
    words: Words
    now_ms: int

    @property
    def me(self) -> NodeId:
        """The node."""
        return self.asking.me

    @property
    def today(self) -> date:
        """The local day."""
        return local_day(from_ms(self.now_ms))

    @property
    def watches(self) -> bool:
        """Whether he sees what is not issued, and the figures of persons."""
        return bool(self.asking.actor.roles & reports_model.WATCHERS)

    @property
    def answers(self) -> bool:
        """Whether he answers for a department, or for the node."""
        return bool(self.asking.actor.roles & reports_model.OBJECTORS)

    @property
    def issues(self) -> bool:
        """Whether he issues reports here."""
        here = Capability.PUBLISH_ITEMS in self.profile.capabilities
        return here and bool(self.asking.actor.roles & reports_model.ISSUERS)

    @property
    def own(self) -> frozenset[str]:
        """The subjects that are he himself, or his department."""
        actor = self.asking.actor
        person = f"{self.me}/{actor.staff}"
        if actor.department:
            return frozenset({f"{self.me}/{actor.department}", person})
        is_whole = Capability.DEPARTMENTS not in self.profile.capabilities
        return frozenset({self.me, person} if is_whole else {person})


# ---- the list


@dataclass(frozen=True, slots=True)
class ListRow:
    """One report in the list."""

    period: str
    place: str
    href: str
    mark: Mark
    note: str
    """Until when one may object, or that it was corrected."""
    issued_ms: int


@dataclass(frozen=True, slots=True)
class ListPage:
    """考评: reports of one kind of period, latest first, and what is due."""

    kinds: tuple[Choice, ...]
    kind: str
    due: tuple[Choice, ...]
    now: Choice | None
    """The period that runs: its figures so far."""
    marks: tuple[Choice, ...]
    """Periods for which he may mark his department's people."""
    rows: tuple[ListRow, ...]
    tabs: bool
    """Whether the other pages of supervision and appraisal are for him."""


def list_page(tx: Tx, reader: Reader, kind: PeriodKind) -> ListPage:
    """Make the page of reports of one kind of period."""
    words, places = reader.words, Places(network.place_names(tx), reader.words)
    found = reports_reading.listing(tx, reader.me, reader.profile, reader.today, kind)
    running = periods.period_of(kind, reader.today)
    return ListPage(
        kinds=tuple(Choice(one, words.say(f"reports.kind_{one}")) for one in KINDS),
        kind=kind,
        due=tuple(_choice(reader, one) for one in found.due) if reader.watches else (),
        now=_choice(reader, running) if reader.watches and kind is not PeriodKind.DAY else None,
        marks=tuple(_marks(reader, kind, (running, *found.due))),
        rows=tuple(_list_row(reader, places, one) for one in found.reports),
        tabs=reader.watches,
    )


def _choice(reader: Reader, period: Period) -> Choice:
    where = address(period) + query_of(reader.me, reader.me, period)
    return Choice(where, bulletin.period_words(reader.words, period))


def _marks(reader: Reader, kind: PeriodKind, periods_open: Iterable[Period]) -> Iterator[Choice]:
    """Lead to the marks of each period that is not issued, where marks of departments weigh."""
    here = Capability.PUBLISH_ITEMS in reader.profile.capabilities
    weighs = any(one.department_weight for one in sheets.for_period(kind))
    if here and weighs and reader.answers and reader.asking.actor.department:
        for one in periods_open:
            name = bulletin.period_words(reader.words, one)
            yield Choice(f"{address(one)}/marks", name)


def address(period: Period) -> str:
    """Give the address of a period: what is at hand of this node's own."""
    return f"/reports/{period.kind}/{period.key}"


def query_of(me: NodeId, publisher: NodeId, period: Period) -> str:
    """Give the query that names whose report it is; empty where none is needed.

    Without one the address of a day is the day as it is counted now.
    """
    is_plain = publisher == me and period.kind is not PeriodKind.DAY
    return "" if is_plain else f"?of={publisher}"


def _list_row(reader: Reader, places: Places, row: ReportRow) -> ListRow:
    return ListRow(
        bulletin.period_words(reader.words, row.period),
        places(row.publisher),
        address(row.period) + query_of(reader.me, row.publisher, row.period),
        mark_of(reader.words, row),
        _note(reader.words, row),
        row.issued_at,
    )


def mark_of(words: Words, row: ReportRow) -> Mark:
    """Say where a report stands."""
    return Mark(_TONES.get(row.state, "plain"), words.say(f"report_state.{row.state}"))


def _note(words: Words, row: ReportRow) -> str:
    if row.state is ReportState.IN_OBJECTION:
        return words.say("reports.object_until", day=row.objections_until)
    return words.say("reports.was_corrected") if row.corrected_at else ""
