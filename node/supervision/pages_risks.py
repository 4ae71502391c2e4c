"""The page of integrity reminders: how often each was shown to clerks, and lately to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_200_OK

from node.cases.clocks import day_of
from node.cases.page_risks import TONES
from node.database import Tx
from node.errors import BadInputError
from node.staff import actions as staff
from node.supervision import risks_reading
from node.supervision.api import require_overseer
from node.supervision.risks_reading import Question
from node.web.chrome import Mark, Told
from node.web.pages_base import UNFIT, Pages, router_of, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.ids import NodeId, StaffId
from schemas.item_terms import RiskGrade
from schemas.risks import RiskCount, RiskShowing, RiskShowings

FIELDS: Final = ("since", "until", "item", "staff", "after")
MOST_CHARACTERS: Final = 80  # of one field of a query: no code is longer


@dataclass(frozen=True, slots=True)
class CountLine:
    """One risk, and how often it was shown."""

    item: str
    code: str
    stage: str
    risk: str
    measure: str
    mark: Mark | None
    times: int
    people: int


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One showing."""

    at_ms: int
    who: str
    number: str
    stage: str
    risk: str


@dataclass(frozen=True, slots=True)
class RisksPage:
    """廉政提醒."""

    since: str
    until: str
    said: Mapping[str, str]
    counts: tuple[CountLine, ...] = ()
    shown: tuple[ShownLine, ...] = ()
    older: str = ""
    told: Told | None = None


@get("/supervision/risks")
async def show_risks(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str]:
    """Show how often each risk was shown; the query may name each of `FIELDS`."""
    require_overseer(desk)
    said = {name: request.query_params.get(name, "")[:MOST_CHARACTERS].strip() for name in FIELDS}
    words, today = words_for(request), day_of(pages.now_ms)
    try:
        page = await desk.read(read, pages.node, words, said, today)
    except BadInputError:
        told = Told("stop", words.say("risks.unfit"), words.say("risks.unfit_hint"))
        page = RisksPage(said["since"], said["until"], said, told=told)
    status = UNFIT if page.told else HTTP_200_OK
    return await pages.show(request, desk, "supervision_risks.html", page, status=status)


def read(tx: Tx, me: NodeId, words: Words, said: Mapping[str, str], today: date) -> RisksPage:
    """Read the page. Raises `BadInputError`."""
    found = risks_reading.told(tx, me, Question(**said), today)
    people = {one.id: one.name for one in staff.listing(tx).staff}
    return RisksPage(
        since=found.since,
        until=found.until,
        said=said,
        counts=tuple(_count(words, one) for one in found.counts),
        shown=tuple(_shown(words, people, one) for one in found.showings),
        older=_older(found, said),
    )


def _older(found: RiskShowings, said: Mapping[str, str]) -> str:
    if found.older is None:
        return ""
    query = {**said, "since": found.since, "until": found.until, "after": found.older}
    return "/supervision/risks?" + urlencode({key: text for key, text in query.items() if text})


def _count(words: Words, one: RiskCount) -> CountLine:
    return CountLine(
        item=words.pick(one.item_name, one.item_name_en) or words.say("list.item_unknown"),
        code=one.item,
        stage=one.stage,
        risk=one.risk or words.say("risks.gone"),
        measure=one.measure,
        mark=_mark(words, one.grade),
        times=one.times,
        people=one.people,
    )


def _mark(words: Words, grade: RiskGrade | None) -> Mark | None:
    return None if grade is None else Mark(TONES[grade], words.say(f"risk_grade.{grade}"))


def _shown(words: Words, people: Mapping[StaffId, str], one: RiskShowing) -> ShownLine:
    return ShownLine(
        at_ms=one.at,
        who=people.get(one.staff, "") or words.say("risks.somebody"),
        number=one.number or "",
        stage=one.stage,
        risk=one.risk or words.say("risks.gone"),
    )


router: Final = router_of(show_risks)
