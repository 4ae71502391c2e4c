"""What processes use, and what the bare work costs here: the scale beside every figure."""

import os
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from federation.encoding import unb64
from federation.identity import Identity, verify_with
from node.database import open_plain

PROC: Final = Path("/proc")
TICKS: Final = os.sysconf("SC_CLK_TCK")
BODY: Final = bytes(700)  # about what an event of a case weighs
ROUNDS: Final = 2_000
COMMITS: Final = 200


class Bare(msgspec.Struct, frozen=True, kw_only=True):
    """The limit: what one of each costs with nothing around it, in the same run."""

    verify_us: float
    """One Ed25519 check of 700 bytes."""
    sign_us: float
    commit_us: float
    """One row, one durable commit (`synchronous=FULL`)."""


@dataclass(frozen=True, slots=True)
class Family:
    """A node's process and its children (its broker)."""

    node: int
    children: tuple[int, ...]


def family(pid: int) -> Family:
    """Find the living children of a node's process."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        for task in (PROC / str(one) / "task").iterdir():
            waiting += [int(word) for word in (task / "children").read_text().split()]
        found.append(one)
    return Family(pid, tuple(found[1:]))


def cpu_seconds(*pids: int) -> float:
    """User and system time that these processes have used."""
    total = 0
    for pid in pids:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def own_cpu_seconds() -> float:
    """User and system time of this very process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def resident_mb(*pids: int) -> float:
    """Resident memory of these processes together, in MiB."""
    total = 0
    for pid in pids:
        for line in (PROC / str(pid) / "status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                total += int(line.split()[1])
    return round(total / 1024, 1)


def bare_costs(identity: Identity, folder: Path) -> Bare:
    """Measure the bare work: median of several thousand."""
    public = unb64(identity.public.signing)
    signature = identity.sign("event", BODY)
    return Bare(
        verify_us=_median_us(ROUNDS, lambda: verify_with(public, "event", BODY, signature)),
        sign_us=_median_us(ROUNDS, lambda: identity.sign("event", BODY)),
        commit_us=_commit_us(folder),
    )


def _commit_us(folder: Path) -> float:
    with tempfile.TemporaryDirectory(dir=folder) as place:
        tx = open_plain(Path(place) / "bare.db", read_only=False)
        try:
            tx.execute("CREATE TABLE bare (body BLOB) STRICT")
            return _median_us(COMMITS, lambda: tx.execute("INSERT INTO bare VALUES (?)", (BODY,)))
        finally:
            tx.close()


def _median_us(rounds: int, work: Callable[[], object]) -> float:
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return round(percentile(took, 50) * 1e6, 1)


def percentile(values: list[float], percent: float) -> float:
    """The value that `percent` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
