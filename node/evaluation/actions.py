"""Taking an evaluation, inside the caller's Work.

Three ways in: the number and query code of a case, an invitation at a tablet, and what somebody
said on the phone. All end in one note of this node. Texts come prepared: encrypting is slow.
"""

from dataclasses import dataclass

from federation import partstore
from federation.partstore import PreparedPart
from node.cases import query
from node.cases import reading as cases
from node.cases.caseview import CaseView
from node.database import Tx
from node.errors import AlreadyDoneError, BadInputError, NotAllowedError, NotFoundError
from node.evaluation import devices, model, reading
from node.evaluation.dimensions import CURRENT
from node.evaluation.model import Origin, Served
from node.work import Work
from schemas.evaluation import (
    Evaluated,
    EvaluationChannel,
    EvaluationForm,
    EvaluationView,
    Grade,
)
from schemas.ids import NodeId, StreamName


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An evaluation as it comes in."""

    form: EvaluationForm
    channel: EvaluationChannel
    origin: Origin | None = None
    """The device; nobody's if it was told on the phone."""
    part: PreparedPart | None = None
    """What was written."""
    carried: PreparedPart | None = None
    """The same for the matter that a bad one opens, where `redress_actions.carried` says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is evaluated: a case, or a visit by its name."""

    served: Served
    case: CaseView | None = None
    visit: str = ""


def require_sound(form: EvaluationForm) -> None:
    """Go on only if the form says what it may. Raises `BadInputError`."""
    faults = model.faults_of(form, CURRENT)
    if faults:
        raise BadInputError(faults)


def find_ratable(tx: Tx, me: NodeId, number: str, code: str) -> CaseView:
    """Find the case of this number and query code, if it can be evaluated now.

    Raises `NotFoundError` if either is wrong; as `require_ratable`.
    """
    view = query.find(tx, me, number, code)
    require_ratable(tx, view)
    return view


def require_ratable(tx: Tx, view: CaseView) -> None:
    """Go on only if the case is answered, and nobody evaluated it.

    Raises `BadInputError` under `number`, `AlreadyDoneError`.
    """
    if reading.of_case(tx, view.stream) is not None:
        raise AlreadyDoneError("the case is evaluated")
    if not model.is_ratable(view):
        raise BadInputError({"number": "too_early"})


def by_code(work: Work, number: str, code: str, given: Given) -> EvaluationView:
    """Take the evaluation of whoever shows number and query code. Raises as `find_ratable`."""
    view = find_ratable(work.tx, work.me, number, code)
    return take(work, About(case=view, served=reading.served_in(work.tx, view)), given)


def by_phone(work: Work, number: str, given: Given) -> EvaluationView:
    """电话回访: type in what the applicant said.

    Raises `NotFoundError`; `NotAllowedError` also to anybody who acted in the case; as
    `require_ratable`.
    """
    reader = cases.reader_of(work.me, work.profile, work.actor)
    view = cases.case(work.tx, reader, number)
    acted = reading.acted_in(work.tx, view.stream)
    if not model.may_type_in(work.actor.roles, work.actor.staff, acted):
        raise NotAllowedError("who had a part in the case does not type its evaluation in")
    require_ratable(work.tx, view)
    return take(work, About(case=view, served=reading.served_in(work.tx, view)), given)


def take(work: Work, about: About, given: Given) -> EvaluationView:
    """Write an evaluation that may be taken: one note, its part, and what a bad one sets going.

    Raises `BadInputError`, also under `number` while the clock here lies before the case.
    """
    require_sound(given.form)
    if about.case is not None and model.is_before(about.case, work.now_ms):
        raise BadInputError({"number": "too_early"})
    device, of_staff = ("", False) if given.origin is None else devices.mark(work, given.origin)
    case, served, place = about.case, about.served, StreamName(f"node/{work.me}")
    said = Evaluated(
        case="" if case is None else case.stream,
        stream=place if case is None else "",
        visit=about.visit,
        given_at=work.now_ms,
        channel=given.channel,
        grade=Grade(given.form.grade),
        table=CURRENT.version,
        dimensions=model.graded(given.form),
        tags=tuple(dict.fromkeys(given.form.tags)),
        window=served.window,
        staff=served.staff,
        department=served.department,
        department_at=served.department_at,
        comment=None if given.part is None else given.part.digest,
        named=bool(given.form.contact.strip()),
        device=device,
        of_staff=of_staff,
    )
    if given.part is not None:
        partstore.keep(work.tx, given.part, place if case is None else case.stream)
    note = work.begin("note", said, holder=work.me).event.stream
    if case is not None:
        work.touched.append(case.stream)
    view = reading.of_note(work.tx, note)
    if view is None:
        raise NotFoundError(f"evaluation {note}")
    if model.is_bad(view.grade):
        _open_redress(work, view, case, given.carried)
    return view


def _open_redress(
    work: Work, view: EvaluationView, case: CaseView | None, carried: PreparedPart | None
) -> None:
    """差评整改: what is bad must be looked into, by a day."""
    from node.evaluation import redress_actions  # noqa: PLC0415  # it reads evaluations itself

    redress_actions.open_for_rating(work, view, case, carried)
