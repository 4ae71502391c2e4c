"""Check the whole trail from a desk: piece by piece, so that nobody else waits for the reader."""

from node.audit import actions
from node.audit.model import Head
from node.web.security import Desk
from schemas.audit import Act, AuditCheck, AuditVerdict


async def checked(desk: Desk, witness: AuditCheck) -> AuditVerdict:
    """Check the trail and write down what was found."""
    head, broken, done = await desk.read(actions.check_on, Head())
    while not done:
        head, broken, done = await desk.read(actions.check_on, head)
    verdict = actions.verdict_of(head, broken)
    verdict = await desk.read(actions.witnessed, verdict, witness)
    found = {"rows": str(verdict.rows), "head": verdict.head}
    if verdict.fault is not None:
        found |= {"fault": verdict.fault, "at": str(verdict.at_serial)}
    await desk.run(actions.note, Act.TRAIL_CHECKED, "", found)
    return verdict
