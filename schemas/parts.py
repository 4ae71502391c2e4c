"""Parts: names, papers and free text, sealed to the nodes that must handle them."""

import msgspec

from schemas.ids import NodeId, PartDigest, StreamName


class Ask(msgspec.Struct, frozen=True, array_like=True):
    """Asks the author of `stream`'s event for a part, from `chunk` on."""

    version: int
    sender: NodeId
    to: NodeId
    stream: StreamName
    digest: PartDigest
    chunk: int


class Chunk(msgspec.Struct, frozen=True, array_like=True):
    """One sealed piece of a part."""

    version: int
    sender: NodeId
    to: NodeId
    stream: StreamName
    digest: PartDigest
    chunk: int
    chunks: int
    """How many there are."""
    sealed_key: bytes
    """The content key, sealed once to the recipient (HPKE)."""
    ciphertext: bytes


class PartsReceived(
    msgspec.Struct, frozen=True, kw_only=True, tag="note.parts_received", tag_field="kind"
):
    """A note of the receiver: opened, digest right. Only now may the owner drop its copy for us."""

    stream: StreamName
    digests: tuple[PartDigest, ...]


class PartErased(
    msgspec.Struct, frozen=True, kw_only=True, tag="note.part_erased", tag_field="kind"
):
    """销毁: a note of the deciding node or an ancestor: who has the parts destroys their keys."""

    stream: StreamName
    digests: tuple[PartDigest, ...]
    reason: str
    """A reason code of `schemas.reasons`."""


class ErasureDone(
    msgspec.Struct, frozen=True, kw_only=True, tag="note.erasure_done", tag_field="kind"
):
    """已销毁: a note of a node that had these parts: their keys and files are gone there."""

    stream: StreamName
    digests: tuple[PartDigest, ...]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """The applicant as the window took him down: always a part, never in an event."""

    kind: str
    """`natural` or `legal` (自然人 / 法人)."""
    name: str
    id_number: str
    """GB 11643 for a natural person, GB 32100 (统一社会信用代码) for a legal one."""
    phone: str
    address: str = ""
    agent_name: str = ""
    """Who acts for him (代办人), if anyone."""
    agent_id: str = ""
    """GB 11643, of whoever acts for him."""
    agent_phone: str = ""
    relation: str = ""
    """与户主关系: of a person taken in with a household's list."""
    query_code: str = ""
    """查询码: drawn by the node that took the case, never typed by anyone."""
