"""What is said of a text that cannot be used: Chinese, then English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from node.notices import placeholders
from node.notices.template import Flaw
from node.web.wording import Language

FLAWS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "unknown": ("没有 {{{{ {what} }}}} 这个填充项", "there is no placeholder {{{{ {what} }}}}"),
        "table_not_alone": (
            "表格 {{{{ {what} }}}} 要单独占一行",
            "the table {{{{ {what} }}}} must stand alone on its line",
        ),
        "stray_braces": (
            "“{what}”没有配成一个填充项，填充项写作 {{{{ 名称 }}}}",
            "“{what}” is no placeholder: write {{{{ name }}}}",
        ),
        "unprintable": ("有不能打印的字符", "a character that cannot be printed"),
        "line_too_long": ("一行最多 {what} 个字", "a line holds at most {what} characters"),
        "too_long": ("全文最多 {what} 个字", "a text holds at most {what} characters"),
        "no_title": (
            "第一行要写标题，以“# ”开头",
            "the first line must be the title, beginning with “# ”",
        ),
        "second_title": (
            "只能有一个标题；小标题以“## ”开头",
            "there is one title; a heading begins with “## ”",
        ),
        "needed": (
            "法律要求写明“{meaning}”，缺少 {{{{ {what} }}}}",
            "the law wants {{{{ {what} }}}} in it",
        ),
    }
)


def sentence_of(flaw: Flaw) -> str:
    """Say what is wrong, and where, in both languages."""
    return f"{sentence_in(Language.ZH, flaw)} · {sentence_in(Language.EN, flaw)}."


def sentence_in(language: Language, flaw: Flaw) -> str:
    """Say what is wrong, and where."""
    zh, en = FLAWS[flaw.fault]
    known = flaw.what in placeholders.WORDS or flaw.what in placeholders.TABLES
    meaning = placeholders.meaning_of(flaw.what) if known else ""
    chinese = language is Language.ZH
    said = (zh if chinese else en).format(what=flaw.what, meaning=meaning)
    if not flaw.line:
        return said
    return f"第 {flaw.line} 行：{said}" if chinese else f"line {flaw.line}: {said}"
