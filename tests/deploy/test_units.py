import re
import shlex
from configparser import ConfigParser
from pathlib import Path

import pytest

from cli.commands import app
from tests.support.house import ROOT

UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_a_command_that_exists_as_a_user_without_rights(path: Path) -> None:
    unit = ConfigParser(interpolation=None, comment_prefixes=("#",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(path, encoding="utf-8")
    assert set(unit.sections()) == {"Unit", "Service", "Install"}
    service = unit["Service"]
    program, command, *arguments = shlex.split(service["ExecStart"])
    assert program.endswith("/.venv/bin/zhengwu")
    assert command in {one.name for one in app.registered_commands}
    home = Path(arguments[arguments.index("--home") + 1])
    assert home.is_relative_to(service["ReadWritePaths"])
    assert service["User"] not in ("", "root")
    assert service["UMask"] == "0077"


def test_what_the_container_copies_exists_and_is_enough() -> None:
    copied = [
        word
        for line in re.findall(r"^COPY (.+) \S+$", CONTAINER, re.MULTILINE)
        for word in line.split()
    ]
    assert copied
    assert not [name for name in copied if not (ROOT / name).exists()]
    packages = {"schemas", "federation", "levels", "node", "cli", "deploy"}
    assert packages <= set(copied)
    assert {"pyproject.toml", "requirements.lock"} <= set(copied)
    assert re.search(r"^USER zhengwu$", CONTAINER, re.MULTILINE)
