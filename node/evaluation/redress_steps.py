"""What is done with a bad rating, a complaint or a question, step by step, in the caller's Work.

Free text comes prepared. Whoever is late is taken all the same: the event says when, and everybody
sees by which day it should have been.
"""

from datetime import date

from federation import partstore, streams
from federation.partstore import PreparedPart
from node.calendar import actions as calendars
from node.clock import local_day
from node.errors import BadInputError, NotAllowedError, NotFoundError, RedressNotOpenError
from node.evaluation import redress_limits as limits
from node.evaluation import redress_model as model
from node.evaluation import redress_posts as posts
from node.evaluation import redress_reading as reading
from node.evaluation import redress_store as store
from node.evaluation.redress_model import Known
from node.work import Work
from schemas.ids import NodeId, PartDigest, StaffId, StreamName
from schemas.redress import (
    RedressAct,
    RedressAnswered,
    RedressAppealDecided,
    RedressAppealed,
    RedressCalledBack,
    RedressClosed,
    RedressEvent,
    RedressExtended,
    RedressVerified,
    RedressView,
)
from schemas.redress_desk import (
    AnswerRedress,
    AppealRedress,
    CallBackRedress,
    DecideRedressAppeal,
    ExtendRedress,
    VerifyRedress,
)


def verify(
    work: Work, reference: str, form: VerifyRedress, note: PreparedPart | None
) -> RedressView:
    """核实. Raises `NotFoundError`, `NotAllowedError`, `RedressNotOpenError`."""
    known = _to_do(work, reference, RedressAct.VERIFY)
    days = calendars.calendar_of(work.tx, known.view.subject)
    last = limits.answer_by(known.view, form.complexity, _today(work), days)
    fact = RedressVerified(
        finding=form.finding,
        complexity=form.complexity,
        answer_by=last.isoformat(),
        note=_digest(note),
    )
    return _write(work, known, fact, note)


def extend(work: Work, reference: str, form: ExtendRedress) -> RedressView:
    """延期: once, before its day, by no more than the limit itself.

    Raises as `verify`, and `BadInputError`.
    """
    known = _to_do(work, reference, RedressAct.EXTEND)
    view = reading.fresh(work.tx, known)
    days = calendars.calendar_of(work.tx, known.view.subject)
    latest = limits.latest_extension(view, days)
    faults = {} if form.reason in model.EXTENSION_REASONS else {"reason": "unknown"}
    if model.due_of(known.view) < _today(work).isoformat():
        faults["answer_by"] = "too_late"
    elif not _is_day(form.answer_by):
        faults["answer_by"] = "bad_day"
    elif latest is None or not view.due < form.answer_by <= latest.isoformat():
        faults["answer_by"] = "beyond"
    if faults:
        raise BadInputError(faults)
    return _write(work, known, RedressExtended(answer_by=form.answer_by, reason=form.reason), None)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def answer(
    work: Work, reference: str, form: AnswerRedress, text: PreparedPart | None
) -> RedressView:
    """反馈: what was done, or the answer to the question; a question is over with it.

    Raises as `verify`, and `BadInputError`.
    """
    known = _to_do(work, reference, RedressAct.ANSWER)
    if text is None:
        raise BadInputError({"answer": "missing"})
    view = _write(work, known, RedressAnswered(answer=text.digest, mended=form.mended), text)
    if view.redress in model.ASKED:
        return _write(work, _fresh(work, view.stream), RedressClosed(), None)
    return view


def call_back(
    work: Work, reference: str, form: CallBackRedress, note: PreparedPart | None
) -> RedressView:
    """回访: whether he was reached, and how he evaluates it now; reached, it is over.

    Raises as `verify`, and `BadInputError`.
    """
    known = _to_do(work, reference, RedressAct.CALL_BACK)
    if form.grade is not None and not form.reached:
        raise BadInputError({"grade": "not_reached"})
    fact = RedressCalledBack(reached=form.reached, grade=form.grade, note=_digest(note))
    view = _write(work, known, fact, note)
    if view.reached:
        return _write(work, _fresh(work, view.stream), RedressClosed(), None)
    return view


def close(work: Work, reference: str) -> RedressView:
    """办结: nobody can be called back, or nobody was reached. Raises as `verify`."""
    return _write(work, _to_do(work, reference, RedressAct.CLOSE), RedressClosed(), None)


# ---- appealing


def appeal(
    work: Work, reference: str, form: AppealRedress, note: PreparedPart | None
) -> RedressView:
    """申诉: say that it is malicious, mistaken or not ours, and why; the judge holds it then.

    Raises as `verify`, and `BadInputError`.
    """
    known = _to_do(work, reference, RedressAct.APPEAL)
    faults = {} if form.ground in model.GROUNDS else {"ground": "missing"}
    if note is None:
        faults["note"] = "missing"
    if faults:
        raise BadInputError(faults)
    fact = RedressAppealed(ground=form.ground, note=_digest(note))
    return _write(work, known, fact, note, holder=known.judge)


def decide_appeal(
    work: Work, reference: str, form: DecideRedressAppeal, note: PreparedPart | None
) -> RedressView:
    """申诉复核: set it aside, or let it go on with the days that were left.

    Raises as `verify`, and `BadInputError`.
    """
    known = _to_do(work, reference, RedressAct.DECIDE_APPEAL)
    if note is None:
        raise BadInputError({"note": "missing"})
    due = "" if form.set_aside else _given_back(work, known)
    fact = RedressAppealDecided(set_aside=form.set_aside, due=due, note=_digest(note))
    return _write(work, known, fact, note)


def _given_back(work: Work, known: Known) -> str:
    days = calendars.calendar_of(work.tx, known.view.subject)
    return limits.resumed(known.view, known.stood, _today(work), days)


# ---- what several have in common


def _to_do(work: Work, reference: str, act: RedressAct) -> Known:
    caller = reading.caller_in(work)
    known = reading.find(work.tx, caller, reference)
    stream = streams.load(work.tx, known.view.stream)
    if not model.is_open(known, act) or stream is None or stream.unjudged:
        raise RedressNotOpenError(known.view.state)
    if not posts.may(known, act, work.me, reading.official(work.tx, caller, known)):
        raise NotAllowedError("this step is somebody else's")
    if known.view.holder != work.me:
        raise RedressNotOpenError(known.view.state)
    return known


def _write(
    work: Work,
    known: Known,
    fact: RedressEvent,
    text: PreparedPart | None,
    *,
    holder: NodeId | None = None,
) -> RedressView:
    view = known.view
    work.append(view.stream, fact, holder=holder or view.subject)
    if text is not None:
        partstore.keep(work.tx, text, view.stream)
    if view.case is not None:
        work.touched.append(view.case)
    return reading.fresh(work.tx, _fresh(work, view.stream))


def _fresh(work: Work, stream: StreamName) -> Known:
    known = store.load(work.tx, stream)
    if known is None:
        raise NotFoundError(f"redress {stream}")
    return known


def _digest(part: PreparedPart | None) -> PartDigest | None:
    return None if part is None else part.digest


def _today(work: Work) -> date:
    return local_day(work.now)


def note_view(work: Work, known: Known) -> None:
    """Write down that the actor reads a matter's papers."""
    store.note_view(work.tx, known.view.stream, StaffId(work.actor.staff), _today(work).isoformat())
