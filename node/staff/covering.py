"""AB岗: who serves at which post on a day, and what posts and absences may be. Pure.

A post has an A person and a B person. While A is absent B covers, with the post's roles beside his
own; nobody covers for an absent B, and the post is then empty (AB空岗).
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from node.clock import from_ms, local_day
from node.staff import model
from schemas.ids import DepartmentId, StaffId
from schemas.staff import (
    KEEPERS,
    OVERSEERS,
    Absence,
    Post,
    PostToday,
    Role,
    StaffAccount,
    Window,
    WindowKind,
)

LONGEST_DAYS: Final = 366  # a long illness; a longer one is noted again
LATEST_NOTE_DAYS: Final = 31  # a month's absences are put in order at its end, not a year's
LONGEST_NAME: Final = 40  # of a post or a window, as it stands on a plate
ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,15}")
"""Of a post or a window: it stands in addresses."""
RESERVED: Final = "new"
"""Stands in addresses for what is not there yet."""


@dataclass(frozen=True, slots=True)
class Covered:
    """顶岗: somebody serves at a post for its absent A person until a day."""

    by: StaffId
    absent: StaffId
    post: Post
    last: date


@dataclass(frozen=True, slots=True)
class Turn:
    """Who was A or B of a post, from an instant until another (`None`: still)."""

    post: str
    part: str
    staff: StaffId
    from_at: int
    until_at: int | None = None


def is_absent(absence: Absence, day: date) -> bool:
    """Say whether the absence holds on that day; from the day it is taken back it does not."""
    return _first(absence) <= day <= last_day(absence)


def last_day(absence: Absence) -> date:
    """Tell the last day on which the absence holds; before its first if it never did."""
    last = date.fromisoformat(absence.last)
    if absence.ended_by is None:
        return last
    ended = local_day(from_ms(absence.ended_at))
    return min(last, date.fromordinal(ended.toordinal() - 1))


def away_on(absences: Iterable[Absence], day: date) -> dict[StaffId, date]:
    """Give who is away on a day, and until which."""
    return {one.staff: last_day(one) for one in absences if is_absent(one, day)}


def covers_on(
    posts: Iterable[Post], absences: Iterable[Absence], day: date
) -> dict[StaffId, tuple[Covered, ...]]:
    """Give for each B person whom he covers on a day; a B who is away covers nobody."""
    away = away_on(absences, day)
    found: dict[StaffId, tuple[Covered, ...]] = {}
    for post in posts:
        if post.a is None or post.b is None or post.a not in away or post.b in away:
            continue
        cover = Covered(post.b, post.a, post, away[post.a])
        found[post.b] = (*found.get(post.b, ()), cover)
    return found


def today(posts: Iterable[Post], absences: Iterable[Absence], day: date) -> tuple[PostToday, ...]:
    """Say of each post who serves at it on a day; nobody is a finding (AB空岗)."""
    away = away_on(absences, day)
    return tuple(_today(post, away) for post in posts)


def _today(post: Post, away: Mapping[StaffId, date]) -> PostToday:
    if post.a is not None and post.a not in away:
        return PostToday(post=post, serving=post.a, covered=False)
    stands_in = post.a is not None and post.b is not None and post.b not in away
    return PostToday(post=post, serving=post.b if stands_in else None, covered=stands_in)


def roles_with(own: Collection[Role], covers: Sequence[Covered]) -> frozenset[Role]:
    """Give what somebody may act as, with the posts that he covers."""
    lent = (role for cover in covers for role in cover.post.roles)
    return model.powers(frozenset(own).union(lent))


def covered(
    posts: Iterable[Post],
    turns: Iterable[Turn],
    absences: Iterable[Absence],
    staff: StaffId,
    day: date,
) -> tuple[Covered, ...]:
    """Say whom somebody covered on a day that is over: by who held the posts when it ended.

    An absence that was noted only afterwards let nobody cover.
    """
    held: dict[tuple[str, str], StaffId] = {}
    for turn in turns:
        if _held_at_the_end_of(turn, day):
            held[turn.post, turn.part] = turn.staff
    were = [_with(post, held.get((post.id, "a")), held.get((post.id, "b"))) for post in posts]
    noted = [one for one in absences if local_day(from_ms(one.noted_at)) <= day]
    return covers_on(were, noted, day).get(staff, ())


def _held_at_the_end_of(turn: Turn, day: date) -> bool:
    began = local_day(from_ms(turn.from_at))
    ended = None if turn.until_at is None else local_day(from_ms(turn.until_at))
    return began <= day and (ended is None or day < ended)


def _with(post: Post, a: StaffId | None, b: StaffId | None) -> Post:
    return Post(
        id=post.id, name=post.name, roles=post.roles, department=post.department,
        window=post.window, a=a, b=b,
    )  # fmt: skip


# ---- what may be


def absence_faults(
    first: str, last: str, *, noted: date, others: Iterable[Absence]
) -> dict[str, str]:
    """Say what is wrong with an absence noted on that day, by field; `others` are his own."""
    try:
        begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return {"first": "bad_day"}
    if ends < begins:
        return {"last": "ends_before"}
    if (ends - begins).days >= LONGEST_DAYS:
        return {"last": "too_long"}
    if (noted - begins).days > LATEST_NOTE_DAYS:
        return {"first": "too_late"}
    if any(_overlaps(one, begins, ends) for one in others):
        return {"first": "overlaps"}
    return {}


def _overlaps(absence: Absence, begins: date, ends: date) -> bool:
    first, last = _first(absence), last_day(absence)
    return first <= last and first <= ends and begins <= last


def post_faults(
    post: Post,
    people: Mapping[StaffId, StaffAccount],
    windows: Mapping[str, Window],
    departments: Collection[DepartmentId],
) -> dict[str, str]:
    """Say what is wrong with a post, by field: perhaps nothing."""
    faults = _plain_faults(post, windows, departments)
    for part, staff in (("a", post.a), ("b", post.b)):
        if staff is not None and (fault := person_fault(post, people.get(staff), part)):
            faults[part] = fault
    if post.a is not None and post.a == post.b:
        faults["b"] = "same_person"
    return faults


def _plain_faults(
    post: Post, windows: Mapping[str, Window], departments: Collection[DepartmentId]
) -> dict[str, str]:
    faults = {}
    if not ID.fullmatch(post.id) or post.id == RESERVED:
        faults["id"] = "bad_form"
    if not 0 < len(post.name.strip()) <= LONGEST_NAME:
        faults["name"] = "bad_form"
    if not post.roles or not set(post.roles) <= model.CASE_POSTS:
        faults["roles"] = "bad_form"
    if post.window is not None and not _belongs(post, windows.get(post.window)):
        faults["window"] = "other_department"
    if not _has_its_department(post, departments):
        faults["department"] = "missing"
    return faults


def _belongs(post: Post, window: Window | None) -> bool:
    return window is not None and fits(window.department, post.department)


def _has_its_department(post: Post, departments: Collection[DepartmentId]) -> bool:
    if post.department is not None:
        return post.department in departments
    return not departments or not model.NEED_DEPARTMENT & set(post.roles)


def window_faults(window: Window, departments: Collection[DepartmentId]) -> dict[str, str]:
    """Say what is wrong with a window, by field: perhaps nothing."""
    faults = {}
    if not ID.fullmatch(window.id) or window.id == RESERVED:
        faults["id"] = "bad_form"
    if not 0 < len(window.name.strip()) <= LONGEST_NAME:
        faults["name"] = "bad_form"
    of_department = window.kind is WindowKind.DEPARTMENT
    if of_department and window.department not in departments:
        faults["department"] = "missing"
    if not of_department and window.department is not None:
        faults["department"] = "general"
    return faults


def person_fault(post: Post, person: StaffAccount | None, part: str) -> str:
    """Say why somebody may not be A or B of a post; B may hold fewer roles himself."""
    if person is None or not person.active:
        return "inactive"
    if not fits(post.department, person.department):
        return "other_department"
    if part == "a" and not set(post.roles) <= model.powers(person.roles):
        return "lacks_roles"
    if set(person.roles) & (KEEPERS | OVERSEERS):
        return "keeps_or_oversees"
    return ""


def fits(wanted: DepartmentId | None, has: DepartmentId | None) -> bool:
    """Say whether somebody of that department may hold a post of that one."""
    return wanted is None or wanted == has


def _first(absence: Absence) -> date:
    return date.fromisoformat(absence.first)
