"""名单收件: choose an item, type or paste persons, take them in; the receipts of all on one page.

Enter keeps what was typed and gives empty rows: the form's first button does. What is wrong is kept
too, and said at its row.
"""

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.cases import model as cases
from node.cases import page_forms, reading
from node.cases.counter import Counter
from node.cases.page_looker import Looker
from node.cases.pages import ReceiptPage, receipt_page
from node.catalogue import actions as catalogue
from node.database import Tx
from node.errors import BadInputError, NotFoundError
from node.hall import lists, lists_actions, lists_page, lists_taking
from node.hall.lists import Common, Entry, Faults
from node.hall.lists_actions import Change, OpenList
from node.hall.lists_page import ChoosePage, ItemLine, ListLine, ListPage
from node.tasks.page_light import looker_at
from node.web.chrome import Told
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see, words_for
from node.web.security import Asked
from node.web.wording import Words
from node.work import Work
from schemas.ids import CaseNumber, NodeId, level_of

MAX_TABLE_BYTES: Final = 1 << 20  # a table of two hundred rows is a twentieth
MOST_RECEIPTS: Final = 8  # on one page, with their codes for a scanner: below 60 KB
ENCODINGS: Final = ("utf-8-sig", "gb18030")  # what spreadsheets here write; the last reads anything


# ---- 选事项


@get("/intake/lists")
async def choose(
    request: Asked,
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    dropped: FromQuery[bool] = False,  # noqa: FBT002  # a query parameter, always named
) -> Response[str]:
    """List the items that may be taken for many persons at once, and the lists begun before."""
    cases.require_receive(counter.desk.actor)
    words = words_for(request)
    page = await counter.desk.read(_choices, counter, words)
    if dropped:
        page = dataclasses.replace(page, told=Told("done", words.say("lists.dropped")))
    return await pages.show(request, counter.desk, "list_choose.html", page)


def _choices(tx: Tx, counter: Counter, words: Words) -> ChoosePage:
    me, now = counter.reader.me, counter.desk.works.now_ms
    offered = catalogue.offered(tx, me, "", now=now, taken_by=level_of(me))
    names = {one.code: words.pick(one.name, one.name_en) for one in offered}
    items = tuple(
        ItemLine(one.code, names[one.code], one.department_name)
        for one in offered
        if _may_be_listed(tx, me, one.code, now)
    )
    begun = tuple(
        ListLine(names.get(one.item, one.item), one.at, one.rows, one.taken, _href(one.id))
        for one in lists_actions.of(tx, counter.desk.actor.staff)
    )
    return ChoosePage(items, begun)


def _may_be_listed(tx: Tx, me: NodeId, code: str, now: int) -> bool:
    return lists.may_be_listed(catalogue.guide(tx, me, code, now=now).item, me)


def _href(named: str) -> str:
    return f"/intake/lists/{named}"


@post("/intake/lists")
async def begin(request: Asked, counter: NamedDependency[Counter]) -> Redirect:
    """Begin a list."""
    item = (await forms(request)).text("item")
    return see(_href(await counter.desk.run(lists_actions.begin, item)))


# ---- 一份名单


@get("/intake/lists/{named:str}")
async def show(
    request: Asked,
    named: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    edit: FromQuery[int | None] = None,
) -> Response[str]:
    """Show a list: what is wrong, empty rows, who can be taken in, who was."""
    opened = await lists_taking.open_list(counter, named)
    editing = () if edit is None else (edit,)
    page = await _page(words_for(request), counter, opened, editing)
    told = _done(request, page)
    if told is not None:  # to be read first
        rows = tuple(dataclasses.replace(row, focus=False) for row in page.rows)
        page = dataclasses.replace(page, told=told, rows=rows)
    return await pages.show(request, counter.desk, "list_edit.html", page)


def _done(request: Asked, page: ListPage) -> Told | None:
    """Say how many were taken in just now."""
    words, text = words_for(request), request.query_params.get("taken", "")
    if not (text.isascii() and text.isdecimal()):
        return None
    left = len(page.ready) + sum(row.wrong for row in page.rows) + page.hidden
    why = words.say("lists.left", n=left) if left else words.say("lists.none_left")
    return Told("done" if int(text) else "mind", words.say("lists.taken_now", n=text), why)


async def _page(
    words: Words, counter: Counter, opened: OpenList, editing: Collection[int] = ()
) -> ListPage:
    item = opened.item
    faults = await lists_taking.faults_of(counter, opened)
    rows = lists_page.row_lines(words, opened, faults, editing)
    names = await counter.desk.read(_names, counter, opened.numbers)
    return ListPage(
        id=opened.id,
        item=words.pick(item.name, item.name_en),
        department=item.department_name,
        common=opened.common,
        papers=lists_page.paper_choices(words, item),
        ticked=tuple(one.code for one in opened.common.counts),
        rows=rows,
        ready=lists_page.ready_lines(opened, faults, editing),
        taken=lists_page.taken_lines(opened, names),
        most=lists.MOST_ROWS,
        hidden=_hidden(opened, faults),
        room=lists.MOST_ROWS - len(opened.lines),
        errors=lists_page.errors_of(rows, words),
    )


def _hidden(opened: OpenList, faults: Faults) -> int:
    wrong = sum(line.row in faults or bool(line.fault) for line in opened.lines)
    return max(0, wrong - lists_page.MOST_WRONG)


def _names(tx: Tx, counter: Counter, numbers: tuple[CaseNumber, ...]) -> Mapping[CaseNumber, str]:
    found = {}
    for number in numbers:
        try:
            view = reading.case(tx, counter.reader, number)
        except NotFoundError:
            continue
        found[number] = counter.preparing.register.masked_name(tx, view.stream)
    return found


@post("/intake/lists/{named:str}", status_code=HTTP_200_OK)
async def keep(
    request: Asked,
    named: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Keep what was typed, right or wrong; then go on as the button says."""
    words, typed = words_for(request), await forms(request)
    opened = await lists_taking.open_list(counter, named)
    said = _change(opened, typed)
    try:
        await counter.desk.run(lists_actions.change, named, said)
    except BadInputError:
        return await _refused(request, counter, pages, opened, words.say("lists.too_many"))
    if typed.text("edit"):
        return see(f"{_href(named)}?edit={typed.text('edit')}")
    if typed.text("go") != "take":
        return see(_href(named))
    if lists.lacking(opened.item, said.common or opened.common):
        again = await lists_taking.open_list(counter, named)
        return await _refused(request, counter, pages, again, words.say("lists.tick_papers"))
    return see(f"{_href(named)}?taken={await lists_taking.take_all(counter, named)}")


async def _refused(
    request: Asked, counter: Counter, pages: Pages, opened: OpenList, why: str
) -> Response[str]:
    page = await _page(words_for(request), counter, opened)
    page = dataclasses.replace(page, errors={"papers": why, **page.errors})
    return await pages.show(request, counter.desk, "list_edit.html", page, status=UNFIT)


def _change(opened: OpenList, typed: Typed) -> Change:
    """Read the form: what all share, the rows that it shows, and those that it adds."""
    common = Common(
        phone=typed.text("phone"),
        address=typed.text("address"),
        counts=lists.counted(opened.item, typed.texts("papers")),
    )
    shown = {name.removeprefix("name-") for name in typed.values if name.startswith("name-")}
    new = sorted((row for row in shown if row.startswith("new")), key=lambda row: (len(row), row))
    return Change(
        common=common,
        typed={row: _entry(typed, str(row)) for row in opened.open if str(row) in shown},
        added=tuple(_entry(typed, row) for row in new),
        removed=tuple(int(row) for row in typed.texts("remove") if row.isdecimal()),
    )


def _entry(typed: Typed, row: str) -> Entry:
    return Entry(**{name: typed.text(f"{name}-{row}") for name in lists.COLUMNS})


@post("/intake/lists/{named:str}/table", status_code=HTTP_200_OK, request_max_body_size=2 << 20)
async def paste(
    request: Asked,
    named: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Add the rows of a table, pasted or sent as a CSV file."""
    words = words_for(request)
    opened = await lists_taking.open_list(counter, named)
    text = (await forms(request)).text("table")
    for file in (await page_forms.files_of(request)).get("file", ()):
        text += "\n" + await _read_file(file)
    entries = lists.read_table(text)
    if not entries:
        return await _refused_table(request, counter, pages, opened, words.say("lists.no_rows"))
    try:
        await counter.desk.run(lists_actions.change, named, Change(added=entries))
    except BadInputError:
        why = words.say("lists.too_many")
        return await _refused_table(request, counter, pages, opened, why, text)
    return see(_href(named))


async def _read_file(file: UploadFile) -> str:
    content = await file.read(MAX_TABLE_BYTES)
    try:
        return content.decode(ENCODINGS[0])
    except UnicodeDecodeError:
        return content.decode(ENCODINGS[1], "replace")


async def _refused_table(  # the request, the list and what was sent
    request: Asked, counter: Counter, pages: Pages, opened: OpenList, why: str, text: str = ""
) -> Response[str]:
    page = await _page(words_for(request), counter, opened)
    page = dataclasses.replace(page, errors={"table": why, **page.errors}, pasted=text)
    return await pages.show(request, counter.desk, "list_edit.html", page, status=UNFIT)


# ---- the receipts


@dataclass(frozen=True, slots=True)
class ReceiptsPage:
    """全部凭证: one sheet of A4 each."""

    id: str
    receipts: tuple[ReceiptPage, ...]
    older: str
    """Where the next ones are; empty at the end."""


@get("/intake/lists/{named:str}/receipts")
async def show_receipts(
    request: Asked,
    named: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    after: FromQuery[int] = 0,
) -> Response[str]:
    """Show the receipts of a list, to be printed in one go: as many as a page may weigh."""
    opened = await lists_taking.open_list(counter, named)
    looker = looker_at(counter, words_for(request))
    numbers = opened.numbers[max(0, after) :]
    shown = numbers[:MOST_RECEIPTS]
    receipts = await counter.desk.run(_receipts, looker, shown)
    following = max(0, after) + len(shown)
    older = f"{_href(named)}/receipts?after={following}" if len(numbers) > len(shown) else ""
    page = ReceiptsPage(named, receipts, older)
    return await pages.show(request, counter.desk, "list_receipts.html", page)


def _receipts(
    work: Work, looker: Looker, numbers: tuple[CaseNumber, ...]
) -> tuple[ReceiptPage, ...]:
    return tuple(receipt_page(work, looker, number, fresh=False) for number in numbers)


@post("/intake/lists/{named:str}/drop")
async def drop(named: FromPath[str], counter: NamedDependency[Counter]) -> Redirect:
    """Give a list up; the cases that it became stay."""
    await counter.desk.run(lists_actions.drop, named)
    return see("/intake/lists?dropped=true")


router: Final = router_of(choose, begin, show, keep, paste, show_receipts, drop)
