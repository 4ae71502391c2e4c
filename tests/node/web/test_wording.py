import re
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from node.web import wording
from node.web.wording import WORDS, Language, Words
from schemas.cases import Action, CaseState, Outcome
from schemas.item_terms import CaseKind, LimitUnit, Mode, StageKind
from schemas.reasons import Reason
from schemas.staff import Role
from tests.support.house import ROOT

CHINESE = re.compile(r"[\u3400-\u9fff\uff01-\uff5e\u3001-\u3011]")
KEY = re.compile(r"""(?:\bt|say|has)\(\s*(?:f?)['"]([a-z_]+\.[a-z_]+)['"]\s*[,)]""")
ASKED = re.compile(r"\bt\('([a-z_]+\.[a-z_]+)'(?:, ([^()]*(?:\([^()]*\)[^()]*)*))?\)")
TEMPLATES = sorted((ROOT / "node/web/templates").glob("*.html"))
ZH, EN = WORDS[Language.ZH], WORDS[Language.EN]


def _sentences(words: Words) -> dict[str, str]:
    folder = ROOT / "node/web/words"
    found = {}
    for file in folder.glob("*.toml"):
        groups = msgspec.toml.decode(file.read_bytes(), type=dict[str, dict[str, object]])
        for group, lines in groups.items():
            found.update({f"{group}.{word}": words.say(f"{group}.{word}") for word in lines})
    return found


def test_both_languages_say_every_sentence_with_the_same_facts() -> None:
    chinese, english = _sentences(ZH), _sentences(EN)
    assert chinese.keys() == english.keys()
    for key, sentence in chinese.items():
        assert wording.facts_of(sentence) == wording.facts_of(english[key]), key


def test_english_speaks_no_chinese() -> None:
    allowed = {"lang.other"}  # the switch names the other language in its own script
    found = {key for key, text in _sentences(EN).items() if CHINESE.search(text)}
    assert found == allowed


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_holds_no_sentence_of_its_own(template: Path) -> None:
    assert not CHINESE.findall(template.read_text(encoding="utf-8"))


def test_every_sentence_that_pages_ask_for_was_written() -> None:
    sources = [*TEMPLATES, *(ROOT / "node").rglob("pa*.py"), ROOT / "node/web/chrome.py"]
    asked = {key for path in sources for key in KEY.findall(path.read_text(encoding="utf-8"))}
    assert asked
    assert not {key for key in asked if not ZH.has(key)}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_gives_each_sentence_its_facts(template: Path) -> None:
    for key, given in ASKED.findall(template.read_text(encoding="utf-8")):
        names = set(re.findall(r"(?:^|, )([a-z_]+)=", given or ""))
        assert names == set(wording.facts_of(ZH.say(key))), key


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("state", CaseState),
        ("outcome", Outcome),
        ("act", Action),
        ("reason", Reason),
        ("role", Role),
        ("kind", CaseKind),
        ("mode", Mode),
        ("limit", LimitUnit),
        ("stage", StageKind),
    ],
)
def test_every_word_of_the_trade_is_spoken(group: str, names: Iterable[str]) -> None:
    missing = [name for name in names if not ZH.has(f"{group}.{name}")]
    federation = {"malformed", "too_large", "bad_signature", "wrong_key", "wrong_seq", "not_holder"}
    assert not [name for name in missing if name not in federation | {"bad_name"}]


@pytest.mark.parametrize(
    ("cookie", "accepted", "spoken"),
    [
        (None, "", Language.ZH),
        (None, "fr-FR,fr;q=0.9", Language.ZH),
        (None, "en-GB,en;q=0.9,zh;q=0.1", Language.EN),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", Language.ZH),
        ("en", "zh-CN", Language.EN),
        ("xx", "en", Language.EN),
    ],
)
def test_the_language_is_the_persons_then_the_browsers_then_chinese(
    cookie: str | None, accepted: str, spoken: Language
) -> None:
    assert wording.choose(cookie, accepted) is spoken
