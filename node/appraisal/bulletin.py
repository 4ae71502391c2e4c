"""通报: what a report says in prose, for the press, the loudspeaker and the notice board. Pure.

Plain sentences made of the figures; whoever issues the report may change them. It names no
applicant and, but for awards, no person.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from node.appraisal import indicators, reports_model
from node.appraisal.report_names import Names
from node.web.wording import Words
from schemas.appraisal import Figure, Formula, Grain, Measure, Period, PeriodKind, Unit
from schemas.reports import Report, Score

M = Measure
MARK_DIGITS: Final = 16  # hex: nobody forges what he himself may write as he likes
TOP: Final = 5  # windows and departments that are named (domain §13.2)
_HUNDRED: Final = 100
MOST_IDLE: Final = 8  # names in a row; more of them nobody listens to


@dataclass(frozen=True, slots=True)
class Facts:
    """A report's counts at hand."""

    report: Report
    names: Names

    @property
    def words(self) -> Words:
        """The reader's language."""
        return self.names.words

    def counts(self, grain: Grain, subject: str) -> dict[Measure, int]:
        """What was counted of a subject."""
        return reports_model.counts_in(self.report.figures)[grain].get(subject, {})

    @property
    def whole(self) -> dict[Measure, int]:
        """What was counted of all cases that were taken here and below."""
        return self.counts(Grain.PLACE, self.report.node)

    @property
    def stocks(self) -> dict[Measure, int]:
        """What was in process at the end of the period."""
        of_places = reports_model.counts_in(self.report.stocks)[Grain.PLACE]
        return of_places.get(self.report.node, {})

    def busiest(self, grain: Grain, measure: Measure, most: int = TOP) -> list[tuple[str, int]]:
        """Name those with the most of something, not those with none."""
        found = reports_model.counts_in(self.report.figures)[grain]
        counted = [(subject, own.get(measure, 0)) for subject, own in found.items()]
        counted.sort(key=lambda one: (-one[1], one[0]))
        return [one for one in counted[:most] if one[1]]

    def idle(self, grain: Grain, *measures: Measure) -> list[str]:
        """Name those with nothing of any of these."""
        found = reports_model.counts_in(self.report.figures)[grain]
        return sorted(
            subject for subject, own in found.items() if not any(own.get(m, 0) for m in measures)
        )


def period_words(words: Words, period: Period) -> str:
    """Name a period: 2026年10月."""
    year, _, rest = period.key.partition("-")
    match period.kind:
        case PeriodKind.DAY:
            month, day = rest.split("-")
            return words.say("bulletin.of_day", year=year, month=int(month), day=int(day))
        case PeriodKind.MONTH:
            return words.say("bulletin.of_month", year=year, month=int(rest))
        case PeriodKind.QUARTER:
            return words.say("bulletin.of_quarter", year=year, quarter=rest.removeprefix("Q"))
        case _:
            return words.say("bulletin.of_year", year=year)


def title(words: Words, place: str, period: Period) -> str:
    """Name a report: 千阳县2026年10月政务服务情况通报."""
    return words.say(
        f"bulletin.title_{period.kind}", place=place, period=period_words(words, period)
    )


def value_words(words: Words, figure: Figure | None) -> str:
    """Write a figure with the counts that it is made of: 97.9%（1197/1223）."""
    if figure is None:
        return words.say("bulletin.no_figure")
    if figure.denominator == 0:
        return f"{figure.numerator}"
    if figure.unit is Unit.PERCENT:
        made_of = figure.numerator
        if indicators.BY_ID[figure.indicator].formula is Formula.LESS:
            return words.say(
                "bulletin.less", value=_short(figure.value), part=made_of, whole=figure.denominator
            )
        return words.say(
            "bulletin.rate", value=_short(figure.value), part=made_of, whole=figure.denominator
        )
    return words.say(
        f"bulletin.mean_{figure.unit}", value=_short(figure.value), whole=figure.denominator
    )


def _short(value: float) -> str:
    """Write a value to one decimal, and none where it is whole."""
    return f"{value:.1f}".removesuffix(".0")


def points_words(hundredths: int | None) -> str:
    """Write a score: 96.50."""
    return "—" if hundredths is None else f"{hundredths / _HUNDRED:.2f}"


def mark_of(text: str) -> str:
    """Give the mark by which a text is known again, however a browser ended its lines."""
    lines = "\n".join(text.strip().splitlines())
    return hashlib.sha256(lines.encode()).hexdigest()[:MARK_DIGITS]


def text_of(facts: Facts) -> str:
    """Write the whole text: a title, and a paragraph for each matter."""
    report, words = facts.report, facts.words
    head = title(words, facts.names.places(report.node), report.period)
    parts = [
        words.say("bulletin.paragraph", number=words.say(f"bulletin.number_{at}"), text=text)
        for at, text in enumerate(_paragraphs(facts), 1)
    ]
    return "\n\n".join((head, *parts))


def _paragraphs(facts: Facts) -> Iterator[str]:
    yield _whole(facts)
    yield _bodies(facts)
    if facts.report.period.kind is not PeriodKind.DAY:
        yield _windows(facts)
    yield _supervision(facts)
    yield _ratings(facts)
    if facts.report.honours:
        yield _honours(facts)


def _figure(facts: Facts, indicator: str) -> str:
    return value_words(facts.words, indicators.figure(indicators.BY_ID[indicator], facts.whole))


def _stock(facts: Facts, indicator: str) -> str:
    return value_words(facts.words, indicators.figure(indicators.BY_ID[indicator], facts.stocks))


def _whole(facts: Facts) -> str:
    whole = facts.whole
    sentences = [
        facts.words.say(
            "bulletin.whole", place=facts.names.places(facts.report.node),
            received=whole.get(M.RECEIVED, 0), accepted=whole.get(M.ACCEPTED, 0),
            finished=whole.get(M.FINISHED, 0), in_process=_stock(facts, "in_process"),
        )
    ]  # fmt: skip
    if whole.get(M.FINISHED, 0):
        sentences.append(
            facts.words.say(
                "bulletin.speed", on_time=_figure(facts, "on_time_rate"),
                early=_figure(facts, "early_rate"), mean=_figure(facts, "mean_workdays"),
                speedup=_figure(facts, "speedup"),
            )
        )  # fmt: skip
    if not facts.report.workdays:
        sentences.append(facts.words.say("bulletin.no_workday"))
    return _run(facts.words, sentences)


def _bodies(facts: Facts) -> str:
    words, names = facts.words, facts.names
    busiest = facts.busiest(Grain.BODY, M.ACCEPTED)
    listed = words.joined(
        words.say("bulletin.counted", name=names.body(subject), count=count)
        for subject, count in busiest
    )
    sentences = [words.say("bulletin.busiest", list=listed) if busiest else ""]
    ranked = [one for one in facts.report.scores if one.grain is Grain.BODY and one.rank]
    if ranked:
        sentences.append(words.say("bulletin.ranked", list=_ranking(facts, ranked[:TOP])))
    idle = [one for one in facts.idle(Grain.BODY, M.ACCEPTED) if "/" in one]
    if len(idle) > MOST_IDLE:
        sentences.append(words.say("bulletin.many_idle", count=len(idle)))
    elif idle:
        sentences.append(
            words.say("bulletin.idle_bodies", list=words.joined(map(names.body, idle)))
        )
    said = _run(words, sentences)
    return said or words.say("bulletin.no_bodies")


def _ranking(facts: Facts, scores: Sequence[Score]) -> str:
    return facts.words.joined(
        facts.words.say(
            "bulletin.rank", name=facts.names(one.grain, one.subject), rank=one.rank,
            points=points_words(one.total),
        )
        for one in scores
    )  # fmt: skip


def _windows(facts: Facts) -> str:
    words, names = facts.words, facts.names
    busiest = facts.busiest(Grain.WINDOW, M.RECEIVED)
    listed = words.joined(
        words.say("bulletin.counted", name=names(Grain.WINDOW, subject), count=count)
        for subject, count in busiest
    )
    idle = facts.idle(Grain.WINDOW, M.RECEIVED, M.ACCEPTED)
    sentences = [
        words.say("bulletin.top_windows", list=listed) if busiest else "",
        words.say("bulletin.idle_windows", list=_named(facts, Grain.WINDOW, idle)) if idle else "",
    ]
    return _run(words, sentences) or words.say("bulletin.no_windows")


def _named(facts: Facts, grain: Grain, subjects: Sequence[str]) -> str:
    return facts.words.joined(facts.names(grain, one) for one in subjects)


def _supervision(facts: Facts) -> str:
    whole = facts.whole
    facts_said = {
        measure.value: whole.get(measure, 0)
        for measure in (M.YELLOW, M.RED, M.EXEMPT, M.ORDERS, M.ORDERS_LATE, M.POINTS, M.LATE)
    }
    return facts.words.say("bulletin.supervision", overdue=_stock(facts, "overdue"), **facts_said)


def _ratings(facts: Facts) -> str:
    whole = facts.whole
    if not whole.get(M.RATED, 0):
        sentences = [facts.words.say("bulletin.unrated")]
    else:
        sentences = [
            facts.words.say(
                "bulletin.rated", rated=whole.get(M.RATED, 0),
                share=_figure(facts, "rating_share"), satisfied=_figure(facts, "satisfaction"),
                bad=whole.get(M.BAD, 0), mended=whole.get(M.BAD_MENDED, 0),
            )
        ]  # fmt: skip
    sentences.append(
        facts.words.say(
            "bulletin.complaints", complaints=whole.get(M.COMPLAINTS, 0),
            true=whole.get(M.COMPLAINTS_TRUE, 0), consulted=whole.get(M.CONSULTED, 0),
        )
    )  # fmt: skip
    return _run(facts.words, sentences)


def _honours(facts: Facts) -> str:
    said = [
        facts.words.say(
            f"bulletin.honour_{grain}",
            list=_named(facts, grain, [one.subject for one in found]),
        )
        for grain in (Grain.WINDOW, Grain.STAFF)
        if (found := [one for one in facts.report.honours if one.grain is grain])
    ]
    return _run(facts.words, said)


def _run(words: Words, sentences: Sequence[str]) -> str:
    """Write sentences one behind the other, as the language does."""
    return words.pick("", " ").join(one for one in sentences if one)
