"""The rules of `report/…` streams, and of the notes that object to reports."""

from collections.abc import Iterable
from typing import Final, assert_never

import msgspec
from typing_extensions import override

from federation.streams import Stored, Verdict
from node.appraisal import periods, reports_store
from node.cases.caseview import CaseView
from node.errors import BadInputError
from node.streams import PublishedKind, Tx
from schemas.appraisal import Period
from schemas.events import Event
from schemas.ids import PartDigest, StreamName, stream_creator, stream_kind
from schemas.reports import (
    ReportBegun,
    ReportCorrected,
    ReportEvent,
    ReportFigures,
    ReportIssued,
    ReportObjected,
    ReportObjectionDecided,
    ReportPublished,
    ReportState,
)

OBJECTED: Final = "note.report_objected"
ISSUED: Final = frozenset({ReportState.IN_OBJECTION, ReportState.PUBLISHED})


class ReportKind(PublishedKind[ReportEvent]):
    """What `federation` asks about streams of reports."""

    def __init__(self) -> None:
        super().__init__(
            ReportBegun, ReportFigures, ReportIssued, ReportObjectionDecided, ReportCorrected,
            ReportPublished,
        )  # fmt: skip

    @override
    def is_sound(self, tx: Tx, stream: StreamName, event: Event, fact: ReportEvent) -> bool:
        """Say whether it may follow: nothing that was issued is ever changed.

        1. it begins once, about a period;         4. an objection is decided once: also one that
        2. figures are listed before it is issued;    was sent in time and came when it was
        3. it is issued once, about that period,      published;
           with all that was listed;               5. it is corrected once issued, and published
                                                      once.
        """
        del event
        state = reports_store.state(tx, stream)
        match fact:
            case ReportBegun():
                return state is None and is_period(fact.period)  # 1
            case ReportFigures():
                return state is ReportState.BEGUN  # 2
            case ReportIssued():
                listed = reports_store.count_listed(tx, stream)
                return state is ReportState.BEGUN and listed == (fact.figures, fact.scores)  # 3
            case ReportObjectionDecided():
                decided = reports_store.is_decided(tx, stream, fact.objection)
                return state in ISSUED and not decided  # 4
            case ReportCorrected():
                return state in ISSUED  # 5
            case ReportPublished():
                return state is ReportState.IN_OBJECTION
            case _:
                assert_never(fact)

    @override
    def fold(self, tx: Tx, stream: StreamName, stored: Stored, fact: ReportEvent) -> None:
        """Note where the report stands; what it says is read from its events."""
        at, by = stored.event.at, stored.event.actor
        match fact:
            case ReportBegun():
                reports_store.begin(tx, stream, stream_creator(stream), fact.period, by)
            case ReportFigures():
                figures = len(fact.figures) + len(fact.stocks)
                reports_store.listed(tx, stream, figures=figures, scores=len(fact.scores))
            case ReportIssued():
                reports_store.issue(tx, stream, at, by, fact.objections_until)
            case ReportObjectionDecided():
                reports_store.decide(tx, stream, fact.objection, fact.reason, upheld=fact.upheld)
            case ReportCorrected():
                reports_store.correct(tx, stream, at)
            case ReportPublished():
                reports_store.publish(tx, stream, at)
            case _:
                assert_never(fact)

    @override
    def reset(self, tx: Tx, stream: StreamName) -> None:
        """Forget the projection of one report."""
        reports_store.forget(tx, stream)


def is_period(period: Period) -> bool:
    """Say whether another node named a period as we do."""
    try:
        return periods.parse(period.kind, period.key) == period
    except BadInputError:
        return False


class ObjectionNotes:
    """The reader of notes that object to reports."""

    kind = OBJECTED

    def judge(self, case: CaseView | None, event: Event) -> Verdict:
        """Let an objection count if it is about figures of whoever wrote it."""
        del case
        said = read_objection(event)
        if said is None:
            return Verdict.UNJUDGED
        whose = said.subject.split("/", 1)[0]
        is_own = whose == event.node and stream_kind(said.stream) == "report"
        return Verdict.EFFECTIVE if is_own else Verdict.INERT

    def project(self, tx: Tx, case: CaseView | None, stored: Stored) -> None:
        """Remember the objection."""
        del case
        event, said = stored.event, read_objection(stored.event)
        if stored.verdict is Verdict.EFFECTIVE and said is not None:
            reports_store.object_to(tx, event.stream, event.actor, event.at, said)

    def reset(self, tx: Tx, note: StreamName) -> None:
        """Forget the projection of one note stream."""
        reports_store.forget_objection(tx, note)

    def destroyed(
        self, tx: Tx, case: StreamName, digests: Iterable[PartDigest], now_ms: int
    ) -> None:
        """A report is made of no parts."""


def read_objection(event: Event) -> ReportObjected | None:
    """Read what the note says; `None` if it is another note, or badly formed."""
    if event.kind != OBJECTED:
        return None
    try:
        return msgspec.json.decode(event.data, type=ReportObjected)
    except msgspec.DecodeError:
        return None
