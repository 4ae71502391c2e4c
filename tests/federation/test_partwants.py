"""Gathering a part: asked for until it comes, through losses, restarts and lies."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from federation import parcel, partdesk, partpost, partstore, partwants
from federation.errors import (
    BadPartError,
    NoPartError,
)
from federation.parts import salted
from federation.partwants import CHUNKS_PER_ASK, LAST_WAIT_MS
from schemas.ids import PartDigest
from schemas.parts import Ask
from tests.support.parts import (
    CASE,
    CONTENT,
    COUNTY,
    NOW,
    TOWN,
    VILLAGE,
    Places,
    altered,
    everything,
    fetch,
    open_store,
    read_chunk,
    three_places,
)


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    with three_places(tmp_path) as made:
        yield made


def test_the_entitled_node_gets_the_part_and_says_so(places: Places) -> None:
    village, _, county = places
    digest = village.own(CONTENT)
    partwants.want(county.tx, CASE, [digest], VILLAGE, NOW)
    assert fetch(village, county) == 3  # eleven chunks, four an ask
    assert partwants.gathered(county.tx) == (digest,)
    part = county.finish(digest)
    assert (part.media, part.content) == ("application/pdf", CONTENT)
    assert county.store.read(county.tx, digest) == part
    assert partstore.kept_of(county.tx, CASE) == (digest,)
    assert partwants.completed(county.tx) == ((CASE, (digest,)),)
    partwants.noted(county.tx, [digest])
    assert partwants.completed(county.tx) == ()
    assert not county.tx.execute("SELECT 1 FROM part_chunks").fetchall()

    partdesk.received(village.tx, COUNTY, [digest])
    assert not village.tx.execute("SELECT 1 FROM part_served").fetchall()
    assert village.store.read(village.tx, digest) == part


def test_gathering_goes_on_after_a_restart(places: Places) -> None:
    village, _, county = places
    digest = village.own(CONTENT)
    partwants.want(county.tx, CASE, [digest], VILLAGE, NOW)
    (ask,) = county.ask(NOW)
    for frame in village.answer(ask):
        county.take(frame)
    path = county.tx.execute("PRAGMA database_list").fetchone()[2]
    county.tx.close()

    county.tx = open_store(Path(path))
    (ask,) = county.ask(NOW)
    assert msgspec.msgpack.decode(parcel.read_frame(ask).body, type=Ask).chunk == CHUNKS_PER_ASK
    for frame in village.answer(ask):
        county.take(frame)
    fetch(village, county)
    assert county.finish(digest).content == CONTENT


def test_a_lost_chunk_is_asked_for_again_and_others_do_no_harm(
    places: Places,
) -> None:
    village, _, county = places
    digest = village.own(CONTENT)
    partwants.want(county.tx, CASE, [digest], VILLAGE, NOW)
    (ask,) = county.ask(NOW)
    first, _lost, third, fourth = village.answer(ask)
    for frame in (first, first, fourth, third, first):
        assert not county.take(frame)
    assert county.ask(NOW) == []
    fetch(village, county, NOW + LAST_WAIT_MS)
    assert county.finish(digest).content == CONTENT


def test_unanswered_asks_slow_down_to_one_a_minute_and_hurry_when_the_line_is_back(
    places: Places,
) -> None:
    _, _, county = places
    partwants.want(county.tx, CASE, [PartDigest("ab" * 32)], VILLAGE, NOW)
    asked = [second for second in range(400) if county.ask(NOW + second * 1000)]
    gaps = [after - before for before, after in pairwise(asked)]
    assert gaps == [10, 20, 40, 60, 60, 60, 60, 60]
    partwants.hasten(county.tx, NOW + 400_000)
    assert partwants.next_due(county.tx) == NOW + 400_000
    assert len(county.ask(NOW + 400_000)) == 1
    partwants.hasten(county.tx, NOW + 400_001)  # asked a moment ago: no storm
    assert county.ask(NOW + 400_001) == []


def test_an_owner_that_sends_altered_chunks_is_asked_again_and_nothing_is_kept(
    places: Places,
) -> None:
    village, _, county = places
    digest = village.own(b"x" * 100)
    partwants.want(county.tx, CASE, [digest], VILLAGE, NOW)
    (ask,) = county.ask(NOW)
    chunk = read_chunk(village.answer(ask)[0])
    bad = msgspec.structs.replace(chunk, ciphertext=altered(chunk.ciphertext))
    assert county.take(partpost.sign_chunk(village.identity, bad))
    with pytest.raises(BadPartError):
        county.finish(digest)
    assert not partstore.has(county.tx, digest)
    partwants.restart(county.tx, digest, NOW)
    assert partwants.gathered(county.tx) == ()
    assert county.ask(NOW) == []
    fetch(village, county, NOW + LAST_WAIT_MS)
    assert county.finish(digest).content == b"x" * 100


def test_an_owner_that_seals_anew_half_way_starts_the_gathering_over(
    places: Places,
) -> None:
    village, _, county = places
    digest = village.own(CONTENT)
    partwants.want(county.tx, CASE, [digest], VILLAGE, NOW)
    (ask,) = county.ask(NOW)
    for frame in village.answer(ask):
        county.take(frame)
    partdesk.received(village.tx, COUNTY, [digest])  # as a restored owner: the key is forgotten
    fetch(village, county)
    assert county.finish(digest).content == CONTENT


def test_an_erased_part_is_wanted_no_more(places: Places) -> None:
    village, _, county = places
    digest = village.own(b"x")
    partwants.want(county.tx, CASE, [digest], VILLAGE, NOW)
    fetch(village, county)
    part = partwants.open_gathered(county.identity, partwants.gather(county.tx, digest))
    prepared = county.store.prepare(part)
    partstore.erase(county.tx, CASE, digest, NOW)
    assert not partwants.keep(county.tx, prepared)
    partwants.want(county.tx, CASE, [digest], VILLAGE, NOW)
    assert county.ask(NOW) == []
    assert not partstore.has(county.tx, digest)
    with pytest.raises(NoPartError):
        partwants.gather(county.tx, digest)


def test_wanting_twice_changes_nothing_and_another_owner_starts_over(
    places: Places,
) -> None:
    village, _, county = places
    digest, mine = village.own(CONTENT), county.own(b"mine")
    partwants.want(county.tx, CASE, [digest, mine], VILLAGE, NOW)
    (ask,) = county.ask(NOW)
    county.take(village.answer(ask)[0])
    before = everything(county)
    partwants.want(county.tx, CASE, [digest], VILLAGE, NOW)
    assert everything(county) == before
    partwants.want(county.tx, CASE, [digest], TOWN, NOW)
    assert not county.take(village.answer(ask)[1])
    partwants.unwant(county.tx, [digest])
    assert partwants.next_due(county.tx) is None


def test_a_part_that_is_kept_after_its_event_is_not_asked_of_ourselves(places: Places) -> None:
    village, _, _ = places
    prepared = village.store.prepare(salted("text/plain", b"x"))
    partwants.want(village.tx, CASE, [prepared.digest], VILLAGE, NOW)
    assert partstore.keep(village.tx, prepared, CASE)
    assert partwants.next_due(village.tx) is None
    assert partwants.completed(village.tx) == ()


def test_what_a_restored_node_lacks_of_its_own_is_asked_of_nobody(places: Places) -> None:
    village, _, _ = places
    partwants.want(village.tx, CASE, [PartDigest("ab" * 32)], VILLAGE, NOW)
    assert village.ask(NOW) == []
    assert partwants.next_due(village.tx) is None
