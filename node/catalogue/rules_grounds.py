"""收费、特别程序、批次: what costs money or time beyond the limit needs its own ground."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Final

from node.catalogue.flaws import Flaw, Rule
from schemas.item_terms import LICENCE, CaseKind, LimitStart, SpecialKind
from schemas.items import Batch, Fee, Item, SpecialProcedure

ARTICLE_FORM: Final = re.compile(r"第.+条")
STATUTE_FORM: Final = re.compile(r"(?:(?<!办)法|条例)(?:[(（][^()（）]*[)）])?$")
"""How 法律 and 行政法规 are named; 办法 are rules of lower rank."""
DAY_FORM: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # `fromisoformat` takes weeks too
STATUTORY_KINDS: Final = frozenset(
    (
        SpecialKind.HEARING,
        SpecialKind.TENDER,
        SpecialKind.AUCTION,
        SpecialKind.INSPECTION,
        SpecialKind.TEST,
        SpecialKind.QUARANTINE,
        SpecialKind.APPRAISAL,
        SpecialKind.EXPERT_REVIEW,
    )
)
"""The eight of 行政许可法 §45: their time does not count."""


def is_statute(law: str) -> bool:
    """Say whether a name is that of a law or an administrative regulation, by its ending."""
    name = law.strip().strip("《》")
    return STATUTE_FORM.search(name) is not None


def ground_flaws(item: Item) -> Iterator[Flaw]:
    """List what is wrong with the fees, special procedures and batches of `item`."""
    for number, fee in enumerate(item.fees):
        yield from _fee_flaws(fee, f"fees[{number}]", is_licence=item.type_code == LICENCE)
    for number, special in enumerate(item.special):
        yield from _special_flaws(special, f"special[{number}]")
        if special.mandatory and item.case_kind is CaseKind.INSTANT:
            yield Flaw(f"special[{number}]", Rule.INSTANT_WITH_SPECIAL, (special.name,))
        if special.mandatory and item.commitment:
            yield Flaw(f"special[{number}]", Rule.COMMITMENT_WITH_SPECIAL, (special.name,))
    yield from _batch_flaws(item)


def _fee_flaws(fee: Fee, field: str, *, is_licence: bool) -> Iterator[Flaw]:
    if not fee.name.strip():
        yield Flaw(f"{field}.name", Rule.EMPTY)
    if not fee.law.strip():
        yield Flaw(f"{field}.law", Rule.FEE_WITHOUT_BASIS, (fee.name,))
    elif is_licence and not is_statute(fee.law):
        yield Flaw(f"{field}.law", Rule.LICENCE_FEE_BELOW_LAW, (fee.law,))
    if not ARTICLE_FORM.search(fee.article):
        yield Flaw(f"{field}.article", Rule.FEE_WITHOUT_BASIS, (fee.name,))
    if not fee.standard.strip():
        yield Flaw(f"{field}.standard", Rule.FEE_WITHOUT_STANDARD, (fee.name,))
    if fee.fen is not None and fee.fen <= 0:
        yield Flaw(f"{field}.fen", Rule.FEE_NOT_POSITIVE, (fee.name,))


def _special_flaws(special: SpecialProcedure, field: str) -> Iterator[Flaw]:
    if not special.name.strip():
        yield Flaw(f"{field}.name", Rule.EMPTY)
    if not special.law.strip():
        yield Flaw(f"{field}.law", Rule.SPECIAL_WITHOUT_BASIS, (special.name,))
    if not ARTICLE_FORM.search(special.article):
        yield Flaw(f"{field}.article", Rule.SPECIAL_WITHOUT_BASIS, (special.name,))
    if special.limit.amount <= 0:
        yield Flaw(f"{field}.limit", Rule.SPECIAL_WITHOUT_LIMIT, (special.name,))
    is_grounded = special.kind in STATUTORY_KINDS or is_statute(special.law)
    if special.stops_statutory and not is_grounded:
        yield Flaw(f"{field}.stops_statutory", Rule.SPECIAL_STOPS_STATUTE, (special.name,))


def _batch_flaws(item: Item) -> Iterator[Flaw]:
    starts = {limit.start for limit in (item.promised, item.statutory) if limit is not None}
    if LimitStart.BATCH_CLOSED in starts and not item.batches:
        yield Flaw("batches", Rule.START_WITHOUT_BATCHES)
    if item.batches and LimitStart.BATCH_CLOSED not in starts:
        yield Flaw("batches", Rule.BATCHES_WITHOUT_START)
    for number, batch in enumerate(item.batches):
        yield from _date_flaws(batch, f"batches[{number}]")
    sound = sorted(
        (batch.opens, batch.closes, number)
        for number, batch in enumerate(item.batches)
        if _is_day(batch.opens) and _is_day(batch.closes)
    )
    for (_, closed, _), (opens, _, number) in pairwise(sound):
        if opens <= closed:  # of such days the texts sort like the days
            yield Flaw(f"batches[{number}]", Rule.BATCHES_OVERLAP, (opens, closed))


def _date_flaws(batch: Batch, field: str) -> Iterator[Flaw]:
    bad = [name for name in ("opens", "closes") if not _is_day(getattr(batch, name))]
    for name in bad:
        yield Flaw(f"{field}.{name}", Rule.BATCH_BAD_DATE, (getattr(batch, name),))
    if not bad and batch.opens > batch.closes:
        yield Flaw(field, Rule.BATCH_BACKWARDS, (batch.opens, batch.closes))


def _is_day(text: str) -> bool:
    if not DAY_FORM.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
