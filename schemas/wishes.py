"""愿: what a node asks of whoever holds its record, as a stream of its own (`wish/<node>/…`)."""

import msgspec

from schemas.ids import StreamName
from schemas.nodes import NodeChangedOver, NodeRotated


class RotationWished(
    msgspec.Struct, frozen=True, kw_only=True, tag="wish.rotation", tag_field="kind"
):
    """请求换钥: add these keys to my record."""

    stream: StreamName
    """The node's record."""
    rotation: NodeRotated


class ChangeOverWished(
    msgspec.Struct, frozen=True, kw_only=True, tag="wish.change_over", tag_field="kind"
):
    """启用新钥: I no longer sign with the old key."""

    stream: StreamName
    statement: NodeChangedOver


Wish = RotationWished | ChangeOverWished
