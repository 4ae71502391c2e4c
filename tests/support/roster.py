"""Towns that make accounts for their villages: real keys, streams, parts and hashes."""

from contextlib import suppress

import msgspec

from federation import partstore, partwants
from federation.errors import CannotAppendError
from federation.parts import salted
from federation.partstore import PartStore, PreparedPart
from node.database import Tx
from node.roster import actions, arriving, reading
from node.roster.writing import MEDIA
from node.runtime.opening import Node
from node.work import SYSTEM, Actor, Work
from schemas.ids import NodeId, StaffId, StreamName
from schemas.roster import GrantAccount, GrantedPerson, StaffPart, StopAccount
from schemas.staff import Role
from tests.support.casework import OPERATOR, VILLAGE
from tests.support.webnode import HASHED, PASSWORD

WANG = GrantAccount(
    node=VILLAGE, login="wang", name="王代办", roles=(Role.AGENT,), password=PASSWORD
)
LEFT = StopAccount(reason="left_post")


def ready(parts: PartStore, form: GrantAccount, hashed: str = HASHED) -> PreparedPart:
    part = StaffPart(login=form.login, name=form.name, password=hashed)
    return parts.prepare(salted(MEDIA, msgspec.json.encode(part)))


async def grant(node: Node, form: GrantAccount = WANG, actor: Actor = OPERATOR) -> GrantedPerson:
    part = ready(node.parts, form)
    return await node.works.run(actor, actions.grant, node.parts, form, part)


async def stop(node: Node, account: StaffId) -> GrantedPerson:
    return await node.works.run(OPERATOR, actions.stop, node.parts, account, LEFT)


async def resume(node: Node, account: StaffId) -> GrantedPerson:
    return await node.works.run(OPERATOR, actions.resume, node.parts, account)


async def new_password(node: Node, account: StaffId, hashed: str) -> GrantedPerson:
    part = ready(node.parts, WANG, hashed)
    return await node.works.run(OPERATOR, actions.reset_password, node.parts, account, part)


async def hand_over(sender: Node, to: Node, stream: StreamName) -> int:
    """Give `to` the parts of a stream that it asks for and may have, as the paper round would."""
    asks = await to.database.write(lambda tx: partwants.due_asks(tx, to.me, 1 << 50, 100))
    given = 0
    for ask in asks:
        if (ask.stream, ask.to) != (stream, sender.me):
            continue
        if await sender.works.read(reading.may_have, stream, ask.digest, to.me):
            part = to.parts.prepare(await sender.works.read(sender.parts.read, ask.digest))
            await to.works.run(SYSTEM, _keep, part, stream)
            given += 1
    return given


async def follow(node: Node) -> None:
    """Do at a node what its runtime does once mail has come."""
    found = await node.works.read(arriving.pending, node.me, node.parts)
    await node.works.run(SYSTEM, arriving.settle, found)
    with suppress(CannotAppendError):
        await node.works.run(SYSTEM, arriving.tell)
    assert not await node.works.read(arriving.is_behind, node.me)


async def seen(node: Node, stream: StreamName) -> GrantedPerson | None:
    """How an account stands, as the keeper's list shows it."""

    def look(tx: Tx) -> GrantedPerson | None:
        people = reading.listing(tx, node.parts, node.me).people
        return next((one for one in people if one.grant.stream == stream), None)

    return await node.works.read(look)


async def of(node: Node, place: NodeId) -> tuple[GrantedPerson, ...]:
    return (await node.works.read(reading.listing, node.parts, node.me, place)).people


def _keep(work: Work, part: PreparedPart, stream: StreamName) -> None:
    partstore.keep(work.tx, part, stream)
