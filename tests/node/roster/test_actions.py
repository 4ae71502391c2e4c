"""Who may make and change accounts for nodes below, and what is refused."""

from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest

from federation import enrolment
from federation.streams import Verdict
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.roster import actions, arriving, reading
from node.roster.kind import KIND
from node.roster.model import MOST_PEOPLE
from node.runtime.opening import Node, kinds_of
from node.staff import actions as staff
from node.work import SYSTEM, Actor, Work
from schemas.audit import Act
from schemas.ids import NodeId, PartDigest, StaffId
from schemas.reasons import Reason
from schemas.roster import ChangeRoles, GrantAccount, StaffGranted, StaffStopped, StopAccount
from schemas.staff import NewAccount, Role
from tests.support import roster
from tests.support.casework import COUNTY, OPERATOR, TOWN, VILLAGE
from tests.support.homes import Homes
from tests.support.network import Member, member
from tests.support.roster import WANG

SECURITY = Actor(StaffId("guard"), frozenset({Role.SECURITY}))
EVERYBODY_ELSE = Actor(StaffId("x"), frozenset(Role) - {Role.SECURITY, Role.OPERATOR})
CLERK = msgspec.structs.replace(WANG, node=TOWN, login="qian", roles=(Role.CLERK,))


async def made_of(node: Node) -> int:
    return len((await node.works.read(reading.listing, node.parts, node.me)).people)


async def acts(node: Node) -> list[str]:
    rows = await node.works.read(
        lambda tx: tx.execute("SELECT act FROM audit_entries ORDER BY serial").fetchall()
    )
    return [act for (act,) in rows]


async def test_whoever_keeps_accounts_here_makes_them_for_nodes_below(line: Homes) -> None:
    town = line.nodes[TOWN]
    with pytest.raises(NotAllowedError):
        await roster.grant(town, actor=EVERYBODY_ELSE)
    assert await made_of(town) == 0
    made = await roster.grant(town, actor=OPERATOR)
    assert (made.login, made.name, made.grant.keeper) == ("wang", "王代办", TOWN)
    for act in (
        lambda work: actions.stop(work, town.parts, made.grant.id, roster.LEFT),
        lambda work: actions.resume(work, town.parts, made.grant.id),
        lambda work: actions.change_roles(
            work, town.parts, made.grant.id, ChangeRoles(roles=(Role.AGENT,))
        ),
    ):
        with pytest.raises(NotAllowedError):
            await town.works.run(EVERYBODY_ELSE, act)
    guard = NewAccount(login="an", name="安", roles=(Role.SECURITY,), password="")
    await town.works.run(SYSTEM, staff.add, guard, "")
    with pytest.raises(NotAllowedError):  # once somebody keeps accounts, the operator does not
        await roster.grant(town, msgspec.structs.replace(WANG, login="li"), OPERATOR)
    await roster.grant(town, msgspec.structs.replace(WANG, login="li"), SECURITY)
    assert await made_of(town) == 2


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        (msgspec.structs.replace(WANG, node=NodeId("610328102201")), {"node": "not_below"}),
        (msgspec.structs.replace(WANG, node=NodeId("610328100999")), {"node": "unknown"}),
        (msgspec.structs.replace(WANG, node=TOWN), {"node": "not_below"}),
        (msgspec.structs.replace(WANG, roles=(Role.OPERATOR,)), {"roles": "not_at_this_tier"}),
        (msgspec.structs.replace(WANG, login="!"), {"login": "bad_form"}),
    ],
)
async def test_what_cannot_be_made_is_said_by_field(
    line: Homes, form: GrantAccount, fault: dict[str, str]
) -> None:
    town = line.nodes[TOWN]
    with pytest.raises(BadInputError) as refused:
        await roster.grant(town, form)
    assert refused.value.fields == fault
    assert await made_of(town) == 0
    assert Act.ROSTER_GRANTED not in await acts(town)


async def test_the_same_login_is_granted_once_at_a_node(line: Homes) -> None:
    town = line.nodes[TOWN]
    made = await roster.grant(town)
    with pytest.raises(BadInputError) as refused:
        await roster.grant(town, msgspec.structs.replace(WANG, login="ＷANG"))
    assert refused.value.fields == {"login": "taken"}
    await roster.stop(town, made.grant.id)
    with pytest.raises(BadInputError):  # who comes back is let in again, by the same account
        await roster.grant(town)
    assert await made_of(town) == 1


async def test_a_node_has_only_so_many_people(line: Homes) -> None:
    town = line.nodes[TOWN]
    for number in range(MOST_PEOPLE):
        await roster.grant(town, msgspec.structs.replace(WANG, login=f"wang{number}"))
    with pytest.raises(BadInputError) as refused:
        await roster.grant(town)
    assert refused.value.fields == {"node": "too_many"}


async def test_a_place_that_has_not_joined_has_nobody(line: Homes) -> None:
    town = line.nodes[TOWN]
    await town.works.run(
        SYSTEM,
        lambda work: enrolment.suspend(
            work.ledger, work.tx, VILLAGE, Reason.PLACE_CLOSED, work.hand
        ),
    )
    with pytest.raises(BadInputError) as refused:
        await roster.grant(town)
    assert refused.value.fields == {"node": "unknown"}


async def test_posts_are_changed_within_the_tier(line: Homes) -> None:
    county = line.nodes[COUNTY]
    made = await roster.grant(county, CLERK)
    account = made.grant.id
    both = ChangeRoles(roles=(Role.CLERK, Role.OFFICER))
    changed = await county.works.run(OPERATOR, actions.change_roles, county.parts, account, both)
    assert changed.grant.roles == both.roles
    again = await county.works.run(OPERATOR, actions.change_roles, county.parts, account, both)
    assert again.grant.seq == changed.grant.seq  # nothing to say
    for roles in ((), (Role.AGENT,), (Role.CLERK, Role.SECURITY)):
        with pytest.raises(BadInputError):
            await county.works.run(
                OPERATOR, actions.change_roles, county.parts, account, ChangeRoles(roles=roles)
            )


async def test_a_stop_has_a_reason_of_the_list(line: Homes) -> None:
    town = line.nodes[TOWN]
    made = await roster.grant(town)
    for reason in ("", "bad mood", Reason.KEY_STOLEN):
        with pytest.raises(BadInputError):
            await town.works.run(
                OPERATOR, actions.stop, town.parts, made.grant.id, StopAccount(reason=reason)
            )
    with pytest.raises(NotFoundError):
        await roster.stop(town, StaffId("nobody"))
    found = await roster.seen(town, made.grant.stream)
    assert found is not None
    assert found.grant.active


async def test_what_another_node_keeps_is_its_to_change(line: Homes) -> None:
    town = line.nodes[TOWN]
    made = await roster.grant(line.nodes[COUNTY])
    await line.carry(made.grant.stream)
    with pytest.raises(NotAllowedError):
        await roster.stop(town, made.grant.id)
    assert len(await roster.of(town, VILLAGE)) == 1


async def test_the_county_takes_an_account_over_from_its_town_and_stops_it(line: Homes) -> None:
    town, county = line.nodes[TOWN], line.nodes[COUNTY]
    made = await roster.grant(town)
    await line.carry(made.grant.stream)
    await county.works.run(
        OPERATOR, Work.reclaim, made.grant.stream, reason="holder_silent", holder=COUNTY
    )
    stopped = await roster.stop(county, made.grant.id)
    assert (stopped.grant.keeper, stopped.grant.active) == (COUNTY, False)
    await line.carry(made.grant.stream)
    at_village = await line.nodes[VILLAGE].works.read(_standing, made.grant.id)
    assert at_village == (COUNTY, 0)
    with pytest.raises(NotAllowedError):
        await roster.resume(town, made.grant.id)


def _standing(tx: object, account: StaffId) -> tuple[str, int]:
    row = tx.execute(  # type: ignore[attr-defined]
        "SELECT keeper, active FROM roster WHERE id = ?", (account,)
    ).fetchone()
    return row[0], row[1]


@pytest.mark.parametrize("liar", [VILLAGE, TOWN])
async def test_what_no_place_above_wrote_has_no_effect_anywhere(line: Homes, liar: NodeId) -> None:
    """A village makes its own agent; a town makes a clerk for itself."""
    role = Role.AGENT if liar == VILLAGE else Role.CLERK
    part = roster.ready(line.nodes[liar].parts, WANG)
    fact = StaffGranted(subject=liar, roles=(role,), part=part.digest)
    begun = await line.nodes[liar].works.run(SYSTEM, Work.begin, KIND, fact, holder=liar)
    await line.carry(begun.event.stream)
    for node in line.nodes.values():
        verdicts = await Member(node.works, node.identity).verdicts(begun.event.stream)
        assert verdicts == [Verdict.INERT]
        await roster.follow(node)
        rows = await node.works.read(lambda tx: tx.execute("SELECT * FROM roster").fetchall())
        assert rows == []


async def test_a_sibling_town_makes_nothing_for_a_village_of_another(tmp_path: Path) -> None:
    sibling, town, village = NodeId("610328102"), TOWN, VILLAGE
    async with AsyncExitStack() as stack:
        nodes = {
            me: await stack.enter_async_context(member(tmp_path / me, me, kinds_of(me)))
            for me in (COUNTY, sibling, town, village)
        }
        for one in nodes.values():
            await one.knows(*(other for other in nodes.values() if other is not one))
        fact = StaffGranted(subject=village, roles=(Role.AGENT,), part=PartDigest("a" * 64))
        works = nodes[sibling].works
        begun = await works.run(SYSTEM, Work.begin, KIND, fact, holder=sibling)
        (raw,) = await nodes[sibling].envelopes(begun.event.stream)
        for me in (COUNTY, town, village):
            await nodes[me].receive(raw, sibling if me == COUNTY else COUNTY)
            assert await nodes[me].verdicts(begun.event.stream) == [Verdict.INERT]
            wants = await nodes[me].works.read(
                lambda tx: tx.execute("SELECT count(*) FROM part_wants").fetchone()[0]
            )
            assert wants == 0
            assert not await nodes[me].works.read(arriving.is_behind, me)
        told = await nodes[COUNTY].works.read(
            kinds_of(COUNTY)[KIND].concerns,
            begun.event.stream, frozenset({sibling}), town,
        )  # fmt: skip
        assert not told  # the county does not even pass it on


async def test_a_village_that_got_the_stream_into_its_hand_cannot_write_in_it(
    line: Homes,
) -> None:
    town = line.nodes[TOWN]
    made = await roster.grant(town)
    await town.works.run(
        SYSTEM, Work.append, made.grant.stream, StaffStopped(reason="other"), holder=VILLAGE
    )
    await line.carry(made.grant.stream)
    await line.nodes[VILLAGE].works.run(
        SYSTEM, Work.append, made.grant.stream, StaffStopped(reason="other"), holder=VILLAGE
    )
    await line.carry(made.grant.stream)
    for node in line.nodes.values():
        verdicts = await Member(node.works, node.identity).verdicts(made.grant.stream)
        assert verdicts == [Verdict.EFFECTIVE, Verdict.INERT, Verdict.INERT]


async def test_all_that_is_done_stands_in_the_trail(line: Homes) -> None:
    town = line.nodes[TOWN]
    made = await roster.grant(town)
    await roster.stop(town, made.grant.id)
    await roster.resume(town, made.grant.id)
    await roster.new_password(town, made.grant.id, "x")
    assert [act for act in await acts(town) if act.startswith("roster")] == [
        Act.ROSTER_GRANTED, Act.ROSTER_STOPPED, Act.ROSTER_RESUMED, Act.ROSTER_CHANGED,
    ]  # fmt: skip
