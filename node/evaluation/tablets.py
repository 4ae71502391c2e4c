"""窗口评价器: set one up at a window, invite somebody to it, and take what he says.

A tablet is a browser that shows an address with a secret in it; nobody is signed in on it. What it
shows is the invitation that waits there, for ten minutes, until it is followed or another comes.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from federation.encoding import random_name
from node.audit import actions as audit
from node.cases import reading as cases
from node.cases.caseview import CaseView
from node.clock import local_day
from node.database import Tx
from node.errors import AlreadyDoneError, BadInputError, NotAllowedError, NotFoundError
from node.evaluation import actions, model, reading, tablet_store
from node.evaluation.actions import About, Given
from node.evaluation.model import Served
from node.evaluation.tablet_store import Invitation, Tablet
from node.staff import posting
from node.work import Work
from schemas.audit import Act
from schemas.evaluation import EvaluationView
from schemas.ids import StaffId

SECRET_BYTES: Final = 16  # 128 bits: nobody guesses the address of a tablet
MAX_NAME: Final = 40  # characters, above the counter


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTablet:
    """A tablet, and this once the secret of its address."""

    tablet: Tablet
    secret: str


def topic(tablet: Tablet) -> str:
    """Name what the page of a tablet watches."""
    return f"tablet/{tablet.id}"


# ---- setting up


def make(work: Work, name: str, window: str) -> NewTablet:
    """Set a tablet up. Raises `NotAllowedError`, `BadInputError`."""
    _require_setter(work)
    faults = {}
    if not name.strip():
        faults["name"] = "missing"
    elif len(name.strip()) > MAX_NAME:
        faults["name"] = "too_long"
    if window and window not in {one.id for one in posting.windows(work.tx)}:
        faults["window"] = "unknown"
    if faults:
        raise BadInputError(faults)
    tablet = Tablet(
        id=random_name(), name=name.strip(), window=window, made_by=work.actor.staff,
        made_at=work.now_ms, ended_at=None,
    )  # fmt: skip
    secret = secrets.token_urlsafe(SECRET_BYTES)
    tablet_store.put_tablet(work.tx, tablet, _digest(secret))
    audit.note(work, Act.SETTINGS_CHANGED, topic(tablet), {"name": tablet.name, "state": "made"})
    return NewTablet(tablet=tablet, secret=secret)


def end(work: Work, named: str) -> Tablet:
    """停用: its address shows nothing any more. Raises `NotAllowedError`, `NotFoundError`."""
    _require_setter(work)
    tablet = tablet_store.tablet(work.tx, named)
    if tablet is None:
        raise NotFoundError("tablet")
    if tablet.ended_at is None:
        tablet_store.end_tablet(work.tx, named, work.now_ms)
        tablet_store.end_waiting(work.tx, named)
        said = {"name": tablet.name, "state": "ended"}
        audit.note(work, Act.SETTINGS_CHANGED, topic(tablet), said)
    return tablet


def _require_setter(work: Work) -> None:
    if not work.actor.roles & model.SETTERS:
        raise NotAllowedError("tablets are set up by the director, or who keeps the node")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


# ---- inviting


def invite(work: Work, named: str, number: str = "") -> Invitation:
    """邀请评价: ask whoever stands there, about a case or, without a number, about this visit.

    A case that cannot be evaluated yet is a visit for now: it is asked about when it is answered.
    Raises `NotAllowedError`, `NotFoundError`; `AlreadyDoneError` of a case that was evaluated.
    """
    if not work.actor.roles & model.INVITERS:
        raise NotAllowedError("who serves people at a window invites them")
    tablet = tablet_store.tablet(work.tx, named)
    if tablet is None or tablet.ended_at is not None:
        raise NotFoundError("tablet")
    case = _case_to_rate(work, number) if number else None
    invitation = Invitation(
        id=random_name(),
        tablet=tablet.id,
        case=None if case is None else case.stream,
        staff=StaffId(work.actor.staff),
        made_at=work.now_ms,
        until=work.now_ms + int(model.INVITED.total_seconds() * 1000),
        used_at=None,
        ended=False,
    )
    tablet_store.invite(work.tx, invitation)
    return invitation


def _case_to_rate(work: Work, number: str) -> CaseView | None:
    view = cases.case(work.tx, cases.reader_of(work.me, work.profile, work.actor), number)
    if reading.of_case(work.tx, view.stream) is not None:
        raise AlreadyDoneError("the case is evaluated")
    return view if model.is_ratable(view) else None


def offered(tx: Tx, staff: StaffId) -> tuple[Tablet, ...]:
    """List the tablets in use: first the one that he invited to last."""
    last = tablet_store.last_tablet_of(tx, staff)
    return tuple(sorted(tablet_store.tablets(tx), key=lambda one: one.id != last))


# ---- at the tablet


def at(tx: Tx, secret: str) -> Tablet:
    """Find the tablet of an address. Raises `NotFoundError`, also if it is in use no more."""
    tablet = tablet_store.tablet_of(tx, _digest(secret))
    if tablet is None or tablet.ended_at is not None:
        raise NotFoundError("tablet")
    return tablet


def rate(work: Work, secret: str, named: str, given: Given) -> EvaluationView:
    """Take what was said at a tablet.

    Raises `NotFoundError` of the tablet; `BadInputError` under `invitation` of one that is over,
    `AlreadyDoneError` of one that was followed, or whose case was evaluated meanwhile.
    """
    tablet = at(work.tx, secret)
    invitation = tablet_store.invitation(work.tx, named)
    if invitation is None or invitation.tablet != tablet.id:
        raise BadInputError({"invitation": "over"})
    if invitation.used_at is not None:
        raise AlreadyDoneError("this invitation was followed")
    if invitation.ended or invitation.until <= work.now_ms:
        raise BadInputError({"invitation": "over"})
    tablet_store.use(work.tx, invitation.id, work.now_ms)
    return actions.take(work, _about(work, tablet, invitation), given)


def _about(work: Work, tablet: Tablet, invitation: Invitation) -> About:
    window = tablet.window or reading.window_of(work.tx, invitation.staff, local_day(work.now))
    if invitation.case is None:
        served = Served(window=window, staff=invitation.staff)
        return About(served=served, visit=invitation.id)
    view = cases.of_stream(work.tx, invitation.case)
    if view is None:
        raise NotFoundError("case")
    actions.require_ratable(work.tx, view)
    served = Served(
        window=window,
        staff=invitation.staff,
        department=view.department,
        department_at=view.department_at if view.department is not None else None,
    )
    return About(served=served, case=view)
