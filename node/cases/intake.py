"""Whether what a window takes fits the item: applicant, place, papers. Pure; raises what is wrong.

Everything that is wrong of one sort is said at once, so that nobody is sent home twice.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from node.applicants import model as applicants
from node.cases import guards, numbers
from node.cases.caseview import Stages
from node.catalogue.model import offers_to, stages_for, takes_at
from node.clock import local_day
from node.errors import BadInputError, MaterialsMissingError
from schemas.case_terms import MaterialGiven
from schemas.cases_api import ReceiveCase
from schemas.ids import BadNameError, NodeId, PartDigest, StreamName, level_of, parse_node_id
from schemas.items import Item


def require_fit(item: Item, form: ReceiveCase, me: NodeId, now: datetime) -> None:
    """Raise `BadInputError` or `MaterialsMissingError` unless one can apply for `item` so."""
    faults = dict(applicants.faults_in(form.applicant, local_day(now)))
    if form.applicant.kind not in item.applicants:
        faults["applicant.kind"] = "not_for_this_item"
    if not takes_at(item, level_of(me)):
        faults["item"] = "not_taken_here"
    if form.channel not in CHANNELS:
        faults["channel"] = "unknown"
    if form.expires_on:
        faults |= _fault_in_term(form.expires_on, item)
    if item.batches and not is_batch_open(item, local_day(now)):
        faults["item"] = "batch_closed"
    if (item.follows or form.follows) and not numbers.is_number(form.follows):
        faults["follows"] = "no_first_stage"  # whatever else is written stands in the event
    faults |= faults_in_situation(item, form.situation)
    if faults:
        raise BadInputError(faults)
    require_given(item, form.situation, form.materials, required_at_receipt(item, form.situation))


def is_batch_open(item: Item, today: date) -> bool:
    """Say whether an item that is taken in batches is open (分批受理, such as 教师资格条例 §14)."""
    return any(batch.opens <= str(today) <= batch.closes for batch in item.batches)


def _fault_in_term(expires_on: str, item: Item) -> dict[str, str]:
    if guards.read_day(expires_on) is None:
        return {"expires_on": "no_day"}
    return {} if item.renewal else {"expires_on": "no_renewal"}


def faults_in_situation(item: Item, situation: Sequence[str]) -> dict[str, str]:
    """Say what is wrong with the answers about the applicant's situation: one to each question."""
    if len(situation) > len(item.situations):
        return {"situation": "unknown"}
    answered = [
        [one.code for one in question.answers if one.code in situation]
        for question in item.situations
    ]
    known = {one.code for question in item.situations for one in question.answers}
    if set(situation) - known or any(len(codes) > 1 for codes in answered):
        return {"situation": "unknown"}
    return {} if all(answered) else {"situation": "missing"}


def asked_for(item: Item, situation: Collection[str]) -> frozenset[str]:
    """Give the codes of the papers that the guide asks for in this situation (情形).

    Nothing beyond them may be demanded (行政许可法 §31).
    """
    answers = [one for question in item.situations for one in question.answers]
    named = {code for one in answers for code in one.materials}
    chosen = {code for one in answers if one.code in situation for code in one.materials}
    return frozenset(
        need.code for need in item.materials if need.code not in named or need.code in chosen
    )


def required_at_receipt(item: Item, situation: Collection[str]) -> frozenset[str]:
    """Give the codes of the papers without which nothing is received: some may follow (容缺)."""
    asked = asked_for(item, situation)
    return frozenset(
        need.code
        for need in item.materials
        if need.required and not need.deferrable and need.code in asked
    )


CHANNELS = frozenset({"window", "agent", "online", "post"})
"""How an application reached the window (收件方式): 窗口, 代办, 网上, 邮寄."""


def place_of(form: ReceiveCase, me: NodeId, item: StreamName) -> NodeId:
    """The place that the matter concerns: one where the item of this stream is in force."""
    if form.place is None:
        return me
    try:
        place = parse_node_id(form.place)
    except BadNameError:
        raise BadInputError({"place": "not a division code"}) from None
    if not offers_to(item, place):
        raise BadInputError({"place": "the item is not in force there"})
    return place


def stages_of(item: Item, me: NodeId, place: NodeId) -> Stages:
    """The way of the case. Raises `NoPlaceError`."""
    return stages_for(item, me, place)


def require_given(
    item: Item,
    situation: Collection[str],
    materials: Sequence[MaterialGiven],
    required: frozenset[str],
) -> None:
    """Raise unless the guide asks for every paper, none comes twice, and all `required` are there.

    What it does not ask for in this situation is not taken either (行政许可法 §31): `not_asked`.
    """
    names = {need.code: need.name for need in item.materials}
    codes = Counter(given.code for given in materials)
    faults = _faults_in_codes(item, situation, codes)
    faults |= {f"materials.{code}": "twice" for code, times in codes.items() if times > 1}
    faults |= {
        f"materials.{given.code}": "bad_count"
        for given in materials
        if not (0 <= given.originals <= MAX_SHEETS and 0 <= given.copies <= MAX_SHEETS)
    }
    if faults:
        raise BadInputError(faults)
    there = {given.code for given in materials if given.parts or given.originals or given.copies}
    missing = tuple((code, names[code]) for code in names if code in required - there)
    if missing:
        raise MaterialsMissingError(missing)


MAX_SHEETS = 99
"""More copies of one paper than any item asks for: a slip of the keyboard."""


def require_named(item: Item, situation: Collection[str], codes: Sequence[str]) -> None:
    """Raise `BadInputError` unless papers are named, and only such as the guide asks for.

    A notice demands nothing beyond the guide (行政许可法 §31): `not_asked`.
    """
    if not codes:
        raise BadInputError({"materials": "missing"})
    faults = _faults_in_codes(item, situation, codes)
    if faults:
        raise BadInputError(faults)


def _faults_in_codes(
    item: Item, situation: Collection[str], codes: Iterable[str]
) -> dict[str, str]:
    known = {need.code for need in item.materials}
    asked = asked_for(item, situation)
    return {
        f"materials.{code}": "not_asked" if code in known else "unknown"
        for code in codes
        if code not in asked
    }


def scans_in(materials: Iterable[MaterialGiven]) -> tuple[PartDigest, ...]:
    """Name the scans of all papers, each once."""
    return tuple(dict.fromkeys(digest for given in materials for digest in given.parts))
