"""Lists of bad ratings, complaints and questions, and their rows on the page of a case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from node.cases.caseview import CaseView
from node.cases.guards import read_day
from node.cases.page_looker import Looker
from node.database import Tx
from node.evaluation import redress_model as model
from node.evaluation import redress_posts as posts
from node.evaluation import redress_reading as reading
from node.evaluation.redress_reading import Caller, DaysOf
from node.evaluation.redress_store import Wanted, end_of
from node.network.actions import Places, place_names
from node.staff import page_people
from node.staff.page_people import Names
from node.tasks.model import workdays_left
from node.web.chrome import Choice, Mark, day
from node.web.wording import Words
from schemas.ids import DepartmentId, NodeId
from schemas.redress import (
    RedressKind,
    RedressState,
    RedressView,
)
from schemas.staff import OVERSEERS


@dataclass(frozen=True, slots=True)
class Row:
    """One matter in a list."""

    number: str
    kind: str
    who: str
    """Who answers."""
    about: str
    """Number of the case; empty without one."""
    opened: str
    due: str
    mark: Mark
    href: str


@dataclass(frozen=True, slots=True)
class Matters:
    """差评整改、投诉 on the page of a case."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """差评整改、投诉、咨询: what waits for him, and all that he may see."""

    oversees: bool
    takes: bool
    todo: tuple[Row, ...]
    rows: tuple[Row, ...]
    older: str
    kinds: tuple[Choice, ...]
    states: tuple[Choice, ...]
    departments: tuple[Choice, ...]
    kind: str = ""
    state: str = ""
    department: str = ""
    query: str = ""
    """The filter as it stands in an address."""


# ---- in a line


@dataclass(frozen=True, slots=True)
class Shown:
    """Shows matters in one language, on one day, by the names of one snapshot."""

    days: DaysOf
    words: Words
    today: date
    me: NodeId
    places: Places
    names: Names

    def row(self, view: RedressView) -> Row:
        """Show a matter as one line."""
        return Row(
            number=view.number,
            kind=self.words.say(f"redress_kind.{view.redress}"),
            who=self.who(view),
            about=view.case_number or "",
            opened=day(view.opened_at),
            due=view.due,
            mark=self.mark(view),
            href=f"/redress/{end_of(view.stream)}",
        )

    def who(self, view: RedressView) -> str:
        """Name who answers: the department here, else the place."""
        if view.subject == self.me and view.department:
            return self.names.department(view.department)
        place = self.places(view.subject)
        return f"{place} · {view.department}" if view.department else place

    def mark(self, view: RedressView) -> Mark:
        """Show where it stands, and how much time is left."""
        words = self.words
        if view.set_aside:
            return Mark("plain", words.say("redress.set_aside"))
        direct = view.redress in model.ASKED and view.state is RedressState.OPENED
        said = words.say("redress.to_answer" if direct else f"redress_state.{view.state}")
        match view.state:
            case RedressState.CLOSED:
                return Mark("green", said)
            case RedressState.APPEALED:
                return Mark("still", said)
            case RedressState.ANSWERED:
                return Mark("brand", said)
            case RedressState.OPENED | RedressState.VERIFIED:
                return self._running(view, said)

    def _running(self, view: RedressView, said: str) -> Mark:
        last = read_day(view.due)
        if last is None or view.unsure:
            return Mark("plain", said)
        left = workdays_left(self.days(view.subject).count, self.today, last)
        if last < self.today:
            return Mark("red", self.words.say("redress.late", state=said, n=max(-left, 0)))
        if last == self.today:
            return Mark("yellow", self.words.say("redress.today", state=said))
        tone = "yellow" if left <= 1 else "green"
        return Mark(tone, self.words.say("redress.left", state=said, n=left))


def shown(tx: Tx, looker: Looker) -> Shown:
    """Make what shows matters to somebody."""
    words = looker.words
    places = Places(place_names(tx), words)
    return Shown(
        reading.days_of(tx), words, looker.today, looker.me, places, page_people.names(tx, words)
    )


def caller_of(looker: Looker) -> Caller:
    """Say who looks, as far as this matters."""
    return Caller(looker.me, looker.actor)


def section(tx: Tx, looker: Looker, view: CaseView) -> Matters | None:
    """Show what is about a case, to whoever may see it; `None` if there is nothing."""
    found = reading.of_case_for(tx, caller_of(looker), view.stream)
    if not found:
        return None
    show = shown(tx, looker)
    return Matters(tuple(show.row(reading.fresh_by(show.days, one)) for one in found))


# ---- the list


@dataclass(frozen=True, slots=True)
class Asked:
    """Which list somebody asks for."""

    kind: str = ""
    state: str = ""
    department: str = ""
    before: str = ""

    @property
    def late(self) -> bool:
        """Whether only what is behind its day is asked for."""
        return self.state == LATE

    def wanted(self) -> Wanted:
        """Read it; what is of no known kind asks for all."""
        names = DepartmentId(self.department) if self.department else None
        return Wanted(
            kind=RedressKind(self.kind) if self.kind in tuple(RedressKind) else None,
            state=RedressState(self.state) if self.state in tuple(RedressState) else None,
            is_open=self.state == OPEN,
            department=names,
        )


OPEN: Final = "open"
"""Every state but the last."""
LATE: Final = "late"
"""Open, and behind its day."""


def list_page(tx: Tx, looker: Looker, asked: Asked) -> ListPage:
    """Make the list. Raises `NotFoundError` for a page that cannot be."""
    caller, words = caller_of(looker), looker.words
    found = reading.page(
        tx, caller, asked.wanted(), looker.today, late=asked.late, before=asked.before
    )
    show = shown(tx, looker)
    query = _query(asked)
    states = [Choice(OPEN, words.say("redress.open")), Choice(LATE, words.say("redress.only_late"))]
    states += [Choice(one, words.say(f"redress_state.{one}")) for one in RedressState]
    return ListPage(
        oversees=bool(looker.actor.roles & OVERSEERS),
        takes=bool(looker.actor.roles & posts.TAKERS),
        todo=tuple(show.row(view) for _, view in reading.waiting(tx, caller)),
        rows=tuple(map(show.row, found.redresses)),
        older=f"/redress?{query}&before={found.next}" if found.next else "",
        kinds=choices(words, "redress_kind", RedressKind),
        states=tuple(states),
        departments=show.names.department_choices(),
        kind=asked.kind,
        state=asked.state,
        department=asked.department,
        query=query,
    )


def _query(asked: Asked) -> str:
    wanted = asked.wanted()
    named = {
        "kind": wanted.kind or "",
        "state": asked.state if asked.state in (OPEN, LATE) else wanted.state or "",
        "department": asked.department if asked.department.isalnum() else "",
    }
    return "&".join(f"{name}={value}" for name, value in named.items() if value)


def choices(words: Words, group: str, values: Iterable[str]) -> tuple[Choice, ...]:
    """Offer values of a closed set by their names."""
    return tuple(Choice(one, words.say(f"{group}.{one}")) for one in values)
