"""Draws `docs/revisions.md` out of the very table that is in force: `make docs`."""

from typing import Final

from node.revisions.model import TABLE
from schemas.revisions import Office, RevisionState
from schemas.staff import Role

_HEAD: Final = """\
# States of a revision (变更单状态)

Drawn from `node/revisions/model.py` by `make docs`; a test says so when it is out of date. A
revision brings items into the catalogue, changes them, or takes them out; how it fits together is
told in [catalogue.md](catalogue.md).
"""
_TAIL: Final = """\
Editors of a department act on its own revisions and items, editors without a department on all.
Nobody reviews or approves what he began, wrote or submitted himself; nobody speaks for both
offices, and who spoke for one does not approve. `review` by one office that does not pass leads to
`returned`; when both have passed, to `reviewed`. `release` is open from the day after the last day
of the public notice.
"""


def revisions_page() -> str:
    """The whole page."""
    return f"{_HEAD}\n{_diagram()}\n\n{_table()}\n\n{_TAIL}"


def _diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {RevisionState.DRAFT.value}: begin"]
    lines += [
        f"    {row.state.value} --> {row.next.value}: {row.act.value}"
        for row in TABLE
        if row.next is not None
    ]
    offices = " + ".join(office.value for office in Office)
    submitted = RevisionState.SUBMITTED.value
    lines += [
        f"    {submitted} --> {RevisionState.REVIEWED.value}: {offices} pass",
        f"    {submitted} --> {RevisionState.RETURNED.value}: an office does not pass",
        f"    {RevisionState.RELEASED.value} --> [*]",
        f"    {RevisionState.WITHDRAWN.value} --> [*]",
        "```",
    ]
    return "\n".join(lines)


def _table() -> str:
    rows = [("state", "act", "roles", "next state"), ("---",) * 4]
    for row in TABLE:
        roles = ", ".join(role.value for role in Role if role in row.roles)
        after = "as above" if row.next is None else row.next.value
        rows.append((row.state.value, row.act.value, roles, after))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
