"""The forms on a case's page: one way for each thing that this person may do, drawn from the table.

Pure: asked what is open, it says what to fill in. `node.cases.page_forms` reads what is sent back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from node.cases.model import CaseView
from node.web.chrome import Choice
from node.web.wording import Words
from schemas.cases import Action, Outcome
from schemas.ids import DepartmentId, NodeId
from schemas.items import Item, MaterialNeed
from schemas.reasons import Reason
from schemas.staff import Department

SCAN_FIELD: Final = "scan-"
"""A file input's name starts so; the material's code follows."""

_CORRECTION: Final = (Reason.MATERIALS_MISSING, Reason.MATERIALS_DEFECTIVE, Reason.OTHER)
_REFUSAL: Final = (
    Reason.NO_APPROVAL_NEEDED,
    Reason.NOT_OUR_COMPETENCE,
    Reason.MATERIALS_MISSING,
    Reason.MATERIALS_DEFECTIVE,
    Reason.FALSE_STATEMENT,
    Reason.OTHER,
)
_DENIAL: Final = (Reason.CONDITIONS_NOT_MET, Reason.FALSE_STATEMENT, Reason.OTHER)
_WITHDRAWAL: Final = (Reason.APPLICANT_WITHDREW, Reason.OTHER)
_SENDING: Final = (Reason.WRONG_RECIPIENT, Reason.OTHER)


@dataclass(frozen=True, slots=True)
class Paper:
    """One material that a form takes in."""

    code: str
    name: str
    hint: str
    field: str


@dataclass(frozen=True, slots=True)
class Way:
    """One form: what it does, how it is called, and what must be filled in."""

    key: str
    action: Action
    tone: str
    """`main`: the way forward; `quiet`: beside it; `stop`: against the applicant, or the end."""
    label: str
    outcome: Outcome | None = None
    hint: str = ""
    reasons: tuple[Choice, ...] = ()
    asked: tuple[Choice, ...] = ()
    departments: tuple[Choice, ...] = ()
    department: DepartmentId | None = None
    papers: tuple[Paper, ...] = ()
    receivers: tuple[Choice, ...] = ()
    opinion: str = ""
    """Key of the free text's label; empty if there is none."""
    opinion_needed: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """What ways are drawn on."""

    words: Words
    view: CaseView
    item: Item | None
    departments: Sequence[Department]
    place_of: Callable[[NodeId], str]

    def reasons(self, *reasons: Reason) -> tuple[Choice, ...]:
        """Offer these reason codes."""
        return tuple(Choice(reason, self.words.say(f"reason.{reason}")) for reason in reasons)

    def material(self, code: str) -> MaterialNeed | None:
        """Find what the item says about a material."""
        known = () if self.item is None else self.item.materials
        return next((need for need in known if need.code == code), None)


def ways_for(ground: Ground, actions: Sequence[Action]) -> tuple[Way, ...]:
    """List the forms for the open actions: the way forward first, the end of everything last."""
    ways = [way for action in actions for way in _WAYS[action](ground)]
    return tuple(sorted(ways, key=lambda way: _ORDER[way.tone]))


def ask_withdrawal(ground: Ground) -> Way:
    """Let the window that took the case pass on that the applicant wants it back."""
    words = ground.words
    return Way(
        "withdraw",
        Action.WITHDRAW,
        "stop",
        words.say("way.ask_withdrawal", holder=ground.place_of(ground.view.holder)),
        hint=words.say("way.hint_ask_withdrawal"),
        reasons=ground.reasons(*_WITHDRAWAL),
    )


_ORDER: Final = {"main": 0, "quiet": 1, "stop": 2}


def _forward(ground: Ground) -> tuple[Way, ...]:
    view = ground.view
    after = view.stages[view.stage + 1 : view.stage + 2]
    label = ground.words.say(
        "way.forward", next=ground.place_of(after[0][1] if after else view.origin)
    )
    return (Way("forward", Action.FORWARD, "main", label, opinion="way.opinion"),)


def _request_correction(ground: Ground) -> tuple[Way, ...]:
    words, item = ground.words, ground.item
    return (
        Way(
            "request_correction",
            Action.REQUEST_CORRECTION,
            "quiet",
            words.say("way.request_correction"),
            reasons=ground.reasons(*_CORRECTION),
            asked=tuple(Choice(m.code, m.name) for m in (item.materials if item else ())),
            opinion="way.note_correct",
            opinion_needed=True,
        ),
    )


def _correct(ground: Ground) -> tuple[Way, ...]:
    words = ground.words
    papers = []
    for code in ground.view.asked_for:
        need = ground.material(code)
        name, hint = (need.name, need.hint) if need else (code, "")
        papers.append(Paper(code, name, hint, f"{SCAN_FIELD}{code}"))
    hint = words.say("way.hint_correct")
    label = words.say("way.correct")
    return (Way("correct", Action.CORRECT, "main", label, hint=hint, papers=tuple(papers)),)


def _accept(ground: Ground) -> tuple[Way, ...]:
    return (Way("accept", Action.ACCEPT, "main", ground.words.say("way.accept")),)


def _refuse(ground: Ground) -> tuple[Way, ...]:
    words = ground.words
    return (
        Way(
            "refuse",
            Action.REFUSE,
            "stop",
            words.say("way.refuse"),
            hint=words.say("way.hint_refuse"),
            reasons=ground.reasons(*_REFUSAL),
            opinion="way.note",
            opinion_needed=True,
        ),
    )


def _dispatch(ground: Ground) -> tuple[Way, ...]:
    words = ground.words
    return (
        Way(
            "dispatch",
            Action.DISPATCH,
            "main",
            words.say("way.dispatch"),
            departments=tuple(
                Choice(one.id, words.pick(one.name, one.name_en)) for one in ground.departments
            ),
            department=ground.item.department if ground.item else None,
        ),
    )


def _review(ground: Ground) -> tuple[Way, ...]:
    words = ground.words
    granted, denied = words.say("way.review_granted"), words.say("way.review_denied")
    opinion = "way.opinion"
    return (
        Way("review", Action.REVIEW, "main", granted, outcome=Outcome.GRANTED, opinion=opinion),
        Way(
            "review_denied",
            Action.REVIEW,
            "stop",
            denied,
            outcome=Outcome.DENIED,
            opinion=opinion,
            opinion_needed=True,
        ),
    )


def _decide(ground: Ground) -> tuple[Way, ...]:
    words = ground.words
    granted, denied = words.say("way.decide_granted"), words.say("way.decide_denied")
    opinion = "way.opinion"
    return (
        Way("decide", Action.DECIDE, "main", granted, outcome=Outcome.GRANTED, opinion=opinion),
        Way(
            "decide_denied",
            Action.DECIDE,
            "stop",
            denied,
            outcome=Outcome.DENIED,
            hint=words.say("way.hint_deny"),
            reasons=ground.reasons(*_DENIAL),
            opinion=opinion,
            opinion_needed=True,
        ),
    )


def _deliver(ground: Ground) -> tuple[Way, ...]:
    words = ground.words
    return (
        Way(
            "deliver",
            Action.DELIVER,
            "main",
            words.say("way.deliver"),
            hint=words.say("way.hint_deliver"),
            receivers=tuple(Choice(to, words.say(f"way.to_{to}")) for to in ("applicant", "agent")),
        ),
    )


def _close(ground: Ground) -> tuple[Way, ...]:
    words = ground.words
    hint = words.say("way.hint_close")
    return (Way("close", Action.CLOSE, "main", words.say("way.close"), hint=hint),)


def _withdraw(ground: Ground) -> tuple[Way, ...]:
    words = ground.words
    reasons = ground.reasons(*_WITHDRAWAL)
    hint = words.say("way.hint_withdraw")
    label = words.say("way.withdraw")
    return (Way("withdraw", Action.WITHDRAW, "stop", label, hint=hint, reasons=reasons),)


def _send_on(ground: Ground) -> tuple[Way, ...]:
    reasons = ground.reasons(*_SENDING)
    label = ground.words.say("way.send_on")
    return (Way("send_on", Action.SEND_ON, "main", label, reasons=reasons),)


def _nothing(_ground: Ground) -> tuple[Way, ...]:
    return ()


_WAYS: Final[dict[Action, Callable[[Ground], tuple[Way, ...]]]] = {
    Action.RECEIVE: _nothing,
    Action.FORWARD: _forward,
    Action.REQUEST_CORRECTION: _request_correction,
    Action.CORRECT: _correct,
    Action.ACCEPT: _accept,
    Action.REFUSE: _refuse,
    Action.DISPATCH: _dispatch,
    Action.REVIEW: _review,
    Action.DECIDE: _decide,
    Action.DELIVER: _deliver,
    Action.CLOSE: _close,
    Action.WITHDRAW: _withdraw,
    Action.SEND_ON: _send_on,
}
