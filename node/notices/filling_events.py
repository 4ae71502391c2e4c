"""What the event itself says, in the words of a notice. Pure."""

from collections.abc import Iterator
from typing import Final

from node.notices import model
from node.notices.ground import ZH, Ground, cited, day, day_of
from schemas.case_law import (
    CaseApplied,
    CaseCertified,
    CaseDeemedAccepted,
    CaseDeemedGranted,
    CaseExtended,
    CaseFeeSettled,
    CaseNotified,
    CaseRedispatched,
    CaseReopened,
    CaseRevoked,
    CaseSuspended,
)
from schemas.case_terms import Ground as Law
from schemas.case_terms import Remedies
from schemas.cases import (
    CaseAccepted,
    CaseCorrectionRequested,
    CaseDecided,
    CaseDelivered,
    CaseDispatched,
    CaseReceived,
    CaseRefused,
)
from schemas.item_terms import FeeDue, LimitUnit
from schemas.items import Fee, Limit

Words = Iterator[tuple[str, str]]
MODES: Final = {"window": "窗口直接送达", "courier": "邮寄送达", "electronic": "电子送达"}
CHANNELS: Final = {
    "window": "窗口", "agent": "代办", "online": "网上", "post": "邮寄", "web": "网上",
}  # fmt: skip
UNITS: Final = {
    LimitUnit.WORKDAY: "个工作日",
    LimitUnit.DAY: "日",
    LimitUnit.MONTH: "个月",
}


def words(ground: Ground) -> Words:
    """Give what the event says, and what earlier ones said that belongs to it."""
    yield from _reasons(ground)
    yield from _by_kind(ground)
    yield from _money(ground)
    yield from _certificate(ground)
    yield from _way_on(ground)
    yield "how", _how(ground)


def _reasons(ground: Ground) -> Words:
    """Reason, ground and remedies, whichever event has them."""
    fact = ground.step.fact
    reason = getattr(fact, "reason", None)
    if isinstance(reason, str) and reason:
        yield "reason", ZH.say(f"reason.{reason}") if ZH.has(f"reason.{reason}") else reason
    law = getattr(fact, "ground", None)
    if isinstance(law, Law):
        yield "ground", f"{cited(law.law)}{law.article}"
    remedies = getattr(fact, "remedies", None)
    if isinstance(remedies, Remedies):
        yield "review_body", remedies.review_body
        yield "review_days", str(remedies.review_days)
        yield "court", remedies.court
        yield "lawsuit_months", str(remedies.lawsuit_months)


def _by_kind(ground: Ground) -> Words:
    fact = ground.step.fact
    match fact:
        case CaseReceived() | CaseApplied():
            yield "channel", CHANNELS.get(fact.channel, "")
        case CaseCorrectionRequested():
            yield "by", day(fact.by)
        case CaseAccepted():
            yield "by", day(fact.pending_by)
        case CaseRefused():
            yield "competent", fact.competent
        case _:
            yield from _later(ground)


def _later(ground: Ground) -> Words:
    """What is said from acceptance on."""
    fact = ground.step.fact
    match fact:
        case CaseSuspended():
            yield from _procedure(fact)
        case CaseExtended():
            yield "extension", _extension(ground, fact)
        case CaseDecided():
            yield "valid_until", day(fact.valid_until)
        case CaseDelivered():
            yield "mode", MODES.get(fact.mode, "")
        case CaseRevoked():
            yield "decided", day_of(ground.view.decided_at)
        case CaseReopened():
            yield "document", fact.document
        case _:
            return


def _procedure(fact: CaseSuspended) -> Words:
    yield "procedure", fact.name
    yield "procedure_limit", _amount(fact.limit)
    yield "procedure_from", day_of(fact.started_at)
    yield "procedure_on", day(fact.on)
    yield "procedure_at", fact.place
    stopped = [
        name
        for name, stops in (
            ("法定办结时限", fact.stops_statutory),
            ("承诺办结时限", fact.stops_promised),
        )
        if stops
    ]
    said = f"所需时间不计算在{'和'.join(stopped)}内。" if stopped else "所需时间计算在办理时限内。"
    yield "excluded", said


def _amount(limit: Limit) -> str:
    return f"{limit.amount}{UNITS[limit.unit]}"


def _extension(ground: Ground, fact: CaseExtended) -> str:
    item = ground.item
    limit = None if item is None else item.statutory or item.promised
    unit = LimitUnit.WORKDAY if limit is None else limit.unit
    return f"{fact.amount}{UNITS[unit]}"


def _how(ground: Ground) -> str:
    """How it came to be accepted or granted: by a person, or by time."""
    law = "《中华人民共和国行政许可法》"
    match ground.step.fact:
        case CaseDeemedAccepted() as fact:
            return (
                "本机关未在收到申请材料之日起五个工作日内一次告知需要补正的内容，依照"
                f"{law}第三十二条第一款第四项的规定，自收到申请材料之日（{day_of(fact.accepted_at)}）"
                "起即为受理"
            )
        case CaseDeemedGranted() as fact:
            return (
                "本机关未在该许可有效期届满前作出是否准予延续的决定，依照"
                f"{cited(fact.ground.law)}{fact.ground.article}的规定，视为准予延续"
            )
        case CaseDecided() as fact:
            on = day_of(fact.decided_at)
            return f"经审查，申请符合法定条件、标准，本机关于{on}决定准予"
        case CaseAccepted() as fact:
            on = day_of(fact.accepted_at)
            return f"属于本机关职权范围，申请材料符合要求，本机关于{on}予以受理"
        case _:
            return ""


def _money(ground: Ground) -> Words:
    settled = any(isinstance(step.fact, CaseFeeSettled) for step in ground.life)
    fees = fees_of(ground)
    if fees and not settled and all(fee.fen is not None for fee in fees):
        yield "fee", f"人民币 {sum(fee.fen or 0 for fee in fees) / 100:.2f} 元"


def fees_of(ground: Ground) -> tuple[Fee, ...]:
    """List the fees that are due at the step that the notice tells of."""
    match ground.step.fact:
        case CaseReceived() | CaseApplied():
            due = FeeDue.BEFORE_ACCEPTANCE
        case CaseAccepted() | CaseDeemedAccepted():
            due = FeeDue.BEFORE_DECISION
        case CaseDecided() | CaseDeemedGranted() | CaseNotified():
            due = FeeDue.BEFORE_ISSUE
        case _:
            return ()
    return model.fees_due(ground.item, due)


def _certificate(ground: Ground) -> Words:
    """The licence of the decision that the notice tells of: one decided anew has another."""
    told = ground.step.seq
    anew = [step.seq for step in ground.life if isinstance(step.fact, CaseReopened)]
    first = max((seq for seq in anew if seq <= told), default=0)
    for step in ground.life:
        if any(told < seq < step.seq for seq in anew):
            break
        if step.seq >= first and isinstance(step.fact, CaseCertified):
            yield "certificate", step.fact.certificate
            yield "valid_from", day(step.fact.valid_from)
            if step.fact.valid_until:
                yield "valid_until", day(step.fact.valid_until)


def _way_on(ground: Ground) -> Words:
    """To whom the papers go on."""
    match ground.step.fact:
        case CaseDispatched() | CaseRedispatched() as fact:
            yield "to", ground.departments.get(fact.department, fact.department)
        case _:
            yield "to", ground.place_of(ground.step.holder)
