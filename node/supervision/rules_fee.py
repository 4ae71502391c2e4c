"""收费监察: F1 and F2, fees that may not be taken, and results handed over unpaid. Pure."""

from collections.abc import Iterator
from typing import Final

from node.supervision import hits
from node.supervision.hits import RED, YELLOW, of_law
from node.supervision.model import Dossier, Hit, Rule, Values
from schemas.case_law import CaseCertified, CaseFeeSettled
from schemas.cases import CaseDelivered, Outcome
from schemas.item_terms import FeeDue
from schemas.items import Item
from schemas.supervision import RuleClass, RuleId

FEN: Final = 100  # in a yuan


def _f1(dossier: Dossier, _values: Values) -> Iterator[Hit]:
    """A fee on an item without fees, above its fixed standard, or without a payment code."""
    item = dossier.life.item
    for span, fact in dossier.walk.done:
        why = _wrong_fee(item, fact) if item and isinstance(fact, CaseFeeSettled) else ""
        if why and isinstance(fact, CaseFeeSettled):
            yield hits.done(RuleId.F1, RED, span, f"={why}", f"{fact.fen / FEN:.2f}")


def _wrong_fee(item: Item, fact: CaseFeeSettled) -> str:
    """Say what is wrong with a fee that was taken; empty if nothing is, or none was."""
    if fact.fen <= 0:
        return ""
    if not item.fees:
        return "no_fee_item"
    fixed = [fee.fen for fee in item.fees if fee.fen is not None]
    if len(fixed) == len(item.fees) and fact.fen > sum(fixed):
        return f"above_standard|{sum(fixed) / FEN:.2f}"
    return "" if fact.payment_code else "no_code"


def _f2(dossier: Dossier, _values: Values) -> Iterator[Hit]:
    """A result goes out with its fee open: told once, of whoever let it.

    A licence may be made while a fee is open that is due before it is handed over.
    """
    item = dossier.life.item
    was_due = item is not None and any(fee.due is not FeeDue.BEFORE_ISSUE for fee in item.fees)
    for span, fact in dossier.walk.done:
        is_open = span.view.law.fee_due and not span.view.law.fee_settled
        if not is_open or span.view.outcome is not Outcome.GRANTED:
            continue
        if isinstance(fact, CaseDelivered):
            yield hits.done(RuleId.F2, YELLOW, span, "=delivered")
            return
        if isinstance(fact, CaseCertified) and was_due:
            yield hits.done(RuleId.F2, YELLOW, span, "=certified")
            return


RULES: Final = (
    Rule(
        id=RuleId.F1, rule_class=RuleClass.FEE, level=RED, of_case=_f1,
        basis=(of_law("第五十八条"), of_law("第五十九条")),
    ),
    Rule(
        id=RuleId.F2, rule_class=RuleClass.FEE, level=YELLOW, of_case=_f2,
        basis=(of_law("第五十九条"),),
    ),
)  # fmt: skip
