"""The API of lists: `/api/v1/intake-lists`: many persons at once, each with a case of his own."""

from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from node.applicants import model as applicants
from node.applicants.actions import Register
from node.cases.counter import Counter
from node.clock import from_ms, local_day
from node.database import Tx
from node.errors import BadInputError
from node.hall import lists, lists_actions, lists_taking
from node.hall.lists import Common, Entry
from node.hall.lists_actions import Change, OpenList
from node.hall.model import Count
from node.web import idempotency
from node.web.lean import Router
from node.web.security import Asked
from node.work import Work
from schemas.lists import IntakeLine, IntakeList, ListedPerson, MorePersons, NewIntakeList


@post("/intake-lists", status_code=201, summary="名单收件: begin a list of persons for one item")
async def begin(
    request: Asked, counter: NamedDependency[Counter], data: JSONBody[NewIntakeList]
) -> Response[bytes]:
    """Begin a list with what is known; nobody is taken in yet."""
    once = await idempotency.once_of(request)
    register = counter.preparing.register
    return await idempotency.run(counter.desk, once, 201, _begin, register, data)


def _begin(work: Work, register: Register, data: NewIntakeList) -> IntakeList:
    if any(given.parts for given in data.materials):
        raise BadInputError({"materials": "no_scans_in_lists"})
    named = lists_actions.begin(work, data.item)
    counts = tuple(
        Count(code=one.code, originals=one.originals, copies=one.copies) for one in data.materials
    )
    common = Common(phone=data.phone, address=data.address, counts=counts)
    added = tuple(_entry(one) for one in data.persons)
    lists_actions.change(work, named, Change(common=common, added=added))
    return _shown(work, register, named)


def _entry(person: ListedPerson) -> Entry:
    return Entry(
        name=person.name,
        id_number=person.id_number,
        phone=person.phone,
        relation=person.relation,
    )


def _shown(work: Work, register: Register, named: str) -> IntakeList:
    return _told(work.tx, register, lists_actions.own(work, named), work.now_ms)


def _told(tx: Tx, register: Register, opened: OpenList, now_ms: int) -> IntakeList:
    found = lists_actions.faults(tx, register, opened, local_day(from_ms(now_ms)))
    lines = tuple(
        IntakeLine(
            row=one.row,
            name=applicants.masked_name(one.entry.name) if one.entry else "",
            id_number=applicants.masked_id(one.entry.id_number) if one.entry else "",
            number=one.number,
            faults=found.get(one.row) or ({"name": one.fault} if one.fault else {}),
        )
        for one in opened.lines
    )
    lacking = tuple(need.code for need in lists.lacking(opened.item, opened.common))
    sound = sum(line.number is None and not found.get(line.row) for line in lines)
    return IntakeList(
        id=opened.id,
        item=opened.item.code,
        item_name=opened.item.name,
        lines=lines,
        lacking=lacking,
        ready=0 if lacking else sound,
        taken=len(opened.numbers),
    )


@get("/intake-lists/{named:str}", summary="A list as it stands: masked, with what is wrong")
async def show(named: FromPath[str], counter: NamedDependency[Counter]) -> IntakeList:
    """Show a list to whoever began it."""
    return await _answer(counter, named)


async def _answer(counter: Counter, named: str) -> IntakeList:
    opened = await lists_taking.open_list(counter, named)
    desk, register = counter.desk, counter.preparing.register
    return await desk.read(_told, register, opened, desk.works.now_ms)


@post("/intake-lists/{named:str}/persons", status_code=200, summary="Add persons to a list")
async def add(
    request: Asked,
    named: FromPath[str],
    counter: NamedDependency[Counter],
    data: JSONBody[MorePersons],
) -> Response[bytes]:
    """Add persons, right or wrong; the answer says what is wrong with whom."""
    once = await idempotency.once_of(request)
    register = counter.preparing.register
    return await idempotency.run(counter.desk, once, 200, _add, register, named, data)


def _add(work: Work, register: Register, named: str, data: MorePersons) -> IntakeList:
    lists_actions.change(work, named, Change(added=tuple(_entry(one) for one in data.persons)))
    return _shown(work, register, named)


@post("/intake-lists/{named:str}/take", status_code=200, summary="收件: take everybody sound in")
async def take(named: FromPath[str], counter: NamedDependency[Counter]) -> IntakeList:
    """Make each sound line a case with a number of its own; asking twice takes nobody twice."""
    await lists_taking.take_all(counter, named)
    return await _answer(counter, named)


router: Final = Router("/", route_handlers=[begin, show, add, take])
