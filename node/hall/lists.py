"""名单: many persons taken in at once for one item (医保参保缴费季). Pure.

Every row becomes a case of its own. Only items that ask little are taken so: natural persons, no
questions about the matter, at most three papers, and no licence, whose papers are looked at one by
one.
"""

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from node.applicants import model as applicants
from node.cases import intake
from node.catalogue.model import needs_place, takes_at
from node.hall import model
from node.hall.model import Count, Draft
from schemas.cases_api import ReceiveCase
from schemas.ids import NodeId, level_of
from schemas.item_terms import LICENCE, ApplicantKind
from schemas.items import Item, MaterialNeed
from schemas.parts import Person

MOST_ROWS: Final = 200  # a village's morning in the season; more is another list
MOST_PAPERS: Final = 3  # 身份证, 户口簿, 登记表: what can be looked at while the next one waits
MOST_TABLE: Final = 100_000  # characters pasted at once: 200 rows are a tenth
COLUMNS: Final = ("name", "id_number", "phone", "relation")
"""In the order in which they are asked, and in which a table without a head line has them."""


Faults = dict[int, dict[str, str]]
"""By row and field: a fault code."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed of one person."""

    name: str = ""
    id_number: str = ""
    phone: str = ""
    relation: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.name or self.id_number or self.phone or self.relation)


class Common(msgspec.Struct, frozen=True, kw_only=True):
    """What all rows of a list share."""

    phone: str = ""
    address: str = ""
    counts: tuple[Count, ...] = ()
    """What each person handed in."""


def may_be_listed(item: Item, me: NodeId) -> bool:
    """Say whether windows here may take this item for many persons at once."""
    asks_little = not model.has_situation(item) and not item.batches
    few = len(intake.required_at_receipt(item, ())) <= MOST_PAPERS
    is_theirs = ApplicantKind.NATURAL in item.applicants and item.type_code != LICENCE
    taken_here = takes_at(item, level_of(me)) and needs_place(item, me) is None
    return asks_little and few and is_theirs and taken_here


def papers(item: Item) -> tuple[MaterialNeed, ...]:
    """List the papers that each person hands in: those without which nothing is received."""
    required = intake.required_at_receipt(item, ())
    return tuple(need for need in item.materials if need.code in required)


def counted(item: Item, ticked: Collection[str]) -> tuple[Count, ...]:
    """Give the counts of the papers that everybody handed in: one of each form it is asked in."""
    lying = Draft(item=item.code, place=NodeId(""))
    every = model.all_there(item, lying).counts
    return tuple(one for one in every if one.code in ticked)


def lacking(item: Item, common: Common) -> tuple[MaterialNeed, ...]:
    """List the papers that everybody must hand in and that are not ticked."""
    there = {one.code for one in common.counts if one.originals or one.copies}
    return tuple(need for need in papers(item) if need.code not in there)


def person_of(entry: Entry, common: Common) -> Person:
    """Make the applicant of a row, in normal form."""
    return applicants.normal(
        Person(
            kind=ApplicantKind.NATURAL,
            name=entry.name,
            id_number=entry.id_number,
            phone=entry.phone or common.phone,
            address=common.address,
            relation=entry.relation,
        )
    )


def form_of(item: Item, entry: Entry, common: Common, me: NodeId) -> ReceiveCase:
    """Make the application of a row."""
    draft = Draft(item=item.code, place=me, counts=common.counts)
    return model.form_of(item, draft, person_of(entry, common), me)


def faults_in(entries: Mapping[int, Entry], common: Common, today: date) -> Faults:
    """Say what is wrong with each row by itself and beside the others; sound rows have no entry."""
    persons = {row: person_of(entry, common) for row, entry in entries.items()}
    numbers = Counter(person.id_number for person in persons.values())
    found: Faults = {}
    for row, person in persons.items():
        faults = dict(_faults_of(person, entries[row], today))
        if "id_number" not in faults and numbers[person.id_number] > 1:
            faults["id_number"] = "twice"
        if faults:
            found[row] = faults
    return found


def _faults_of(person: Person, entry: Entry, today: date) -> Iterable[tuple[str, str]]:
    for field, fault in applicants.faults_in(person, today).items():
        name = field.removeprefix("applicant.")
        empty = name in COLUMNS and not getattr(person, name)
        if name == "id_number" and _SCIENTIFIC.fullmatch(entry.id_number.strip()):
            yield name, "as_a_sum"
        else:
            yield name if name in COLUMNS else "name", "missing" if empty else fault


_SCIENTIFIC: Final = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]{2}")
"""What a spreadsheet makes of an ID number that it takes for a sum: digits are lost."""


# ---- a table from a spreadsheet


def read_table(text: str) -> tuple[Entry, ...]:
    """Read rows pasted from a spreadsheet or sent as CSV; a head line may name the columns.

    Tabs, commas (also ，) or semicolons part the cells. Empty lines are left out; of more than the
    rows of a list the first are read.
    """
    lines = [line for line in text[:MOST_TABLE].replace("\ufeff", "").splitlines() if line.strip()]
    rows = [row for line in lines for row in csv.reader([_parted(line)], delimiter="\t")]
    head = _head(rows[0]) if rows else None
    columns = head or COLUMNS
    entries = (_entry(row, columns) for row in (rows[1:] if head else rows))
    return tuple(entry for entry in entries if not entry.is_empty)[: MOST_ROWS + 1]


def _parted(line: str) -> str:
    if "\t" in line:
        return line
    for mark in (",", "，", ";"):
        if mark in line:
            cells = next(csv.reader([line], delimiter=mark), [])
            return "\t".join(cell.replace("\t", " ") for cell in cells)
    return line


_HEADS: Final = (
    ("relation", re.compile(r"关系|relation", re.IGNORECASE)),
    ("id_number", re.compile(r"证件|身份证|公民身份|id", re.IGNORECASE)),
    ("phone", re.compile(r"电话|手机|联系|phone|mobile", re.IGNORECASE)),
    ("name", re.compile(r"姓名|名字|name", re.IGNORECASE)),
)


def _head(cells: Sequence[str]) -> tuple[str, ...] | None:
    """Read a line as the names of the columns; `None` if it is a person."""
    if any(char.isdigit() for cell in cells for char in cell):
        return None
    named = tuple(_column(cell) for cell in cells)
    return named if "name" in named and "id_number" in named else None


def _column(cell: str) -> str:
    return next((name for name, pattern in _HEADS if pattern.search(cell)), "")


def _entry(cells: Sequence[str], columns: Sequence[str]) -> Entry:
    said: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=False):
        if column:
            said.setdefault(column, cell.strip().removeprefix("'")[:_MOST_CELL])
    return Entry(**said)


_MOST_CELL: Final = 200  # characters: what is longer is no name
