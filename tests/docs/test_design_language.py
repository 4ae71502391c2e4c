"""docs/design-language.md says what the style sheet and the macros are, no more and no less."""

import re
from pathlib import Path

import pytest

from tests.support.house import ROOT

WEB = ROOT / "node/web"
DOCUMENT = (ROOT / "docs/design-language.md").read_text(encoding="utf-8")
SHEET = re.sub(
    r"/\*.*?\*/", "", (WEB / "static/zw.css").read_text(encoding="utf-8"), flags=re.DOTALL
)
TEMPLATES = sorted((WEB / "templates").glob("*.html"))
PIECES = "Pieces of the style sheet"
SCRIPTED = {"offer", "way", "work"}  # names by which scripts and tests find things
MOST_LOOSE = 2  # colours: the dot of an open line on the bar, and paper behind a month's days


def _chapter(name: str) -> str:
    """Give what stands below a heading, up to the next one."""
    return re.split(
        r"^#{2,3} ", DOCUMENT.split(f"# {name}\n", 1)[1], maxsplit=1, flags=re.MULTILINE
    )[0]


def _listed(chapter: str, pattern: str) -> set[str]:
    """Give what the first column of a chapter's table names."""
    rows = [line.split("|")[1] for line in _chapter(chapter).splitlines() if line[:3] == "| `"]
    return {found for row in rows for found in re.findall(pattern, row)}


def test_every_token_is_explained() -> None:
    assert _listed("Tokens", r"`(--[\w-]+)`") == set(re.findall(r"(--[\w-]+):", SHEET))


def test_every_macro_is_explained() -> None:
    macros = re.findall(r"macro (\w+)\(", (WEB / "templates/_ui.html").read_text(encoding="utf-8"))
    assert _listed("Macros of `_ui.html`", r"`(\w+)`") == set(macros)


def test_every_piece_that_is_explained_is_there() -> None:
    assert _listed(PIECES, r"`\.([\w-]+)`") <= _styled()


def test_a_colour_is_named_once() -> None:
    """A rule takes its colours from the tokens; these few are shades that only one place has."""
    rules = SHEET.split("}", 1)[1]
    loose = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)) - {"#fff", "#000"}
    assert len(loose) <= MOST_LOOSE, loose


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_uses_no_class_without_a_rule(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert _classes(text) <= _styled() | SCRIPTED


def test_every_rule_has_somebody_who_needs_it() -> None:
    sources = [*WEB.rglob("*.html"), *(ROOT / "node").rglob("*.py"), *WEB.rglob("*.js")]
    words = set(re.findall(r"[\w-]+", " ".join(one.read_text(encoding="utf-8") for one in sources)))
    assert _styled() <= words


def _styled() -> set[str]:
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", SHEET))


def _classes(template: str) -> set[str]:
    """Name the classes that stand in a template as they are."""
    plain = re.sub(r"\{%.*?%\}", " ", re.sub(r"[\w-]*\{\{.*?\}\}[\w-]*", " ", template))
    return {name for one in re.findall(r'class="([^"]*)"', plain) for name in one.split()}
