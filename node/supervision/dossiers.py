"""Gather what the rules look at: of a case, of a matter that must be answered, of a day here.

Reads on a snapshot; judges nothing.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from typing import Final

from node.applicants import actions as applicants
from node.calendar import publishing
from node.calendar.model import ONE_DAY
from node.cases import model as cases
from node.cases import person_views
from node.cases.caseview import CaseView
from node.cases.life import Happening, History
from node.cases.person_views import Viewed
from node.cases.transitions import ANYONE, COUNTER
from node.clock import CHINA, from_ms, local_day, to_ms
from node.database import Tx
from node.evaluation import reading as evaluations
from node.evaluation import redress_reading as redress
from node.following.follower import Lives
from node.notices import reading as notices
from node.staff import covering, posting
from node.staff import model as people
from node.staff.covering import Turn
from node.supervision import watched
from node.supervision.model import DayBook, Dossier, Looked, Manned, Matter, Rated, Received
from schemas.ids import DepartmentId, NodeId, StreamName
from schemas.redress import RedressView
from schemas.staff import Absence, Post

LATER_MS: Final = 24 * 3_600_000
"""A look may be a while before what makes the case his, and the clocks of two nodes may differ."""


def of_case(lives: Lives, life: History, me: NodeId) -> Dossier:
    """Gather what there is of a case."""
    issued = notices.beside(lives.tx, life.view, me, ()).issued
    return Dossier(life=life, calendar=lives.calendar, notices=issued)


def of_matter(lives: Lives, stream: StreamName) -> tuple[Matter, RedressView] | None:
    """Gather what there is of a matter that must be answered; `None` if none is known here."""
    view = redress.view(lives.tx, stream)
    if view is None:
        return None
    happened = redress.happened(lives.tx, stream)
    matter = Matter(stream=stream, happened=happened, holder=view.holder, calendar=lives.calendar)
    return matter, view


def of_day(lives: Lives, me: NodeId, day: date) -> DayBook:
    """Gather what there is of a local day at this node, as far as its tables know."""
    tx, (first, end) = lives.tx, span_of(day)
    return DayBook(
        node=me,
        day=day,
        calendar=lives.calendar,
        rated=_rated(tx, me, first, end),
        received=tuple(_with_agent(tx, one) for one in watched.received(tx, first, end)),
        decided=watched.decided(tx, first, end),
        looked=tuple(_looked(lives, me, first, end)),
        posts=_posts(tx, day),
        year_known=not is_new_year(day) or publishing.is_known_by(tx, me, day.year, first),
    )


def _with_agent(tx: Tx, one: Received) -> Received:
    """Tell one agent from another by the keyed hash that this node keeps of his ID number.

    It is read anew each time: once an applicant's papers are destroyed, nothing tells any more.
    """
    agent = applicants.agent_hash_of(tx, one.case) if one.agent else None
    return replace(one, agent="" if agent is None else agent.hex())


def is_new_year(day: date) -> bool:
    """Say whether it is the first day of a year."""
    return (day.month, day.day) == (1, 1)


def span_of(day: date) -> tuple[int, int]:
    """Give the first instant of a local day, and the first behind it."""
    begins = datetime.combine(day, time(), CHINA)
    return to_ms(begins), to_ms(datetime.combine(day + ONE_DAY, time(), CHINA))


def known_by(day: date) -> int:
    """Give the instant by which all is written down about a local day: the end of the next."""
    return span_of(day + ONE_DAY)[1]


def _rated(tx: Tx, me: NodeId, first: int, end: int) -> tuple[Rated, ...]:
    return tuple(
        Rated(
            note=one.note,
            case=one.case,
            staff=one.staff,
            window=one.window,
            department=one.department,
            channel=one.channel,
            grade=one.grade,
            at=one.given_at,
            device=one.device,
            of_staff=one.of_staff,
        )
        for one in evaluations.of_day(tx, me, first, end)
    )


# ---- who looked at whom


def _looked(lives: Lives, me: NodeId, first: int, end: int) -> Iterator[Looked]:
    for one in person_views.between(lives.tx, first, end):
        own = is_his(lives.of(one.stream), one, me)
        yield Looked(case=one.stream, staff=one.staff, at=one.at_ms, own=own)


def is_his(life: History | None, look: Viewed, me: NodeId) -> bool:
    """Say whether a case was somebody's to work on when he looked at its applicant.

    He did something about it, it lay at his department or asks its opinion (会签); for the windows,
    and wherever there are no departments, it is one that this node works on. What came more than a
    day later makes no difference.
    """
    if life is None or look.roles is None:
        return True  # nothing is held against him that is not known here
    known = [one for one in life.happenings if _came_by(one, look.at_ms + LATER_MS)]
    if any(one.step.actor == look.staff for one in known):
        return True
    if look.department is not None and any(_asks(one.after, me, look.department) for one in known):
        return True
    at_windows = COUNTER if look.department is not None else ANYONE
    return bool(at_windows & people.powers(look.roles)) and any(
        me in (one.step.node, one.step.holder) or cases.entitled(one.after, me) for one in known
    )


def _came_by(one: Happening, instant: int) -> bool:
    return min(one.step.at, one.received_at) <= instant


def _asks(view: CaseView, me: NodeId, department: DepartmentId) -> bool:
    """Say whether a case lies at a department of this node, or is to hear it."""
    if (view.department_at, view.department) == (me, department):
        return True
    return any(node == me and department in stage.joint for stage, node in view.stages)


# ---- who was at his post


def _posts(tx: Tx, day: date) -> tuple[Manned, ...]:
    absences = [
        one
        for one in posting.absences_from(tx, day)
        if covering.is_absent(one, day) and one.noted_at < known_by(day)
    ]
    return tuple(
        manned
        for post in posting.posts(tx)
        if (manned := manned_on(post, posting.turns_at(tx, post.id), absences, day)) is not None
    )


def manned_on(
    post: Post, turns: tuple[Turn, ...], absences: list[Absence], day: date
) -> Manned | None:
    """Say who had a post on a day, and whether one of them was there; `None`: nobody had it."""
    held = {turn.part: turn.staff for turn in turns if _holds(turn, day)}
    a, b = held.get("a"), held.get("b")
    people = [one for one in (a, b) if one is not None]
    if not people:
        return None
    away = {one.staff: one.noted_at for one in absences if one.staff in people}
    return Manned(
        post=post.id,
        window=post.window,
        department=post.department,
        a=a,
        b=b,
        served=len(away) < len(people),
        noted_at=max(away.values(), default=0),
    )


def _holds(turn: Turn, day: date) -> bool:
    began = local_day(from_ms(turn.from_at))
    ended = None if turn.until_at is None else local_day(from_ms(turn.until_at))
    return began <= day and (ended is None or day < ended)
