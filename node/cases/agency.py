"""全程代办: somebody acts for the applicant. What must then be known of him. Pure.

The event says only that somebody does, in what relation, and which part holds his authority; his
name, ID number and phone stand in the applicant's part.
"""

from collections.abc import Collection
from datetime import date
from typing import Final

from node.applicants import model as applicants
from node.cases.facts import Fault
from schemas.case_terms import Agency, AgencyKind
from schemas.cases import CaseReceived
from schemas.parts import Person
from schemas.staff import Role

STATION_ROLES: Final = frozenset({Role.AGENT})
"""Whose post it is to act for villagers: he shows no authority to himself."""


def fault_in(received: CaseReceived) -> Fault | None:
    """Say whether somebody acts without authority, as every replica sees it.

    A kind that this version does not know needs one too.
    """
    said = received.agency
    if not said or said.kind == AgencyKind.STATION or said.authority is not None:
        return None
    return Fault.NO_AUTHORITY


def faults_in(
    said: Agency | None, person: Person, roles: Collection[Role], today: date
) -> dict[str, str]:
    """Say what is wrong with the agency of an application; empty if nothing is, or none is said.

    `person` is normal; `roles` are those of who takes it in.
    """
    if said is None:
        return {}
    is_station = said.kind == AgencyKind.STATION
    checks = {
        "agency.kind": _fault_in_kind(said.kind, roles),
        "agency.authority": None if is_station or said.authority else "no_authority",
        "applicant.agent_name": None if person.agent_name else "missing",
        "applicant.agent_id": None if is_station else _fault_in_id(person, today),
        "applicant.agent_phone": None if is_station else _fault_in_phone(person),
    }
    return {field: fault for field, fault in checks.items() if fault is not None}


def _fault_in_kind(kind: str, roles: Collection[Role]) -> str | None:
    if kind not in _KINDS:
        return "unknown"
    if kind == AgencyKind.STATION and not STATION_ROLES & set(roles):
        return "no_station_agent"
    return None


def _fault_in_id(person: Person, today: date) -> str | None:
    if person.agent_id == person.id_number:
        return "agent_is_applicant"
    return applicants.id_number_fault(person.agent_id, today)


def _fault_in_phone(person: Person) -> str | None:
    return None if applicants.is_phone(person.agent_phone) else "not_a_phone"


_KINDS: Final = frozenset(kind.value for kind in AgencyKind)
