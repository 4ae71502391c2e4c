"""Reads evaluations, and who served whom. Anybody's place in the hierarchy of posts is the edge's.

`of_note`, `of_case` and `of_day` are what supervision and appraisal look at: plain facts.
"""

from datetime import date

import msgspec

from federation import partstore, recovery, streams
from federation.errors import DamagedStoreError
from federation.partstore import PartStore
from node.cases import reading as cases
from node.cases.caseview import CaseView
from node.cases.kind import read_fact
from node.catalogue import actions as catalogue
from node.clock import from_ms, local_day
from node.database import Tx
from node.evaluation import model, store
from node.evaluation.model import Served
from node.staff import posting
from node.web.wording import Words
from schemas.cases import CaseDelivered
from schemas.evaluation import EvaluationView, RatingPart
from schemas.ids import NodeId, StaffId, StreamName


def of_note(tx: Tx, note: StreamName) -> EvaluationView | None:
    """Read the evaluation that a note brings; `None` if it brings none that has effect."""
    return store.of_note(tx, note)


def of_case(tx: Tx, case: StreamName) -> EvaluationView | None:
    """Read the evaluation of a case that counts: the first; `None`: not evaluated."""
    return store.of_subject(tx, case)


def of_visit(tx: Tx, node: NodeId, visit: str) -> EvaluationView | None:
    """Read the evaluation of a visit that counts."""
    return store.of_subject(tx, model.subject_of("", node, visit))


def of_day(tx: Tx, node: NodeId, first_ms: int, last_ms: int) -> tuple[EvaluationView, ...]:
    """List what a node took from the first instant on, up to the last without it."""
    return store.of_day(tx, node, first_ms, last_ms)


# ---- who served


def acted_in(tx: Tx, case: StreamName) -> frozenset[StaffId]:
    """Name everybody who wrote an event of the case, wherever he sits."""
    found = streams.load(tx, case)
    if found is None:
        return frozenset()
    return frozenset(stored.event.actor for stored in streams.events(tx, found))


def served_in(tx: Tx, view: CaseView) -> Served:
    """Say who served in a case: at the window who handed the result over, else who took it in.

    The department is the one that decided; none of the events of other nodes says more of people
    than a random name.
    """
    found = streams.load(tx, view.stream)
    events = [] if found is None else [one.event for one in streams.events(tx, found)]
    delivered = [one for one in events if isinstance(read_fact(one), CaseDelivered)]
    last = (delivered or events[:1])[-1] if events else None
    staff = None if last is None else last.actor
    day = None if last is None else local_day(from_ms(last.at))
    return Served(
        window="" if staff is None or day is None else window_of(tx, staff, day),
        staff=staff,
        department=view.department,
        department_at=view.department_at if view.department is not None else None,
    )


def window_of(tx: Tx, staff: StaffId, day: date) -> str:
    """Name the window at which somebody serves on a day; empty if none is known here."""
    serving = (one for one in posting.today(tx, day) if one.serving == staff)
    return next((one.post.window for one in serving if one.post.window), "")


def item_words(tx: Tx, words: Words, view: CaseView) -> str:
    """Say what a case is about, in the reader's language where the item has a name in it."""
    item = catalogue.item_at(tx, view.item, view.item_version)
    return cases.item_name(tx, view) if item is None else words.pick(item.name, item.name_en)


# ---- what was written


def text_of(tx: Tx, parts: PartStore, view: EvaluationView) -> RatingPart | None:
    """Read what was written with an evaluation; `None` where that is not here, or is destroyed.

    Slow as a file. For whoever handles it (`model.HANDLERS`), never for whoever was evaluated.
    """
    about = view.case or StreamName(f"node/{view.node}")
    if view.comment is None or recovery.is_recovering(tx):
        return None
    if not partstore.is_kept_for(tx, about, view.comment):
        return None
    try:
        return msgspec.json.decode(parts.read(tx, view.comment).content, type=RatingPart)
    except (msgspec.DecodeError, DamagedStoreError):
        return None
