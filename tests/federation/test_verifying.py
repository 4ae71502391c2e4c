"""What cannot be in an honest store is named, whoever signed it; and what is honest is not."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.envelope import Draft, Opened, seal
from federation.verifying import Checked, Found, Verifier
from schemas.cases import CaseForwarded
from schemas.events import HolderReclaimed
from schemas.ids import NO_HASH, EventHash, NodeId, StaffId, StreamName, node_stream
from schemas.nodes import NodeEnrolled, NodeNames, NodeRevoked
from schemas.verification import Flaw
from tests.vectors.make import CASE, CITY, COUNTY, NOTE, TOWN, VILLAGE, Chain, history, identity

Forge = Callable[[Chain], Opened]
PLACES = (CITY, COUNTY, TOWN, VILLAGE)


def verifier(chain: Chain) -> tuple[Verifier, list[Checked]]:
    root = chain.events[node_stream(CITY)][0].hash
    made = Verifier(root)
    records = {node_stream(place): found(chain, node_stream(place)) for place in PLACES}
    return made, made.take_records(records)


def found(chain: Chain, name: StreamName) -> list[Found]:
    return [Found(one.raw) for one in chain.events.get(name, ())]


def test_an_honest_history_has_its_path() -> None:
    chain, _ = history()
    made, records = verifier(chain)
    assert not made.faults
    assert not [fault for one in records for fault in one.faults]
    case = made.check(CASE, found(chain, CASE))
    assert [one.event.node for one in case.counting] == [VILLAGE, COUNTY]
    assert case.choice is not None
    assert (case.choice.forked, case.choice.dispute) == (True, False)


def test_under_a_revoked_key_nothing_counts_until_it_is_covered() -> None:
    chain, who = history()
    made, _ = verifier(chain)
    note = made.check(NOTE, found(chain, NOTE))
    assert (len(note.path), note.counting) == (1, ())
    reclaimed = HolderReclaimed(reason="holder_revoked")
    chain.write(who[TOWN], NOTE, reclaimed, TOWN, kind="holder.reclaimed")
    assert len(made.check(NOTE, found(chain, NOTE)).counting) == 2


def test_a_revocation_counts_on_whatever_branch_it_stands() -> None:
    """The town revoked the village; the county, seeing nothing of it, took the record over."""
    chain, who = history()
    record = node_stream(VILLAGE)
    enrolled = chain.events[record][1]
    reclaimed = HolderReclaimed(reason="holder_silent")
    chain.write(who[COUNTY], record, reclaimed, COUNTY, after=enrolled, kind="holder.reclaimed")
    made, records = verifier(chain)
    assert [one.event.kind for one in records[3].counting][-1] == "holder.reclaimed"
    village = who[VILLAGE]
    assert (village.key_id, VILLAGE) not in made.authority.good
    assert made.authority.public(village.key_id, VILLAGE) is not None


def test_what_a_node_says_of_itself_gives_it_no_key() -> None:
    """A village that holds its own record may not enrol the key of its choice into its parent."""
    chain, who = history()
    fresh = identity(TOWN, life=2)
    names = NodeNames(zh="城关镇", en="Town")
    unasked = NodeEnrolled(names=names, keys=fresh.public, request="AAAA")
    chain.write(who[COUNTY], node_stream(TOWN), unasked, COUNTY)
    made, _ = verifier(chain)
    assert made.authority.public(fresh.key_id, TOWN) is None


def test_a_revocation_by_no_ancestor_is_none() -> None:
    chain, who = history()
    record = node_stream(COUNTY)
    chain.write(who[CITY], record, HolderReclaimed(reason="other"), TOWN, kind="holder.reclaimed")
    revoked = NodeRevoked(keys=(who[COUNTY].key_id,), reason="key_stolen")
    chain.write(who[TOWN], record, revoked, TOWN)
    made, _ = verifier(chain)
    assert (who[COUNTY].key_id, COUNTY) in made.authority.good


@pytest.mark.parametrize("signing", ["*", "", "AAAA"])
def test_a_root_that_states_what_is_no_key_gives_none(signing: str) -> None:
    chain, who = history()
    keys = msgspec.structs.replace(who[CITY].public, signing=signing)
    names = NodeNames(zh="宝鸡市", en="Baoji")
    chain.write(who[CITY], node_stream(CITY), NodeEnrolled(names=names, keys=keys), CITY)
    made, records = verifier(chain)
    assert not any(one.faults for one in records)
    assert made.authority.public(who[CITY].key_id, CITY) is not None


@given(st.lists(st.binary(), max_size=5))
def test_whatever_bytes_come_are_faults_and_no_error(raws: list[bytes]) -> None:
    made = Verifier(EventHash("a" * 64))
    given_bytes = [Found(raw) for raw in raws]
    made.take_records({node_stream(CITY): given_bytes})
    assert len(made.check(CASE, given_bytes).faults) == len(raws)


def _not_the_holder(chain: Chain) -> Opened:
    return chain.write(identity(VILLAGE), CASE, CaseForwarded(), COUNTY)


def _wrong_seq(chain: Chain) -> Opened:
    head = chain.events[CASE][-1]
    return _sealed(chain, COUNTY, CASE, seq=9, prev=head.hash)


def _began_for_another(chain: Chain) -> Opened:
    return _sealed(chain, TOWN, CASE, seq=0, prev=NO_HASH)


def _first_that_follows(chain: Chain) -> Opened:
    return _sealed(chain, VILLAGE, CASE, seq=0, prev=chain.events[CASE][0].hash)


def _unknown_key(chain: Chain) -> Opened:
    return chain.write(identity(COUNTY, life=9), CASE, CaseForwarded(), COUNTY)


def _key_of_another(chain: Chain) -> Opened:
    town = identity(TOWN)
    posing = msgspec.json.decode(_sealed(chain, TOWN, CASE, seq=3, prev=NO_HASH).payload)
    posing |= {"node": COUNTY, "prev": chain.events[CASE][2].hash}
    chain.events[CASE].pop()
    payload = msgspec.json.encode(posing)
    forged = _ForgedEnvelope(payload, town.sign("event", payload))
    return _keep(chain, forged)


def _for_another_purpose(chain: Chain) -> Opened:
    county = identity(COUNTY)
    honest = _sealed(chain, COUNTY, CASE, seq=3, prev=chain.events[CASE][2].hash)
    chain.events[CASE].pop()
    return _keep(chain, _ForgedEnvelope(honest.payload, county.sign("parcel", honest.payload)))


def _a_holder_elsewhere(chain: Chain) -> Opened:
    return chain.write(identity(COUNTY), CASE, CaseForwarded(), NodeId("4403"))


def _of_another_stream(chain: Chain) -> Opened:
    return _keep(chain, chain.events[NOTE][0])


class _ForgedEnvelope:
    def __init__(self, payload: bytes, signature: bytes) -> None:
        self.raw = msgspec.msgpack.encode([1, payload, signature])


def _keep(chain: Chain, forged: object) -> Opened:
    chain.events[CASE].append(forged)  # type: ignore[arg-type]
    return forged  # type: ignore[return-value]


def _sealed(chain: Chain, author: NodeId, name: StreamName, *, seq: int, prev: str) -> Opened:
    draft = Draft(name, seq, prev, "case.forwarded", StaffId("x"), author, chain.at)  # type: ignore[arg-type]
    made = seal(identity(author), draft, CaseForwarded())
    chain.events[name].append(made)
    return made


@pytest.mark.parametrize(
    ("forge", "flaw", "words"),
    [
        (_not_the_holder, Flaw.CUSTODY, f"written by {VILLAGE} while {COUNTY} held the stream"),
        (_wrong_seq, Flaw.CHAIN, "event 9 of case/"),
        (_began_for_another, Flaw.CUSTODY, f"begun by {TOWN}, who may not begin it"),
        (_first_that_follows, Flaw.CHAIN, "a first event that follows something"),
        (_unknown_key, Flaw.KEY, f"which no record here gives to {COUNTY}"),
        (_for_another_purpose, Flaw.SIGNATURE, "does not cover its payload"),
        (_key_of_another, Flaw.KEY, f"which is not a key of {COUNTY}"),
        (_a_holder_elsewhere, Flaw.CUSTODY, "the holder 4403, who is outside this network"),
        (_of_another_stream, Flaw.FORMAT, f"says that it is of {NOTE}"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_an_attack_is_one_fault(forge: Forge, flaw: Flaw, words: str) -> None:
    chain, _ = history()
    made, _ = verifier(chain)
    forge(chain)
    checked = made.check(CASE, found(chain, CASE))
    assert [fault.flaw for fault in checked.faults] == [flaw], checked.faults
    assert words in checked.faults[0].sentence
    assert checked.choice is None
    assert len(checked.events) == 3
