"""`zhengwu audit` as typed: what it prints and how it ends."""

import asyncio
import sqlite3
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from cli import staff
from cli.audit import app
from federation.encoding import b64
from federation.identity import load_identity
from node.audit import model
from node.runtime import joining
from node.runtime.joining import Wanted
from node.runtime.opening import DATABASE, KEYS
from node.settings import Http, Purpose
from schemas.audit import AuditEntry, AuditList, AuditVerdict
from schemas.ids import NodeId
from schemas.nodes import NodeNames
from tests.support.webnode import PASSWORD


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the home of a city that does not run, with two accounts."""
    folder = tmp_path_factory.mktemp("city") / "home"
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    wanted = Wanted(http=Http(port=0, tls=False), purpose=Purpose.TEST)
    names = NodeNames(zh="宝鸡市", en="Baoji")
    asyncio.run(joining.begin_root(folder, NodeId("6103"), names, b64(public), wanted))
    for login in ("zhou", "wang"):
        words = ["add", login, "--name", login, "--role", "supervisor", "--home", str(folder)]
        done = CliRunner().invoke(staff.app, words, input=f"{PASSWORD}\n")
        assert done.exit_code == 0, done.output
    return folder


def audit(home: Path, *words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [*(str(word) for word in words), "--home", str(home)])
    return done.exit_code, done.stdout, done.stderr


def test_who_did_what_is_listed_latest_first(made: Path) -> None:
    code, said, _ = audit(made, "list", "--act", "account_added", "--json")
    found = msgspec.json.decode(said, type=AuditList).entries
    assert code == 0
    assert [one.detail["login"] for one in found] == ["wang", "zhou"]
    assert {one.name for one in found} == {"命令行"}
    code, said, _ = audit(made, "list", "--who", "命令行")
    assert "新建账号" in said
    assert "没有符合的记录" in audit(made, "list", "--who", "nobody")[1]
    assert audit(made, "list", "--since", "soon")[0] == 1


def test_an_exported_trail_can_be_reckoned_by_anybody(made: Path, tmp_path: Path) -> None:
    file = tmp_path / "trail.jsonl"
    code, said, _ = audit(made, "export", file)
    assert code == 0
    digest = model.BEFORE_THE_FIRST
    entries = [
        msgspec.json.decode(line, type=AuditEntry) for line in file.read_bytes().splitlines()
    ]
    for number, one in enumerate(entries, start=1):
        assert one.serial == number
        detail = model.detail_text(dict(one.detail))
        row = model.Row(number, one.at, one.staff, one.name, one.act, one.subject, detail)
        digest = model.digest_after(digest, row)
        assert one.digest == digest.hex()
    assert f"{len(entries)}:{digest.hex()}" in said
    assert file.stat().st_mode & 0o077 == 0
    code, _, error = audit(made, "export", file)
    assert (code, "已经有了" in error) == (1, True)


def test_a_lost_phone_is_reset_by_whoever_has_the_machine_and_noted(made: Path) -> None:
    def reset(login: str) -> tuple[int, str]:
        words = ["reset-factor", login, "--why", "手机丢失", "--home", str(made)]
        done = CliRunner().invoke(staff.app, words)
        return done.exit_code, done.stderr

    assert reset("nobody")[0] == 1
    assert reset("zhou")[0] == 1  # he has none
    identity = load_identity(made / KEYS, NodeId("6103"))
    raw = sqlite3.connect(made / DATABASE)  # noqa: TID251  # as if he had set one up
    (who,) = raw.execute("SELECT id FROM staff WHERE login = 'zhou'").fetchone()
    sealed = identity.wrap(b"x" * 20, f"second factor of {who}".encode())
    raw.execute("INSERT INTO second_factors VALUES (?, ?, 0, 1, 1)", (who, sealed))
    raw.commit()
    raw.close()
    assert reset("Zhou")[0] == 0
    (row,) = msgspec.json.decode(
        audit(made, "list", "--act", "second_factor_reset", "--json")[1], type=AuditList
    ).entries
    assert (row.subject, row.detail["why"]) == (who, "手机丢失")


def test_a_sound_trail_is_said_so_and_a_witness_held(made: Path) -> None:
    code, said, _ = audit(made, "verify", "--json")
    verdict = msgspec.json.decode(said, type=AuditVerdict)
    assert (code, verdict.fault) == (0, None)
    assert audit(made, "verify", "--holds", f"{verdict.rows}:{verdict.head}")[0] == 0
    code, said, _ = audit(made, "verify", "--holds", f"{verdict.rows}:{'0' * 64}")
    assert (code, "不一样" in said) == (1, True)
    assert audit(made, "verify", "--holds", "12")[0] == 2


def test_a_touched_trail_ends_with_code_1_and_says_what_to_do(made: Path) -> None:
    raw = sqlite3.connect(made / DATABASE)  # noqa: TID251  # as a stranger with the file would
    (name,) = raw.execute("SELECT name FROM audit_entries WHERE serial = 1").fetchone()
    trigger = raw.execute("SELECT sql FROM sqlite_schema WHERE name = 'audit_entries_same'")
    (kept,) = trigger.fetchone()
    raw.execute("DROP TRIGGER audit_entries_same")
    raw.execute("UPDATE audit_entries SET name = '别人' WHERE serial = 1")
    raw.commit()
    code, said, _ = audit(made, "verify")
    assert (code, "第 1 条和当时写的不一样" in said) == (1, True)
    assert "报告分管领导" in said
    raw.execute("UPDATE audit_entries SET name = ? WHERE serial = 1", (name,))
    raw.execute(kept)
    raw.commit()
    raw.close()
    assert audit(made, "verify")[0] == 0
