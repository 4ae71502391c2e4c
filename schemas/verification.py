"""What a check of a store, or of a proof file, found."""

from enum import StrEnum

import msgspec

from schemas.ids import EventHash, NodeId, StreamName


class Flaw(StrEnum):
    """What kind of thing is wrong."""

    PAYLOAD = "payload"  # 内容被改
    SIGNATURE = "signature"  # 签名不符
    KEY = "key"  # 密钥无据
    CHAIN = "chain"  # 链不接
    CUSTODY = "custody"  # 不是持有节点所写
    ROOT = "root"  # 根不符
    FORMAT = "format"  # 格式不对
    ROW = "row"  # 索引与事件不符
    VERDICT = "verdict"  # 判定不符
    PROJECTION = "projection"  # 业务表与事件不符
    PART = "part"  # 材料损坏
    LINK = "link"  # 线路数字不合理


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong, in one sentence that says where."""

    flaw: Flaw
    sentence: str
    stream: str = ""
    seq: int | None = None
    hash: str = ""


class ParkedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event that waits for something: no fault, but to be seen."""

    stream: StreamName
    hash: EventHash
    wants: str
    peer: str
    received_at: int


class ProvenStream(msgspec.Struct, frozen=True, kw_only=True):
    """What a proof file proves of its stream."""

    stream: StreamName
    events: int
    counting: int
    head: str
    holder: str
    tip: str


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What was checked and what is wrong. Clean if `faults` is empty."""

    root: EventHash
    clean: bool
    nodes: int = 0
    """Node records."""
    streams: int = 0
    events: int = 0
    unproven: int = 0
    """Events that cannot be judged because a record that they rest on is faulty."""
    waiting: int = 0
    """Events on losing branches, or behind a revoked key."""
    disputes: int = 0
    parts: int = 0
    links: int = 0
    parked: int = 0
    parked_events: tuple[ParkedEvent, ...] = ()
    """The longest waiting ones."""
    faults: tuple[Fault, ...] = ()
    more_faults: int = 0
    """How many more there are than `faults` lists."""
    proof: ProvenStream | None = None
    """Of a proof file alone."""


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """What was folded again."""

    node: NodeId
    events: int
    tables: int
    applicants: int = 0
    unreadable_parts: int = 0
    """Parts whose applicant could not be read again; `verify` names them."""
