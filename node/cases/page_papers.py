"""The materials of a case as its page shows them: what was handed in, and which scans are here."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from federation import partstore
from federation.streams import Verdict
from node.cases import intake, page_trust
from node.cases.caseview import CaseView
from node.cases.facts import read_materials
from node.cases.page_case import Material, Scan
from node.cases.page_looker import Looker
from node.cases.page_teller import Told, paper_names
from node.database import Tx
from schemas.case_terms import MaterialGiven
from schemas.ids import PartDigest
from schemas.items import Item


def given_of(told: Sequence[Told]) -> dict[str, MaterialGiven]:
    """Say what was handed in last of each material."""
    given: dict[str, MaterialGiven] = {}
    for one in told:
        if one.stored.verdict is Verdict.INERT:
            continue
        for material in read_materials(one.stored.event):
            before = given.get(material.code)
            given[material.code] = material if before is None else _more(before, material)
    return given


def _more(before: MaterialGiven, after: MaterialGiven) -> MaterialGiven:
    """What a correction brought counts; earlier scans stay to be looked at."""
    more = tuple(part for part in after.parts if part not in before.parts)
    return replace(after, parts=(*before.parts, *more))


def with_notes(
    given: Mapping[str, MaterialGiven], brought: Mapping[str, tuple[MaterialGiven, ...]]
) -> dict[str, MaterialGiven]:
    """Add what the window took in while another node held the case."""
    found = dict(given)
    for code, papers in brought.items():
        for paper in papers:
            before = found.get(code)
            if before is None or not (before.parts or before.originals or before.copies):
                found[code] = paper
    return found


def materials(
    tx: Tx, looker: Looker, view: CaseView, item: Item | None, given: Mapping[str, MaterialGiven]
) -> list[Material]:
    """List what the guide asks for in this situation, and whatever else was handed in."""
    names = paper_names(item)
    asked = intake.asked_for(item, view.law.situation) if item is not None else frozenset()
    codes = [code for code in names if code in asked or code in given]
    codes += [code for code in given if code not in names]
    return [
        _material(tx, looker, view, names.get(code, code), given.get(code), code) for code in codes
    ]


def _material(
    tx: Tx, looker: Looker, view: CaseView, name: str, given: MaterialGiven | None, code: str
) -> Material:
    asked = code in view.asked_for
    if given is None:
        return Material(name, given=False, asked=asked)
    scans = tuple(scan_of(tx, looker, view, digest) for digest in given.parts)
    there = bool(given.originals or given.copies or given.parts)
    trust = page_trust.mark_of(looker.words, given.trust, shared=given.shared)
    return Material(name, there, asked, given.originals, given.copies, scans, trust)


def scan_of(tx: Tx, looker: Looker, view: CaseView, digest: PartDigest) -> Scan:
    """Show a scan of the case: with its address, if it is here and he may look at it."""
    if not partstore.is_digest(digest) or partstore.is_erased(tx, view.stream, digest):
        return Scan("", erased=partstore.is_digest(digest))
    if not (looker.sees_names and partstore.is_kept_for(tx, view.stream, digest)):
        return Scan("")
    return Scan(f"/cases/{view.number}/scans/{digest}")
