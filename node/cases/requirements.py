"""What a step must say, beyond what every replica can judge: by the item and the calendar. Pure.

Each raises `BadInputError` with what is wrong at which field; the codes' sentences stand in
`node/web/words/law.toml` as `fault.…`.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from msgspec.structs import replace

from node.calendar.model import MOST, Calendar
from node.cases import faults, guards, intake
from node.cases.caseview import CaseView
from node.cases.faults import is_grounded
from node.errors import BadInputError
from schemas.case_forms import CertifyCase, ExtendCase, SettleFee, SuspendCase
from schemas.case_terms import Ground, Remedies
from schemas.cases_api import AcceptCase, DeliverCase, RequestCorrection
from schemas.item_terms import LICENCE, FeeDue, LimitUnit, SpecialKind
from schemas.items import Item, Limit, MaterialNeed, SpecialProcedure
from schemas.reasons import Reason

CORRECTION_WORKDAYS: Final = 10  # 补正期限 where the window names none; local practice, no law
MOST_CORRECTION: Final = timedelta(days=90)  # a case must not lie open for ever
MOST_WORDS: Final = 200  # characters of a law, an article, a body, a number of a document
HEARING_NOTICE: Final = 7  # workdays before a hearing that people are told (行政许可法 §48)
HEARING_WITHIN: Final = 20  # workdays in which it is held (§46, §47)
ORDINARY_EXTENSION: Final = 10  # workdays (§42)
LICENSING_LAW: Final = "行政许可法"
SPECIAL_GROUND: Final = Ground(law=LICENSING_LAW, article="第四十五条")
EXTENSION_GROUND: Final = Ground(law=LICENSING_LAW, article="第四十二条")
RENEWAL_GROUND: Final = Ground(law=LICENSING_LAW, article="第五十条")
_PAYMENT_CODE: Final = re.compile(r"[0-9]{8,32}")  # 缴款码, commonly 20 digits

AGAIN: Final = frozenset({Reason.NOT_TOLD_AT_FIRST, Reason.NEW_CIRCUMSTANCE, Reason.OTHER})
"""Why a second correction notice may be needed."""


@dataclass(frozen=True, slots=True)
class Day:
    """Today, and the working days that count."""

    today: date
    calendar: Calendar

    def after(self, workdays: int) -> date:
        """Give the so-manieth workday after today."""
        return self.calendar.after(self.today, workdays)


def day_named(field: str, text: str) -> date:
    """Read a day."""
    day = guards.read_day(text)
    if day is None:
        raise BadInputError({field: "no_day" if text else "missing"})
    return day


def require_short(ground: Ground | None) -> None:
    """Raise if what is cited is a treatise."""
    if ground is not None and max(len(ground.law), len(ground.article)) > MOST_WORDS:
        raise BadInputError({"ground": "too_long"})


def require_grounded(ground: Ground | None, remedies: Remedies | None) -> None:
    """What goes against the applicant names its ground and what he may do (§38)."""
    wrong: dict[str, str] = {}
    if not is_grounded(ground):
        wrong["ground"] = "no_ground"
    elif ground is not None and max(len(ground.law), len(ground.article)) > MOST_WORDS:
        wrong["ground"] = "too_long"
    if remedies is None or not (remedies.review_body.strip() and remedies.court.strip()):
        wrong["remedies"] = "no_remedies"
    elif max(len(remedies.review_body), len(remedies.court)) > MOST_WORDS:
        wrong["remedies"] = "too_long"
    if wrong:
        raise BadInputError(wrong)


def remedies_of(remedies: Remedies | None) -> Remedies | None:
    """Give the remedies with the days of the law: nobody shortens them."""
    if remedies is None:
        return None
    return Remedies(review_body=remedies.review_body.strip(), court=remedies.court.strip())


# ---- before acceptance


def correction_day(form: RequestCorrection, view: CaseView, day: Day, due: date | None) -> str:
    """Give the last day to bring the papers; `due` is the last day on which one may be told."""
    wrong: dict[str, str] = {}
    if view.law.corrections and form.again not in AGAIN:
        wrong["again"] = "second_notice"
    if due is not None and day.today > due and not view.law.corrections:
        wrong["materials"] = "told_too_late"
    by = day_named("by", form.by) if form.by else day.after(CORRECTION_WORKDAYS)
    if not day.today < by <= day.today + MOST_CORRECTION:
        wrong["by"] = "day_out_of_range"
    if wrong:
        raise BadInputError(wrong)
    return str(by)


def require_in_time(view: CaseView, today: date) -> None:
    """Papers that were asked for by a day are taken until that day."""
    if view.law.correct_by and str(today) > view.law.correct_by:
        raise BadInputError({"materials": "correction_too_late"})


def pending_day(
    form: AcceptCase,
    item: Item,
    view: CaseView,
    given: Collection[str],
    *,
    today: date,
    due: date | None,
) -> str:
    """Check what may follow later (容缺), and give its last day; empty if nothing is pending.

    `given` are the codes of papers that are there; `due` is the promised last day from today on.
    """
    needs = {need.code: need for need in item.materials}
    asked = intake.asked_for(item, view.law.situation)
    wrong = {
        f"pending.{code}": _fault_in_pending(needs.get(code), asked)
        for code in form.pending
        if code not in asked or not needs[code].deferrable
    }
    lacking = [
        need.code
        for need in item.materials
        if need.required
        and need.code in asked
        and need.code not in given
        and need.code not in form.pending
    ]
    if not form.commitment:
        wrong |= {f"pending.{code}": "lacking" for code in lacking if needs[code].deferrable}
    if (form.pending or form.commitment) and form.promise is None:
        wrong["promise"] = "no_promise"
    if form.commitment and not item.commitment:
        wrong["commitment"] = "no_commitment_item"
    if wrong:
        raise BadInputError(wrong)
    if not form.pending:
        return ""
    by = day_named("pending_by", form.pending_by) if form.pending_by else due
    if by is None or (due is not None and by > due):
        raise BadInputError({"pending_by": "behind_promise"})
    if by < today:
        raise BadInputError({"pending_by": "day_out_of_range"})
    return str(by)


def _fault_in_pending(need: MaterialNeed | None, asked: Collection[str]) -> str:
    if need is None:
        return "unknown"
    return "not_deferrable" if need.code in asked else "not_asked"


# ---- in process


def procedure(form: SuspendCase, item: Item, day: Day) -> SpecialProcedure:
    """Give the special procedure that a form begins: the item's own, or one that it describes."""
    known = next((one for one in item.special if one.kind is form.procedure), None)
    ground = _procedure_ground(form, item, known)
    found = known or _described(form)
    if form.amount is not None:
        limit = Limit(amount=form.amount, unit=form.unit, start=found.limit.start)
        found = replace(found, limit=limit)
    wrong = {
        field: "too_long" for field in ("name", "place") if len(getattr(form, field)) > MOST_WORDS
    }
    if form.on and guards.read_day(form.on) is None:
        wrong["on"] = "no_day"
    if not 0 < found.limit.amount <= MOST:
        wrong["amount"] = "no_days"
    elif known is not None and _is_longer(found.limit, known.limit):
        wrong["amount"] = "above_limit"
    if wrong:
        raise BadInputError(wrong)
    if form.procedure is SpecialKind.HEARING:
        _require_hearing(form, day)
    name = form.name.strip() or found.name
    return replace(found, name=name, law=ground.law, article=ground.article)


def _is_longer(asked: Limit, listed: Limit) -> bool:
    """Say whether a procedure would take longer than the item's own list says that it may."""
    return asked.unit is not listed.unit or asked.amount > listed.amount


def _procedure_ground(form: SuspendCase, item: Item, known: SpecialProcedure | None) -> Ground:
    """Give what was said, else what the item's own list says, else what the law does (§45)."""
    grounds = [form.ground]
    if known is not None:
        grounds.append(Ground(law=known.law, article=known.article))
    if item.type_code == LICENCE and form.procedure in faults.STATUTORY_PROCEDURES:
        grounds.append(SPECIAL_GROUND)
    found = next((one for one in grounds if one is not None and is_grounded(one)), None)
    return _fitting(found)


def _fitting(ground: Ground | None) -> Ground:
    """Raise unless there is a ground, and it is no treatise."""
    if ground is None or not is_grounded(ground):
        raise BadInputError({"ground": "no_ground"})
    if max(len(ground.law), len(ground.article)) > MOST_WORDS:
        raise BadInputError({"ground": "too_long"})
    return ground


def _described(form: SuspendCase) -> SpecialProcedure:
    stops = form.procedure in faults.STATUTORY_PROCEDURES
    return SpecialProcedure(
        kind=form.procedure,
        name=form.name.strip(),
        law="",
        limit=Limit(amount=form.amount or 0, unit=form.unit),
        stops_statutory=stops,
        stops_promised=stops,
    )


def _require_hearing(form: SuspendCase, day: Day) -> None:
    on = day_named("on", form.on)
    if not day.after(HEARING_NOTICE) <= on <= day.after(HEARING_WITHIN):
        raise BadInputError({"on": "hearing_day"})
    if not form.place.strip():
        raise BadInputError({"place": "missing"})


def most_extension(view: CaseView, item: Item) -> int:
    """Give by how much the law lets the head extend, in the unit of the item's limit (§42)."""
    is_joint = any(stage.joint for stage, _ in view.stages)
    most = faults.MOST_EXTENSION if is_joint else ORDINARY_EXTENSION
    limit = item.statutory or item.promised
    if limit.unit is LimitUnit.MONTH:  # no ten months: at most as long again
        return min(most, limit.amount)
    return most


def extension_ground(
    form: ExtendCase, item: Item, view: CaseView, *, today: date, due: date | None
) -> Ground:
    """Check an extension, and give its ground; `due` is the last day of the limit as it stands."""
    wrong: dict[str, str] = {}
    if not 0 < form.amount <= most_extension(view, item):
        wrong["amount"] = "extension_range"
    if due is not None and today > due:
        wrong["amount"] = "extension_too_late"
    if wrong:
        raise BadInputError(wrong)
    given = form.ground if is_grounded(form.ground) else None
    return _fitting(given or (EXTENSION_GROUND if item.type_code == LICENCE else None))


def require_decidable(view: CaseView, item: Item, pending: Collection[str]) -> None:
    """What must be done before anything is granted."""
    wrong: dict[str, str] = {}
    if pending:
        wrong["outcome"] = "papers_pending"
    if missing_procedures(view, item):
        wrong["outcome"] = "procedure_missing"
    if wrong:
        raise BadInputError(wrong)


def missing_procedures(view: CaseView, item: Item) -> tuple[SpecialProcedure, ...]:
    """Give the special procedures that the law demands and that nobody has carried out."""
    return tuple(
        one
        for one in item.special
        if one.mandatory
        and one.kind is not SpecialKind.CONSULTATION  # asked within the review: 会签
        and one.kind not in view.law.procedures
    )


def require_term(valid_until: str, today: date) -> None:
    """Nothing is granted until a day that is over."""
    if valid_until and day_named("valid_until", valid_until) < today:
        raise BadInputError({"valid_until": "day_out_of_range"})


def require_paid(view: CaseView, item: Item, due: FeeDue) -> None:
    """Raise unless fees that are due by now are settled."""
    if any(fee.due is due for fee in item.fees) and not view.law.fee_settled:
        raise BadInputError({"fee": "unpaid"})


def require_payable(form: SettleFee, item: Item) -> None:
    """No fee without a line of fees, none above the standard, none without its code (§58, §59)."""
    wrong: dict[str, str] = {}
    fixed = [fee.fen for fee in item.fees if fee.fen is not None]
    if not item.fees:
        wrong["fen"] = "no_fee"
    elif form.fen < 0 or (len(fixed) == len(item.fees) and form.fen > sum(fixed)):
        wrong["fen"] = "fee_above"
    if (form.fen > 0 or form.payment_code) and not _PAYMENT_CODE.fullmatch(form.payment_code):
        wrong["payment_code"] = "no_payment_code"
    if form.fen == 0 and not form.waived.strip():
        wrong["waived"] = "no_waiver"
    if len(form.waived) > MOST_WORDS:
        wrong["waived"] = "too_long"
    if wrong:
        raise BadInputError(wrong)


# ---- after the decision


def require_certificate(form: CertifyCase, today: date) -> None:
    """A licence has a number, and a term that is not over."""
    wrong: dict[str, str] = {}
    if not form.certificate.strip() or len(form.certificate) > MOST_WORDS:
        wrong["certificate"] = "missing" if not form.certificate.strip() else "too_long"
    first = day_named("valid_from", form.valid_from) if form.valid_from else today
    if form.valid_until and day_named("valid_until", form.valid_until) < max(first, today):
        wrong["valid_until"] = "day_out_of_range"
    if wrong:
        raise BadInputError(wrong)


def require_deliverable(form: DeliverCase, item: Item) -> None:
    """How it is handed over, and to whom."""
    wrong: dict[str, str] = {}
    if form.to not in ("applicant", "agent"):
        wrong["to"] = "unknown"
    if form.mode not in ("window", "courier", "electronic"):
        wrong["mode"] = "unknown"
    if form.mode == "courier" and not item.couriered:
        wrong["mode"] = "not_couriered"
    elif form.mode == "courier" and not form.waybill.strip():
        wrong["waybill"] = "missing"
    if form.to == "agent" and form.mode == "window" and not form.receiver.strip():
        wrong["receiver"] = "missing"
    if max(len(form.receiver), len(form.waybill)) > MOST_WORDS:
        wrong["receiver"] = "too_long"
    if wrong:
        raise BadInputError(wrong)
