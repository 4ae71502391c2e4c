"""The command as the shell starts it."""

import subprocess
import sys

import pytest

from tests.support.house import ROOT

HEAVY = ("cli.bench", "cli.demo", "node.runtime.verifying", "node.catalogue.sheets", "tomli_w")
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
