"""Draws what documents show of the code, out of its own tables: `make docs`."""

import re
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from levels.profiles import profiles
from node.appraisal.drawing import indicators_table
from node.cases.drawing import states_page
from node.database import migrate, open_plain
from node.evaluation import redress_drawing
from node.notices.drawing import calls_table, placeholders_table
from node.revisions.drawing import revisions_page
from node.runtime.derived import DERIVED, FROM_PARTS
from node.supervision import orders_drawing
from node.supervision.rules_drawing import rules_page
from schemas.levels import Capability
from tests.support.house import ROOT

BLOCK: Final = re.compile(r"(<!-- drawn: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_TABLES_HEAD: Final = """\
# Tables

What the migrations in `node/migrations/` leave behind, drawn by `make docs`; a test says so when
it is out of date. *Derived* tables are what the streams say: `zhengwu rebuild` folds them again,
`zhengwu verify` compares them. All others are kept.
"""


def contracts() -> Mapping[str, Any]:
    """Read the import contracts that are in force, by name."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {one["name"]: one for one in settings["tool"]["importlinter"]["contracts"]}


def packages() -> str:
    """Draw the packages' layers, top to bottom."""
    return _layers(contracts()["Packages point one way"]["layers"], existing=None)


def rooms() -> str:
    """Draw the layers inside `node`, without folders that do not exist yet."""
    there = {path.stem for path in (ROOT / "node").iterdir()}
    return _layers(contracts()["Features point one way inside node"]["layers"], existing=there)


def _layers(layers: list[str], *, existing: set[str] | None) -> str:
    rows = [[name.strip(" ()") for name in layer.split("|")] for layer in layers]
    kept = [[one for one in row if existing is None or one in existing] for row in rows]
    shown = [row for row in kept if row]
    lines = ["```mermaid", "flowchart TD"]
    for number, row in enumerate(shown):
        lines.append(f'    l{number}["{" · ".join(row)}"]')
        if number:
            lines.append(f"    l{number - 1} --> l{number}")
    return "\n".join((*lines, "```"))


def tiers() -> str:
    """Draw what each tier may do and which posts it has."""
    found = profiles().values()
    lines = [_line("", *(one.level.value for one in found)), _line(*["---"] * (len(found) + 1))]
    for capability in Capability:
        marks = ("yes" if capability in one.capabilities else "" for one in found)
        lines.append(_line(capability.value, *marks))
    lines.append(_line("posts", *(", ".join(role.value for role in one.roles) for one in found)))
    return "\n".join(lines)


def tables_page() -> str:
    """Draw every table that the migrations leave behind."""
    derived = {one.table for one in DERIVED} | FROM_PARTS
    lines = [_line("table", "columns", "refers to"), _line(*["---"] * 3)]
    for name, (columns, refers) in tables().items():
        label = f"`{name}`" + (" (derived)" if name in derived else "")
        lines.append(_line(label, ", ".join(columns), ", ".join(refers)))
    return f"{_TABLES_HEAD}\n" + "\n".join(lines) + "\n"


def tables() -> dict[str, tuple[list[str], list[str]]]:
    """Migrate an empty store, and read each table's columns and what they refer to."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_plain(Path(folder) / "empty.db", read_only=False)) as tx,
    ):
        migrate(tx)
        of_table = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid"
        for (name,) in tx.execute(of_table).fetchall():
            columns = tx.execute("SELECT name FROM pragma_table_info(?)", (name,)).fetchall()
            keys = 'SELECT "from", "table" FROM pragma_foreign_key_list(?) ORDER BY id'
            refers = [f"{column} → {other}" for column, other in tx.execute(keys, (name,))]
            if not name.startswith("sqlite_"):
                found[name] = ([column for (column,) in columns], refers)
    return found


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


DRAWN: Final[Mapping[str, Callable[[], str]]] = MappingProxyType(
    {
        "packages": packages,
        "rooms": rooms,
        "profiles": tiers,
        "indicators": indicators_table,
        "notices": calls_table,
        "placeholders": placeholders_table,
        "order_states": orders_drawing.diagram,
        "redress_states": redress_drawing.diagram,
        "redress_steps": redress_drawing.steps_table,
        "redress_limits": redress_drawing.limits_table,
        "order_steps": orders_drawing.table,
    }
)
"""Blocks of pages that are not drawn whole."""


def with_blocks(text: str) -> str:
    """Draw each block of a page anew."""
    return BLOCK.sub(lambda hit: f"{hit[1]}{DRAWN[hit[2]]()}\n{hit[3]}", text)


def pages() -> Iterator[tuple[str, str]]:
    """Give every page that is drawn, or holds drawn blocks, as it should be."""
    yield "docs/states.md", states_page()
    yield "docs/revisions.md", revisions_page()
    yield "docs/tables.md", tables_page()
    yield "docs/rules.md", rules_page()
    for name in (
        "docs/architecture.md",
        "docs/appraisal.md",
        "docs/notices.md",
        "docs/orders.md",
        "docs/redress.md",
    ):
        yield name, with_blocks((ROOT / name).read_text(encoding="utf-8"))


if __name__ == "__main__":
    for name, text in pages():
        (ROOT / name).write_text(text, encoding="utf-8")
