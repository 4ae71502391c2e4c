"""What an operator's command can do about reports, whether the node runs or not.

A node that does not run counts first what it has not counted. Nothing of appraisal is imported
before somebody asks for it: a village never does.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec

from node.errors import BadInputError, NotAllowedError
from node.runtime.following import watcher_of
from node.runtime.station import OPERATOR, Station
from schemas import report_desk as d
from schemas.appraisal import Recounted
from schemas.levels import Capability
from schemas.reports import IssueReport, Report


async def show(station: Station, asked: d.AskReport) -> Report:
    """Give a report; issue it first, if that is asked for.

    Raises `NotAllowedError`, `BadInputError`, `AlreadyDoneError`, `NotFoundError`.
    """
    from node.appraisal import periods, reports_actions  # noqa: PLC0415  # see above

    await _counted(station)
    period = periods.parse(asked.kind, asked.date)
    if asked.issue:
        try:
            await station.node.works.run(OPERATOR, reports_actions.issue, period, IssueReport())
        except BadInputError as error:
            raise _said(error) from None
    return await _looked(station, asked.kind, asked.date)


def _said(error: BadInputError) -> BadInputError:
    """Say it as the page does: an operator reads no codes."""
    from node.web.wording import WORDS, Language  # noqa: PLC0415  # see above

    languages = (WORDS[Language.ZH], WORDS[Language.EN])
    return BadInputError(
        {
            field: " · ".join(one.say(f"reports.fault_{fault}") for one in languages)
            for field, fault in error.fields.items()
        }
    )


async def table(station: Station, asked: d.AskTable) -> d.TableWritten:
    """Write a report as a workbook. Raises also `FileExistsError`."""
    from node.appraisal import report_names, report_workbook  # noqa: PLC0415  # see above
    from node.appraisal.bulletin import Facts  # noqa: PLC0415
    from node.web.wording import WORDS, Language  # noqa: PLC0415

    await _counted(station)
    report, node = await _looked(station, asked.kind, asked.date), station.node
    words = WORDS[Language.ZH]
    names = await node.works.read(report_names.names_for, node.me, report, words)
    content = await asyncio.to_thread(report_workbook.write, Facts(report, names))
    await asyncio.to_thread(_write, Path(asked.file), content)
    return d.TableWritten(file=asked.file, bytes=len(content))


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)


async def recount(station: Station, asked: d.AskRecount) -> Recounted:
    """Count everything anew, and name what differs."""
    from node.appraisal import recounting  # noqa: PLC0415  # see above

    await _counted(station)
    works = station.node.works
    return await works.read(recounting.recount, station.node.me, works.now_ms, deep=asked.deep)


async def _counted(station: Station) -> None:
    """Let a node that does not run count what is new. Raises `NotAllowedError` in a village."""
    if Capability.OVERSEE not in station.node.profile.capabilities:
        raise NotAllowedError("a node that oversees nobody makes no reports")
    if station.network is None:
        await watcher_of(station.node).catch_up()


async def _looked(station: Station, kind: str, date: str) -> Report:
    from node.appraisal import page_reports, reports_looking  # noqa: PLC0415  # see above
    from node.appraisal.asking import Asking  # noqa: PLC0415
    from node.web.wording import WORDS, Language  # noqa: PLC0415

    node = station.node
    reader = page_reports.Reader(
        Asking(node.me, OPERATOR), node.profile, WORDS[Language.ZH], node.works.now_ms
    )
    period = reports_looking.period_of(kind, date)
    return await node.works.read(reports_looking.look, reader, period, node.me)


COMMANDS: Final[Mapping[str, tuple[type[msgspec.Struct], Any]]] = MappingProxyType(
    {
        "report.show": (d.AskReport, show),
        "report.table": (d.AskTable, table),
        "report.recount": (d.AskRecount, recount),
    }
)
