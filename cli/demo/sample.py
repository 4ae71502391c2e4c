"""The sample network and the cases that walk through it, read from `deploy/qianyang`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from node.catalogue.files import load_departments
from node.staff.files import load_staff_file
from schemas.ids import NodeId, level_of, parent_of
from schemas.parts import Person
from schemas.places import Place, PlacesFile
from schemas.staff import Role, StaffFile, StaffList

SAMPLE: Final = Path(__file__).resolve().parents[2] / "deploy" / "qianyang"
PASSWORD: Final = "qianyang-demo-2026"  # noqa: S105  # of sample people on this machine alone
NODES: Final = tuple(
    NodeId(one)
    for one in (
        "6103", "610328", "610328100", "610328102", "610328100201", "610328100202", "610328102201",
    )
)  # fmt: skip
"""The nodes that the demonstration runs, parents before children."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One sample case: where it is taken, for what, for whom, and about which place."""

    kind: str
    item: str
    origin: NodeId
    applicant: Person
    place: NodeId | None = None


# Born on 1900-01-01: well-formed numbers that are nobody's.
def _person(name: str, id_number: str, phone: str, *, kind: str = "natural") -> Person:
    return Person(kind=kind, name=name, id_number=id_number, phone=phone, address="千阳县 (示例)")


WALKS: Final = (
    Walk("宅基地 (镇办)", "town-01", NodeId("610328100201"),
         _person("张明", "610328190001010013", "13800000001")),
    Walk("乡村建设规划许可 (三级)", "zrzy-01", NodeId("610328100201"),
         _person("李红", "610328190001010021", "13800000002")),
    Walk("医保参保登记 (即办)", "ybj-01", NodeId("610328100202"),
         _person("王军", "61032819000101003X", "13800000003")),
    Walk("高龄补贴 (给付)", "mzj-01", NodeId("610328100201"),
         _person("赵秀兰", "610328190001010048", "13800000004")),
    Walk("公共场所卫生许可 (县办, 村代办)", "wjj-01", NodeId("610328102201"),
         _person("刘强", "610328190001010056", "13800000005")),
    Walk("宅基地 (南寨镇的村收件, 城关镇办)", "town-01", NodeId("610328102201"),
         _person("陈静", "610328190001010064", "13800000006"), place=NodeId("610328100201")),
)  # fmt: skip


def places() -> dict[NodeId, Place]:
    """Read the names of the sample places."""
    file = msgspec.toml.decode((SAMPLE / "places.toml").read_bytes(), type=PlacesFile)
    return {one.id: one for one in file.places}


def staff_of(node: NodeId) -> StaffList:
    """Read the sample people of a node's tier, with the demonstration's password."""
    listed = load_staff_file(SAMPLE / "staff" / f"{level_of(node)}.toml")
    departments = listed.departments
    if level_of(node).value == "county":
        departments = load_departments(SAMPLE / "departments.toml")
    people = tuple(msgspec.structs.replace(one, password=PASSWORD) for one in listed.staff)
    return StaffList(departments=tuple(departments), staff=people)


def people_of(node: NodeId) -> tuple[StaffFile, ...]:
    """Name who works at a node."""
    return staff_of(node).staff


def by_post(node: NodeId) -> dict[Role, tuple[StaffFile, ...]]:
    """Name who works at a node, by post."""
    people = people_of(node)
    held = {role: tuple(one for one in people if role in one.roles) for role in Role}
    return {role: found for role, found in held.items() if found}


def parent(node: NodeId) -> NodeId:
    """Name the parent of a node that is no root."""
    above = parent_of(node)
    if above is None:
        raise ValueError(f"{node} is the root")
    return above
