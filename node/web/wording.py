"""Every sentence that a page says, in Chinese and in English.

The sentences are the lines of `words/*.toml`, grouped by what they speak of; templates and pages
name them by key (`case.title`). Nothing here knows a request or a page.
"""

import re
import string
from collections.abc import Iterable, Mapping
from enum import StrEnum
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Final

import msgspec

COOKIE: Final = "zw_lang"
"""The cookie that remembers the language chosen by its switch."""
_HEAD: Final = re.compile(rb"^\[([a-z_]+)\]$", re.MULTILINE)


class Language(StrEnum):
    """What pages speak."""

    ZH = "zh"  # zh-CN, the default
    EN = "en"


class Book:
    """All sentences, by group; a group is read when somebody first asks for one of its lines.

    A village's people see few of the pages that the words speak of, and reading them all costs
    each start a tenth of a second.
    """

    def __init__(self) -> None:
        self._places: dict[str, list[tuple[Traversable, int, int]]] = {}
        self._groups: dict[str, Mapping[str, tuple[str, str]]] = {}
        folder = resources.files("node.web") / "words"
        files = (file for file in folder.iterdir() if file.name.endswith(".toml"))
        for file in sorted(files, key=lambda file: file.name):
            text = file.read_bytes()
            heads = list(_HEAD.finditer(text))
            ends = (*(head.start() for head in heads[1:]), len(text))
            for head, end in zip(heads, ends, strict=True):
                place = (file, head.end(), end)
                self._places.setdefault(head[1].decode(), []).append(place)

    def pair(self, key: str) -> tuple[str, str] | None:
        """Give a sentence in both languages. Raises `ValueError` if its group is not in order."""
        group, _, word = key.partition(".")
        if group not in self._groups:
            self._groups[group] = self._read(group)
        return self._groups[group].get(word)

    def _read(self, group: str) -> Mapping[str, tuple[str, str]]:
        pairs: dict[str, tuple[str, str]] = {}
        for file, start, end in self._places.get(group, ()):
            text = file.read_bytes()[start:end]
            for word, pair in msgspec.toml.decode(text, type=dict[str, tuple[str, str]]).items():
                if word in pairs or not all(pair):
                    raise ValueError(f"{file.name}: {group}.{word} is doubled or lacks a language")
                pairs[word] = pair
        return pairs


class Words:
    """The sentences of one language."""

    def __init__(self, language: Language, book: Book) -> None:
        self.language = language
        self._book = book
        self._side = tuple(Language).index(language)

    def say(self, key: str, /, **facts: object) -> str:
        """Give the sentence `key` with its facts put in. Raises `KeyError` if nobody wrote it."""
        pair = self._book.pair(key)
        if pair is None:
            raise KeyError(key)
        return pair[self._side].format(**facts) if facts else pair[self._side]

    def has(self, key: str) -> bool:
        """Tell whether somebody wrote a sentence for `key`: kinds from newer nodes have none."""
        return self._book.pair(key) is not None

    def joined(self, words: Iterable[str]) -> str:
        """List some words in a sentence."""
        return (", " if self.language is Language.EN else "、").join(words)

    def pick(self, zh: str, en: str) -> str:
        """Choose between the two names of a place or an item; Chinese where English is missing."""
        return en if self.language is Language.EN and en else zh


def load() -> Mapping[Language, Words]:
    """Open the book of all sentences in each language."""
    book = Book()
    return MappingProxyType({one: Words(one, book) for one in Language})


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
