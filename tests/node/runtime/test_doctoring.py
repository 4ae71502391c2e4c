"""Doctor looks at real homes, and says what to do about each thing that it does not like."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from node.database import open_plain
from node.runtime import broker_health, doctoring
from node.runtime.doctoring import examine
from node.runtime.joining import Wanted, begin_root
from node.runtime.opening import DATABASE, KEYS
from node.runtime.running import running
from node.settings import Http, Purpose, load_settings, save_settings
from schemas.doctor import Diagnosis, Finding, Standing
from schemas.ids import NodeId
from schemas.nodes import NodeNames

CITY = NodeId("6103")


async def _home(folder: Path) -> Path:
    wanted = Wanted(http=Http(port=0), purpose=Purpose.TEST)
    home = folder / "city"
    await begin_root(home, CITY, NodeNames(zh="宝鸡市", en="Baoji"), "", wanted)
    return home


def _of(found: Diagnosis, check: str) -> Finding:
    return next(one for one in found.findings if one.check == check)


async def test_a_fresh_node_is_healthy_and_says_what_it_still_lacks(tmp_path: Path) -> None:
    found = await examine(await _home(tmp_path))
    assert found.healthy, found.findings
    assert not found.running
    for check in ("keys", "identity", "home", "pragmas", "integrity", "clock", "recovery", "rules"):
        assert _of(found, check).standing is Standing.OK, _of(found, check)
    for check in ("catalogue", "staff"):
        assert _of(found, check).standing is Standing.WARNING
        assert _of(found, check).way_out


@pytest.mark.broker
async def test_a_running_node_has_its_broker_asked(tmp_path: Path) -> None:
    home = await _home(tmp_path)
    async with running(home):
        found = await examine(home)
    assert found.running
    assert _of(found, "broker").standing is Standing.OK
    assert _of(found, "broker.settings").standing is Standing.OK, found.findings
    for name in ("certificate.server", "certificate.authority"):
        assert _of(found, name).standing is Standing.OK


def _loose(home: Path) -> None:
    (home / KEYS / "signing.key").chmod(0o644)


def _spoilt(home: Path) -> None:
    (home / KEYS / "sealing.key").write_text("nothing")


def _open(home: Path) -> None:
    home.chmod(0o755)


def _sql(*statements: str) -> Callable[[Path], None]:
    def run(home: Path) -> None:
        with closing(open_plain(home / DATABASE, read_only=False)) as tx:
            for statement in statements:
                tx.execute(statement)

    return run


def _offset(home: Path) -> None:
    settings = load_settings(home)
    offset = {"clock_offset_seconds": 86_400}
    save_settings(home, type(settings)(**{**_fields(settings), **offset}))  # type: ignore[arg-type]


def _fields(settings: object) -> dict[str, object]:
    return {name: getattr(settings, name) for name in settings.__struct_fields__}  # type: ignore[attr-defined]


LINK = (
    "INSERT INTO links VALUES (1, '610328', 1, zeroblob(16), x'', x'', zeroblob(32), 0,"
    " zeroblob(32), 0, 0, zeroblob(32), 0, x'90', 0, 0, {contact}, {drift})"
)


@pytest.mark.parametrize(
    ("harm", "check", "standing", "words"),
    [
        (_loose, "keys", Standing.FAULT, "open to others"),
        (_spoilt, "keys", Standing.FAULT, "spoilt"),
        (_open, "home", Standing.WARNING, "mode is 755"),
        (_offset, "clock", Standing.WARNING, "moved by 86400 s"),
        (_sql("DELETE FROM node_keys"), "identity", Standing.FAULT, "does not give key"),
        (_sql("UPDATE node_keys SET sealing = 'x'"), "identity", Standing.FAULT, "sealing"),
        (_sql("UPDATE node_records SET state = 'suspended'"), "identity", Standing.FAULT,
         "suspended"),
        (_sql(LINK.format(contact=1 << 50, drift=0)), "clock", Standing.FAULT, "behind what"),
        (_sql(LINK.format(contact=0, drift=7_200_000)), "clock", Standing.FAULT, "ahead of ours"),
        (_sql(LINK.format(contact=0, drift=0)), "link.610328", Standing.WARNING,
         "last contact never"),
        (_sql(LINK.format(contact=1, drift=0)), "link.610328", Standing.FAULT, "s ago"),
        (_sql("INSERT INTO parked VALUES (x'aa', 'key:0', 'case/x', '610328', 1, x'')"), "parked",
         Standing.WARNING, "1 for more than a day"),
        (_sql("INSERT INTO local_facts VALUES ('recovering', '1')",
              LINK.format(contact=1, drift=0)), "recovery", Standing.WARNING, "610328"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_named_with_a_way_out(
    tmp_path: Path, harm: Callable[[Path], None], check: str, standing: Standing, words: str
) -> None:
    home = await _home(tmp_path)
    harm(home)
    found = _of(await examine(home), check)
    assert (found.standing, words in found.en) == (standing, True), found
    assert found.way_out


async def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    home = await _home(tmp_path)
    path = home / DATABASE
    with closing(sqlite3.connect(path)) as raw:  # noqa: TID251  # somebody else's hands
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute("UPDATE sqlite_schema SET rootpage = 9999 WHERE name = 'drafts_at'")
        raw.commit()
    found = _of(await examine(home), "integrity")
    assert found.standing is Standing.FAULT


@pytest.mark.parametrize(
    ("version", "standing"),
    [
        ((3, 40, 1), Standing.WARNING),
        ((3, 44, 5), Standing.WARNING),
        ((3, 44, 6), Standing.OK),
        ((3, 45, 0), Standing.WARNING),
        ((3, 50, 6), Standing.WARNING),
        ((3, 50, 7), Standing.OK),
        ((3, 51, 2), Standing.WARNING),
        ((3, 51, 3), Standing.OK),
        ((3, 52, 0), Standing.OK),
    ],
)
def test_versions_of_sqlite(version: tuple[int, ...], standing: Standing) -> None:
    assert doctoring.sqlite_version(version).standing is standing


@pytest.mark.parametrize(
    ("days", "standing"), [(-1, Standing.FAULT), (29, Standing.WARNING), (31, Standing.OK)]
)
def test_certificates_that_end(days: int, standing: Standing) -> None:
    found = broker_health.certificate_finding("server", timedelta(days=days))
    assert found.standing is standing
