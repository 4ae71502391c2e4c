"""收件 of a whole list: each row its own Work, so that no row keeps another from its number."""

from node.audit import actions as audit
from node.cases.counter import Counter
from node.clock import local_day
from node.errors import AlreadyDoneError, BadInputError
from node.hall import lists, lists_actions
from node.hall.lists import Entry, Faults
from node.hall.lists_actions import OpenList
from node.work import Work
from schemas.audit import Act


async def open_list(counter: Counter, named: str) -> OpenList:
    """Open a list of whoever asks. Raises `NotFoundError`."""
    desk = counter.desk
    works = desk.works
    return await desk.read(
        lists_actions.read, works.ledger.identity, desk.actor.staff, named, now=works.now_ms
    )


async def faults_of(counter: Counter, opened: OpenList) -> Faults:
    """Say what is wrong with its rows now."""
    today = local_day(counter.desk.works.clock.now())
    register = counter.preparing.register
    return await counter.desk.read(lists_actions.faults, register, opened, today)


async def take_all(counter: Counter, named: str) -> int:
    """Take in every row that is sound, and give how many were. What fails stays, with why.

    A second request at the same time takes nobody twice: a row is a case or it is not. Raises
    `NotFoundError`.
    """
    opened = await open_list(counter, named)
    if lists.lacking(opened.item, opened.common):
        return 0
    wrong = await faults_of(counter, opened)
    taken = 0
    for row, entry in opened.open.items():
        if row not in wrong:
            taken += await _take(counter, opened, row, entry)
    if taken:
        await counter.desk.run(_note, opened.item.code, taken)
    return taken


def _note(work: Work, item: str, taken: int) -> None:
    audit.note(work, Act.BULK_DONE, item, {"taken": str(taken)})


async def _take(counter: Counter, opened: OpenList, row: int, entry: Entry) -> bool:
    desk, preparing = counter.desk, counter.preparing
    person, register = lists.person_of(entry, opened.common), preparing.register
    try:
        async with preparing.intake(person) as ready:
            await desk.run(lists_actions.take_row, opened.id, row, entry, register, ready)
    except AlreadyDoneError:
        return False
    except BadInputError as error:
        await desk.run(lists_actions.note_fault, opened.id, row, next(iter(error.fields.values())))
        return False
    return True
