"""The tables of cases: the row of each, its route, counts, serials, findings and notes.

Remembers and finds; decides nothing. Lists are in `node.cases.lists`.
"""

import sqlite3
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import msgspec

from node.cases import guards, model
from node.cases.caseview import CaseView, Stages
from node.cases.lawview import NO_LAW, LawView
from node.cases.model import Sight
from schemas.cases import CaseState, Outcome
from schemas.cases_api import CaseFinding, CaseNote
from schemas.ids import DepartmentId, NodeId, StreamName
from schemas.items import Stage

Tx = sqlite3.Connection

KEPT_ROUTES: Final = 4096  # decoded routes kept: items times windows of a county, those in use
FIRST_SERIES: Final = "A"
_SERIES: Final = "case_series"  # in `local_facts`: moved on by every restore (protocol §1.1)

_COLUMNS: Final = (
    "c.stream, c.number, c.item, c.item_version, c.origin, c.place, r.stages, c.state, c.holder,"
    " c.seq, c.received_at, c.since, c.stage, c.stage_at, c.outcome, c.department, c.department_at,"
    " c.accepted_at, c.decided_at, c.delivered_at, c.closed_at, c.decided_by, c.asked_by,"
    " c.asked_for, c.proposed, c.reason, c.reclaimed, c.unjudged, c.law"
)
_FROM: Final = (
    " FROM cases c LEFT JOIN case_routes r ON r.item = c.item AND r.version = c.item_version"
    " AND r.origin = c.origin AND r.place = c.place"
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, as far as the tables care: made by `model.sight_of` and the session."""

    me: NodeId
    sight: Sight
    department: DepartmentId | None


def visible(reader: Reader) -> tuple[str, tuple[str, ...]]:
    """The condition on `cases c` that every read for a person passes, and its values."""
    match reader.sight:
        case Sight.ALL:
            return "1", ()
        case Sight.COUNTER:
            return "c.mine = 1", ()
        case Sight.DEPARTMENT:
            return "c.department_at = ? AND c.department = ?", (reader.me, str(reader.department))
        case Sight.NONE:
            return "0", ()


# ---- one case


def load(tx: Tx, stream: StreamName) -> CaseView | None:
    """Read a case by its stream, whoever asks: for the projection, never for a person."""
    row = tx.execute(f"SELECT {_COLUMNS}{_FROM} WHERE c.stream = ?", (stream,)).fetchone()
    return None if row is None else _view(row)


def findable(reader: Reader) -> tuple[str, tuple[str, ...]]:
    """The condition on a case that is named: beside what lists show, those that ask his opinion."""
    condition, values = visible(reader)
    if reader.sight is not Sight.DEPARTMENT:
        return condition, values
    asked = (
        "EXISTS (SELECT 1 FROM case_joint j WHERE j.stream = c.stream AND j.node = ?"
        " AND j.department = ?)"
    )
    return f"({condition} OR {asked})", (*values, reader.me, str(reader.department))


def find(tx: Tx, reference: str, reader: Reader) -> CaseView | None:
    """Find a case by number or by stream, if the reader may see it; the latest if several."""
    if reader.sight is Sight.NONE:
        return None
    column = "stream" if "/" in reference else "number"
    condition, values = findable(reader)
    row = tx.execute(
        f"SELECT {_COLUMNS}{_FROM} WHERE c.{column} = ? AND {condition}"
        " ORDER BY c.received_at DESC, c.id DESC LIMIT 1",
        (reference, *values),
    ).fetchone()
    return None if row is None else _view(row)


def item_name(tx: Tx, view: CaseView) -> str:
    """What the case's item was called; empty if its version is unknown here."""
    row = tx.execute(
        "SELECT item_name FROM case_routes WHERE item = ? AND version = ? AND origin = ?"
        " AND place = ?",
        (view.item, view.item_version, view.origin, view.place),
    ).fetchone()
    return "" if row is None else str(row[0])


def items_named(tx: Tx, text: str) -> tuple[StreamName, ...]:
    """Name items of cases here by a piece of their name: for a node without that catalogue."""
    rows = tx.execute(
        "SELECT DISTINCT item FROM case_routes WHERE instr(item_name, ?) LIMIT 20", (text,)
    )
    return tuple(StreamName(item) for (item,) in rows)


def _view(row: tuple[Any, ...]) -> CaseView:
    (
        stream, number, item, item_version, origin, place, stages, state, holder, seq, received_at,
        since, stage, stage_at, outcome, department, department_at, accepted_at, decided_at,
        delivered_at, closed_at, decided_by, asked_by, asked_for, proposed, reason, reclaimed,
        unjudged, law,
    ) = row  # fmt: skip
    return CaseView(
        stream=stream, number=number, item=item, item_version=item_version, origin=origin,
        place=place, stages=() if stages is None else _stages(stages), state=CaseState(state),
        holder=holder, seq=seq, received_at=received_at, since=since, stage=stage,
        stage_at=stage_at or received_at,
        outcome=None if outcome is None else Outcome(outcome), department=department,
        department_at=department_at, accepted_at=accepted_at, decided_at=decided_at,
        delivered_at=delivered_at, closed_at=closed_at, decided_by=decided_by, asked_by=asked_by,
        asked_for=tuple(asked_for.split()),
        proposed=None if proposed is None else Outcome(proposed), reason=reason,
        reclaimed=bool(reclaimed), unjudged=bool(unjudged),
        law=NO_LAW if law is None else msgspec.json.decode(law, type=LawView),
    )  # fmt: skip


@lru_cache(maxsize=KEPT_ROUTES)
def _stages(encoded: bytes) -> Stages:
    return msgspec.json.decode(encoded, type=tuple[tuple[Stage, NodeId], ...])


# ---- numbered paper forms (补录)


def is_paper_used(tx: Tx, number: str) -> bool:
    """Say whether a paper form of this number was typed in here before."""
    found = tx.execute("SELECT 1 FROM paper_numbers WHERE number = ?", (number,)).fetchone()
    return found is not None


def use_paper(tx: Tx, number: str, stream: StreamName) -> None:
    """Note which case a paper form became."""
    tx.execute("INSERT INTO paper_numbers (number, stream) VALUES (?, ?)", (number, stream))


# ---- the projection


def insert(tx: Tx, row_id: int, view: CaseView, *, me: NodeId) -> None:
    """Add a case that has just been received; `row_id` is the arrival of its first event."""
    tx.execute(
        "INSERT INTO cases (id, stream, number, item, item_version, origin, place, received_at,"
        " department, department_at, mine, state, stage, stage_at, holder, duty, since, seq,"
        " asked_for, reclaimed, unjudged, law, expires_on)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, ?, ?, ?)",
        (
            row_id, view.stream, view.number, view.item, view.item_version, view.origin, view.place,
            view.received_at, view.department, view.department_at, _is_mine(view, me), view.state,
            view.stage, view.stage_at, view.holder, model.duty_at(view, me), view.since, view.seq,
            view.unjudged, *_law(view),
        ),
    )  # fmt: skip
    _count(tx, view.origin, view.state, 1)


def _law(view: CaseView) -> tuple[str | None, str | None]:
    """Write what the law adds, and the day on which a licence lapses while it is not renewed."""
    if view.law == NO_LAW:
        return None, None
    lapses = guards.lapses_at(view) is not None
    return msgspec.json.encode(view.law).decode(), view.law.expires_on if lapses else None


def update(tx: Tx, before: CaseView, after: CaseView, *, me: NodeId) -> None:
    """Bring the row up to date, touching an index only where its columns change."""
    tx.execute(
        "UPDATE cases SET state = ?, stage = ?, stage_at = ?, holder = ?, duty = ?, since = ?,"
        " seq = ?, accepted_at = ?, decided_at = ?, delivered_at = ?, closed_at = ?, outcome = ?,"
        " decided_by = ?, asked_by = ?, asked_for = ?, proposed = ?, reason = ?, reclaimed = ?,"
        " unjudged = ? WHERE stream = ?",
        (
            after.state, after.stage, after.stage_at, after.holder, model.duty_at(after, me),
            after.since, after.seq, after.accepted_at, after.decided_at, after.delivered_at,
            after.closed_at,
            after.outcome, after.decided_by, after.asked_by, " ".join(after.asked_for),
            after.proposed, after.reason, after.reclaimed, after.unjudged, after.stream,
        ),
    )  # fmt: skip
    if (before.department, before.department_at) != (after.department, after.department_at):
        tx.execute(
            "UPDATE cases SET department = ?, department_at = ? WHERE stream = ?",
            (after.department, after.department_at, after.stream),
        )
    if after.law is not before.law:
        tx.execute(
            "UPDATE cases SET law = ?, expires_on = ? WHERE stream = ?",
            (*_law(after), after.stream),
        )
    _keep_joint(tx, before, after)
    if after.holder == me:
        tx.execute("UPDATE cases SET mine = 1 WHERE stream = ? AND mine = 0", (after.stream,))
    if before.state is not after.state:
        _count(tx, after.origin, before.state, -1)
        _count(tx, after.origin, after.state, 1)


def _keep_joint(tx: Tx, before: CaseView, after: CaseView) -> None:
    """Keep which departments a joint review asks, and which of them have answered (会签)."""
    was, now = _asked(before), _asked(after)
    if was == now:
        return
    tx.execute("DELETE FROM case_joint WHERE stream = ? AND given = 0", (after.stream,))
    given = was & set(after.law.opinions)
    tx.executemany(
        "INSERT OR REPLACE INTO case_joint VALUES (?, ?, ?, ?, ?)",
        [
            *((after.stream, before.stage_node, one, True, after.since) for one in sorted(given)),
            *((after.stream, after.stage_node, one, False, after.since) for one in sorted(now)),
        ],
    )


def _asked(view: CaseView) -> frozenset[DepartmentId]:
    is_here = view.is_in_process and view.holder == view.stage_node and not view.unjudged
    return guards.missing_opinions(view) if is_here else frozenset()


def expired(tx: Tx, me: NodeId, today: str, most: int) -> tuple[StreamName, ...]:
    """List renewals held here and accepted whose licence ended before `today`, undecided (§50)."""
    rows = tx.execute(
        "SELECT stream FROM cases INDEXED BY cases_expiring WHERE expires_on < ?"
        " AND expires_on IS NOT NULL AND outcome IS NULL AND holder = ? AND accepted_at IS NOT NULL"
        " AND unjudged = 0"
        " ORDER BY expires_on LIMIT ?",
        (today, me, most),
    )
    return tuple(StreamName(stream) for (stream,) in rows)


def forget(tx: Tx, stream: StreamName) -> None:
    """Drop what the projection holds of one stream."""
    tx.execute("DELETE FROM case_joint WHERE stream = ?", (stream,))
    for origin, state in tx.execute(
        "DELETE FROM cases WHERE stream = ? RETURNING origin, state", (stream,)
    ).fetchall():
        _count(tx, origin, state, -1)
    tx.execute("DELETE FROM case_findings WHERE stream = ?", (stream,))


def keep_route(tx: Tx, view: CaseView, name: str) -> None:
    """Remember the stages that an item's version gives to this origin and place."""
    tx.execute(
        "INSERT INTO case_routes VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET item_name = excluded.item_name, stages = excluded.stages"
        " WHERE stages <> excluded.stages",
        (
            view.item, view.item_version, view.origin, view.place, name,
            msgspec.json.encode(view.stages),
        ),
    )  # fmt: skip


def _is_mine(view: CaseView, me: NodeId) -> bool:
    return me == view.holder or model.entitled(view, me)


def _count(tx: Tx, origin: NodeId, state: str, change: int) -> None:
    """Keep the counts; a row that has come down to nothing goes, as if it had never been."""
    row = tx.execute(
        "INSERT INTO case_counts VALUES (?1, ?2, ?3)"
        " ON CONFLICT DO UPDATE SET cases = cases + ?3 RETURNING cases",
        (origin, state, change),
    ).fetchone()
    if row[0] == 0:
        tx.execute("DELETE FROM case_counts WHERE origin = ? AND state = ?", (origin, state))


# ---- serials


def next_serial(tx: Tx, day: str) -> int:
    """Give out the next serial of a local day (`yyyymmdd` and the series letter)."""
    row = tx.execute(
        "INSERT INTO case_serials VALUES (?, 1)"
        " ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last",
        (day,),
    ).fetchone()
    serial: int = row[0]
    return serial


def series(tx: Tx) -> str:
    """Tell the letter of this node's present life."""
    row = tx.execute("SELECT value FROM local_facts WHERE name = ?", (_SERIES,)).fetchone()
    return FIRST_SERIES if row is None else str(row[0])


def set_series(tx: Tx, letter: str) -> None:
    """Begin another life: numbers given out from now on carry `letter`."""
    tx.execute(
        "INSERT INTO local_facts VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
        (_SERIES, letter),
    )


# ---- findings, notes, counts


def add_finding(tx: Tx, stream: StreamName, finding: CaseFinding) -> None:
    """Note an event without effect."""
    tx.execute(
        "INSERT OR REPLACE INTO case_findings VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            stream, finding.seq, finding.event, finding.kind, finding.node, finding.fault,
            finding.at,
        ),
    )  # fmt: skip


def findings(tx: Tx, stream: StreamName) -> tuple[CaseFinding, ...]:
    """List the events of a case, and of the notes about it, that had no effect."""
    rows = tx.execute(
        "SELECT seq, event, kind, node, fault, at FROM case_findings WHERE stream = ?1 OR stream IN"
        " (SELECT n.name FROM streams n JOIN streams c ON c.id = n.about WHERE c.name = ?1)"
        " ORDER BY stream <> ?1, seq, stream",
        (stream,),
    )
    return tuple(
        CaseFinding(seq=seq, event=event, kind=kind, node=node, fault=fault, at=at)
        for seq, event, kind, node, fault, at in rows
    )


def add_note(tx: Tx, note: CaseNote, *, seq: int, about: StreamName) -> None:
    """Remember a note that speaks of a case."""
    tx.execute(
        "INSERT OR REPLACE INTO case_notes VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            note.stream, seq, about, note.kind, note.node, note.at, note.reason,
            " ".join(note.materials) or None,
        ),
    )  # fmt: skip


def forget_notes(tx: Tx, stream: StreamName) -> None:
    """Drop what the projection holds of one note stream."""
    tx.execute("DELETE FROM case_notes WHERE stream = ?", (stream,))
    tx.execute("DELETE FROM case_findings WHERE stream = ?", (stream,))


def notes(tx: Tx, about: StreamName) -> tuple[CaseNote, ...]:
    """List the notes about a case, oldest first."""
    rows = tx.execute(
        "SELECT stream, kind, node, at, reason, codes FROM case_notes WHERE about = ?"
        " ORDER BY at, stream, seq",
        (about,),
    )
    return tuple(
        CaseNote(
            stream=stream,
            kind=kind,
            node=node,
            at=at,
            reason=reason,
            materials=tuple((codes or "").split()),
        )
        for stream, kind, node, at, reason, codes in rows
    )


def counts(tx: Tx) -> tuple[tuple[NodeId, CaseState, int], ...]:
    """How many cases of each origin stand in each state: the board, flat in the number of cases."""
    rows = tx.execute("SELECT origin, state, cases FROM case_counts")
    return tuple((NodeId(origin), CaseState(state), cases) for origin, state, cases in rows)
