"""The forms of the steps that the law adds: procedures, extension, fees, handing over, other ends.

As `node.cases.page_ways`, which puts them beside the usual steps.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Final

from node.cases import law_actions
from node.cases.page_fields import Entry, Group, Kind, Scene, Way
from node.cases.requirements import (
    EXTENSION_GROUND,
    HEARING_NOTICE,
    HEARING_WITHIN,
    SPECIAL_GROUND,
    most_extension,
)
from node.web.chrome import Choice
from schemas.case_terms import Ground
from schemas.cases import Action
from schemas.item_terms import LICENCE, LimitUnit, SpecialKind
from schemas.items import SpecialProcedure
from schemas.reasons import Reason

MOST_DAYS: Final = "999"  # of a special procedure: what a form takes; the law sets far fewer
_REDISPATCHED_FOR: Final = (Reason.WRONG_DEPARTMENT, Reason.WORKLOAD, Reason.OTHER)
FEN_PER_YUAN: Final = 100


def in_order(reasons: Collection[Reason]) -> tuple[Reason, ...]:
    """Put reasons in the published list's order."""
    return tuple(one for one in Reason if one in reasons)


def _is_licence(scene: Scene) -> bool:
    return scene.item is not None and scene.item.type_code == LICENCE


# ---- before acceptance


def _admit(scene: Scene) -> tuple[Way, ...]:
    label, hint = scene.say("way.admit"), scene.say("way.hint_admit")
    return (Way("admit", Action.ADMIT, Group.MAIN, label, hint=hint),)


def _return(scene: Scene) -> tuple[Way, ...]:
    law = scene.view.law
    by = law.correct_by or law.pending_by
    if by and str(scene.day.today) <= by:
        return ()
    wanted = Reason.CORRECTION_OVERDUE if law.correct_by else Reason.PENDING_OVERDUE
    others = {Reason.CORRECTION_OVERDUE, Reason.PENDING_OVERDUE} - {wanted}
    entries = (
        scene.reasons(in_order(law_actions.RETURNED_FOR - others)),
        scene.prose("note", "way.note", optional=True),
    )
    label, hint = scene.say("way.return"), scene.say("way.hint_return")
    return (Way("return", Action.RETURN, Group.NEAR, label, entries, hint=hint, against=True),)


def supply(scene: Scene) -> tuple[Way, ...]:
    """Take in papers that were pending at acceptance; the window may do so wherever the case is."""
    if not scene.pending:
        return ()
    sheets = 1 if len(scene.pending) == 1 else 0  # of several, only what is typed has come
    papers = tuple(scene.paper(code, sheets=sheets) for code in scene.pending)
    hint = scene.say("way.hint_supply")
    return (Way("supply", Action.SUPPLY, Group.NEAR, scene.say("way.supply"), papers, hint=hint),)


# ---- handing over within the place


def _sign_in(scene: Scene) -> tuple[Way, ...]:
    hint = scene.say("way.hint_sign_in")
    return (Way("sign_in", Action.SIGN_IN, Group.QUICK, scene.say("way.sign_in"), hint=hint),)


def _send_back(scene: Scene) -> tuple[Way, ...]:
    entries = (
        scene.reasons(in_order(law_actions.SENT_BACK_FOR)),
        scene.prose("note", "way.note", optional=True),
    )
    label, hint = scene.say("way.send_back"), scene.say("way.hint_send_back")
    return (Way("send_back", Action.SEND_BACK, Group.DESK, label, entries, hint=hint),)


def _redispatch(scene: Scene) -> tuple[Way, ...]:
    words = scene.words
    others = tuple(
        Choice(one.id, words.pick(one.name, one.name_en))
        for one in scene.departments
        if one.id != scene.view.department
    )
    if not others:
        return ()
    entries = (
        Entry(Kind.CHOICE, "department", scene.say("way.department"), options=others),
        scene.reasons(_REDISPATCHED_FOR, alone=True),
    )
    label = scene.say("way.redispatch")
    return (Way("redispatch", Action.REDISPATCH, Group.DESK, label, entries),)


def _take_over(scene: Scene) -> tuple[Way, ...]:
    if scene.view.law.handler == scene.me:
        return ()
    reasons = scene.reasons(in_order(law_actions.TAKEN_OVER_FOR), alone=True)
    hint = scene.say("way.hint_take_over", name=scene.handler) if scene.handler else ""
    label = scene.say("way.take_over")
    return (Way("take_over", Action.TAKE_OVER, Group.NEAR, label, (reasons,), hint=hint),)


def _give_opinion(scene: Scene) -> tuple[Way, ...]:
    options = tuple(
        Choice(one, scene.say(f"way.agrees_{one}"))
        for one in ("yes", "no")  # as the form's own
    )
    entries = (
        Entry(Kind.RADIO, "agrees", scene.say("way.agrees"), options=options),
        scene.prose("opinion", "way.opinion_joint", optional=True),
    )
    label, hint = scene.say("way.give_opinion"), scene.say("way.hint_give_opinion")
    return (Way("give_opinion", Action.GIVE_OPINION, Group.MAIN, label, entries, hint=hint),)


def _report(scene: Scene) -> tuple[Way, ...]:
    view = scene.view
    after = view.stages[view.stage + 1 : view.stage + 2]
    above = scene.place_of(after[0][1] if after else view.origin)
    opinion = scene.prose("opinion", "way.opinion")
    label, hint = scene.say("way.report", above=above), scene.say("way.hint_report")
    return (Way("report", Action.REPORT, Group.MAIN, label, (opinion,), hint=hint),)


# ---- procedures and limits


def _suspend(scene: Scene) -> tuple[Way, ...]:
    special = () if scene.item is None else scene.item.special
    day = scene.day
    entries = (
        Entry(
            Kind.CHOICE, "procedure", scene.say("way.procedure"),
            options=tuple(_procedures(scene, special)), value=special[0].kind if special else "",
        ),
        scene.text("name", optional=True, hint=True),
        scene.ground(tuple(_special_grounds(scene, special)), optional=bool(special)),
        _how_long(scene, is_known=bool(special)),
        scene.date("on", least=str(day.today), optional=True),
        scene.text("place", optional=True),
        scene.prose("note", "way.note", optional=True),
    )  # fmt: skip
    hearing = {"first": day.after(HEARING_NOTICE), "last": day.after(HEARING_WITHIN)}
    hint = f"{scene.say('way.hint_suspend')} {scene.say('way.hint_hearing', **hearing)}"
    label = scene.say("way.suspend")
    return (Way("suspend", Action.SUSPEND, Group.PROCEDURE, label, entries, hint=hint),)


def _procedures(scene: Scene, special: Iterable[SpecialProcedure]) -> Iterable[Choice]:
    """Offer the item's own procedures first, by the name that its guide gives them."""
    own = {one.kind: one for one in special}
    for kind in (*own, *(one for one in SpecialKind if one not in own)):
        said = scene.say(f"special.{kind}")
        if kind not in own:
            yield Choice(kind, said)
            continue
        name = scene.words.pick(own[kind].name, said)
        key = "way.procedure_must" if own[kind].mandatory else "way.procedure_own"
        yield Choice(kind, scene.say(key, name=name))


def _special_grounds(scene: Scene, special: Iterable[SpecialProcedure]) -> Iterable[Ground]:
    yield from (Ground(law=one.law, article=one.article) for one in special)
    if _is_licence(scene):
        yield SPECIAL_GROUND


def _how_long(scene: Scene, *, is_known: bool) -> Entry:
    units = tuple(Choice(one, scene.say(f"way.unit_{one}")) for one in LimitUnit)
    amount = Entry(
        Kind.NUMBER, "amount", scene.say("way.amount"), least="1", most=MOST_DAYS,
        optional=is_known,
    )  # fmt: skip
    unit = Entry(
        Kind.CHOICE, "unit", scene.say("way.unit"), options=units, value=LimitUnit.WORKDAY,
    )  # fmt: skip
    hint = scene.say("way.expected_own" if is_known else "way.expected_hint")
    return Entry(
        Kind.PAIR, "expected", scene.say("way.expected"), hint=hint, parts=(amount, unit),
        optional=is_known,
    )  # fmt: skip


def _resume(scene: Scene) -> tuple[Way, ...]:
    options = tuple(Choice(one, scene.say(f"way.result_{one}")) for one in ("done", "dropped"))
    entries = (
        Entry(
            Kind.RADIO, "result", scene.say("way.result"), options=options, value="done",
        ),
        scene.prose("note", "way.note", optional=True),
    )  # fmt: skip
    label, hint = scene.say("way.resume"), scene.say("way.hint_resume")
    return (Way("resume", Action.RESUME, Group.MAIN, label, entries, hint=hint),)


def _extend(scene: Scene) -> tuple[Way, ...]:
    if scene.item is None:
        return ()
    most = str(most_extension(scene.view, scene.item))
    limit = scene.item.statutory or scene.item.promised
    amount = Entry(
        Kind.NUMBER, "amount", scene.say("way.extension", unit=scene.say(f"way.unit_{limit.unit}")),
        hint=scene.say("way.extension_hint", most=most), value=most, least="1", most=most,
    )  # fmt: skip
    entries = (
        amount,
        scene.reasons(in_order(law_actions.EXTENDED_FOR)),
        scene.ground((EXTENSION_GROUND,) if _is_licence(scene) else ()),
        scene.prose("note", "way.note", optional=True),
    )
    label, hint = scene.say("way.extend"), scene.say("way.hint_extend")
    return (Way("extend", Action.EXTEND, Group.PROCEDURE, label, entries, hint=hint),)


def _settle_fee(scene: Scene) -> tuple[Way, ...]:
    fees = () if scene.item is None else scene.item.fees
    if not fees:
        return ()
    fixed = [fee.fen for fee in fees if fee.fen is not None]
    standards = scene.words.joined(f"{fee.name} {fee.standard}" for fee in fees)
    paid = Entry(
        Kind.TEXT, "fen", scene.say("way.fen"), hint=scene.say("way.fen_hint", fees=standards),
        value=yuan(sum(fixed)) if len(fixed) == len(fees) else "", optional=True,
    )  # fmt: skip
    reductions = tuple(fee.reduction for fee in fees if fee.reduction)
    waived = Entry(
        Kind.TEXT, "waived", scene.say("way.waived"), hint=scene.say("way.waived_hint"),
        options=tuple(Choice(one, one) for one in reductions), optional=True,
    )  # fmt: skip
    entries = (paid, scene.text("payment_code", optional=True, hint=True), waived)
    label = scene.say("way.settle_fee")
    return (Way("settle_fee", Action.SETTLE_FEE, Group.NEAR, label, entries),)


def yuan(fen: int) -> str:
    """Write an amount of money in yuan: `80` or `0.50`."""
    whole, rest = divmod(fen, FEN_PER_YUAN)
    return f"{whole}.{rest:02d}" if rest else str(whole)


# ---- after the decision


def _certify(scene: Scene) -> tuple[Way, ...]:
    today = str(scene.day.today)
    entries = (
        scene.text("certificate", hint=True),
        scene.date("valid_from", value=today, optional=True),
        scene.date("valid_until", value=scene.view.law.valid_until, least=today, optional=True),
    )
    label, hint = scene.say("way.certify"), scene.say("way.hint_certify")
    return (Way("certify", Action.CERTIFY, Group.MAIN, label, entries, hint=hint),)


def _notify(scene: Scene) -> tuple[Way, ...]:
    label, hint = scene.say("way.notify"), scene.say("way.hint_notify")
    return (Way("notify", Action.NOTIFY, Group.QUICK, label, hint=hint),)


def _check(scene: Scene) -> tuple[Way, ...]:
    options = tuple(Choice(one, scene.say(f"way.kept_{one}")) for one in ("yes", "no"))
    entries = (
        Entry(Kind.RADIO, "kept", scene.say("way.kept"), options=options),
        scene.prose("note", "way.note_check", optional=True),
    )
    label, hint = scene.say("way.check"), scene.say("way.hint_check")
    return (Way("check", Action.CHECK, Group.MAIN, label, entries, hint=hint),)


def _revoke(scene: Scene) -> tuple[Way, ...]:
    entries = (
        scene.reasons(in_order(law_actions.REVOKED_FOR)),
        scene.ground(),
        scene.remedies(),
        scene.prose("note", "way.note", optional=True),
    )
    label, hint = scene.say("way.revoke"), scene.say("way.hint_revoke")
    return (Way("revoke", Action.REVOKE, Group.AFTER, label, entries, hint=hint, against=True),)


def _reopen(scene: Scene) -> tuple[Way, ...]:
    entries = (
        scene.reasons(in_order(law_actions.REOPENED_FOR)),
        scene.text("document", hint=True),
        scene.prose("note", "way.note", optional=True),
    )
    label, hint = scene.say("way.reopen"), scene.say("way.hint_reopen")
    return (Way("reopen", Action.REOPEN, Group.AFTER, label, entries, hint=hint),)


# ---- other ends


def _terminate(scene: Scene) -> tuple[Way, ...]:
    entries = (
        scene.reasons(in_order(law_actions.TERMINATED_FOR)),
        scene.prose("note", "way.note", optional=True),
    )
    label, hint = scene.say("way.terminate"), scene.say("way.hint_terminate")
    return (Way("terminate", Action.TERMINATE, Group.END, label, entries, hint=hint, against=True),)


def _void(scene: Scene) -> tuple[Way, ...]:
    entries = (
        scene.reasons(in_order(law_actions.VOIDED_FOR)),
        scene.prose("note", "way.note"),
    )
    group = Group.AFTER if scene.view.outcome is not None else Group.END
    label, hint = scene.say("way.void"), scene.say("way.hint_void")
    return (Way("void", Action.VOID, group, label, entries, hint=hint, against=True),)


WAYS: Final[dict[Action, Callable[[Scene], tuple[Way, ...]]]] = {
    Action.ADMIT: _admit,
    Action.RETURN: _return,
    Action.SUPPLY: supply,
    Action.SIGN_IN: _sign_in,
    Action.SEND_BACK: _send_back,
    Action.REDISPATCH: _redispatch,
    Action.TAKE_OVER: _take_over,
    Action.GIVE_OPINION: _give_opinion,
    Action.REPORT: _report,
    Action.SUSPEND: _suspend,
    Action.RESUME: _resume,
    Action.EXTEND: _extend,
    Action.SETTLE_FEE: _settle_fee,
    Action.CERTIFY: _certify,
    Action.NOTIFY: _notify,
    Action.CHECK: _check,
    Action.REVOKE: _revoke,
    Action.REOPEN: _reopen,
    Action.TERMINATE: _terminate,
    Action.VOID: _void,
}
