"""Whether the audit trail is as it was written."""

from node.audit import actions
from node.database import Tx
from schemas.doctor import Finding, Standing


def trail(tx: Tx) -> Finding:
    """Check the whole trail: some seconds for a long one."""
    found = actions.check(tx)
    if found.fault is None:
        return Finding(
            check="audit", standing=Standing.OK, zh=f"审计记录完好, 共 {found.rows} 条",
            en=f"the audit trail is sound: {found.rows} rows",
        )  # fmt: skip
    return Finding(
        check="audit", standing=Standing.FAULT, zh=f"审计记录从第 {found.at_serial} 条起不对",
        en=f"row {found.at_serial} of the audit trail is {found.fault}",
        way_out="touch nothing, tell whoever is in charge, and compare with the latest backup",
    )  # fmt: skip
