"""时限校验: what is wrong with how long an item takes, from its promise to the check afterwards."""

from collections.abc import Iterator
from typing import Final

from node.catalogue.flaws import Flaw, Rule
from schemas.item_terms import LICENCE, CaseKind, LimitStart, LimitUnit
from schemas.items import Item, Limit

INSTANT_WORKDAYS: Final = 1  # 即办: the same visit, at the latest by the end of one working day
WORKDAYS_A_WEEK: Final = 5
DAYS_A_WEEK: Final = 7
DAYS_A_MONTH: Final = 30  # the exchange convention; only for comparing limits, never for a due date
STARTS: Final = (LimitStart.RECEIVED, LimitStart.ACCEPTED, LimitStart.BATCH_CLOSED)
"""What starts the limit of a decision, in the order of a case's life."""


def workdays_in(limit: Limit) -> int:
    """Convert a limit to working days, roughly and downwards, to compare it with another."""
    match limit.unit:
        case LimitUnit.WORKDAY:
            return limit.amount
        case LimitUnit.DAY:
            return limit.amount * WORKDAYS_A_WEEK // DAYS_A_WEEK
        case LimitUnit.MONTH:
            return limit.amount * DAYS_A_MONTH * WORKDAYS_A_WEEK // DAYS_A_WEEK


def limit_flaws(item: Item) -> Iterator[Flaw]:
    """List what is wrong with the limits of `item`, and with what follows a commitment."""
    promised, statutory = item.promised, item.statutory
    if promised.amount < 0:
        yield Flaw("promised", Rule.LIMIT_BELOW_ZERO)
    days = workdays_in(promised)
    if item.case_kind is CaseKind.INSTANT and days > INSTANT_WORKDAYS:
        yield Flaw("promised", Rule.INSTANT_TAKES_DAYS, (str(days),))
    if item.case_kind is CaseKind.PROMISED and promised.amount == 0:
        yield Flaw("promised", Rule.PROMISED_WITHOUT_DAYS)
    if statutory is not None:
        yield from _statute_flaws(promised, statutory)
    elif item.type_code == LICENCE:
        yield Flaw("statutory", Rule.LICENCE_WITHOUT_STATUTE)
    yield from _start_flaws(item)
    yield from _check_flaws(item)
    if item.renewal and item.type_code != LICENCE:
        yield Flaw("renewal", Rule.RENEWAL_OF_NO_LICENCE)


def _statute_flaws(promised: Limit, statutory: Limit) -> Iterator[Flaw]:
    if statutory.amount < 0:
        yield Flaw("statutory", Rule.LIMIT_BELOW_ZERO)
    days, most = workdays_in(promised), workdays_in(statutory)
    if days > most:
        yield Flaw("promised", Rule.PROMISE_OVER_STATUTE, (str(days), str(most)))
    both = (promised.start, statutory.start)
    if LimitStart.DECIDED not in both and STARTS.index(both[0]) > STARTS.index(both[1]):
        yield Flaw("promised", Rule.PROMISE_STARTS_LATER)


def _start_flaws(item: Item) -> Iterator[Flaw]:
    """No limit but that of the check after a commitment runs from the decision."""
    limits = {"promised": item.promised, "statutory": item.statutory}
    limits |= {f"special[{number}].limit": one.limit for number, one in enumerate(item.special)}
    for field, limit in limits.items():
        if limit is not None and limit.start is LimitStart.DECIDED:
            yield Flaw(f"{field}.start", Rule.STARTS_WITH_DECISION)


def _check_flaws(item: Item) -> Iterator[Flaw]:
    check = item.commitment_check
    if check is None:
        if item.commitment:
            yield Flaw("commitment_check", Rule.COMMITMENT_WITHOUT_CHECK)
        return
    if not item.commitment:
        yield Flaw("commitment_check", Rule.CHECK_WITHOUT_COMMITMENT)
    if check.amount <= 0:
        yield Flaw("commitment_check.amount", Rule.CHECK_WITHOUT_DAYS)
    if check.start is not LimitStart.DECIDED:
        yield Flaw("commitment_check.start", Rule.CHECK_STARTS_EARLIER)
