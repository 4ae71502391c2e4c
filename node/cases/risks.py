"""廉政风险点: what may go wrong at a stage is shown to whoever may act there, and that is noted.

Once for each person, case and step: where the case moves on, or another person looks, it is shown
and written down anew. The texts are the item's own and are named by their digest.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from node.cases import guards, model
from node.cases.caseview import CaseView
from node.cases.model import Official
from node.cases.transitions import HOME_IS_STAGE, Whose
from node.database import Tx
from node.work import Work
from schemas.ids import NodeId, StaffId, StreamName
from schemas.items import Item, Risk

DIGEST_DIGITS: Final = 16  # hex: two risks of one item never meet by chance
OF_STAGE: Final = frozenset({Whose.STAGE, Whose.STAGE_OR_STAND_IN})


@dataclass(frozen=True, slots=True)
class Showing:
    """A risk was shown to somebody."""

    serial: int
    stream: StreamName
    seq: int
    staff: StaffId
    item: StreamName
    version: int
    stage: str
    risk: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Shown:
    """How often a risk was shown in a stretch of time, and to how many people."""

    item: StreamName
    version: int
    """The latest in which it was."""
    stage: str
    risk: str
    times: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which showings somebody asks for: in a stretch of time, its end not included."""

    first_ms: int
    end_ms: int
    item: StreamName | None = None
    staff: StaffId | None = None
    before: int | None = None
    """Only those older than this serial."""


def digest(risk: Risk) -> str:
    """Name a risk by all that is shown of it."""
    parts = (risk.stage, risk.risk, risk.grade, risk.measure, risk.owner, risk.reminder)
    said = "\n".join(("zw/risk/1", *parts))
    return hashlib.sha256(said.encode()).hexdigest()[:DIGEST_DIGITS]


def at_hand(view: CaseView, item: Item | None, me: NodeId, actor: Official) -> tuple[Risk, ...]:
    """Name the risks of the stage at which the case stands, if this person may act there now."""
    is_at_stage = view.state in HOME_IS_STAGE or guards.is_being_made(view)
    if item is None or not item.risks or not is_at_stage:
        return ()
    risks = tuple(one for one in item.risks if one.stage == view.stage_name)
    return risks if risks and _acts_at_stage(view, me, actor) else ()


def _acts_at_stage(view: CaseView, me: NodeId, actor: Official) -> bool:
    rows = (model.row_for(view, one, me) for one in model.open_actions(view, me, actor))
    return any(row is not None and row.whose in OF_STAGE for row in rows)


# ---- the record


def is_noted(tx: Tx, view: CaseView, staff: StaffId) -> bool:
    """Say whether this step's risks were shown to this person before."""
    row = tx.execute(
        "SELECT 1 FROM risk_showings WHERE stream = ? AND seq = ? AND staff = ?",
        (view.stream, view.seq, staff),
    ).fetchone()
    return row is not None


def note(work: Work, view: CaseView, risks: tuple[Risk, ...]) -> None:
    """Write down that the actor was shown these risks of the case as it stands."""
    work.tx.executemany(
        "INSERT OR IGNORE INTO risk_showings"
        " (stream, seq, staff, item, version, stage, risk, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                view.stream, view.seq, work.actor.staff, view.item, view.item_version,
                one.stage, digest(one), work.now_ms,
            )
            for one in risks
        ],
    )  # fmt: skip


def showings(tx: Tx, span: Span, most: int) -> tuple[Showing, ...]:
    """List showings, the latest first."""
    rows = tx.execute(
        "SELECT serial, stream, seq, staff, item, version, stage, risk, at FROM risk_showings"
        " WHERE at >= :first AND at < :end AND (:item IS NULL OR item = :item)"
        " AND (:staff IS NULL OR staff = :staff) AND (:before IS NULL OR serial < :before)"
        " ORDER BY serial DESC LIMIT :most",
        {
            "first": span.first_ms, "end": span.end_ms, "item": span.item, "staff": span.staff,
            "before": span.before, "most": most,
        },
    )  # fmt: skip
    return tuple(Showing(*row) for row in rows)


def counts(tx: Tx, span: Span) -> tuple[Shown, ...]:
    """Count showings by item, stage and risk, the most frequent first."""
    rows = tx.execute(
        "SELECT item, max(version), stage, risk, count(*), count(DISTINCT staff)"
        " FROM risk_showings WHERE at >= :first AND at < :end"
        " AND (:item IS NULL OR item = :item) AND (:staff IS NULL OR staff = :staff)"
        " GROUP BY item, stage, risk ORDER BY 5 DESC, 1, 3, 4",
        {
            "first": span.first_ms, "end": span.end_ms, "item": span.item, "staff": span.staff,
        },
    )  # fmt: skip
    return tuple(Shown(*row) for row in rows)
