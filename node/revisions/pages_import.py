"""导入, 导出: a catalogue as a file: all that is wrong at once, else one revision is begun."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.catalogue import actions as catalogue
from node.catalogue import files, initials
from node.catalogue.files import Examined, Fault, FileFaultsError
from node.catalogue.text_files import MAX_FILE_BYTES
from node.errors import BadInputError
from node.revisions import actions
from node.revisions.page_marks import end_of, fault, spoken
from node.revisions.pages import require_editor
from node.revisions.visits import Visit
from node.staff import actions as staff
from node.web.chrome import Mark, Told
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.ids import DepartmentId
from schemas.items import Item

SUFFIXES: Final = (".xlsx", ".toml", ".json")
LONGEST_STEM: Final = 60  # characters: a file name has 255 bytes at most, a character up to 4
MOST_SHOWN: Final = 200  # faults on a page; the marked workbook has them all
MAX_FORM_BYTES: Final = MAX_FILE_BYTES + (64 << 10)  # one file and what multipart puts around it
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One thing wrong in the file."""

    place: str
    item: str
    field: str
    sentence: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class ImportPage:
    """导入目录."""

    title: str
    rows: tuple[FaultRow, ...] = ()
    errors: int = 0
    warnings: int = 0
    more: int = 0
    faults: tuple[str, ...] = ()
    """What is wrong with the file as a whole."""
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class _Looked:
    """What was found in a file, and the workbook with its faults marked if it was asked for."""

    examined: Examined
    items: tuple[Item, ...]
    marked: bytes | None


@get("/revisions/import")
async def ask_file(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str]:
    """Ask for a file."""
    visit = Visit(request, desk, pages)
    require_editor(visit)
    return await visit.show("revision_import.html", ImportPage(""))


@post("/revisions/import", status_code=HTTP_200_OK, request_max_body_size=MAX_FORM_BYTES)
async def take_file(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str] | Response[bytes] | Redirect:
    """Begin one revision with what differs; with a single error in the file, nothing is begun."""
    visit, typed = Visit(request, desk, pages), await forms(request)
    require_editor(visit)
    words, sent = visit.words, (await request.form()).get("file")
    if not isinstance(sent, UploadFile) or not sent.filename.lower().endswith(SUFFIXES):
        return await _refuse(visit, typed, (words.say("import.no_file"),))
    known = frozenset(one.id for one in await desk.read(staff.departments))
    content, marks = await sent.read(), typed.text("do") == "mark"
    try:
        looked = await asyncio.to_thread(_look, sent.filename, content, known, marks=marks)
    except FileFaultsError as error:
        return await _refuse(visit, typed, tuple(spoken(words, one) for one in error.faults))
    if looked.marked is not None:
        return _workbook(looked.marked, "marked.xlsx")
    if looked.examined.errors:
        page = _found(words, typed, looked.examined)
        return await visit.show("revision_import.html", page, UNFIT)
    return await _begin(visit, typed, sent.filename, looked.items)


async def _begin(
    visit: Visit, typed: Typed, name: str, items: Sequence[Item]
) -> Response[str] | Redirect:
    title = typed.text("title") or visit.words.say("import.title_of", name=name)
    try:
        stream, _ = await visit.desk.run(actions.import_items, title, items)
    except BadInputError as error:
        said = (f"{field}: {fault(visit.words, one)}" for field, one in error.fields.items())
        return await _refuse(visit, typed, tuple(said))
    if stream is None:
        told = Told("done", visit.words.say("import.same"), visit.words.say("import.same_text"))
        return await visit.show("revision_import.html", ImportPage("", told=told))
    return see(f"/revisions/{end_of(stream)}?done=imported")


def _look(
    name: str, content: bytes, departments: frozenset[DepartmentId], *, marks: bool
) -> _Looked:
    """Read and judge a file. Slow: for a thread of its own. Raises `FileFaultsError`."""
    with TemporaryDirectory(prefix="zhengwu-import-") as folder:
        path = Path(folder) / _file_name(name)
        path.write_bytes(content)
        examined = files.examine(path, departments=departments)
        marked = None
        if marks and files.is_workbook(path):
            marked = files.error_report(content, examined.faults)
        ready = not examined.errors and marked is None
        items = initials.filled(examined.items) if ready else examined.items
    return _Looked(examined, items, marked)


def _file_name(name: str) -> str:
    """Call an uploaded file by its own name, as far as a disk takes that."""
    own = Path("".join(one for one in name if one.isprintable()).replace("\\", "/"))
    return f"{own.stem[:LONGEST_STEM]}{own.suffix.lower()}"


def _found(words: Words, typed: Typed, examined: Examined) -> ImportPage:
    rows = tuple(_row(words, one) for one in examined.faults[:MOST_SHOWN])
    return ImportPage(
        title=typed.text("title"),
        rows=rows,
        errors=len(examined.errors),
        warnings=len(examined.warnings),
        more=len(examined.faults) - len(rows),
    )


def _row(words: Words, one: Fault) -> FaultRow:
    place = f"{one.place.sheet} {one.place.cell}".strip()
    tone = "yellow" if one.is_warning else "red"
    mark = Mark(tone, words.say("import.warning" if one.is_warning else "import.error"))
    return FaultRow(place, one.item, one.field, spoken(words, one.sentence), mark)


async def _refuse(visit: Visit, typed: Typed, faults: tuple[str, ...]) -> Response[str]:
    page = ImportPage(typed.text("title"), faults=faults)
    return await visit.show("revision_import.html", page, UNFIT)


# ---- out again


@get("/items.xlsx")
async def catalogue_workbook(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Give the catalogue in force as a workbook."""
    me, now = desk.works.ledger.me, desk.works.now_ms
    views = await desk.read(catalogue.whole, me, now=now)
    items = [one.item for one in views]
    return _workbook(await asyncio.to_thread(files.dump_workbook, items), "items.xlsx")


@get("/items/template.xlsx")
async def template(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Give the empty workbook to fill in."""
    del desk
    return _workbook(await asyncio.to_thread(files.template), "template.xlsx")


def _workbook(content: bytes, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=XLSX_TYPE, headers=headers)


router: Final = router_of(ask_file, take_file, catalogue_workbook, template)
