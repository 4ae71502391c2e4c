"""What is told of bad ratings, complaints, questions: to the node itself, to rules, to people."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from typing import Final

import msgspec
from msgspec.structs import replace as replace_in

from federation import partstore, recovery, streams
from federation.partstore import PartStore
from federation.streams import Verdict
from node.applicants.model import masked_name, masked_phone
from node.calendar import actions as calendars
from node.calendar.model import Calendar
from node.cases.page_looker import Ask
from node.clock import from_ms, local_day
from node.database import Tx
from node.errors import NotFoundError
from node.evaluation import reading as ratings
from node.evaluation import redress_limits as limits
from node.evaluation import redress_model as model
from node.evaluation import redress_posts as posts
from node.evaluation import redress_store as store
from node.evaluation.redress_kind import read_fact
from node.evaluation.redress_model import Known
from node.evaluation.redress_posts import Official
from node.evaluation.redress_store import Wanted
from node.staff import actions as staff
from node.work import Actor, Work
from schemas.ids import DepartmentId, NodeId, PartDigest, StreamName
from schemas.redress import RedressAct, RedressEvent, RedressKind, RedressPart, RedressView
from schemas.redress_desk import RedressList
from schemas.staff import OVERSEERS

PAGE: Final = 40  # rows: a page below 60 KB
NEWEST: Final = (1 << 62, "")
LETTERS: Final = {
    RedressKind.BAD_RATING: "评",
    RedressKind.COMPLAINT: "诉",
    RedressKind.CONSULTATION: "咨",
    RedressKind.UNRESOLVED: "反",
}
_TYPED: Final = re.compile(r"([评诉咨反])\D*([0-9]{4})[^0-9A-Z]*([A-Z]?)([0-9]{1,7})号?")
_CURSOR: Final = re.compile(r"([0-9]{1,16})-(redress/[0-9]{4,12}/[a-z2-7]{16})")


DaysOf = Callable[[NodeId], Calendar]
"""Gives the working days of a place."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and at which node."""

    me: NodeId
    actor: Actor

    @property
    def official(self) -> Official:
        """Who he is, as far as this matters."""
        return Official(self.actor.staff, self.actor.roles, self.actor.department)


@dataclass(frozen=True, slots=True)
class Said:
    """What the papers of a matter say, as far as they are here."""

    text: RedressPart | None = None
    """What was said; of a bad rating, what was written beside it."""
    verified: str = ""
    answer: str = ""
    called: str = ""
    appeal: str = ""
    decided: str = ""


def caller_in(work: Work) -> Caller:
    """Who acts in a Work."""
    return Caller(work.me, work.actor)


# ---- for rules, reports and the node itself


def view(tx: Tx, stream: StreamName) -> RedressView | None:
    """Tell of a matter, whoever asks; lateness by the calendar of now."""
    known = store.load(tx, stream)
    return None if known is None else fresh(tx, known)


def fresh(tx: Tx, known: Known) -> RedressView:
    """Tell of a matter found before, by the calendar of now at the place that answers."""
    return fresh_by(days_of(tx), known)


def fresh_by(days: DaysOf, known: Known) -> RedressView:
    """Tell of one of many: the working days of each place are read once."""
    return limits.reckoned(known.view, days(known.view.subject))


def days_of(tx: Tx) -> DaysOf:
    """Give what tells the working days of places on this snapshot, each read once."""
    return cache(partial(calendars.calendar_of, tx))


def happened(tx: Tx, stream: StreamName) -> tuple[tuple[int, RedressEvent], ...]:
    """List the effective events of a matter in order, each with its instant."""
    kept = streams.load(tx, stream)
    if kept is None:
        return ()
    facts = (
        (one.event.at, read_fact(one.event))
        for one in streams.events(tx, kept)
        if one.verdict is Verdict.EFFECTIVE
    )
    return tuple((at, fact) for at, fact in facts if fact is not None)


def of_evaluation(tx: Tx, note: StreamName) -> RedressView | None:
    """Tell what became of a bad rating; `None` if nothing was opened by it."""
    known = store.of_evaluation(tx, note)
    return None if known is None else fresh(tx, known)


def of_case(tx: Tx, case: StreamName) -> tuple[RedressView, ...]:
    """List what is about a case, the newest first, whoever asks."""
    days = days_of(tx)
    return tuple(fresh_by(days, one) for one in store.of_case(tx, case))


def may_have(tx: Tx, stream: StreamName, digest: PartDigest, node: NodeId) -> bool:
    """Say whether the matter names this part and `node` may have it (protocol §5.3)."""
    known = store.load(tx, stream)
    return known is not None and model.handles(known, node) and digest in model.parts_of(known)


# ---- for people


def find(tx: Tx, caller: Caller, reference: str) -> Known:
    """Find a matter by its address or number. Raises `NotFoundError`, also if he may not see it.

    Should two nodes have given one number, it is the one that he can act on, or that is his own.
    """
    found = [one for one in store.at(tx, normal(reference)) if _may_see(tx, caller, one)]
    if not found:
        raise NotFoundError("redress")
    return min(found, key=lambda one: _distance(tx, one, caller))


def official(tx: Tx, caller: Caller, known: Known) -> Official:
    """Say who he is to a matter: whether he acted in its case, whether its department is one."""
    who, case, department = caller.official, known.view.case, known.view.department
    acted = case is not None and who.staff in ratings.acted_in(tx, case)
    own = known.view.subject == caller.me and department is not None
    nobodys = own and department not in {one.id for one in staff.departments(tx)}
    return replace(who, acted=acted, nobodys=nobodys)


def _may_see(tx: Tx, caller: Caller, known: Known) -> bool:
    return posts.may_see(known, caller.me, official(tx, caller, known))


def may_read(tx: Tx, caller: Caller, known: Known) -> bool:
    """Say whether he, who may see a matter, may read what was said."""
    return posts.may_read(known, caller.me, official(tx, caller, known))


def _distance(tx: Tx, known: Known, caller: Caller) -> int:
    if acts(tx, known, caller):
        return 0
    return 1 if caller.me in (known.view.subject, known.view.taken_by) else 2


def acts(tx: Tx, known: Known, caller: Caller) -> tuple[RedressAct, ...]:
    """List what he may do with a matter now, what brings it on first."""
    who = official(tx, caller, known)
    return posts.acts_in_order(posts.open_acts(known, caller.me, who))


def normal(reference: str) -> str:
    """Give the one form of a number: 诉2026-7 is 诉〔2026〕7号; an address stays as it is."""
    text = reference.strip()
    typed = _TYPED.fullmatch(text.upper())
    if typed is None:
        return text
    letter, year, life, serial = typed.groups()
    return number_of(letter, int(year), life, int(serial))


def number_of(letter: str, year: int, life: str, serial: int) -> str:
    """Write a number: 诉〔2026〕7号; after a restore the letter of the node's life stands in it."""
    return f"{letter}〔{year}〕{life}{serial}号"


def of_case_for(tx: Tx, caller: Caller, case: StreamName) -> tuple[Known, ...]:
    """List what he may see about a case, the newest first."""
    return tuple(one for one in store.of_case(tx, case) if _may_see(tx, caller, one))


def waiting(tx: Tx, caller: Caller) -> tuple[tuple[Known, RedressView], ...]:
    """List what waits here for him, the most urgent first."""
    days = days_of(tx)
    found = (one for one in store.waiting(tx, caller.me) if acts(tx, one, caller))
    return tuple((one, fresh_by(days, one)) for one in found)


def asks(tx: Tx, me: NodeId, actor: Actor, now: int) -> tuple[Ask, ...]:
    """Say on his day's page what waits here for him; red if some of it is late."""
    found = waiting(tx, Caller(me, actor))
    today = local_day(from_ms(now))
    late = sum(limits.is_late(told, today) for _, told in found)
    ask = Ask(len(found), "redress.tile", "/redress", "red" if late else "")
    return (ask,) if found else ()


def page(
    tx: Tx, caller: Caller, wanted: Wanted, today: date, *, late: bool = False, before: str = ""
) -> RedressList:
    """List matters that he may see, the newest first. Raises `NotFoundError` for a bad cursor.

    A page may be shorter than others: what is about a case in which he acted is left out.
    """
    due_before = today.isoformat() if late else ""
    seen = replace(_in_sight(caller, wanted), due_before=due_before)
    found = store.listed(tx, seen, _cursor(before), PAGE + 1)
    days = days_of(tx)
    views = [fresh_by(days, one) for one in found[:PAGE] if _may_see(tx, caller, one)]
    if late:  # what a calendar moved since is not late
        views = [one for one in views if limits.is_late(one, today)]
    last = found[PAGE - 1].view if len(found) > PAGE else None
    following = "" if last is None else f"{last.opened_at}-{last.stream}"
    return RedressList(redresses=tuple(views), next=following)


def _in_sight(caller: Caller, wanted: Wanted) -> Wanted:
    """Narrow a list to what he may see; the accused is told nothing."""
    actor = caller.actor
    narrowed = replace(wanted, not_about=actor.staff)
    if actor.roles & OVERSEERS:
        return narrowed
    answers = actor.roles & (posts.DESK_POSTS if actor.department else posts.HALL_POSTS)
    calls = bool(actor.roles & posts.CALLERS)
    return replace(
        narrowed,
        of_node=caller.me if calls else None,
        mine=(caller.me, actor.department or DepartmentId("")) if answers else None,
        taken_by=caller.me if actor.roles & posts.TAKERS else None,
        bound=True,
    )


def _cursor(before: str) -> tuple[int, str]:
    if not before:
        return NEWEST
    typed = _CURSOR.fullmatch(before)
    if typed is None:
        raise NotFoundError("page")
    return int(typed[1]), typed[2]


# ---- what its papers say


def said_to(tx: Tx, parts: PartStore, known: Known, caller: Caller) -> Said:
    """Read a matter's papers, as far as he may read them. Raises `DamagedStoreError`."""
    found = said(tx, parts, known)
    return found if may_read(tx, caller, known) else replace(found, text=None, called="")


def said(tx: Tx, parts: PartStore, known: Known) -> Said:
    """Read a matter's papers. Slow as a few files. Raises `DamagedStoreError`."""
    if recovery.is_recovering(tx):  # what a backup holds may have been destroyed since
        return Said()

    def read(digest: PartDigest | None) -> str:
        if digest is None or not partstore.is_kept_for(tx, known.view.stream, digest):
            return ""
        return parts.read(tx, digest).content.decode("utf-8", "replace")

    return Said(
        text=_part(read(known.text)) if known.text else _rated(tx, parts, known),
        verified=read(known.verified),
        answer=read(known.answer),
        called=read(known.called),
        appeal=read(known.appeal),
        decided=read(known.decided),
    )


def _rated(tx: Tx, parts: PartStore, known: Known) -> RedressPart | None:
    """Give what was written beside a bad rating, and how he may be called back."""
    note = known.view.evaluation
    rating = None if note is None else ratings.of_note(tx, note)
    written = None if rating is None else ratings.text_of(tx, parts, rating)
    return None if written is None else RedressPart(text=written.text, phone=written.contact)


def masked(part: RedressPart | None, *, whole: bool) -> RedressPart | None:
    """Give what somebody said as it may be shown: how to reach him only to who is to do so."""
    if part is None:
        return None
    phone = part.phone if whole else masked_phone(part.phone)
    return replace_in(part, name=masked_name(part.name), phone=phone)


def calls(acts: Iterable[RedressAct]) -> bool:
    """Say whether what he may do now takes a call: verifying, and calling back."""
    return bool({RedressAct.VERIFY, RedressAct.CALL_BACK}.intersection(acts))


def key_of(tx: Tx, parts: PartStore, known: Known) -> str:
    """Give what the check of a matter's code is made with; empty where what was said is not here.

    Shown to nobody. Raises `DamagedStoreError`.
    """
    digest = known.text
    if digest is None or not partstore.is_kept_for(tx, known.view.stream, digest):
        return ""
    part = _decoded(parts.read(tx, digest).content)
    return "" if part is None else part.key


def _part(text: str) -> RedressPart | None:
    part = _decoded(text.encode())
    return None if part is None else replace_in(part, key="")


def _decoded(content: bytes) -> RedressPart | None:
    try:
        return msgspec.json.decode(content, type=RedressPart) if content else None
    except msgspec.DecodeError:
        return None
