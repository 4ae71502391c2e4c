"""What the steps of a case add: stages that were passed, forwardings, opinions (环节). Pure.

In a joint review (会签) an opinion is a step of the department that gives it, by the limit of the
stage. Whoever had to wait for one beyond that limit is not late with the stage himself.
"""

from dataclasses import dataclass

from node.appraisal.shares import Origin, Share, Standpoint, Subject, body_of, day_of, share
from node.cases.life import Happening, stage_timer
from schemas.appraisal import Measure
from schemas.case_law import CaseDeemedAccepted
from schemas.ids import DepartmentId

M = Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event as a step: what was before, and who did it."""

    at: Standpoint
    origin: Origin
    before: Happening
    one: Happening
    people: tuple[Subject, ...]

    def subjects(self, department: DepartmentId | None) -> tuple[Subject, ...]:
        """Name for whom it counts: the place of the case, and who did it."""
        body = body_of(self.one.step.node, department)
        return (*self.origin.places, body, *self.origin.item, *self.people)

    @property
    def department(self) -> DepartmentId | None:
        """The department that had the case."""
        view = self.before.after
        return view.department if view.department_at == self.one.step.node else None

    @property
    def is_in_time(self) -> bool:
        """Whether it came within the limit of its stage; on a provisional day: not late."""
        timer = stage_timer(self.before, self.at.calendar)
        if timer is None or timer.due is None or timer.provisional:
            return True
        return day_of(self.one.step.at) <= timer.due

    @property
    def passes(self) -> bool:
        """Whether it brought a stage to its end."""
        is_further = self.one.after.stage > self.before.after.stage
        return is_further and not isinstance(self.one.did, CaseDeemedAccepted)


def forwarded(step: Step) -> tuple[Share, ...]:
    """Count a forwarding for whoever forwarded."""
    counts = {M.FORWARDED: 1, M.FORWARDED_ON_TIME: int(step.is_in_time)}
    return share(day_of(step.one.step.at), step.subjects(step.department), counts)


def passed(step: Step, *, was_held_up: bool) -> tuple[Share, ...]:
    """Count a stage that came to its end; not late for who was held up by an opinion."""
    counts = {M.STEPS: 1, M.STEPS_LATE: int(not (step.is_in_time or was_held_up))}
    return share(day_of(step.one.step.at), step.subjects(step.department), counts)


def opinion(step: Step, department: DepartmentId) -> tuple[Share, ...]:
    """Count an opinion for the department that gave it."""
    counts = {M.STEPS: 1, M.STEPS_LATE: int(not step.is_in_time)}
    return share(day_of(step.one.step.at), step.subjects(department), counts)
