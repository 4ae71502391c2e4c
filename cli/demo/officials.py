"""The other half of a made-up year: who evaluates, and who looks into what was bad.

Each is an errand in the year's queue: it does one thing through the product's own actions, at the
node whose turn it is, and says which errands follow from it, and when.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from cli.demo.offline import Offline
from cli.demo.past import MINUTES_A_DAY, Plan
from federation.partstore import PreparedPart
from node.calendar.model import Calendar
from node.cases.actions import make_text
from node.cases.caseview import CaseView
from node.database import Tx
from node.errors import NotFoundError
from node.evaluation import actions as evaluation
from node.evaluation import redress_reading, redress_steps
from node.evaluation.actions import Given
from node.evaluation.model import Origin, is_bad
from node.evaluation.redress_reading import Caller
from node.evaluation.writing import rating_part
from node.runtime.opening import Node
from node.work import SYSTEM, Actor, Work
from schemas.evaluation import (
    EvaluationChannel,
    EvaluationForm,
    EvaluationView,
    Grade,
    RatingPart,
)
from schemas.ids import NodeId, StreamName
from schemas.redress import RedressAct, RedressFinding, RedressView
from schemas.redress_desk import AnswerRedress, CallBackRedress, VerifyRedress
from schemas.staff import Role

LATE_TO_VERIFY: Final = 7  # one bad rating in so many is looked into too late
CHANNELS: Final = (
    EvaluationChannel.QR,
    EvaluationChannel.TABLET,
    EvaluationChannel.QR,
    EvaluationChannel.SMS,
    EvaluationChannel.KIOSK,
)
WHY: Final = "等候时间太长，也没有人说明原因。"

Found = Iterable[tuple[float, "Errand"]]
"""Errands that follow, each with the office minutes until it is done."""


@dataclass(frozen=True, slots=True)
class Staffed:
    """The nodes, and who works there."""

    offline: Offline
    people: Mapping[NodeId, tuple[Actor, ...]]
    calendar: Calendar

    def first(self, node: NodeId, fits: Callable[[Actor], bool]) -> Actor:
        """Choose the first at a node who fits. Raises `LookupError`."""
        for one in self.people[node]:
            if fits(one):
                return one
        raise LookupError(f"nobody at {node} can do this")

    def supervisors(self, node: NodeId) -> tuple[Actor, ...]:
        """Name the supervisors of a node."""
        return tuple(one for one in self.people[node] if Role.SUPERVISOR in one.roles)


class Errand(Protocol):
    """Something that is done once, at an instant of the year."""

    async def run(self, hall: Staffed, instant: datetime) -> Found:
        """Do it; say what follows."""


# ---- 好差评


@dataclass(frozen=True, slots=True)
class Rating:
    """An applicant evaluates his case, with the code of his receipt."""

    view: CaseView
    plan: Plan
    code: str
    number: int

    async def run(self, hall: Staffed, instant: datetime) -> Found:
        """Evaluate; a bad grade sets going that somebody looks into it."""
        del instant
        node = hall.offline.nodes[self.view.origin]
        grade = self.plan.grade or Grade.SATISFIED
        bad = is_bad(Grade(grade))
        form = EvaluationForm(
            grade=grade,
            text=WHY if bad else "",
            contact=self.plan.applicant.phone if bad and self.number % 2 else "",
        )
        given = Given(
            form=form,
            channel=CHANNELS[self.number % len(CHANNELS)],
            origin=Origin(address=_address(self.number), agent="phone"),
        )
        said = RatingPart(text=form.text, contact=form.contact) if bad else None
        async with rating_part(node.parts, said) as part:
            given = replace(given, part=part)
            kept = await node.works.run(
                SYSTEM, evaluation.by_code, self.view.number, self.code, given
            )
        return await self._opened(node, kept)

    async def _opened(self, node: Node, kept: EvaluationView) -> Found:
        opened = await node.works.read(redress_reading.of_evaluation, kept.note)
        if opened is None:
            return ()
        late = self.number % LATE_TO_VERIFY == 0
        wait = 2.4 * MINUTES_A_DAY if late else 0.4 * MINUTES_A_DAY
        return ((wait, Mending(opened.stream, opened.holder, self.number)),)


def _address(number: int) -> str:
    return f"10.{number // 250}.{number % 250}.9"


# ---- 差评整改


@dataclass(frozen=True, slots=True)
class Mending:
    """A bad rating on its way: verified, answered, called back."""

    stream: StreamName
    at: NodeId
    number: int

    async def run(self, hall: Staffed, instant: datetime) -> Found:
        """Take the next step that somebody at the node may take."""
        del instant
        await hall.offline.settle()
        node = hall.offline.nodes[self.at]
        for actor in hall.people[self.at]:
            act = await node.works.read(next_step, self.stream, Caller(node.me, actor))
            if act is None:
                continue
            text = await asyncio.to_thread(make_text, node.parts, _SAYS[act])
            view = await node.works.run(actor, _REDRESS[act], _name(self.stream), text)
            if view.closed_at is not None:
                return ()
            return ((1.6 * MINUTES_A_DAY, Mending(self.stream, view.holder, self.number)),)
        return ()


def next_step(tx: Tx, stream: StreamName, caller: Caller) -> RedressAct | None:
    """Name what he may do next about a matter; `None` if nothing of it is his."""
    try:
        known = redress_reading.find(tx, caller, _name(stream))
    except NotFoundError:
        return None
    return next((one for one in redress_reading.acts(tx, known, caller) if one in _REDRESS), None)


def _name(stream: StreamName) -> str:
    """Give the address of a matter, by which people find it."""
    return stream.rsplit("/", 1)[1]


Mend = Callable[[Work, str, PreparedPart | None], RedressView]
_REDRESS: Final[Mapping[RedressAct, Mend]] = {
    RedressAct.VERIFY: lambda w, name, text: redress_steps.verify(
        w, name, VerifyRedress(finding=RedressFinding.TRUE), text
    ),
    RedressAct.ANSWER: lambda w, name, text: redress_steps.answer(
        w, name, AnswerRedress(answer=_SAYS[RedressAct.ANSWER]), text
    ),
    RedressAct.CALL_BACK: lambda w, name, text: redress_steps.call_back(
        w, name, CallBackRedress(reached=True, grade=Grade.SATISFIED), text
    ),
}
_SAYS: Final[Mapping[RedressAct, str]] = {
    RedressAct.VERIFY: "已与申请人联系，情况属实。",
    RedressAct.ANSWER: "已向申请人说明原因并致歉，今后限时办结。",
    RedressAct.CALL_BACK: "申请人表示满意。",
}
