"""The rules of the house that neither ruff, mypy nor import-linter can see (CONTRIBUTING.md)."""

import ast
import re
from importlib.metadata import entry_points
from pathlib import Path

import msgspec
import pytest

from schemas import export
from tests.support.house import PACKAGES, ROOT, Source, files, sources

MAX_LINES = 400  # one sitting
NAMELESS = {"utils", "util", "helpers", "helper", "common", "base", "misc"}

# Written as patterns, so that this file does not break its own rules.
NOT_OURS = {
    "a package registry's host": (
        r"pypi\.(?:org|io)|python[h]osted|npm[j]s\.|ghcr\.[i]o|docker\.[i]o"
        r"|crates\.[i]o|proxy\.[g]olang|mirrors?\.[a-z0-9-]+\.(?:com|cn|edu|org)"
    ),
    "a path of one machine": r"(?<![\w.$}*])/(?:root|work|home)/|[A-Z]:\\{1,2}Users\\",
    "a promise instead of work": (
        r"\b(?:FIX[M]E|XX[X]|lorem[ ]ipsum|coming[ ]soon|not[ ]yet[ ]implemented)\b"
        r"|NotImplemented[E]rror"
    ),
}
PICTURES = {".jpg", ".png"}  # among a million bytes any three letters stand somewhere
LEVELS = {"CITY", "COUNTY", "TOWN", "VILLAGE"}
CREATE_TABLE = re.compile(
    r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)\s*\((.*?)\)\s*([^();]*);", re.DOTALL | re.IGNORECASE
)


def test_a_file_is_one_sitting() -> None:
    long = {str(s.path): s.lines for s in sources(*PACKAGES, "tests") if s.lines > MAX_LINES}
    assert not long, f"split these: at most {MAX_LINES} lines"


def test_a_file_name_says_what_the_file_may_do() -> None:
    assert not [str(s.path) for s in sources(*PACKAGES) if s.path.stem in NAMELESS]


@pytest.mark.parametrize("name", PACKAGES)
def test_every_package_promises_something(name: str) -> None:
    folders = {path.parent for path in files() if path.suffix == ".py" and path.parts[0] == name}
    assert folders, f"{name} is one of the house's packages"
    for folder in sorted(folders):
        init = ROOT / folder / "__init__.py"
        assert init.exists(), f"{folder} lacks __init__.py"
        assert ast.get_docstring(ast.parse(init.read_text())), f"{folder} says nothing of itself"


@pytest.mark.parametrize("what", NOT_OURS)
def test_no_file_holds(what: str) -> None:
    pattern = re.compile(NOT_OURS[what], re.IGNORECASE)
    found = [
        f"{path}: {hit.group()}"
        for path in files()
        if path.suffix not in PICTURES
        and (hit := pattern.search((ROOT / path).read_text(encoding="utf-8", errors="replace")))
    ]
    assert not found


def test_only_the_verifier_makes_an_opened() -> None:
    verifier = Path("federation/envelope.py")
    forgers = [
        str(s.path)
        for s in sources(*PACKAGES, "tests")
        if s.path != verifier and _calls(s, "Opened")
    ]
    assert not forgers, "an Opened is proof: take one from open_envelope or seal"


def test_a_capability_keeps_its_store_to_itself() -> None:
    store = re.compile(r"node\.(\w+)\.store\b")
    trespassers = [
        f"{source.path}: {name}"
        for source in sources(*PACKAGES)
        for name in source.imported()
        if (hit := store.match(name)) and source.path.parts[:2] != ("node", hit.group(1))
    ]
    assert not trespassers, "use the capability's actions or model"


def test_code_asks_for_a_capability_never_for_a_level() -> None:
    askers = [
        f"{source.path}: {ast.unparse(found)}"
        for source in sources("federation", "node", "cli")
        for found in ast.walk(source.tree)
        if _asks_for_a_level(found)
    ]
    assert not askers


def test_every_wire_type_is_frozen() -> None:
    thawed = [
        exported.__name__
        for module in export.modules()
        for exported in export.public_types(module)
        if issubclass(exported, msgspec.Struct) and not exported.__struct_config__.frozen
    ]
    assert not thawed


def test_migrations_are_numbered_once_and_every_table_is_strict() -> None:
    scripts = sorted((ROOT / "node/migrations").glob("*"))
    assert scripts
    numbers = [script.name[:4] for script in scripts]
    assert len(set(numbers)) == len(numbers), "two migrations have one number"
    for script in scripts:
        assert re.fullmatch(r"\d{4}_[a-z_]+\.sql", script.name), script.name
        text = re.sub(r"--[^\n]*", "", script.read_text(encoding="utf-8"))
        tables = CREATE_TABLE.findall(text)
        assert len(tables) == len(re.findall(r"CREATE TABLE", text, re.IGNORECASE)), script.name
        loose = [name for name, _, options in tables if "STRICT" not in options.upper()]
        assert not loose, f"{script.name}: {loose} must be STRICT"


def test_the_locks_pin_every_package_by_hash_and_agree() -> None:
    run_time, development = _pins("requirements.lock"), _pins("requirements-dev.lock")
    assert run_time.items() <= development.items(), "run `make lock`"


def test_the_command_is_installed_from_this_house() -> None:
    (command,) = entry_points(group="console_scripts", name="zhengwu")
    assert command.value == "cli.main:app"


def _calls(source: Source, name: str) -> bool:
    return any(
        isinstance(found, ast.Call)
        and name in (getattr(found.func, "id", None), getattr(found.func, "attr", None))
        for found in ast.walk(source.tree)
    )


def _asks_for_a_level(found: ast.AST) -> bool:
    """Say whether something is compared with a level. `Level.TOWN in decided_at` asks of data."""
    match found:
        case ast.Compare(ops=[ast.In() | ast.NotIn(), *_], comparators=[*asked]):
            return any(_names_a_level(part) for part in asked)
        case ast.Compare() | ast.MatchValue():
            return _names_a_level(found)
        case _:
            return False


def _names_a_level(test: ast.AST) -> bool:
    return any(
        isinstance(found, ast.Attribute)
        and found.attr in LEVELS
        and getattr(found.value, "id", getattr(found.value, "attr", None)) == "Level"
        for found in ast.walk(test)
    )


def _pins(lock: str) -> dict[str, str]:
    """Read a lock as name → version. Fails on a line that is not pinned by a hash."""
    text = re.sub(r"#[^\n]*", "", (ROOT / lock).read_text(encoding="utf-8"))
    entries = [entry for entry in text.replace("\\\n", " ").splitlines() if entry.strip()]
    pins = {}
    for entry in entries:
        hit = re.match(
            r"([a-z0-9-]+)==(\S+)(?: ; [^-]+?)?(?:\s+--hash=sha256:[0-9a-f]{64})+\s*$", entry
        )
        assert hit, f"{lock}: not pinned by a hash: {entry[:60]}"
        pins[hit.group(1)] = hit.group(2)
    return pins
