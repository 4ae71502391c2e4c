"""The sample network and its people, read from `deploy/qianyang`."""

from pathlib import Path
from typing import Final

import msgspec

from node.catalogue.files import load_departments
from node.staff.files import load_staff_file
from schemas.ids import NodeId, level_of, parent_of
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


def places() -> dict[NodeId, Place]:
    """Read the names of the sample places."""
    file = msgspec.toml.decode((SAMPLE / "places.toml").read_bytes(), type=PlacesFile)
    return {one.id: one for one in file.places}


def staff_of(node: NodeId) -> StaffList:
    """Read the sample people of a node's tier, with the demonstration's password.

    A county's departments, windows and posts lie in files of their own.
    """
    listed = load_staff_file(SAMPLE / "staff" / f"{level_of(node)}.toml")
    people = tuple(msgspec.structs.replace(one, password=PASSWORD) for one in listed.staff)
    if level_of(node).value != "county":
        return msgspec.structs.replace(listed, staff=people)
    hall = load_staff_file(SAMPLE / "posts.toml")
    departments = load_departments(SAMPLE / "departments.toml")
    return msgspec.structs.replace(hall, departments=departments, staff=people)


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
