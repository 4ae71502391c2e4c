"""The command as the shell starts it."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from cli import alone
from cli.commands import app as commands
from tests.support.house import ROOT

HEAVY = (
    "cli.bench", "cli.demo", "node.runtime.verifying", "node.catalogue.sheets", "tomli_w", "typer",
)  # fmt: skip
ASK = """
import sys
from cli.main import app
sys.argv = ["zhengwu", {words}]
try:
    app()
except SystemExit as end:
    print([name for name in {heavy} if name in sys.modules], end.code)
"""


@pytest.mark.parametrize(
    ("words", "loaded"),
    [(("run", "--help"), ()), (("status", "--help"), HEAVY)],
    ids=["a node that runs", "any other command"],
)
def test_a_running_node_loads_nothing_that_it_does_not_need(
    words: tuple[str, ...], loaded: tuple[str, ...]
) -> None:
    asked = ASK.format(words=", ".join(map(repr, words)), heavy=HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, encoding="utf-8", check=True, cwd=ROOT
    )
    assert done.stdout.splitlines()[-1] == f"{list(loaded)} 0"
    assert "--home" in done.stdout


def test_a_word_that_is_no_command_is_refused() -> None:
    typed = [sys.executable, "-m", "cli", "running"]
    done = subprocess.run(typed, capture_output=True, encoding="utf-8", check=False, cwd=ROOT)
    assert done.returncode == 2
    assert "running" in done.stderr


def test_a_node_and_the_help_of_all_commands_know_the_same_options() -> None:
    listed = {
        name
        for option in typer.main.get_command(commands).commands["run"].params  # type: ignore[attr-defined]
        for name in option.opts
    }
    read = {name for one in alone.reader()._actions for name in one.option_strings}  # noqa: SLF001
    assert listed == read - {"-h", "--help"}


def test_what_is_put_off_is_whole_once_it_is_used() -> None:
    program = """
import sys
from cli.later import put_off
put_off("yaml", "logging.config", "csv")
import yaml, logging.config
loaded = ["yaml.nodes" in sys.modules, "logging.handlers" in sys.modules]
print(loaded, yaml.dump([1], default_flow_style=True).strip(), "yaml.nodes" in sys.modules)
logging.config.dictConfig({"version": 1})
from csv import reader
print(list(reader(["a,b"])))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True, cwd=ROOT
    )
    assert done.stdout.splitlines() == ["[False, False] [1] True", "[['a', 'b']]"]


def test_a_refused_start_ends_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "node.toml").write_text("node = 1")
    typed = [sys.executable, "-m", "cli", "run", "--home", str(tmp_path)]
    done = subprocess.run(typed, capture_output=True, encoding="utf-8", check=False, cwd=ROOT)
    assert done.returncode == 1
    assert done.stderr.startswith("zhengwu: ")
    assert len(done.stderr.splitlines()) == 1
