"""What is done about notices, inside the caller's Work.

A notice takes two Works. The first gives out its number and gathers what it says; the page is then
drawn and encrypted outside, where it holds nobody up; the second makes it count. A number whose
second Work never came is a gap: allowed, for numbers are not counted by.
"""

from dataclasses import dataclass
from typing import Final

from federation import partstore, recovery
from federation.encoding import random_name
from federation.partstore import KeptPart, PreparedPart
from node.applicants import actions as applicants
from node.applicants.actions import Register
from node.cases import model as case_model
from node.cases import person_views
from node.cases import reading as cases
from node.cases.caseview import CaseView
from node.clock import CHINA
from node.errors import BadInputError, NotAllowedError
from node.notices import filling, layout, model, reading, store, template, wording
from node.notices.reading import Occasion, Printing
from node.notices.store import Row
from node.notices.template import Facts, FlawedTextError, Template
from node.staff import actions as staff
from node.work import Work
from schemas.ids import PartDigest, StreamName
from schemas.levels import Capability
from schemas.notices import IssueNotice, NoticeIssued, NoticeKind, NoticeView

LOOKED: Final = "@notice"
"""Why somebody looked at an applicant: he printed, or read, what was issued to him."""


@dataclass(frozen=True, slots=True)
class Imprint:
    """What every notice of this node carries."""

    word: str
    """发文机关代字: what its numbers begin with."""
    office: str
    """What the node's office is called."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice that has its number and is not issued yet."""

    case: StreamName
    notice: NoticeKind
    seq: int
    number: str
    code: str
    at: int
    text: Template
    facts: Facts
    sealed: dict[str, KeptPart]
    """Texts that are still to be opened, by field of the event."""
    names: bool
    """It names the applicant."""


# ---- issuing


def begin(
    work: Work, imprint: Imprint, register: Register, number: str, form: IssueNotice
) -> Draft | NoticeView:
    """Give a notice its number; or give the one that was issued for this very event before.

    Raises `NotFoundError`, `NotAllowedError`, `BadInputError`; `RecoveringError` while what is here
    may have been destroyed since.
    """
    view = _find(work, number)
    recovery.require_recovered(work.tx)
    occasion = _occasion(work, view, form)
    before = _issued(work, view, form.notice, occasion.step.seq)
    if before is not None:
        return reading.view_of(work.tx, before)
    printing = Printing(
        form.notice, _next_number(work, imprint, form.notice), work.now_ms, imprint.office
    )
    person_views.note(work, view.stream, LOOKED)
    ground = reading.ground_of(work.tx, occasion, printing, register)
    return Draft(
        case=view.stream,
        notice=form.notice,
        seq=occasion.step.seq,
        number=printing.number,
        code=random_name(),
        at=printing.at,
        text=text_in_use(work, form.notice),
        facts=filling.facts_of(ground),
        sealed=reading.sealed_texts(work.tx, occasion),
        names=ground.person is not None,
    )


def finish(work: Work, draft: Draft, page: PreparedPart) -> NoticeView:
    """制发: make the page count, and say so in a note.

    If somebody was first, his notice is the one: its code is another then. Raises as `begin`, also
    if what the page tells was destroyed while it was drawn.
    """
    view = _find(work, draft.case)
    if not _is_still_known(work, draft):
        raise BadInputError({"notice": "not_called_for"})
    before = _issued(work, view, draft.notice, draft.seq)
    if before is not None:
        return reading.view_of(work.tx, before)
    said = NoticeIssued(
        case=draft.case,
        notice=draft.notice,
        number=draft.number,
        code=draft.code,
        seq=draft.seq,
        page=page.digest,
        issued_at=draft.at,
    )
    partstore.keep(work.tx, page, draft.case)
    stored = work.begin("note", said, holder=work.me)
    work.touched.append(draft.case)
    return reading.view_of(work.tx, Row(stored.event.stream, 0, work.me, said))


def _is_still_known(work: Work, draft: Draft) -> bool:
    if draft.names and applicants.id_hash_of(work.tx, draft.case) is None:
        return False
    texts = (kept.digest for kept in draft.sealed.values())
    return all(partstore.is_kept_for(work.tx, draft.case, one) for one in texts)


def _find(work: Work, reference: str) -> CaseView:
    """Find a case that this person handles. Raises `NotFoundError`, `NotAllowedError`."""
    if not case_model.sees_names(work.actor.roles):
        raise NotAllowedError("notices are for those who handle the case")
    reader = cases.reader_of(work.me, work.profile, work.actor)
    return cases.case(work.tx, reader, reference)


def _occasion(work: Work, view: CaseView, form: IssueNotice) -> Occasion:
    """Find the event: the one asked for, else the last that calls for such a notice."""
    fitting = [
        occasion
        for occasion, call in reading.occasions(work.tx, view, work.me)
        if call.notice is form.notice and form.seq in (None, occasion.step.seq)
    ]
    if not fitting:
        raise BadInputError({"notice" if form.seq is None else "seq": "not_called_for"})
    return fitting[-1]


def _issued(work: Work, view: CaseView, notice: NoticeKind, seq: int) -> Row | None:
    return next(
        (
            row
            for row in store.of_case(work.tx, view.stream)
            if (row.said.notice, row.said.seq, row.issuer) == (notice, seq, work.me)
        ),
        None,
    )


def _next_number(work: Work, imprint: Imprint, notice: NoticeKind) -> str:
    life, year = cases.series(work.tx), work.now.astimezone(CHINA).year
    serial = store.next_serial(work.tx, f"{life}{notice}", year)
    return model.number(imprint.word, notice, year, life, serial)


# ---- looking at one


def look_at(work: Work, number: str, code: str) -> Row:
    """Find a notice to be shown: that it was looked at is written down.

    Raises `NotFoundError`, `NotAllowedError`, `NoPartError`, `RecoveringError`.
    """
    view = _find(work, number)
    recovery.require_recovered(work.tx)
    row = reading.find(work.tx, view, code)
    person_views.note(work, view.stream, LOOKED)
    return row


def keep_pdf(work: Work, row: Row, pdf: PreparedPart) -> PartDigest:
    """Keep the PDF of a page; if somebody was first, his stays. Names the one that is kept.

    Raises `NotAllowedError` where the profile has none.
    """
    work.require(Capability.PDF)
    before = store.pdf_of(work.tx, row.said.page)
    if before is not None:
        return before
    reading.page_of(work.tx, row)  # it may have been destroyed meanwhile
    partstore.keep(work.tx, pdf, row.said.case)
    store.put_pdf(work.tx, row.said.page, pdf.digest)
    return pdf.digest


# ---- the texts


def text_in_use(work: Work, kind: NoticeKind) -> Template:
    """Read the text that notices of a kind are made from.

    A text that an earlier program took and this one does not is passed over for the program's own.
    """
    own = store.text_of(work.tx, kind)
    if own is not None:
        try:
            return template.read(kind, own)
        except FlawedTextError:
            pass
    return template.read(kind, layout.default_text(kind))


def put_text(work: Work, kind: NoticeKind, text: str) -> None:
    """Use another text for a kind, from the next notice on; an operator's act.

    Raises `NotAllowedError`; `BadInputError` under `text` with all that is wrong, and the old one
    stays.
    """
    staff.require_operator(work.actor)
    require_sound(kind, text)
    store.put_text(work.tx, kind, text, work.actor.staff, work.now_ms)


def reset_text(work: Work, kind: NoticeKind) -> None:
    """Go back to the program's own text. Raises `NotAllowedError`."""
    staff.require_operator(work.actor)
    store.drop_text(work.tx, kind)


def require_sound(kind: NoticeKind, text: str) -> Template:
    """Read a text. Raises `BadInputError` under `text`, in a sentence per flaw."""
    try:
        return template.read(kind, text)
    except FlawedTextError as error:
        raise BadInputError({"text": " ".join(map(wording.sentence_of, error.flaws))}) from None
