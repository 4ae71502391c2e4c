"""The people around a revision, and what each does with it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from msgspec.structs import replace

from node.catalogue import actions as catalogue
from node.revisions import actions, reading
from node.work import Actor, Works
from schemas.ids import DepartmentId, NodeId, StaffId, StreamName
from schemas.items import Item
from schemas.revisions import (
    ApproveRevision,
    BeginRevision,
    ItemChange,
    MakeRelease,
    Office,
    ReviewRevision,
    RevisionState,
    RevisionView,
)
from schemas.staff import Role
from tests.support.catalogue import LICENCE, WJJ
from tests.support.network import Member
from tests.support.webnode import Wrist

COUNTY, CITY, VILLAGE = NodeId("610328"), NodeId("6103"), NodeId("610328100201")
YBJ = DepartmentId("ybj")


def person(name: str, role: Role, department: DepartmentId | None = None) -> Actor:
    return Actor(StaffId(name), frozenset((role,)), department, name)


EDITOR = person("editor", Role.EDITOR, WJJ)
OTHER = person("other", Role.EDITOR, YBJ)
CENTRE = person("centre", Role.EDITOR)
STAFFING, LEGAL = person("staffing", Role.STAFFING), person("legal", Role.LEGAL)
GOVERNMENT, PUBLISHER = person("government", Role.GOVERNMENT), person("publisher", Role.PUBLISHER)
CLERK = person("clerk", Role.CLERK)
CHANGED = replace(LICENCE, conditions=("选址符合卫生要求", "有卫生管理制度"))


@dataclass
class Desk:
    """The county's people around one revision."""

    node: Member
    wrist: Wrist
    begun: int = 0

    @property
    def works(self) -> Works:
        return self.node.works

    async def begin(self, *items: Item, by: Actor = EDITOR, base: int = 0) -> StreamName:
        changes = tuple(ItemChange(code=item.code, item=item, base=base) for item in items)
        self.begun += 1
        title = f"卫健事项 第 {self.begun} 份"
        form = BeginRevision(title=title, department=by.department, changes=changes)
        return await self.works.run(by, actions.begin, form)

    async def act(self, by: Actor, action: Callable[..., object], *args: object) -> object:
        return await self.works.run(by, action, *args)

    async def review(
        self, stream: StreamName, by: Actor, office: Office, *, passes: bool = True
    ) -> None:
        form = ReviewRevision(office=office, passes=passes, opinion="符合规定")
        await self.works.run(by, actions.review, stream, form)

    async def until(self, state: RevisionState, *items: Item, base: int = 0) -> StreamName:
        """Bring a revision of the department to a state, by the straight way."""
        stream = await self.begin(*items, base=base)
        steps: tuple[Callable[[], Awaitable[object]], ...] = (
            lambda: self.act(EDITOR, actions.submit, stream),
            lambda: self.review(stream, STAFFING, Office.STAFFING),
            lambda: self.review(stream, LEGAL, Office.LEGAL),
            lambda: self.act(
                GOVERNMENT, actions.approve, stream, ApproveRevision(document="千政发〔2026〕8号")
            ),
        )
        for step in steps:
            if (await self.see(stream)).brief.state is state:
                break
            await step()
        return stream

    async def see(self, stream: StreamName, by: Actor = CENTRE) -> RevisionView:
        today = actions.today_of(self.works.clock.now())
        return await self.works.read(reading.whole, self.node.me, stream, by, today)

    async def release(self, *streams: StreamName, effective_from: str = "") -> int:
        form = MakeRelease(title="第一批", revisions=streams, effective_from=effective_from)
        return (await self.works.run(PUBLISHER, actions.release, form)).release

    async def offered(self) -> dict[str, int]:
        now = self.works.now_ms
        found = await self.works.read(catalogue.offered, self.node.me, now=now)
        return {one.code: one.version for one in found}
