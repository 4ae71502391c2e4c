"""The days of an order, and what its forms must hold. Pure."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from node.calendar.model import Calendar
from node.cases import guards
from node.clock import from_ms, local_day
from node.supervision.orders_model import (
    AGAIN_WORKDAYS,
    APPEAL_WORKDAYS,
    MOST_POINTS,
    MOST_WORKDAYS,
    REPLY_WORKDAYS,
    stated_day,
)
from schemas.orders import (
    AppealOrder,
    Cause,
    Consequence,
    Correction,
    IssueOrder,
    JudgeOrder,
    OrderKind,
    OrderVerdict,
    OrderView,
    ReplyOrder,
    VerdictGround,
)

V = VerdictGround
GROUNDS: Final[Mapping[OrderVerdict, tuple[VerdictGround, ...]]] = MappingProxyType(
    {
        OrderVerdict.UPHELD: (V.PROVEN, V.OTHER),
        OrderVerdict.EXEMPT: (
            V.SYSTEM_FAULT, V.NETWORK_FAULT, V.APPLICANT_CAUSE, V.FORCE_MAJEURE, V.OTHER,
        ),
        OrderVerdict.FALSE_ALARM: (V.WRONG_DATA, V.RULE_UNFIT, V.SYSTEM_FAULT, V.OTHER),
    }
)  # fmt: skip
"""Which grounds each verdict may stand on."""
APPEAL_GROUNDS: Final = tuple(one for one in VerdictGround if one is not V.PROVEN)
SERIES: Final[Mapping[OrderKind, str]] = MappingProxyType(
    {OrderKind.WARNING: "预", OrderKind.ORDER: "督", OrderKind.ADVICE: "监建"}
)
"""The series of its number, as such papers are called."""
FIRST_LIFE: Final = "A"


def number(kind: OrderKind, year: int, life: str, serial: int) -> str:
    """Write a number: 督〔2026〕12号.

    `life` is the letter of this node's present life (`A` is not shown): a restored node begins
    another series, so that no number comes twice.
    """
    shown = "" if life == FIRST_LIFE else life
    return f"{SERIES[kind]}〔{year}〕{shown}{serial}号"


# ---- days


def usual_reply_by(kind: OrderKind, today: date, calendar: Calendar) -> date:
    """Give the last day for a reply where nobody names another."""
    return calendar.after(today, REPLY_WORKDAYS[kind])


def usual_again_by(today: date, calendar: Calendar) -> date:
    """Give the last day for a second reply where nobody names another."""
    return calendar.after(today, AGAIN_WORKDAYS)


def appeal_by(today: date, calendar: Calendar) -> date:
    """Give the last day on which a verdict of today may be appealed against."""
    return calendar.after(today, APPEAL_WORKDAYS)


def given_anew(order: OrderView, today: date, calendar: Calendar) -> str:
    """Give the last day for what arrives today: as many working days ahead as was said.

    Empty if the day that was said stands.
    """
    said, stated = local_day(from_ms(order.said_at)), guards.read_day(stated_day(order))
    if stated is None or today <= said:
        return ""
    new = calendar.after(today, max(1, calendar.count(said, stated)))
    return str(new) if new > stated else ""


def fault_of_day(text: str, today: date, calendar: Calendar) -> str:
    """Say what is wrong with a last day that somebody typed; empty if nothing is."""
    day = guards.read_day(text)
    if day is None:
        return "unreadable"
    return "" if today < day <= calendar.after(today, MOST_WORKDAYS) else "beyond"


# ---- forms


def faults_of_issue(form: IssueOrder) -> dict[str, str]:
    """Say what is wrong with the text of a new order: only a warning about findings needs none."""
    speaks = form.order is OrderKind.WARNING and bool(form.findings)
    return {} if form.text.strip() or speaks else {"text": "missing"}


def faults_of_reply(kind: OrderKind, form: ReplyOrder) -> dict[str, str]:
    """Say what is wrong with a reply: a warning takes codes alone, unless they say nothing."""
    vague = form.cause is Cause.OTHER or form.correction is Correction.OTHER
    needed = kind is not OrderKind.WARNING or vague
    return {"text": "missing"} if needed and not form.text.strip() else {}


def faults_of_verdict(form: JudgeOrder) -> dict[str, str]:
    """Say what is wrong with a verdict and what is to follow from it."""
    faults = {}
    if form.ground not in GROUNDS[form.verdict]:
        faults["ground"] = "unfit"
    if form.ground is V.OTHER and not form.text.strip():
        faults["text"] = "missing"
    if form.verdict is OrderVerdict.UPHELD:
        return faults | _faults_of_consequence(form)
    if form.consequence is not Consequence.NONE or form.staff or form.points:
        faults["consequence"] = "not_upheld"
    return faults


def _faults_of_consequence(form: JudgeOrder) -> dict[str, str]:
    if not 0 <= form.points <= MOST_POINTS:
        return {"points": "beyond"}
    if form.consequence is Consequence.NONE and (form.points or form.staff):
        return {"consequence": "missing"}
    if (form.consequence is Consequence.POINTS) != bool(form.points):
        return {"points": "unfit" if form.points else "missing"}
    return {}


def faults_of_appeal(form: AppealOrder) -> dict[str, str]:
    """Say what is wrong with an appeal: it names a ground and says why in words."""
    faults = {} if form.ground in APPEAL_GROUNDS else {"ground": "unfit"}
    return faults if form.text.strip() else faults | {"text": "missing"}
