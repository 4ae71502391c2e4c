"""Every sentence that a page says, in Chinese and in English.

The sentences are the lines of `words/*.toml`, grouped by what they speak of; templates and pages
name them by key (`case.title`). Nothing here knows a request or a page.
"""

import string
from collections.abc import Iterable, Mapping
from enum import StrEnum
from importlib import resources
from types import MappingProxyType
from typing import Final

import msgspec

COOKIE: Final = "zw_lang"
"""The cookie that remembers the language chosen by its switch."""


class Language(StrEnum):
    """What pages speak."""

    ZH = "zh"  # zh-CN, the default
    EN = "en"


class Words:
    """The sentences of one language."""

    def __init__(self, language: Language, sentences: Mapping[str, str]) -> None:
        self.language = language
        self._sentences = sentences

    def say(self, key: str, /, **facts: object) -> str:
        """Give the sentence `key` with its facts put in. Raises `KeyError` if nobody wrote it."""
        sentence = self._sentences[key]
        return sentence.format(**facts) if facts else sentence

    def has(self, key: str) -> bool:
        """Tell whether somebody wrote a sentence for `key`: kinds from newer nodes have none."""
        return key in self._sentences

    def joined(self, words: Iterable[str]) -> str:
        """List some words in a sentence."""
        return (", " if self.language is Language.EN else "、").join(words)

    def pick(self, zh: str, en: str) -> str:
        """Choose between the two names of a place or an item; Chinese where English is missing."""
        return en if self.language is Language.EN and en else zh


def load() -> Mapping[Language, Words]:
    """Read all sentences. Raises `ValueError` if a line does not speak both languages."""
    pairs: dict[str, tuple[str, str]] = {}
    folder = resources.files("node.web") / "words"
    files = (file for file in folder.iterdir() if file.name.endswith(".toml"))
    for file in sorted(files, key=lambda file: file.name):
        groups = msgspec.toml.decode(file.read_bytes(), type=dict[str, dict[str, tuple[str, str]]])
        for group, lines in groups.items():
            for word, pair in lines.items():
                key = f"{group}.{word}"
                if key in pairs or not all(pair):
                    raise ValueError(f"{file.name}: {key} is doubled or lacks a language")
                pairs[key] = pair
    return MappingProxyType(
        {
            Language.ZH: Words(Language.ZH, {key: zh for key, (zh, _) in pairs.items()}),
            Language.EN: Words(Language.EN, {key: en for key, (_, en) in pairs.items()}),
        }
    )


WORDS: Final = load()


def facts_of(sentence: str) -> frozenset[str]:
    """Name the facts that a sentence wants put in."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name)


def choose(cookie: str | None, accepted: str) -> Language:
    """Choose what the person switched to, else what the browser asks for, else Chinese."""
    if cookie in tuple(Language):
        return Language(cookie)
    for tag in accepted.split(","):
        match tag.split(";")[0].strip().lower().split("-")[0]:
            case "zh":
                return Language.ZH
            case "en":
                return Language.EN
            case _:
                continue
    return Language.ZH
