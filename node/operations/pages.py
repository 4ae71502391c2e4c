"""The operator's page: what needs a hand, what ends, backups and drills, disk, versions."""

from dataclasses import dataclass
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect

from node.errors import NotFoundError
from node.network import actions as network
from node.network.actions import Places
from node.operations import actions
from node.operations.keeper import Keeper
from node.web.chrome import Fact, Mark, Told, day, when
from node.web.pages_base import Pages, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.wording import Language, Words
from schemas.doctor import Finding, Standing
from schemas.ids import NodeId
from schemas.operations import Disk, Drill, Ending, Ends, Operations

AGAIN_SECONDS: Final = 3  # how soon a page looks again by itself while something runs
MOST_BACKUPS: Final = 7  # a week's; the others are counted
_TONES: Final = {Standing.OK: "green", Standing.WARNING: "yellow", Standing.FAULT: "red"}


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that needs a hand: what it is, and what to do."""

    mark: Mark
    text: str
    way: str


@dataclass(frozen=True, slots=True)
class EndRow:
    """One line of what ends."""

    name: str
    when: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class BackupRow:
    """One backup."""

    name: str
    at_ms: int
    size: str


@dataclass(frozen=True, slots=True)
class OperationsPage:
    """运维."""

    todo: tuple[Todo, ...]
    ends: tuple[EndRow, ...]
    backups: tuple[BackupRow, ...]
    older: int
    drill: Told | None
    running: str
    """What runs now, in words; empty if nothing does."""
    disk: tuple[Fact, ...]
    used_percent: int
    versions: tuple[Fact, ...]
    examined: str
    told: tuple[Told, ...]


@get("/operations")
async def show(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    keeper: NamedDependency[Keeper],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Show how the node stands as a machine."""
    actions.require_operator(desk.actor)
    words = words_for(request)
    places = Places(await desk.read(network.place_names), words)
    page = operations_page(places, await keeper.look(), done)
    answer = await pages.show(request, desk, "operations.html", page)
    if page.running:
        answer.headers["Refresh"] = f"{AGAIN_SECONDS}; url=/operations?done={_plain(done)}"
    return answer


@post("/operations/{what:str}")
async def begin(
    request: Asked, desk: NamedDependency[Desk], keeper: NamedDependency[Keeper]
) -> Redirect:
    """Begin a backup, a drill or an examination, and show how it goes."""
    actions.require_operator(desk.actor)
    match request.path_params["what"]:
        case "backup":
            await keeper.back_up(desk.actor)
        case "drill":
            await keeper.drill(desk.actor)
        case "examine":
            await keeper.examine()
            return see("/operations")
        case what:
            raise NotFoundError(str(what))
    return see(f"/operations?done={_plain(request.path_params['what'])}")


def _plain(done: str) -> str:
    return done if done in {"backup", "drill"} else ""


def operations_page(places: Places, found: Operations, done: str) -> OperationsPage:
    """Make the page of what was found."""
    words = places.words
    running = [
        words.say(f"operations.runs_{name}")
        for name, runs in (
            ("backup", found.backing_up), ("drill", found.drilling), ("examine", found.examining),
        )
        if runs
    ]  # fmt: skip
    told = [
        Told("stop", words.say(f"operations.failed_{what}"), words.say("operations.why", why=why))
        for what, why in found.failures.items()
    ]
    if not told and done == "backup" and not found.backing_up and found.backups:
        told = [Told("done", words.say("operations.backed_up", name=found.backups[0].name))]
    return OperationsPage(
        todo=(*(_todo(words, one) for one in found.findings), *_due(words, found.endings)),
        ends=tuple(_end_row(places, one) for one in found.endings),
        backups=tuple(
            BackupRow(one.name, one.at, _size(one.bytes)) for one in found.backups[:MOST_BACKUPS]
        ),
        older=max(0, len(found.backups) - MOST_BACKUPS),
        drill=None if found.drill is None else _drilled(words, found.drill),
        running=words.joined(running),
        disk=_disk(words, found.disk),
        used_percent=_used(found.disk),
        versions=_versions(words, found),
        examined=when(found.examined_at) if found.examined_at else "",
        told=tuple(told),
    )


def _todo(words: Words, one: Finding) -> Todo:
    mark = Mark(_TONES[one.standing], words.say(f"operations.{one.standing}"))
    key = f"doctor.way_{one.check.partition('.')[0]}"
    way = words.say(key) if words.has(key) else one.way_out
    return Todo(mark, one.en if words.language is Language.EN else one.zh, way)


def _due(words: Words, endings: tuple[Ends, ...]) -> tuple[Todo, ...]:
    """Say what to do about what is due, unless the doctor says it anyway."""
    said_by_doctor = {"certificate", "calendar", "release"}
    return tuple(
        Todo(
            Mark(_TONES[one.standing], words.say(f"operations.{one.standing}")),
            words.say(f"ends.late_{one.what}"),
            words.say(f"ends.way_{one.what}"),
        )
        for one in endings
        if one.standing is not Standing.OK and one.what not in said_by_doctor
    )


def _end_row(places: Places, one: Ends) -> EndRow:
    words = places.words
    never = words.say("ends.never") if one.standing is not Standing.OK else "—"
    mark = Mark(_TONES[one.standing], words.say(f"ends.{one.standing}"))
    return EndRow(_named(places, one), day(one.at) if one.at else never, mark)


def _named(places: Places, one: Ends) -> str:
    words, of_file = places.words, f"ends.file_{one.name.replace('-', '_')}"
    match one.what:
        case Ending.INVITATION | Ending.RELEASE:
            return words.say(f"ends.{one.what}", name=places(NodeId(one.name)))
        case Ending.CERTIFICATE if words.has(of_file):
            return words.say(of_file)
        case Ending.CERTIFICATE | Ending.CALENDAR:
            return words.say(f"ends.{one.what}", name=one.name)
        case _:
            return words.say(f"ends.{one.what}")


def _drilled(words: Words, drill: Drill) -> Told:
    at = when(drill.ended_at)
    if drill.clean:
        seconds = max(1, (drill.ended_at - drill.began_at) // 1000)
        text = words.say(
            "operations.drilled_text", streams=drill.streams, events=drill.events,
            parts=drill.parts, seconds=seconds,
        )  # fmt: skip
        return Told("done", words.say("operations.drilled", at=at, name=drill.backup), text)
    title = words.say("operations.drill_failed", at=at, name=drill.backup)
    return Told("stop", title, words.say("operations.drill_failed_text", why=drill.said))


def _disk(words: Words, disk: Disk) -> tuple[Fact, ...]:
    if not disk.total:
        return ()
    lines = (
        ("free", disk.free), ("store", disk.store), ("parts", disk.parts),
        ("backups", disk.backups),
    )  # fmt: skip
    return tuple(Fact(words.say(f"operations.disk_{name}"), _size(size)) for name, size in lines)


def _used(disk: Disk) -> int:
    return round(100 * (disk.total - disk.free) / disk.total) if disk.total else 0


def _versions(words: Words, found: Operations) -> tuple[Fact, ...]:
    one = found.versions
    lines = (
        ("program", one.program), ("store", one.store), ("python", one.python),
        ("sqlite", one.sqlite), ("broker", one.broker),
    )  # fmt: skip
    return tuple(Fact(words.say(f"operations.{name}"), text) for name, text in lines if text)


_UNITS: Final = ("B", "KB", "MB", "GB", "TB")
_STEP: Final = 1024


def _size(count: int) -> str:
    """Write a number of bytes as people read it: 3.4 GB."""
    size, unit = float(count), 0
    while size >= _STEP and unit + 1 < len(_UNITS):
        size, unit = size / _STEP, unit + 1
    return f"{size:.1f} {_UNITS[unit]}" if size < 10 <= count else f"{size:.0f} {_UNITS[unit]}"  # noqa: PLR2004  # two digits say enough


router: Final = router_of(show, begin)
