"""New keys for a root by its offline recovery key: after a theft, or the loss of the machine.

The event stands above every branch of the root's record, so every node below follows it, whatever
else it has heard (protocol §3.4).
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec

from federation import directory, enrolment, roots
from federation.encoding import unb64
from federation.envelope import read_envelope
from federation.errors import BadStreamNameError, MalformedError, WrongKeyError
from federation.identity import (
    Identity,
    commit_rotation,
    create_identity,
    drop_rotation,
    load_identity,
    stage_rotation,
)
from federation.roots import RecoveryKey, read_recovery_key
from node.cases import receiving
from node.database import Tx
from node.runtime.joining import Wanted, broker_for, make_home
from node.runtime.network import Network
from node.runtime.opening import KEYS, Node, begin_recovery, open_node
from node.settings import Settings, save_settings
from node.work import SYSTEM, Work
from schemas import control as c
from schemas.ids import EventHash, NodeId, StreamName, node_stream, parent_of
from schemas.nodes import NodeNames
from schemas.proofs import ProofFile


async def replace_root(
    node: Node, network: Network | None, asked: c.ReplaceRoot
) -> c.RootReplacement:
    """Draw new keys for this root, give them by the recovery key, and use them.

    May be repeated after a crash. Raises `MalformedError`, `WrongKeyError`, `BadStreamNameError`.
    """
    recovery = read_recovery_key(node.me, asked.recovery_key)
    await node.works.read(_require_key, recovery)
    keys = node.home / KEYS
    if asked.stolen:  # whoever copied the folder may have copied what was staged in it
        await asyncio.to_thread(drop_rotation, keys)
    fresh = await asyncio.to_thread(stage_rotation, keys, node.me)
    confirmed = await node.works.run(SYSTEM, _replace, recovery, fresh, stolen=asked.stolen)
    if network is None:
        node.take_identity(commit_rotation(keys, node.me))
    else:
        await network.follow_rotation()
    return c.RootReplacement(key=fresh.key_id, confirmed=len(confirmed))


def _require_key(tx: Tx, recovery: RecoveryKey) -> None:
    public = roots.recovery_key(tx, recovery.node)
    if public is None or parent_of(recovery.node) is not None:
        raise BadStreamNameError(f"{recovery.node} is no root")
    if public != recovery.public:
        raise WrongKeyError("this is not the recovery key that was printed when the root was made")


def _replace(
    work: Work, recovery: RecoveryKey, fresh: Identity, *, stolen: bool
) -> tuple[StreamName, ...]:
    done = enrolment.replace_root(work.ledger, work.tx, recovery, fresh, work.hand, stolen=stolen)
    work.touched += [node_stream(work.me), *done]
    return done


async def rebuild_root(
    home: Path, proofs: Sequence[ProofFile], recovery_key: str, wanted: Wanted
) -> Settings:
    """Make the home of a root that lost everything, from the records in neighbours' proof files.

    What else it held comes back from the neighbours that these records name. May be repeated until
    it succeeds. Raises `MalformedError`, `WrongKeyError`, `BadStreamNameError`, `KeysError`.
    """
    root, node = _root_of(proofs)
    recovery = read_recovery_key(node, recovery_key)
    make_home(home)
    if (home / KEYS).exists():
        load_identity(home / KEYS, node)
    else:
        await asyncio.to_thread(create_identity, home / KEYS, node)
    settings = Settings(
        node=node, names=NodeNames(zh=node, en=node), root=root,
        purpose=wanted.purpose, http=wanted.http, broker=broker_for(node, wanted),
    )  # fmt: skip
    async with open_node(home, settings=settings) as opened:
        names = await opened.works.run(SYSTEM, _rebuild, opened, proofs, recovery)
    settings = msgspec.structs.replace(settings, names=names)
    save_settings(home, settings)
    return settings


def _root_of(proofs: Sequence[ProofFile]) -> tuple[EventHash, NodeId]:
    """Say which root all these files are of, and where it is."""
    roots_named = {one.root for one in proofs}
    if len(roots_named) != 1:
        raise MalformedError("the proof files are of different roots, or there is none")
    (root,) = roots_named
    for proof in proofs:
        for raw in proof.nodes:
            found = read_envelope(unb64(raw))
            if found.hash == root:
                return root, found.event.node
    raise MalformedError("the proof files do not hold the root's first event")


def _rebuild(
    work: Work, node: Node, proofs: Sequence[ProofFile], recovery: RecoveryKey
) -> NodeNames:
    for proof in proofs:
        for raw in proof.nodes:
            work.ledger.receive(work.tx, unb64(raw), peer="", now=work.now_ms)
    _require_key(work.tx, recovery)
    record = directory.record(work.tx, work.me)
    if record is None:
        raise BadStreamNameError(f"the proof files hold no record of {work.me}")
    if record.key != node.identity.key_id:  # else it was done before, and is asked again
        enrolment.replace_root(work.ledger, work.tx, recovery, node.identity, work.hand)
        begin_recovery(work.tx, node.link)
        receiving.begin_life(work, directory.enrolments(work.tx, work.me))
    node.link.follow_directory(work.tx)
    return record.names
