"""What the sample county's hall is like when a demonstration begins: who is away, who was filed.

One post is covered by its B person, one is empty, and filings wait at the HR bureau.
"""

from typing import Final

from cli.demo.people import People
from cli.demo.walks import COUNTY
from schemas.ids import StaffId
from schemas.staff import (
    Absence,
    AbsenceKind,
    Filing,
    FilingState,
    JudgeFiling,
    NewAbsence,
    NewFiling,
    Post,
    PostToday,
    Role,
)

AWAY: Final = (
    ("A04", AbsenceKind.TRAINING, 2),
    ("jtj-1", AbsenceKind.VILLAGE, 1),
)
"""Whose A person is away from today on, why, and for how many more days."""
AWAY_TOO: Final = "jtj-1"
"""Where the B person is ill today, so that nobody is there."""
FILED: Final = (
    ("A01", FilingState.RECORDED),
    ("A02", FilingState.RECORDED),
    ("scjg-1", FilingState.RETURNED),
    ("A03", None),
    ("scjg-2", None),
)
"""Whose A person was filed, and what the HR bureau answered."""
WHY: Final = "缺部门授权书，请补上再报"


async def arrange(people: People) -> None:
    """Have the director note absences and file people, and the registrar answer some."""
    director = await people.first(COUNTY, lambda one: Role.DIRECTOR in one.roles)
    registrar = await people.first(COUNTY, lambda one: Role.REGISTRAR in one.roles)
    listed = await director.get("/api/v1/posts", tuple[PostToday, ...])
    posts = {one.post.id: one.post for one in listed}
    away = [(_a(posts[post]), kind, days) for post, kind, days in AWAY]
    away.append((_b(posts[AWAY_TOO]), AbsenceKind.SICK_LEAVE, 0))
    today = people.day_in(0)
    for staff, kind, days in away:
        new = NewAbsence(staff=staff, kind=kind, first=today, last=people.day_in(days))
        await director.post("/api/v1/absences", new, Absence)
    for post, state in FILED:
        asked = NewFiling(staff=_a(posts[post]), post=post, from_day=today)
        filing = await director.post("/api/v1/filings", asked, Filing)
        if state is not None:
            reason = WHY if state is FilingState.RETURNED else ""
            answer = JudgeFiling(state=state, reason=reason)
            await registrar.post(f"/api/v1/filings/{filing.number}/judge", answer, Filing)


def _a(post: Post) -> StaffId:
    if post.a is None:
        raise ValueError(f"{post.id} has no A person in the sample")
    return post.a


def _b(post: Post) -> StaffId:
    if post.b is None:
        raise ValueError(f"{post.id} has no B person in the sample")
    return post.b
