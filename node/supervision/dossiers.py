"""Gather what the rules look at: of a case, of a matter that must be answered, of a day here.

Reads on a snapshot; judges nothing.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final

from node.calendar.model import ONE_DAY
from node.cases import person_views
from node.cases.life import History
from node.clock import CHINA, from_ms, local_day, to_ms
from node.database import Tx
from node.evaluation import reading as evaluations
from node.evaluation import redress_reading as redress
from node.following.follower import Lives
from node.notices import reading as notices
from node.staff import actions as staff
from node.staff import covering, posting
from node.staff.covering import Turn
from node.supervision import watched
from node.supervision.model import DayBook, Dossier, Looked, Manned, Matter, Rated
from schemas.ids import NodeId, StaffId, StreamName
from schemas.redress import RedressView
from schemas.staff import Absence, Post, Role, StaffAccount

WINDOW_POSTS: Final = frozenset({Role.AGENT, Role.CLERK, Role.OFFICER})


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
        received=watched.received(tx, first, end),
        decided=watched.decided(tx, first, end),
        looked=tuple(_looked(lives, me, first, end)),
        posts=_posts(tx, day),
    )


def span_of(day: date) -> tuple[int, int]:
    """Give the first instant of a local day, and the first behind it."""
    begins = datetime.combine(day, time(), CHINA)
    return to_ms(begins), to_ms(datetime.combine(day + ONE_DAY, time(), CHINA))


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
    people: dict[StaffId, StaffAccount | None] = {}
    for one in person_views.between(lives.tx, first, end):
        if one.staff not in people:
            people[one.staff] = staff.account(lives.tx, one.staff)
        own = _is_his(lives.of(one.stream), people[one.staff], one.staff, me)
        yield Looked(case=one.stream, staff=one.staff, at=one.at_ms, own=own)


def _is_his(life: History | None, person: StaffAccount | None, who: StaffId, me: NodeId) -> bool:
    """Say whether a case is somebody's to work on.

    He did something about it, or it lies or lay at his department; for the windows, it is one that
    this node's windows take or pass on.
    """
    if life is None or any(one.step.actor == who for one in life.happenings):
        return True  # nothing is held against him that is not known here
    if person is None:
        return True
    if person.department is not None:
        return any(
            (one.after.department_at, one.after.department) == (me, person.department)
            for one in life.happenings
        )
    is_window = bool(WINDOW_POSTS & set(person.roles))
    return is_window and any(me in (one.step.node, one.step.holder) for one in life.happenings)


# ---- who was at his post


def _posts(tx: Tx, day: date) -> tuple[Manned, ...]:
    absences = [one for one in posting.absences_from(tx, day) if covering.is_absent(one, day)]
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
