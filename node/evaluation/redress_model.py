"""差评整改、投诉、咨询: what each is, who may do what with it, and what its events do. Pure.

One table for all four kinds. Everything is judged from the matter's own events.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, assert_never

import msgspec
from msgspec.structs import replace

from levels.profiles import profile_of
from node.cases.guards import read_day
from node.clock import from_ms, local_day
from schemas.evaluation import BAD
from schemas.events import Event
from schemas.ids import (
    DepartmentId,
    NodeId,
    PartDigest,
    StaffId,
    StreamName,
    level_of,
    parent_of,
    stream_creator,
)
from schemas.levels import Capability
from schemas.redress import (
    RedressAct,
    RedressAnswered,
    RedressAppealDecided,
    RedressAppealed,
    RedressCalledBack,
    RedressClosed,
    RedressEvent,
    RedressExtended,
    RedressKind,
    RedressOpened,
    RedressSource,
    RedressState,
    RedressVerified,
    RedressView,
)

MOST_NUMBER: Final = 40  # characters of a number: what is printed, with room
GROUNDS: Final = ("malicious", "mistaken", "not_ours")
"""恶意、误评、非本单位: what an appeal may say."""
EXTENSION_REASONS: Final = ("inquiry", "other_body", "person_away", "holiday")
"""为什么延期."""


class Part(StrEnum):
    """Who does a step."""

    ANSWERER = "answerer"  # 承办人: of the department, or of the hall
    HEAD = "head"  # 负责人
    CALLER = "caller"  # 回访人: had no part in it
    JUDGE = "judge"  # 复核人: the supervisor


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One row of the table."""

    after: RedressState
    by: Part
    of: frozenset[RedressKind]


_S, _A, _K = RedressState, RedressAct, RedressKind
ASKED: Final = frozenset({_K.CONSULTATION})
ACCUSED: Final = frozenset(_K) - ASKED
"""What says that something went wrong: it is verified first."""
EVERY: Final = frozenset(_K)
# fmt: off
STEPS: Final[Mapping[tuple[RedressState, RedressAct], Step]] = MappingProxyType({
    (_S.OPENED, _A.VERIFY): Step(after=_S.VERIFIED, by=Part.ANSWERER, of=ACCUSED),
    (_S.OPENED, _A.ANSWER): Step(after=_S.ANSWERED, by=Part.ANSWERER, of=ASKED),
    (_S.OPENED, _A.EXTEND): Step(after=_S.OPENED, by=Part.HEAD, of=ASKED),
    (_S.OPENED, _A.APPEAL): Step(after=_S.APPEALED, by=Part.HEAD, of=ACCUSED),
    (_S.VERIFIED, _A.ANSWER): Step(after=_S.ANSWERED, by=Part.ANSWERER, of=ACCUSED),
    (_S.VERIFIED, _A.EXTEND): Step(after=_S.VERIFIED, by=Part.HEAD, of=ACCUSED),
    (_S.VERIFIED, _A.APPEAL): Step(after=_S.APPEALED, by=Part.HEAD, of=ACCUSED),
    (_S.APPEALED, _A.DECIDE_APPEAL): Step(after=_S.CLOSED, by=Part.JUDGE, of=ACCUSED),
    (_S.ANSWERED, _A.CALL_BACK): Step(after=_S.ANSWERED, by=Part.CALLER, of=EVERY),
    (_S.ANSWERED, _A.CLOSE): Step(after=_S.CLOSED, by=Part.CALLER, of=EVERY),
})
"""What may follow what. An appeal that is not allowed leads back to where the matter stood."""
# fmt: on
ACT_OF: Final[Mapping[type[msgspec.Struct], RedressAct]] = MappingProxyType(
    {
        RedressVerified: _A.VERIFY,
        RedressExtended: _A.EXTEND,
        RedressAnswered: _A.ANSWER,
        RedressCalledBack: _A.CALL_BACK,
        RedressAppealed: _A.APPEAL,
        RedressAppealDecided: _A.DECIDE_APPEAL,
        RedressClosed: _A.CLOSE,
    }
)


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A matter as its events say, with what its view does not show."""

    view: RedressView
    query: str
    hands: tuple[StaffId, ...] = ()
    """Who verified, extended, answered or appealed: none of them calls back."""
    judge: NodeId
    """Who decides an appeal."""
    stood: RedressState = RedressState.OPENED
    """Where it stood when an appeal began."""
    text: PartDigest | None = None
    verified: PartDigest | None = None
    answer: PartDigest | None = None
    called: PartDigest | None = None
    appeal: PartDigest | None = None
    decided: PartDigest | None = None
    extension: str = ""
    ground: str = ""


# ---- who must answer


def answering(node: NodeId) -> NodeId:
    """Name who answers for a place: itself, or the nearest above it that oversees.

    At a village there is often one person alone, who would answer for himself.
    """
    above = parent_of(node)
    oversees = Capability.OVERSEE in profile_of(level_of(node)).capabilities
    return node if oversees or above is None else answering(above)


def judge_of(subject: NodeId, department: DepartmentId | None) -> NodeId:
    """Name who decides an appeal: who supervises the department; of a whole node: who is above."""
    above = parent_of(subject)
    return subject if department is not None or above is None else above


# ---- what events do


def is_sound(before: Known | None, event: Event, fact: RedressEvent) -> bool:
    """Say whether an event may follow what the stream said before.

    1. it is begun once, for a node that answers, which holds it then, of a rating by the node
    that took it; 2. the step is in the table
    for its kind; 3. it is taken by the node that answers, an appeal decided by the judge;
    4. it is passed to the judge by an appeal, else held by who answers; 5. what it says holds.
    """
    if isinstance(fact, RedressOpened):
        return before is None and _opens(event, fact)  # 1
    if before is None:
        return False
    act = ACT_OF[type(fact)]
    if not is_open(before, act):  # 2
        return False
    view = before.view
    author = before.judge if act is RedressAct.DECIDE_APPEAL else view.subject
    holder = before.judge if act is RedressAct.APPEAL else view.subject
    if event.node != author or event.holder != holder:  # 3, 4
        return False
    return _holds(before, event, fact)  # 5


def _opens(event: Event, fact: RedressOpened) -> bool:
    is_rating = fact.redress is RedressKind.BAD_RATING
    is_bad = fact.grade is not None and fact.grade <= BAD
    rated = is_bad and fact.evaluation is not None and fact.source is RedressSource.EVALUATION
    plain = fact.evaluation is None and fact.source is not RedressSource.EVALUATION
    return (
        event.holder == fact.subject == answering(fact.subject)
        and 0 < len(fact.number) <= MOST_NUMBER
        and read_day(fact.verify_by) is not None
        and (rated and _is_of(fact.evaluation, event.node) if is_rating else plain)
    )


def _is_of(note: StreamName | None, node: NodeId) -> bool:
    """Say whether the note is this node's: who took a rating opens what becomes of it."""
    return note is not None and stream_creator(note) == node


def _holds(before: Known, event: Event, fact: RedressEvent) -> bool:
    match fact:
        case RedressVerified():
            return read_day(fact.answer_by) is not None
        case RedressExtended():
            due = due_of(before.view)
            in_time = str(local_day(from_ms(event.at))) <= due < fact.answer_by
            return in_time and read_day(fact.answer_by) is not None
        case RedressCalledBack():
            had_part = event.actor in before.hands or event.actor == before.view.staff
            return not had_part and (fact.reached or fact.grade is None)
        case RedressAppealed():
            return fact.ground in GROUNDS
        case RedressAppealDecided():
            return not fact.due or read_day(fact.due) is not None
        case _:
            return True


def begin(event: Event, fact: RedressOpened) -> Known:
    """Give the matter that a first event opens."""
    view = RedressView(
        stream=event.stream, number=fact.number, redress=fact.redress, source=fact.source,
        state=RedressState.OPENED, holder=event.holder, seq=event.seq, taken_by=event.node,
        subject=fact.subject, department=fact.department, staff=fact.staff, window=fact.window,
        case=fact.case, case_number=fact.case_number, evaluation=fact.evaluation,
        grade=fact.grade, opened_at=event.at, verify_by=fact.verify_by, named=fact.named,
    )  # fmt: skip
    judge = judge_of(fact.subject, fact.department)
    return Known(view=view, query=fact.query, judge=judge, text=fact.text)


def apply(known: Known, event: Event, fact: RedressEvent) -> Known:
    """Give the matter as it is after a sound event that is not the first."""
    after = STEPS[known.view.state, ACT_OF[type(fact)]].after
    view = replace(known.view, state=after, holder=event.holder, seq=event.seq)
    hands = (*known.hands, event.actor)
    match fact:
        case RedressVerified():
            said = replace(
                view, verified_at=event.at, finding=fact.finding, complexity=fact.complexity,
                answer_by=fact.answer_by,
            )  # fmt: skip
            return replace(known, view=said, hands=hands, verified=fact.note)
        case RedressExtended():
            said = replace(view, answer_by=fact.answer_by, extended=True)
            return replace(known, view=said, hands=hands, extension=fact.reason)
        case RedressAnswered():
            said = replace(view, answered_at=event.at, mended=fact.mended)
            return replace(known, view=said, hands=hands, answer=fact.answer)
        case RedressAppealed():
            said = replace(view, appealed_at=event.at)
            return replace(
                known, view=said, hands=hands, appeal=fact.note, ground=fact.ground,
                stood=known.view.state,
            )  # fmt: skip
        case _:
            return _looked_at(known, view, event, fact)


def _looked_at(
    known: Known,
    view: RedressView,
    event: Event,
    fact: RedressOpened | RedressCalledBack | RedressAppealDecided | RedressClosed,
) -> Known:
    """Apply what those do who have no part in the matter itself."""
    match fact:
        case RedressCalledBack():
            said = replace(
                view, called_back_at=event.at, reached=fact.reached, second_grade=fact.grade
            )
            return replace(known, view=said, called=fact.note or known.called)
        case RedressAppealDecided():
            return _decided(known, view, event, fact)
        case RedressClosed():
            return replace(known, view=replace(view, closed_at=event.at))
        case RedressOpened():
            return known
        case _:
            assert_never(fact)


def _decided(known: Known, view: RedressView, event: Event, fact: RedressAppealDecided) -> Known:
    if fact.set_aside:
        said = replace(view, set_aside=True, closed_at=event.at)
        return replace(known, view=said, decided=fact.note)
    goes_on = replace(view, state=known.stood)
    if fact.due and known.stood is RedressState.OPENED:
        goes_on = replace(goes_on, verify_by=fact.due)
    elif fact.due:
        goes_on = replace(goes_on, answer_by=fact.due)
    return replace(known, view=goes_on, decided=fact.note)


def moved(known: Known, event: Event) -> Known:
    """Give the matter after an event that has no effect but its holder."""
    return replace(known, view=replace(known.view, holder=event.holder, seq=event.seq))


def due_of(view: RedressView) -> str:
    """Give the stated last day of what is to be done next; empty where no limit runs."""
    if view.state is RedressState.OPENED:
        return view.answer_by or view.verify_by
    return view.answer_by if view.state is RedressState.VERIFIED else ""


def parts_named(fact: RedressEvent) -> tuple[PartDigest, ...]:
    """Name the parts that an event speaks of."""
    match fact:
        case RedressOpened():
            named = fact.text
        case RedressAnswered():
            named = fact.answer
        case RedressVerified() | RedressCalledBack() | RedressAppealed() | RedressAppealDecided():
            named = fact.note
        case RedressExtended() | RedressClosed():
            named = None
        case _:
            assert_never(fact)
    return () if named is None else (named,)


def parts_of(known: Known) -> tuple[PartDigest, ...]:
    """Name all parts of a matter."""
    some = (
        known.text, known.verified, known.answer, known.called, known.appeal, known.decided,
    )  # fmt: skip
    return tuple(one for one in some if one is not None)


def owners(known: Known) -> tuple[tuple[NodeId, PartDigest], ...]:
    """Name each part with the node that wrote it."""
    writers = {known.text: known.view.taken_by, known.decided: known.judge}
    return tuple((writers.get(one, known.view.subject), one) for one in parts_of(known))


def handles(known: Known, node: NodeId) -> bool:
    """Say whether `node` may have its parts: it took it, must answer, or decides an appeal."""
    judges = known.view.appealed_at is not None and node == known.judge
    return judges or node in (known.view.taken_by, known.view.subject)


def is_open(known: Known, act: RedressAct) -> bool:
    """Say whether the matter is at a step where this can be done, whoever does it."""
    step = STEPS.get((known.view.state, act))
    if step is None or known.view.redress not in step.of:
        return False
    once = _ONCE.get(act)
    return once is None or once(known.view)


_ONCE: Final[Mapping[RedressAct, Callable[[RedressView], bool]]] = MappingProxyType(
    {
        RedressAct.EXTEND: lambda view: not view.extended,
        RedressAct.APPEAL: lambda view: view.appealed_at is None,
        RedressAct.CALL_BACK: lambda view: not view.reached,
        # whoever can be reached is called before it is over (实名差评回访率)
        RedressAct.CLOSE: lambda view: not owes_call(view),
    }
)


def owes_call(view: RedressView) -> bool:
    """Say whether somebody waits to be called back: he left a way, and nobody has tried it."""
    return view.named and view.redress in ACCUSED and view.called_back_at is None
