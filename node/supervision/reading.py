"""What is known of findings, as people and pages read it: in words, with what became of it.

An overseer reads all of them; whoever works on cases reads those about his own work, or about the
work of the department that he answers for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from node.cases import guards
from node.database import Tx
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.supervision import dossiers, saying, store
from node.supervision.store import Row
from node.web.wording import Words
from node.work import Actor
from schemas.ids import NodeId, StreamName
from schemas.staff import OVERSEERS, Role
from schemas.supervision import Finding
from schemas.supervision_api import FindingPage, FindingQuery

PAGE: Final = 50  # rows of a page
MOST_EXPORTED: Final = 20_000  # rows of a table for a spreadsheet
MOST_COUNTED: Final = 1000  # on a home; more is said as many
MOST_DIGITS: Final = 18  # of an instant: within SQLite's own integers
OWN: Final = frozenset(
    {
        Role.AGENT, Role.CLERK, Role.OFFICER, Role.HANDLER, Role.REVIEWER, Role.APPROVER,
        Role.REPRESENTATIVE,
    }
)  # fmt: skip
"""Who is told what was found about his own work."""
ANSWERS: Final = frozenset({Role.REPRESENTATIVE, Role.APPROVER, Role.REVIEWER})
"""Who reads what was found about everybody in his department."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Which findings somebody may read."""

    me: NodeId
    actor: Actor

    @property
    def sees_all(self) -> bool:
        """Whether he oversees."""
        return bool(self.actor.roles & OVERSEERS)

    def reads(self, one: Finding | Row) -> bool:
        """Say whether he may read a finding."""
        return self.sees_all or (bool(self.actor.roles & OWN) and is_own(one, self))


def require_reader(actor: Actor) -> None:
    """Pass whoever oversees or works on cases. Raises `NotAllowedError`."""
    if not actor.roles & (OVERSEERS | OWN):
        raise NotAllowedError("findings are for who oversees and who works on cases")


def one(tx: Tx, finding: str, words: Words) -> Finding | None:
    """Find one, whoever asks; `None` if there is none of that name."""
    row = store.load(tx, finding)
    return None if row is None else _told(row, words)


def seen(tx: Tx, sight: Sight, finding: str, words: Words) -> Finding:
    """Find one that he may read. Raises `NotFoundError`."""
    row = store.load(tx, finding)
    if row is None or not sight.reads(row):
        raise NotFoundError(f"finding {finding}")
    return _told(row, words)


def of_case(tx: Tx, case: StreamName, words: Words) -> tuple[Finding, ...]:
    """List what was found about a case, oldest first; also what was withdrawn."""
    return tuple(_told(row, words) for row in store.of_case(tx, case))


def open_first(tx: Tx, words: Words, most: int) -> tuple[Finding, ...]:
    """List what waits for the supervisor: the gravest first, and of these the oldest."""
    return tuple(_told(row, words) for row in store.first_open(tx, most))


def page(
    tx: Tx, query: FindingQuery, words: Words, *, sight: Sight | None = None, most: int = PAGE
) -> FindingPage:
    """Give a page of findings, latest first. Raises `BadInputError`."""
    wanted = _conditions(query)
    if sight is not None and not sight.sees_all:
        wanted |= _own(sight)
    rows = store.page(tx, wanted, _place(query.after), most + 1)
    told = tuple(_told(row, words) for row in rows[:most])
    older = f"{told[-1].at}-{told[-1].id}" if len(rows) > most else None
    return FindingPage(findings=told, older=older)


def count_own(tx: Tx, me: NodeId, actor: Actor) -> int:
    """Count what was found about somebody's work, or his department's, and waits for somebody."""
    wanted = _own(Sight(me, actor)) | {store.WAITING: ()}
    return store.count(tx, wanted, MOST_COUNTED)


def _own(sight: Sight) -> dict[str, Sequence[object]]:
    """Narrow to what concerns him: his own work, or that of those he answers for.

    What is nobody's yet is everybody's at that desk.
    """
    actor, me = sight.actor, sight.me
    if not actor.roles & ANSWERS:
        nobodys = "f.staff = ? OR (f.staff IS NULL AND f.department IS ?)"
        return {"f.node = ?": (me,), f"({nobodys})": (actor.staff, actor.department)}
    if actor.department is not None:
        return {"f.node = ?": (me,), "f.department = ?": (actor.department,)}
    return {"f.node = ?": (me,)}


def is_own(one: Finding | Row, sight: Sight) -> bool:
    """Say of one finding what `_own` says of many."""
    if one.node != sight.me:
        return False
    actor = sight.actor
    if not actor.roles & ANSWERS:
        return one.staff == actor.staff or (
            one.staff is None and one.department == actor.department
        )
    return actor.department is None or one.department == actor.department


def _conditions(query: FindingQuery) -> dict[str, Sequence[object]]:
    wanted: dict[str, Sequence[object]] = {}
    if query.state is not None:
        wanted["f.state = ?"] = (query.state,)
    elif query.open:
        wanted[store.WAITING] = ()
    plain = {
        "f.class = ?": query.rule_class, "f.level = ?": query.level, "f.rule = ?": query.rule,
        "f.department = ?": query.department, "f.staff = ?": query.staff, "f.item = ?": query.item,
    }  # fmt: skip
    wanted |= {condition: (value,) for condition, value in plain.items() if value}
    if query.node:
        wanted["f.node >= ? AND f.node < ?"] = (query.node, f"{query.node}:")
    if query.since:
        wanted["f.at >= ?"] = (dossiers.span_of(_day("since", query.since))[0],)
    if query.until:
        wanted["f.at < ?"] = (dossiers.span_of(_day("until", query.until))[1],)
    return wanted


def _day(field: str, text: str) -> date:
    day = guards.read_day(text)
    if day is None:
        raise BadInputError({field: "not_a_day"})
    return day


def _place(after: str) -> tuple[int, str] | None:
    at, dash, name = after.partition("-")
    if not after:
        return None
    if not (dash and at.isdecimal() and at.isascii() and len(at) <= MOST_DIGITS):
        raise BadInputError({"after": "unknown"})
    return int(at), name


def _told(row: Row, words: Words) -> Finding:
    return Finding(
        id=row.id,
        rule=row.rule,
        rule_class=row.rule_class,
        level=row.level,
        state=row.state,
        at=row.at,
        found_at=row.found_at,
        node=row.node,
        department=row.department,
        staff=row.staff,
        case=row.case,
        number=row.number,
        item=row.item,
        item_name=row.item_name,
        values=row.values,
        says=saying.says(words, row.rule, row.values),
        order=row.order,
    )
