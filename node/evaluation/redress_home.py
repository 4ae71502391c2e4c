"""网上投诉、咨询: what people at home may do without signing in, as pages and API share it.

Counted at the public door like applications; an answer is shown to whoever has number and code,
and wrong codes shut a number.
"""

import hmac
from dataclasses import dataclass
from typing import Final

from federation import partstore
from federation.partstore import PartStore
from node.database import Tx
from node.errors import NotFoundError
from node.evaluation import redress_actions as actions
from node.evaluation import redress_reading as reading
from node.evaluation import redress_store as store
from node.evaluation import redress_wording as wording
from node.evaluation import redress_writing as writing
from node.evaluation.redress_model import Known
from node.web import idempotency
from node.web.idempotency import Answer, Once
from node.work import SYSTEM, Work, Works
from schemas.ids import NodeId
from schemas.levels import Profile
from schemas.redress import RedressKind, RedressPart, RedressSource
from schemas.redress_desk import NewRedress, PublicRedress, RedressTold

_NOBODYS: Final = "-" * 16


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody sent, ready to be taken."""

    form: NewRedress
    part: RedressPart


async def take(
    works: Works, parts: PartStore, kind: RedressKind, sent: PublicRedress, once: Once | None
) -> Answer:
    """Take what somebody sent, once. Raises `BadInputError`, `StorageFullError`."""
    known = await works.run(SYSTEM, idempotency.recall, once)
    if known is not None:
        return known
    ready = await works.read(_sent, works.ledger.me, works.profile, kind, sent)
    async with writing.ready(parts, ready.part) as text:

        def taking(work: Work) -> Answer:
            return idempotency.run_once(
                work,
                once,
                201,
                lambda inner: actions.take_from_home(inner, ready.form, text),
            )

        return await works.run(SYSTEM, taking)


def _sent(tx: Tx, me: NodeId, profile: Profile, kind: RedressKind, sent: PublicRedress) -> Sent:
    """Tie it to the case that it names; a number that nobody knows here stays in the text."""
    number = sent.case.strip().upper()
    is_known = bool(number) and actions.case_of(tx, me, profile, number) is not None
    text = sent.text.strip()
    if number and not is_known and text:
        text = f"{text}\n（办件编号：{number[: writing.MOST_NAME]}）"
    part = writing.part_of(sent.title, text, sent.name, sent.phone)
    form = NewRedress(
        redress=kind,
        source=RedressSource.WEB,
        text=part.text,
        case=number if is_known else "",
        department=sent.department,
    )
    return Sent(form, part)


def kind_of(sent: PublicRedress) -> RedressKind:
    """Tell a complaint from 办不成事."""
    return RedressKind.UNRESOLVED if sent.unresolved else RedressKind.COMPLAINT


# ---- the answer


def find(tx: Tx, parts: PartStore, number: str, code: str) -> Known:
    """Find what has this number and code. Raises `NotFoundError`, whichever of them is wrong.

    Only where what was said is: a node that may not have it can check no code.
    Raises `DamagedStoreError`.
    """
    named = reading.normal(number)
    found = None
    for one in store.numbered(tx, named):  # two nodes may have given one number
        shown = actions.check_of(named, code.strip(), reading.key_of(tx, parts, one) or _NOBODYS)
        if hmac.compare_digest(shown.encode(), (one.query or _NOBODYS).encode()):
            found = one
    if found is None:
        raise NotFoundError("redress of that number and code")
    return found


def told(tx: Tx, parts: PartStore, number: str, code: str) -> RedressTold:
    """Tell where a matter stands, and the answer, to whoever has its number and code.

    Raises `NotFoundError`, `DamagedStoreError`.
    """
    known = find(tx, parts, number, code)
    view = reading.fresh(tx, known)
    answer = reading.said(tx, parts, known).answer
    spoken = known.answer
    erased = spoken is not None and partstore.is_erased(tx, view.stream, spoken)
    return RedressTold(
        number=view.number,
        redress=view.redress,
        state=view.state,
        said=wording.where(view),
        opened_at=view.opened_at,
        due=view.due,
        answered_at=view.answered_at,
        answer=answer,
        away=spoken is not None and not answer and not erased,
    )
