"""The names of what a report counts: places, departments, windows; people at their own node."""

from collections.abc import Mapping
from dataclasses import dataclass

from node.database import Tx
from node.network import actions as network
from node.network.actions import Places
from node.staff import actions as staff
from node.staff import posting
from node.web.wording import Words
from schemas.appraisal import Grain
from schemas.ids import NodeId, StaffId, parent_of
from schemas.reports import Report

NameBook = dict[str, tuple[str, str]]
"""Chinese and English, by subject."""


def own_names(tx: Tx, me: NodeId) -> NameBook:
    """Name the departments and windows of this node, and the places that a report compares.

    Others learn them from its reports, and whoever reads one without a directory.
    """
    known = network.place_names(tx)
    named: NameBook = {
        one: (known[one].zh, known[one].en) for one in known if me in (one, parent_of(one))
    }
    named |= {f"{me}/{one.id}": (one.name, one.name_en) for one in staff.departments(tx)}
    named |= {f"{me}/{one.id}": (f"{one.id} {one.name}", "") for one in posting.windows(tx)}
    return named


@dataclass(frozen=True, slots=True)
class Names:
    """Names subjects for a reader."""

    words: Words
    places: Places
    book: Mapping[str, tuple[str, str]]
    people: Mapping[StaffId, str]

    def __call__(self, grain: Grain, subject: str) -> str:
        """Name a subject; what nobody named here by what its code says."""
        node, _, rest = subject.partition("/")
        if grain is Grain.STAFF:
            return self.people.get(StaffId(rest), self.words.say("reports.somebody"))
        known = self.book.get(subject)
        if known is not None:
            return self.words.pick(*known)
        place = self.places(NodeId(node))
        return f"{place} {rest}".rstrip()

    def body(self, subject: str) -> str:
        """Name a department, or a place that answers as one."""
        return self(Grain.BODY, subject)


def names_for(tx: Tx, me: NodeId, report: Report, words: Words) -> Names:
    """Make what names the subjects of a report here."""
    people = {}
    if report.node == me:
        people = {one.id: one.name for one in staff.listing(tx).staff}
    return Names(words, Places(network.place_names(tx), words), report.names, people)
