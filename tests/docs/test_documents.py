import importlib
import re
import shlex
from pathlib import Path
from typing import get_args

import msgspec
import pytest
import typer.main

from cli.commands import app
from node.settings import Settings, fault_of
from schemas.nodes import NodeEvent
from schemas.reasons import Reason
from tests.support import documents, drawing
from tests.support.documents import Document
from tests.support.house import PACKAGES, ROOT

PAGES = pytest.mark.parametrize("page", documents.written(), ids=lambda page: page.name)
FOLDERS = (*PACKAGES, "deploy", "docs", "tests", ".ci", ".venv")
MADE = ("backups/", "keys/", "broker/", "parts/", ".venv")  # of a home, or by set-up
DOTTED = re.compile(rf"(?:{'|'.join(PACKAGES)})(?:\.\w+)+")
OF_A_HOME = {"node.toml", "node.db", "node.lock", "node.log"}
EVENT_KINDS = {one.__struct_config__.tag for one in get_args(NodeEvent)}
ROOT_COMMAND = typer.main.get_command(app)


@PAGES
def test_every_zhengwu_command_is_one_that_parses(page: Document) -> None:
    faults = [f"zhengwu {' '.join(words)}: {fault}" for words in page.commands("zhengwu")
              if (fault := _fault_of_command(words))]  # fmt: skip
    assert not faults


def test_every_command_is_told_of_in_the_operations() -> None:
    told = {
        " ".join(_split(words)[0])
        for words in documents.read("docs/operations.md").commands("zhengwu")
    }
    missing = [name for name in _leaves(ROOT_COMMAND) if not _is_told(name, told)]
    assert not missing


def test_every_make_target_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^(\w+):", makefile, re.MULTILINE))
    used = {
        next(word for word in words if "=" not in word and not word.startswith("-"))
        for page in documents.written()
        for words in page.commands("make")
        if words and not words[0].startswith("-")
    }
    assert used <= targets


@PAGES
def test_every_path_leads_somewhere(page: Document) -> None:
    lost = [text for text in _paths(page) if not documents.exists(text, seen_from=ROOT)]
    assert not lost


@PAGES
def test_every_link_leads_somewhere(page: Document) -> None:
    here = (ROOT / page.name).parent
    lost = [link for link in documents.LINK.findall(page.prose) if not _leads(link, here)]
    assert not lost


@PAGES
def test_every_name_of_the_code_exists(page: Document) -> None:
    named = {text for text in page.inline() if DOTTED.fullmatch(text)} - OF_A_HOME - EVENT_KINDS
    lost = [text for text in named if not _resolves(text)]
    assert not lost


def test_the_settings_shown_are_settings() -> None:
    (block,) = documents.read("docs/operations.md").blocks("toml")
    assert not fault_of(msgspec.toml.decode(block, type=Settings))


def test_the_reasons_shown_are_on_the_published_list() -> None:
    words = [w for page in documents.written() for w in page.commands("zhengwu") if "--reason" in w]
    assert words
    for one in words:
        Reason(one[one.index("--reason") + 1])


def test_both_readmes_say_the_same() -> None:
    english, chinese = (documents.read(name) for name in documents.README)
    for language in ("sh", "python"):
        assert english.blocks(language) == chinese.blocks(language)
    assert _shape(english) == _shape(chinese)
    assert [link for link in documents.LINK.findall(english.prose) if "README" not in link] == [
        link for link in documents.LINK.findall(chinese.prose) if "README" not in link
    ]


@pytest.mark.parametrize(("name", "text"), list(drawing.pages()), ids=lambda value: value[:20])
def test_what_is_drawn_from_the_code_is_current(name: str, text: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == text, "run `make docs`"


def _shape(page: Document) -> list[str]:
    """Headings' depths, and how many rows and items follow each."""
    lines = (re.match(r"(#+|\||-|```)", line) for line in page.text.splitlines())
    return [found.group(1) for found in lines if found]


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """Part the names of commands from their arguments."""
    command, names = ROOT_COMMAND, list[str]()
    for word in words:
        below = getattr(command, "commands", {})
        if word not in below:
            break
        command = below[word]
        names.append(word)
    return names, words[len(names) :]


def _fault_of_command(words: list[str]) -> str:
    names, rest = _split(words)
    command = ROOT_COMMAND
    for name in names:
        command = command.commands[name]  # type: ignore[attr-defined]
    if hasattr(command, "commands"):
        return "" if not rest or rest == ["--help"] else f"no command {rest[0]}"
    if not rest or rest == ["--help"]:
        return ""  # named, not used
    try:
        command.make_context(" ".join(names), rest)
    except Exception as error:  # noqa: BLE001  # whatever the parser says is the fault
        return str(error)
    return ""


def _leaves(command: object, before: str = "") -> list[str]:
    below = getattr(command, "commands", None)
    if below is None:
        return [before]
    return [
        leaf for name, one in below.items() for leaf in _leaves(one, f"{before} {name}".strip())
    ]


def _is_told(name: str, told: set[str]) -> bool:
    return name in told or name.split(maxsplit=1)[0] in ("demo", "bench")


def _paths(page: Document) -> list[str]:
    words = [word for line in page.shell_lines() for word in shlex.split(line)]
    texts = [text.rstrip("…") for text in (*page.inline(), *words)]
    within = (text for text in texts if "/" in text and not set(" <>{}") & set(text))
    return [text for text in within if text.split("/")[0] in FOLDERS and not text.startswith(MADE)]


def _leads(link: str, here: Path) -> bool:
    if link.startswith("https://"):
        return True
    name, _, part = link.partition("#")
    target = here / name if name else here
    if not target.exists():
        return False
    headings = documents.HEADING.findall(target.read_text(encoding="utf-8")) if part else []
    return not part or part in {documents.anchor(one) for one in headings}


def _resolves(name: str) -> bool:
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False
