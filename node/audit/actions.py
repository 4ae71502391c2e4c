"""Write into the trail, and read it.

Writing is part of the Work that does the thing: both are kept, or neither is. Reading is the
auditor's alone; whoever reads here has been let in by the edge (`require_auditor`).
"""

from collections.abc import Mapping
from typing import Final

from node.audit import model, store
from node.audit.model import Broken, Head, Row
from node.audit.store import Tx, Wanted
from node.errors import NotAllowedError
from node.work import Actor, Work
from schemas.audit import Act, AuditCheck, AuditEntry, AuditList, AuditVerdict, Fault
from schemas.staff import Role

NOBODY: Final = ""
"""Who acted where nobody was known: somebody typed a login that does not exist."""
MOST_SHOWN: Final = 100  # a page to read, not a heap
MOST_CHECKED: Final = 5_000  # rows in one snapshot: some 20 ms, so that others get the reader


def note(work: Work, act: Act, subject: str, detail: Mapping[str, str] | None = None) -> None:
    """Write down that the actor does `act` to `subject`, together with the rest of this Work.

    `detail` holds short texts by name, never a password, a code, or anything of a citizen beyond
    the number of his case.
    """
    write(work, work.actor, act, subject, detail)


def write(
    work: Work, who: Actor | None, act: Act, subject: str, detail: Mapping[str, str] | None = None
) -> None:
    """Write down what somebody else than the actor did: `None` if it is not known who."""
    end = store.head(work.tx)
    row = Row(
        serial=end.serial + 1,
        at=work.now_ms,
        staff=NOBODY if who is None else who.staff,
        name="" if who is None else who.name,
        act=act,
        subject=subject,
        detail=model.detail_text(dict(detail or {})),
    )
    store.append(work.tx, row, model.digest_after(end.digest, row))


def require_auditor(actor: Actor) -> None:
    """Pass whoever may read the trail. Raises `NotAllowedError`."""
    if Role.AUDITOR not in actor.roles:
        raise NotAllowedError("only an auditor reads the audit trail")


def listing(tx: Tx, wanted: Wanted) -> AuditList:
    """Give a page of the trail, latest first."""
    found = store.entries(tx, wanted, MOST_SHOWN + 1)
    shown = found[:MOST_SHOWN]
    return AuditList(entries=shown, older=shown[-1].serial if len(found) > MOST_SHOWN else None)


def latest(tx: Tx, act: Act) -> AuditEntry | None:
    """Give the last row of one act."""
    return next(iter(store.entries(tx, Wanted(act=act), 1)), None)


def first_done(tx: Tx, act: Act) -> Mapping[str, int]:
    """Tell when an act was first done to each subject: milliseconds UTC."""
    return store.first_done(tx, act)


def exported(tx: Tx, wanted: Wanted, most: int) -> tuple[AuditEntry, ...]:
    """Give the rows that are wanted for a file, latest first: at most `most`."""
    return store.entries(tx, wanted, most)


def onward(tx: Tx, serial: int) -> tuple[AuditEntry, ...]:
    """Give the next rows after `serial`, in their order: none at the end of the trail."""
    return store.entries_after(tx, serial, MOST_CHECKED)


def check_on(tx: Tx, reached: Head) -> tuple[Head, Broken | None, bool]:
    """Walk on over the next rows; says how far it is sound, the first fault, whether it is done."""
    rows = tuple(store.rows_after(tx, reached.serial, MOST_CHECKED))
    head, broken = model.follow(reached, rows)
    if broken is not None:
        return head, broken, True
    if len(rows) == MOST_CHECKED:
        return head, None, False
    return head, model.ends_at(head, store.head(tx)), True


def check(tx: Tx) -> AuditVerdict:
    """Check the whole trail at once, for a command: reads every row."""
    head, broken, done = check_on(tx, Head())
    while not done:
        head, broken, done = check_on(tx, head)
    return verdict_of(head, broken)


def verdict_of(head: Head, broken: Broken | None) -> AuditVerdict:
    """Say what a walk found."""
    return AuditVerdict(
        rows=head.serial,
        head=head.digest.hex(),
        fault=broken.fault if broken else None,
        at_serial=broken.serial if broken else 0,
    )


def witnessed(tx: Tx, verdict: AuditVerdict, witness: AuditCheck) -> AuditVerdict:
    """Hold the trail against a row that was written down earlier, if one is given.

    Whoever rewrites every row makes a chain that is sound in itself: only what lies elsewhere
    tells.
    """
    if not witness.serial or verdict.fault is not None:
        return verdict
    found = store.digest_of(tx, witness.serial)
    if found is not None and found.hex() == witness.digest.strip().lower():
        return verdict
    fault = Fault.MISSING if found is None else Fault.CHANGED
    return AuditVerdict(rows=verdict.rows, head=verdict.head, fault=fault, at_serial=witness.serial)
