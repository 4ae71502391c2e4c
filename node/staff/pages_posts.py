"""岗位 and 窗口: who serves where today, for whoever arranges it."""

from dataclasses import replace
from datetime import date
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.clock import local_day
from node.errors import BadInputError
from node.staff import page_people, page_posts, posting
from node.staff.signing_in import Reception
from node.web.chrome import Told
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from schemas.ids import DepartmentId, StaffId
from schemas.staff import Post, Role, Window, WindowKind


def _today(desk: Desk) -> date:
    return local_day(desk.works.clock.now())


# ---- posts


@get("/posts")
async def show_posts(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Show the posts, the empty ones first, and who is away."""
    await desk.read(posting.require_arranger, desk.actor, desk.actor.department)
    words = words_for(request)
    page = await desk.read(page_posts.posts_page, desk.actor, words, _today(desk))
    told = Told("done", words.say("posts.saved")) if done == "saved" else None
    return await pages.show(request, desk, "people_posts.html", replace(page, told=told))


@get("/posts/{place:str}")
async def show_post(
    request: Asked,
    place: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Show a post to be arranged."""
    words = words_for(request)
    page = await desk.read(page_posts.post_page, desk.actor, words, pages.profile, place)
    return await pages.show(request, desk, "people_post.html", page)


@post("/posts/{place:str}", status_code=HTTP_200_OK)
async def save_post(
    request: Asked,
    place: FromPath[str],
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Arrange a post; it takes effect at once, in open sessions too."""
    words, typed = words_for(request), await forms(request)
    page = await desk.read(page_posts.post_page, desk.actor, words, pages.profile, place)
    wanted = _post(typed, typed.text("id") if page.is_new else place)
    try:
        await desk.run(posting.put_post, wanted)
    except BadInputError as error:
        wrong = replace(
            page,
            id=wanted.id,
            name=wanted.name,
            roles=tuple(wanted.roles),
            department=typed.text("department"),
            window=typed.text("window"),
            a=typed.text("a"),
            b=typed.text("b"),
            errors=page_people.faults(words, error),
        )
        return await pages.show(request, desk, "people_post.html", wrong, status=UNFIT)
    reception.sessions.forget_all()
    return see(f"/posts/{wanted.id}" if page.is_new else "/posts?done=saved")


def _post(typed: Typed, post: str) -> Post:
    return Post(
        id=post,
        name=typed.text("name"),
        roles=tuple(role for role in Role if role in typed.texts("roles")),
        department=DepartmentId(typed.text("department")) if typed.text("department") else None,
        window=typed.text("window") or None,
        a=StaffId(typed.text("a")) if typed.text("a") else None,
        b=StaffId(typed.text("b")) if typed.text("b") else None,
    )


# ---- windows


@get("/windows")
async def show_windows(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Show the windows of the hall; who arranges them may change them."""
    words = words_for(request)
    page = await desk.read(page_posts.windows_page, desk.actor, words, _today(desk))
    told = Told("done", words.say("windows.saved")) if done == "saved" else None
    return await pages.show(request, desk, "people_windows.html", replace(page, told=told))


@get("/windows/{window:str}")
async def show_window(
    request: Asked,
    window: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Show a window to be changed."""
    await desk.read(posting.require_arranger, desk.actor)
    page = await desk.read(page_posts.window_page, words_for(request), window)
    return await pages.show(request, desk, "people_window.html", page)


@post("/windows/{window:str}", status_code=HTTP_200_OK)
async def save_window(
    request: Asked,
    window: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Add or change a window."""
    words, typed = words_for(request), await forms(request)
    page = await desk.read(page_posts.window_page, words, window)
    wanted = _window(typed, typed.text("id") if page.is_new else window)
    try:
        await desk.run(posting.put_window, wanted)
    except BadInputError as error:
        wrong = replace(
            page,
            id=wanted.id,
            name=wanted.name,
            kind=wanted.kind.value,
            department=typed.text("department"),
            is_open=wanted.open,
            errors=page_people.faults(words, error),
        )
        return await pages.show(request, desk, "people_window.html", wrong, status=UNFIT)
    return see("/windows?done=saved")


def _window(typed: Typed, window: str) -> Window:
    kind = typed.text("kind")
    return Window(
        id=window,
        name=typed.text("name"),
        kind=WindowKind(kind) if kind in tuple(WindowKind) else WindowKind.GENERAL,
        department=DepartmentId(typed.text("department")) if typed.text("department") else None,
        open=typed.text("open") != "no",
    )


@post("/windows/{window:str}/{act:str}")
async def switch_window(
    window: FromPath[str], act: FromPath[str], desk: NamedDependency[Desk]
) -> Redirect:
    """Open or close a window."""
    await desk.run(posting.switch_window, window, is_open=act == "open")
    return see("/windows?done=saved")


router: Final = router_of(
    show_posts, show_post, save_post, show_windows, show_window, save_window, switch_window
)
