"""A proof file proves a case to whoever has the root's fingerprint, and nothing to anybody else."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation import proof
from federation.encoding import b64, unb64
from federation.envelope import read_envelope
from federation.proof import verify_proof
from node.database import Tx
from schemas.events import Envelope
from schemas.ids import EventHash, node_stream
from schemas.proofs import ProofFile
from schemas.verification import Flaw
from tests.support.casework import COUNTY, VILLAGE
from tests.support.homes import CITY, homes

replace = msgspec.structs.replace


@pytest.fixture(scope="module")
def given_proof(tmp_path_factory: pytest.TempPathFactory) -> ProofFile:
    async def live() -> ProofFile:
        async with homes(tmp_path_factory.mktemp("homes")) as world:
            view = await world.work.licence_until("close")
            await world.carry(view.stream)

            def gather(tx: Tx) -> ProofFile | None:
                return proof.gather(tx, world.root, view.stream)

            made = await world.nodes[COUNTY].works.read(gather)
            assert made is not None
            return made

    return asyncio.run(live())


def encode(made: ProofFile) -> bytes:
    return msgspec.json.encode(made)


def test_an_honest_proof_is_clean(given_proof: ProofFile) -> None:
    found = verify_proof(encode(given_proof), given_proof.root)
    assert found.clean, found.faults
    assert found.proof is not None
    assert (found.proof.events, found.proof.counting, found.proof.holder) == (8, 8, COUNTY)
    assert found.proof.head == read_envelope(unb64(given_proof.events[-1])).hash


def _flip(text: str, field: str) -> str:
    envelope = msgspec.msgpack.decode(unb64(text), type=Envelope)
    body = bytearray(getattr(envelope, field))
    body[-3] ^= 1
    return b64(msgspec.msgpack.encode(replace(envelope, **{field: bytes(body)})))


def _events(made: ProofFile, change: Callable[[list[str]], object]) -> ProofFile:
    events = list(made.events)
    change(events)
    return replace(made, events=tuple(events))


def _payload(made: ProofFile) -> ProofFile:
    return _events(made, lambda all_: all_.__setitem__(3, _flip(all_[3], "payload")))


def _unreadable(made: ProofFile) -> ProofFile:
    return _events(made, lambda all_: all_.__setitem__(3, "%%"))


def _signature(made: ProofFile) -> ProofFile:
    return _events(made, lambda all_: all_.__setitem__(3, _flip(all_[3], "signature")))


def _gap(made: ProofFile) -> ProofFile:
    return _events(made, lambda all_: all_.pop(3))


def _no_event(made: ProofFile) -> ProofFile:
    return _events(made, lambda all_: all_.clear())


def _foreign(made: ProofFile) -> ProofFile:
    return _events(made, lambda all_: all_.append(made.nodes[0]))


def _without(made: ProofFile, place: str) -> ProofFile:
    nodes = [raw for raw in made.nodes if read_envelope(unb64(raw)).event.stream != f"node/{place}"]
    return replace(made, nodes=tuple(nodes))


def _no_root(made: ProofFile) -> ProofFile:
    return _without(made, CITY)


def _no_record(made: ProofFile) -> ProofFile:
    return _without(made, VILLAGE)


def _record(made: ProofFile) -> ProofFile:
    nodes = [
        _flip(raw, "signature") if read_envelope(unb64(raw)).event.stream == node_stream(COUNTY)
        and read_envelope(unb64(raw)).event.seq == 0 else raw
        for raw in made.nodes
    ]  # fmt: skip
    return replace(made, nodes=tuple(nodes))


@pytest.mark.parametrize(
    ("damage", "flaw", "words"),
    [
        (_payload, Flaw.FORMAT, "entry 3 of `events` cannot be read"),
        (_unreadable, Flaw.FORMAT, "entry 3 of `events` cannot be read"),
        (_signature, Flaw.SIGNATURE, "event 3 of case/"),
        (_gap, Flaw.CHAIN, "event 4 of case/"),
        (_no_event, Flaw.FORMAT, "holds no event of case/"),
        (_foreign, Flaw.FORMAT, f"holds events of node/{CITY} among those"),
        (_no_root, Flaw.ROOT, "nothing can be proven"),
        (_no_record, Flaw.KEY, f"which no record here gives to {VILLAGE}"),
        (_record, Flaw.SIGNATURE, f"event 0 of node/{COUNTY}"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_one_damage_is_one_fault(
    given_proof: ProofFile, damage: Callable[[ProofFile], ProofFile], flaw: Flaw, words: str
) -> None:
    found = verify_proof(encode(damage(given_proof)), given_proof.root)
    assert not found.clean
    assert [fault.flaw for fault in found.faults] == [flaw], [f.sentence for f in found.faults]
    assert words in found.faults[0].sentence


def test_it_proves_nothing_under_another_root(given_proof: ProofFile) -> None:
    other = EventHash("a" * 64)
    found = verify_proof(encode(given_proof), other)
    assert [fault.flaw for fault in found.faults] == [Flaw.ROOT]
    found = verify_proof(encode(replace(given_proof, root=other)), other)
    assert [fault.flaw for fault in found.faults] == [Flaw.ROOT]
    assert found.proof is None


def test_a_cut_tail_is_still_a_proof_of_what_is_left(given_proof: ProofFile) -> None:
    """Nobody can prove that nothing came later: the giver's word, or a receipt's head, must."""
    cut = replace(given_proof, events=given_proof.events[:-1])
    found = verify_proof(encode(cut), given_proof.root)
    assert found.clean
    assert found.proof is not None
    assert found.proof.events == 7


@given(st.binary())
def test_whatever_bytes_come_are_a_fault_and_no_error(raw: bytes) -> None:
    assert not verify_proof(raw, EventHash("a" * 64)).clean


def test_the_file_is_read_from_disk_as_it_is(given_proof: ProofFile, tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    path.write_bytes(msgspec.json.format(encode(given_proof), indent=2))
    assert verify_proof(path.read_bytes(), given_proof.root).clean
