"""One version of an item as its page shows it: what it says, and what became of it since. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from node.catalogue import page_guide
from node.catalogue.labels import type_words, value_words
from node.catalogue.page_guide import Names, Section
from node.catalogue.page_items import capital, coming
from node.web.chrome import Mark, Told, day, quoted
from node.web.wording import Language, Words
from schemas.ids import NodeId, stream_creator
from schemas.item_terms import CaseKind
from schemas.items import ItemHistory, ItemVersion, ItemView

KIND_TONES: Final = {CaseKind.INSTANT: "green", CaseKind.PROMISED: "brand"}


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One step of the item's life."""

    title: str
    since: str
    mark: Mark | None
    release: str
    href: str
    compare: str
    here: bool


@dataclass(frozen=True, slots=True)
class GuidePage:
    """One item, whole."""

    code: str
    name: str
    other_name: str
    department: str
    version: int
    marks: tuple[Mark, ...]
    told: tuple[Told, ...]
    may_take: bool
    sections: tuple[Section, ...]
    beside: tuple[Section, ...]
    versions: tuple[VersionLine, ...]


def draw_guide(
    words: Words, view: ItemView, life: ItemHistory, names: Names, *, takes: bool
) -> GuidePage:
    """Draw one version of an item. `takes`: whoever looks may take an application for it now."""
    item = view.item
    return GuidePage(
        code=item.code,
        name=words.pick(item.name, item.name_en),
        other_name=_other_name(words, item.name, item.name_en),
        department=names.departments.get(item.department, item.department_name),
        version=view.version,
        marks=(
            Mark(
                KIND_TONES[item.case_kind],
                capital(words.pick(*value_words(item.case_kind))),
            ),
            Mark("plain", capital(words.pick(*type_words(item.type_code)))),
        ),
        told=tuple(_told(words, view, life)),
        may_take=takes and _in_force(life) == view.version,
        sections=page_guide.sections(words, item, names),
        beside=page_guide.beside(words, item, life.versions[0].successors, names),
        versions=tuple(_versions(words, view, life, names.place_of)),
    )


def _other_name(words: Words, zh: str, en: str) -> str:
    """Give the name in the other language, where there is one."""
    return en if words.language is Language.ZH or not en else zh


def _in_force(life: ItemHistory) -> int | None:
    return next((one.version for one in life.versions if one.in_force), None)


# ---- what must be said first


def _told(words: Words, view: ItemView, life: ItemHistory) -> Iterator[Told]:
    """Say that another version counts, that the item has ended, or what is to come."""
    force = next((one for one in life.versions if one.in_force), None)
    newest = life.versions[0]
    if force is None:
        yield _out_of_force(words, newest)
    elif force.version > view.version:
        since = since_of(force)
        yield Told(
            "mind",
            words.say("guide.old", day=since, version=force.version),
            words.say("guide.old_text"),
        )
    elif force.version < view.version:
        step = next(one for one in life.versions if one.version == view.version)
        yield Told("mind", coming(words, step), words.say("guide.early", version=force.version))
    elif newest is not force:
        yield Told("mind", coming(words, newest))


def _out_of_force(words: Words, newest: ItemVersion) -> Told:
    if newest.ends is None:
        return Told("mind", coming(words, newest), words.say("guide.unborn"))
    title = words.say("guide.ended", what=words.say(f"ended.{newest.ends}"), day=since_of(newest))
    return Told("stop", title, words.say("guide.ended_text"))


def since_of(step: ItemVersion) -> str:
    """Name the first day of a step."""
    return step.effective_from or day(step.published_at)


def _versions(
    words: Words, view: ItemView, life: ItemHistory, place_of: Callable[[NodeId], str]
) -> Iterator[VersionLine]:
    """List the item's life, the newest first, each with a way to it and to what it changed."""
    publisher = place_of(stream_creator(life.stream))
    path = f"/items/{quoted(life.code)}"
    for one in life.versions:
        release = words.say("guide.by_release", place=publisher, number=one.release)
        is_text = one.ends is None
        earlier = one.version - 1
        yield VersionLine(
            title=words.say("guide.version", version=one.version)
            if one.ends is None
            else words.say(f"ended.{one.ends}"),
            since=words.say("guide.since", day=since_of(one)),
            mark=Mark("green", words.say("guide.in_force")) if one.in_force else None,
            release=release if one.release else "",
            href=f"{path}?version={one.version}" if is_text else "",
            compare=f"{path}/diff?from={earlier}&to={one.version}" if is_text and earlier else "",
            here=is_text and one.version == view.version,
        )
