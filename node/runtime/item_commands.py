"""What an operator's command can do with the catalogue, whether the node runs or not."""

import asyncio
from typing import Final

from node.catalogue import actions as catalogue
from node.catalogue import initials, rules, wording
from node.revisions import actions as revisions
from node.runtime.station import OPERATOR, Station
from node.work import Actor
from schemas import control as c
from schemas.ids import StaffId
from schemas.items import PublishReport
from schemas.staff import Role

EDITOR: Final = Actor(StaffId("operator"), frozenset({Role.EDITOR}), name="命令行")
"""Who drafts when items are imported at the command line: they still go through review."""


async def publish(station: Station, asked: c.PublishItems) -> PublishReport:
    """Put items in force that were approved on paper."""
    terms = catalogue.Terms(
        title=asked.title or catalogue.PUBLISHED,
        document=asked.document,
        effective_from=asked.effective_from,
    )
    items = await asyncio.to_thread(initials.filled, asked.items)
    return await station.node.works.run(OPERATOR, catalogue.publish, items, terms)


async def import_items(station: Station, asked: c.ImportItems) -> c.ImportReport:
    """Begin a revision with a change for each item that differs from the catalogue."""
    items = await asyncio.to_thread(initials.filled, asked.items)
    works = station.node.works
    stream, changes = await works.run(EDITOR, revisions.import_items, asked.title, items)
    return c.ImportReport(
        revision=stream,
        begun=tuple(code for code, change in changes.items() if not change.base),
        changed=tuple(code for code, change in changes.items() if change.base),
        unchanged=tuple(item.code for item in items if item.code not in changes),
        warnings=tuple(
            f"{item.code}.{flaw.field}: {wording.sentence_of(flaw)}"
            for item in items
            for flaw in rules.warnings_of(item)
        ),
    )


async def export(station: Station, _: c.Nothing) -> c.ItemsInForce:
    """Give the catalogue in force here."""
    node = station.node
    found = await node.works.read(catalogue.whole, node.me, now=node.works.now_ms)
    return c.ItemsInForce(items=tuple(view.item for view in found))
