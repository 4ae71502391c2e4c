"""What a drawing of an item's process holds: boxes in columns of time and lanes of tiers. Pure.

Every tier whose windows take the item has its own box at the beginning; a stage stands in the lane
of the tier that does it; at the end the result goes back to the window that took the application.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from node.catalogue.labels import value_words
from node.catalogue.model import DECIDERS_OWN, mode_at
from node.web.wording import Language, Words
from schemas.ids import DepartmentId, Level, NodeId, level_of
from schemas.item_terms import StageKind
from schemas.items import Item, Stage


@dataclass(frozen=True, slots=True)
class Box:
    """One thing that is done, in its column of time; `lane` to `last` are the tiers it spans."""

    column: int
    lane: int
    last: int
    texts: tuple[str, ...]
    tone: str = ""
    """`window` for receiving and delivering, `decide` for the decision."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What is to be drawn."""

    lanes: tuple[str, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[tuple[Box, Box], ...]
    steps: tuple[str, ...]
    """The same in sentences, for whoever does not see the picture."""

    @property
    def columns(self) -> int:
        """How many columns of time it has."""
        return max(box.column for box in self.boxes) + 1


def plan(
    words: Words,
    item: Item,
    *,
    departments: Mapping[DepartmentId, str],
    place_of: Callable[[NodeId], str],
) -> Flow:
    """Lay out windows and stages: who takes it, each stage at its tier, and the way back."""
    takes = [level for level in Level if mode_at(item.tiers, level) is not None]
    at = [_level_at(item, stage) for stage in item.process]
    levels = [level for level in Level if level in takes or level in at]
    lane = {level: number for number, level in enumerate(levels)}
    desks = [_desk(item, stage, departments, place_of) for stage in item.process]
    told = [
        words.joined(filter(None, (desk, *_joint(words, stage, departments))))
        for stage, desk in zip(item.process, desks, strict=True)
    ]
    windows = [
        Box(0, lane[level], lane[level], _window(words, item, level), "window") for level in takes
    ]
    stages = [
        Box(
            column, lane[level], lane[level],
            tuple(
                filter(
                    None,
                    (*_named(words, stage), desk, *_joint(words, stage, departments),
                     _days(words, stage)),
                )
            ),
            "decide" if stage.kind is StageKind.DECIDE else "",
        )
        for column, (stage, level, desk) in enumerate(zip(item.process, at, desks, strict=True), 1)
    ]  # fmt: skip
    back = _back(words, windows, stages)
    return Flow(
        lanes=tuple(words.pick(*value_words(level)) for level in levels),
        boxes=(*windows, *stages, *back),
        arrows=(
            *zip(windows, (stages[_first(item, level)] for level in takes), strict=True),
            *pairwise(stages),
            *((stages[-1], box) for box in back),
        ),
        steps=tuple(_steps(words, item, tuple(zip(item.process, at, told, strict=True)))),
    )  # fmt: skip


def _level_at(item: Item, stage: Stage) -> Level:
    named = item.decided_by if stage.kind in DECIDERS_OWN else None
    return stage.level if named is None else level_of(named)


def _first(item: Item, origin: Level) -> int:
    """Find the stage to which a window of a tier hands it: no check below the tier itself."""
    order = list(Level)
    for number, stage in enumerate(item.process[:-1]):
        if stage.kind is not StageKind.CHECK or order.index(origin) >= order.index(stage.level):
            return number
    return len(item.process) - 1


def _desk(
    item: Item,
    stage: Stage,
    departments: Mapping[DepartmentId, str],
    place_of: Callable[[NodeId], str],
) -> str:
    if stage.kind in DECIDERS_OWN and item.decided_by is not None:
        return place_of(item.decided_by)
    if stage.department is None:
        return ""
    other = item.department_name if stage.department == item.department else stage.department
    return departments.get(stage.department, other)


def _joint(words: Words, stage: Stage, departments: Mapping[DepartmentId, str]) -> tuple[str, ...]:
    """Name the departments that take part in a review beside its lead (并联), each by itself."""
    if not stage.joint:
        return ()
    first, *others = (departments.get(one, one) for one in stage.joint)
    return (words.say("process.joint", department=first), *others)


def _window(words: Words, item: Item, level: Level) -> tuple[str, ...]:
    mode = mode_at(item.tiers, level)
    return (words.say("process.receive"), words.pick(*value_words(mode)))


def _named(words: Words, stage: Stage) -> tuple[str, ...]:
    if words.language is Language.ZH:
        return (stage.name,)
    return (words.pick(*value_words(stage.kind)).capitalize(), stage.name)


def _days(words: Words, stage: Stage) -> str:
    if not stage.workdays:
        return words.say("process.at_once")
    return words.say("process.days" if stage.workdays > 1 else "process.day", n=stage.workdays)


def _back(words: Words, windows: list[Box], stages: list[Box]) -> list[Box]:
    """Hand the result over at the window that took the application; all such windows are one."""
    if not windows:
        return []
    texts = (words.say("process.deliver"), words.say("process.same_window"))
    return [Box(len(stages) + 1, windows[0].lane, windows[-1].lane, texts, "window")]


def _steps(words: Words, item: Item, stages: tuple[tuple[Stage, Level, str], ...]) -> Iterator[str]:
    takers = [
        words.say("process.taker", level=words.pick(*value_words(level)), mode=said)
        for level in Level
        if (mode := mode_at(item.tiers, level)) is not None
        and (said := words.pick(*value_words(mode)))
    ]
    if takers:
        yield words.say("process.told_receive", takers=words.joined(takers))
    for stage, level, desk in stages:
        yield words.say(
            "process.told_stage",
            stage=" ".join(_named(words, stage)),
            desk=words.joined(filter(None, (words.pick(*value_words(level)), desk))),
            days=_days(words, stage),
        )
    if takers:
        yield words.say("process.told_deliver")
