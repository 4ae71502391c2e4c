"""The forms on a case's page: one way for each thing that this person may do, drawn from the table.

Pure: asked what is open, it says what to fill in. `node.cases.page_forms` reads what is sent back.
The usual steps are here; those that the law adds are in `node.cases.page_law_ways`.
"""

from collections.abc import Callable, Sequence
from typing import Final

from node.cases import intake, model, page_beginning, page_law_ways, requirements
from node.cases.page_fields import Entry, Group, Kind, Scene, Way
from node.cases.requirements import CORRECTION_WORKDAYS, MOST_CORRECTION
from node.errors import BadInputError
from node.web.chrome import Choice
from schemas.cases import Action, Outcome
from schemas.item_terms import FeeDue
from schemas.reasons import Reason

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
_AGAIN: Final = (Reason.NOT_TOLD_AT_FIRST, Reason.NEW_CIRCUMSTANCE, Reason.OTHER)


def ways_for(scene: Scene, actions: Sequence[Action]) -> tuple[Way, ...]:
    """List the forms for the open actions, in the table's order."""
    return tuple(way for action in actions for way in WAYS.get(action, _nothing)(scene))


def ask_withdrawal(scene: Scene) -> Way:
    """Let the window that took the case pass on that the applicant wants it back."""
    return Way(
        "withdraw",
        Action.WITHDRAW,
        Group.END,
        scene.say("way.ask_withdrawal", holder=scene.place_of(scene.view.holder)),
        (scene.reasons(_WITHDRAWAL, alone=True),),
        hint=scene.say("way.hint_ask_withdrawal"),
        against=True,
    )


# ---- before acceptance


def _forward(scene: Scene) -> tuple[Way, ...]:
    view = scene.view
    after = view.stages[view.stage + 1 : view.stage + 2]
    label = scene.say("way.forward", next=scene.place_of(after[0][1] if after else view.origin))
    opinion = scene.prose("opinion", "way.opinion", optional=True)
    return (Way("forward", Action.FORWARD, Group.MAIN, label, (opinion,)),)


def _request_correction(scene: Scene) -> tuple[Way, ...]:
    again = scene.view.law.corrections > 0
    entries = (
        Entry(
            Kind.PICKS,
            "materials",
            scene.say("way.materials"),
            hint=scene.say("way.materials_hint"),
            options=_askable(scene),
        ),
        scene.reasons(_CORRECTION),
        scene.prose("note", "way.note_correct"),
        scene.date(
            "by",
            value=str(scene.day.after(CORRECTION_WORKDAYS)),
            least=str(scene.day.after(1)),
            most=str(scene.day.today + MOST_CORRECTION),
        ),
        *((_why_again(scene),) if again else ()),
    )
    return (
        Way(
            "request_correction",
            Action.REQUEST_CORRECTION,
            Group.NEAR,
            scene.say("way.request_correction_again" if again else "way.request_correction"),
            entries,
            warnings=(scene.say("way.second_notice"),) if again else (),
        ),
    )


def _askable(scene: Scene) -> tuple[Choice, ...]:
    """Offer the papers that the guide asks for in this situation, and no others (§31)."""
    if scene.item is None:
        return ()
    asked = intake.asked_for(scene.item, scene.view.law.situation)
    return tuple(Choice(m.code, m.name) for m in scene.item.materials if m.code in asked)


def _why_again(scene: Scene) -> Entry:
    options = tuple(Choice(one, scene.say(f"reason.{one}")) for one in _AGAIN)
    return Entry(Kind.CHOICE, "again", scene.say("way.again"), options=options)


def _correct(scene: Scene) -> tuple[Way, ...]:
    papers = tuple(scene.paper(code) for code in scene.view.asked_for)
    hint, label = scene.say("way.hint_correct"), scene.say("way.correct")
    return (Way("correct", Action.CORRECT, Group.MAIN, label, papers, hint=hint),)


def _accept(scene: Scene) -> tuple[Way, ...]:
    lacking = _lacking(scene)
    unpaid = _fee_due(scene, FeeDue.BEFORE_ACCEPTANCE)
    ways = []
    if not lacking:
        label = scene.say("way.accept")
        ways.append(Way("accept", Action.ACCEPT, Group.MAIN, label, warnings=unpaid))
    else:
        ways.append(_accept_pending(scene, lacking, unpaid))
    if scene.item is not None and scene.item.commitment:
        hint = scene.say("way.hint_commitment")
        label, promise = scene.say("way.accept_commitment"), _promise(scene)
        ways.append(
            Way("accept_commitment", Action.ACCEPT, Group.NEAR, label, (promise,), hint=hint)
        )
    return tuple(ways)


def _accept_pending(scene: Scene, lacking: tuple[str, ...], warnings: tuple[str, ...]) -> Way:
    pending = Entry(
        Kind.PICKS,
        "pending",
        scene.say("way.pending"),
        hint=scene.say("way.pending_hint"),
        options=tuple(Choice(code, scene.name_of(code)) for code in lacking),
        chosen=lacking,
    )
    by = scene.date("pending_by", least=str(scene.day.today), optional=True)
    return Way(
        "accept_pending",
        Action.ACCEPT,
        Group.MAIN,
        scene.say("way.accept_pending"),
        (pending, by, _promise(scene)),
        hint=scene.say("way.hint_pending"),
        warnings=warnings,
    )


def _promise(scene: Scene) -> Entry:
    hint = scene.say("way.promise_hint")
    return Entry(Kind.FILE, "promise", scene.say("way.promise"), hint=hint)


def _lacking(scene: Scene) -> tuple[str, ...]:
    """Name the required papers that are not there and may follow (容缺)."""
    if scene.item is None:
        return ()
    asked = intake.asked_for(scene.item, scene.view.law.situation)
    return tuple(
        need.code
        for need in scene.item.materials
        if need.required and need.deferrable and need.code in asked and need.code not in scene.given
    )


def _fee_due(scene: Scene, due: FeeDue) -> tuple[str, ...]:
    """Say that a fee is to be settled first, if one is."""
    try:
        if scene.item is not None:
            requirements.require_paid(scene.view, scene.item, due)
    except BadInputError:
        return (scene.say("fault.unpaid"),)
    return ()


def _refuse(scene: Scene) -> tuple[Way, ...]:
    entries = (
        scene.reasons(_REFUSAL),
        scene.text("competent", optional=True, hint=True),
        scene.ground(),
        scene.remedies(),
        scene.prose("note", "way.note"),
    )
    label, hint = scene.say("way.refuse"), scene.say("way.hint_refuse")
    return (
        Way("refuse", Action.REFUSE, Group.NEAR, label, entries, hint=hint, against=True),
    )  # fmt: skip


# ---- in process


def _dispatch(scene: Scene) -> tuple[Way, ...]:
    words = scene.words
    department = Entry(
        Kind.CHOICE,
        "department",
        scene.say("way.department"),
        options=tuple(
            Choice(one.id, words.pick(one.name, one.name_en)) for one in scene.departments
        ),
        value=model.department_for(scene.view) or (scene.item.department if scene.item else ""),
    )
    return (Way("dispatch", Action.DISPATCH, Group.MAIN, scene.say("way.dispatch"), (department,)),)


def _review(scene: Scene) -> tuple[Way, ...]:
    if scene.handler:  # he must take it over first, and is told so
        return ()
    return (
        Way(
            "review",
            Action.REVIEW,
            Group.MAIN,
            scene.say("way.review_granted"),
            (scene.prose("opinion", "way.opinion", optional=True),),
            outcome=Outcome.GRANTED,
        ),
        Way(
            "review_denied",
            Action.REVIEW,
            Group.NEAR,
            scene.say("way.review_denied"),
            (scene.prose("opinion", "way.opinion"),),
            outcome=Outcome.DENIED,
            against=True,
        ),
    )


def _decide(scene: Scene) -> tuple[Way, ...]:
    today = str(scene.day.today)
    return (
        Way(
            "decide",
            Action.DECIDE,
            Group.MAIN,
            scene.say("way.decide_granted"),
            (
                scene.prose("opinion", "way.opinion", optional=True),
                scene.date("valid_until", least=today, optional=True),
            ),
            outcome=Outcome.GRANTED,
            warnings=_before_granting(scene),
        ),
        Way(
            "decide_denied",
            Action.DECIDE,
            Group.NEAR,
            scene.say("way.decide_denied"),
            (
                scene.reasons(_DENIAL),
                scene.ground(),
                scene.remedies(),
                scene.prose("opinion", "way.opinion"),
            ),
            outcome=Outcome.DENIED,
            hint=scene.say("way.hint_deny"),
            against=True,
        ),
    )


def _before_granting(scene: Scene) -> tuple[str, ...]:
    """Say what must still be done before anything is granted."""
    warnings = []
    if scene.pending:
        papers = scene.words.joined(map(scene.name_of, scene.pending))
        warnings.append(scene.say("way.still_pending", materials=papers))
    if scene.item is not None:
        missing = requirements.missing_procedures(scene.view, scene.item)
        names = scene.words.joined(one.name for one in missing)
        if missing:
            warnings.append(scene.say("way.still_procedure", procedures=names))
    return (*warnings, *_fee_due(scene, FeeDue.BEFORE_DECISION))


# ---- after the decision


def _deliver(scene: Scene) -> tuple[Way, ...]:
    couriered = scene.item is not None and scene.item.couriered
    modes = ("window", *(("courier",) if couriered else ()), "electronic")
    entries = (
        Entry(
            Kind.RADIO,
            "to",
            scene.say("way.to"),
            options=tuple(Choice(to, scene.say(f"way.to_{to}")) for to in ("applicant", "agent")),
            value="applicant" if scene.view.law.agency is None else "agent",
        ),
        Entry(
            Kind.RADIO,
            "mode",
            scene.say("way.mode"),
            options=tuple(Choice(mode, scene.say(f"way.mode_{mode}")) for mode in modes),
            value="window",
        ),
        scene.text("receiver", optional=True, hint=True),
        scene.text("receiver_id", optional=True),
        *page_beginning.authority_asked(scene),
        *((scene.text("waybill", optional=True, hint=True),) if couriered else ()),
    )
    granted = scene.view.outcome is Outcome.GRANTED
    return (
        Way(
            "deliver",
            Action.DELIVER,
            Group.MAIN,
            scene.say("way.deliver"),
            entries,
            hint=page_beginning.deliver_hint(scene),
            warnings=_fee_due(scene, FeeDue.BEFORE_ISSUE) if granted else (),
        ),
    )


def _close(scene: Scene) -> tuple[Way, ...]:
    label, hint = scene.say("way.close"), scene.say("way.hint_close")
    return (Way("close", Action.CLOSE, Group.MAIN, label, hint=hint),)


def _withdraw(scene: Scene) -> tuple[Way, ...]:
    return (
        Way(
            "withdraw",
            Action.WITHDRAW,
            Group.END,
            scene.say("way.withdraw"),
            (scene.reasons(_WITHDRAWAL, alone=True),),
            hint=scene.say("way.hint_withdraw"),
            against=True,
        ),
    )


def _send_on(scene: Scene) -> tuple[Way, ...]:
    label = scene.say("way.send_on")
    return (
        Way("send_on", Action.SEND_ON, Group.MAIN, label, (scene.reasons(_SENDING, alone=True),)),
    )


def _nothing(_scene: Scene) -> tuple[Way, ...]:
    return ()


WAYS: Final[dict[Action, Callable[[Scene], tuple[Way, ...]]]] = {
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
    **page_law_ways.WAYS,
}
"""Whoever is not here is nobody's to take: receiving has pages of its own, the rest is time's."""
