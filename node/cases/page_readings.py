"""Turns what a page's form brought into the form of its step: the same that the API takes. Pure.

One line per step, as in `node.cases.law_api`; scans were encrypted and are held before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from node.cases import actions, law_actions
from node.cases.page_fields import KEPT_FIELD, SCAN_FIELD
from node.cases.page_law_ways import FEN_PER_YUAN
from node.errors import BadInputError
from node.web.pages_base import Typed
from schemas import case_forms as law
from schemas import cases_api as usual
from schemas.case_terms import Ground, MaterialGiven, Remedies
from schemas.cases import Action, Outcome
from schemas.ids import DepartmentId, PartDigest
from schemas.item_terms import LimitUnit, SpecialKind

MOST_SHEETS: Final = 99  # as the model: more is a slip of the keyboard
MOST_DIGITS: Final = 9  # of a number in a form; Python itself refuses beyond 4,300
MOST_YUAN: Final = 10_000_000  # a fee beyond it is a slip of the keyboard
PROMISE: Final = "promise"
AUTHORITY: Final = f"{SCAN_FIELD}authority"
"""The file input of an authority, at the delivery to an agent."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it came, with what is held of its files."""

    typed: Typed

    def text(self, name: str) -> str:
        """Give a line of text."""
        return self.typed.text(name)

    @property
    def seen(self) -> int | None:
        """The `seq` of the case that the person was looking at."""
        text = self.text("seen")
        return int(text) if is_number(text) else None

    @property
    def outcome(self) -> Outcome:
        """Which of the two buttons was pressed. Raises `BadInputError`."""
        try:
            return Outcome(self.text("outcome"))
        except ValueError:
            raise BadInputError({"outcome": "missing"}) from None

    @property
    def ground(self) -> Ground | None:
        """Law and article; `None` if both fields are empty."""
        said = Ground(law=self.text("law"), article=self.text("article"))
        return said if said.law or said.article else None

    @property
    def remedies(self) -> Remedies | None:
        """Where the applicant may turn; `None` if both fields are empty."""
        said = Remedies(review_body=self.text("review_body"), court=self.text("court"))
        return said if said.review_body or said.court else None

    def held(self, field: str) -> tuple[PartDigest, ...]:
        """Name the uploads of a file input that the node holds."""
        return tuple(map(PartDigest, self.typed.texts(f"{KEPT_FIELD}{field}")))

    @property
    def papers(self) -> tuple[MaterialGiven, ...]:
        """Say what was handed in. Raises `BadInputError`."""
        mark = "originals-"
        codes = [name.removeprefix(mark) for name in self.typed.values if name.startswith(mark)]
        return tuple(
            MaterialGiven(
                code=code,
                parts=self.held(f"{SCAN_FIELD}{code}"),
                originals=count(self.typed, f"originals-{code}"),
                copies=count(self.typed, f"copies-{code}"),
            )
            for code in codes
        )

    def yes(self, name: str) -> bool:
        """Read a yes or a no. Raises `BadInputError` if neither was chosen."""
        if self.text(name) not in ("yes", "no"):
            raise BadInputError({name: "missing"})
        return self.text(name) == "yes"


def is_number(text: str) -> bool:
    """Say whether a text is a plain number of a form's length."""
    return text.isdecimal() and text.isascii() and len(text) <= MOST_DIGITS


def count(typed: Typed, field: str) -> int:
    """Read a number of papers. Raises `BadInputError`."""
    text = typed.text(field) or "0"
    if not is_number(text) or int(text) > MOST_SHEETS:
        raise BadInputError({field: "bad_count"})
    return int(text)


@dataclass(frozen=True, slots=True)
class Reading:
    """How the form of one step is read, what it does, and which of its fields is free text."""

    form: Callable[[Filled], Any]
    act: Callable[..., Any]
    text: str = ""


def _number(filled: Filled, name: str, fault: str) -> int:
    if not is_number(filled.text(name)):
        raise BadInputError({name: fault})
    return int(filled.text(name))


def _fen(filled: Filled) -> int:
    """Read an amount of yuan as fen. Raises `BadInputError`."""
    text = filled.text("fen").removesuffix("元").strip() or "0"
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise BadInputError({"fen": "no_amount"}) from None
    if not amount.is_finite() or not 0 <= amount <= MOST_YUAN:
        raise BadInputError({"fen": "no_amount"})
    fen = amount * FEN_PER_YUAN
    if fen != fen.to_integral_value():
        raise BadInputError({"fen": "no_amount"})
    return int(fen)


def _procedure(filled: Filled) -> SpecialKind:
    try:
        return SpecialKind(filled.text("procedure"))
    except ValueError:
        raise BadInputError({"procedure": "missing"}) from None


def _unit(filled: Filled) -> LimitUnit:
    try:
        return LimitUnit(filled.text("unit"))
    except ValueError:
        raise BadInputError({"unit": "unknown"}) from None


def _accept(f: Filled) -> usual.AcceptCase:
    held = f.held(PROMISE)
    return usual.AcceptCase(
        pending=f.typed.texts("pending"),
        pending_by=f.text("pending_by"),
        promise=held[0] if held else None,
        commitment=f.text("way") == "accept_commitment",
        seen=f.seen,
    )


def _request_correction(f: Filled) -> usual.RequestCorrection:
    return usual.RequestCorrection(
        reason=f.text("reason"),
        materials=f.typed.texts("materials"),
        note=f.text("note"),
        by=f.text("by"),
        again=f.text("again"),
        seen=f.seen,
    )


def _refuse(f: Filled) -> usual.RefuseCase:
    return usual.RefuseCase(
        reason=f.text("reason"),
        ground=f.ground,
        remedies=f.remedies,
        competent=f.text("competent"),
        note=f.text("note"),
        seen=f.seen,
    )


def _decide(f: Filled) -> usual.DecideCase:
    denied = f.outcome is Outcome.DENIED
    return usual.DecideCase(
        outcome=f.outcome,
        reason=f.text("reason") or None,
        opinion=f.text("opinion"),
        ground=f.ground if denied else None,
        remedies=f.remedies if denied else None,
        valid_until=f.text("valid_until"),
        seen=f.seen,
    )


def _dispatch(f: Filled) -> usual.DispatchCase:
    chosen = f.text("department")
    return usual.DispatchCase(department=DepartmentId(chosen) if chosen else None, seen=f.seen)


def deliver_form(f: Filled) -> usual.DeliverCase:
    """Read how the result was handed over, and to whom."""
    return usual.DeliverCase(
        to=f.text("to"),
        mode=f.text("mode") or "window",
        receiver=f.text("receiver"),
        receiver_id=f.text("receiver_id"),
        waybill=f.text("waybill"),
        authority=next(iter(f.held(AUTHORITY)), None),
        seen=f.seen,
    )


def _reasoned(f: Filled) -> law.ReasonedCase:
    return law.ReasonedCase(reason=f.text("reason"), note=f.text("note"), seen=f.seen)


def _brought(f: Filled) -> tuple[MaterialGiven, ...]:
    """Leave out the papers that are still to come."""
    return tuple(one for one in f.papers if one.parts or one.originals or one.copies)


def _redispatch(f: Filled) -> law.RedispatchCase:
    department = DepartmentId(f.text("department"))
    return law.RedispatchCase(department=department, reason=f.text("reason"), seen=f.seen)


def _suspend(f: Filled) -> law.SuspendCase:
    amount = _number(f, "amount", "no_days") if f.text("amount") else None
    return law.SuspendCase(
        procedure=_procedure(f),
        name=f.text("name"),
        ground=f.ground,
        amount=amount,
        unit=_unit(f),
        on=f.text("on"),
        place=f.text("place"),
        note=f.text("note"),
        seen=f.seen,
    )


def _extend(f: Filled) -> law.ExtendCase:
    return law.ExtendCase(
        amount=_number(f, "amount", "extension_range"),
        reason=f.text("reason"),
        ground=f.ground,
        note=f.text("note"),
        seen=f.seen,
    )


def _settle_fee(f: Filled) -> law.SettleFee:
    waived = f.text("waived")
    return law.SettleFee(
        fen=0 if waived else _fen(f), payment_code=f.text("payment_code"), waived=waived,
        seen=f.seen,
    )  # fmt: skip


def _certify(f: Filled) -> law.CertifyCase:
    return law.CertifyCase(
        certificate=f.text("certificate"),
        valid_from=f.text("valid_from"),
        valid_until=f.text("valid_until"),
        seen=f.seen,
    )


def _revoke(f: Filled) -> law.RevokeCase:
    return law.RevokeCase(
        reason=f.text("reason"),
        ground=f.ground,
        remedies=f.remedies,
        note=f.text("note"),
        seen=f.seen,
    )


def _reopen(f: Filled) -> law.ReopenCase:
    return law.ReopenCase(
        reason=f.text("reason"), document=f.text("document"), note=f.text("note"), seen=f.seen
    )


# fmt: off
READINGS: Final[Mapping[Action, Reading]] = {
    Action.FORWARD: Reading(
        lambda f: usual.ForwardCase(opinion=f.text("opinion"), seen=f.seen), actions.forward,
        "opinion"),
    Action.REQUEST_CORRECTION: Reading(_request_correction, actions.request_correction, "note"),
    Action.CORRECT: Reading(
        lambda f: usual.CorrectCase(materials=f.papers, seen=f.seen), actions.correct),
    Action.ACCEPT: Reading(_accept, actions.accept),
    Action.REFUSE: Reading(_refuse, actions.refuse, "note"),
    Action.DISPATCH: Reading(_dispatch, actions.dispatch),
    Action.REVIEW: Reading(
        lambda f: usual.ReviewCase(proposes=f.outcome, opinion=f.text("opinion"), seen=f.seen),
        actions.review, "opinion"),
    Action.DECIDE: Reading(_decide, actions.decide, "opinion"),
    Action.DELIVER: Reading(deliver_form, actions.deliver),
    Action.CLOSE: Reading(lambda f: usual.CloseCase(seen=f.seen), actions.close),
    Action.WITHDRAW: Reading(
        lambda f: usual.WithdrawCase(reason=f.text("reason"), seen=f.seen), actions.withdraw),
    Action.SEND_ON: Reading(
        lambda f: usual.SendOnCase(reason=f.text("reason"), seen=f.seen), actions.send_on),
    Action.ADMIT: Reading(lambda f: law.AdmitCase(seen=f.seen), law_actions.admit),
    Action.RETURN: Reading(_reasoned, law_actions.give_back, "note"),
    Action.SUPPLY: Reading(
        lambda f: law.SupplyCase(materials=_brought(f), seen=f.seen), law_actions.supply),
    Action.SIGN_IN: Reading(lambda f: law.SignInCase(seen=f.seen), law_actions.sign_in),
    Action.SEND_BACK: Reading(_reasoned, law_actions.send_back, "note"),
    Action.REDISPATCH: Reading(_redispatch, law_actions.redispatch),
    Action.TAKE_OVER: Reading(_reasoned, law_actions.take_over),
    Action.GIVE_OPINION: Reading(
        lambda f: law.GiveOpinion(agrees=f.yes("agrees"), opinion=f.text("opinion"), seen=f.seen),
        law_actions.give_opinion, "opinion"),
    Action.REPORT: Reading(
        lambda f: law.ReportCase(opinion=f.text("opinion"), seen=f.seen), law_actions.report,
        "opinion"),
    Action.SUSPEND: Reading(_suspend, law_actions.suspend, "note"),
    Action.RESUME: Reading(
        lambda f: law.ResumeCase(result=f.text("result"), note=f.text("note"), seen=f.seen),
        law_actions.resume, "note"),
    Action.EXTEND: Reading(_extend, law_actions.extend, "note"),
    Action.SETTLE_FEE: Reading(_settle_fee, law_actions.settle_fee),
    Action.CERTIFY: Reading(_certify, law_actions.certify),
    Action.NOTIFY: Reading(lambda f: law.NotifyCase(seen=f.seen), law_actions.notify),
    Action.CHECK: Reading(
        lambda f: law.CheckCase(kept=f.yes("kept"), note=f.text("note"), seen=f.seen),
        law_actions.check, "note"),
    Action.REVOKE: Reading(_revoke, law_actions.revoke, "note"),
    Action.REOPEN: Reading(_reopen, law_actions.reopen, "note"),
    Action.TERMINATE: Reading(_reasoned, law_actions.terminate, "note"),
    Action.VOID: Reading(_reasoned, law_actions.void, "note"),
}
# fmt: on
"""Every step that a page offers."""
