"""What the `zhengwu` command asks a node about its notices, and what it gets back."""

import msgspec

from schemas.notices import NoticeKind


class ListNotices(msgspec.Struct, frozen=True, kw_only=True):
    """The notices of a case: its number, or its stream."""

    case: str


class AskNotice(msgspec.Struct, frozen=True, kw_only=True):
    """One notice, by its code."""

    code: str


class AskText(msgspec.Struct, frozen=True, kw_only=True):
    """The text of one kind of notice."""

    notice: NoticeKind


class AllTexts(msgspec.Struct, frozen=True, kw_only=True):
    """The texts of all kinds of notices."""


class PutText(msgspec.Struct, frozen=True, kw_only=True):
    """Use another text for a kind of notice, or only check it."""

    notice: NoticeKind
    text: str
    check: bool = False
    """Say what is wrong with it, and change nothing."""


class NoticeText(msgspec.Struct, frozen=True, kw_only=True):
    """The text of a kind of notice as this node uses it."""

    notice: NoticeKind
    text: str
    changed_at: int | None = None
    """When it was changed here, milliseconds UTC; `None`: as it came with the program."""


class NoticeTexts(msgspec.Struct, frozen=True, kw_only=True):
    """The texts of all kinds."""

    texts: tuple[NoticeText, ...]
