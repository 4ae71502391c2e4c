"""认出来过的人: what an earlier application here says of whoever applies again.

A page shows that he came before, masked. His data are used only when the person at the window says
so, with him standing there; that they were is then written down with the earlier case.
"""

from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from federation import recovery
from node.applicants import actions as applicants
from node.applicants import model as people
from node.applicants.actions import Register
from node.cases import model as cases
from node.cases import person_views, reading
from node.cases.caseview import CaseView
from node.catalogue import actions as catalogue
from node.database import Tx
from node.errors import NotFoundError
from node.hall import actions
from node.materials import actions as materials
from node.materials.reading import Seeker
from node.work import Work
from schemas.parts import Person

USED: Final = "@known"
"""The reason that the applicant's page writes down."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who came before, as a page may show him."""

    name: str
    phone: str
    item: str
    """Of his latest application here; empty if it is unknown."""
    item_en: str
    at_ms: int


def find(tx: Tx, register: Register, seeker: Seeker, id_number: str) -> Known | None:
    """Find the latest application under this number that `seeker` may see; `None` without one."""
    found = _latest(tx, register, seeker, id_number)
    if found is None:
        return None
    view, person = found
    item = catalogue.item_at(tx, view.item, view.item_version)
    return Known(
        name=people.masked_name(person.name),
        phone=people.masked_phone(person.phone),
        item=item.name if item else "",
        item_en=item.name_en if item else "",
        at_ms=view.received_at,
    )


def use(work: Work, named: str, register: Register, id_number: str) -> None:
    """Put what is known of him into the draft; what was typed there already stays.

    Writes down with the earlier case that it was used. Raises `NotAllowedError`, `NotFoundError`.
    """
    cases.require_receive(work.actor)
    opened = actions.own(work, named)
    found = _latest(work.tx, register, materials.seeker_in(work), id_number)
    if found is None:
        raise NotFoundError("applicant")
    view, person = found
    person_views.note(work, view.stream, USED)
    typed = opened.draft.typed or opened.draft.person or replace(person, agent_name="")
    ours = typed.id_number == person.id_number
    filled = replace(
        typed,
        kind=person.kind,
        id_number=person.id_number,
        name=(typed.name if ours else "") or person.name,
        phone=(typed.phone if ours else "") or person.phone,
        address=(typed.address if ours else "") or person.address,
        query_code="",
    )
    actions.save(work, named, replace(opened.draft, typed=filled))


def _latest(
    tx: Tx, register: Register, seeker: Seeker, id_number: str
) -> tuple[CaseView, Person] | None:
    if recovery.is_recovering(tx):  # it may still hold what was destroyed since its backup
        return None
    reader = reading.reader_of(seeker.me, seeker.profile, seeker.actor)
    views = []
    for stream in applicants.cases_of(tx, register.id_hash(id_number)):
        try:
            views.append(reading.case(tx, reader, stream))
        except NotFoundError:
            continue
    for view in sorted(views, key=lambda one: -one.received_at):
        person = register.read(tx, view.stream)
        if person is not None:
            return view, person
    return None
