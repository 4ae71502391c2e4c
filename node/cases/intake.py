"""Whether what a window takes fits the item: applicant, place, papers. Pure; raises what is wrong.

Everything that is wrong of one sort is said at once, so that nobody is sent home twice.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from node.applicants import model as applicants
from node.cases.model import Stages
from node.catalogue.model import offers_to, stages_for, takes_at
from node.clock import local_day
from node.errors import BadInputError, MaterialsMissingError
from schemas.cases import MaterialGiven
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
    if faults:
        raise BadInputError(faults)
    required = frozenset(need.code for need in item.materials if need.required)
    require_given(item, form.materials, required)


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


def require_given(item: Item, materials: Sequence[MaterialGiven], required: frozenset[str]) -> None:
    """Raise unless every paper is the item's, none comes twice, and all `required` are there."""
    names = {need.code: need.name for need in item.materials}
    codes = [given.code for given in materials]
    faults = {f"materials.{code}": "unknown" for code in codes if code not in names}
    faults |= {f"materials.{code}": "twice" for code in codes if codes.count(code) > 1}
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


def require_named(item: Item, codes: Sequence[str]) -> None:
    """Raise `BadInputError` unless at least one of the item's papers is named, and only such."""
    if not codes:
        raise BadInputError({"materials": "missing"})
    known = {need.code for need in item.materials}
    faults = {f"materials.{code}": "unknown" for code in codes if code not in known}
    if faults:
        raise BadInputError(faults)


def scans_in(materials: Iterable[MaterialGiven]) -> tuple[PartDigest, ...]:
    """Name the scans of all papers, each once."""
    return tuple(dict.fromkeys(digest for given in materials for digest in given.parts))
