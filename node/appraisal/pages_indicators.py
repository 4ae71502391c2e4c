"""怎么算的: the exact sentence of each figure, and the cases behind a number."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from node.appraisal import asking, behind, report_names
from node.appraisal.asking import Asking
from node.appraisal.indicators import INDICATORS, SMALL, Indicator
from node.database import Tx
from node.network import actions as network
from node.network.actions import Places
from node.staff import actions as staff
from node.web.pages_base import Pages, router_of, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.appraisal import Counted, DrillEntry, DrillPage, Formula, Grain
from schemas.ids import NodeId

_KINDS: Final = {
    Formula.SUM: "count",
    Formula.STOCK: "stock",
    Formula.RATE: "rate",
    Formula.LESS: "rate",
    Formula.MEAN: "mean",
}
_ADDRESSES: Final = {
    Counted.CASE: "/cases/{number}",
    Counted.EVALUATION: "/cases/{number}",
    Counted.REDRESS: "/redress/{end}",
    Counted.ORDER: "/supervision/orders/{end}",
}


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One figure and how it is counted."""

    id: str
    name: str
    kind: str
    better: str
    says: str
    population: str
    made_of: str


@dataclass(frozen=True, slots=True)
class IndicatorsPage:
    """怎么算的."""

    indicators: tuple[IndicatorRow, ...]
    few: int = SMALL


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One case, evaluation, complaint or order behind a number."""

    number: str
    href: str
    what: str
    item: str
    n: int


@dataclass(frozen=True, slots=True)
class BehindPage:
    """What makes up a number."""

    lead: str
    total: int
    rows: tuple[EntryRow, ...]
    older: str
    first: str


@get("/reports/indicators")
async def show_indicators(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str]:
    """Say of each figure exactly how it is counted."""
    words = words_for(request)
    page = IndicatorsPage(tuple(_indicator(words, one) for one in INDICATORS))
    return await pages.show(request, desk, "reports_indicators.html", page)


def _indicator(words: Words, one: Indicator) -> IndicatorRow:
    return IndicatorRow(
        id=one.id,
        name=words.pick(*one.name),
        kind=words.say(f"counting.{_KINDS[one.formula]}"),
        better=words.say(f"counting.better_{one.direction}"),
        says=words.pick(*one.says),
        population=words.pick(*one.population),
        made_of=formula_of(words, one),
    )


def formula_of(words: Words, one: Indicator) -> str:
    """Write what it is made of: 按时办结 ÷ 办结."""
    above = " + ".join(words.say(f"measure.{each}") for each in one.numerator)
    above += "".join(f" − {words.say(f'measure.{each}')}" for each in one.minus)
    below = " + ".join(words.say(f"measure.{each}") for each in one.denominator)
    if not below:
        return above
    return f"1 − {above} ÷ {below}" if one.formula is Formula.LESS else f"{above} ÷ {below}"


@get("/reports/drill")
async def show_drill(  # noqa: PLR0913, PLR0917  # a number has as many coordinates
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    period: FromQuery[str],
    grain: FromQuery[str],
    subject: FromQuery[str],
    measure: FromQuery[str],
    after: FromQuery[str] = "",
) -> Response[str]:
    """Show the cases behind a number."""
    who = Asking(desk.works.ledger.me, desk.actor)
    asked = (asking.read_grain(grain), subject, asking.read_measure(measure))
    found = await desk.read(behind.behind, who, asking.read_period(period), asked, after)
    words = words_for(request)
    name = await desk.read(name_of, who.me, asked[0], subject, words)
    page = _behind(words, found, name, is_first=not after)
    return await pages.show(request, desk, "reports_drill.html", page)


def name_of(tx: Tx, me: NodeId, grain: Grain, subject: str, words: Words) -> str:
    """Name a subject for a reader; what nobody named here by its code."""
    node, _, rest = subject.partition("/")
    places = Places(network.place_names(tx), words)
    match grain:
        case Grain.ITEM:
            return subject
        case Grain.STAFF:
            people = {one.id: one.name for one in staff.listing(tx).staff}
            return next((name for one, name in people.items() if one == rest), rest)
        case Grain.HOUR:
            weekday, _, hour = rest.partition("-")
            return f"{places(NodeId(node))} {weekday} {hour}:00"
        case _:
            known = report_names.own_names(tx, me).get(subject)
            return words.pick(*known) if known else f"{places(NodeId(node))} {rest}".rstrip()


def _behind(words: Words, found: DrillPage, name: str, *, is_first: bool) -> BehindPage:
    query = {
        "period": found.period.key, "grain": found.grain.value, "subject": found.subject,
        "measure": found.measure.value,
    }  # fmt: skip
    first = f"/reports/drill?{urlencode(query)}"
    measure = words.say(f"measure.{found.measure}")
    return BehindPage(
        lead=words.say(
            "counting.drill_lead", subject=name, period=found.period.key, measure=measure
        ),
        total=found.total,
        rows=tuple(_entry(words, one) for one in found.entries),
        older=f"{first}&{urlencode({'after': found.after})}" if found.after else "",
        first="" if is_first else first,
    )


def _entry(words: Words, one: DrillEntry) -> EntryRow:
    end = one.stream.rpartition("/")[2]
    address = _ADDRESSES[one.counted].format(number=one.number, end=end)
    return EntryRow(
        number=one.number or words.say("counting.visit"),
        href=address if one.number else "",
        what=words.say(f"counted.{one.counted}"),
        item=one.item_name,
        n=one.n,
    )


router: Final = router_of(show_indicators, show_drill)
