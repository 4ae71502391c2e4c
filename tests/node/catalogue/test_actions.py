"""Publishing and finding items: real ledgers and databases at a county and a village."""

import sqlite3

import pytest
from msgspec.structs import replace

from federation import streams
from federation.ledger import Outcome
from node.catalogue import actions
from node.catalogue.kind import ItemKind
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.work import Actor
from schemas.events import HolderAdopted
from schemas.ids import Level, NodeId, StaffId, StreamName
from schemas.item_terms import Mode
from schemas.items import Item, ItemPublished, PublishReport, Tier
from schemas.staff import Role
from tests.support.catalogue import DECIDE, ENROLMENT, LICENCE
from tests.support.network import Member

CITY, COUNTY = NodeId("6103"), NodeId("610328")
TOWN, VILLAGE = NodeId("610328100"), NodeId("610328100201")
ELSEWHERE = NodeId("610323")
OPERATOR = Actor(StaffId("op"), frozenset((Role.OPERATOR,)))
CLERK = Actor(StaffId("clerk"), frozenset((Role.CLERK,)))
CHANGED = replace(LICENCE, conditions=("选址符合卫生要求",))
EFFECTIVE, INERT, UNJUDGED = 1, 2, 3


async def publish(node: Member, *items: Item) -> PublishReport:
    return await node.works.run(OPERATOR, actions.publish, items)


async def stream_of(node: Member, code: str) -> StreamName:
    return (await node.works.read(actions.guide, node.me, code, now=node.works.now_ms)).stream


async def count(node: Member) -> int:
    found: int = await node.works.read(
        lambda tx: tx.execute("SELECT count(*) FROM events").fetchone()[0]
    )
    return found


async def carry(sender: Member, to: Member, stream: StreamName) -> None:
    """Carry an item and the release that it came with."""
    for name in (stream, *await sender.streams("release")):
        for raw in await sender.envelopes(name):
            await to.receive(raw, sender.me)


async def test_publishing_begins_one_stream_per_item(county: Member) -> None:
    assert await publish(county, LICENCE, ENROLMENT) == PublishReport(
        begun=("wjj-01", "ybj-01"), release=1
    )
    view = await county.works.read(actions.guide, COUNTY, "wjj-01", now=county.works.now_ms)
    assert (view.item, view.version) == (LICENCE, 1)
    assert view.stream.startswith("item/610328/")
    assert view.published_at > 0


async def test_publishing_the_same_again_writes_nothing(county: Member) -> None:
    await publish(county, LICENCE, ENROLMENT)
    before = await count(county)
    assert await publish(county, LICENCE, ENROLMENT) == PublishReport(
        unchanged=("wjj-01", "ybj-01")
    )
    assert await count(county) == before


async def test_a_change_is_a_new_version_and_the_old_one_stays_for_running_cases(
    county: Member,
) -> None:
    await publish(county, LICENCE)
    stream = await stream_of(county, "wjj-01")
    assert await publish(county, CHANGED) == PublishReport(changed=("wjj-01",), release=2)
    assert await stream_of(county, "wjj-01") == stream
    assert await county.works.read(actions.item_at, stream, 1) == LICENCE
    assert await county.works.read(actions.item_at, stream, 2) == CHANGED
    assert await county.works.read(actions.item_at, stream, 3) is None
    assert len(await county.works.read(actions.offered, COUNTY, now=county.works.now_ms)) == 1


async def test_one_flaw_keeps_all_back_and_is_told_by_item_and_field(county: Member) -> None:
    bad = replace(LICENCE, code="wjj-02", statutory=None)
    with pytest.raises(BadInputError) as caught:
        await publish(county, ENROLMENT, bad)
    assert set(caught.value.fields) == {"wjj-02.statutory"}
    assert "行政许可" in caught.value.fields["wjj-02.statutory"]
    assert await count(county) == 0


async def test_a_department_that_the_county_lacks_keeps_an_item_back(county: Member) -> None:
    with pytest.raises(BadInputError, match="xyz"):
        await publish(county, replace(LICENCE, department="xyz"))


async def test_a_code_given_twice_keeps_both_back(county: Member) -> None:
    with pytest.raises(BadInputError) as caught:
        await publish(county, LICENCE, CHANGED)
    assert set(caught.value.fields) == {"wjj-01.code"}


async def test_only_an_operator_publishes(county: Member) -> None:
    with pytest.raises(NotAllowedError):
        await county.works.run(CLERK, actions.publish, (LICENCE,))
    assert await count(county) == 0


async def test_a_village_keeps_no_catalogue(village: Member) -> None:
    with pytest.raises(NotAllowedError):
        await publish(village, LICENCE)


async def test_a_village_offers_what_its_county_published(county: Member, village: Member) -> None:
    await publish(county, LICENCE)
    await publish(county, CHANGED)
    stream = await stream_of(county, "wjj-01")
    await carry(county, village, stream)
    assert await village.verdicts(stream) == [EFFECTIVE, EFFECTIVE]
    view = await village.works.read(actions.guide, VILLAGE, "wjj-01", now=village.works.now_ms)
    assert (view.item, view.version, view.stream) == (CHANGED, 2, stream)


async def test_versions_that_come_the_wrong_way_round_end_the_same(
    county: Member, village: Member
) -> None:
    await publish(county, LICENCE)
    await publish(county, CHANGED)
    stream = await stream_of(county, "wjj-01")
    first, second = await county.envelopes(stream)
    assert await village.receive(second, COUNTY) is Outcome.PARKED
    assert await village.receive(first, COUNTY) is Outcome.STORED
    await carry(county, village, stream)
    assert (
        await village.works.read(actions.guide, VILLAGE, "wjj-01", now=village.works.now_ms)
    ).version == 2


async def test_an_item_published_by_a_village_is_inert(county: Member, village: Member) -> None:
    await county.knows(village)
    forged = ItemPublished(version=1, item=LICENCE)
    stored = await village.works.run(
        OPERATOR, lambda work: work.begin("item", forged, holder=VILLAGE)
    )
    stream = stored.event.stream
    await carry(village, county, stream)
    assert await county.verdicts(stream) == await village.verdicts(stream) == [INERT]
    assert await county.works.read(actions.offered, COUNTY, now=county.works.now_ms) == ()
    assert await county.works.read(actions.item_at, stream, 1) is None


@pytest.mark.parametrize(
    "published",
    [
        ItemPublished(version=2, item=LICENCE),
        ItemPublished(version=0, item=LICENCE),
        ItemPublished(version=1, item=replace(LICENCE, process=(DECIDE,))),
    ],
    ids=["skips a version", "before the first", "leads nowhere"],
)
async def test_a_publication_that_does_not_follow_is_inert_at_every_replica(
    county: Member, village: Member, published: ItemPublished
) -> None:
    stored = await county.works.run(
        OPERATOR, lambda work: work.begin("item", published, holder=COUNTY)
    )
    stream = stored.event.stream
    await carry(county, village, stream)
    assert await county.verdicts(stream) == await village.verdicts(stream) == [INERT]
    assert await village.works.read(actions.offered, VILLAGE, now=village.works.now_ms) == ()


async def test_a_refold_gives_the_same_table(county: Member) -> None:
    await publish(county, LICENCE, ENROLMENT)
    await publish(county, CHANGED)

    def table(tx: sqlite3.Connection) -> list[object]:
        return tx.execute("SELECT * FROM items ORDER BY stream, version").fetchall()

    before = await county.works.read(table)
    stream = await stream_of(county, "wjj-01")

    def refold(tx: sqlite3.Connection) -> None:
        found = streams.load(tx, stream)
        assert found is not None
        county.works.ledger.refold(tx, found)

    await county.works.database.write(refold)
    assert len(before) == 3
    assert await county.works.read(table) == before


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ["ybj-01", "wjj-01"]),
        ("理发", ["wjj-01"]),
        ("GGCS", ["wjj-01"]),
        ("yb", ["ybj-01"]),
        ("卫生 许可", ["wjj-01"]),
        ("medical", ["ybj-01"]),
        ("wjj-01", ["wjj-01"]),
        ("登记", ["ybj-01"]),
        ("卫生 登记", []),
        ("%", []),
        ("火箭", []),
    ],
)
async def test_items_are_found_by_what_people_call_them(
    county: Member, query: str, codes: list[str]
) -> None:
    await publish(county, LICENCE, ENROLMENT)
    found = await county.works.read(actions.offered, COUNTY, query, now=county.works.now_ms)
    assert sorted(one.code for one in found) == sorted(codes)


async def test_an_exact_name_comes_before_one_that_holds_it(county: Member) -> None:
    longer = replace(ENROLMENT, code="x-1", name="补办医保卡", aliases=())
    await publish(county, longer, ENROLMENT)
    found = await county.works.read(actions.offered, COUNTY, "医保", now=county.works.now_ms)
    assert [one.code for one in found] == ["ybj-01", "x-1"]


async def test_a_window_is_shown_what_its_tier_takes(county: Member) -> None:
    await publish(county, LICENCE, replace(ENROLMENT, tiers=ENROLMENT.tiers[:1]))
    taken = await county.works.read(
        actions.offered, COUNTY, taken_by=Level.COUNTY, now=county.works.now_ms
    )
    assert [one.code for one in taken] == ["wjj-01"]
    taken = await county.works.read(
        actions.offered, VILLAGE, taken_by=Level.VILLAGE, now=county.works.now_ms
    )
    assert {one.code for one in taken} == {"wjj-01", "ybj-01"}


async def test_another_countys_items_are_not_offered_here(county: Member) -> None:
    await publish(county, LICENCE)
    assert await county.works.read(actions.offered, ELSEWHERE, now=county.works.now_ms) == ()
    assert await county.works.read(actions.offered, CITY, now=county.works.now_ms) == ()
    with pytest.raises(NotFoundError):
        await county.works.read(actions.guide, ELSEWHERE, "wjj-01", now=county.works.now_ms)


TOWNS_OWN = replace(
    ENROLMENT,
    code="town-own",
    tiers=(Tier(level=Level.TOWN, mode=Mode.DIRECT),),
)


@pytest.mark.parametrize(
    ("neighbour", "both", "towns"),
    [
        (CITY, True, True),
        (COUNTY, True, True),
        (TOWN, True, True),
        (VILLAGE, True, False),
        (ELSEWHERE, False, False),
        (NodeId("610323100"), False, False),
    ],
    ids=["city", "county", "town", "village", "another county", "its town"],
)
async def test_an_item_concerns_all_above_and_below_down_to_the_lowest_tier_with_a_part_in_it(
    county: Member, neighbour: NodeId, *, both: bool, towns: bool
) -> None:
    await publish(county, ENROLMENT, TOWNS_OWN)
    kind, parties = ItemKind(COUNTY), frozenset((COUNTY,))
    for code, expected in ((ENROLMENT.code, both), (TOWNS_OWN.code, towns)):
        stream = await stream_of(county, code)
        found = await county.works.read(kind.concerns, stream, parties, neighbour)
        assert found is expected


async def test_an_item_that_nobody_judged_concerns_every_tier_below(county: Member) -> None:
    stream = StreamName("item/610328/aaaaaaaaaaaaaaaa")
    kind = ItemKind(COUNTY)
    assert await county.works.read(kind.concerns, stream, frozenset((COUNTY,)), VILLAGE)


async def test_a_version_that_villages_take_brings_them_into_the_audience(county: Member) -> None:
    await publish(county, TOWNS_OWN)
    stream, parties = await stream_of(county, TOWNS_OWN.code), frozenset((COUNTY,))
    kind = ItemKind(COUNTY)
    assert not await county.works.read(kind.concerns, stream, parties, VILLAGE)
    await publish(county, replace(TOWNS_OWN, tiers=ENROLMENT.tiers))
    assert await county.works.read(kind.concerns, stream, parties, VILLAGE)
    await publish(county, TOWNS_OWN)
    assert await county.works.read(kind.concerns, stream, parties, VILLAGE)  # it only grows


async def test_an_item_concerns_whoever_took_part_in_it(county: Member) -> None:
    stream = StreamName("item/610328/aaaaaaaaaaaaaaaa")
    kind, parties = ItemKind(COUNTY), frozenset((COUNTY, ELSEWHERE))
    assert await county.works.read(kind.concerns, stream, parties, ELSEWHERE)


async def test_a_kind_of_a_newer_version_is_kept_unjudged(county: Member, village: Member) -> None:
    class ItemSuspended(ItemPublished, frozen=True, kw_only=True, tag="item.suspended"):
        """Of a version to come."""

    await publish(county, LICENCE)
    stream = await stream_of(county, "wjj-01")
    data = ItemSuspended(version=2, item=LICENCE)
    await county.works.run(OPERATOR, lambda work: work.append(stream, data, holder=COUNTY))
    await carry(county, village, stream)
    assert await village.verdicts(stream) == [EFFECTIVE, UNJUDGED]
    assert (
        await village.works.read(actions.guide, VILLAGE, "wjj-01", now=village.works.now_ms)
    ).version == 1


async def test_an_adoption_does_not_end_the_life_of_an_item(county: Member) -> None:
    await publish(county, LICENCE)
    stream = await stream_of(county, LICENCE.code)
    await county.works.run(
        OPERATOR, lambda work: work.append(stream, HolderAdopted(reason="other"), holder=COUNTY)
    )
    assert await county.verdicts(stream) == [1, 1]
