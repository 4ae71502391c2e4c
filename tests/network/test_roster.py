"""A village without an administrator: its town makes its accounts, over the real network."""

import httpx
import msgspec
import pytest

from node.catalogue import actions as catalogue
from node.errors import BadInputError
from node.roster import reading
from node.roster.kind import KIND
from node.runtime import roster_commands
from node.runtime.rebuilding import rebuild_home
from node.runtime.verifying import verify_home
from node.staff import actions as staff
from node.work import SYSTEM, Work
from schemas import roster as r
from schemas.case_terms import MaterialGiven
from schemas.cases_api import ReceiveCase
from schemas.ids import NodeId
from schemas.roster import ArrivalState, StaffGranted
from schemas.staff import Role
from tests.support import roster
from tests.support.nodes import COUNTY, THREE_TIERS, TOWN, VILLAGE, Net, until
from tests.support.windows import LICENCE, ZHANG

FIRST, SECOND, OWN = "three blue herons", "four green gates", "five old bridges"
SIBLING = NodeId("610328102")
LI = r.GrantAccount(
    node=VILLAGE, login="li", name="李代办", roles=(Role.AGENT,), password=FIRST, must_change=False
)


async def sign_in(net: Net, login: str, password: str, node: NodeId = VILLAGE) -> str:
    """Try to sign in; the token, or nothing."""
    async with httpx.AsyncClient(base_url=net[node].url) as http:
        answer = await http.post("/api/v1/session", json={"login": login, "password": password})
    return str(answer.json()["token"]) if answer.status_code == 201 else ""


async def is_let_in(net: Net, token: str) -> bool:
    async with httpx.AsyncClient(base_url=net[VILLAGE].url) as http:
        headers = {"Authorization": f"Bearer {token}"}
        return (await http.get("/api/v1/session", headers=headers)).status_code == 200


async def take_a_case(net: Net, token: str) -> str:
    """Take an application in as the person of the token; its number."""
    node = net[VILLAGE].node
    guide = await node.works.read(catalogue.guide, VILLAGE, LICENCE, now=node.works.now_ms)
    given = tuple(MaterialGiven(code=one.code, originals=1) for one in guide.item.materials)
    form = ReceiveCase(item=LICENCE, applicant=ZHANG, materials=given)
    async with httpx.AsyncClient(base_url=net[VILLAGE].url) as http:
        answer = await http.post(
            "/api/v1/cases",
            content=msgspec.json.encode(form),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["number"])


async def told(net: Net, made: r.GrantedPerson, keeper: NodeId = TOWN) -> r.GrantedPerson:
    found = await roster.seen(net[keeper].node, made.grant.stream)
    assert found is not None
    return found


async def has_arrived(net: Net, made: r.GrantedPerson, keeper: NodeId = TOWN) -> bool:
    return (await told(net, made, keeper)).arrived


async def granted(net: Net, keeper: NodeId = TOWN) -> r.GrantedPerson:
    """Have an account made, and wait until its keeper knows that it is in force."""
    made = await roster_commands.grant(net[keeper], LI)
    await until(lambda: has_arrived(net, made, keeper))
    assert (await told(net, made, keeper)).state is ArrivalState.READY
    return made


async def all_is_sound(net: Net) -> None:
    await net.quiet(*THREE_TIERS)
    await net.stop(*THREE_TIERS)
    for node in THREE_TIERS:
        result = verify_home(net.home(node))
        assert result.clean, [fault.sentence for fault in result.faults]


async def test_an_agent_whom_the_town_made_takes_a_case_until_he_is_stopped(three: Net) -> None:
    made = await granted(three)
    token = await sign_in(three, "li", FIRST)
    number = await take_a_case(three, token)
    assert number.startswith(VILLAGE)
    assert await is_let_in(three, token)

    off = r.SwitchAccount(id=made.grant.id, reason="left_post")
    await roster_commands.switch(three[TOWN], off)

    async def is_out() -> bool:
        return not await is_let_in(three, token)

    await until(is_out, seconds=4)  # before a remembered session would be looked up again
    assert not await sign_in(three, "li", FIRST)
    await until(lambda: has_arrived(three, made))

    await roster_commands.switch(three[TOWN], r.SwitchAccount(id=made.grant.id))
    await until(lambda: has_arrived(three, made))
    assert await sign_in(three, "li", FIRST)
    await all_is_sound(three)


async def test_a_village_that_is_cut_off_goes_on_with_what_it_has(three: Net) -> None:
    made = await granted(three)
    await three.stop(TOWN, COUNTY)
    token = await sign_in(three, "li", FIRST)
    await take_a_case(three, token)
    await three.stop(VILLAGE)
    await three.start(COUNTY, TOWN)
    off = r.SwitchAccount(id=made.grant.id, reason="password_exposed")
    await roster_commands.switch(three[TOWN], off)
    asked = r.ResetPassword(id=made.grant.id, password=SECOND)
    await roster_commands.reset_password(three[TOWN], asked)
    assert not await has_arrived(three, made)
    await three.start(VILLAGE)
    await until(lambda: has_arrived(three, made))
    assert not await is_let_in(three, token)
    await roster_commands.switch(three[TOWN], r.SwitchAccount(id=made.grant.id))
    await until(lambda: has_arrived(three, made))
    assert not await sign_in(three, "li", FIRST)
    await he_chooses_his_own(three, SECOND)


async def he_chooses_his_own(net: Net, first: str) -> None:
    """A new first password is good for choosing another, and for nothing else."""
    token = await sign_in(net, "li", first)
    headers = {"Authorization": f"Bearer {token}"}
    change = {"current": first, "new": OWN}
    async with httpx.AsyncClient(base_url=net[VILLAGE].url) as http:
        refused = await http.get("/api/v1/cases", headers=headers)
        assert refused.status_code == 403, refused.text
        changed = await http.put("/api/v1/session/password", json=change, headers=headers)
        assert changed.status_code == 200, changed.text
    await take_a_case(net, await sign_in(net, "li", OWN))


async def test_a_rebuilt_village_lets_the_same_people_in(three: Net) -> None:
    made = await granted(three)
    before = await three.read(VILLAGE, staff.listing)
    token = await sign_in(three, "li", FIRST)
    async with httpx.AsyncClient(base_url=three[VILLAGE].url) as http:
        answer = await http.put(
            "/api/v1/session/password",
            json={"current": FIRST, "new": OWN},
            headers={"Authorization": f"Bearer {token}"},
        )
    assert answer.status_code == 200, answer.text
    await three.stop(VILLAGE)
    await rebuild_home(three.home(VILLAGE))
    await three.start(VILLAGE)
    await three.quiet(*THREE_TIERS)
    assert await three.read(VILLAGE, staff.listing) == before
    assert await sign_in(three, "li", OWN)
    assert not await sign_in(three, "li", FIRST)
    assert await has_arrived(three, made)
    await all_is_sound(three)


async def test_a_lost_account_comes_back_from_its_stream_and_part(three: Net) -> None:
    """As if the village had forgotten it."""
    made = await granted(three)
    await three.stop(VILLAGE)
    await three.start(VILLAGE)
    await three[VILLAGE].node.database.write(
        lambda tx: (
            tx.execute("DELETE FROM roster_applied"),
            tx.execute("DELETE FROM staff WHERE id = ?", (made.grant.id,)),
        )
    )
    three.net(VILLAGE).changed.set()

    async def is_in() -> bool:
        return bool(await sign_in(three, "li", FIRST))

    await until(is_in, every=0.5)


async def test_the_county_makes_one_through_the_town_which_learns_no_name(three: Net) -> None:
    made = await granted(three, COUNTY)
    assert await sign_in(three, "li", FIRST)
    at_town = await told(three, made, TOWN)
    assert (at_town.login, at_town.name, at_town.arrived) == ("", "", True)
    kept = await three.read(TOWN, lambda tx: tx.execute("SELECT stream FROM part_keys").fetchall())
    assert (made.grant.stream,) not in kept
    await all_is_sound(three)


async def test_a_login_that_somebody_has_there_is_told_to_the_town(three: Net) -> None:
    there = (await three.read(VILLAGE, staff.listing)).staff[0]
    made = await roster_commands.grant(three[TOWN], msgspec.structs.replace(LI, login=there.login))
    await until(lambda: has_arrived(three, made))
    assert (await told(three, made)).state is ArrivalState.LOGIN_TAKEN
    assert await three.read(VILLAGE, lambda tx: staff.account(tx, there.id)) == there


async def test_what_a_place_makes_beside_it_has_no_effect(three: Net) -> None:
    """A village makes an account for its sister village, and one for itself."""
    with pytest.raises(BadInputError):
        await roster_commands.grant(
            three[VILLAGE], msgspec.structs.replace(LI, node=NodeId("610328100202"))
        )
    part = roster.ready(three[VILLAGE].node.parts, LI)
    fact = StaffGranted(subject=VILLAGE, roles=(Role.AGENT,), part=part.digest)
    works = three[VILLAGE].node.works
    begun = await works.run(SYSTEM, Work.begin, KIND, fact, holder=VILLAGE)
    await three.quiet(*THREE_TIERS)
    for node in THREE_TIERS:
        verdicts = await three.read(
            node,
            lambda tx: tx.execute(
                "SELECT verdict FROM events WHERE hash = ?", (bytes.fromhex(begun.hash),)
            ).fetchall(),
        )
        assert verdicts == [(2,)]
        listed = await three.read(
            node, lambda tx, me=node: reading.listing(tx, three[me].node.parts, me)  # type: ignore[misc]
        )  # fmt: skip
        assert listed.people == ()
    assert not await sign_in(three, "li", FIRST)
