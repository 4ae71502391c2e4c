"""What an operator's command can do about the audit trail, whether the node runs or not.

Whoever has the machine has the home: that he read the trail is written into it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec

from node.audit import actions, asked
from node.database import Tx
from node.runtime.station import OPERATOR, Station
from schemas import audit_desk as d
from schemas.audit import Act, AuditCheck, AuditEntry, AuditList, AuditVerdict


async def list_audit(station: Station, question: d.ListAudit) -> AuditList:
    """List rows, latest first. Raises `BadInputError`."""
    wanted = asked.wanted(
        since=question.since, until=question.until, act=question.act, who=question.who,
        subject=question.subject,
    )  # fmt: skip
    wanted = replace(wanted, before=question.before)
    return await station.node.works.read(actions.listing, wanted)


async def verify(station: Station, witness: AuditCheck) -> AuditVerdict:
    """Check the whole trail."""

    def checked(tx: Tx) -> AuditVerdict:
        return actions.witnessed(tx, actions.check(tx), witness)

    return await station.node.works.read(checked)


async def export(station: Station, wanted: d.ExportAudit) -> d.AuditExported:
    """Write every row, from the first, one a line. Raises `FileExistsError`."""
    path, works = Path(wanted.file), station.node.works
    await asyncio.to_thread(_create, path)
    last: AuditEntry | None = None
    while piece := await works.read(actions.onward, last.serial if last else 0):
        await asyncio.to_thread(_append, path, piece)
        last = piece[-1]
    rows = last.serial if last else 0
    detail = {"rows": str(rows), "to": path.name}
    await works.run(OPERATOR, actions.note, Act.TRAIL_EXPORTED, "", detail)
    return d.AuditExported(rows=rows, head=f"{rows}:{last.digest}" if last else "")


def _create(path: Path) -> None:
    with path.open("xb"):
        path.chmod(0o600)


def _append(path: Path, entries: tuple[AuditEntry, ...]) -> None:
    with path.open("ab") as file:
        file.writelines(msgspec.json.encode(one) + b"\n" for one in entries)


COMMANDS: Final[Mapping[str, tuple[type[msgspec.Struct], Any]]] = MappingProxyType(
    {
        "audit.list": (d.ListAudit, list_audit),
        "audit.verify": (AuditCheck, verify),
        "audit.export": (d.ExportAudit, export),
    }
)
