"""Releases: numbered, listed, proven whole, and in force only when all of it has come."""

import hashlib
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from node.calendar import actions as calendar
from node.catalogue import actions as catalogue
from node.catalogue.actions import Step, Terms
from node.catalogue.model import instant_of
from node.clock import CHINA, to_ms
from node.errors import BadInputError, NotFoundError
from node.releases import actions, holding, model, store
from node.runtime.opening import kinds_of
from node.staff import actions as staff
from node.work import SYSTEM, Actor, Work
from schemas.ids import EventHash, Level, NodeId, StaffId, StreamName
from schemas.item_terms import EndReason, Mode
from schemas.items import Item, Tier
from schemas.releases import HeldRelease, ReleaseEntry, ReleaseListed, ReleasePublished
from schemas.staff import Department, Role
from tests.support.calendar import IN_2027
from tests.support.catalogue import ENROLMENT, LICENCE, WJJ
from tests.support.network import Member, member

CITY, COUNTY, VILLAGE = NodeId("6103"), NodeId("610328"), NodeId("610328100201")
OPERATOR = Actor(StaffId("op"), frozenset((Role.OPERATOR,)))
TOWNS_OWN = replace(ENROLMENT, code="own", tiers=(Tier(level=Level.TOWN, mode=Mode.DIRECT),))
CHANGED = replace(ENROLMENT, conditions=("本县户籍", "未参加职工医保"))
EFFECTIVE, INERT = 1, 2
NEVER = Terms()


async def publish(node: Member, *items: Item, terms: Terms = NEVER) -> int:
    done = await node.works.run(OPERATOR, catalogue.publish, items, terms)
    return done.release


async def release(node: Member, *steps: Step, terms: Terms = NEVER) -> int:
    done = await node.works.run(OPERATOR, catalogue.release, steps, terms)
    return done.release


async def offered(node: Member, *, days: int = 0) -> dict[str, int]:
    """Tell which items are in force at a node, in which version, some days from now."""
    now = node.works.now_ms + days * timedelta(days=1) // timedelta(milliseconds=1)
    found = await node.works.read(catalogue.offered, node.me, now=now)
    return {one.code: one.version for one in found}


async def held(node: Member) -> HeldRelease:
    (found,) = await node.works.read(actions.held, node.me)
    return found


async def carry(sender: Member, to: Member, *names: StreamName) -> None:
    for name in names:
        for raw in await sender.envelopes(name):
            await to.receive(raw, sender.me)


async def stream_of(node: Member, code: str) -> StreamName:
    found = await node.works.read(catalogue.history, node.me, code, now=node.works.now_ms)
    return found.stream


async def test_every_publication_makes_one_numbered_release(county: Member) -> None:
    assert await publish(county, ENROLMENT, LICENCE) == 1
    assert await publish(county, CHANGED) == 2
    assert await publish(county, CHANGED) == 0, "nothing changed, so nothing is released"
    listing = await county.works.read(actions.listing, COUNTY)
    assert [(one.number, one.changed, one.total) for one in listing.releases] == [
        (2, 1, 2), (1, 2, 2),
    ]  # fmt: skip
    assert await held(county) == changed_held(listing.held[0], held=2, latest=2, missing=0)


def changed_held(one: HeldRelease, *, held: int, latest: int, missing: int) -> HeldRelease:
    return replace(one, held=held, latest=latest, missing=missing)


async def test_the_digest_is_of_every_stream_at_its_head(county: Member) -> None:
    await publish(county, ENROLMENT, LICENCE)
    (stream,) = await county.streams("release")
    heads = await county.works.read(store.heads, stream, 1)
    text = "".join(f"{name} {heads[name]}\n" for name in sorted(heads))
    (view,) = (await county.works.read(actions.listing, COUNTY)).releases
    assert view.digest == hashlib.sha256(text.encode()).hexdigest()
    assert set(heads) == {await stream_of(county, code) for code in ("ybj-01", "wjj-01")}


async def test_a_village_works_by_the_old_release_until_the_new_one_is_whole(
    county: Member, village: Member
) -> None:
    await publish(county, ENROLMENT, LICENCE)
    (releases,) = await county.streams("release")
    enrolment, licence = await stream_of(county, "ybj-01"), await stream_of(county, "wjj-01")
    await carry(county, village, enrolment, licence, releases)
    assert await offered(village) == {"ybj-01": 1, "wjj-01": 1}
    await publish(county, CHANGED, replace(LICENCE, conditions=("通风良好",)))
    await carry(county, village, releases, enrolment)
    assert await offered(village) == {"ybj-01": 1, "wjj-01": 1}, "one item is still on its way"
    assert await held(village) == changed_held(await held(village), held=1, latest=2, missing=1)
    await carry(county, village, licence)
    assert await offered(village) == {"ybj-01": 2, "wjj-01": 2}
    assert await held(village) == changed_held(await held(village), held=2, latest=2, missing=0)


async def test_a_village_holds_a_release_whole_without_the_items_that_do_not_concern_it(
    county: Member, village: Member
) -> None:
    await publish(county, ENROLMENT, TOWNS_OWN)
    (releases,) = await county.streams("release")
    await carry(county, village, releases, await stream_of(county, "ybj-01"))
    found = await held(village)
    assert (found.held, found.missing, found.total, found.concerning) == (1, 0, 2, 1)


async def test_a_release_that_is_here_already_changes_nothing(
    county: Member, village: Member
) -> None:
    await publish(county, ENROLMENT)
    streams = (*await county.streams("item"), *await county.streams("release"))
    await carry(county, village, *streams)
    before = (await held(village), await offered(village))
    await carry(county, village, *streams)
    assert (await held(village), await offered(village)) == before


async def test_a_release_may_count_from_a_later_day(county: Member) -> None:
    day = f"{county.works.clock.now().astimezone(CHINA) + timedelta(days=10):%Y-%m-%d}"
    await publish(county, ENROLMENT)
    await publish(county, CHANGED, terms=Terms(effective_from=day))
    assert await offered(county) == {"ybj-01": 1}
    assert await offered(county, days=11) == {"ybj-01": 2}


async def test_a_suspended_item_is_not_taken_and_comes_back_with_its_next_version(
    county: Member,
) -> None:
    await publish(county, ENROLMENT, LICENCE)
    await release(county, Step(code="ybj-01", ends=EndReason.SUSPENDED))
    assert await offered(county) == {"wjj-01": 1}
    with pytest.raises(NotFoundError):
        await county.works.read(catalogue.guide, COUNTY, "ybj-01", now=county.works.now_ms)
    assert await county.works.read(catalogue.item_at, await stream_of(county, "ybj-01"), 1)
    await publish(county, ENROLMENT)
    assert await offered(county) == {"ybj-01": 2, "wjj-01": 1}


async def test_an_item_that_was_split_never_comes_back_and_names_its_successors(
    county: Member,
) -> None:
    await publish(county, ENROLMENT)
    one, two = (replace(ENROLMENT, code=code, predecessors=("ybj-01",)) for code in ("a", "b"))
    await release(
        county,
        Step(code="ybj-01", ends=EndReason.SPLIT, successors=("a", "b")),
        Step(code="a", item=one),
        Step(code="b", item=two),
    )
    assert await offered(county) == {"a": 1, "b": 1}
    life = await county.works.read(catalogue.history, COUNTY, "ybj-01", now=county.works.now_ms)
    assert [(step.ends, step.successors) for step in life.versions] == [
        (EndReason.SPLIT, ("a", "b")), (None, ()),
    ]  # fmt: skip
    with pytest.raises(BadInputError) as caught:
        await publish(county, CHANGED)
    assert set(caught.value.fields) == {"ybj-01.code"}


async def test_a_release_with_one_flaw_changes_nothing(county: Member) -> None:
    await publish(county, ENROLMENT)
    before = await offered(county), await held(county)
    for steps in (
        (Step(code="ybj-01", item=CHANGED), Step(code="nothing", ends=EndReason.ABOLISHED)),
        (Step(code="ybj-01", item=CHANGED), Step(code="ybj-01", ends=EndReason.SUSPENDED)),
        (Step(code="other", item=CHANGED),),
    ):
        with pytest.raises(BadInputError):
            await release(county, *steps)
    for terms in (
        Terms(effective_from="2026-02-30"),
        Terms(effective_from="2020-01-01"),
        Terms(title=" "),
    ):
        with pytest.raises(BadInputError):
            await publish(county, CHANGED, terms=terms)
    assert (await offered(county), await held(county)) == before


async def _append(node: Member, *facts: ReleaseListed | ReleasePublished) -> StreamName:
    (stream,) = await node.streams("release")
    for fact in facts:
        await node.works.run(OPERATOR, Work.append, stream, fact, holder=node.me)
    return stream


HEAD = EventHash("a" * 64)
OURS, THEIRS = StreamName("item/610328/" + "a" * 16), StreamName("item/6103/" + "a" * 16)


@pytest.mark.parametrize(
    "facts",
    [
        (ReleasePublished(number=3, title="跳号", total=1, digest="0" * 64),),
        (ReleasePublished(number=2, title="摘要不符", total=1, digest="0" * 64),),
        (ReleasePublished(number=1, title="已有的", total=1, digest="0" * 64),),
        (ReleaseListed(number=2, entries=(ReleaseEntry(THEIRS, HEAD, Level.VILLAGE),)),),
        (ReleaseListed(number=2, entries=(ReleaseEntry(OURS, EventHash("x"), Level.CITY),)),),
        (ReleaseListed(number=2, entries=(ReleaseEntry(StreamName("x"), HEAD, Level.CITY),)),),
        (ReleaseListed(number=9, entries=(ReleaseEntry(OURS, HEAD, Level.CITY),)),),
    ],
    ids=[
        "a gap",
        "a wrong digest",
        "once more",
        "another's stream",
        "no hash",
        "no stream",
        "far ahead",
    ],
)
async def test_a_release_that_does_not_add_up_is_inert(
    county: Member, facts: tuple[ReleaseListed | ReleasePublished, ...]
) -> None:
    await publish(county, ENROLMENT)
    before = await held(county)
    stream = await _append(county, *facts)
    assert (await county.verdicts(stream))[-1] == INERT
    assert await held(county) == before
    assert await offered(county) == {"ybj-01": 1}


async def test_after_what_was_inert_a_sound_release_still_counts(county: Member) -> None:
    await publish(county, ENROLMENT)
    await _append(county, ReleasePublished(number=2, title="摘要不符", total=9, digest="0" * 64))
    assert await publish(county, CHANGED) == 2
    assert (await held(county)).held == 2


async def test_a_release_waits_for_a_calendar_that_comes_behind_it_and_then_is_held(
    county: Member, village: Member
) -> None:
    await publish(county, ENROLMENT)
    await county.works.run(SYSTEM, calendar.publish, IN_2027)
    await publish(county, CHANGED)
    streams = (*await county.streams("item"), *await county.streams("release"))
    await carry(county, village, *streams)
    assert ((await held(village)).held, await offered(village)) == (1, {"ybj-01": 1})
    await carry(county, village, *await county.streams("calendar"))
    assert ((await held(village)).held, await offered(village)) == (3, {"ybj-01": 2})


async def test_a_branch_of_one_item_takes_no_other_out_of_force_and_blocks_no_release(
    county: Member, tmp_path: Path
) -> None:
    async with member(tmp_path / "city", CITY, kinds_of(CITY)) as city:
        await city.knows(county)
        await county.knows(city)
        await publish(county, ENROLMENT, LICENCE)
        stream = await stream_of(county, "ybj-01")
        await carry(county, city, stream)
        await publish(county, CHANGED, replace(LICENCE, conditions=("通风良好",)))
        await city.works.run(SYSTEM, Work.reclaim, stream, reason="holder_silent", holder=COUNTY)
        await carry(city, county, stream)  # it had not seen the second version
        assert await offered(county) == {"ybj-01": 1, "wjj-01": 2}
        await publish(county, TOWNS_OWN)
        assert await offered(county) == {"ybj-01": 1, "wjj-01": 2, "own": 1}


async def test_what_came_on_a_branch_is_found_at_the_next_look(
    county: Member, village: Member
) -> None:
    await publish(county, ENROLMENT)
    await carry(county, village, *await county.streams("release"))
    await carry(county, village, *await county.streams("item"))

    def forget(tx: sqlite3.Connection) -> None:
        tx.execute("UPDATE release_held SET number = 0, missing = 1")

    await village.works.database.write(forget)
    assert await village.works.read(holding.is_behind)
    await village.works.database.write(lambda tx: holding.catch_up(tx, VILLAGE))
    assert (await held(village)).held == 1
    assert not await village.works.read(holding.is_behind)


async def test_a_suspended_item_may_still_be_abolished_and_not_suspended_again(
    county: Member,
) -> None:
    await publish(county, ENROLMENT, LICENCE)
    await release(county, Step(code="ybj-01", ends=EndReason.SUSPENDED))
    with pytest.raises(BadInputError):
        await release(county, Step(code="ybj-01", ends=EndReason.SUSPENDED))
    await release(county, Step(code="ybj-01", ends=EndReason.ABOLISHED))
    found = await county.works.read(catalogue.version_of, COUNTY, "ybj-01")
    assert found == (1, EndReason.ABOLISHED)


async def test_a_nearer_publishers_item_hides_one_above_even_when_it_has_ended(
    county: Member, tmp_path: Path
) -> None:
    async with member(tmp_path / "city", CITY, kinds_of(CITY)) as city:
        await city.knows(county)
        await county.knows(city)
        departments = (Department(id=WJJ, name="市卫生健康委"),)
        await city.works.run(SYSTEM, staff.put_departments, departments)
        await publish(city, LICENCE)
        await carry(city, county, *await city.streams("item"), *await city.streams("release"))
        assert await offered(county) == {"wjj-01": 1}
        await publish(county, replace(LICENCE, conditions=("县里的",)))
        view = await county.works.read(catalogue.guide, COUNTY, "wjj-01", now=county.works.now_ms)
        assert (view.stream.split("/")[1], len(await offered(county))) == (COUNTY, 1)
        await release(county, Step(code="wjj-01", ends=EndReason.SUSPENDED))
        assert await offered(county) == {}


def test_a_long_release_is_listed_in_events_that_fit_an_envelope() -> None:
    entries = [ReleaseEntry(OURS, HEAD, Level.VILLAGE)] * (2 * model.ENTRIES_PER_EVENT + 1)
    pieces = list(model.in_events(entries))
    assert [len(piece) for piece in pieces] == [model.ENTRIES_PER_EVENT] * 2 + [1]


def test_the_instant_of_a_day_is_its_local_midnight() -> None:
    assert instant_of("2026-11-25") == to_ms(datetime(2026, 11, 25, tzinfo=CHINA))
    assert instant_of("") == 0
    bad = ("2026-02-30", "26-1-1", "2026-1-1", "x", "0999-01-01", "9999-12-31", "２026-01-01")
    assert [instant_of(text) for text in bad] == [None] * len(bad)
