"""Lists of cases: the inbox and the search, each bounded in work whatever the number of cases.

Every list is a merge of short runs along indices, and every run carries the reader's condition
(`store.visible`). A run never reads on past the page, except over cases of an item that the reader
may not see. What waits for an opinion of one department is few, and so are the cases that a number
or a person names: those are sorted. Pages follow each other by keyset: (time, id) of the last line.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import msgspec

from node.cases import transitions
from node.cases.model import Sight
from node.cases.store import Reader, findable, visible
from node.errors import BadInputError
from schemas.cases import Action, CaseState, Outcome
from schemas.cases_api import CaseLine, CasePage
from schemas.ids import DepartmentId, NodeId, StaffId, StreamName
from schemas.items import Stage
from schemas.staff import Role

Tx = sqlite3.Connection

PAGE: Final = 50  # lines that a person looks through at once
MAX_PAGE: Final = 200
MAX_ITEMS: Final = 20  # items that a search by name follows: more means the words say too little
MAX_FOLLOWED: Final = 500  # cases that a search by number or applicant follows
HIGHEST: Final = "\U0010ffff"  # sorts after every character a number may go on with
_LAST: Final = 1 << 62  # above every time and every id

_COLUMNS: Final = (
    "c.stream, c.number, c.item, r.item_name, c.state, c.outcome, c.origin, c.holder, r.stages,"
    " c.stage, c.duty, c.department, c.received_at, c.since, c.law"
)
_ROUTE: Final = (
    " LEFT JOIN case_routes r ON r.item = c.item AND r.version = c.item_version"
    " AND r.origin = c.origin AND r.place = c.place"
)
_BY_TIME: Final = MappingProxyType(
    {
        Sight.ALL: "cases_all",
        Sight.COUNTER: "cases_mine",
        Sight.DEPARTMENT: "cases_department",
    }
)
_BY_ITEM: Final = MappingProxyType(
    {
        Sight.ALL: "cases_item",
        Sight.COUNTER: "cases_item",
        Sight.DEPARTMENT: "cases_department_item",
    }
)
_stages: Final = msgspec.json.Decoder(tuple[tuple[Stage, NodeId], ...])


class _Beside(msgspec.Struct, frozen=True):
    """What lists tell of all that `node.cases.lawview` holds: what is owed, and who has it."""

    correct_by: str = ""
    pending: tuple[str, ...] = ()
    pending_by: str = ""
    handler: StaffId | None = None


_beside: Final = msgspec.json.Decoder(_Beside)
_NOTHING: Final = _Beside()


@dataclass(frozen=True, slots=True)
class Run:
    """One index run: the index it must use, a condition on `cases c`, and its values."""

    index: str
    condition: str
    values: tuple[object, ...]
    duty: Action | None = None
    """Of a run of what waits: for which step."""
    is_joint: bool = False
    """Along the departments that a joint review asks (`case_joint j`), by when it began to."""

    @property
    def rows(self) -> str:
        """Where the run goes along."""
        if self.is_joint:
            return f"case_joint j INDEXED BY {self.index} CROSS JOIN cases c ON c.stream = j.stream"
        return f"cases c INDEXED BY {self.index}"

    @property
    def columns(self) -> str:
        """What a line of the list is made of."""
        return _COLUMNS.replace("c.duty", "'give_opinion'") if self.is_joint else _COLUMNS


def inbox(
    tx: Tx, reader: Reader, roles: frozenset[Role], *, after: str | None = None, limit: int = PAGE
) -> CasePage:
    """What waits here for a person of these posts: first what must be done first."""
    beyond = _read_cursor(after, first=(-1, -1))
    return _merge(tx, inbox_runs(reader, roles), beyond, "due_at", limit)


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for; without anything, all that the reader may see."""

    number: str = ""
    """How the number begins; only the 500 highest are followed."""
    serial: str = ""
    """The end of a number (`A0007`), with `day` before it if that was told; the latest 500."""
    day: str = ""
    """`yyyymmdd`."""
    below: str = ""
    """The last digits of the place that took the case, as an exchange number tells them."""
    items: tuple[StreamName, ...] | None = None
    """Cases of these items; only the first 20 are followed."""
    streams: tuple[StreamName, ...] | None = None
    """These cases: those of an applicant."""


def search(
    tx: Tx, reader: Reader, query: Query, *, after: str | None = None, limit: int = PAGE
) -> CasePage:
    """List what the reader may see, latest received first."""
    runs = tuple(_search_runs(tx, reader, query))
    beyond = _read_cursor(after, first=(_LAST, _LAST))
    return _merge(tx, runs, beyond, "received_at", limit)


def places(tx: Tx, streams: Sequence[StreamName]) -> dict[StreamName, NodeId]:
    """Tell of the cases of one page of a list where each matter is."""
    marks = ", ".join("?" * len(streams))
    rows = tx.execute(
        f"SELECT stream, place FROM cases WHERE stream IN ({marks})",  # noqa: S608
        tuple(streams),
    )
    return {StreamName(stream): NodeId(place) for stream, place in rows}


def _search_runs(tx: Tx, reader: Reader, query: Query) -> Iterable[Run]:
    seen, values = visible(reader)
    streams = _named(tx, query)
    if reader.sight is Sight.NONE:
        return
    if streams is not None:
        seen, values = findable(reader)
        followed = msgspec.json.encode(streams[:MAX_FOLLOWED]).decode()
        among = "c.stream IN (SELECT value FROM json_each(?))"
        yield Run("cases_stream", f"{among} AND {seen}", (followed, *values))
    elif query.items is not None:
        index = _BY_ITEM[reader.sight]
        for item in query.items[:MAX_ITEMS]:
            yield Run(index, f"c.item = ? AND {seen}", (item, *values))
    else:
        yield Run(_BY_TIME[reader.sight], seen, values)


def _named(tx: Tx, query: Query) -> tuple[StreamName, ...] | None:
    """Name the cases that a number, or a part of it, speaks of; `None` if nothing names any."""
    if query.number:
        return _numbered(tx, query.number)
    return _ending(tx, query) if query.serial else query.streams


def _ending(tx: Tx, query: Query) -> tuple[StreamName, ...]:
    """Name the cases whose numbers end so, the latest first."""
    rows = tx.execute(
        "SELECT stream FROM cases INDEXED BY cases_serial"
        " WHERE substr(number, instr(number, '-') + 10) = ?1"
        " AND (?2 = '' OR substr(number, instr(number, '-') + 1, 8) = ?2)"
        " AND (?3 = '' OR substr(substr(number, 7, instr(number, '-') - 7) || '000000', 1, 6) = ?3)"
        " ORDER BY received_at DESC, id DESC LIMIT ?4",
        (query.serial, query.day, query.below, MAX_FOLLOWED),
    )
    return tuple(StreamName(stream) for (stream,) in rows)


def _numbered(tx: Tx, beginning: str) -> tuple[StreamName, ...]:
    """Name the cases whose numbers begin so, the highest first."""
    rows = tx.execute(
        "SELECT stream FROM cases INDEXED BY cases_number WHERE number >= ? AND number < ?"
        " ORDER BY number DESC LIMIT ?",
        (beginning, beginning + HIGHEST, MAX_FOLLOWED),
    )
    return tuple(StreamName(stream) for (stream,) in rows)


def inbox_runs(reader: Reader, roles: frozenset[Role]) -> tuple[Run, ...]:
    """What waits for these posts: one run per step that they do, and the opinions asked for."""
    return (*_duty_runs(reader, roles), *joint_waiting(reader, roles))


def _duty_runs(reader: Reader, roles: frozenset[Role]) -> Iterable[Run]:
    """One run per step: all of them at this node, or those of his department."""
    free = roles - transitions.BOUND_TO_DEPARTMENT
    if reader.sight is Sight.NONE:
        return
    for action in Action:
        doers = transitions.doers_of(action)
        if action not in transitions.WAITED_FOR or not doers & roles:
            continue
        if doers & free or reader.department is None:
            yield Run("cases_duty", "c.duty = ?", (action,), action)
        else:
            values = (action, reader.department)
            yield Run("cases_desk", "c.duty = ? AND c.department = ?", values, action)


def joint_waiting(reader: Reader, roles: frozenset[Role]) -> Iterable[Run]:
    """Give the run of cases that wait for the opinion of his department (会签)."""
    if reader.department is None or not roles & transitions.doers_of(Action.GIVE_OPINION):
        return
    yield Run(
        "case_joint_waiting",
        "j.node = ? AND j.department = ? AND j.given = 0",
        (reader.me, reader.department),
        Action.GIVE_OPINION,
        is_joint=True,
    )


def _merge(
    tx: Tx, runs: Sequence[Run], beyond: tuple[int, int], order: str, limit: int
) -> CasePage:
    """Take the first `limit` lines of all runs together, behind the place `beyond`."""
    limit = max(1, min(limit, MAX_PAGE))
    way, further = ("ASC", ">") if order == "due_at" else ("DESC", "<")
    found: list[tuple[int, int, tuple[Any, ...]]] = []
    for run in runs:
        time = f"c.{order}"
        rows = tx.execute(
            f"SELECT {time}, c.id, {run.columns} FROM {run.rows}{_ROUTE}"  # noqa: S608
            f" WHERE {run.condition} AND ({time}, c.id) {further} (?, ?)"
            f" ORDER BY {time} {way}, c.id {way} LIMIT ?",
            (*run.values, *beyond, limit + 1),
        )
        found.extend((row[0], row[1], row[2:]) for row in rows)
    found.sort(key=lambda one: one[:2], reverse=way == "DESC")
    page = found[:limit]
    more = f"{page[-1][0]}.{page[-1][1]}" if len(found) > limit else None
    return CasePage(cases=tuple(_line(row) for _, _, row in page), next=more)


def _read_cursor(after: str | None, *, first: tuple[int, int]) -> tuple[int, int]:
    if not after:
        return first
    time, _, row_id = after.partition(".")
    if not (time.isdecimal() and row_id.isdecimal() and len(after) < len(str(_LAST)) * 2):
        raise BadInputError({"after": "not a place in this list"})
    return int(time), int(row_id)


def _line(row: tuple[Any, ...]) -> CaseLine:
    (
        stream, number, item, name, state, outcome, origin, holder, stages, stage, duty,
        department, received_at, since, law,
    ) = row  # fmt: skip
    route = () if stages is None else _stages.decode(stages)
    beside = _NOTHING if law is None else _beside.decode(law)
    return CaseLine(
        stream=stream,
        number=number,
        item=item,
        item_name=name or "",
        state=CaseState(state),
        outcome=None if outcome is None else Outcome(outcome),
        origin=origin,
        holder=holder,
        stage_name=route[stage][0].name if stage < len(route) else "",
        duty=None if duty is None else Action(duty),
        department=None if department is None else DepartmentId(department),
        received_at=received_at,
        since=since,
        until=_until(CaseState(state), beside),
        handler=beside.handler,
    )


def _until(state: CaseState, owed: _Beside) -> str:
    if state is CaseState.CORRECTING:
        return owed.correct_by
    return owed.pending_by if owed.pending and state in transitions.OPEN_FOR_WITHDRAWAL else ""
