"""What the page of one order shows: what is to be done, what is asked, how it went."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, assert_never

from node.cases.page_looker import Looker
from node.database import Tx
from node.staff import actions as staff
from node.supervision import orders_model as model
from node.supervision import orders_people as people
from node.supervision import orders_reading as reading
from node.supervision import page_order_forms as forms
from node.supervision import reading as findings
from node.supervision.orders_reading import Asking, Happened
from node.supervision.orders_table import ACTS, AWAITED
from node.supervision.page_order_forms import Form, Scene
from node.supervision.page_order_light import Names, day_words, mark_of
from node.web.chrome import Choice, Fact, Mark, Told, day
from node.web.wording import Words
from schemas.orders import (
    Accountability,
    Consequence,
    OrderAcknowledged,
    OrderAct,
    OrderAppealDecided,
    OrderAppealed,
    OrderArrived,
    OrderClosed,
    OrderEvent,
    OrderIssued,
    OrderJudged,
    OrderReplied,
    OrderSentBack,
    OrderState,
    OrderVerdict,
    OrderView,
)
from schemas.staff import OVERSEERS
from schemas.supervision import FindingLevel

CARDS: Final = {FindingLevel.YELLOW: "yellow", FindingLevel.RED: "red"}
VERDICTS: Final = {
    OrderVerdict.UPHELD: "red", OrderVerdict.EXEMPT: "still", OrderVerdict.FALSE_ALARM: "plain",
}  # fmt: skip
DONE: Final = frozenset(OrderAct) - {OrderAct.ARRIVE}
"""What people do."""
SPOKEN: Final = frozenset(
    {OrderState.REPLIED, OrderState.SENT_BACK, OrderState.JUDGED, OrderState.APPEALED}
)
"""States in which the other side has just said something."""


@dataclass(frozen=True, slots=True)
class Line:
    """One event of an order's life."""

    label: str
    who: str
    at_ms: int
    notes: tuple[str, ...] = ()
    text: str = ""
    absent: str = ""
    """Why its words are not shown."""
    mark: Mark | None = None
    by_line: bool = False
    """It says only that the line brought something."""


@dataclass(frozen=True, slots=True)
class FindingLine:
    """Something that was found, in its rule's sentence."""

    mark: Mark
    says: str
    href: str


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One order."""

    id: str
    title: str
    number: str
    mark: Mark
    overseer: bool
    waits: str
    """Whose turn it is, if it is not his."""
    asked: str
    asked_absent: str
    findings: tuple[FindingLine, ...]
    case: str
    facts: tuple[Fact, ...]
    card: Mark
    verdict: Mark | None
    lines: tuple[Line, ...]
    latest: Line | None
    """What the forms answer to: the last thing that the other side said."""
    forms: tuple[Form, ...]
    told: Told | None = None

    def again(
        self, act: str, values: Mapping[str, tuple[str, ...]], errors: Mapping[str, str]
    ) -> "OrderPage":
        """Show a form again with what was typed, and what is wrong."""
        return replace(
            self,
            forms=tuple(
                replace(one, values=values, errors=errors) if one.act == act else one
                for one in self.forms
            ),
        )


def asking_of(looker: Looker) -> Asking:
    """Say who looks, as far as orders care."""
    return Asking(looker.me, looker.actor, looker.today)


def order_page(tx: Tx, looker: Looker, name: str) -> OrderPage:
    """Make the page of an order that he may see. Raises `NotFoundError`."""
    order = reading.find(tx, asking_of(looker), name)
    words, names = looker.words, Names.read(tx, looker)
    acts = people.offered(order, looker.me, looker.actor, looker.today)
    first, *rest = _told(tx, looker, order, names)
    spoken = [line for line in rest if not line.by_line]
    return OrderPage(
        id=model.end_of(order.stream),
        title=words.say(f"order_kind.{order.order}"),
        number=order.number,
        mark=mark_of(words, order, looker.today, names.calendar),
        overseer=bool(looker.actor.roles & OVERSEERS),
        waits=_waits(words, order, names) if not acts else "",
        asked=first.text,
        asked_absent=first.absent,
        findings=_findings(tx, words, order),
        case=order.case_number or "",
        facts=_facts(looker, order, names),
        card=Mark(CARDS[order.level], words.say(f"order_level.{order.level}")),
        verdict=_verdict_mark(words, order.verdict),
        lines=(replace(first, text="", absent=""), *rest),
        latest=spoken[-1] if spoken and order.state in SPOKEN else None,
        forms=forms.forms_of(_scene(tx, looker, order, names), order, acts),
    )


def _verdict_mark(words: Words, verdict: OrderVerdict | None) -> Mark | None:
    if verdict is None:
        return None
    return Mark(VERDICTS[verdict], words.say(f"order_verdict.{verdict}"))


def _scene(tx: Tx, looker: Looker, order: OrderView, names: Names) -> Scene:
    here = order.subject == looker.me and people.supervises(order, looker.me, looker.actor)
    accounts = staff.listing(tx).staff if here else ()
    choices = tuple(
        Choice(one.id, one.name)
        for one in accounts
        if one.active and one.department == order.department
    )
    return Scene(looker.words, looker.today, names.calendar, choices)


def _waits(words: Words, order: OrderView, names: Names) -> str:
    """Say whose turn it is."""
    if model.is_under_way(order) and order.subject != names.me:
        return words.say(f"order.under_way_{order.state}", place=names.place(order.subject))
    if order.state in AWAITED:
        return words.say("order.waits_subject", place=names.subject(order))
    match order.state:
        case OrderState.REPLIED:
            return words.say("order.waits_issuer", place=names.place(order.issuer))
        case OrderState.APPEALED:
            return words.say("order.waits_appeal", place=names.place(order.issuer))
        case OrderState.JUDGED:
            return words.say("order.waits_close", day=order.appeal_by)
        case _:
            return words.say("order.over")


def _findings(tx: Tx, words: Words, order: OrderView) -> tuple[FindingLine, ...]:
    found = (findings.one(tx, one, words) for one in order.findings)
    return tuple(
        FindingLine(
            Mark(CARDS[one.level], words.say(f"rule_name.{one.rule}")),
            one.says,
            f"/supervision/findings/{one.id}",
        )
        for one in found
        if one is not None
    )


def _facts(looker: Looker, order: OrderView, names: Names) -> tuple[Fact, ...]:
    words = looker.words
    told = model.escalation(order, looker.today, names.calendar)
    person = names.person(order.staff) if order.staff else ""
    facts = (
        ("whom", names.subject(order)),
        ("person", person),
        ("issuer", names.by(order.issuer, order.issued_by)),
        ("caused", day(order.caused_at)),
        ("last_day", day_words(words, order.reply_by)),
        ("told", words.joined(words.say(f"order_told.{one}") for one in told)),
    )
    return tuple(Fact(words.say(f"order.{key}"), said) for key, said in facts if said)


# ---- how it went


def _told(tx: Tx, looker: Looker, order: OrderView, names: Names) -> tuple[Line, ...]:
    return tuple(_line(tx, looker, order, names, one) for one in reading.happened(tx, order.stream))


def _line(tx: Tx, looker: Looker, order: OrderView, names: Names, one: Happened) -> Line:
    words, event = looker.words, one.event
    text, absent = _words_of(tx, looker, order, one.fact)
    return Line(
        label=words.say(f"order_did.{ACTS[type(one.fact)]}"),
        who=names.by(event.node, event.actor),
        at_ms=event.at,
        notes=_notes(words, order, one.fact, names),
        text=text,
        absent=absent,
        mark=_mark(words, order, one),
        by_line=isinstance(one.fact, OrderArrived),
    )


def _words_of(tx: Tx, looker: Looker, order: OrderView, fact: OrderEvent) -> tuple[str, str]:
    named = model.part_named(fact)
    if not named:
        return "", ""
    if not model.takes_part(order, looker.me):
        return "", looker.words.say("order.text_sealed")
    text = reading.said(tx, looker.parts, order.stream, named[0])
    return (text, "") if text is not None else ("", looker.words.say("order.text_away"))


def _mark(words: Words, order: OrderView, one: Happened) -> Mark | None:
    match one.fact:
        case OrderJudged() | OrderAppealDecided():
            return _verdict_mark(words, one.fact.verdict)
        case OrderReplied() if order.replied_late and one.event.at == order.replied_at:
            return Mark("yellow", words.say("order.replied_late"))
        case _:
            return None


def _notes(words: Words, order: OrderView, fact: OrderEvent, names: Names) -> tuple[str, ...]:
    say = words.say
    match fact:
        case OrderIssued():
            return (say("order.until_said", day=fact.reply_by),)
        case OrderReplied():
            return (
                say("order.cause_said", cause=say(f"order_cause.{fact.cause}")),
                say("order.correction_said", correction=say(f"order_correction.{fact.correction}")),
            )
        case OrderSentBack():
            return (say("order.again_by", day=fact.reply_by),)
        case OrderJudged() | OrderAppealDecided():
            return _verdict_notes(words, order, fact, names)
        case OrderAppealed():
            return (say("order.ground_said", ground=say(f"order_ground.{fact.ground}")),)
        case OrderArrived():
            return (say("order.anew_by", day=fact.by),) if fact.by else ()
        case OrderAcknowledged() | OrderClosed():
            return ()
        case _:
            assert_never(fact)


def _verdict_notes(
    words: Words, order: OrderView, fact: OrderJudged | OrderAppealDecided, names: Names
) -> tuple[str, ...]:
    notes = [words.say("order.ground_said", ground=words.say(f"order_ground.{fact.ground}"))]
    if fact.accountability is not None:
        notes.append(account_words(words, fact.accountability, names))
    if isinstance(fact, OrderJudged):
        if order.replied_at is None:
            notes.append(words.say("order.unanswered_said"))
        notes.append(words.say("order.appeal_until", day=fact.appeal_by))
    return tuple(notes)


def account_words(words: Words, account: Accountability, names: Names) -> str:
    """Say who answers for something, and how."""
    who = names.who(account)
    how = words.say(f"order_consequence.{account.consequence}")
    if account.consequence is Consequence.POINTS:
        return words.say("order.account_only_points", who=who, points=account.points)
    return words.say("order.account_said", who=who, consequence=how)


def done(words: Words, page: OrderPage, what: str) -> Told | None:
    """Say what has just been done."""
    if what not in DONE:
        return None
    if what == OrderAct.ISSUE:
        said = words.say("order.done_issue", number=page.number)
        return Told("done", said, words.say("order.done_issue_text"))
    return Told("done", words.say(f"order.done_{what}"))
