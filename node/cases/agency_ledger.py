"""代办台账: the cases in which somebody acts for the applicant, within what a reader may see.

Runs along an index that holds these few alone, so it costs the same whatever the number of cases.
"""

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from node.applicants import model as applicants
from node.applicants.actions import Register
from node.cases import model
from node.cases.lawview import LawView
from node.cases.model import Sight
from node.cases.store import Reader, Tx, visible
from node.errors import BadInputError, NotAllowedError
from schemas.case_terms import AgencyKind
from schemas.cases import CaseState, Outcome
from schemas.ids import CaseNumber, NodeId, StreamName
from schemas.lists import AgencyErrand, AgencyLedger
from schemas.staff import Role

PAGE: Final = 50  # lines that a person looks through at once
DAY_MS: Final = 24 * 3600 * 1000
_LAST: Final = (1 << 62, 1 << 62)  # behind every time and every id


_ERRANDS: Final = (
    "SELECT c.received_at, c.id, c.stream, c.number, coalesce(r.item_name, ''), c.origin, c.state,"
    " c.outcome, c.since, c.delivered_at, c.closed_at, c.law"
    " FROM cases c INDEXED BY cases_agency LEFT JOIN case_routes r ON r.item = c.item"
    " AND r.version = c.item_version AND r.origin = c.origin AND r.place = c.place"
    " WHERE c.law IS NOT NULL AND json_extract(c.law, '$.agency.kind') IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, by which keys, and when: milliseconds UTC."""

    reader: Reader
    roles: frozenset[Role]
    register: Register
    now: int


def ledger(tx: Tx, asking: Asking, *, after: str | None = None, most: int = PAGE) -> AgencyLedger:
    """List the latest first; hand `next` back as `after`.

    Raises `NotAllowedError` for whoever sees no cases, `BadInputError` for no such place.
    """
    if asking.reader.sight is Sight.NONE:
        raise NotAllowedError("the record is for those who see cases")
    seen, values = visible(asking.reader)
    rows = tx.execute(
        f"{_ERRANDS} AND {seen} AND (c.received_at, c.id) < (?, ?)"
        " ORDER BY c.received_at DESC, c.id DESC LIMIT ?",
        (*values, *_cursor(after), most + 1),
    ).fetchall()
    shown = rows[:most]
    following = f"{shown[-1][0]}.{shown[-1][1]}" if len(rows) > most else None
    return AgencyLedger(errands=tuple(_errand(tx, asking, row) for row in shown), next=following)


def _cursor(after: str | None) -> tuple[int, int]:
    if not after:
        return _LAST
    time, _, row_id = after.partition(".")
    if not (time.isdecimal() and row_id.isdecimal() and len(after) < len(str(_LAST[0])) * 2):
        raise BadInputError({"after": "not a place in this list"})
    return int(time), int(row_id)


def _errand(tx: Tx, asking: Asking, row: tuple[Any, ...]) -> AgencyErrand:
    _, _, stream, number, item, origin, state, outcome, since, delivered, closed, law = row
    said = msgspec.json.decode(law, type=LawView)
    kind = "" if said.agency is None else said.agency.kind
    begun = _begun(said, row[0])
    ended = delivered or closed or (since if state in _ENDED else None)
    agent, applicant = _names(tx, asking, StreamName(stream), kind)
    return AgencyErrand(
        number=CaseNumber(number),
        item_name=item,
        kind=kind,
        agent=agent,
        applicant=applicant,
        origin=NodeId(origin),
        begun_at=begun,
        ended_at=ended,
        days=max(0, (ended or asking.now) - begun) // DAY_MS,
        state=CaseState(state),
        outcome=None if outcome is None else Outcome(outcome),
        has_authority=said.agency is not None and said.agency.authority is not None,
    )


_ENDED: Final = frozenset(
    {CaseState.WITHDRAWN, CaseState.TERMINATED, CaseState.RETURNED, CaseState.VOIDED}
)
"""States in which nothing is handed over any more."""


def _begun(said: LawView, received_at: int) -> int:
    return received_at if said.paper is None else min(received_at, said.paper.captured_at)


def _names(tx: Tx, asking: Asking, stream: StreamName, kind: str) -> tuple[str, str]:
    """Name who acts and for whom: both masked, but for the station's own agent."""
    person = asking.register.read(tx, stream) if model.sees_names(asking.roles) else None
    if person is None:
        return "", ""
    is_own = kind == AgencyKind.STATION
    agent = person.agent_name if is_own else applicants.masked_name(person.agent_name)
    return agent, applicants.masked_name(person.name)
