"""`node.toml`: what the people who run a node decide, read once at start.

Unknown keys are refused, and every mistake is one plain sentence that names the file and the key.
What the network decides (names of other nodes, keys, the catalogue) is not here but in streams.
"""

import ipaddress
import os
import tempfile
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from node.errors import SettingsError
from schemas.ids import BadNameError, NodeId, parse_node_id
from schemas.nodes import NodeNames

FILE_NAME: Final = "node.toml"
LOOPBACK: Final = "127.0.0.1"
ANY_ADDRESS: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104  # listening everywhere is no name
FINGERPRINT_DIGITS: Final = 64  # SHA-256 in hex
HIGHEST_PORT: Final = 65535
MOST_MONTHS: Final = 60  # five years: no paper is relied on longer without being seen again
LEAST_IDLE: Final = 2  # minutes: less signs people out while they read
MOST_IDLE: Final = 240  # minutes: a morning; an abandoned window must not stay open longer
DAY_HOURS: Final = 24
LONGEST_WORD: Final = 16  # characters before a notice's number: 宝鸡市千阳县行政审批 has ten
LONGEST_OFFSET: Final = timedelta(days=3660)  # ten years: enough to rehearse any limit of the law


class Purpose(StrEnum):
    """What the home was made for. Only `demo` and `test` homes may shift their clock."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class BrokerMode(StrEnum):
    """Where this node's children find their mailboxes."""

    EMBEDDED = "embedded"  # a child process of the node
    EXTERNAL = "external"  # a NATS server or cluster that someone else runs
    NONE = "none"  # the nearest ancestor's


class Http(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where pages and the API are served. Without TLS only on this very machine."""

    host: str = "127.0.0.1"
    port: int = 8443
    """0 lets the system choose (tests and demo)."""
    tls: bool = True


class Broker(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The broker that this node owns, if it owns one."""

    mode: BrokerMode = BrokerMode.NONE
    host: str = "127.0.0.1"
    """Address that an embedded broker listens on; `0.0.0.0` is every address of this machine."""
    name: str = ""
    """Host name or address under which children reach it, where that is not `host`."""
    port: int = 0
    """Port of an embedded broker; 0 lets the system choose."""
    url: str = ""
    """Address of an external broker (`tls://…`)."""


class Upstream(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ancestor's broker that this node's own mail lies on."""

    url: str
    region: NodeId
    """The node that owns that broker."""


class Notices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How this node prints its notices (文书)."""

    word: str = ""
    """发文机关代字: what its numbers begin with, such as 千行审; made of its name if empty."""
    pdf_engine: str = ""
    """The browser that makes PDFs: a program's name or path; looked for if empty."""


class Materials(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long papers that were verified once are relied on (信息共享)."""

    valid_months: int = 12


class SecondFactor(StrEnum):
    """Whether operators, security and auditors must prove a second factor (动态口令)."""

    REQUIRED = "required"
    OFF = "off"


class SignInRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How people are signed in, and for how long."""

    idle_minutes: int = 30
    """After so long without a click somebody signs in again: enough for one applicant."""
    longest_hours: int = 12
    """A working day; then everybody signs in again."""
    second_factor: SecondFactor | None = None
    """Required if not said, but for homes made by `demo` or by tests."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of `node.toml`."""

    node: NodeId
    names: NodeNames
    root: str = ""
    """Fingerprint of the root: 64 hex digits; empty until the node has joined."""
    purpose: Purpose = Purpose.PRODUCTION
    clock_offset_seconds: int = 0
    public_url: str = ""
    """How people reach this node, if not at host and port (behind a proxy)."""
    http: Http = Http()
    broker: Broker = Broker()
    upstream: Upstream | None = None
    notices: Notices = Notices()
    materials: Materials = Materials()
    sign_in: SignInRules = SignInRules()

    def broker_address(self, port: int) -> str:
        """Where children elsewhere reach the embedded broker that listens on `port`."""
        host = self.broker.name or self.broker.host
        return f"tls://{LOOPBACK if host in ANY_ADDRESS else host}:{port}"

    @property
    def reached_as(self) -> tuple[str, ...]:
        """Host names and addresses that the node's one certificate must hold."""
        public = urlsplit(self.public_url).hostname or ""
        names = (self.http.host, self.broker.host, self.broker.name, public)
        return tuple(name for name in dict.fromkeys(names) if name and name not in ANY_ADDRESS)

    @property
    def asks_second_factor(self) -> bool:
        """Whether power over the node, its accounts and its trail needs more than a password."""
        said = self.sign_in.second_factor
        if said is None:
            return self.purpose is Purpose.PRODUCTION
        return said is SecondFactor.REQUIRED

    @property
    def clock_offset(self) -> timedelta:
        """How far this node's clock is shifted; nothing in production."""
        return timedelta(seconds=self.clock_offset_seconds)


def load_settings(home: Path) -> Settings:
    """Read and check the settings of the node in `home`. Raises `SettingsError`."""
    path = home / FILE_NAME
    try:
        settings = msgspec.toml.decode(path.read_bytes(), type=Settings)
    except FileNotFoundError:
        raise SettingsError(
            f"{path} does not exist; `zhengwu init` or `zhengwu join` makes it"
        ) from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    fault = fault_of(settings)
    if fault:
        raise SettingsError(f"{path}: {fault}")
    return settings


def save_settings(home: Path, settings: Settings) -> None:
    """Write the settings of the node in `home`: whole or not at all. Raises `SettingsError`."""
    fault = fault_of(settings)
    if fault:
        raise SettingsError(fault)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=home, delete=False) as file:
        file.write(to_toml(settings))
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).chmod(0o600)
    Path(file.name).replace(home / FILE_NAME)


def fault_of(settings: Settings) -> str:
    """Say in one sentence what is wrong with the settings taken together; empty if nothing is."""
    checks = (
        _place_fault,
        _clock_fault,
        _http_fault,
        _broker_fault,
        _notices_fault,
        _materials_fault,
        _sign_in_fault,
    )
    return next((fault for fault in (check(settings) for check in checks) if fault), "")


def _place_fault(settings: Settings) -> str:
    try:
        parse_node_id(settings.node)
        if settings.upstream is not None:
            parse_node_id(settings.upstream.region)
    except BadNameError as error:
        return str(error)
    root = settings.root
    if root and (len(root) != FINGERPRINT_DIGITS or not set(root) <= set("0123456789abcdef")):
        return "`root` is not a fingerprint of 64 lower-case hex digits"
    return ""


def _clock_fault(settings: Settings) -> str:
    if not settings.clock_offset_seconds:
        return ""
    if settings.purpose is Purpose.PRODUCTION:
        return "`clock_offset_seconds` is only for homes made by `demo` or by tests; remove it"
    if abs(settings.clock_offset) > LONGEST_OFFSET:
        return "`clock_offset_seconds` is more than ten years; choose less"
    return ""


def _http_fault(settings: Settings) -> str:
    http = settings.http
    if not 0 <= http.port <= HIGHEST_PORT:
        return f"`http.port` is {http.port}, which is not a port"
    if not http.tls and not is_loopback(http.host):
        return f"`http.host` is {http.host}: plain HTTP is for loopback only; set `http.tls = true`"
    if settings.public_url and not settings.public_url.startswith(("https://", "http://")):
        return "`public_url` must start with https:// or http://"
    return ""


def _broker_fault(settings: Settings) -> str:
    broker = settings.broker
    if not 0 <= broker.port <= HIGHEST_PORT:
        return f"`broker.port` is {broker.port}, which is not a port"
    if broker.mode is BrokerMode.EXTERNAL and not broker.url:
        return '`broker.url` is missing, but `broker.mode` is "external"'
    if broker.mode is not BrokerMode.EXTERNAL and broker.url:
        return f'`broker.url` is given, but `broker.mode` is "{broker.mode}"'
    return ""


def _materials_fault(settings: Settings) -> str:
    months = settings.materials.valid_months
    if not 1 <= months <= MOST_MONTHS:
        return f"`materials.valid_months` is {months}: it must be from 1 to {MOST_MONTHS}"
    return ""


def _sign_in_fault(settings: Settings) -> str:
    rules = settings.sign_in
    if not LEAST_IDLE <= rules.idle_minutes <= MOST_IDLE:
        return (
            f"`sign_in.idle_minutes` is {rules.idle_minutes}:"
            f" it must be from {LEAST_IDLE} to {MOST_IDLE}"
        )
    if not 1 <= rules.longest_hours <= DAY_HOURS:
        return f"`sign_in.longest_hours` is {rules.longest_hours}: it must be from 1 to {DAY_HOURS}"
    return ""


def _notices_fault(settings: Settings) -> str:
    word = settings.notices.word
    if len(word) > LONGEST_WORD or not all(one.isalnum() or one in "（）()" for one in word):
        return f"`notices.word` is {word!r}: at most {LONGEST_WORD} letters or digits, no spaces"
    return ""


def is_loopback(host: str) -> bool:
    """Say whether a host name or address leads to this very machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def to_toml(settings: Settings) -> str:
    """Write settings as TOML: what differs from the defaults, tables last."""
    return "".join(_table("", settings))


def _table(name: str, values: msgspec.Struct) -> list[str]:
    """Write one table and the tables in it. A JSON string is a TOML basic string."""
    lines = [f"\n[{name}]\n"] if name else []
    tables: list[str] = []
    for field in msgspec.structs.fields(values):
        value = getattr(values, field.name)
        if isinstance(value, msgspec.Struct):
            tables += _table(f"{name}.{field.name}" if name else field.name, value)
        elif value is not None and (field.required or value != field.default):
            lines.append(f"{field.name} = {msgspec.json.encode(value).decode()}\n")
    return [*(lines if len(lines) > 1 or not name else []), *tables]
