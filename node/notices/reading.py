"""What this node knows of the notices of a case: issued, still to be issued, and what they need.

Whoever asks has found the case through `node.cases.reading`, so he may see it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from federation import partstore, streams
from federation.errors import NoPartError
from federation.partstore import KeptPart
from federation.streams import Verdict
from node.applicants.actions import Register
from node.cases import clock_answers
from node.cases import reading as cases
from node.cases.caseview import CaseView
from node.cases.kind import read_fact
from node.catalogue import actions as catalogue
from node.clock import from_ms, local_day
from node.database import Tx
from node.errors import NotFoundError
from node.network.actions import Places, place_names
from node.notices import layout, model, store
from node.notices.ground import ZH, Ground, Step
from node.notices.store import Row
from node.staff import actions as staff
from schemas.ids import NodeId, PartDigest, StreamName
from schemas.items import Item
from schemas.notices import CaseNotices, NoticeDue, NoticeKind, NoticeView

TEXTS_IN_PARTS: Final = ("note", "opinion", "receipt")
"""Fields of events that name a sealed text which a notice may print."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """A case, the event of it that a notice tells of, and who prints it."""

    view: CaseView
    item: Item | None
    life: tuple[Step, ...]
    step: Step


@dataclass(frozen=True, slots=True)
class Printing:
    """One notice about to be printed: its kind, its number, and when."""

    notice: NoticeKind
    number: str
    at: int
    office: str


def life_of(tx: Tx, view: CaseView) -> tuple[Step, ...]:
    """List the events of the case that count, in order."""
    stream = streams.load(tx, view.stream)
    steps = []
    for stored in streams.events(tx, stream) if stream else ():
        event = stored.event
        fact = read_fact(event) if stored.verdict is Verdict.EFFECTIVE else None
        if fact is not None:
            steps.append(Step(event.seq, event.at, event.node, event.holder, event.actor, fact))
    return tuple(steps)


def item_of(tx: Tx, view: CaseView) -> Item | None:
    """Find the case's item as it stood; `None` if it is not known here."""
    return catalogue.item_at(tx, view.item, view.item_version)


Occasions = tuple[tuple[Occasion, model.Call], ...]
"""Events of this node, each with a notice that it calls for."""


def occasions(tx: Tx, view: CaseView, me: NodeId) -> Occasions:
    """List what this node's own events call for, in order, issued or not."""
    item, life = item_of(tx, view), life_of(tx, view)
    return tuple(
        (Occasion(view, item, life, step), call)
        for step in life
        if step.node == me
        for call in model.calls_of(step.fact, item)
    )


def of_case(tx: Tx, view: CaseView, me: NodeId) -> CaseNotices:
    """List the notices of a case: issued by whomever, and still to be issued here."""
    return beside(tx, view, me, occasions(tx, view, me))


def beside(tx: Tx, view: CaseView, me: NodeId, found: Occasions) -> CaseNotices:
    """List the notices of a case, given what this node's events call for."""
    issued = tuple(view_of(tx, row) for row in store.of_case(tx, view.stream))
    done = {(one.notice, one.seq) for one in issued if one.issuer == me}
    due = tuple(
        NoticeDue(notice=call.notice, seq=occasion.step.seq, required=call.required)
        for occasion, call in found
        if (call.notice, occasion.step.seq) not in done
    )
    return CaseNotices(number=view.number, issued=issued, due=due)


def view_of(tx: Tx, row: Row) -> NoticeView:
    """Tell of a notice what the API tells."""
    said = row.said
    return NoticeView(
        notice=said.notice,
        number=said.number,
        code=said.code,
        case=said.case,
        seq=said.seq,
        issuer=row.issuer,
        issued_at=said.issued_at,
        page=said.page,
        here=partstore.is_kept_for(tx, said.case, said.page),
    )


def find(tx: Tx, view: CaseView, code: str) -> Row:
    """Find a notice of this very case by its code. Raises `NotFoundError`."""
    for row in store.of_case(tx, view.stream):
        if row.said.code == code:
            return row
    raise NotFoundError(f"notice {code}")


def of_code(tx: Tx, code: str) -> NoticeView:
    """Find a notice by its code alone. Raises `NotFoundError`."""
    row = store.by_code(tx, code)
    if row is None:
        raise NotFoundError(f"no notice has the code {code}")
    return view_of(tx, row)


def page_of(tx: Tx, row: Row) -> KeptPart:
    """Tell where the page lies. Raises `NoPartError` if it is not here."""
    return kept(tx, row.said.case, row.said.page)


def pdf_of(tx: Tx, row: Row) -> KeptPart | None:
    """Tell where the PDF lies that was made of the page; `None` if none was."""
    pdf = store.pdf_of(tx, row.said.page)
    return None if pdf is None else kept(tx, row.said.case, pdf)


def kept(tx: Tx, case: StreamName, digest: PartDigest) -> KeptPart:
    """Find a part of the case. Raises `NoPartError`."""
    if not partstore.is_kept_for(tx, case, digest):
        raise NoPartError(f"no part {digest[:8]} of {case} here")
    return partstore.find(tx, digest)


def sealed_texts(tx: Tx, occasion: Occasion) -> dict[str, KeptPart]:
    """Name the sealed texts that the event speaks of and that are here, by their field."""
    fact, stream = occasion.step.fact, occasion.view.stream
    named = {name: getattr(fact, name, None) for name in TEXTS_IN_PARTS}
    return {
        name: partstore.find(tx, digest)
        for name, digest in named.items()
        if digest is not None and partstore.is_kept_for(tx, stream, digest)
    }


def ground_of(tx: Tx, occasion: Occasion, printing: Printing, register: Register) -> Ground:
    """Gather all that the notice is written from."""
    view, step = occasion.view, occasion.step
    today: date = local_day(from_ms(printing.at))
    names = {one.id: one.name for one in staff.departments(tx)}
    maker = staff.account(tx, step.actor)
    return Ground(
        notice=printing.notice,
        number=printing.number,
        at=printing.at,
        view=view,
        item=occasion.item,
        item_name=occasion.item.name if occasion.item else cases.item_name(tx, view),
        step=step,
        life=occasion.life,
        clocks=clock_answers.told_of(tx, view, today),
        person=register.read(tx, view.stream),
        maker="" if maker is None else maker.name,
        office=printing.office,
        place_of=Places(place_names(tx), ZH),
        departments=names,
    )


def text_of(tx: Tx, kind: NoticeKind) -> str:
    """Give the text in use here for a kind."""
    return store.text_of(tx, kind) or layout.default_text(kind)


def changed_texts(tx: Tx) -> dict[NoticeKind, int]:
    """Name the kinds whose text was changed here, and when."""
    return store.changed_texts(tx)
