"""流程校验: what would break the way of a case, stage by stage, and what its stages take together.

A process is: checks, the acceptance, a dispatch, a review; then, where a higher tier decides, the
report to it and its own dispatch and review; the decision; and where a licence is made, its making.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from levels.profiles import profile_of
from node.catalogue.flaws import Flaw, Rule, repeated
from node.catalogue.rules_limits import workdays_in
from schemas.ids import BadNameError, Level, level_of, parse_node_id
from schemas.item_terms import LimitStart, StageKind
from schemas.items import Item, Stage
from schemas.levels import Capability

DELIVERY_WORKDAYS: Final = 10  # a licence is made and handed over within ten days (行政许可法 §44)
NEEDED: Final = {
    StageKind.CHECK: Capability.CHECK,
    StageKind.ACCEPT: Capability.ACCEPT,
    StageKind.DISPATCH: Capability.DISPATCH,
    StageKind.REVIEW: Capability.DEPARTMENTS,
    StageKind.REPORT: Capability.DEPARTMENTS,
    StageKind.DECIDE: Capability.DECIDE,
    StageKind.ISSUE: Capability.DECIDE,
}
DEPARTMENTAL: Final = frozenset(
    (StageKind.REVIEW, StageKind.REPORT, StageKind.DECIDE, StageKind.ISSUE)
)
"""What departments do, where a tier has any."""
_ORDER: Final = tuple(StageKind)


def process_flaws(item: Item) -> Iterator[Flaw]:
    """List what would break the way of a case: an item with such a flaw is inert everywhere."""
    if not item.process:
        yield Flaw("process", Rule.PROCESS_EMPTY)
    yield from _order_flaws(item.process)
    yield from _report_flaws(item.process)
    yield from _issue_flaws(item.process)
    for number, stage in enumerate(item.process):
        yield from _stage_flaws(stage, f"process[{number}]")
        yield from _joint_flaws(stage, f"process[{number}].joint")
    yield from _decider_flaws(item)


def stage_sum_flaws(item: Item) -> Iterator[Flaw]:
    """List stages of one name, and stages that take longer together than the item promises."""
    kinds = [stage.kind for stage in item.process]
    for name in repeated(stage.name for stage in item.process):
        yield Flaw("process", Rule.STAGE_NAME_TWICE, (name,))
    for number, stage in enumerate(item.process):
        if stage.kind is StageKind.ISSUE and stage.workdays > DELIVERY_WORKDAYS:
            field = f"process[{number}].workdays"
            yield Flaw(field, Rule.ISSUE_OVER_DELIVERY, (str(stage.workdays),))
    if StageKind.ACCEPT not in kinds:
        return
    first, rule = 0, Rule.STAGES_OVER_PROMISE
    if item.promised.start is not LimitStart.RECEIVED:  # the clock starts the day after acceptance
        first, rule = kinds.index(StageKind.ACCEPT) + 1, Rule.LATER_STAGES_OVER_PROMISE
    # The limit ends with the decision; what is made after it has the ten days of delivery.
    days = [stage.workdays for stage in item.process[first:] if stage.kind is not StageKind.ISSUE]
    total, most = sum(days), workdays_in(item.promised)
    if days and total > most:
        longest = first + days.index(max(days))
        yield Flaw(f"process[{longest}].workdays", rule, (str(total), str(most)))


def _order_flaws(process: tuple[Stage, ...]) -> Iterator[Flaw]:
    kinds = [stage.kind for stage in process]
    if kinds.count(StageKind.ACCEPT) != 1:
        yield Flaw("process", Rule.NOT_ONE_ACCEPT, (str(kinds.count(StageKind.ACCEPT)),))
    if kinds.count(StageKind.DECIDE) != 1:
        yield Flaw("process", Rule.NOT_ONE_DECIDE, (str(kinds.count(StageKind.DECIDE)),))
    elif [kind for kind in kinds if kind is not StageKind.ISSUE][-1] is not StageKind.DECIDE:
        yield Flaw("process", Rule.DECIDE_NOT_LAST)
    elif not _is_in_order(kinds):
        yield Flaw("process", Rule.STAGES_OUT_OF_ORDER)
    yield from _repetition_flaws(process)


def _is_in_order(kinds: list[StageKind]) -> bool:
    """Say whether stages follow as they must, before a report to a higher tier and after it."""
    below, above = _parts(kinds)
    sorted_both = all(part == sorted(part, key=_ORDER.index) for part in (below, above))
    return sorted_both and not {StageKind.CHECK, StageKind.ACCEPT} & set(above)


def _parts(kinds: list[StageKind]) -> tuple[list[StageKind], list[StageKind]]:
    end = kinds.index(StageKind.REPORT) + 1 if StageKind.REPORT in kinds else len(kinds)
    return kinds[:end], kinds[end:]


def _repetition_flaws(process: tuple[Stage, ...]) -> Iterator[Flaw]:
    kinds = [stage.kind for stage in process]
    parts = _parts(kinds)
    for kind in (StageKind.DISPATCH, StageKind.REVIEW):
        if any(part.count(kind) > 1 for part in parts):
            yield Flaw("process", Rule.STAGE_TWICE, (kind,))
    for kind in (StageKind.REPORT, StageKind.ISSUE):
        if kinds.count(kind) > 1:
            yield Flaw("process", Rule.STAGE_TWICE, (kind,))
    for level in repeated(stage.level for stage in process if stage.kind is StageKind.CHECK):
        yield Flaw("process", Rule.STAGE_TWICE, (f"{StageKind.CHECK} {level}",))


def _report_flaws(process: tuple[Stage, ...]) -> Iterator[Flaw]:
    """转报: what this tier has reviewed goes up, and all that follows is done above it."""
    order = tuple(Level)
    for number, stage in enumerate(process):
        if stage.kind is not StageKind.REPORT:
            continue
        before, after = process[number - 1 : number], process[number + 1 :]
        reviewed = [(one.kind, one.level) for one in before] == [(StageKind.REVIEW, stage.level)]
        is_above = all(order.index(one.level) < order.index(stage.level) for one in after)
        if not reviewed or not after or not is_above:
            yield Flaw(f"process[{number}]", Rule.REPORT_MISPLACED, (stage.name,))


def _issue_flaws(process: tuple[Stage, ...]) -> Iterator[Flaw]:
    """制证: what was decided is made where it was decided, and then nothing is left to do."""
    after_decision = {
        number + 1
        for number, (one, other) in enumerate(pairwise(process))
        if one.kind is StageKind.DECIDE and one.level is other.level
    }
    for number, stage in enumerate(process):
        is_last = number == len(process) - 1
        if stage.kind is StageKind.ISSUE and not (is_last and number in after_decision):
            yield Flaw(f"process[{number}]", Rule.ISSUE_MISPLACED, (stage.name,))


def _stage_flaws(stage: Stage, field: str) -> Iterator[Flaw]:
    can = profile_of(stage.level).capabilities
    if not stage.name.strip():
        yield Flaw(f"{field}.name", Rule.EMPTY)
    if NEEDED[stage.kind] not in can:
        yield Flaw(f"{field}.level", Rule.LEVEL_CANNOT, (stage.level, stage.kind))
    if stage.workdays < 0:
        yield Flaw(f"{field}.workdays", Rule.STAGE_BELOW_ZERO)
    departmental = stage.kind in DEPARTMENTAL
    if Capability.DEPARTMENTS in can and departmental and not stage.department:
        yield Flaw(f"{field}.department", Rule.DEPARTMENT_MISSING, (stage.name,))
    if stage.department and not (Capability.DEPARTMENTS in can and departmental):
        yield Flaw(f"{field}.department", Rule.DEPARTMENT_MISPLACED, (stage.name,))


def _joint_flaws(stage: Stage, field: str) -> Iterator[Flaw]:
    """并联: only a review is done jointly, each department once, the lead not beside itself."""
    if stage.joint and stage.kind is not StageKind.REVIEW:
        yield Flaw(field, Rule.JOINT_MISPLACED, (stage.name,))
    for department in repeated(stage.joint):
        yield Flaw(field, Rule.JOINT_TWICE, (department,))
    if any(not one.strip() for one in stage.joint):
        yield Flaw(field, Rule.EMPTY)
    if stage.department and stage.department in stage.joint:
        yield Flaw(field, Rule.JOINT_WITH_ITSELF, (stage.department,))


def _decider_flaws(item: Item) -> Iterator[Flaw]:
    if item.decided_by is None:
        return
    deciding = {stage.level for stage in item.process if stage.kind is StageKind.DECIDE}
    try:
        level: Level | None = level_of(parse_node_id(item.decided_by))
    except BadNameError:
        level = None
    if level not in deciding:
        yield Flaw("decided_by", Rule.DECIDER_MISPLACED, (item.decided_by,))
