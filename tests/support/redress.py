"""People who complain and people who answer: real keys, ledgers and parts, no network."""

from collections.abc import Callable
from datetime import date, datetime, time

import msgspec

from federation import partstore, partwants
from federation.parts import salted
from federation.partstore import PreparedPart
from node.clock import CHINA
from node.database import Tx
from node.evaluation import redress_actions as actions
from node.evaluation import redress_reading as reading
from node.evaluation import redress_steps as steps
from node.evaluation.redress_reading import Caller, Said
from node.evaluation.redress_writing import Sealed, seal
from node.work import SYSTEM, Actor, Work
from schemas.evaluation import EvaluationChannel, EvaluationView, Grade
from schemas.ids import DepartmentId, NodeId, StaffId, StreamName
from schemas.redress import RedressKind, RedressPart, RedressView
from schemas.redress_desk import (
    AnswerRedress,
    AppealRedress,
    CallBackRedress,
    DecideRedressAppeal,
    ExtendRedress,
    NewRedress,
    RedressTaken,
    VerifyRedress,
)
from schemas.staff import Role
from tests.support.casework import CLERK, Casework, Office
from tests.support.catalogue import WJJ

DIRECTOR = Actor(StaffId("director"), frozenset({Role.DIRECTOR}))
COLLEAGUE = Actor(StaffId("colleague"), frozenset({Role.CLERK}))
TOWN_DIRECTOR = Actor(StaffId("towndirector"), frozenset({Role.DIRECTOR}))
SAYS = "去了三次都说系统坏了, 请帮忙催一下"
PHONE = "13812341234"


def go_to(world: Casework, day: str, hour: int = 10) -> None:
    """Let it be that hour of that day in China, everywhere."""
    for office in world.offices:
        clock = office.node.works.clock
        clock.offset = datetime.combine(date.fromisoformat(day), time(hour), CHINA) - clock.wall()


def part(office: Office, text: str = SAYS, *, phone: str = PHONE) -> Sealed:
    return seal(office.parts, RedressPart(text=text, name="张三" if phone else "", phone=phone))


async def take(
    office: Office,
    kind: RedressKind = RedressKind.COMPLAINT,
    actor: Actor = CLERK,
    *,
    phone: str = PHONE,
    subject: NodeId | None = None,
    department: DepartmentId | None = WJJ,
) -> tuple[RedressView, RedressTaken]:
    """Take what somebody says."""
    form = NewRedress(
        redress=kind, text=SAYS, subject=subject, department=department,
    )  # fmt: skip
    ready = part(office, phone=phone)
    works = office.node.works
    taken = await works.run(actor, actions.take, form, ready)
    return await numbered(office, taken.number), taken


async def numbered(office: Office, number: str) -> RedressView:
    """Read what was taken here under this number; another node may have given the same one."""
    found = (one for one in await everything(office) if one.taken_by == office.node.me)
    return next(one for one in found if one.number == number)


async def everything(office: Office) -> tuple[RedressView, ...]:
    """Read all that is known here, in the order it came."""

    def read(tx: Tx) -> tuple[RedressView, ...]:
        rows = tx.execute("SELECT stream FROM redress ORDER BY opened_at, stream").fetchall()
        found = (reading.view(tx, StreamName(stream)) for (stream,) in rows)
        return tuple(one for one in found if one is not None)

    return await office.node.works.read(read)


def end_of(view: RedressView) -> str:
    return view.stream.rsplit("/", 1)[1]


FORMS = {
    steps.verify: VerifyRedress, steps.extend: ExtendRedress, steps.answer: AnswerRedress,
    steps.call_back: CallBackRedress, steps.appeal: AppealRedress,
    steps.decide_appeal: DecideRedressAppeal,
}  # fmt: skip


async def do(
    office: Office, actor: Actor, act: Callable[..., RedressView], view: RedressView, **form: object
) -> RedressView:
    """Take a step as its page does: with its words encrypted before."""
    shape = FORMS.get(act)
    asked = () if shape is None else (shape(**form),)
    text = str(form.get("note") or form.get("answer") or "")
    ready = office.parts.prepare(salted("text/plain", text.encode())) if text else None
    papers = () if act in (steps.extend, steps.close) else (ready,)
    works = office.node.works
    return await works.run(actor, lambda work: act(work, end_of(view), *asked, *papers))


async def look(office: Office, actor: Actor, view: RedressView) -> Said:
    """Read what the papers of a matter say to somebody."""

    def read(work: Work) -> Said:
        known = reading.find(work.tx, Caller(work.me, work.actor), end_of(view))
        return reading.said(work.tx, office.parts, known)

    return await office.node.works.run(actor, read)


async def pass_parts(sender: Office, to: Office, stream: StreamName) -> int:
    """Give `to` what it asks `sender` for, as the paper round would; tells how many parts."""
    asks = await to.node.works.database.write(
        lambda tx: partwants.due_asks(tx, to.node.me, 1 << 50, 100)
    )
    asked = [one.digest for one in asks if (one.stream, one.to) == (stream, sender.node.me)]
    for digest in asked:
        assert await sender.node.works.read(reading.may_have, stream, digest, to.node.me)
        ready = to.parts.prepare(await sender.node.works.read(sender.parts.read, digest))
        await to.node.works.run(SYSTEM, _keep, ready, stream)
    return len(asked)


def _keep(work: Work, ready: PreparedPart, stream: StreamName) -> None:
    partstore.keep(work.tx, ready, stream)


def rating(node: NodeId, case: StreamName | None = None, **changes: object) -> EvaluationView:
    """A bad rating as the node that took it knows it."""
    usual = EvaluationView(
        note=StreamName(f"note/{node}/aaaaaaaaaaaaaaaa"), node=node, case=case,
        visit="" if case else "v1", given_at=1, channel=EvaluationChannel.QR,
        grade=Grade.DISSATISFIED, table=1, dimensions=(), tags=(), window="A01", staff=None,
        department=None, comment=None, named=True, device="", of_staff=False, counts=True,
    )  # fmt: skip
    return msgspec.structs.replace(usual, **changes)
