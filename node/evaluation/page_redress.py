"""What the page of one bad rating, complaint or question shows. Values and their making."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from federation import partstore
from node.calendar import actions as calendar
from node.cases import reading as cases
from node.cases.model import entitled
from node.cases.page_looker import Looker
from node.database import Tx
from node.evaluation import page_rate
from node.evaluation import reading as ratings
from node.evaluation import redress_limits as limits
from node.evaluation import redress_model as model
from node.evaluation import redress_reading as reading
from node.evaluation.page_redress_list import Shown, caller_of, choices, shown
from node.evaluation.redress_model import Known
from node.evaluation.redress_reading import Said
from node.evaluation.redress_store import end_of
from node.web.chrome import Choice, Fact, Mark, Told, clock_time, day
from node.web.wording import Words
from schemas.evaluation import EvaluationView
from schemas.ids import NodeId
from schemas.redress import (
    Complexity,
    RedressAct,
    RedressFinding,
    RedressKind,
    RedressState,
    RedressView,
)
from schemas.staff import OVERSEERS

Typed = Mapping[str, str]
"""What was typed into each field of a form that is shown again."""


@dataclass(frozen=True, slots=True)
class Paper:
    """Something that was written, under its heading."""

    title: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A form that does something."""

    name: str
    title: str
    stop: bool
    open: bool
    typed: Typed = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterPage:
    """One of them."""

    id: str
    number: str
    kind: str
    mark: Mark
    oversees: bool
    facts: tuple[Fact, ...]
    case_href: str
    case_number: str
    said: Paper | None
    who: tuple[Fact, ...]
    blank: str
    """Why nothing of it can be read here; empty if it can."""
    papers: tuple[Paper, ...]
    acts: tuple[Act, ...]
    waits: str
    """Who is to do something, where it is not he."""
    findings: tuple[Choice, ...]
    complexities: tuple[Choice, ...]
    grades: tuple[Choice, ...]
    grounds: tuple[Choice, ...]
    reasons: tuple[Choice, ...]
    latest: str
    """The latest day of an extension."""
    told: Told | None = None


def matter_page(tx: Tx, looker: Looker, known: Known) -> MatterPage:
    """Make the page of a matter that he may see."""
    words, caller = looker.words, caller_of(looker)
    show, view = shown(tx, looker), reading.fresh(tx, known)
    said = reading.said_to(tx, looker.parts, known, caller)
    acts, reads = reading.acts(tx, known, caller), reading.may_read(tx, caller, known)
    asked = reading.masked(said.text, whole=reading.calls(acts))
    days = calendar.calendar_of(tx, view.subject)
    latest = limits.latest_extension(view, days)
    told = Paper(asked.title, asked.text) if asked and asked.text else None
    unread = words.say("redress.unread")
    who = () if asked is None else (("name", asked.name), ("phone", asked.phone))
    return MatterPage(
        id=end_of(view.stream),
        number=view.number,
        kind=words.say(f"redress_kind.{view.redress}"),
        mark=show.mark(view),
        oversees=bool(looker.actor.roles & OVERSEERS),
        facts=tuple(_facts(show, view)),
        case_href=f"/cases/{view.case_number}" if view.case_number else "",
        case_number=view.case_number or "",
        said=told,
        who=tuple(Fact(words.say(f"redress.{name}"), text) for name, text in who if text),
        blank=_blank(tx, looker, known, here=told is not None) if reads else unread,
        papers=tuple(_papers(show, known, view, said)),
        acts=tuple(_act(words, one, first=not number) for number, one in enumerate(acts)),
        waits="" if acts else _waits(show, known, view),
        findings=choices(words, "redress_finding", RedressFinding),
        complexities=_complexities(words, view.redress),
        grades=page_rate.grades(words),
        grounds=choices(words, "redress_ground", model.GROUNDS),
        reasons=choices(words, "redress_extension", model.EXTENSION_REASONS),
        latest="" if latest is None else latest.isoformat(),
    )


def _complexities(words: Words, kind: RedressKind) -> tuple[Choice, ...]:
    """Offer how long it may take, where that makes a difference."""
    limit = limits.LIMITS[kind]
    if limit.simple == limit.complex:
        return ()
    return tuple(
        Choice(one, words.say(f"redress_complexity.{one}_days", n=limit.answer(one)))
        for one in Complexity
    )


def _act(words: Words, act: RedressAct, *, first: bool) -> Act:
    exceptions = (RedressAct.APPEAL, RedressAct.EXTEND)
    return Act(
        name=act,
        title=words.say(f"redress_act.{act}"),
        stop=act is RedressAct.APPEAL,
        open=first and act not in exceptions,
    )


def _blank(tx: Tx, looker: Looker, known: Known, *, here: bool) -> str:
    """Say why nothing can be read of what was said."""
    if here:
        return ""
    words = looker.words
    note, part = known.view.evaluation, known.text
    rated = None if note is None else ratings.of_note(tx, note)
    if part is None and (rated is None or rated.comment is None):
        return words.say("redress.unsaid")
    if part is not None and partstore.is_erased(tx, known.view.stream, part):
        return words.say("redress.gone")
    comes = _comes(tx, looker.me, rated) if part is None else model.handles(known, looker.me)
    return words.say("redress.away" if comes else "redress.elsewhere")


def _comes(tx: Tx, me: NodeId, rated: EvaluationView | None) -> bool:
    """Say whether this node has, or will be sent, what was written beside a rating."""
    if rated is None or rated.case is None:
        return rated is not None and rated.node == me
    case = cases.of_stream(tx, rated.case)
    return case is not None and entitled(case, me)


def _waits(show: Shown, known: Known, view: RedressView) -> str:
    """Say who is to do something next."""
    words = show.words
    match view.state:
        case RedressState.CLOSED:
            return ""
        case RedressState.APPEALED:
            return words.say("redress.waits_judge", place=show.places(known.judge))
        case RedressState.ANSWERED:
            return words.say("redress.waits_call", place=show.places(view.subject))
        case RedressState.OPENED | RedressState.VERIFIED:
            return words.say("redress.waits_answer", who=show.who(view))


def _facts(show: Shown, view: RedressView) -> Iterable[Fact]:
    words = show.words

    def fact(name: str, value: str) -> Fact:
        return Fact(words.say(f"redress.{name}"), value)

    yield fact("opened", f"{day(view.opened_at)} {clock_time(view.opened_at)}")
    yield fact("source", words.say(f"redress_source.{view.source}"))
    if view.taken_by != view.subject:
        yield fact("taken_by", show.places(view.taken_by))
    yield fact("who", show.who(view))
    if view.window:
        yield fact("window", view.window)
    if view.grade is not None:
        yield fact("grade", page_rate.grade_name(words, view.grade))
    yield fact("verify_by" if view.redress in model.ACCUSED else "reply_by", view.verify_by)
    yield from _dated(words, view)


def _dated(words: Words, view: RedressView) -> Iterable[Fact]:
    """Say what was done, and when; and whether that was late."""

    def fact(name: str, value: str) -> Fact:
        return Fact(words.say(f"redress.{name}"), value)

    if view.verified_at is not None:
        yield fact("verified_at", _when(words, view.verified_at, late=view.verified_late))
    if view.answer_by:
        more = f" · {words.say('redress.extended')}" if view.extended else ""
        yield fact("answer_by", f"{view.answer_by}{more}")
    if view.answered_at is not None:
        yield fact("answered_at", _when(words, view.answered_at, late=view.answered_late))
    if view.closed_at is not None:
        yield fact("closed_at", day(view.closed_at))


def _when(words: Words, at: int, *, late: bool) -> str:
    said = f"{day(at)} {clock_time(at)}"
    return f"{said} · {words.say('redress.was_late')}" if late else said


def _papers(show: Shown, known: Known, view: RedressView, said: Said) -> Iterable[Paper]:
    words = show.words
    if view.finding is not None:
        found = words.say(f"redress_finding.{view.finding}")
        limit = limits.LIMITS[view.redress]
        size = words.say(f"redress_complexity.{view.complexity}")
        note = found if limit.simple == limit.complex else f"{found} · {size}"
        yield Paper(words.say("redress_act.verify"), said.verified, note)
    if known.extension:
        key = f"redress_extension.{known.extension}"
        reason = words.say(key) if words.has(key) else known.extension
        yield Paper(words.say("redress_act.extend"), "", f"{reason} · {view.answer_by}")
    if view.appealed_at is not None:
        ground = words.say(f"redress_ground.{known.ground}")
        yield Paper(
            words.say("redress_act.appeal"), said.appeal, f"{ground} · {day(view.appealed_at)}"
        )
    if known.decided is not None or view.set_aside:
        verdict = words.say("redress.set_aside_yes" if view.set_aside else "redress.set_aside_no")
        yield Paper(words.say("redress_act.decide_appeal"), said.decided, verdict)
    if view.answered_at is not None:
        mended = words.say("redress.mended" if view.mended else "redress.explained")
        direct = view.redress not in model.ACCUSED
        away = "" if said.answer else words.say("redress.answer_away")
        yield Paper(words.say("redress_act.answer"), said.answer or away, "" if direct else mended)
    if view.called_back_at is not None:
        reached = words.say("redress.reached" if view.reached else "redress.not_reached")
        grade = view.second_grade
        again = "" if grade is None else f" · {page_rate.grade_name(words, grade)}"
        yield Paper(words.say("redress_act.call_back"), said.called, f"{reached}{again}")
