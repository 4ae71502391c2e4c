"""What the page of one revision shows: its way, its lines, its opinions, what may be done now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from node.catalogue import page_diff
from node.catalogue.page_diff import DiffRow
from node.clock import from_ms
from node.database import Tx
from node.revisions import actions, model, reading
from node.revisions.model import Revision
from node.revisions.page_marks import (
    before,
    change_words,
    end_of,
    name_of,
    people,
    spoken,
    state_mark,
)
from node.revisions.visits import Visit
from node.staff import actions as staff
from node.web.chrome import Choice, Mark, Told
from node.web.pages_base import Typed
from node.web.wording import Words
from schemas.ids import StaffId
from schemas.revisions import (
    Office,
    Opinion,
    RevisionAct,
    RevisionBrief,
    RevisionLine,
    RevisionState,
    RevisionView,
)

FEW: Final = 3  # lines that are shown with all that differs in them
LINES_SHOWN: Final = 25  # of a revision on a page
_PASSING: Final = {Office.STAFFING: ("pass_staffing",), Office.LEGAL: ("pass_legal",)}
_REFUSING: Final = {
    Office.STAFFING: ("back_staffing",),
    Office.LEGAL: ("back_legal_basis", "back_legal_materials"),
}
S = RevisionState


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: `done`, `here`, `back` or still ahead."""

    title: str
    what: str
    state: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line in the list of a revision."""

    number: int
    href: str
    name: str
    code: str
    change: str
    errors: Mark | None
    warnings: Mark | None
    differs: str
    diff: tuple[DiffRow, ...] = ()
    """What differs, shown with the list where that is short."""


@dataclass(frozen=True, slots=True)
class OpinionRow:
    """What somebody said."""

    office: str
    mark: Mark
    text: str
    by: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that came back, and what is wrong with it."""

    act: str = ""
    typed: Typed = field(default_factory=lambda: Typed({}))
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RevisionPage:
    """变更单, whole."""

    end: str
    seen: int
    """Where the revision stood when it was shown: a step is taken on that or not at all."""
    title: str
    department: str
    begun_by: str
    begun_ms: int
    mark: Mark
    steps: tuple[Step, ...]
    ways: tuple[str, ...]
    """What this person may do now."""
    lines: tuple[LineRow, ...]
    count: int
    wrong: int
    looked_at: int
    older: str
    newer: str
    opinions: tuple[OpinionRow, ...]
    offices: tuple[Choice, ...]
    passing: tuple[Choice, ...]
    refusing: tuple[Choice, ...]
    why_not: str
    """Why a person of the right post may not do it."""
    document: str
    notice: str
    has_notice: bool
    release: str
    sent: Sent
    told: Told | None = None

    @property
    def editable(self) -> bool:
        """Whether this person works on its lines now."""
        return RevisionAct.EDIT in self.ways


def draw_revision(
    tx: Tx, visit: Visit, reference: str, sent: Sent, told: Told | None = None
) -> RevisionPage:
    """Make the page of a revision. Raises `NotFoundError`."""
    words, actor = visit.words, visit.desk.actor
    stream = reading.stream_named(tx, reference, actor)
    page = max(visit.number("page", 1), 1)
    place = slice((page - 1) * LINES_SHOWN, page * LINES_SHOWN)
    part = reading.part(tx, visit.me, stream, actor, visit.today, place)
    view = part.view
    revision = reading.revision(tx, stream, actor)
    brief, name = view.brief, people(tx, words)
    end = end_of(stream)
    offices = model.offices_of(revision, actor)
    more = part.count > page * LINES_SHOWN
    return RevisionPage(
        end=end,
        seen=view.seq,
        title=brief.title,
        department=_department(tx, words, brief),
        begun_by=name(brief.by),
        begun_ms=brief.begun_at,
        mark=state_mark(words, brief, visit.today),
        steps=_steps(words, view, name, visit.today),
        ways=tuple(view.allowed),
        lines=tuple(_line(tx, visit, end, line, is_short=part.count <= FEW) for line in view.lines),
        count=part.count,
        wrong=part.wrong,
        looked_at=part.doubtful,
        older=f"/revisions/{end}?page={page + 1}#lines" if more else "",
        newer=f"/revisions/{end}?page={page - 1}#lines" if page > 1 else "",
        opinions=tuple(_opinion(words, one, name) for one in view.opinions),
        offices=tuple(Choice(one, words.say(f"office.{one}")) for one in offices),
        passing=_phrases(words, [*(key for one in offices for key in _PASSING[one]), "pass_any"]),
        refusing=_phrases(words, [key for one in offices for key in _REFUSING[one]]),
        why_not=_why_not(visit, revision, view),
        document=brief.document,
        notice=_notice(words, brief),
        has_notice=bool(brief.notice_from),
        release=words.say("revision.released_in", number=brief.release) if brief.release else "",
        sent=sent,
        told=told,
    )


def _department(tx: Tx, words: Words, brief: RevisionBrief) -> str:
    found = next((one for one in staff.departments(tx) if one.id == brief.department), None)
    if found is None:
        return brief.department or words.say("revision.several")
    return words.pick(found.name, found.name_en)


def _line(tx: Tx, visit: Visit, end: str, line: RevisionLine, *, is_short: bool) -> LineRow:
    words, change = visit.words, line.change
    diff: tuple[DiffRow, ...] = ()
    if change.item is not None and change.base:
        diff = page_diff.rows(words, before(tx, visit.me, change), change.item)
    errors, warnings = len(line.errors), len(line.warnings)
    return LineRow(
        number=line.line,
        href=f"/revisions/{end}/lines/{line.line}",
        name=name_of(tx, visit.me, words, change),
        code=change.code,
        change=change_words(words, change),
        errors=Mark("red", words.say("revision.to_correct", count=errors)) if errors else None,
        warnings=(
            Mark("yellow", words.say("revision.to_look_at", count=warnings)) if warnings else None
        ),
        differs=words.say("revision.differs", count=len(diff)) if diff else "",
        diff=diff if is_short else (),
    )


# ---- the way


def _steps(
    words: Words, view: RevisionView, name: Callable[[StaffId], str], today: str
) -> tuple[Step, ...]:
    """Draw the way from draft to release, as far as it has gone in this round."""
    brief = view.brief
    drafting = brief.state in model.EDITABLE or brief.state is S.WITHDRAWN
    first = Step(
        words.say("step.draft"),
        f"{name(brief.by)} · {_day(brief.begun_at)}",
        "here" if drafting else "done",
    )
    return (
        first,
        *(_office_step(words, view, office, name) for office in Office),
        _government_step(words, brief),
        _notice_step(words, brief, today),
        Step(
            words.say("step.release"),
            words.say("revision.released_in", number=brief.release) if brief.release else "",
            _state(is_done=brief.state is S.RELEASED, is_here=_is_over(brief, today)),
        ),
    )


def _office_step(
    words: Words, view: RevisionView, office: Office, name: Callable[[StaffId], str]
) -> Step:
    brief = view.brief
    passed = brief.state in (S.REVIEWED, S.APPROVED, S.RELEASED) or office in brief.passed
    last = next((one for one in reversed(view.opinions) if one.office == office), None)
    what = ""
    if passed and last is not None:
        what = f"{name(last.by)} · {_day(last.at)}"
    here = brief.state is S.SUBMITTED and not passed
    return Step(words.say(f"office.{office}"), what, _state(is_done=passed, is_here=here))


def _government_step(words: Words, brief: RevisionBrief) -> Step:
    done = brief.state in (S.APPROVED, S.RELEASED)
    state = _state(is_done=done, is_here=brief.state is S.REVIEWED)
    return Step(words.say("step.government"), brief.document if done else "", state)


def _notice_step(words: Words, brief: RevisionBrief, today: str) -> Step:
    over = brief.state is S.RELEASED or _is_over(brief, today)
    state = _state(is_done=over, is_here=brief.state is S.APPROVED)
    return Step(words.say("step.notice"), _notice(words, brief), state)


def _is_over(brief: RevisionBrief, today: str) -> bool:
    return brief.state is S.APPROVED and brief.notice_until < today


def _state(*, is_done: bool, is_here: bool) -> str:
    if is_done:
        return "done"
    return "here" if is_here else ""


def _notice(words: Words, brief: RevisionBrief) -> str:
    if brief.state not in (S.APPROVED, S.RELEASED):
        return ""
    if not brief.notice_from:
        return words.say("revision.no_notice")
    return f"{brief.notice_from} — {brief.notice_until}"


def _day(at_ms: int) -> str:
    return actions.today_of(from_ms(at_ms))


# ---- opinions


def _opinion(words: Words, one: Opinion, name: Callable[[StaffId], str]) -> OpinionRow:
    mark = (
        Mark("green", words.say("revision.passed"))
        if one.passes
        else Mark("red", words.say("revision.sent_back"))
    )
    return OpinionRow(words.say(f"office.{one.office}"), mark, one.text, name(one.by), one.at)


def _phrases(words: Words, keys: Sequence[str]) -> tuple[Choice, ...]:
    """Offer what an office says again and again, each sentence to be sent as it stands."""
    said = (words.say(f"revision.{key}") for key in keys)
    return tuple(Choice(one, one) for one in said)


def _why_not(visit: Visit, revision: Revision, view: RevisionView) -> str:
    """Say why somebody whose post it is may not decide now: four eyes, or the notice runs."""
    roles, words = visit.desk.actor.roles, visit.words
    if view.publisher != visit.me:
        return words.say("revision.of_another")
    acts = {row.act for row in model.TABLE if row.state is revision.state and row.roles & roles}
    could = RevisionAct.APPROVE in acts or (
        RevisionAct.REVIEW in acts and model.offices_of(revision, visit.desk.actor)
    )
    if could and model.is_partial(revision, visit.desk.actor.staff):
        return words.say("revision.four_eyes")
    if RevisionAct.RELEASE in acts and RevisionAct.RELEASE not in view.allowed:
        return words.say("revision.still_on_show", until=view.brief.notice_until)
    return ""


def notes(words: Words, found: Mapping[str, str]) -> tuple[str, ...]:
    """Say all that is wrong with a line, one sentence each."""
    return tuple(spoken(words, one) for said in found.values() for one in said.split("\n"))
