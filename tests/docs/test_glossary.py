import re
from enum import StrEnum

import pytest

from schemas import cases, events, item_terms, nodes, staff
from tests.support import documents

ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in documents.read("GLOSSARY.md").text.splitlines()
    if line.startswith("|") and "---" not in line and "English" not in line
]
PLACES = {name for row in ROWS for name in re.findall(r"`([^`]+)`", row[2])}
CLOSED = (
    cases.Action, cases.CaseState, cases.Outcome, item_terms.StageKind, item_terms.CaseKind,
    item_terms.Mode, staff.Role,
)  # fmt: skip


def test_every_row_has_a_term_a_word_and_a_place_or_none() -> None:
    assert ROWS
    assert all(len(row) == 3 and row[0] and row[1] for row in ROWS)


def test_no_term_stands_twice() -> None:
    terms = [row[0] for row in ROWS]
    assert len(set(terms)) == len(terms)


@pytest.mark.parametrize("closed", CLOSED, ids=lambda one: one.__name__)
def test_every_member_of_a_closed_set_of_the_trade_is_in_it(closed: type[StrEnum]) -> None:
    names = {f"{closed.__module__}.{closed.__name__}.{member.name}" for member in closed}
    assert names <= PLACES


def test_every_event_of_a_node_record_and_of_custody_is_in_it() -> None:
    structs = (*nodes.NodeEvent.__args__, events.HolderReclaimed, events.HolderAdopted)
    assert {f"{one.__module__}.{one.__name__}" for one in structs} <= PLACES
