"""People who supervise and who answer: real keys, ledgers and parts, no network."""

from collections.abc import Callable
from datetime import timedelta

import msgspec

from federation.parts import salted
from federation.partstore import PreparedPart
from node.clock import local_day
from node.staff import store as accounts
from node.supervision import orders_actions as actions
from node.supervision import orders_model as model
from node.supervision import orders_reading as reading
from node.supervision.store import Row, replace
from node.work import SYSTEM, Actor, Work
from schemas.ids import DepartmentId, NodeId, StaffId, StreamName
from schemas.orders import (
    AppealOrder,
    Cause,
    Consequence,
    Correction,
    IssueOrder,
    JudgeOrder,
    OrderKind,
    OrderVerdict,
    OrderView,
    ReplyOrder,
    SendBackOrder,
    VerdictGround,
)
from schemas.staff import Role, StaffAccount
from schemas.supervision import FindingLevel, RuleClass, RuleId
from tests.support.casework import COUNTY, TOWN, Casework, Office
from tests.support.catalogue import WJJ

CHEN = Actor(StaffId("chen"), frozenset({Role.SUPERVISOR}))
WEN = Actor(StaffId("wen"), frozenset({Role.SUPERVISOR}))
FAN = Actor(StaffId("fan"), frozenset({Role.LEADER}))
BAO = Actor(StaffId("bao"), frozenset({Role.DIRECTOR}))
HAND = Actor(StaffId("hand"), frozenset({Role.HANDLER}), WJJ)
HEAD = Actor(StaffId("head-of-wjj"), frozenset({Role.APPROVER}), WJJ)
CHENG = Actor(StaffId("cheng"), frozenset({Role.SUPERVISOR}))
ZHAO = Actor(StaffId("zhao"), frozenset({Role.OFFICER}))
OTHERS = Actor(StaffId("others"), frozenset({Role.HANDLER, Role.APPROVER}), DepartmentId("zrzy"))

ASKED = IssueOrder(order=OrderKind.ORDER, subject=COUNTY, department=WJJ, text="请说明原因")
ANSWER = ReplyOrder(cause=Cause.WORKLOAD, correction=Correction.STAFFED, text="月末件多, 已加人")
BACK = SendBackOrder(text="没有说明何时办结")
UPHELD = JudgeOrder(
    verdict=OrderVerdict.UPHELD, ground=VerdictGround.PROVEN, consequence=Consequence.POINTS,
    staff=StaffId("hand"), points=5,
)  # fmt: skip
EXEMPT = JudgeOrder(verdict=OrderVerdict.EXEMPT, ground=VerdictGround.SYSTEM_FAULT, text="停电")
FALSE = JudgeOrder(verdict=OrderVerdict.FALSE_ALARM, ground=VerdictGround.WRONG_DATA, text="误录")
APPEAL = AppealOrder(ground=VerdictGround.APPLICANT_CAUSE, text="申请人补件晚")


def text_of(form: object) -> str:
    return str(getattr(form, "text", ""))


def ready(office: Office, text: str) -> PreparedPart | None:
    return office.parts.prepare(salted("text/plain", text.encode())) if text.strip() else None


async def issue(office: Office, form: IssueOrder = ASKED, actor: Actor = CHEN) -> OrderView:
    return await office.node.works.run(actor, actions.issue, form, ready(office, form.text))


async def do(
    office: Office,
    actor: Actor,
    act: Callable[..., OrderView],
    order: OrderView,
    form: msgspec.Struct | None = None,
) -> OrderView:
    """Do one step, as the API does it: the text prepared before."""
    name = model.end_of(order.stream)
    if form is None:
        return await office.node.works.run(actor, act, name)
    return await office.node.works.run(actor, act, name, form, ready(office, text_of(form)))


async def replied(office: Office, form: IssueOrder = ASKED) -> OrderView:
    """Issue an order at a county to its own department, and have it answered."""
    order = await issue(office, form)
    await do(office, HEAD, actions.acknowledge, order)
    return await do(office, HEAD, actions.reply, order, ANSWER)


async def judged(office: Office, verdict: JudgeOrder = UPHELD) -> OrderView:
    order = await replied(office)
    return await do(office, CHEN, actions.judge, order, verdict)


def pass_days(office: Office, days: int) -> None:
    """Let days pass at a node."""
    clock = office.node.works.clock
    clock.offset += timedelta(days=days)


def everywhere(world: Casework, days: int) -> None:
    for office in world.offices:
        pass_days(office, days)


async def find(
    office: Office,
    id: str,  # noqa: A002  # what a finding calls it
    node: NodeId = COUNTY,
    department: DepartmentId | None = WJJ,
    level: FindingLevel = FindingLevel.RED,
    case: StreamName | None = None,
) -> str:
    """Let a rule have found something."""
    row = Row(
        id=id, subject=f"case/{node}/{'a' * 16}", rule=RuleId.T3, rule_class=RuleClass.TIME,
        level=level, at=1_700_000_000_000, node=node, department=department, case=case,
        item_name="某事项", values=("2026-11-20", "3"),
    )  # fmt: skip

    def keep(work: Work) -> None:
        replace(work.tx, f"{row.subject}{id}", [row], work.now_ms)

    await office.node.works.run(CHEN, keep)
    return id


TOWN_ORDER = IssueOrder(order=OrderKind.ORDER, subject=TOWN, text="请说明")


def asking(office: Office, actor: Actor) -> reading.Asking:
    works = office.node.works
    return reading.Asking(office.node.me, actor, local_day(works.clock.now()))


async def see(office: Office, order: OrderView) -> OrderView:
    found = await office.node.works.read(reading.view, order.stream)
    assert found is not None
    return found


async def open_accounts(county: Office, *others: Actor) -> None:
    """Let the county's people have accounts: an order may name only those."""

    def add(work: Work) -> None:
        for actor in others or (HAND, HEAD):
            account = StaffAccount(
                id=actor.staff, login=actor.staff, name=f"{actor.staff} 同志",
                roles=tuple(actor.roles), department=actor.department,
            )  # fmt: skip
            accounts.insert(work.tx, account, "x", work.now_ms)

    await county.node.works.run(SYSTEM, add)
