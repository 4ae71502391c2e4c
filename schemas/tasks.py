"""协办: what the holder of a case asks another node to do for it, and what comes back.

A task is a stream of its own, `task/…`: begun by who asks, held by who is asked, and handed back
with the answer. The case stays where it is. Names and free text are parts; of the applicant the
task holds only what the errand needs.
"""

from enum import StrEnum

import msgspec

from schemas.ids import CaseNumber, NodeId, PartDigest, StreamName


class Errand(StrEnum):
    """What is to be done (协办内容)."""

    HOUSEHOLD_SURVEY = "household_survey"  # 入户调查
    NEIGHBOUR_HEARING = "neighbour_hearing"  # 民主评议
    PUBLIC_DISPLAY = "public_display"  # 张榜公示, with a photo
    SITE_PHOTO = "site_photo"  # 现场查看、拍照
    CERTIFICATE = "certificate"  # 出具证明
    OTHER = "other"  # 其他


class TaskState(StrEnum):
    """Where a task stands."""

    ASKED = "asked"  # 待办理
    ANSWERED = "answered"  # 已反馈
    DECLINED = "declined"  # 已退回
    CANCELLED = "cancelled"  # 已撤销


class TaskResult(StrEnum):
    """What came of it."""

    TRUE = "true"  # 情况属实, 无异议
    NOT_TRUE = "not_true"  # 与申请不符, 有异议
    UNDECIDED = "undecided"  # 无法查实


class TaskAsked(msgspec.Struct, frozen=True, kw_only=True, tag="task.asked", tag_field="kind"):
    """协办请求."""

    case: StreamName
    number: CaseNumber
    item_name: str
    errand: Errand
    to: NodeId
    due: str
    """The last day, by the asker's calendar: `yyyy-mm-dd`."""
    brief: PartDigest
    """What is to be done and for whom: a `TaskBrief`."""


class TaskAnswered(
    msgspec.Struct, frozen=True, kw_only=True, tag="task.answered", tag_field="kind"
):
    """协办反馈: the task goes back to who asked."""

    result: TaskResult
    answered_at: int
    report: PartDigest
    """What was found, as text."""
    photos: tuple[PartDigest, ...] = ()


class TaskDeclined(
    msgspec.Struct, frozen=True, kw_only=True, tag="task.declined", tag_field="kind"
):
    """退回: it was sent to the wrong place, or cannot be done."""

    reason: str
    note: PartDigest | None = None
    """Why, in words: a part."""


class TaskCancelled(
    msgspec.Struct, frozen=True, kw_only=True, tag="task.cancelled", tag_field="kind"
):
    """撤销: it is no longer needed. By who asked, once it has come back or was reclaimed."""

    reason: str


TaskEvent = TaskAsked | TaskAnswered | TaskDeclined | TaskCancelled


class TaskBrief(msgspec.Struct, frozen=True, kw_only=True):
    """What the errand needs to know: a part."""

    instruction: str
    name: str
    phone: str = ""
    address: str = ""


class AskTask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """请求协办."""

    errand: Errand
    to: NodeId
    workdays: int
    instruction: str


class AnswerTask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """反馈. Photos are uploads named by digest."""

    result: TaskResult
    report: str
    photos: tuple[PartDigest, ...] = ()


class DeclineTask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """退回、撤销: a reason code, and for 退回 why, in words."""

    reason: str
    note: str = ""


class TaskView(msgspec.Struct, frozen=True, kw_only=True):
    """A task as this node knows it. Times are milliseconds UTC."""

    stream: StreamName
    case: StreamName
    number: CaseNumber
    item_name: str
    errand: Errand
    asker: NodeId
    to: NodeId
    holder: NodeId
    state: TaskState
    due: str
    asked_at: int
    answered_at: int | None = None
    result: TaskResult | None = None
    reason: str | None = None
    brief: PartDigest
    report: PartDigest | None = None
    photos: tuple[PartDigest, ...] = ()
    note: PartDigest | None = None


class TaskDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A task, and what its papers say as far as they are here and the caller may read them."""

    task: TaskView
    brief: TaskBrief | None = None
    report: str | None = None
    note: str | None = None


class TaskList(msgspec.Struct, frozen=True, kw_only=True):
    """Tasks, the most urgent first."""

    tasks: tuple[TaskView, ...]
