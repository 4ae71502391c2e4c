"""好差评: what may be evaluated, when, by whom, and what an evaluation may say. Pure.

一事一评: a case once; 一次一评: a visit to a window once. Whoever has not evaluated has not:
nothing is ever taken for granted (未评价 is not 满意).
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from node.applicants.model import is_phone
from node.cases.caseview import CaseView
from node.cases.transitions import COUNTER
from schemas.cases import CaseState
from schemas.evaluation import (
    BAD,
    DimensionGrade,
    DimensionTable,
    Evaluated,
    EvaluationForm,
    Grade,
    RatingPart,
)
from schemas.ids import DepartmentId, NodeId, StaffId, StreamName
from schemas.staff import OVERSEERS, Role

MAX_TEXT: Final = 500  # characters: what a thumb types, and twice that
MAX_CODES: Final = 64  # characters of a code that a note may bring: ours have a dozen
MOST_CODES: Final = 32  # dimensions or remarks in one note: ours have four and twelve
DEVICE_DIGITS: Final = 8  # hex: tells a hall's devices of one day apart, and names none of them
CLOCKS_APART_MS: Final = 24 * 60 * 60 * 1000  # a day: beyond that a clock of ours is plainly wrong
INVITED: Final = timedelta(minutes=10)  # he stands before the tablet; the next one is called then

S = CaseState
RATABLE: Final = frozenset(
    {
        S.DECIDED, S.CERTIFIED, S.READY, S.DELIVERED, S.CLOSED, S.REFUSED, S.RETURNED,
        S.WITHDRAWN, S.TERMINATED, S.REVOKED,
    }
)  # fmt: skip
"""What was answered, one way or the other. A voided case was none."""
INVITERS: Final = COUNTER
"""Who serves people, and asks them to evaluate."""
SETTERS: Final = frozenset({Role.DIRECTOR, Role.OPERATOR, Role.AGENT})
"""Who sets tablets up: the hall's director, who keeps the node, and at a village the agent."""
CALLERS: Final = frozenset({Role.DIRECTOR, Role.SUPERVISOR, Role.CLERK})
"""Who may type in what somebody said on the phone, if he had no part in the case."""
READERS: Final = OVERSEERS | {Role.REPRESENTATIVE}
"""Who sees grades. Whoever served somebody does not see what that one said of him."""
HANDLERS: Final = frozenset({Role.DIRECTOR, Role.SUPERVISOR})
"""Who reads what was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Who served him."""

    window: str = ""
    staff: StaffId | None = None
    department: DepartmentId | None = None
    department_at: NodeId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a request comes from, as the network has it: never stored as it is."""

    address: str
    agent: str


def is_ratable(view: CaseView) -> bool:
    """Say whether the case has been answered, so that it can be evaluated."""
    return view.state in RATABLE


def is_before(view: CaseView, given_at: int) -> bool:
    """Say whether this was before the case was received, however clocks differ."""
    return given_at + CLOCKS_APART_MS < view.received_at


def is_bad(grade: Grade) -> bool:
    """Say whether somebody must look into it (差评)."""
    return grade <= BAD


def subject_of(case: StreamName | str, node: NodeId, visit: str) -> str:
    """Name what is evaluated once: the case, or the visit to that node."""
    return case or f"visit/{node}/{visit}"


def device_of(key: bytes, origin: Origin) -> str:
    """Tell a device from the node's others of the day; nothing more can be told from it."""
    said = f"{origin.address}\n{origin.agent}".encode()
    return hashlib.blake2b(said, key=key, digest_size=DEVICE_DIGITS // 2).hexdigest()


def may_type_in(roles: Collection[Role], staff: StaffId, acted: Collection[StaffId]) -> bool:
    """Say whether somebody may type in what the applicant said on the phone.

    Never who acted in the case: not its clerk, not its handler, whatever other post he has.
    """
    return bool(CALLERS & set(roles)) and staff not in acted


def part_of(form: EvaluationForm) -> RatingPart | None:
    """Give what must be sealed; `None` if he wrote nothing."""
    text, contact = form.text.strip(), form.contact.strip()
    return RatingPart(text=text, contact=contact) if text or contact else None


def graded(form: EvaluationForm) -> tuple[DimensionGrade, ...]:
    """Give what he graded apart, of a form without faults."""
    found = sorted(form.dimensions.items())
    return tuple(DimensionGrade(dimension=code, grade=Grade(grade)) for code, grade in found)


def faults_of(form: EvaluationForm, table: DimensionTable) -> dict[str, str]:
    """Say what is wrong with each field of a form; empty if nothing is."""
    faults: dict[str, str] = {}
    if form.grade not in tuple(Grade):
        faults["grade"] = "out_of_scale" if form.grade else "missing"
    known = {one.code for one in table.dimensions}
    for code, grade in form.dimensions.items():
        if code not in known or grade not in tuple(Grade):
            wrong = "out_of_scale" if code in known else "unknown"
            faults[f"dimensions.{code[:MAX_CODES]}"] = wrong
    tags = {one.code for one in table.tags}
    faults |= {f"tags.{code[:MAX_CODES]}": "unknown" for code in form.tags if code not in tags}
    if len(form.text.strip()) > MAX_TEXT:
        faults["text"] = "too_long"
    if form.contact.strip() and not is_phone(form.contact.strip()):
        faults["contact"] = "wrong_phone"
    return faults


def is_sound(said: Evaluated) -> bool:
    """Say whether a note says no more than an evaluation may; whoever wrote it."""
    codes = (*said.tags, *(one.dimension for one in said.dimensions))
    lengths = (said.visit, said.window, *codes)
    about_one = bool(said.case) != bool(said.visit and said.stream)
    small = len(codes) <= MOST_CODES and all(len(one) <= MAX_CODES for one in lengths)
    device = said.device == "" or (
        len(said.device) == DEVICE_DIGITS and set(said.device) <= set("0123456789abcdef")
    )
    return about_one and small and device and said.table > 0 and said.given_at > 0
