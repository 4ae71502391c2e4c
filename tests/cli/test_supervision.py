"""`zhengwu supervision` as typed: what it prints and how it ends."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from cli.supervision import app
from federation.encoding import b64
from node.runtime import joining
from node.runtime.joining import Wanted
from node.settings import Http, Purpose
from schemas.ids import NodeId
from schemas.nodes import NodeNames
from schemas.supervision import ItemThreshold, Rulebook, RuleId, RuleSetting
from schemas.supervision_api import FindingPage, RerunDone, RulebookView, TrialResult


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the home of a city that does not run."""
    folder = tmp_path_factory.mktemp("city") / "home"
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    wanted = Wanted(http=Http(port=0, tls=False), purpose=Purpose.TEST)
    names = NodeNames(zh="宝鸡市", en="Baoji")
    asyncio.run(joining.begin_root(folder, NodeId("6103"), names, b64(public), wanted))
    return folder


def supervision(home: Path, *words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [*(str(word) for word in words), "--home", str(home)])
    return done.exit_code, done.stdout, done.stderr


def test_every_rule_is_listed_as_it_is_set(made: Path) -> None:
    code, said, _ = supervision(made, "rules", "--json")
    assert code == 0
    found = msgspec.json.decode(said, type=RulebookView)
    assert {one.rule for one in found.rules} == set(RuleId)
    code, said, _ = supervision(made, "rules")
    assert code == 0
    assert "T7  启用 on   分办、签收不及时  hours=8" in said


def test_a_book_is_tried_and_set_from_a_file(made: Path, tmp_path: Path) -> None:
    book = Rulebook(
        settings=(RuleSetting(rule=RuleId.P6, on=False),),
        thresholds=(ItemThreshold(item="wjj-01", yellow_workdays=3),),
    )
    file = tmp_path / "book.json"
    file.write_bytes(msgspec.json.encode(book))
    code, said, _ = supervision(made, "trial", file, "--cases", "5", "--json")
    assert code == 0
    tried = msgspec.json.decode(said, type=TrialResult)
    assert (tried.cases, tried.days) == (0, 31)
    assert not any(one.failed for one in tried.lines)
    code, _, why = supervision(made, "set", file, "--why", " ")
    assert (code, "reason" in why) == (1, True)
    code, said, _ = supervision(made, "set", file, "--why", "试行", "--json")
    assert code == 0
    assert msgspec.json.decode(said, type=RulebookView).book == book


def test_what_is_no_rulebook_is_said_in_one_sentence(made: Path, tmp_path: Path) -> None:
    file = tmp_path / "book.json"
    file.write_text('{"settings": [{"rule": "T99"}]}')
    code, said, why = supervision(made, "trial", file)
    assert (code, said) == (2, "")
    assert str(file) in why


def test_findings_are_listed_and_the_rules_run_again(made: Path) -> None:
    code, said, _ = supervision(made, "findings", "--json")
    assert (code, msgspec.json.decode(said, type=FindingPage).findings) == (0, ())
    code, _, why = supervision(made, "findings", "--since", "yesterday")
    assert (code, "since" in why) == (1, True)
    code, said, _ = supervision(made, "rerun", "--json")
    assert (code, msgspec.json.decode(said, type=RerunDone).findings) == (0, 0)
