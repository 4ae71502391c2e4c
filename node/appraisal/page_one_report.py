"""Makes the page of one report: of the counts of now, or as it was issued with its corrections."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from node.appraisal import (
    bulletin,
    charts,
    periods,
    reading,
    report_names,
    reports_model,
    reports_settled,
)
from node.appraisal.bulletin import Facts
from node.appraisal.charts import Heat, Trend
from node.appraisal.page_report import (
    BODY_COLUMNS,
    DUTY_FIGURES,
    RATING_FIGURES,
    STAFF_COLUMNS,
    WINDOW_COLUMNS,
    WORK_FIGURES,
    FigureLine,
    Sheet,
    Table,
    drill,
)
from node.appraisal.page_reports import Reader, address, mark_of, query_of
from node.database import Tx
from node.supervision import orders_reading as orders
from node.web.chrome import Choice, Mark, Tile, Told
from node.web.wording import Words
from schemas.appraisal import DrillEntry, Grain, Measure, Period, PeriodKind
from schemas.levels import Capability
from schemas.reports import Adjustment, Objection, ObjectionGround, Report, ReportState

M = Measure
MONTHS: Final = 12  # of a trend: a year, so that a season is compared with itself
LATE_LISTED: Final = 20  # of overdue cases: the drill has them all
NOTHING_TYPED: Final[Mapping[str, str]] = MappingProxyType(
    dict.fromkeys(
        ("text", "reason", "after", "objection", "grain", "measure", "ground", "claimed", "case"),
        "",
    )
)
"""What the forms of the page show before anybody typed."""


@dataclass(frozen=True, slots=True)
class LateCase:
    """超期办结: one case, and what supervision made of it."""

    number: str
    item: str
    href: str
    orders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that is another now."""

    what: str
    before: int
    after: int
    href: str


@dataclass(frozen=True, slots=True)
class CorrectionBlock:
    """One correction."""

    at_ms: int
    reason: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class ObjectionBlock:
    """One objection, with the form that decides it where he may."""

    note: str
    who: str
    what: str
    ground: str
    text: str
    claimed: str
    at_ms: int
    state: str
    reason: str
    decides: bool


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One report."""

    title: str
    period: str
    base: str
    """Its address, without a query."""
    of: str
    """The query that names its publisher; empty for the node's own, but of a day."""
    mark: Mark
    told: tuple[Told, ...]
    tiles: tuple[Tile, ...]
    work: tuple[FigureLine, ...]
    bodies: Table
    windows: Table | None
    people: Table | None
    honours: tuple[str, ...]
    trend: Trend | None
    heat: Heat | None
    late: tuple[LateCase, ...]
    late_more: str
    """Where all of them are; empty if these are."""
    duty: tuple[FigureLine, ...]
    ratings: tuple[FigureLine, ...]
    text: str
    worded: str
    """Its mark, by which the form that issues it tells whether it was changed."""
    objections: tuple[ObjectionBlock, ...]
    corrections: tuple[CorrectionBlock, ...]
    differences: tuple[Change, ...]
    may_issue: bool
    at_once: bool
    """Whether issuing publishes it."""
    may_publish: bool
    may_correct: bool
    may_object: bool
    grounds: tuple[Choice, ...]
    measures: tuple[Choice, ...]
    whose: tuple[Choice, ...]
    """Whose figures he may object to."""
    has_pdf: bool
    has_proof: bool
    made_at_ms: int
    issued_ms: int
    behind: int
    typed: Mapping[str, str] = field(default_factory=lambda: NOTHING_TYPED)
    errors: Mapping[str, str] = field(default_factory=dict)


def report_page(tx: Tx, reader: Reader, report: Report) -> ReportPage:
    """Make the page of a report, of which he may see everything that it holds."""
    words = reader.words
    names = report_names.names_for(tx, reader.me, report, words)
    facts = Facts(report, names)
    opens = reader.asking.may_open if report.node == reader.me else _nothing
    is_own, row = report.node == reader.me, report.row
    of = query_of(reader.me, report.node, report.period)
    sheet = Sheet(facts, opens, reader.own, report.node if of else "")
    people = sheet.table(Grain.STAFF, STAFF_COLUMNS) if is_own else None
    windows = sheet.table(Grain.WINDOW, WINDOW_COLUMNS)
    late, more = _late(tx, reader, report) if is_own else ((), "")
    text, whose = report.text or bulletin.text_of(facts), tuple(_whose(reader, facts))
    return ReportPage(
        title=bulletin.title(words, names.places(report.node), report.period),
        period=bulletin.period_words(words, report.period),
        base=address(report.period),
        of=of,
        mark=_standing(words, report),
        told=tuple(_told(reader, report)),
        tiles=sheet.tiles(),
        work=sheet.figures(WORK_FIGURES),
        bodies=sheet.table(Grain.BODY, BODY_COLUMNS),
        windows=windows if windows.rows else None,
        people=people if people and people.rows else None,
        honours=tuple(
            words.say(f"reports.honour_{one.grain}", name=names(one.grain, one.subject))
            for one in report.honours
        ),
        trend=_trend(tx, reader, report) if is_own else None,
        heat=_heat(report),
        late=late,
        late_more=more,
        duty=sheet.figures(DUTY_FIGURES),
        ratings=sheet.figures(RATING_FIGURES),
        text=text,
        worded=bulletin.mark_of(text),
        objections=tuple(
            _objection(facts, one, decides=_may_decide(reader, report, one))
            for one in report.objections
        ),
        corrections=tuple(
            CorrectionBlock(one.at, one.reason, _changes(facts, reader, one.adjustments))
            for one in report.corrections
            if one.adjustments
        ),
        differences=_changes(facts, reader, report.differences),
        may_issue=row is None and is_own and report.is_over and reader.issues,
        at_once=report.period.kind not in reports_model.OBJECTION_WORKDAYS,
        may_publish=_may_publish(reader, report),
        may_correct=bool(report.differences) and row is not None and is_own and reader.issues,
        may_object=bool(whose),
        whose=whose,
        grounds=tuple(Choice(g, words.say(f"objection_ground.{g}")) for g in ObjectionGround),
        measures=tuple(Choice(m, words.say(f"measure.{m}")) for m in reports_settled.OBJECTED_TO),
        has_pdf=Capability.PDF in reader.profile.capabilities,
        has_proof=row is not None and reader.watches,
        made_at_ms=report.made_at,
        issued_ms=row.issued_at if row else 0,
        behind=report.behind,
    )  # fmt: skip


def _nothing(grain: Grain, subject: str, measure: Measure) -> bool:
    """Say that the cases behind another node's numbers are not here."""
    del grain, subject, measure
    return False


def _told(reader: Reader, report: Report) -> Iterator[Told]:
    words, row = reader.words, report.row
    if row is None:
        key = "draft" if report.is_over else "running"
        text = words.say(f"reports.{key}_text", until=report.until)
        yield Told("mind", words.say(f"reports.{key}"), text)
    elif row.state is ReportState.IN_OBJECTION:
        said = words.say("reports.in_objection", day=row.objections_until)
        yield Told("mind", said, words.say("reports.in_objection_text"))
    if not report.workdays:
        yield Told("mind", words.say("reports.no_workday"))


def _standing(words: Words, report: Report) -> Mark:
    if report.row is not None:
        return mark_of(words, report.row)
    return Mark("plain", words.say("reports.not_issued" if report.is_over else "reports.so_far"))


def _may_publish(reader: Reader, report: Report) -> bool:
    row = report.row
    if row is None or row.state is not ReportState.IN_OBJECTION or not reader.issues:
        return False
    is_over = str(reader.today) > row.objections_until
    return row.publisher == reader.me and is_over and not reports_model.undecided(report)


def _may_decide(reader: Reader, report: Report, one: Objection) -> bool:
    is_own = report.row is not None and report.node == reader.me
    himself = one.node == reader.me and one.by == reader.asking.actor.staff
    return is_own and reader.issues and reports_model.waits(one) and not himself


def _whose(reader: Reader, facts: Facts) -> Iterator[Choice]:
    """Name whose figures he may object to: his department's, if he answers for it, and his own."""
    if not reports_model.may_be_objected_to(facts.report, reader.today):
        return
    listed = {(one.grain, one.subject) for one in facts.report.figures}
    for subject in sorted(reader.own):
        if (Grain.BODY, subject) in listed and reader.answers:
            yield Choice(Grain.BODY, facts.names.body(subject))
        if (Grain.STAFF, subject) in listed:
            yield Choice(Grain.STAFF, facts.words.say("reports.myself"))


def _trend(tx: Tx, reader: Reader, report: Report) -> Trend:
    """Draw what was finished in the twelve months up to the period."""
    month = periods.period_of(PeriodKind.MONTH, periods.bounds(report.period)[1])
    months: list[Period] = []
    for _ in range(MONTHS):
        months.append(month)
        month = periods.before(month)
    counted = []
    for one in reversed(months):
        counts = reading.tallies(tx, one, Grain.PLACE, [reader.me])[reader.me]
        counted.append((one.key.removeprefix("20"), counts.get(M.FINISHED, 0)))
    return charts.trend(counted)


def _heat(report: Report) -> Heat | None:
    counts: dict[tuple[int, int], int] = {}
    for one in report.figures:
        if one.grain is Grain.HOUR:
            weekday, _, hour = one.subject.partition("/")[2].partition("-")
            counts[int(weekday), int(hour)] = one.counts.get(M.RECEIVED, 0)
    return charts.heat(counts) if any(counts.values()) else None


def _late(tx: Tx, reader: Reader, report: Report) -> tuple[tuple[LateCase, ...], str]:
    """List what was finished late, with what supervision made of each."""
    asked = (Grain.PLACE, report.node, M.LATE)
    if not reader.asking.may_open(*asked):
        return (), ""
    found = reading.drill(tx, report.period, asked, most=LATE_LISTED)
    more = drill(report.period, *asked) if found.after else ""
    return tuple(_late_case(tx, reader.words, one) for one in found.entries), more


def _late_case(tx: Tx, words: Words, one: DrillEntry) -> LateCase:
    """Tell of a case what was asked about it and what came of that."""
    said = []
    for order in orders.of_case(tx, one.stream):
        key = f"order_verdict.{order.verdict}" if order.verdict else f"order_state.{order.state}"
        said.append(words.say("reports.order", number=order.number, state=words.say(key)))
    return LateCase(one.number, one.item_name, f"/cases/{one.number}", tuple(said))


def _objection(facts: Facts, one: Objection, *, decides: bool) -> ObjectionBlock:
    words, said = facts.words, one.said
    if one.upheld is None:
        state = "late" if one.late else "open"
    else:
        state = "upheld" if one.upheld else "dismissed"
    return ObjectionBlock(
        note=one.note,
        who=facts.names(said.grain, said.subject),
        what=words.say(f"measure.{said.measure}"),
        ground=words.say(f"objection_ground.{said.ground}"),
        text=said.text,
        claimed="" if said.claimed is None else str(said.claimed),
        at_ms=one.at,
        state=words.say(f"reports.objection_{state}"),
        reason=one.reason,
        decides=decides,
    )


def _changes(facts: Facts, reader: Reader, adjustments: Iterable[Adjustment]) -> tuple[Change, ...]:
    """Name figures that are others now, and where their cases of now are."""
    words = facts.words
    return tuple(
        Change(
            words.say(
                "reports.change", name=facts.names(one.grain, one.subject),
                what=words.say(f"measure.{one.measure}"),
            ),
            one.before,
            one.after,
            drill(facts.report.period, one.grain, one.subject, one.measure)
            if reader.asking.may_open(one.grain, one.subject, one.measure)
            else "",
        )
        for one in adjustments
        if one.grain is not Grain.HOUR
    )  # fmt: skip
