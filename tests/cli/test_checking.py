"""`verify`, `rebuild` and `doctor` as typed: what they print and how they end."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
import typer
from typer.testing import CliRunner

from cli.doctor import doctor
from cli.rebuild import rebuild
from cli.verify import FLAWS, verify
from federation import proof
from node.database import Tx, open_plain
from node.runtime.opening import DATABASE, locked
from schemas.doctor import Diagnosis
from schemas.verification import Flaw, Rebuilt, Verification
from tests.support.casework import COUNTY
from tests.support.homes import homes

app = typer.Typer()
app.command()(verify)
app.command()(rebuild)
app.command()(doctor)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("homes")

    async def live() -> None:
        async with homes(made) as world:
            view = await world.work.licence_until("close")
            await world.carry(view.stream)

            def gather(tx: Tx) -> bytes:
                return msgspec.json.encode(proof.gather(tx, world.root, view.stream))

            (made / "proof.json").write_bytes(await world.nodes[COUNTY].works.read(gather))
            (made / "root").write_text(world.root)

    asyncio.run(live())
    _age(made)
    return made


def zhengwu(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, done.stdout, done.stderr


def test_a_clean_store_ends_with_0(folder: Path) -> None:
    code, said, _ = zhengwu("verify", "--home", folder / COUNTY)
    assert (code, said.splitlines()[-1]) == (0, "核验无误 · clean")
    code, said, _ = zhengwu("verify", "--home", folder / COUNTY, "--json")
    assert code == 0
    assert msgspec.json.decode(said, type=Verification).clean


def test_a_proof_needs_a_fingerprint_from_elsewhere(folder: Path) -> None:
    file, root = folder / "proof.json", (folder / "root").read_text()
    code, said, _ = zhengwu("verify", "--proof", file, "--root", root)
    assert (code, said.splitlines()[-1]) == (0, "核验无误 · clean")
    assert zhengwu("verify", "--proof", file, "--root", "a" * 64)[0] == 1
    assert zhengwu("verify", "--proof", file)[0] == 2
    assert zhengwu("verify", "--proof", file, "--root", "root")[0] == 2
    code, _, error = zhengwu("verify", "--proof", folder / "none.json", "--root", root)
    assert (code, "No such file" in error) == (1, True)


def test_a_home_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    for command in ("verify", "rebuild", "doctor"):
        code, said, error = zhengwu(command, "--home", tmp_path)
        assert (code, said) == (1, "")
        assert "node.toml does not exist" in error


def test_a_damaged_store_ends_with_1_until_it_is_rebuilt(folder: Path) -> None:
    home = folder / COUNTY
    with closing(open_plain(home / DATABASE, read_only=False)) as tx:
        tx.execute("UPDATE cases SET state = 'received'")
    code, said, _ = zhengwu("verify", "--home", home)
    assert code == 1
    assert said.startswith("业务表不符 · the rows of case/")
    with locked(home):
        assert zhengwu("rebuild", "--home", home)[0] == 1
    code, said, _ = zhengwu("rebuild", "--home", home, "--json")
    assert code == 0
    assert msgspec.json.decode(said, type=Rebuilt).events > 0
    assert zhengwu("verify", "--home", home)[0] == 0


def test_a_file_that_is_no_store_is_one_sentence(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "spoilt"
    shutil.copytree(folder / COUNTY / "keys", home / "keys")
    shutil.copy(folder / COUNTY / "node.toml", home)
    (home / DATABASE).write_bytes(b"x" * 8192)
    code, _, error = zhengwu("verify", "--home", home)
    assert (code, "is damaged" in error) == (1, True)


def test_doctor_ends_with_0_without_faults(folder: Path) -> None:
    code, said, _ = zhengwu("doctor", "--home", folder / COUNTY, "--json")
    found = msgspec.json.decode(said, type=Diagnosis)
    assert (code, found.healthy) == (0, True), found.findings
    code, said, _ = zhengwu("doctor", "--home", folder / COUNTY)
    assert (code, said.splitlines()[-1]) == (0, "没有故障 · no faults")
    with closing(open_plain(folder / COUNTY / DATABASE, read_only=False)) as tx:
        _forget_keys(tx)
    code, said, _ = zhengwu("doctor", "--home", folder / COUNTY)
    assert code == 1
    assert "→ ask the parent" in said


def _forget_keys(tx: sqlite3.Connection) -> None:
    tx.execute("DELETE FROM node_keys")


def test_every_flaw_has_a_word() -> None:
    assert set(FLAWS) == set(Flaw)


def _age(made: Path) -> None:
    """The test's post stamps what it hands over with an instant of the future."""
    with closing(open_plain(made / COUNTY / DATABASE, read_only=False)) as tx:
        tx.execute("UPDATE events SET received_at = 1")
