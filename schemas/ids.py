"""Names of places, streams, people and papers.

A node id *is* the administrative division code (区划代码) without padding, so level, parent and
route need no table. Nothing here knows what a node does.
"""

import re
from enum import StrEnum
from typing import Final, NewType

NodeId = NewType("NodeId", str)
"""The unpadded division code of the place the node serves: 4, 6, 9 or 12 digits."""
StreamName = NewType("StreamName", str)
"""`kind/<creator's node id>/<80 random bits>`, or `node/<id>` for a node's own record."""
StaffId = NewType("StaffId", str)
"""A random name for a member of staff; the real name lives in the staff table of his node alone."""
CaseNumber = NewType("CaseNumber", str)
"""办件编号: origin code, local date, series letter and serial: `610328100201-20261109-A0007`."""
KeyId = NewType("KeyId", str)
"""The first 16 hex digits of the SHA-256 of an Ed25519 public key."""
EventHash = NewType("EventHash", str)
"""SHA-256 of an event's payload: 64 lower-case hex digits."""
PartDigest = NewType("PartDigest", str)
"""SHA-256 of a part's salt and bytes: 64 lower-case hex digits."""
DepartmentId = NewType("DepartmentId", str)
"""A short, stable name of a department within its county: `zrzy`, `wjw`."""

NO_HASH: Final = EventHash("0" * 64)
"""`prev` of a stream's first event."""


class Level(StrEnum):
    """The four tiers (四级)."""

    CITY = "city"  # 市
    COUNTY = "county"  # 县
    TOWN = "town"  # 镇
    VILLAGE = "village"  # 村 (社区)


_LEVEL_BY_DIGITS: Final = {4: Level.CITY, 6: Level.COUNTY, 9: Level.TOWN, 12: Level.VILLAGE}
_PARENT_DIGITS: Final = {6: 4, 9: 6, 12: 9}
_RANDOM_END: Final = re.compile(r"\d+/[a-z2-7]{16}", re.ASCII)
_KIND: Final = re.compile(r"[a-z]{1,16}")


class BadNameError(ValueError):
    """The text is not a name of the kind asked for."""


def parse_node_id(text: str) -> NodeId:
    """Take `text` as a node id. Raises `BadNameError`."""
    if len(text) in _LEVEL_BY_DIGITS and text.isascii() and text.isdigit() and text[0] != "0":
        return NodeId(text)
    raise BadNameError(f"{text!r} is not a division code of 4, 6, 9 or 12 digits")


def level_of(node: NodeId) -> Level:
    """Tell the tier of `node`: it is the length of its code."""
    return _LEVEL_BY_DIGITS[len(node)]


def parent_of(node: NodeId) -> NodeId | None:
    """Name the place above; `None` for a city."""
    digits = _PARENT_DIGITS.get(len(node))
    return NodeId(node[:digits]) if digits else None


def line_of(node: NodeId) -> tuple[NodeId, ...]:
    """Name the node and its ancestors, nearest first."""
    above = parent_of(node)
    return (node,) if above is None else (node, *line_of(above))


def is_ancestor(above: NodeId, below: NodeId) -> bool:
    """Say whether `above` lies strictly above `below`."""
    return above != below and below.startswith(above)


def ancestor_at(node: NodeId, level: Level) -> NodeId | None:
    """Name the place of `level` on the line of `node`; `None` if the line has none."""
    return next((place for place in line_of(node) if level_of(place) is level), None)


def next_hop(me: NodeId, to: NodeId) -> NodeId:
    """Name the neighbour of `me` that lies towards `to`. Raises `BadNameError` if there is none."""
    if is_ancestor(me, to):
        return next(place for place in line_of(to) if parent_of(place) == me)
    above = parent_of(me)
    if above is None or me == to:
        raise BadNameError(f"{me} has no neighbour towards {to}")
    return above


def stream_kind(stream: StreamName) -> str:
    """Tell the kind of a stream, such as `case`, `item`, `node` or `note`."""
    return stream.split("/", 1)[0]


def stream_creator(stream: StreamName) -> NodeId:
    """Name the node in the stream's name: its creator, or for `node/<id>` its subject."""
    return NodeId(stream.split("/")[1])


def parse_stream(text: str) -> StreamName:
    """Take `text` as a stream's name. Raises `BadNameError`."""
    kind, *rest = text.split("/")
    if kind == "node":
        if len(rest) == 1:
            parse_node_id(rest[0])
            return StreamName(text)
    elif _KIND.fullmatch(kind) and _RANDOM_END.fullmatch("/".join(rest)):
        parse_node_id(rest[0])
        return StreamName(text)
    raise BadNameError(f"{text!r} is not the name of a stream")


def node_stream(node: NodeId) -> StreamName:
    """Name the stream that is the record of `node`."""
    return StreamName(f"node/{node}")
