"""The sections in which an item is edited: which fields and which lists each of them holds.

One table; labels and kinds of fields come from `node.catalogue.columns`, as those of the workbook
do. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from node.catalogue.columns import Column, sheet_of
from node.catalogue.labels import plain

MADE: Final = frozenset({"initials"})
"""Fields that nobody types: they are made of others when a draft is kept."""


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the editor."""

    key: str
    fields: tuple[str, ...] = ()
    """Fields of the item itself; `promised` stands for all that a limit has."""
    lists: tuple[str, ...] = ()
    """Lists of rows, each with a sheet of its own."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of its fields, in the order of the page."""
        return tuple(
            column
            for field in self.fields
            for column in sheet_of("").columns
            if column.path.partition(".")[0] == field
        )


SECTIONS: Final = (
    Section(
        "basic",
        (
            "code", "name", "name_en", "aliases", "type_code", "case_kind", "department",
            "department_name", "responsible", "applicants", "service_objects", "body_kind",
            "body_code", "power_source", "entrusted_to", "supervisor", "partners", "system",
            "decided_by", "follows", "predecessors",
        ),
    ),
    Section("grounds", lists=("basis",)),
    Section(
        "conditions",
        ("conditions", "exclusions", "quota", "renewal", "commitment", "commitment_check"),
    ),
    Section("materials", lists=("materials", "situations")),
    Section("process", lists=("process", "tiers")),
    Section("limits", ("promised", "statutory"), ("special", "batches")),
    Section("fees", lists=("fees",)),
    Section("result", ("result", "result_kind", "result_sample", "result_term", "couriered")),
    Section(
        "service",
        (
            "contact", "complaint", "address", "hours", "channels", "visits", "in_person",
            "topics",
        ),
        ("faqs",),
    ),
    Section("risks", lists=("risks",)),
    Section("codes", lists=("codes",)),
)  # fmt: skip
"""In the order in which a person goes through them."""
_OF_FIELD: Final = MappingProxyType(
    {field: one for one in SECTIONS for field in (*one.fields, *one.lists)}
)


def find_section(key: str) -> Section | None:
    """Find a section by its key."""
    return next((one for one in SECTIONS if one.key == key), None)


def section_of(path: str) -> Section:
    """Tell where the field at `path` is edited; what is no field's belongs to the first."""
    return _OF_FIELD.get(plain(path).partition(".")[0], SECTIONS[0])


def following(section: Section) -> Section | None:
    """Name the section after this one; `None` after the last."""
    number = SECTIONS.index(section) + 1
    return SECTIONS[number] if number < len(SECTIONS) else None


def tally(paths: Iterable[str]) -> dict[str, int]:
    """Count what is wrong in each section, by its key."""
    counts = dict.fromkeys((one.key for one in SECTIONS), 0)
    for path in paths:
        counts[section_of(path).key] += 1
    return counts
