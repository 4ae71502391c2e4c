"""The broker's configuration, as a pure function of who may use it.

A user may publish to its neighbours' mailboxes under its own name, pull its own mailbox and read
its own inbox: nothing else. The subjects:

    zw.<region>.in.<to>.<from>           mail; kept in the one stream MAIL until the reader acks
    zw.<region>.join.<parent>.<child>    asking to join; answered below _JOIN.<parent>.<child>

`region` is the broker's owner. nats-server reads JSON, so there is no template.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from federation import nkey
from schemas.ids import NodeId

STREAM: Final = "MAIL"
LOOPBACK: Final = "127.0.0.1"
MAX_PAYLOAD_BYTES: Final = 1 << 20  # a parcel is at most 800,000 bytes
MAX_CONTROL_LINE_BYTES: Final = 2048  # the longest is CONNECT: a key, a signature and a name
MAX_CONNECTIONS: Final = 1000  # a county has some 120 nodes, and each may leave a dead line behind
MAX_SUBSCRIPTIONS: Final = 64  # per connection; a node needs three
MAX_STORE_BYTES: Final = 4 << 30
MAX_MEMORY_BYTES: Final = 16 << 20  # no stream of ours is kept in memory


@dataclass(frozen=True, slots=True)
class BrokerUser:
    """A node that may use the broker."""

    node: NodeId
    nkey: str
    """Its public key, `U…`."""
    neighbours: tuple[NodeId, ...]
    """To whom it may write through this broker."""
    temporary_for: NodeId | None = None
    """For the user of a one-time code: the parent that `node` may ask to join, and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerSettings:
    """What the configuration says besides the users."""

    owner: NodeId
    owner_nkey: str
    host: str
    port: int
    folder: Path
    """Absolute: store, ports file and pid file lie in it."""
    certificate: Path
    private_key: Path

    @property
    def config(self) -> Path:
        """The server's configuration file: also what tells our server from another's."""
        return self.folder / "nats.json"

    @property
    def store(self) -> Path:
        """The folder of the queue: it may be deleted at any moment."""
        return self.folder / "store"

    @property
    def ports_folder(self) -> Path:
        """Where the server writes which ports it got."""
        return self.folder / "ports"

    @property
    def pid_file(self) -> Path:
        """Where the server writes who it is."""
        return self.folder / "nats.pid"


class Allowed(msgspec.Struct, frozen=True, kw_only=True):
    """The subjects of one direction; everything else is denied."""

    allow: tuple[str, ...]


class Permissions(msgspec.Struct, frozen=True, kw_only=True):
    """What one user may do."""

    publish: Allowed
    subscribe: Allowed


class _User(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    nkey: str
    permissions: Permissions | None = None


class _Authorization(msgspec.Struct, frozen=True, kw_only=True):
    timeout: int = 5
    users: tuple[_User, ...]


class _Tls(msgspec.Struct, frozen=True, kw_only=True):
    cert_file: str
    key_file: str
    min_version: str = "1.3"
    timeout: int = 5
    handshake_first: bool = True  # nothing is ever said in clear, nor can a client be led to


class _JetStream(msgspec.Struct, frozen=True, kw_only=True):
    store_dir: str
    max_mem: int = MAX_MEMORY_BYTES
    max_file: int = MAX_STORE_BYTES
    sync_interval: str = "always"  # the default acknowledges two minutes before the disk has it


class _Config(msgspec.Struct, frozen=True, kw_only=True):
    server_name: str
    host: str
    port: int
    http: str = f"{LOOPBACK}:-1"  # monitoring has no password: never elsewhere
    pid_file: str
    ports_file_dir: str
    max_payload: int = MAX_PAYLOAD_BYTES
    max_control_line: int = MAX_CONTROL_LINE_BYTES
    max_connections: int = MAX_CONNECTIONS
    max_subscriptions: int = MAX_SUBSCRIPTIONS
    write_deadline: str = "10s"
    ping_interval: str = "20s"  # the default of two minutes keeps half-dead lines for six
    ping_max: int = 2
    lame_duck_grace_period: str = "1s"
    lame_duck_duration: str = "30s"  # the least that the server accepts
    jetstream: _JetStream
    tls: _Tls
    authorization: _Authorization


def mail_subject(region: NodeId, *, to: NodeId, sender: NodeId) -> str:
    """Name the subject of mail from `sender` to `to`."""
    return f"zw.{region}.in.{to}.{sender}"


def join_subject(region: NodeId, *, parent: NodeId, child: NodeId) -> str:
    """Name the subject on which `child` asks `parent` to join."""
    return f"zw.{region}.join.{parent}.{child}"


def join_inbox(parent: NodeId, child: NodeId) -> str:
    """Name the prefix under which `child` waits for the answer of `parent`."""
    return f"_JOIN.{parent}.{child}"


def permissions(user: BrokerUser, region: NodeId) -> Permissions:
    """Tell what `user` may do on the broker of `region`; all else is denied."""
    if user.temporary_for is not None:
        ask = join_subject(region, parent=user.temporary_for, child=user.node)
        inbox = f"{join_inbox(user.temporary_for, user.node)}.>"
        return Permissions(publish=Allowed(allow=(ask,)), subscribe=Allowed(allow=(inbox,)))
    write = tuple(mail_subject(region, to=near, sender=user.node) for near in user.neighbours)
    pull = f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{user.node}"
    settle = f"$JS.ACK.{STREAM}.{user.node}.>"
    answer = f"_JOIN.{user.node}.>"
    asked = f"zw.{region}.join.{user.node}.*"
    return Permissions(
        publish=Allowed(allow=(*write, pull, settle, answer)),
        subscribe=Allowed(allow=(f"_INBOX.{user.node}.>", asked)),
    )


def admissible(users: Sequence[BrokerUser], owner_nkey: str) -> tuple[BrokerUser, ...]:
    """Leave out users whose key is no key, the owner's, or an earlier user's.

    The server would refuse the whole file for one of them: so a place that enrols with a bad or
    borrowed key shuts out itself and nobody else.
    """
    taken = {owner_nkey}
    fit: list[BrokerUser] = []
    for user in users:
        if user.nkey not in taken and nkey.is_public(user.nkey):
            taken.add(user.nkey)
            fit.append(user)
    return tuple(fit)


def render(settings: BrokerSettings, users: Sequence[BrokerUser]) -> bytes:
    """Write the server's configuration: the owner may do everything, `users` what they need."""
    known = (
        _User(nkey=settings.owner_nkey),
        *(
            _User(nkey=user.nkey, permissions=permissions(user, settings.owner))
            for user in admissible(users, settings.owner_nkey)
        ),
    )
    config = _Config(
        server_name=settings.owner,
        host=settings.host,
        port=settings.port,
        pid_file=str(settings.pid_file),
        ports_file_dir=str(settings.ports_folder),
        jetstream=_JetStream(store_dir=str(settings.store)),
        tls=_Tls(cert_file=str(settings.certificate), key_file=str(settings.private_key)),
        authorization=_Authorization(users=known),
    )
    return msgspec.json.format(msgspec.json.encode(config), indent=1)
