"""An account made by a town, on its way to the village and at work there."""

import msgspec
import pytest

from federation import partstore
from federation.parts import salted
from federation.streams import Verdict
from node.database import Tx
from node.errors import AlreadyDoneError
from node.roster.kind import KIND
from node.roster.writing import MEDIA
from node.runtime.opening import Node, kinds_of
from node.runtime.rebuilding import rebuild
from node.runtime.verifying import verify_home
from node.staff import actions as staff
from node.staff.passwords import hash_password
from node.web import sessions
from node.work import SYSTEM, Actor, Work
from schemas.ids import PartDigest, StreamName
from schemas.roster import (
    AccountArrived,
    ArrivalState,
    GrantAccount,
    GrantedPerson,
    StaffChanged,
    StaffGranted,
    StaffStopped,
)
from schemas.staff import NewAccount, Role, StaffAccount
from tests.support import roster
from tests.support.casework import COUNTY, TOWN, VILLAGE
from tests.support.dumps import dump
from tests.support.homes import CITY, LINE, Homes
from tests.support.network import Member
from tests.support.roster import WANG
from tests.support.webnode import HASHED

OWN = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBmaXhlZCBzYWx0IQ$" + "B" * 43
"""Of a password that somebody chose himself."""


async def arrived(line: Homes, form: GrantAccount = WANG) -> GrantedPerson:
    """Grant, carry, hand over, follow, and carry back what is said of it."""
    made = await roster.grant(line.nodes[TOWN], form)
    await line.carry(made.grant.stream)
    assert await roster.hand_over(line.nodes[TOWN], line.nodes[VILLAGE], made.grant.stream) == 1
    await roster.follow(line.nodes[VILLAGE])
    await line.carry_all()
    return made


async def carried(line: Homes, stream: StreamName) -> None:
    await line.carry(stream)
    await roster.hand_over(line.nodes[TOWN], line.nodes[VILLAGE], stream)
    await roster.follow(line.nodes[VILLAGE])
    await line.carry_all()


async def account(node: Node, made: GrantedPerson) -> StaffAccount | None:
    return await node.works.read(staff.account, made.grant.id)


async def password(node: Node, login: str = "wang") -> str:
    def read(tx: Tx) -> str:
        return str(tx.execute("SELECT password FROM staff WHERE login = ?", (login,)).fetchone()[0])

    return await node.works.read(read)


async def sign_in(node: Node, made: GrantedPerson) -> None:
    """Begin a session of the account."""
    him = Actor(made.grant.id, frozenset({Role.AGENT}))
    await sessions.Sessions(node.database, node.clock).begin(him)


async def is_signed_in(node: Node, made: GrantedPerson) -> bool:
    found = await node.works.read(sessions.open_actors)
    return any(one.staff == made.grant.id for one in found)


async def test_it_is_opened_once_its_part_has_come_and_the_town_hears_of_it(line: Homes) -> None:
    village, town = line.nodes[VILLAGE], line.nodes[TOWN]
    made = await roster.grant(town)
    await line.carry(made.grant.stream)
    await roster.follow(village)
    assert await account(village, made) is None  # who it is has not come
    told = await roster.seen(town, made.grant.stream)
    assert told is not None
    assert (told.login, told.name, told.arrived, told.state) == ("wang", "王代办", False, None)

    await roster.hand_over(town, village, made.grant.stream)
    await roster.follow(village)
    await line.carry_all()
    opened = await account(village, made)
    assert opened == StaffAccount(
        id=made.grant.id, login="wang", name="王代办", roles=(Role.AGENT,), active=True
    )
    assert await password(village) == HASHED
    told = await roster.seen(town, made.grant.stream)
    assert told is not None
    assert (told.arrived, told.state) == (True, ArrivalState.READY)
    for place in (CITY, COUNTY, TOWN):  # nobody above has an account by it, or learns the name
        assert await account(line.nodes[place], made) is None
    seen = await roster.seen(line.nodes[COUNTY], made.grant.stream)
    assert seen is not None
    assert (seen.login, seen.name, seen.arrived) == ("", "", True)


async def test_no_event_holds_who_it_is(line: Homes) -> None:
    made = await arrived(line)
    await roster.new_password(line.nodes[TOWN], made.grant.id, OWN)
    for place in LINE:
        rows = await line.nodes[place].works.read(
            lambda tx: tx.execute("SELECT payload FROM events").fetchall()
        )
        whole = b"".join(payload for (payload,) in rows)
        for secret in ("wang", "王代办", HASHED, OWN):
            assert secret.encode() not in whole


async def test_only_the_node_whose_account_it_is_may_have_the_part(line: Homes) -> None:
    made = await arrived(line)
    for place, kept in ((CITY, False), (COUNTY, False), (TOWN, True), (VILLAGE, True)):
        node = line.nodes[place]
        has = await node.works.read(partstore.has, made.grant.part)
        assert has is kept
    assert await roster.hand_over(line.nodes[TOWN], line.nodes[COUNTY], made.grant.stream) == 0


async def test_a_stop_signs_out_and_a_resumption_lets_in_again(line: Homes) -> None:
    village, town = line.nodes[VILLAGE], line.nodes[TOWN]
    made = await arrived(line)
    await sign_in(village, made)
    stopped = await roster.stop(town, made.grant.id)
    assert not stopped.arrived
    await line.carry(made.grant.stream)
    await roster.follow(village)
    await line.carry_all()
    found = await account(village, made)
    assert found is not None
    assert not found.active
    assert not await is_signed_in(village, made)
    told = await roster.seen(town, made.grant.stream)
    assert told is not None
    assert (told.grant.active, told.grant.reason, told.arrived) == (False, "left_post", True)

    with pytest.raises(AlreadyDoneError):
        await roster.stop(town, made.grant.id)
    await roster.resume(town, made.grant.id)
    await carried(line, made.grant.stream)
    found = await account(village, made)
    assert found is not None
    assert found.active
    assert await password(village) == HASHED
    with pytest.raises(AlreadyDoneError):
        await roster.resume(town, made.grant.id)


async def test_what_was_stopped_on_its_way_is_never_open(line: Homes) -> None:
    village, town = line.nodes[VILLAGE], line.nodes[TOWN]
    made = await roster.grant(town)
    await roster.stop(town, made.grant.id)
    await carried(line, made.grant.stream)
    found = await account(village, made)
    assert found is not None
    assert not found.active


async def test_a_password_that_he_chose_himself_stays_until_a_new_first_one_comes(
    line: Homes,
) -> None:
    village, town = line.nodes[VILLAGE], line.nodes[TOWN]
    made = await arrived(line)
    him = Actor(made.grant.id, frozenset({Role.AGENT}))
    await village.works.run(him, staff.set_own_password, OWN)
    await sign_in(village, made)
    await roster.follow(village)
    await roster.stop(town, made.grant.id)
    await roster.resume(town, made.grant.id)
    await carried(line, made.grant.stream)
    assert await password(village) == OWN
    await village.database.write(lambda tx: rebuild(tx, kinds_of(VILLAGE)))
    await roster.follow(village)
    assert await password(village) == OWN

    await sign_in(village, made)
    third = hash_password("a third and last one")
    await roster.new_password(town, made.grant.id, third)
    await line.carry(made.grant.stream)
    await roster.follow(village)
    assert await password(village) == OWN  # its part has not come
    assert await is_signed_in(village, made)
    await carried(line, made.grant.stream)
    assert await password(village) == third
    assert not await is_signed_in(village, made)


async def test_a_login_that_is_taken_there_stays_with_whom_it_is(line: Homes) -> None:
    village, town = line.nodes[VILLAGE], line.nodes[TOWN]
    local = NewAccount(login="wang", name="本村王", roles=(Role.OPERATOR,), password="")
    await village.works.run(SYSTEM, staff.add, local, OWN)
    made = await arrived(line)
    assert await account(village, made) is None
    assert await password(village) == OWN
    told = await roster.seen(town, made.grant.stream)
    assert told is not None
    assert (told.arrived, told.state) == (True, ArrivalState.LOGIN_TAKEN)
    # stopped and granted under another login: a way on
    await roster.stop(town, made.grant.id)
    await carried(line, made.grant.stream)
    other = await arrived(line, msgspec.structs.replace(WANG, login="wang2"))
    assert await account(village, other) is not None
    assert await password(village) == OWN


async def test_an_account_of_the_village_itself_is_not_taken_over_by_its_id(line: Homes) -> None:
    village, town = line.nodes[VILLAGE], line.nodes[TOWN]
    local = NewAccount(login="guan", name="关", roles=(Role.OPERATOR,), password="")
    own = await village.works.run(SYSTEM, staff.add, local, OWN)
    part = roster.ready(town.parts, WANG)
    name = StreamName(f"{KIND}/{TOWN}/{own.id}")
    fact = StaffGranted(subject=VILLAGE, roles=(Role.AGENT,), part=part.digest)

    def begin(work: Work) -> None:
        work.ledger.begin_named(work.tx, name, fact, holder=TOWN, hand=work.hand)
        partstore.keep(work.tx, part, name)

    await town.works.run(SYSTEM, begin)
    await carried(line, name)
    await town.works.run(SYSTEM, Work.append, name, StaffStopped(reason="other"), holder=TOWN)
    await carried(line, name)
    assert await village.works.read(staff.account, own.id) == own
    assert await password(village, "guan") == OWN


@pytest.mark.parametrize("content", [b"no account", HASHED.encode()], ids=["words", "hash"])
async def test_what_is_no_account_is_said_to_be_none(line: Homes, content: bytes) -> None:
    village, town = line.nodes[VILLAGE], line.nodes[TOWN]
    made = await arrived(line)
    bad = town.parts.prepare(salted(MEDIA, content))

    def change(work: Work) -> None:
        work.append(made.grant.stream, StaffChanged(part=bad.digest), holder=TOWN)
        partstore.keep(work.tx, bad, made.grant.stream)

    await town.works.run(SYSTEM, change)
    await carried(line, made.grant.stream)
    told = await roster.seen(town, made.grant.stream)
    assert told is not None
    assert (told.arrived, told.state) == (True, ArrivalState.UNUSABLE)
    assert await password(village) == HASHED  # what was in force stays
    good = hash_password("a good one this time")
    await roster.new_password(town, made.grant.id, good)
    await carried(line, made.grant.stream)
    assert await password(village) == good


async def test_the_county_makes_an_account_for_a_village_and_the_town_only_passes_it_on(
    line: Homes,
) -> None:
    village, county = line.nodes[VILLAGE], line.nodes[COUNTY]
    made = await roster.grant(county)
    await line.carry(made.grant.stream)
    assert await roster.hand_over(county, village, made.grant.stream) == 1
    await roster.follow(village)
    await line.carry_all()
    assert await account(village, made) is not None
    at_town = await roster.seen(line.nodes[TOWN], made.grant.stream)
    assert at_town is not None
    assert (at_town.grant.keeper, at_town.login, at_town.arrived) == (COUNTY, "", True)


async def test_the_facts_go_to_who_keeps_it_whose_it_is_and_all_above(line: Homes) -> None:
    kind = kinds_of(COUNTY)[KIND]
    made = await roster.grant(line.nodes[COUNTY])
    parties = frozenset({COUNTY})
    for place, concerned in (
        (TOWN, True), (VILLAGE, True), (CITY, True), ("610328102", False), ("610328100202", False),
    ):  # fmt: skip
        assert await line.nodes[COUNTY].works.read(
            kind.concerns, made.grant.stream, parties, place  # type: ignore[arg-type]
        ) is concerned  # fmt: skip


async def test_a_note_of_somebody_else_says_nothing_of_it(line: Homes) -> None:
    town = line.nodes[TOWN]
    made = await arrived(line)
    lie = AccountArrived(stream=made.grant.stream, seq=9, state=ArrivalState.LOGIN_TAKEN)
    await line.nodes[COUNTY].works.run(SYSTEM, Work.begin, "note", lie, holder=COUNTY)
    await line.carry_all()
    told = await roster.seen(town, made.grant.stream)
    assert told is not None
    assert told.state is ArrivalState.READY


async def test_what_an_older_version_cannot_read_is_not_judged(line: Homes) -> None:
    class Later(msgspec.Struct, tag="staff.praised", tag_field="kind"):
        words: str = "well done"

    town = line.nodes[TOWN]
    made = await arrived(line)
    await town.works.run(SYSTEM, Work.append, made.grant.stream, Later(), holder=TOWN)
    await line.carry(made.grant.stream)
    verdicts = await Member(town.works, town.identity).verdicts(made.grant.stream)
    assert verdicts == [Verdict.EFFECTIVE, Verdict.UNJUDGED]
    bad = StaffGranted(subject=VILLAGE, roles=(Role.AGENT,), part=PartDigest("../x"))
    begun = await town.works.run(SYSTEM, Work.begin, KIND, bad, holder=TOWN)
    verdicts = await Member(town.works, town.identity).verdicts(begun.event.stream)
    assert verdicts == [Verdict.UNJUDGED]


async def test_a_rebuild_gives_the_same_accounts_and_a_check_finds_nothing(line: Homes) -> None:
    made = await arrived(line)
    await roster.stop(line.nodes[TOWN], made.grant.id)
    await carried(line, made.grant.stream)
    for place in LINE:
        node = line.nodes[place]
        before = await node.works.read(dump)
        kept = await node.works.read(staff.listing)
        await node.database.write(lambda tx, me=place: rebuild(tx, kinds_of(me)))  # type: ignore[misc]
        assert await node.works.read(dump) == before
        await roster.follow(node)
        assert await node.works.read(staff.listing) == kept
        found = verify_home(line.home(place))
        assert found.clean, [fault.sentence for fault in found.faults]
