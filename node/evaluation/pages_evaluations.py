"""评价: what people said in some days, by grade, window and channel; and as a table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_200_OK

from node.audit import actions as audit
from node.cases import reading as cases
from node.clock import CHINA, from_ms, local_day
from node.database import Tx
from node.errors import BadInputError
from node.evaluation import codes, devices, listing, page_rate, page_rating, reading
from node.evaluation.listing import Asked as Wish
from node.evaluation.listing import Sum
from node.evaluation.page_rate import BEST_FIRST
from node.evaluation.store import Wanted
from node.network.actions import Places, place_names
from node.staff import actions as staff
from node.web import tables_out
from node.web.chrome import Choice, Mark, Told, day
from node.web.pages_base import Pages, Typed, forms, router_of, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from node.work import Work
from schemas.audit import Act
from schemas.evaluation import EvaluationChannel, EvaluationView
from schemas.ids import StaffId
from schemas.staff import OVERSEERS

FIELDS: Final = ("first", "last", "grade", "channel", "window")
MOST_ROWS: Final = 5_000  # of a table to take away: more is for the reports
BAR_TOP: Final = 34  # of each row of the picture, in its own units
BAR_LONGEST: Final = 220


@dataclass(frozen=True, slots=True)
class Bar:
    """One grade in the picture and in its table."""

    label: str
    count: int
    share: str
    y: int
    width: int
    tone: str


@dataclass(frozen=True, slots=True)
class Rate:
    """A figure, and how it was counted."""

    value: str
    label: str
    how: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One evaluation."""

    at_ms: int
    mark: Mark
    channel: str
    place: str
    window: str
    number: str
    """Of the case; empty of a visit."""
    item: str
    staff: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """Somebody tried to evaluate with his own sign-in."""

    at_ms: int
    name: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationsPage:
    """The list."""

    typed: Mapping[str, str]
    first: str
    last: str
    grades: tuple[Choice, ...]
    channels: tuple[Choice, ...]
    windows: tuple[Choice, ...]
    rates: tuple[Rate, ...]
    bars: tuple[Bar, ...]
    said: str
    """The picture in words."""
    lines: tuple[Line, ...]
    signs: tuple[Sign, ...]
    oversees: bool
    older: str
    told: Told | None = None


@get("/evaluations")
async def show_evaluations(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str]:
    """Show the evaluations of some days to whoever may see grades."""
    words = words_for(request)
    typed = {name: request.query_params.get(name, "") for name in FIELDS}
    after = request.query_params.get("after", "")
    told = None
    try:
        which = _wanted(desk, typed)
    except BadInputError:
        typed, told = {}, Told("mind", words.say("evaluations.bad_days"))
        which, after = _wanted(desk, typed), ""
    page = await desk.read(_page, _Asker(desk, words, told), which, typed, after)
    return await pages.show(request, desk, "evaluations.html", page)


def _wanted(desk: Desk, typed: Mapping[str, str]) -> Wanted:
    today = local_day(desk.works.clock.now())
    return listing.wanted(desk.works.ledger.me, desk.actor, today, Wish(**typed))


@dataclass(frozen=True, slots=True)
class _Asker:
    desk: Desk
    words: Words
    told: Told | None


def _page(
    tx: Tx, asker: _Asker, which: Wanted, typed: Mapping[str, str], after: str
) -> EvaluationsPage:
    words = asker.words
    found, total = listing.page(tx, which, after), listing.total(tx, which)
    places = Places(place_names(tx), words)
    bars = tuple(_bars(words, total))
    oversees = bool(asker.desk.actor.roles & OVERSEERS)
    kept = {name: text for name, text in typed.items() if text}
    older = f"/evaluations?{urlencode({**kept, 'after': found.next})}" if found.next else ""
    return EvaluationsPage(
        typed={name: typed.get(name, "") for name in FIELDS},
        first=day(which.first_ms),
        last=day(which.last_ms - 1),
        grades=page_rate.grades(words),
        channels=tuple(
            Choice(one.value, page_rate.channel_name(words, one)) for one in EvaluationChannel
        ),
        windows=tuple(Choice(one, one) for one in listing.windows(tx, which)),
        rates=tuple(_rates(words, total)),
        bars=bars,
        said=words.joined(f"{one.label} {one.count}" for one in bars),
        lines=tuple(_line(tx, words, places, one) for one in found.evaluations),
        signs=tuple(_signs(tx, which)) if oversees else (),
        oversees=oversees,
        older=older,
        told=asker.told,
    )


def _bars(words: Words, total: Sum) -> Iterator[Bar]:
    most = max(total.by_grade.values(), default=0)
    for row, grade in enumerate(BEST_FIRST):
        count = total.by_grade.get(grade, 0)
        yield Bar(
            label=page_rate.grade_name(words, grade),
            count=count,
            share=_percent(count, total.all),
            y=row * BAR_TOP,
            width=round(BAR_LONGEST * count / most) if most else 0,
            tone=page_rating.TONES[grade.value],
        )


def _rates(words: Words, total: Sum) -> Iterator[Rate]:
    bad = total.all - total.good
    yield Rate(str(total.all), words.say("evaluations.given"), "")
    how = words.say("evaluations.satisfied_how", good=total.good, all=total.all)
    yield Rate(_percent(total.good, total.all), words.say("evaluations.satisfied"), how)
    if total.answered is not None:
        how = words.say("evaluations.rated_how", rated=total.rated, answered=total.answered)
        yield Rate(_percent(total.rated, total.answered), words.say("evaluations.rated"), how)
    tone = "red" if bad else ""
    yield Rate(str(bad), words.say("evaluations.bad"), words.say("evaluations.bad_how"), tone)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "—"


def _line(tx: Tx, words: Words, places: Places, one: EvaluationView) -> Line:
    view = None if one.case is None else cases.of_stream(tx, one.case)
    notes = {
        "evaluations.second": not one.counts and not one.set_aside,
        "redress.set_aside": one.set_aside,
        "rating.of_staff": one.of_staff,
        "evaluations.named": one.named,
    }
    return Line(
        at_ms=one.given_at,
        mark=page_rating.mark_of(words, one.grade),
        channel=page_rate.channel_name(words, one.channel),
        place=places(one.node),
        window=one.window,
        number="" if view is None else view.number,
        item="" if view is None else reading.item_words(tx, words, view),
        staff=_name(tx, one.staff),
        notes=tuple(words.say(key) for key, holds in notes.items() if holds),
    )


def _name(tx: Tx, who: StaffId | None) -> str:
    account = None if who is None else staff.account(tx, who)
    return "" if account is None else account.name


def _signs(tx: Tx, which: Wanted) -> Iterator[Sign]:
    for at, who, number in devices.signs(tx, which.first_ms, which.last_ms):
        yield Sign(at, _name(tx, who), number)


# ---- as a table


@post("/evaluations/export", status_code=HTTP_200_OK)
async def export(request: Asked, desk: NamedDependency[Desk]) -> Response[bytes]:
    """Give the evaluations of some days as a table; that it was taken away is written down."""
    words, typed = words_for(request), await forms(request)
    which = _wanted(desk, {name: typed.text(name) for name in FIELDS})
    table = await desk.run(_table, words, which, typed)
    return tables_out.attached("evaluations.csv", table)


def _table(work: Work, words: Words, which: Wanted, typed: Typed) -> bytes:
    found = listing.page(work.tx, which, "", MOST_ROWS).evaluations
    places = Places(place_names(work.tx), words)
    head = ("when", "place", "what", "grade", "a8", "channel", "window", "who", "notes")
    rows = [_row(work.tx, words, places, one) for one in found]
    said = {name: typed.text(name) for name in FIELDS if typed.text(name)}
    audit.note(work, Act.EXPORTED, "evaluations", {**said, "rows": str(len(rows))})
    return tables_out.as_csv([words.say(f"evaluations.{one}") for one in head], rows)


def _row(tx: Tx, words: Words, places: Places, one: EvaluationView) -> tuple[str, ...]:
    line = _line(tx, words, places, one)
    at = from_ms(one.given_at).astimezone(CHINA)
    return (
        f"{at:%Y-%m-%d %H:%M}", line.place, line.number or words.say("evaluations.visit"),
        line.mark.words, codes.to_a8(one.grade), line.channel, line.window, line.staff,
        words.joined(line.notes),
    )  # fmt: skip


router: Final = router_of(show_evaluations, export)
