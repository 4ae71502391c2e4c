"""Which tables are derived from streams, and how a fresh fold of them is compared with a store's.

Everything named here can be dropped and folded again; everything else is kept for ever or is
nobody's truth but this node's (`KEPT`). A test holds that each table is in one of the two lists.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from node.calendar import actions as calendar

Tx = sqlite3.Connection


@dataclass(frozen=True, slots=True)
class Derived:
    """One derived table."""

    table: str
    stream: str = ""
    """SQL for the name of the stream that a row comes from; empty for sums over many."""
    local: frozenset[str] = frozenset()
    """Columns that this node alone decides: not compared."""
    reckoned: frozenset[str] = frozenset()
    """Columns that follow from the calendar of now only where `even` is true."""
    even: str = ""
    """SQL about a row; `:mark` is the mark of the calendar of now."""


NODE: Final = "'node/' || node"
CLOCK_OF: Final = "(SELECT max(c.stream) FROM main.cases c WHERE c.id = case_id)"
CLOCK_DUE: Final = frozenset({"due_day", "due_at", "provisional"})
CLOCK_EVEN: Final = (
    "EXISTS (SELECT 1 FROM main.calendar_marks m JOIN main.case_clocks t"
    " ON t.case_id = case_clocks.case_id AND t.clock = case_clocks.clock"
    " WHERE m.serial = (SELECT max(serial) FROM main.calendar_marks) AND m.mark = :mark"
    " AND (m.done OR t.mark = m.serial))"
)
"""Until a new calendar has been walked through, the clocks it has not come to say what was."""
ALL_EVEN: Final = (
    "(SELECT mark = :mark AND done FROM main.calendar_marks ORDER BY serial DESC LIMIT 1)"
)
"""What follows from the clocks of a case: once the walk through all of them is over."""
DERIVED: Final = (
    Derived("node_records", NODE),
    Derived("node_keys", NODE),
    Derived("signers", NODE),
    Derived("revocations", NODE),
    Derived("items", "stream"),
    Derived("releases", "stream"),
    Derived("release_entries", "stream"),
    Derived("revisions", "stream"),
    Derived("revision_lines", "stream"),
    Derived("revision_opinions", "stream"),
    Derived("calendar_tables", "stream"),
    Derived("cases", "stream", reckoned=frozenset({"due_at"}), even=ALL_EVEN),
    Derived("case_clocks", CLOCK_OF, frozenset({"mark"}), CLOCK_DUE, CLOCK_EVEN),
    Derived("case_joint", "stream"),
    Derived("case_findings", "stream"),
    Derived("case_notes", "stream"),
    Derived("case_tasks", "stream"),
    Derived("notices", "stream"),
    Derived("evaluations", "note"),
    Derived("orders", "stream"),
    Derived("redress", "stream"),
    Derived("order_findings", "stream"),
    Derived("roster", "stream"),
    Derived("roster_arrivals", "note"),
    Derived("reports", "stream"),
    Derived("report_objections", "note"),
    Derived("report_decisions", "stream"),
    Derived("case_routes"),
    Derived("case_counts"),
    Derived("rulebooks", "stream"),
    Derived("wishes", "stream", frozenset({"id", "granted"})),
)
GROUND: Final = frozenset({"calendar"})
"""Kinds of streams by which others are reckoned: folded before them, as what unlocks is."""
FROM_PARTS: Final = frozenset({"applicants"})
"""Derived from parts under this node's keys: made again from the files, never compared."""
KEPT: Final = frozenset(
    {
        "migrations", "streams", "events", "parked", "links", "outbox", "surveyed", "refusals",
        "network_findings", "local_facts", "invitations", "departments", "staff", "case_serials",
        "roster_applied",
        "windows", "posts", "post_people", "post_windows", "absences", "filings",
        "paper_numbers", "intake_lists", "intake_list_rows",
        "applicants_secret", "part_keys", "part_erasures", "part_wants", "part_chunks",
        "part_served", "uploads", "arriving", "arriving_pieces",
        "sessions", "answers", "drafts", "person_views",
        "audit_entries", "audit_head", "second_factors", "recovery_codes",
        "kept_forms", "unknown_logins",
        "release_held", "revision_drafts", "calendar_marks", "calendar_changes",
        "task_views", "phrases", "notice_serials", "notice_texts", "notice_pdfs",
        "drills",
        "report_marks",
        "tablets", "rating_invitations", "device_days", "staff_devices", "rating_signs",
        "followers", "follow_next", "follow_faults",
        "open_cases", "open_subjects", "light_changes",
        "order_serials",
        "redress_serials", "redress_views",
        "measured", "measured_subjects", "measured_months", "counts",
        "findings", "finding_marks", "finding_faults", "watched_cases", "watched_days",
        "watched_books",
        "risk_showings",
    }
)  # fmt: skip


def columns(tx: Tx, one: Derived) -> list[str]:
    """Name the columns that follow from the streams."""
    rows = tx.execute("SELECT name FROM pragma_table_info(?)", (one.table,)).fetchall()
    return [name for (name,) in rows if name not in one.local]


def differing(tx: Tx, one: Derived, fresh: str) -> Iterator[str]:
    """Name the streams whose rows in the store differ from those in the attached schema `fresh`.

    For a sum over many streams: one empty name if anything differs.
    """
    said = ", ".join(
        f"CASE WHEN {one.even} THEN {name} END AS {name}" if name in one.reckoned else name
        for name in columns(tx, one)
    )
    where = one.stream or "''"
    ours, theirs = f"main.{one.table}", f"{fresh}.{one.table}"
    rows = tx.execute(
        f"SELECT DISTINCT {where} FROM ("  # noqa: S608  # names of our own tables
        f"SELECT * FROM (SELECT {said} FROM {ours} EXCEPT SELECT {said} FROM {theirs})"
        f" UNION ALL SELECT * FROM (SELECT {said} FROM {theirs} EXCEPT SELECT {said} FROM {ours}))"
        " ORDER BY 1",
        {"mark": calendar.mark(tx)},
    )
    for (name,) in rows:
        yield str(name)
