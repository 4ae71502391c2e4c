"""What can be done with an unfinished intake, inside the caller's Work.

A draft is one person's alone and lies sealed under the node's data key. Forgotten ones are dropped
as new ones begin.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec

from federation.identity import Identity
from node.cases import receiving
from node.cases.caseview import CaseView
from node.cases.receiving import Intake
from node.catalogue import actions as catalogue
from node.clock import to_ms
from node.database import Tx
from node.errors import BadInputError, NotFoundError
from node.hall import model, store
from node.hall.model import Draft, HeldScan
from node.hall.store import Row
from node.parts import actions as parts
from node.work import Work
from schemas.ids import CaseNumber, StaffId, StreamName
from schemas.items import Item

ID_BYTES: Final = 12  # 96 random bits: the address tells nothing
KEPT: Final = timedelta(days=7)  # an applicant comes back with the missing paper within the week
SWEPT_AT_ONCE: Final = 8
VERSION: Final = "version"
"""The field under which a save is refused that would overwrite another page's."""


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft with its item as it is in force now."""

    id: str
    draft: Draft
    item: Item
    stream: StreamName
    """The item's stream."""
    number: CaseNumber | None
    """The case that it became."""
    stale: bool = False
    """Another page kept it since: what is here is typed and not kept."""


def begin(work: Work, code: str) -> str:
    """Begin an intake for an item in force here; names the draft. Raises `NotFoundError`."""
    item = catalogue.guide(work.tx, work.me, code, now=work.now_ms).item
    for old in store.older_than(work.tx, to_ms(work.now - KEPT), SWEPT_AT_ONCE):
        store.drop(work.tx, old)
    named = secrets.token_hex(ID_BYTES)
    draft = Draft(item=item.code, place=work.me)
    row = Row(named, item.code, _seal(work.ledger.identity, named, draft), "", work.now_ms)
    store.insert(work.tx, row, work.actor.staff)
    return named


def read(tx: Tx, identity: Identity, owner: StaffId, named: str, *, now: int) -> OpenDraft:
    """Open a draft of this person. Raises `NotFoundError`, also if its item is gone.

    `now` is milliseconds UTC.
    """
    row = store.find(tx, named, owner)
    if row is None:
        raise NotFoundError("draft")
    if row.number:
        guide = catalogue.last_guide(tx, identity.node, row.item)
        done = Draft(item=row.item, place=identity.node)
        return OpenDraft(named, done, guide.item, guide.stream, CaseNumber(row.number))
    guide = catalogue.guide(tx, identity.node, row.item, now=now)
    draft = msgspec.msgpack.decode(identity.unwrap(row.sealed, _belongs_to(named)), type=Draft)
    return OpenDraft(named, draft, guide.item, guide.stream, None)


def save(work: Work, named: str, draft: Draft) -> Draft:
    """Keep what was typed; uploads that it names no more are given up.

    Raises `NotFoundError`, and `BadInputError` under `version` if another page kept it since.
    """
    opened = own(work, named)
    if draft.version != opened.draft.version:
        raise BadInputError({VERSION: "stale"})
    for digest in model.digests_of(opened.draft) - model.digests_of(draft):
        parts.give_up(work, digest)
    kept = msgspec.structs.replace(draft, version=draft.version + 1)
    store.save(work.tx, named, _seal(work.ledger.identity, named, kept), work.now_ms)
    return kept


def add_scan(work: Work, named: str, scan: HeldScan) -> Draft:
    """Take one more scan that the actor holds into the draft, whatever else changed in it.

    Raises `NotFoundError`, and `BadInputError` if it is not held, or for a paper not asked for.
    """
    opened = own(work, named)
    codes = {need.code for need in model.asked(opened.item, opened.draft)}
    if scan.code not in codes or len(opened.draft.scans) >= model.MOST_SCANS:
        raise BadInputError({scan.code: "not_asked"})
    parts.require_held(work, (scan.digest,))
    others = tuple(one for one in opened.draft.scans if one.digest != scan.digest)
    return save(work, named, msgspec.structs.replace(opened.draft, scans=(*others, scan)))


def drop(work: Work, named: str) -> None:
    """Give an intake up: what was typed and scanned is forgotten. Raises `NotFoundError`."""
    opened = own(work, named)
    for digest in model.digests_of(opened.draft):
        parts.give_up(work, digest)
    store.drop(work.tx, named)


def take_in(work: Work, named: str, ready: Intake) -> CaseView:
    """收件: make the draft a case, once. Raises what `cases.actions.receive` raises."""
    opened = own(work, named)
    person = model.applicant_of(opened.draft)
    if person is None:
        raise BadInputError({"applicant.name": "missing"})
    form = model.form_of(opened.item, opened.draft, person, work.me)
    view = receiving.receive(work, form, ready)
    store.finish(work.tx, named, view.number)
    return view


def unfinished(tx: Tx, owner: StaffId) -> tuple[Row, ...]:
    """List this person's unfinished intakes, latest first."""
    return store.unfinished(tx, owner)


def uses(tx: Tx, now: int) -> Mapping[str, int]:
    """Count by item what everybody here took in within the week. `now` is milliseconds UTC."""
    return store.uses(tx, now - KEPT // timedelta(milliseconds=1))


def own(work: Work, named: str) -> OpenDraft:
    """Open a draft of the actor that is no case yet. Raises `NotFoundError`."""
    identity, staff = work.ledger.identity, work.actor.staff
    opened = read(work.tx, identity, staff, named, now=work.now_ms)
    if opened.number is not None:
        raise NotFoundError("draft")
    return opened


def _seal(identity: Identity, named: str, draft: Draft) -> bytes:
    return identity.wrap(msgspec.msgpack.encode(draft), _belongs_to(named))


def _belongs_to(named: str) -> bytes:
    return b"draft " + named.encode()
