"""The API of windows, posts, absences and filings (AB岗, 报备), and of departments' kinds.

What may be seen of posts and absences by everybody inside is who serves where; a person's absences
are his own and theirs who arrange posts.
"""

from typing import Final

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from node.clock import local_day
from node.errors import BadInputError
from node.staff import actions, filings, posting
from node.staff.signing_in import Reception
from node.web import idempotency
from node.web.lean import Router
from node.web.security import Asked, Desk
from schemas.ids import DepartmentId
from schemas.staff import (
    Absence,
    Department,
    Filing,
    Filings,
    JudgeFiling,
    NewAbsence,
    NewFiling,
    Post,
    PostToday,
    Window,
)


@put("/departments/{department:str}")
async def put_department(
    department: FromPath[str], data: JSONBody[Department], desk: NamedDependency[Desk]
) -> Department:
    """Add a department, or change its names and kind, for who keeps accounts."""
    _require_same("id", department, data.id)
    await desk.run(actions.put_departments, (data,))
    return data


@get("/windows")
async def list_windows(desk: NamedDependency[Desk]) -> tuple[Window, ...]:
    """List the windows of this hall."""
    return await desk.read(posting.windows)


@put("/windows/{window:str}")
async def put_window(
    window: FromPath[str], data: JSONBody[Window], desk: NamedDependency[Desk]
) -> Window:
    """Add a window, or change, open or close it."""
    _require_same("id", window, data.id)
    return await desk.run(posting.put_window, data)


@get("/posts")
async def list_posts(desk: NamedDependency[Desk]) -> tuple[PostToday, ...]:
    """List the posts and who serves at each today; nobody: an empty post (AB空岗)."""
    return await desk.read(posting.today, local_day(desk.works.clock.now()))


@put("/posts/{place:str}")
async def put_post(
    place: FromPath[str],
    data: JSONBody[Post],
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
) -> Post:
    """Add a post, or change what it is and who is its A and B person."""
    _require_same("id", place, data.id)
    done = await desk.run(posting.put_post, data)
    reception.sessions.forget_all()
    return done


@get("/absences")
async def list_absences(desk: NamedDependency[Desk]) -> tuple[Absence, ...]:
    """List the absences from today on: all for who arranges posts, else one's own."""
    return await desk.read(posting.absences_seen, desk.actor, local_day(desk.works.clock.now()))


@post("/absences", status_code=201)
async def note_absence(
    data: JSONBody[NewAbsence],
    request: Asked,
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
) -> Response[bytes]:
    """Note that somebody is away: from the first day on his B covers, without more ado."""
    once = await idempotency.once_of(request)
    done = await idempotency.run(desk, once, 201, posting.note_absence, data)
    reception.sessions.forget_all()
    return done


@post("/absences/{absence:str}/end", status_code=200)
async def take_back(
    absence: FromPath[str], desk: NamedDependency[Desk], reception: NamedDependency[Reception]
) -> Absence:
    """Take an absence back: from today on he is at his post."""
    done = await desk.run(posting.take_back, absence)
    reception.sessions.forget_all()
    return done


@get("/filings")
async def list_filings(desk: NamedDependency[Desk]) -> Filings:
    """List the filings with the HR bureau, and who at the windows is still to be filed."""
    return await desk.read(filings.listing, desk.actor)


@post("/filings", status_code=201)
async def make_filing(
    data: JSONBody[NewFiling], request: Asked, desk: NamedDependency[Desk]
) -> Response[bytes]:
    """Tell the HR bureau that somebody serves at a window."""
    once = await idempotency.once_of(request)
    return await idempotency.run(desk, once, 201, filings.make, data)


@post("/filings/{number:str}/judge", status_code=200)
async def judge_filing(
    number: FromPath[str], data: JSONBody[JudgeFiling], desk: NamedDependency[Desk]
) -> Filing:
    """Record a filing, or return it with a reason, for the HR registrar."""
    return await desk.run(filings.judge, number, data)


def _require_same(field: str, asked: str, said: str | DepartmentId) -> None:
    if asked != said:
        raise BadInputError({field: "not_the_address"})


router: Final = Router(
    "/api/v1",
    route_handlers=[
        put_department, list_windows, put_window, list_posts, put_post, list_absences, note_absence,
        take_back, list_filings, make_filing, judge_filing,
    ],
    tags=["people"],
)  # fmt: skip
