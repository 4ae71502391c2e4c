"""The forms of an order: what each asks for, and how what was typed is read. Pure.

The template `_order_forms.html` draws any of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from node.calendar.model import Calendar
from node.cases.page_fields import Entry, Kind
from node.errors import BadInputError
from node.supervision import orders_days as days
from node.supervision.orders_model import MOST_FINDINGS, MOST_POINTS, MOST_WORKDAYS, is_overdue
from node.web.chrome import Choice
from node.web.pages_base import Typed
from node.web.wording import Words
from schemas.ids import DepartmentId, NodeId, StaffId
from schemas.orders import (
    AppealOrder,
    Cause,
    Consequence,
    Correction,
    IssueOrder,
    JudgeOrder,
    OrderAct,
    OrderKind,
    OrderVerdict,
    OrderView,
    ReplyOrder,
    SendBackOrder,
    VerdictGround,
)
from schemas.supervision import FindingLevel

E = TypeVar("E", bound=StrEnum)
A = OrderAct
MOST_DIGITS: Final = 3  # of points
UNREADABLE: Final = -1
"""Stands for points that are no number."""
_MOST: Final = MappingProxyType({"findings": MOST_FINDINGS, "reply_by": MOST_WORKDAYS})


@dataclass(frozen=True, slots=True)
class Form:
    """One form: what it does, and what it asks for."""

    act: str
    label: str
    entries: tuple[Entry, ...] = ()
    hint: str = ""
    folded: bool = False
    against: bool = False
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What was typed, if it is shown again."""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scene:
    """What the forms are drawn from."""

    words: Words
    today: date
    calendar: Calendar
    people: tuple[Choice, ...] = ()
    """Who may be held to account by name."""

    def choices(self, group: str, values: Iterable[StrEnum]) -> tuple[Choice, ...]:
        """Offer the members of an enum, by their words."""
        return tuple(Choice(one, self.words.say(f"{group}.{one}")) for one in values)

    def prose(self, word: str, *, optional: bool = False, hint: str = "") -> Entry:
        """Ask for free text, which is kept as a part."""
        said = self.words.say(hint) if hint else ""
        return Entry(Kind.PROSE, "text", self.words.say(word), hint=said, optional=optional)


def forms_of(scene: Scene, order: OrderView, acts: Sequence[OrderAct]) -> tuple[Form, ...]:
    """Give a form for each thing that may be done with an order now, the way forward first."""
    found = [FORMS[act](scene, order) for act in acts if act in FORMS]
    return tuple(sorted(found, key=lambda form: form.folded))


def _acknowledge(scene: Scene, _: OrderView) -> Form:
    hint = scene.words.say("order.acknowledge_hint")
    return Form(A.ACKNOWLEDGE, scene.words.say("order.acknowledge"), hint=hint)


def _close(scene: Scene, _: OrderView) -> Form:
    return Form(A.CLOSE, scene.words.say("order.close"))


def _reply(scene: Scene, order: OrderView) -> Form:
    say, late = scene.words.say, is_overdue(order, scene.today)
    return Form(
        A.REPLY,
        say("order.reply"),
        (
            Entry(
                Kind.CHOICE, "cause", say("order.cause"),
                options=scene.choices("order_cause", Cause),
            ),
            Entry(
                Kind.CHOICE, "correction", say("order.correction"),
                options=scene.choices("order_correction", Correction),
            ),
            scene.prose(
                "order.reply_text",
                hint="order.reply_text_hint",
                optional=order.order is OrderKind.WARNING,
            ),
        ),
        hint=say("order.reply_late_hint") if late else "",
    )  # fmt: skip


def _send_back(scene: Scene, _: OrderView) -> Form:
    say = scene.words.say
    usual = days.usual_again_by(scene.today, scene.calendar)
    hint = say("order.again_by_hint", day=usual)
    entries = (
        scene.prose("order.back_text"),
        Entry(Kind.DAY, "reply_by", say("order.reply_by"), hint=hint, optional=True),
    )
    return Form(A.SEND_BACK, say("order.send_back"), entries, folded=True, against=True)


def _judge(scene: Scene, order: OrderView) -> Form:
    unanswered = is_overdue(order, scene.today)
    word = "order.judge_unanswered" if unanswered else "order.judge"
    entries = _verdict(scene, scene.prose("order.judge_text", optional=True))
    label = scene.words.say(word)
    return Form(A.JUDGE, label, entries, folded=unanswered, against=unanswered)


def _decide_appeal(scene: Scene, _: OrderView) -> Form:
    entries = _verdict(scene, scene.prose("order.decide_text"))
    return Form(A.DECIDE_APPEAL, scene.words.say("order.decide_appeal"), entries)


def _verdict(scene: Scene, text: Entry) -> tuple[Entry, ...]:
    say = scene.words.say
    verdicts = tuple(
        Choice(one, say(f"order_verdict.{one}"), say(f"order_verdict_hint.{one}"))
        for one in OrderVerdict
    )
    asked = [
        Entry(Kind.RADIO, "verdict", say("order.verdict"), options=verdicts),
        Entry(
            Kind.CHOICE, "ground", say("order.ground"), hint=say("order.ground_hint"),
            options=scene.choices("order_ground", VerdictGround),
        ),
        text,
        Entry(
            Kind.CHOICE, "consequence", say("order.consequence"), value=Consequence.NONE,
            options=scene.choices("order_consequence", Consequence),
        ),
    ]  # fmt: skip
    if scene.people:
        asked.append(
            Entry(Kind.CHOICE, "staff", say("order.staff"), options=scene.people, optional=True)
        )
    points = Entry(
        Kind.NUMBER, "points", say("order.points"), hint=say("order.points_hint"), optional=True,
        least="0", most=str(MOST_POINTS),
    )  # fmt: skip
    return (*asked, points)


def _appeal(scene: Scene, _: OrderView) -> Form:
    say = scene.words.say
    grounds = scene.choices("order_ground", days.APPEAL_GROUNDS)
    entries = (
        Entry(Kind.CHOICE, "ground", say("order.appeal_ground"), options=grounds),
        scene.prose("order.appeal_text"),
    )
    return Form(
        A.APPEAL, say("order.appeal"), entries, hint=say("order.appeal_hint"), folded=True,
        against=True,
    )  # fmt: skip


FORMS: Final[Mapping[OrderAct, Callable[[Scene, OrderView], Form]]] = MappingProxyType(
    {
        A.ACKNOWLEDGE: _acknowledge,
        A.REPLY: _reply,
        A.SEND_BACK: _send_back,
        A.JUDGE: _judge,
        A.APPEAL: _appeal,
        A.DECIDE_APPEAL: _decide_appeal,
        A.CLOSE: _close,
    }
)


def issue_form(scene: Scene, subjects: tuple[Choice, ...], chosen: str, *, bare: bool) -> Form:
    """Ask for a new order; `bare`: it is about nothing that was found."""
    say = scene.words.say
    kinds = tuple(
        Choice(
            one,
            say(f"order_kind.{one}"),
            say(
                f"order_kind_hint.{one}",
                day=days.usual_reply_by(one, scene.today, scene.calendar),
            ),
        )
        for one in OrderKind
    )
    entries = [
        Entry(Kind.RADIO, "kind", say("order.kind"), options=kinds, value=OrderKind.ORDER),
        Entry(
            Kind.CHOICE, "subject", say("order.subject"), hint=say("order.subject_hint"),
            options=subjects, value=chosen,
        ),
    ]  # fmt: skip
    if bare:
        entries.append(
            Entry(
                Kind.CHOICE, "level", say("order.level"), hint=say("order.level_hint"),
                options=scene.choices("order_level", reversed(FindingLevel)),
                value=FindingLevel.YELLOW,
            )
        )  # fmt: skip
    entries += [
        scene.prose("order.text", hint="order.text_hint", optional=not bare),
        Entry(
            Kind.DAY, "reply_by", say("order.reply_by"), hint=say("order.reply_by_hint"),
            optional=True,
        ),
    ]  # fmt: skip
    return Form(A.ISSUE, say("order.issue"), tuple(entries))


# ---- what was typed


def read_issue(typed: Typed) -> IssueOrder:
    """Read a new order. Raises `BadInputError` with all that cannot be read."""
    kind = _member(OrderKind, typed.text("kind"))
    subject, _, department = typed.text("subject").partition("/")
    faults = {
        name: "missing"
        for name, there in (("kind", kind is not None), ("subject", bool(subject)))
        if not there
    }
    if faults or kind is None:
        raise BadInputError(faults)
    return IssueOrder(
        order=kind,
        findings=typed.texts("finding"),
        case=typed.text("case"),
        subject=NodeId(subject),
        department=DepartmentId(department) if department else None,
        level=_member(FindingLevel, typed.text("level")),
        reply_by=typed.text("reply_by"),
        text=typed.text("text"),
    )


def read_reply(typed: Typed) -> ReplyOrder:
    """Read a reply. Raises `BadInputError`."""
    cause = _member(Cause, typed.text("cause"))
    correction = _member(Correction, typed.text("correction"))
    if cause is None or correction is None:
        raise BadInputError(_missing(cause=cause, correction=correction))
    return ReplyOrder(cause=cause, correction=correction, text=typed.text("text"))


def read_back(typed: Typed) -> SendBackOrder:
    """Read what is still to be answered."""
    return SendBackOrder(reply_by=typed.text("reply_by"), text=typed.text("text"))


def read_verdict(typed: Typed) -> JudgeOrder:
    """Read a verdict. Raises `BadInputError`."""
    verdict = _member(OrderVerdict, typed.text("verdict"))
    ground = _member(VerdictGround, typed.text("ground"))
    if verdict is None or ground is None:
        raise BadInputError(_missing(verdict=verdict, ground=ground))
    staff = typed.text("staff")
    return JudgeOrder(
        verdict=verdict,
        ground=ground,
        consequence=_member(Consequence, typed.text("consequence")) or Consequence.NONE,
        staff=StaffId(staff) if staff else None,
        points=_points(typed.text("points")),
        text=typed.text("text"),
    )


def read_appeal(typed: Typed) -> AppealOrder:
    """Read an appeal. Raises `BadInputError`."""
    ground = _member(VerdictGround, typed.text("ground"))
    if ground is None:
        raise BadInputError({"ground": "missing"})
    return AppealOrder(ground=ground, text=typed.text("text"))


def _points(text: str) -> int:
    if not text:
        return 0
    readable = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) if readable else UNREADABLE


def _missing(**read: StrEnum | None) -> dict[str, str]:
    return {name: "missing" for name, value in read.items() if value is None}


def _member(of: type[E], text: str) -> E | None:
    return of(text) if text in tuple(of) else None


def faults(words: Words, fields: Mapping[str, str]) -> dict[str, str]:
    """Say what is wrong with each field of a form."""
    said = {}
    for name, fault in fields.items():
        key = f"order_fault.{name}_{fault}"
        if name == "department":  # one field asks for both
            name = "subject"  # noqa: PLW2901
        if not words.has(key):
            said[name] = words.say("form.empty")
        elif "{most}" in words.say(key):
            said[name] = words.say(key, most=_MOST[name])
        else:
            said[name] = words.say(key)
    return said
