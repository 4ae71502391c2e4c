"""What the pages of posts and windows show: who serves where today, and who should."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from node.clock import from_ms, local_day
from node.database import Tx
from node.errors import NotFoundError
from node.staff import covering, model, page_people, posting
from node.staff.page_people import AbsenceLine, Names
from node.web import chrome
from node.web.chrome import Choice, Mark, Tile, Told
from node.web.wording import Words
from node.work import Actor
from schemas.levels import Profile
from schemas.staff import Post, PostToday, Role, StaffAccount, Window, WindowKind


@dataclass(frozen=True, slots=True)
class PostRow:
    """One post and today."""

    id: str
    name: str
    department: str
    window: str
    a: str
    b: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class PostsPage:
    """岗位: the empty ones first."""

    gaps: tuple[PostRow, ...]
    posts: tuple[PostRow, ...]
    absences: tuple[AbsenceLine, ...]
    may_add: bool
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class TurnLine:
    """Who was A or B of a post, and when."""

    part: str
    name: str
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPage:
    """One post: what it is, and who is A and B."""

    id: str
    is_new: bool
    name: str = ""
    roles: tuple[str, ...] = ()
    department: str = ""
    window: str = ""
    a: str = ""
    b: str = ""
    role_choices: tuple[Choice, ...] = ()
    departments: tuple[Choice, ...] = ()
    windows: tuple[Choice, ...] = ()
    people: tuple[Choice, ...] = ()
    history: tuple[TurnLine, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)


def posts_page(tx: Tx, actor: Actor, words: Words, today: date) -> PostsPage:
    """Show the posts that somebody arranges, all for the director, and who is away."""
    named = page_people.names(tx, words)
    seen = [
        one for one in posting.today(tx, today) if posting.arranges(tx, actor, one.post.department)
    ]
    rows = {one.post.id: _row(one, named) for one in seen}
    return PostsPage(
        gaps=tuple(rows[one.post.id] for one in seen if one.serving is None),
        posts=tuple(rows[one.post.id] for one in sorted(seen, key=_calm)),
        absences=tuple(
            page_people.absence_line(one, named, today, may_note=True)
            for one in posting.absences_seen(tx, actor, today)
        ),
        may_add=posting.arranges(tx, actor, actor.department),
    )


def gap_tiles(tx: Tx, actor: Actor, words: Words, today: date) -> tuple[Tile, ...]:
    """Tell the director how many posts are empty today (AB空岗); nothing where none is."""
    if Role.DIRECTOR not in actor.roles:
        return ()
    gaps = sum(one.serving is None for one in posting.today(tx, today))
    return (Tile(gaps, words.say("posts.tile_gaps"), "/posts", "red"),) if gaps else ()


def _calm(one: PostToday) -> int:
    """Order posts: the empty ones, those that B covers, then all that are as they should be."""
    if one.serving is None:
        return 0
    return 1 if one.covered else 2


def _row(one: PostToday, named: Names) -> PostRow:
    return PostRow(
        id=one.post.id,
        name=one.post.name,
        department=named.department(one.post.department),
        window=one.post.window or "",
        a=named.person(one.post.a),
        b=named.person(one.post.b),
        mark=_mark(one, named),
    )


def _mark(one: PostToday, named: Names) -> Mark:
    if one.serving is None:
        return Mark("red", named.words.say("posts.empty"))
    if one.covered:
        return Mark("yellow", named.words.say("posts.covered", name=named.person(one.serving)))
    if one.post.b is None:
        return Mark("yellow", named.words.say("posts.no_b"))
    return Mark("green", named.words.say("posts.present"))


def post_page(tx: Tx, actor: Actor, words: Words, profile: Profile, post: str) -> PostPage:
    """Show one post to who arranges it; `new` for one that is not there yet.

    Raises `NotFoundError`, `NotAllowedError`.
    """
    named = page_people.names(tx, words)
    found = next((one for one in posting.posts(tx) if one.id == post), None)
    if found is None and post != covering.RESERVED:
        raise NotFoundError("post")
    posting.require_arranger(tx, actor, found.department if found else actor.department)
    shown = found or Post(id="", name="", roles=())
    return PostPage(
        id=shown.id,
        is_new=found is None,
        name=shown.name,
        roles=tuple(shown.roles),
        department=shown.department or "",
        window=shown.window or "",
        a=shown.a or "",
        b=shown.b or "",
        role_choices=tuple(
            Choice(one, words.say(f"role.{one}"))
            for one in profile.roles
            if one in model.CASE_POSTS
        ),
        departments=named.department_choices(),
        windows=tuple(Choice(one.id, f"{one.id} {one.name}") for one in posting.windows(tx)),
        people=tuple(_choice(one, named) for one in _fit(shown, named)),
        history=_history(tx, shown.id, named),
    )


def _fit(post: Post, named: Names) -> tuple[StaffAccount, ...]:
    """Offer only who may hold the post: of its department, and no keeper or overseer."""
    return tuple(
        one
        for one in named.people.values()
        if not covering.person_fault(post, one, "b") or one.id in (post.a, post.b)
    )


def _choice(one: StaffAccount, named: Names) -> Choice:
    department = named.department(one.department)
    roles = chrome.posts(named.words, one.roles)
    return Choice(one.id, one.name, f"{department} {roles}".strip())


def _history(tx: Tx, post: str, named: Names) -> tuple[TurnLine, ...]:
    return tuple(
        TurnLine(
            named.words.say(f"posts.{turn.part}"),
            named.person(turn.staff),
            local_day(from_ms(turn.from_at)).isoformat(),
            "" if turn.until_at is None else local_day(from_ms(turn.until_at)).isoformat(),
        )
        for turn in reversed(posting.turns_at(tx, post))
    )


# ---- windows


@dataclass(frozen=True, slots=True)
class WindowRow:
    """One window and who sits there today."""

    id: str
    name: str
    kind: str
    department: str
    mark: Mark
    is_open: bool
    sits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WindowsPage:
    """窗口."""

    windows: tuple[WindowRow, ...]
    may_change: bool
    told: Told | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowPage:
    """One window."""

    id: str
    is_new: bool
    name: str = ""
    kind: str = WindowKind.GENERAL.value
    department: str = ""
    is_open: bool = True
    kinds: tuple[Choice, ...] = ()
    departments: tuple[Choice, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)


def windows_page(tx: Tx, actor: Actor, words: Words, today: date) -> WindowsPage:
    """Show the windows of the hall and who sits at each today."""
    named = page_people.names(tx, words)
    serving: dict[str, list[str]] = {}
    for one in posting.today(tx, today):
        if one.post.window and one.serving:
            serving.setdefault(one.post.window, []).append(_sits(one, named))
    rows = tuple(_window_row(one, named, serving.get(one.id, [])) for one in posting.windows(tx))
    return WindowsPage(rows, may_change=posting.arranges(tx, actor, None))


def _sits(one: PostToday, named: Names) -> str:
    name = named.person(one.serving)
    return named.words.say("posts.covered", name=name) if one.covered else name


def _window_row(one: Window, named: Names, sits: list[str]) -> WindowRow:
    mark = ("green", "windows.open") if one.open else ("still", "windows.closed")
    return WindowRow(
        id=one.id,
        name=one.name,
        kind=named.words.say(f"windows.{one.kind}"),
        department=named.department(one.department),
        mark=Mark(mark[0], named.words.say(mark[1])),
        is_open=one.open,
        sits=tuple(sits),
    )


def window_page(tx: Tx, words: Words, window: str) -> WindowPage:
    """Show one window to be changed; `new` for one that is not there yet.

    Raises `NotFoundError`.
    """
    named = page_people.names(tx, words)
    found = next((one for one in posting.windows(tx) if one.id == window), None)
    if found is None and window != covering.RESERVED:
        raise NotFoundError("window")
    shown = found or Window(id="", name="")
    return WindowPage(
        id=shown.id,
        is_new=found is None,
        name=shown.name,
        kind=shown.kind.value,
        department=shown.department or "",
        is_open=shown.open,
        kinds=tuple(Choice(one, words.say(f"windows.{one}")) for one in WindowKind),
        departments=named.department_choices(),
    )
