import msgspec
import pytest

from node.roster import model
from schemas.events import Event
from schemas.ids import EventHash, KeyId, NodeId, PartDigest, StaffId, StreamName
from schemas.roster import (
    GrantView,
    StaffChanged,
    StaffEvent,
    StaffGranted,
    StaffPart,
    StaffResumed,
    StaffStopped,
)
from schemas.staff import Role
from tests.support.webnode import HASHED

CITY, COUNTY, TOWN = NodeId("6103"), NodeId("610328"), NodeId("610328100")
VILLAGE, SIBLING = NodeId("610328100201"), NodeId("610328102")
ID = "abcdefghijkl2345"
PART, OTHER_PART = PartDigest("a" * 64), PartDigest("b" * 64)
GRANTED = StaffGranted(subject=VILLAGE, roles=(Role.AGENT,), part=PART)
STOPPED = StaffStopped(reason="left_post")


def event(by: NodeId = TOWN, holder: NodeId | None = None, seq: int = 0) -> Event:
    return Event(
        stream=StreamName(f"staff/{by}/{ID}"), seq=seq, prev=EventHash("0" * 64), kind="",
        at=1000 + seq, node=by, key=KeyId("0" * 16), actor=StaffId("x"), holder=holder or by,
        data=msgspec.Raw(b"{}"),
    )  # fmt: skip


def granted() -> GrantView:
    return model.begin(event(), GRANTED)


def stopped() -> GrantView:
    return model.apply(granted(), event(seq=1), STOPPED)


@pytest.mark.parametrize("by", [TOWN, COUNTY, CITY])
def test_any_place_above_makes_an_account(by: NodeId) -> None:
    assert model.is_sound(None, event(by), GRANTED)


@pytest.mark.parametrize("by", [VILLAGE, SIBLING, NodeId("610328100202"), NodeId("610399")])
def test_nobody_else_does(by: NodeId) -> None:
    assert not model.is_sound(None, event(by), GRANTED)
    for fact in (StaffChanged(part=OTHER_PART), STOPPED):
        assert not model.is_sound(granted(), event(by, seq=1), fact)


def test_whoever_makes_it_goes_on_holding_it() -> None:
    assert not model.is_sound(None, event(holder=VILLAGE), GRANTED)
    assert not model.is_sound(granted(), event(holder=VILLAGE, seq=1), STOPPED)


@pytest.mark.parametrize(
    "roles",
    [
        (), (Role.OPERATOR,), (Role.AGENT, Role.OPERATOR), (Role.AUDITOR,), (Role.CLERK,),
        (Role.AGENT, Role.AGENT),
    ],
)  # fmt: skip
def test_only_posts_of_that_tier_are_given_and_none_over_the_node(roles: tuple[Role, ...]) -> None:
    fact = msgspec.structs.replace(GRANTED, roles=roles)
    assert not model.is_sound(None, event(), fact)
    assert not roles or not model.is_sound(granted(), event(seq=1), StaffChanged(roles=roles))


def test_a_village_has_no_administrator() -> None:
    assert [node for node in (CITY, COUNTY, TOWN, VILLAGE) if model.has_no_keeper(node)] == [
        VILLAGE
    ]


def test_what_may_be_given_at_each_tier() -> None:
    assert model.grantable(VILLAGE) == (Role.AGENT,)
    town = model.grantable(TOWN)
    assert Role.APPROVER in town
    county = model.grantable(COUNTY)
    assert {Role.CLERK, Role.SUPERVISOR} <= set(county)
    assert not {Role.HANDLER, Role.APPROVER, Role.REPRESENTATIVE} & set(county)  # of a department
    for roles in (town, county):
        assert not {Role.OPERATOR, Role.SECURITY, Role.AUDITOR} & set(roles)


@pytest.mark.parametrize(
    ("before", "fact", "sound"),
    [
        (granted(), GRANTED, False),
        (granted(), STOPPED, True),
        (granted(), StaffResumed(), False),
        (stopped(), STOPPED, False),
        (stopped(), StaffResumed(), True),
        (stopped(), StaffChanged(part=OTHER_PART), True),
        (None, STOPPED, False),
        (None, StaffResumed(), False),
        (None, StaffChanged(part=OTHER_PART), False),
    ],
)
def test_it_begins_once_and_stopping_and_resuming_alternate(
    before: GrantView | None, fact: StaffEvent, *, sound: bool
) -> None:
    assert model.is_sound(before, event(seq=2), fact) is sound


def test_what_events_do() -> None:
    grant = granted()
    assert (grant.id, grant.subject, grant.keeper, grant.active) == (ID, VILLAGE, TOWN, True)
    off = stopped()
    assert (off.active, off.reason, off.seq) == (False, "left_post", 1)
    on = model.apply(off, event(seq=2), StaffResumed())
    assert (on.active, on.reason, on.changed_at) == (True, None, 1002)
    by_county = model.apply(on, event(COUNTY, seq=3), StaffChanged(part=OTHER_PART))
    assert (by_county.part, by_county.author, by_county.roles) == (OTHER_PART, COUNTY, on.roles)
    same = model.apply(on, event(COUNTY, seq=3), StaffChanged(roles=(Role.AGENT,)))
    assert (same.part, same.author) == (PART, TOWN)  # who has the part has it still


def said(**changes: object) -> bytes:
    part = {"login": "wang", "name": "王代办", "password": HASHED, **changes}
    return msgspec.json.encode(msgspec.convert(part, type=StaffPart))


def test_an_account_is_read() -> None:
    part = model.read_part(said(), granted())
    assert part is not None
    assert (part.login, part.name, part.password) == ("wang", "王代办", HASHED)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}", b"\xff", said(login="WANG"), said(login="w"), said(login="a b"), said(name=""),
        said(name=" 王"), said(name="王" * 65), said(password=""), said(password=HASHED[1:]),
        said(password=HASHED.replace("m=19456", "m=999999")),
        said(password=HASHED.replace("t=2", "t=99")), said(password=HASHED.replace("p=1", "p=9")),
    ],
    ids=map(str, range(14)),  # a salt is drawn anew by each process that runs tests
)  # fmt: skip
def test_what_nobody_could_or_should_sign_in_by_is_no_account(content: bytes) -> None:
    assert model.read_part(content, granted()) is None


@pytest.mark.parametrize(
    ("node", "roles", "login", "name", "fault"),
    [
        (SIBLING, (Role.CLERK,), "wang", "王", {"node": "not_below"}),
        (TOWN, (Role.CLERK,), "wang", "王", {"node": "not_below"}),
        (NodeId("6103281000"), (Role.CLERK,), "wang", "王", {"node": "not_below"}),
        (VILLAGE, (), "wang", "王", {"roles": "missing"}),
        (VILLAGE, (Role.CLERK,), "wang", "王", {"roles": "not_at_this_tier"}),
        (VILLAGE, (Role.OPERATOR,), "wang", "王", {"roles": "not_at_this_tier"}),
        (VILLAGE, (Role.AGENT,), "王", "", {"login": "bad_form", "name": "bad_form"}),
        (VILLAGE, (Role.AGENT,), "wang", "王", {}),
    ],
)
def test_what_is_wrong_with_a_form_is_said_by_field(
    node: NodeId, roles: tuple[Role, ...], login: str, name: str, fault: dict[str, str]
) -> None:
    assert model.faults_of_granting(TOWN, node, roles, login=login, name=name) == fault
