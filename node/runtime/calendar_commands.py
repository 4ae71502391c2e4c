"""What an operator's command can do with the calendar, the same whether the node runs or not."""

from datetime import date

from node.calendar import actions, rules, wording
from node.clock import local_day
from node.errors import BadInputError, NotFoundError
from node.work import Actor, Works
from schemas import calendar as c
from schemas.items import Limit


async def show(works: Works, asked: c.ShowYear) -> c.YearView:
    """Show a year as the node reckons it. Raises `BadInputError` for one that nobody reckons by."""
    if asked.year not in rules.YEARS:
        raise BadInputError({"year": wording.YEAR_BEYOND.format(*wording.YEARS_SAID)})
    return await works.read(actions.year_view, works.ledger.me, asked.year, _today(works))


async def lacking(works: Works) -> int:
    """Name the year whose days off should be published by now and are not; 0 if all is well."""
    found = await works.read(actions.lacking, works.ledger.me, _today(works))
    return 0 if found is None else found.year


async def publish(works: Works, actor: Actor, asked: c.PublishTable) -> c.YearView:
    """Put a table in force."""
    return await works.run(actor, actions.publish, asked.table)


async def withdraw(works: Works, actor: Actor, asked: c.WithdrawTable) -> c.YearView:
    """Take a table back. Raises `BadInputError` if this node has published none."""
    try:
        return await works.run(actor, actions.withdraw, asked.year, asked.kind)
    except NotFoundError:
        said = wording.NO_OWN_TABLE.format(asked.year, wording.TABLES[asked.kind])
        raise BadInputError({"year": said}) from None


async def due(works: Works, asked: c.AskDue) -> c.DueAnswer:
    """Reckon when a limit ends."""
    try:
        start = date.fromisoformat(asked.start)
    except ValueError:
        said = f"“{asked.start}”不是日期 · no date: write it like 2027-01-01"
        raise BadInputError({"start": said}) from None
    limit = Limit(amount=asked.amount, unit=asked.unit)
    return await works.read(actions.due, works.ledger.me, start, limit)


def _today(works: Works) -> date:
    return local_day(works.clock.now())
